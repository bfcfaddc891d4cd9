// Which setting of this phone would stop a patrol, in the core's plain words.
import Observation
import XungeCore

public struct SelfTestState: Equatable, Sendable {
    /// nil until the phone was asked.
    public var findings: [SelfTestFinding]?
    public var failure: Failure?
}

public enum SelfTestEvent: Sendable {
    case appeared
    case openSettings(SettingsPage)
}

@MainActor @Observable
public final class SelfTestViewModel: ScreenModel {
    public private(set) var state = SelfTestState()
    public static let appeared = SelfTestEvent.appeared
    @ObservationIgnored private let shell: Shell

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: SelfTestEvent) async {
        switch event {
        case .appeared:
            do {
                state.findings = try await shell.gateway.selfTest(await shell.platform.facts())
                state.failure = nil
            } catch {
                state.failure = Failure(error)
            }
        case .openSettings(let page): shell.platform.openSettings(page)
        }
    }
}
