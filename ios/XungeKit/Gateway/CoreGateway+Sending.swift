// Sending, and who is told of it.
import XungeCore

extension CoreGateway {
    /// Sends and fetches until there is nothing more, the token is cancelled, or it fails; the report says which.
    public func sync(_ cancel: CancelToken = CancelToken()) async throws -> SyncReport {
        try await device("sync", .network) { $0.sync(cancel: cancel) }
    }

    /// Waits for news at the server; true where there is some.
    public func wait(timeoutMs: UInt64) async throws -> Bool {
        try await device("wait", .network) { try $0.wait(timeoutMs: timeoutMs) }
    }

    public func status() async throws -> SyncStatus { try await device("status") { try $0.status() } }

    /// What the server did not take.
    public func needsAttention() async throws -> [AttentionItem] {
        try await device("needs_attention") { try $0.needsAttention() }
    }

    /// A person has dealt with it.
    public func clearAttention(_ id: Int64) async throws {
        try await device("clear_attention") { try $0.clearAttention(id: id) }
    }

    /// Writes everything unsent into a file that only the township can open.
    public func rescue(to file: String) async throws -> RescueSummary {
        try await device("rescue", .media) { try $0.rescue(path: file) }
    }

    /// How sending stands, now and after every change, until the reader stops reading.
    public func statuses() throws -> AsyncStream<SyncStatus> {
        let device = try device()
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let subscription = device.observe(observer: Listener { continuation.yield($0) })
            continuation.onTermination = { _ in withExtendedLifetime(subscription) {} }
        }
    }
}

/// Hands the core's words on; returns at once, as the core asks.
private final class Listener: StatusObserver {
    private let tell: @Sendable (SyncStatus) -> Void

    init(_ tell: @escaping @Sendable (SyncStatus) -> Void) { self.tell = tell }

    func changed(status: SyncStatus) { tell(status) }
}
