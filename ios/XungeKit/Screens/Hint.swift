// "Already reported? Add yours to it."
import Observation
import XungeCore

public struct HintState: Equatable, Sendable {
    public var similar: [ReportRow] = []
    public var isJoined = false
    public var failure: Failure?
}

public enum HintEvent: Sendable {
    case appeared
    case join(ReportId)
    case other
}

@MainActor @Observable
public final class HintViewModel: ScreenModel {
    public private(set) var state = HintState()
    public static let appeared = HintEvent.appeared
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private let report: ReportId

    public init(_ shell: Shell, report: ReportId) {
        self.shell = shell
        self.report = report
    }

    public func handle(_ event: HintEvent) async {
        do {
            switch event {
            case .appeared:
                if !state.isJoined { state.similar = try await shell.gateway.hints(report) }
            case .join(let other):
                try await shell.gateway.joinReport(report, into: other)
                state.isJoined = true
                shell.sendSoon()
            case .other: shell.back()
            }
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }
}
