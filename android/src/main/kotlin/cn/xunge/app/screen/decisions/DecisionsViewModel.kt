package cn.xunge.app.screen.decisions

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.addVoiceNote
import cn.xunge.app.gateway.decide
import cn.xunge.app.gateway.report
import cn.xunge.app.gateway.reports
import cn.xunge.app.look.Text
import cn.xunge.app.screen.Acts
import cn.xunge.app.screen.Begun
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Way
import cn.xunge.app.screen.Wish
import xunge.core.ActionKind
import xunge.core.AttachmentRole
import xunge.core.Level
import xunge.core.Reason
import xunge.core.ReportRow
import xunge.core.ReportView
import xunge.core.Tab

data class DecisionsState(
    val cards: List<ReportView> = emptyList(),
    val decided: List<ReportRow> = emptyList(),
    val begun: Pair<String, Begun>? = null,
    val wide: Set<String> = emptySet(),
    val recording: Int? = null,
    val wrong: Text? = null,
    val isLoaded: Boolean = false,
    val isChinese: Boolean = true,
    val now: Long = 0,
)

sealed class DecisionsEvent {
    data class Begin(val report: String, val kind: ActionKind) : DecisionsEvent()

    data class Change(val begun: Begun) : DecisionsEvent()

    data class Send(val level: Level?) : DecisionsEvent()

    data object Cancel : DecisionsEvent()

    data object Record : DecisionsEvent()

    data object StopRecording : DecisionsEvent()

    data class Widen(val report: String) : DecisionsEvent()

    data class Look(val report: String) : DecisionsEvent()

    data object Back : DecisionsEvent()
}

/** A chief's cards: what waits for him, and what he decided and is still unsent. All of it works without a network. */
class DecisionsViewModel(host: Host) : ViewModel<DecisionsState, DecisionsEvent>(DecisionsState(), host) {
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
        val others = state.cards.filterNot { it.row.report == view.row.report }
        show(state.copy(cards = (others + view).sortedBy { order.indexOf(it.row.report) }))
    }

    override fun on(event: DecisionsEvent) {
        when (event) {
            is DecisionsEvent.Begin -> begin(event)
            is DecisionsEvent.Change -> state.begun?.let { show(state.copy(begun = it.first to event.begun, wrong = null)) }
            is DecisionsEvent.Send -> state.begun?.let { (report, begun) -> send(report, begun, event.level) }
            DecisionsEvent.Cancel -> show(state.copy(begun = null, wrong = null))
            DecisionsEvent.Record -> state.begun?.let { host.wish(Wish.Record(it.first)) }
            DecisionsEvent.StopRecording -> host.wish(Wish.StopRecording)
            is DecisionsEvent.Widen -> show(state.copy(wide = state.wide + event.report))
            is DecisionsEvent.Look -> host.wish(Wish.Go(Screen(Screen.Name.REPORT, event.report)))
            DecisionsEvent.Back -> host.wish(Wish.Back)
        }
    }

    private fun begin(event: DecisionsEvent.Begin) {
        val begun = Begun(event.kind)
        if (Acts.WAYS[event.kind] == Way.AT_ONCE) return send(event.report, begun, null)
        show(state.copy(begun = event.report to begun, wrong = null))
        gateway.phrases(event.kind, got { phrases ->
            state.begun?.let { (report, now) -> show(state.copy(begun = report to now.copy(phrases = phrases))) }
        })
    }

    private fun send(report: String, begun: Begun, level: Level?) {
        val row = state.cards.firstOrNull { it.row.report == report }?.row ?: return
        val action = Acts.of(begun.kind, row, level) ?: return
        val isReason = Acts.WAYS[begun.kind] == Way.REASON
        val reason = if (isReason) Reason(begun.code, begun.text.trim(), begun.voice) else null
        val text = if (isReason) null else begun.text.trim().ifEmpty { null }
        gateway.decide(report, action, reason, text, got {
            show(state.copy(begun = null, wrong = null, cards = state.cards.filterNot { it.row.report == report }))
            start()
        })
    }

    override fun told(what: Told) {
        when (what) {
            is Told.Recording -> show(state.copy(recording = what.seconds))
            is Told.Voice -> voice(what.path)
            Told.NoVoice -> show(state.copy(recording = null))
            else -> Unit
        }
    }

    private fun voice(path: String) {
        show(state.copy(recording = null))
        val (report, begun) = state.begun ?: return
        gateway.addVoiceNote(report, path, AttachmentRole.RETURN, got { id ->
            host.wish(Wish.Drop(path))
            show(state.copy(begun = report to begun.copy(voice = id)))
        })
    }

    override fun failed(failure: Failure) {
        if (failure.kind != Failure.Kind.NOT_FOUND) show(state.copy(wrong = failure.text))
    }

    private companion object {
        val DECISIONS = setOf(ActionKind.APPROVE, ActionKind.RETURN, ActionKind.TAKE_ON, ActionKind.PASS_UP)
    }
}
