package cn.xunge.app.screen.decisions

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.report
import cn.xunge.app.gateway.reports
import cn.xunge.app.gateway.sealedPictures
import cn.xunge.app.look.Text
import cn.xunge.app.screen.Begun
import cn.xunge.app.screen.BegunEvent
import cn.xunge.app.screen.Beginning
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.ActionKind
import xunge.core.ReportRow
import xunge.core.ReportView
import xunge.core.Tab

data class DecisionsState(
    val cards: List<ReportView> = emptyList(),
    val decided: List<ReportRow> = emptyList(),
    val begun: Begun? = null,
    val pictures: Map<String, ByteArray> = emptyMap(),
    val wide: Set<String> = emptySet(),
    val wrong: Text? = null,
    val isLoaded: Boolean = false,
    val isChinese: Boolean = true,
    val now: Long = 0,
)

sealed class DecisionsEvent {
    data class Begin(val report: String, val kind: ActionKind) : DecisionsEvent()

    data class Act(val event: BegunEvent) : DecisionsEvent()

    data class Widen(val report: String) : DecisionsEvent()

    data class Look(val report: String) : DecisionsEvent()

    data object Back : DecisionsEvent()
}

/** A chief's cards: what waits for him, and what he decided and is still unsent. All of it works without a network. */
class DecisionsViewModel(host: Host) : ViewModel<DecisionsState, DecisionsEvent>(DecisionsState(), host) {
    private val beginning = Beginning(
        host, { state.begun }, { show(state.copy(begun = it, wrong = null)) }, { show(state.copy(wrong = it)) }, ::failed,
    ) { decided ->
        show(state.copy(cards = state.cards.filterNot { it.row.report == decided }))
        start()
    }

    override fun start() {
        show(state.copy(isChinese = host.isChinese(), now = host.now()))
        gateway.reports(Tab.TODO, null, got { page -> load(page.items) })
        gateway.reports(Tab.OPEN, null, got { page ->
            show(state.copy(decided = page.items.filter { it.pending in DECISIONS }))
        })
    }

    /** Opens every report that the core lets this person decide. */
    private fun load(rows: List<ReportRow>) {
        val wanted = rows.filter { !it.isOwn && it.pending == null }
        val gone = state.cards.filter { card -> wanted.none { it.report == card.row.report } }.map { it.row.report }
        show(state.copy(cards = state.cards.filterNot { it.row.report in gone }, isLoaded = true))
        wanted.forEach { row -> gateway.report(row.report, got { take(it, wanted.map { w -> w.report }) }) }
    }

    private fun take(view: ReportView, order: List<String>) {
        if (view.permitted.none { it in DECISIONS }) return
        if (state.cards.none { it.row.report == view.row.report }) beginning.goOn(view.row.report, view.permitted)
        val others = state.cards.filterNot { it.row.report == view.row.report }
        show(state.copy(cards = (others + view).sortedBy { order.indexOf(it.row.report) }))
        gateway.sealedPictures(view.attachments, got { show(state.copy(pictures = state.pictures + it)) })
    }

    override fun on(event: DecisionsEvent) {
        when (event) {
            is DecisionsEvent.Begin -> beginning.begin(event.report, event.kind)
            is DecisionsEvent.Act -> beginning.on(event.event)
            is DecisionsEvent.Widen -> show(state.copy(wide = state.wide + event.report))
            is DecisionsEvent.Look -> host.wish(Wish.Go(Screen(Screen.Name.REPORT, event.report)))
            DecisionsEvent.Back -> host.wish(Wish.Back)
        }
    }

    override fun told(what: Told) {
        beginning.told(what)
    }

    override fun failed(failure: Failure) {
        if (failure.kind != Failure.Kind.NOT_FOUND) show(state.copy(wrong = failure.text))
    }

    private companion object {
        val DECISIONS = setOf(ActionKind.APPROVE, ActionKind.RETURN, ActionKind.TAKE_ON, ActionKind.PASS_UP)
    }
}
