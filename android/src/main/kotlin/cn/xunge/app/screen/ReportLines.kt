package cn.xunge.app.screen

import cn.xunge.app.gateway.Names
import cn.xunge.app.look.Card
import cn.xunge.app.look.Node
import cn.xunge.app.look.Style
import cn.xunge.app.look.Text
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import xunge.core.HolderPart
import xunge.core.ReportRow
import xunge.core.State
import xunge.core.Urgency

/** A report as it stands in every list: what, where it stands, with whom, since when, what is still to come. */
fun reportLines(row: ReportRow, now: Long): List<Node> = buildList {
    add(Words(plain(row.title), Style.STRONG))
    val why = why(row)
    val pending = row.pending
    val heads = buildList {
        add(if (pending == null) Names.of(row.state) else words("reports_pending", Names.of(pending)))
        if (row.urgency == Urgency.URGENT) add(words("reports_urgent"))
        if (row.isLate) add(words("reports_late"))
    }
    add(Words(joined(heads), tone = if (row.state == State.RETURNED || row.isLate) Tone.BAD else Tone.MAIN))
    holder(row, now)?.let { add(Words(it, Style.SMALL)) }
    if (pending == null) why?.let { add(Words(it)) }
    val tail = buildList {
        row.dueAt?.let { if (!row.isLate) add(words("reports_due", Times.at(it, now))) }
        if (row.attachmentCount > 0u) add(words("status_photos", row.attachmentReceivedCount.toInt(), row.attachmentCount.toInt()))
        if (row.disputedCount > 0u) add(words("reports_disputed", row.disputedCount.toInt()))
    }
    if (tail.isNotEmpty()) add(Words(joined(tail), Style.SMALL, Tone.QUIET))
}

/** With whom a report lies, and since when; where the server has not seen it yet, that. */
fun holder(row: ReportRow, now: Long): Text? {
    val since = row.heldSince
    return when {
        row.holder == null && row.unsentCount > 0u -> words("report_unsent")
        // Who holds it is the reader.
        row.isOwn && row.holder?.part == HolderPart.REPORTER -> since?.let { Times.at(it, now) }
        row.holderName.isEmpty() -> null
        since == null -> words("reports_with", row.holderName)
        else -> words("reports_with_since", row.holderName, Times.at(since, now))
    }
}

/** Whether a report came back to whoever reads, who has not answered that yet. */
val ReportRow.isBack get() = state == State.RETURNED && isOwn && pending == null

/** Why a report came back, while nothing has answered that. */
fun why(row: ReportRow): Text? {
    if (row.state != State.RETURNED) return null
    val why = row.why ?: return null
    val reason = if (why.text.isNotEmpty()) plain(why.text) else words("role_return")
    return words("reports_returned", reason)
}

/** A report's card in a list. */
fun reportCard(row: ReportRow, now: Long, act: () -> Unit): Node {
    val tone = when {
        row.needsAttention || row.isBack -> Tone.BAD
        row.pending != null || row.unsentCount > 0u -> Tone.WARN
        else -> Tone.PLAIN
    }
    return Card(reportLines(row, now), "report_${row.report}", tone, act = act)
}
