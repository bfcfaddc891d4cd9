package cn.xunge.app.screen.reports

import cn.xunge.app.gateway.drafts
import cn.xunge.app.gateway.reports
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.DraftRow
import xunge.core.ReportPage
import xunge.core.ReportRow
import xunge.core.Tab

data class ReportsState(
    val tab: Tab = Tab.MINE,
    val drafts: List<DraftRow> = emptyList(),
    val rows: List<ReportRow> = emptyList(),
    val next: String? = null,
    val isLoaded: Boolean = false,
    val now: Long = 0,
)

sealed class ReportsEvent {
    data class Choose(val tab: Tab) : ReportsEvent()

    data class Open(val report: String) : ReportsEvent()

    data class GoOn(val draft: String) : ReportsEvent()

    data object More : ReportsEvent()

    data object Back : ReportsEvent()
}

/** Lists of reports, a page at a time. */
class ReportsViewModel(host: Host, about: String) : ViewModel<ReportsState, ReportsEvent>(
    ReportsState(Tab.entries.firstOrNull { it.name.equals(about, ignoreCase = true) } ?: Tab.MINE), host,
) {
    override fun start() {
        val tab = state.tab
        gateway.drafts(got { show(state.copy(drafts = it)) })
        gateway.reports(tab, null, got { if (state.tab == tab) first(it) })
    }

    /** A fresh first page; what was fetched behind it is kept as long as it follows on. */
    private fun first(page: ReportPage) {
        val isLonger = state.rows.size > page.items.size && page.items.isNotEmpty()
        val behind = if (isLonger) state.rows.filter { old -> page.items.none { it.report == old.report } } else emptyList()
        val next = if (isLonger) state.next else page.next
        show(state.copy(rows = page.items + behind, next = next, isLoaded = true, now = host.now()))
    }

    override fun on(event: ReportsEvent) {
        when (event) {
            is ReportsEvent.Choose -> {
                show(state.copy(tab = event.tab, rows = emptyList(), next = null, isLoaded = false))
                start()
            }
            is ReportsEvent.Open -> host.wish(Wish.Go(Screen(Screen.Name.REPORT, event.report)))
            is ReportsEvent.GoOn -> host.wish(Wish.Go(Screen(Screen.Name.CAPTURE, event.draft)))
            ReportsEvent.More -> more()
            ReportsEvent.Back -> host.wish(Wish.Back)
        }
    }

    private fun more() {
        val tab = state.tab
        gateway.reports(tab, state.next ?: return, got { page ->
            if (state.tab == tab) show(state.copy(rows = state.rows + page.items, next = page.next))
        })
    }
}
