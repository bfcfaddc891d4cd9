// The one shape of all screens: State (plain data), Event (what a person or the platform did), a stateless view, a view model.
import Foundation

/// Turns events into state. Knows no view, and nothing of the core but the gateway.
@MainActor
public protocol ScreenModel: AnyObject {
    associatedtype ScreenState: Equatable & Sendable
    associatedtype ScreenEvent: Sendable

    /// What the view draws.
    var state: ScreenState { get }
    /// Takes an event and does all that follows from it.
    func handle(_ event: ScreenEvent) async
    /// The event of a screen that came to the front, from whichever side.
    static var appeared: ScreenEvent { get }
}

/// What a view model may use of the shell.
@MainActor
public struct Shell {
    /// The core.
    public let gateway: CoreGateway
    /// The phone.
    public let platform: any Platform
    /// Where pictures and recordings wait for the core.
    public let inbox: Inbox
    /// What the shell itself remembers.
    public let memory: any Memory
    /// The patrol under way.
    public let recorder: PatrolRecorder
    /// To another screen.
    public let go: @MainActor (Route) -> Void
    /// Back to the screen before.
    public let back: @MainActor () -> Void
    /// Back to the first screen, whichever that now is.
    public let restart: @MainActor () async -> Void
    /// The key of the phone's databases.
    public let keys: any KeyStore
    /// Sends and fetches soon.
    public let sendSoon: @MainActor () -> Void
}

extension Shell {
    /// The key is lost, and with it every way to read what lies under it here: that is kept as it is, whoever's it is, and people enrol anew.
    func giveUpKey() async throws {
        for profile in try await gateway.profiles() {
            try await gateway.setAside(profile.id, reason: "key_lost")
        }
        keys.forget()
        memory.remember("key_lost", "yes")
    }
}

/// A screen, and what it is about.
public enum Route: Hashable, Sendable {
    case enrol, notice, profiles, home, reports, decisions, tasks, patrol, selfTest, coverage, dayLog
    case attention, settings
    case capture(ReportId)
    case category(ReportId)
    case place(ReportId)
    case hint(ReportId)
    case report(ReportId)
    case task(TaskName)
    case card(ReportId)
}

/// Which task: a report's act that is waited for, or a key place.
public struct TaskName: Hashable, Sendable {
    public let kind: String
    public let report: ReportId?
    public let place: String?

    public init(kind: String, report: ReportId?, place: String?) {
        self.kind = kind
        self.report = report
        self.place = place
    }
}
