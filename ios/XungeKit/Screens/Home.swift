// The first screen: one big button, what came back, what waits, the patrol.
import Observation
import XungeCore

/// How sending stands, as the screens show it.
public struct Sending: Equatable, Sendable {
    public var unsentCount: UInt32 = 0
    public var oldestAt: Timestamp?
    public var attachmentCount: UInt32 = 0
    public var attachmentBytes: UInt64 = 0
    public var hasTrail = false
    public var isSyncing = false
    public var sentCount: UInt32 = 0
    public var toSendCount: UInt32 = 0
    public var succeededAt: Timestamp?
    public var failure: SyncFailure?
    public var retryAt: Timestamp?
    public var isRevoked = false
    public var isUpdateRequired = false
    public var clockOffsetMs: Int64?

    public init() {}

    public init(_ status: SyncStatus) {
        unsentCount = status.unsentCount
        oldestAt = status.unsentOldestAt ?? status.unsentTrailOldestAt
        attachmentCount = status.unsentAttachmentCount
        attachmentBytes = status.unsentAttachmentBytes
        hasTrail = status.unsentTrackCount + status.unsentVisitCount > 0
        isSyncing = status.isSyncing
        sentCount = status.sentCount
        toSendCount = status.toSendCount
        succeededAt = status.succeededAt
        failure = status.failure
        retryAt = status.retryAt
        isRevoked = status.isRevoked
        isUpdateRequired = status.isUpdateRequired
        clockOffsetMs = status.clockOffsetMs
    }
}

public struct HomeState: Equatable, Sendable {
    public var name = ""
    public var sending = Sending()
    /// What came back to this person, the latest first.
    public var returned: [TaskView] = []
    /// Drafts that were begun and not handed in.
    public var drafts: [DraftRow] = []
    public var decisionCount: UInt32 = 0
    public var taskCount = 0
    public var attentionCount: UInt32 = 0
    public var patrol: PatrolDetail?
    /// What the worker must be told once.
    public var notices: [StoreNotice] = []
    public var failure: Failure?
}

public enum HomeEvent: Sendable {
    case appeared
    case report
    case goOn(ReportId)
    case returned(TaskView)
    case open(Route)
    case send
    case dismiss(Int64)
    case changePerson
}

@MainActor @Observable
public final class HomeViewModel: ScreenModel {
    public private(set) var state = HomeState()
    public static let appeared = HomeEvent.appeared
    @ObservationIgnored private let shell: Shell

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: HomeEvent) async {
        switch event {
        case .appeared: await load()
        case .report: await begin()
        case .goOn(let draft): shell.go(.capture(draft))
        case .returned(let task): if let report = task.report { shell.go(.report(report)) }
        case .open(let route): shell.go(route)
        case .send: shell.sendSoon()
        case .dismiss(let id):
            try? await shell.gateway.dismissNotice(id)
            state.notices.removeAll { $0.id == id }
        case .changePerson: shell.go(.profiles)
        }
    }

    /// The core said that something changed.
    public func statusChanged(_ status: SyncStatus) {
        state.sending = Sending(status)
        state.attentionCount = status.attentionCount
    }

    private func begin() async {
        do {
            let report = try await shell.gateway.beginDraft()
            state.failure = nil
            shell.go(.capture(report))
        } catch {
            state.failure = Failure(error)
        }
    }

    private func load() async {
        let gateway = shell.gateway
        do {
            state.name = try await gateway.info().name
            statusChanged(try await gateway.status())
            let todo = try await gateway.reports(.todo, limit: 50).items
            state.drafts = try await gateway.drafts()
            state.decisionCount = UInt32(todo.filter { !$0.isOwn && $0.state == .submitted }.count)
            let tasks = try await gateway.tasks()
            state.returned = tasks.filter { $0.kind == .returned }
            state.taskCount = tasks.count - state.returned.count
            state.patrol = try await gateway.patrol()
            state.notices = try await gateway.notices()
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }
}
