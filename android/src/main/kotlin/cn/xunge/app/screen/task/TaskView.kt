package cn.xunge.app.screen.task

import cn.xunge.app.gateway.Names
import cn.xunge.app.look.Card
import cn.xunge.app.look.Chip
import cn.xunge.app.look.Chips
import cn.xunge.app.look.Field
import cn.xunge.app.look.Input
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.words
import cn.xunge.app.screen.tasks.taskLines
import xunge.core.TaskKind
import xunge.core.TaskView
import xunge.core.Verdict

fun taskView(state: TaskState, send: (TaskEvent) -> Unit): Page {
    val task = state.task
    return Page(
        name = "task",
        title = words("task_title"),
        back = { send(TaskEvent.Back) },
        body = buildList {
            if (task == null) {
                add(Words(words(if (state.isLoaded) "task_gone" else "common_loading"), tag = "status_gone"))
                return@buildList
            }
            add(Card(taskLines(task, state.now), "task", if (task.isLate) Tone.BAD else Tone.MAIN))
            if (state.isSent) {
                add(Card(listOf(Words(words("task_sent"), Style.STRONG, tag = "status_sent")), "sent", Tone.GOOD))
                return@buildList
            }
            state.wrong?.let { add(Card(listOf(Words(it, tag = "status_wrong")), "wrong", Tone.BAD)) }
            if (task.kind == TaskKind.KEY_PLACE) place(state, send) else answer(task, state, send)
        },
        foot = foot(task, state, send),
        isSecret = true,
    )
}

private fun foot(task: TaskView?, state: TaskState, send: (TaskEvent) -> Unit): List<Node> = when {
    task == null -> emptyList()
    state.isSent -> listOf(Press(words("common_done"), "done", Weight.MAIN) { send(TaskEvent.Back) })
    task.kind == TaskKind.KEY_PLACE -> listOf(Row(listOf(
        Press(words("task_all_right"), "all_right", Weight.MAIN, "check") { send(TaskEvent.AtPlace(true)) },
        Press(words("task_not_right"), "not_right", Weight.BAD, "warning") { send(TaskEvent.AtPlace(false)) },
    ), "at_place", 120))
    else -> {
        val isReady = if (task.kind == TaskKind.CHECK) state.verdict != null else state.text.isNotBlank()
        listOf(Press(words("task_send"), "send", Weight.MAIN, "check", isReady) { send(TaskEvent.Send) })
    }
}

private fun MutableList<Node>.answer(task: TaskView, state: TaskState, send: (TaskEvent) -> Unit) {
    if (task.kind == TaskKind.CHECK) {
        add(Words(words("task_verdict"), Style.STRONG))
        add(Chips(Verdict.entries.map { verdict ->
            Chip(Names.of(verdict), "verdict_${verdict.name.lowercase()}", verdict == state.verdict) { send(TaskEvent.Found(verdict)) }
        }, "verdicts"))
    }
    say(state, send)
    add(Press(words("capture_take"), "shoot", icon = "camera") { send(TaskEvent.Shoot) })
    if (state.pictures > 0) add(Words(words("status_photos", state.pictures, state.pictures), tone = Tone.GOOD, tag = "status_pictures"))
    if (task.report != null) add(Press(words("task_report"), "report", Weight.QUIET, "list") { send(TaskEvent.Report) })
}

private fun MutableList<Node>.place(state: TaskState, send: (TaskEvent) -> Unit) {
    say(state, send)
    if (!state.isExcusing) {
        add(Press(words("task_excuse"), "excuse", Weight.QUIET) { send(TaskEvent.Excuse) })
        return
    }
    val isReady = state.text.isNotBlank()
    add(Card(listOf(
        Words(words("task_excuse_reason"), Style.STRONG),
        Press(words("task_excuse_week"), "excuse_7", isOn = isReady) { send(TaskEvent.ExcuseFor(7)) },
        Press(words("task_excuse_month"), "excuse_30", isOn = isReady) { send(TaskEvent.ExcuseFor(30)) },
    ), "excusing"))
}

private fun MutableList<Node>.say(state: TaskState, send: (TaskEvent) -> Unit) {
    add(Field(words("task_answer"), "answer", state.text, words("task_answer_hint"), Input.LINES) { send(TaskEvent.Say(it)) })
}
