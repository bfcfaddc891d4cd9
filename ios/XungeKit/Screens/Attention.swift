// What the server did not take, and what to do about it. Nothing goes away but by a person's hand.
import Observation
import XungeCore

public struct AttentionState: Equatable, Sendable {
    public var items: [AttentionItem] = []
    public var failure: Failure?
}

public enum AttentionEvent: Sendable {
    case appeared
    case open(ReportId)
    case share(Int64)
    case clear(Int64)
}

@MainActor @Observable
public final class AttentionViewModel: ScreenModel {
    public private(set) var state = AttentionState()
    public static let appeared = AttentionEvent.appeared
    @ObservationIgnored private let shell: Shell

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: AttentionEvent) async {
        do {
            switch event {
            case .appeared: break
            case .open(let report): shell.go(.report(report))
            case .share(let id):
                if let item = state.items.first(where: { $0.id == id }) {
                    await shell.platform.share(.text(item.content))
                }
            case .clear(let id): try await shell.gateway.clearAttention(id)
            }
            state.items = try await shell.gateway.needsAttention()
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }
}
