package cn.xunge.app.screen.task

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.checkUp
import cn.xunge.app.gateway.decide
import cn.xunge.app.gateway.excuse
import cn.xunge.app.gateway.keep
import cn.xunge.app.gateway.kept
import cn.xunge.app.gateway.tasks
import cn.xunge.app.look.Text
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Incoming
import cn.xunge.app.screen.Permission
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Times
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import cn.xunge.app.screen.tasks.TasksViewModel
import java.time.Instant
import xunge.core.Action
import xunge.core.AttachmentRole
import xunge.core.PlaceClaim
import xunge.core.TaskKind
import xunge.core.TaskView
import xunge.core.Verdict

data class TaskState(
    val task: TaskView? = null,
    val verdict: Verdict? = null,
    val text: String = "",
    val pictures: Int = 0,
    val isExcusing: Boolean = false,
    val isSent: Boolean = false,
    val isLoaded: Boolean = false,
    val wrong: Text? = null,
    val now: Long = 0,
)

sealed class TaskEvent {
    data class Found(val verdict: Verdict) : TaskEvent()

    data class Say(val text: String) : TaskEvent()

    data object Shoot : TaskEvent()

    data object Send : TaskEvent()

    data class AtPlace(val isAllRight: Boolean) : TaskEvent()

    data object Excuse : TaskEvent()

    data class ExcuseFor(val days: Long) : TaskEvent()

    data object Report : TaskEvent()

    data object Back : TaskEvent()
}

/** One task, answered with picture and words. */
class TaskViewModel(host: Host, private val name: String) : ViewModel<TaskState, TaskEvent>(TaskState(), host) {
    private var claim: PlaceClaim? = null
    private val incoming = Incoming(host, { show(state.copy(wrong = it)) }, ::failed)

    override fun start() = gateway.tasks(got { tasks ->
        val isFirst = !state.isLoaded
        val task = tasks.firstOrNull { TasksViewModel.name(it) == name }
        show(state.copy(task = task ?: state.task, isLoaded = true, now = host.now()))
        if (isFirst && task != null) goOn(task)
        if (task?.kind == TaskKind.KEY_PLACE && claim == null) host.wish(Wish.Allow(Permission.LOCATION))
    })

    override fun changed() = Unit

    /** What was answered here before the app went, or the screen was left, is there again. */
    private fun goOn(task: TaskView) {
        gateway.kept(ABOUT + name, got { kept ->
            val verdict = Verdict.entries.firstOrNull { it.name == kept["verdict"] }
            val pictures = kept["pictures"]?.toIntOrNull() ?: 0
            if (kept.isNotEmpty()) answer(state.copy(text = kept["text"].orEmpty(), verdict = verdict, pictures = pictures))
        })
        task.report?.let { host.wish(Wish.LeftOver(it, isVoice = false)) }
    }

    /** Shows what the answer is by now, and keeps it until it is sent. */
    private fun answer(next: TaskState) {
        show(next.copy(wrong = null))
        val pictures = if (next.pictures == 0) "" else next.pictures.toString()
        val words = mapOf("text" to next.text, "verdict" to next.verdict?.name.orEmpty(), "pictures" to pictures)
        gateway.keep(ABOUT + name, words, got { })
    }

    override fun on(event: TaskEvent) {
        when (event) {
            is TaskEvent.Found -> answer(state.copy(verdict = event.verdict))
            is TaskEvent.Say -> answer(state.copy(text = event.text))
            TaskEvent.Shoot -> state.task?.report?.let { host.wish(Wish.Shoot(it, AttachmentRole.OTHER.name)) }
            TaskEvent.Send -> send()
            is TaskEvent.AtPlace -> state.task?.place?.let { place ->
                gateway.checkUp(place, event.isAllRight, state.text.trim(), claim, got { sent() })
            }
            TaskEvent.Excuse -> show(state.copy(isExcusing = true))
            is TaskEvent.ExcuseFor -> excuse(event.days)
            TaskEvent.Report -> state.task?.report?.let { host.wish(Wish.Go(Screen(Screen.Name.REPORT, it))) }
            TaskEvent.Back -> host.wish(Wish.Back)
        }
    }

    private fun send() {
        val task = state.task ?: return
        val report = task.report ?: return
        val action = answer(task) ?: return
        gateway.decide(report, action, null, state.text.trim().ifEmpty { null }, got { sent() })
    }

    /** The act that answers, as the core names it with the task. */
    private fun answer(task: TaskView): Action? {
        val command = task.command
        val unit = task.unit
        val verdict = state.verdict
        return when (task.kind) {
            TaskKind.CHECK -> if (command != null && verdict != null) Action.AnswerCheck(command, verdict) else null
            TaskKind.QUESTION -> command?.let { Action.Answer(it) }
            TaskKind.ORDER -> unit?.let { Action.FeedBack(it) }
            TaskKind.KEY_PLACE, TaskKind.RETURNED -> null
        }
    }

    private fun excuse(days: Long) {
        val place = state.task?.place ?: return
        val until = Instant.ofEpochMilli(host.now()).atZone(Times.ZONE).toLocalDate().plusDays(days)
        gateway.excuse(place, state.text.trim(), until.toString(), claim, got { sent() })
    }

    private fun sent() {
        host.wish(Wish.StopMeasuring)
        gateway.keep(ABOUT + name, emptyMap(), got { })
        show(state.copy(isSent = true, wrong = null))
    }

    override fun told(what: Told) {
        when (what) {
            is Told.Picture -> state.task?.report?.let { report ->
                incoming.picture(report, what) { answer(state.copy(pictures = state.pictures + 1)) }
            }
            is Told.Allowed ->
                if (what.what == Permission.LOCATION && what.isGranted) host.wish(Wish.Measure) else incoming.told(what)
            is Told.Fix -> claim = what.claim
            else -> incoming.told(what)
        }
    }

    override fun stop() {
        host.wish(Wish.StopMeasuring)
        super.stop()
    }

    override fun failed(failure: Failure) = show(state.copy(wrong = failure.text))

    private companion object {
        const val ABOUT = "task/"
    }
}
