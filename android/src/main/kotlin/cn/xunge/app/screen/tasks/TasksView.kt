package cn.xunge.app.screen.tasks

import cn.xunge.app.look.Card
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times
import xunge.core.TaskView

fun tasksView(state: TasksState, send: (TasksEvent) -> Unit) = Page(
    name = "tasks",
    title = words("tasks_title"),
    back = { send(TasksEvent.Back) },
    body = buildList {
        if (state.isLoaded && state.tasks.isEmpty()) add(Words(words("tasks_empty"), tone = Tone.QUIET, tag = "status_empty"))
        state.tasks.forEach { task ->
            val tone = if (task.isLate) Tone.BAD else Tone.PLAIN
            add(Card(taskLines(task, state.now), "task_${TasksViewModel.name(task)}", tone) { send(TasksEvent.Open(task)) })
        }
    },
)

/** A task as it stands in the list and above its own screen. */
internal fun taskLines(task: TaskView, now: Long): List<Node> = buildList {
    val heads = buildList {
        add(words("tasks_kind_${task.kind.name.lowercase()}"))
        if (task.isLate) add(words("tasks_late"))
        task.dueAt?.let { add(words("tasks_due", Times.at(it, now))) }
    }
    add(Words(joined(heads), Style.SMALL, if (task.isLate) Tone.BAD else Tone.MAIN))
    add(Words(plain(task.title), Style.STRONG))
    if (task.words.isNotEmpty()) add(Words(plain(task.words)))
    if (task.byName.isNotEmpty()) add(Words(words("tasks_from", task.byName), Style.SMALL, Tone.QUIET))
}
