package cn.xunge.app.screen.reports

import cn.xunge.app.look.Card
import cn.xunge.app.look.Chip
import cn.xunge.app.look.Chips
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times
import cn.xunge.app.screen.reportCard
import xunge.core.DraftRow
import xunge.core.Tab

fun reportsView(state: ReportsState, send: (ReportsEvent) -> Unit) = Page(
    name = "reports",
    title = words("reports_title"),
    back = { send(ReportsEvent.Back) },
    body = buildList {
        add(Chips(Tab.entries.map { tab ->
            val name = tab.name.lowercase()
            Chip(words("reports_$name"), "tab_$name", tab == state.tab) { send(ReportsEvent.Choose(tab)) }
        }, "tabs"))
        if (state.tab == Tab.MINE) state.drafts.forEach { add(draft(it, state.now, send)) }
        state.rows.forEach { row -> add(reportCard(row, state.now) { send(ReportsEvent.Open(row.report)) }) }
        val isEmpty = state.rows.isEmpty() && (state.tab != Tab.MINE || state.drafts.isEmpty())
        if (state.isLoaded && isEmpty) add(Words(words("reports_empty"), tone = Tone.QUIET, tag = "status_empty"))
        if (state.next != null) add(Press(words("reports_next"), "next") { send(ReportsEvent.More) })
    },
)

private fun draft(draft: DraftRow, now: Long, send: (ReportsEvent) -> Unit): Card {
    val lines = listOf(
        Words(if (draft.title.isEmpty()) words("state_draft") else plain(draft.title), Style.STRONG),
        Words(joined(listOf(words("state_draft"), Times.at(draft.savedAt, now))), Style.SMALL),
        Words(words("capture_draft_back"), Style.SMALL),
    )
    return Card(lines, "draft_${draft.report}", Tone.MAIN) { send(ReportsEvent.GoOn(draft.report)) }
}
