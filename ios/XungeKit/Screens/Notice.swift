// 告知书: what is recorded and why, and whose phone this is.
import Observation
import XungeCore

public struct NoticeState: Equatable, Sendable {
    public var name = ""
    /// The grids (or the unit) that the phone is for, by name.
    public var places: [String] = []
}

public enum NoticeEvent: Sendable {
    case appeared
    case agree
}

@MainActor @Observable
public final class NoticeViewModel: ScreenModel {
    public private(set) var state = NoticeState()
    public static let appeared = NoticeEvent.appeared
    @ObservationIgnored private let shell: Shell

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: NoticeEvent) async {
        switch event {
        case .appeared:
            state.name = (try? await shell.gateway.info().name) ?? ""
            state.places = (try? await shell.gateway.grids().map(\.name)) ?? []
        case .agree:
            shell.memory.remember("notice_due", nil)
            shell.back()
        }
    }
}
