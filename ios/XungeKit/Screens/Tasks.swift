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
            if !state.isDone { state.task = try await shell.gateway.tasks().first { $0.name == name } }
        case .words(let text): state.words = text
        case .verdict(let verdict): state.verdict = verdict
        case .allRight(let isAllRight): state.isAllRight = isAllRight
        case .takePicture: try await takePicture()
        case .answer: try await answer()
        case .excuseReason(let text): state.excuseReason = text
        case .excuse(let days): try await excuse(days)
        case .openReport: if let report = state.task?.report { shell.go(.report(report)) }
        case .done: shell.back()
        }
    }

    private func takePicture() async throws {
        guard let report = state.task?.report else { return }
        state.trouble = nil
        switch await shell.platform.takePicture(report) {
        case .nothing: state.trouble = .capturePictureNone
        case .refused: state.trouble = .captureCameraRefused
        case .missing: state.trouble = .captureCameraMissing
        case .file(let path):
            try await shell.gateway.addPicture(report, file: path, role: .scene)
            shell.inbox.clear(path)
            state.pictureCount += 1
        }
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
            try await shell.gateway.checkUp(place, allRight: isAllRight, text: state.words, claim: nil)
        case .returned: return
        }
        finish()
    }

    private func excuse(_ days: Int) async throws {
        guard let place = state.task?.place else { return }
        let day = Words.day(after: days)
        try await shell.gateway.excuse(place, reason: state.excuseReason, until: day, claim: nil)
        finish()
    }

    private func finish() {
        state.isDone = true
        shell.sendSoon()
    }
}
