// Sending, and who is told of it.
import XungeCore

extension CoreGateway {
    /// Sends and fetches until there is nothing more, or it fails; the report says which. Without attachments where photos are handed over.
    public func sync(isMetered: Bool, withAttachments: Bool = true) async throws -> SyncReport {
        let options = SyncOptions(withAttachments: withAttachments, isMetered: isMetered)
        return try await device("sync", .network) {
            try $0.syncWith(options: options, cancel: CancelToken())
        }
    }

    /// Waits for news at the server; true where there is some. A cancelled task turns away at once.
    public func wait(timeoutMs: UInt64) async throws -> Bool {
        try await orTurnAway { [self] in
            try await device("wait", .network) { try $0.wait(timeoutMs: timeoutMs) }
        }
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
        let (stream, continuation) = AsyncStream.makeStream(
            of: SyncStatus.self, bufferingPolicy: .bufferingNewest(1))
        let listener = Listener { continuation.yield($0) }
        do {
            let subscription = try device().observe(observer: listener)
            continuation.onTermination = { _ in withExtendedLifetime(subscription) {} }
        } catch {
            throw Failure(error)
        }
        return stream
    }
}

/// Hands the core's words on; returns at once, as the core asks.
private final class Listener: StatusObserver {
    private let tell: @Sendable (SyncStatus) -> Void

    init(_ tell: @escaping @Sendable (SyncStatus) -> Void) { self.tell = tell }

    func changed(status: SyncStatus) { tell(status) }
}
