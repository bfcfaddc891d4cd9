package cn.xunge.app.screen.tasks

import cn.xunge.app.gateway.tasks
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.TaskKind
import xunge.core.TaskView

data class TasksState(val tasks: List<TaskView> = emptyList(), val isLoaded: Boolean = false, val now: Long = 0)

sealed class TasksEvent {
    data class Open(val task: TaskView) : TasksEvent()

    data object Back : TasksEvent()
}

/** Everything that is asked of this person, what is late first. */
class TasksViewModel(host: Host) : ViewModel<TasksState, TasksEvent>(TasksState(), host) {
    override fun start() = gateway.tasks(got { show(TasksState(it, true, host.now())) })

    override fun on(event: TasksEvent) = when (event) {
        is TasksEvent.Open -> host.wish(Wish.Go(screen(event.task)))
        TasksEvent.Back -> host.wish(Wish.Back)
    }

    companion object {
        /** A returned report is corrected where it stands; the others have a screen of their own. */
        fun screen(task: TaskView): Screen {
            val report = task.report
            return if (task.kind == TaskKind.RETURNED && report != null) Screen(Screen.Name.REPORT, report)
            else Screen(Screen.Name.TASK, name(task))
        }

        /** What names a task as long as it is open. */
        fun name(task: TaskView): String = task.command ?: task.place ?: "${task.report}/${task.unit}"
    }
}
