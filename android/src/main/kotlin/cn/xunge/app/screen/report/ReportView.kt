package cn.xunge.app.screen.report

import cn.xunge.app.gateway.Names
import cn.xunge.app.look.Card
import cn.xunge.app.look.Field
import cn.xunge.app.look.Input
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Acts
import cn.xunge.app.screen.begunCard
import cn.xunge.app.screen.isBack
import cn.xunge.app.screen.reportLines
import xunge.core.ActionKind
import xunge.core.ReportView

fun reportView(state: ReportState, send: (ReportEvent) -> Unit): Page {
    val view = state.view
    return Page(
        name = "report",
        title = words("report_title"),
        back = { send(ReportEvent.Back) },
        body = buildList {
            reportWrong(state)
            if (view == null) {
                add(Words(words("common_loading")))
                return@buildList
            }
            head(view, state, send)
            rewriting(state, send)
            reportContent(view, state, send)
            reportDisputes(view, send)
            acts(view, state, send)
            reportStory(view, state)
            add(Words(words("report_code", view.row.code), Style.SMALL, Tone.QUIET, "code"))
        },
        foot = if (view != null && state.rewriting != null) {
            listOf(Press(words("report_resubmit"), "resubmit", Weight.MAIN, "check") { send(ReportEvent.Resubmit) })
        } else {
            emptyList()
        },
        isSecret = true,
    )
}

private fun MutableList<Node>.reportWrong(state: ReportState) {
    val lines = buildList {
        state.wrong?.let { add(Words(it, Style.STRONG, tag = "status_wrong")) }
        state.problems.forEach { add(Words(it.text)) }
    }
    if (lines.isNotEmpty()) add(Card(lines, "wrong", Tone.BAD))
}

private fun MutableList<Node>.head(view: ReportView, state: ReportState, send: (ReportEvent) -> Unit) {
    val row = view.row
    val tone = if (row.isBack) Tone.BAD else if (row.unsentCount > 0u) Tone.WARN else Tone.MAIN
    val lines = buildList {
        addAll(reportLines(row, state.now))
        if (row.unsentCount > 0u) add(Words(words("status_saved_waiting"), tag = "status_unsent"))
    }
    add(Card(lines, "head", tone))
    // Nobody calls himself.
    for (holder in view.holders.filter { it.person != state.ownPerson }) {
        val telephone = holder.telephone ?: continue
        add(Press(words("common_call", holder.name, telephone), "call_${holder.person}", Weight.QUIET, "phone") {
            send(ReportEvent.Dial(telephone))
        })
    }
    if (row.isBack && state.rewriting == null) {
        add(Press(words("report_edit"), "edit", Weight.MAIN) { send(ReportEvent.Edit) })
    }
}

private fun MutableList<Node>.rewriting(state: ReportState, send: (ReportEvent) -> Unit) {
    val now = state.rewriting ?: return
    val lines = listOf(
        Field(words("capture_words"), "words", now.description, input = Input.LINES, round = state.round) {
            send(ReportEvent.Write(now.copy(description = it)))
        },
        Field(words("report_place"), "place_text", now.placeText, round = state.round, charsMax = 200) {
            send(ReportEvent.Write(now.copy(placeText = it)))
        },
        Press(words("report_add_picture"), "shoot", icon = "camera") { send(ReportEvent.Shoot) },
    )
    add(Card(lines, "rewriting"))
}

private fun MutableList<Node>.acts(view: ReportView, state: ReportState, send: (ReportEvent) -> Unit) {
    val begun = state.begun
    if (begun != null) {
        add(begunCard(begun, state.isChinese) { send(ReportEvent.Act(it)) })
        return
    }
    val may = Acts.WAYS.keys.filter { it in view.permitted }
    if (may.isNotEmpty()) {
        add(Row(may.map { kind ->
            val isWithdrawing = kind == ActionKind.WITHDRAW && state.isSure
            val label = if (isWithdrawing) words("report_withdraw_sure") else Names.of(kind)
            val weight = when {
                isWithdrawing -> Weight.BAD
                kind == ActionKind.APPROVE -> Weight.MAIN
                else -> Weight.SECOND
            }
            Press(label, "act_${kind.name.lowercase()}", weight) { send(ReportEvent.Begin(kind)) }
        }, "acts", 120))
    }
    note(state, send)
    if (view.row.state in ReportViewModel.OVER) {
        add(Press(words("report_card"), "make_card", Weight.SECOND, "share") { send(ReportEvent.MakeCard) })
    }
}

private fun MutableList<Node>.note(state: ReportState, send: (ReportEvent) -> Unit) {
    val note = state.note
    if (note == null) {
        add(Row(listOf(
            Press(words("report_add"), "note", Weight.QUIET, "plus") { send(ReportEvent.Note("")) },
            Press(words("report_add_picture"), "add_picture", Weight.QUIET, "camera") { send(ReportEvent.Shoot) },
        ), "adding"))
        return
    }
    val lines = listOf(
        Field(words("report_add"), "note_words", note, input = Input.LINES) { send(ReportEvent.Note(it)) },
        Row(listOf(
            Press(words("report_add_send"), "save_note", Weight.MAIN, isOn = note.isNotBlank()) { send(ReportEvent.SaveNote) },
            Press(words("common_cancel"), "cancel_note", Weight.QUIET) { send(ReportEvent.Note(null)) },
        ), "note_end", 110),
    )
    add(Card(lines, "note_card"))
}
