// Tasks, and one of them.
import SwiftUI
import XungeKit

struct TasksView: View {
    @Environment(\.words) private var words
    @Environment(\.palette) private var palette
    let state: TasksState
    let send: @MainActor (TasksEvent) -> Void

    var body: some View {
        Page(words(.tasksTitle)) {
            Trouble(failure: state.failure)
            if state.tasks.isEmpty { Line(words(.tasksEmpty)) }
            ForEach(Array(state.tasks.enumerated()), id: \.offset) { item in
                Button(action: { send(.open(item.element)) }) { TaskLines(task: item.element) }
                    .buttonStyle(RowStyle(palette: palette))
            }
        }
    }
}

/// What is asked, by whom, by when.
private struct TaskLines: View {
    @Environment(\.words) private var words
    let task: TaskItem

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            Line("\(words.named("tasks_kind", task.kind)) · \(task.title)", isBold: true)
            if !task.words.isEmpty { Line(task.words) }
            if !task.byName.isEmpty { Line(words(.tasksFrom, task.byName), role: .small) }
            if let due = task.dueAt { Line(words(.tasksDue, words.time(due)), role: .small) }
            if task.isLate { Line(words(.tasksLate), role: .small, isBold: true, isCare: true) }
        }
    }
}

struct TaskScreenView: View {
    @Environment(\.words) private var words
    let state: TaskState
    let send: @MainActor (TaskEvent) -> Void

    var body: some View {
        Page(words(.taskTitle)) {
            if let task = state.task {
                Card { TaskLines(task: task) }
                if task.report != nil { Tap(words(.taskReport)) { send(.openReport) } }
            } else if !state.isDone {
                Line(words(.taskGone))
            }
            if state.isDone {
                Line(words(.taskSent), role: .title, isBold: true)
            } else if let task = state.task {
                answer(task)
            }
            Trouble(failure: state.failure, trouble: state.trouble)
        } foot: {
            if let task = state.task, !state.isDone {
                Tap(words(.taskSend), role: .primary) { send(.answer) }.disabled(!isAnswered(task))
            } else {
                Tap(words(.commonDone), role: .primary) { send(.done) }
            }
        }
    }

    @ViewBuilder private func answer(_ task: TaskItem) -> some View {
        if task.kind == .check {
            Heading(words(.taskVerdict))
            ForEach([Verdict.confirmed, .notConfirmed, .unknown], id: \.self) { verdict in
                Tap(words.named("verdict", verdict), role: state.verdict == verdict ? .chosen : .plain) {
                    send(.verdict(verdict))
                }
            }
        }
        if task.kind == .keyPlace {
            ForEach([true, false], id: \.self) { isRight in
                Tap(
                    words(isRight ? .taskAllRight : .taskNotRight),
                    role: state.isAllRight == isRight ? .chosen : .plain
                ) {
                    send(.allRight(isRight))
                }
            }
        }
        Entry(words(.taskAnswerHint), text: state.words) { send(.words($0)) }
        if task.report != nil {
            Tap(words(.reportAddPicture)) { send(.takePicture) }
            if state.pictureCount > 0 { Line("\(words(.capturePictures)) \(state.pictureCount)") }
        }
        if task.kind == .keyPlace {
            Heading(words(.taskExcuse))
            Entry(words(.taskExcuseReason), text: state.excuseReason) { send(.excuseReason($0)) }
            Tap(words(.taskExcuseWeek)) { send(.excuse(days: 7)) }.disabled(state.excuseReason.isEmpty)
            Tap(words(.taskExcuseMonth)) { send(.excuse(days: 30)) }.disabled(state.excuseReason.isEmpty)
        }
    }

    /// Whether something was chosen or written; whether it may be sent is the core's word.
    private func isAnswered(_ task: TaskItem) -> Bool {
        switch task.kind {
        case .check: state.verdict != nil
        case .keyPlace: state.isAllRight != nil
        case .question, .order, .returned: !state.words.isEmpty
        }
    }
}
