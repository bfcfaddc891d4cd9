package cn.xunge.app.screen.home

import cn.xunge.app.gateway.dismissNotice
import cn.xunge.app.gateway.notices
import cn.xunge.app.gateway.patrol
import cn.xunge.app.gateway.reports
import cn.xunge.app.gateway.status
import cn.xunge.app.gateway.tasks
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import cn.xunge.app.screen.isBack
import xunge.core.PatrolView
import xunge.core.ReportRow
import xunge.core.State
import xunge.core.StoreNotice
import xunge.core.SyncStatus
import xunge.core.Tab
import xunge.core.TaskKind

data class HomeState(
    val name: String = "",
    val status: SyncStatus? = null,
    val returned: List<ReportRow> = emptyList(),
    val decisions: Int = 0,
    val tasks: Int = 0,
    val patrol: PatrolView? = null,
    val notices: List<StoreNotice> = emptyList(),
    val now: Long = 0,
)

sealed class HomeEvent {
    data object Report : HomeEvent()

    data class Open(val screen: Screen) : HomeEvent()

    data object Send : HomeEvent()

    data class Dismiss(val notice: Long) : HomeEvent()
}

/** What waits for this person, how sending stands, and the one button that everything begins with. */
class HomeViewModel(host: Host) : ViewModel<HomeState, HomeEvent>(HomeState(), host) {
    override fun start() {
        val profile = gateway.current ?: return
        show(state.copy(name = profile.name, now = host.now()))
        gateway.status(got { show(state.copy(status = it, now = host.now())) })
        gateway.reports(Tab.TODO, null, got { page ->
            val returned = page.items.filter { it.isBack }
            val decisions = page.items.count { !it.isOwn && it.state in WAITING && it.pending == null }
            show(state.copy(returned = returned, decisions = decisions))
        })
        gateway.notices(got { show(state.copy(notices = it)) })
        gateway.tasks(got { tasks -> show(state.copy(tasks = tasks.count { it.kind != TaskKind.RETURNED })) })
        gateway.patrol(got { show(state.copy(patrol = it)) })
    }

    override fun on(event: HomeEvent) = when (event) {
        HomeEvent.Report -> host.wish(Wish.Go(Screen(Screen.Name.CAPTURE)))
        is HomeEvent.Open -> host.wish(Wish.Go(event.screen))
        is HomeEvent.Dismiss -> gateway.dismissNotice(event.notice, got { start() })
        HomeEvent.Send -> host.wish(Wish.SyncNow)
    }

    private companion object {
        val WAITING = setOf(State.SUBMITTED, State.SETTLED)
    }
}
