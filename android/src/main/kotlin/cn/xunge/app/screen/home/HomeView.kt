package cn.xunge.app.screen.home

import cn.xunge.app.look.Card
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Progress
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.StatusLines
import cn.xunge.app.screen.Times
import cn.xunge.app.screen.why
import xunge.core.PatrolState
import xunge.core.SyncStatus

fun homeView(state: HomeState, send: (HomeEvent) -> Unit) = Page(
    name = "home",
    title = words("home_greeting", state.name),
    back = null,
    body = buildList {
        state.notices.forEach { notice ->
            val lines = listOf(
                Words(words("home_notice_${notice.kind.name.lowercase()}")),
                Press(words("common_ok"), "dismiss_${notice.id}") { send(HomeEvent.Dismiss(notice.id)) },
            )
            add(Card(lines, "notice_${notice.id}", Tone.WARN))
        }
        state.returned.forEach { row ->
            val lines = listOfNotNull(
                Words(words("home_returned"), Style.SMALL),
                Words(plain(row.title), Style.STRONG),
                why(row)?.let { Words(it) },
            )
            add(Card(lines, "returned_${row.report}", Tone.BAD) { send(open(Screen.Name.REPORT, row.report)) })
        }
        add(Press(words("home_report"), "report", Weight.HUGE, "camera") { send(HomeEvent.Report) })
        state.status?.let { status(it, state.now, send) }
        waiting(state, send)
        patrol(state, send)
        rest(send)
    },
)

private fun open(name: Screen.Name, about: String = "") = HomeEvent.Open(Screen(name, about))

private fun MutableList<Node>.status(status: SyncStatus, now: Long, send: (HomeEvent) -> Unit) {
    val isQuiet = StatusLines.isQuiet(status)
    val texts = StatusLines.of(status, now)
    val lines = buildList {
        texts.forEachIndexed { n, text ->
            add(Words(text, if (n == 0) Style.STRONG else Style.SMALL, tag = "status_$n"))
        }
        if (status.isSyncing) {
            val all = status.toSendCount.toFloat()
            add(Progress(if (all > 0) status.sentCount.toFloat() / all else null, "sending"))
        }
    }
    val tone = if (status.isRevoked || status.isUpdateRequired) Tone.BAD else if (isQuiet) Tone.GOOD else Tone.WARN
    add(Card(lines, "status", tone) { send(HomeEvent.Send) })
}

private fun MutableList<Node>.waiting(state: HomeState, send: (HomeEvent) -> Unit) {
    if (state.decisions > 0) {
        add(Press(words("home_decisions", state.decisions), "decisions", Weight.MAIN, "check") {
            send(open(Screen.Name.DECISIONS))
        })
    }
    if (state.tasks > 0) {
        add(Press(words("home_tasks", state.tasks), "tasks_waiting", Weight.SECOND, "task") { send(open(Screen.Name.TASKS)) })
    }
    val attention = state.status?.attentionCount?.toInt() ?: 0
    if (attention > 0) {
        add(Press(words("home_attention", attention), "attention", Weight.BAD, "warning") { send(open(Screen.Name.ATTENTION)) })
    }
    val drafts = state.status?.draftCount?.toInt() ?: 0
    if (drafts > 0) add(Press(words("home_drafts", drafts), "drafts", icon = "book") { send(open(Screen.Name.REPORTS, "mine")) })
}

private fun MutableList<Node>.patrol(state: HomeState, send: (HomeEvent) -> Unit) {
    val patrol = state.patrol
    val label = when (patrol?.state) {
        null, is PatrolState.Ended -> words("home_patrol_start")
        PatrolState.Running -> words("home_patrol_running", Times.distance(patrol.distanceM))
        PatrolState.Paused -> words("home_patrol_paused")
    }
    add(Press(label, "patrol", icon = "walk") { send(open(Screen.Name.PATROL)) })
}

private fun MutableList<Node>.rest(send: (HomeEvent) -> Unit) {
    val tiles = listOf(
        Triple("home_reports", "list", Screen.Name.REPORTS),
        Triple("home_no_tasks", "task", Screen.Name.TASKS),
        Triple("home_coverage", "kind", Screen.Name.COVERAGE),
        Triple("home_day_log", "book", Screen.Name.DAY_LOG),
    )
    add(Row(tiles.map { (key, icon, name) ->
        Press(words(key), name.name.lowercase(), Weight.QUIET, icon) { send(open(name)) }
    }, "tiles"))
    add(Press(words("home_settings"), "settings", Weight.QUIET, "settings") { send(open(Screen.Name.SETTINGS)) })
}
