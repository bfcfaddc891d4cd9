// Tasks: checks, orders, questions, key places, returned work; and one of them, answered with a picture and words.
import Foundation
import Observation
import XungeCore

public struct TasksState: Equatable, Sendable {
    public var tasks: [TaskView] = []
    public var failure: Failure?
}

public enum TasksEvent: Sendable {
    case appeared
    case open(TaskView)
}

extension TaskView {
    /// The task's name on its way through the screens.
    var name: TaskName { TaskName(kind: "\(kind)", report: report, place: place) }
}

@MainActor @Observable
public final class TasksViewModel: ScreenModel {
    public private(set) var state = TasksState()
    public static let appeared = TasksEvent.appeared
    @ObservationIgnored private let shell: Shell

    public init(_ shell: Shell) { self.shell = shell }

    public func handle(_ event: TasksEvent) async {
        switch event {
        case .appeared:
            do {
                state.tasks = try await shell.gateway.tasks()
                state.failure = nil
            } catch {
                state.failure = Failure(error)
            }
        case .open(let task):
            if task.kind == .returned, let report = task.report {
                shell.go(.report(report))
            } else {
                shell.go(.task(task.name))
            }
        }
    }
}

public struct TaskState: Equatable, Sendable {
    /// nil where it was dealt with meanwhile.
    public var task: TaskView?
    public var words = ""
    public var verdict: Verdict?
    public var isAllRight: Bool?
    public var pictureCount = 0
    public var excuseReason = ""
    public var trouble: Key?
    public var isDone = false
    public var failure: Failure?
}

public enum TaskEvent: Sendable {
    case appeared
    case words(String)
    case verdict(Verdict)
    case allRight(Bool)
    case takePicture
    case answer
    case excuseReason(String)
    /// Not to be visited for so many days, today included.
    case excuse(days: Int)
    case openReport
    case done
}

@MainActor @Observable
public final class TaskViewModel: ScreenModel {
    public private(set) var state = TaskState()
    public static let appeared = TaskEvent.appeared
    @ObservationIgnored private let shell: Shell
    @ObservationIgnored private let name: TaskName
    /// Where the phone is, as it last said: a key place is visited there.
    @ObservationIgnored private(set) var claim: PlaceClaim?
    @ObservationIgnored private var measuring: KeptTask?

    public init(_ shell: Shell, task: TaskName) {
        self.shell = shell
        name = task
    }

    public func handle(_ event: TaskEvent) async {
        do {
            try await take(event)
            state.failure = nil
        } catch {
            state.failure = Failure(error)
        }
    }

    private func take(_ event: TaskEvent) async throws {
        switch event {
        case .appeared:
            guard !state.isDone else { return }
            state.task = try await shell.gateway.tasks().first { $0.name == name }
            show(try await shell.gateway.kept(about: keptName))
            if let report = state.task?.report { try await count(await shell.takeLeft(for: report)) }
            if state.task?.kind == .keyPlace, measuring == nil { measure() }
        case .words(let text):
            state.words = text
            try await keep()
        case .verdict(let verdict):
            state.verdict = verdict
            try await keep()
        case .allRight(let isAllRight):
            state.isAllRight = isAllRight
            try await keep()
        case .takePicture: try await takePicture()
        case .answer: try await answer()
        case .excuseReason(let text):
            state.excuseReason = text
            try await keep()
        case .excuse(let days): try await excuse(days)
        case .openReport: if let report = state.task?.report { shell.go(.report(report)) }
        case .done: shell.back()
        }
    }

    private func measure() {
        measuring = KeptTask.listening(to: shell.platform) { [weak self] news in
            if case .claim(let claim) = news { self?.claim = claim }
        }
    }

    /// Under which the core keeps what is not sent yet: by what asks, so that another question to the same report begins empty.
    private var keptName: String {
        let task = state.task
        return "task/\(task?.command ?? name.place ?? "\(name.report ?? "")/\(task?.unit ?? "")")"
    }

    /// What was answered before the app was ended, or the screen left, is there again.
    private func show(_ kept: [String: String]) {
        state.words = kept["text"] ?? ""
        state.excuseReason = kept["excuse"] ?? ""
        state.verdict = Self.verdicts.first { "\($0)" == kept["verdict"] }
        state.isAllRight = kept["all_right"].map { $0 == "yes" }
        state.pictureCount = kept["pictures"].flatMap { Int($0) } ?? 0
    }

    private func keep() async throws {
        let words = [
            "text": state.words, "excuse": state.excuseReason,
            "verdict": state.verdict.map { "\($0)" }, "all_right": state.isAllRight.map { $0 ? "yes" : "no" },
            "pictures": state.pictureCount == 0 ? nil : "\(state.pictureCount)",
        ]
        try await shell.gateway.keep(words.compactMapValues { $0 }, about: keptName)
    }

    private static let verdicts: [Verdict] = [.confirmed, .notConfirmed, .unknown]

    private func takePicture() async throws {
        guard let report = state.task?.report else { return }
        try await count([await shell.take(await shell.platform.takePicture(report), for: report)])
    }

    private func count(_ taken: [Taken]) async throws {
        state.trouble = taken.compactMap(\.trouble).last
        let added = taken.filter { $0.attachment != nil }.count
        state.pictureCount += added
        if added > 0 { try await keep() }
        if let failure = taken.compactMap(\.failure).last { throw failure }
    }

    /// Each kind of task has its act; whether it may be done now is the core's word.
    private func answer() async throws {
        guard let task = state.task else { return }
        let text = state.words.isEmpty ? nil : state.words
        switch task.kind {
        case .check:
            guard let report = task.report, let check = task.command, let verdict = state.verdict else {
                return
            }
            try await shell.gateway.decide(report, .answerCheck(check: check, verdict: verdict), text: text)
        case .question:
            guard let report = task.report, let question = task.command else { return }
            try await shell.gateway.decide(report, .answer(question: question), text: text)
        case .order:
            guard let report = task.report, let unit = task.unit else { return }
            try await shell.gateway.decide(report, .feedBack(unit: unit), text: text)
        case .keyPlace:
            guard let place = task.place, let isAllRight = state.isAllRight else { return }
            try await shell.gateway.checkUp(place, allRight: isAllRight, text: state.words, claim: claim)
        case .returned: return
        }
        try await finish()
    }

    private func excuse(_ days: Int) async throws {
        guard let place = state.task?.place else { return }
        let day = Words.day(after: days)
        try await shell.gateway.excuse(place, reason: state.excuseReason, until: day, claim: claim)
        try await finish()
    }

    private func finish() async throws {
        try await shell.gateway.keep([:], about: keptName)
        state.isDone = true
        measuring = nil
        shell.sendSoon()
    }
}
