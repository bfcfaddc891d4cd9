package cn.xunge.app.screen.decisions

import cn.xunge.app.gateway.Names
import cn.xunge.app.look.Card
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Picture
import cn.xunge.app.look.Press
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Acts
import cn.xunge.app.screen.Times
import cn.xunge.app.screen.begunCard
import xunge.core.ActionKind
import xunge.core.AttachmentKind
import xunge.core.ReportView
import xunge.core.Stage
import xunge.core.Urgency

fun decisionsView(state: DecisionsState, send: (DecisionsEvent) -> Unit) = Page(
    name = "decisions",
    title = words("decisions_title"),
    back = { send(DecisionsEvent.Back) },
    body = buildList {
        if (state.isLoaded && state.cards.isEmpty()) add(Words(words("decisions_empty"), tone = Tone.QUIET, tag = "status_empty"))
        state.cards.forEach { card(it, state, send) }
        if (state.decided.isNotEmpty()) add(Words(words("decisions_unsent"), Style.STRONG))
        state.decided.forEach { row ->
            val pending = row.pending ?: return@forEach
            val lines = listOf(Words(plain(row.title), Style.STRONG), Words(words("decisions_done", Names.of(pending))))
            add(Card(lines, "decided_${row.report}", Tone.WARN) { send(DecisionsEvent.Look(row.report)) })
        }
    },
    isSecret = true,
)

private fun MutableList<Node>.card(view: ReportView, state: DecisionsState, send: (DecisionsEvent) -> Unit) {
    val row = view.row
    val lines = buildList<Node> {
        pictures(view, state.pictures)
        add(Words(plain(row.title), Style.TITLE))
        val from = listOf(words("decisions_from", row.reporterName), plain(row.gridName)) +
            if (row.urgency == Urgency.URGENT) listOf(words("reports_urgent")) else emptyList()
        add(Words(joined(from), Style.SMALL))
        view.content?.description?.takeIf { it.isNotEmpty() }?.let { add(Words(plain(it))) }
        clock(view, state)
        val begun = state.begun
        if (begun?.report == row.report) {
            state.wrong?.let { add(Words(it, Style.STRONG, Tone.BAD, "status_wrong")) }
            add(begunCard(begun, state.isChinese) { send(DecisionsEvent.Act(it)) })
        } else {
            buttons(view, state, send)
        }
    }
    add(Card(lines, "card_${row.report}"))
}

private fun MutableList<Node>.pictures(view: ReportView, sealed: Map<String, ByteArray>) {
    val pictures = view.attachments.filter { it.reference.kind == AttachmentKind.PICTURE }
    val shown = pictures.mapIndexed { n, picture ->
        val path = picture.path ?: picture.thumbnailPath
        val said = words("report_picture", n + 1, Names.of(picture.reference.role))
        Picture(path, said, "picture_${picture.id}", bytes = sealed[picture.id])
    }
    if (shown.isNotEmpty()) add(Row(shown, "pictures_${view.row.report}", 130, isOfWords = false))
    val missing = pictures.count { !it.isHere && !it.isThumbnailHere }
    if (missing > 0) add(Words(words("decisions_pictures_missing", missing), Style.SMALL, Tone.WARN))
}

private fun MutableList<Node>.clock(view: ReportView, state: DecisionsState) {
    val deadline = view.deadlines.firstOrNull { it.stage is Stage.Chief } ?: return
    val text = if (deadline.isLate) words("decisions_late") else words("decisions_clock", Times.span(deadline.endsAt - state.now))
    add(Words(text, tone = if (deadline.isLate) Tone.BAD else Tone.WARN, tag = "status_clock"))
}

private fun MutableList<Node>.buttons(view: ReportView, state: DecisionsState, send: (DecisionsEvent) -> Unit) {
    val report = view.row.report
    val may = Acts.WAYS.keys.filter { it in view.permitted }
    val (first, others) = may.partition { it == ActionKind.APPROVE || it == ActionKind.RETURN }
    add(Row(first.map { kind ->
        val weight = if (kind == ActionKind.APPROVE) Weight.MAIN else Weight.SECOND
        Press(Names.of(kind), "${kind.name.lowercase()}_$report", weight) { send(DecisionsEvent.Begin(report, kind)) }
    }, "first_$report", 120))
    val offered = others.filter { it == ActionKind.TAKE_ON || it == ActionKind.PASS_UP }
    if (report in state.wide) {
        add(Row(offered.map { kind ->
            Press(Names.of(kind), "${kind.name.lowercase()}_$report") { send(DecisionsEvent.Begin(report, kind)) }
        }, "others_$report", 120))
        add(Press(words("decisions_look"), "look_$report", Weight.QUIET) { send(DecisionsEvent.Look(report)) })
    } else {
        add(Press(words("decisions_more"), "widen_$report", Weight.QUIET) { send(DecisionsEvent.Widen(report)) })
    }
}
