package cn.xunge.app.screen.report

import cn.xunge.app.gateway.Names
import cn.xunge.app.look.Card
import cn.xunge.app.look.Node
import cn.xunge.app.look.Picture
import cn.xunge.app.look.Press
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Text
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times
import xunge.core.Action
import xunge.core.ActionKind
import xunge.core.Answer
import xunge.core.AttachmentKind
import xunge.core.AttachmentView
import xunge.core.ReportContent
import xunge.core.ReportView
import xunge.core.StoryLine
import xunge.core.TimeQuality

/** What was reported: pictures, voice notes, words, place, the category's fields, people (masked). */
internal fun MutableList<Node>.reportContent(view: ReportView, state: ReportState, send: (ReportEvent) -> Unit) {
    pictures(view, state, send)
    val content = view.content
    if (content == null) {
        val why = if (view.row.isErased) "report_erased" else "report_content_missing"
        add(Card(listOf(Words(words(why))), "content", Tone.WARN))
        return
    }
    val lines = buildList<Node> {
        if (content.description.isNotEmpty()) add(Words(plain(content.description)))
        answers(view, content)
        val place = listOf(view.row.gridName, content.placeText).filter { it.isNotEmpty() }.joinToString(" · ")
        if (place.isNotEmpty()) line("report_place", plain(place))
        line("report_time", Times.at(content.occurredAt ?: content.createdAt, state.now))
        if (content.result.isNotEmpty()) line("report_result", plain(content.result))
        content.notes.values.sortedBy { it.writtenAt }.forEach { line("report_add", plain(it.text)) }
        if (!view.row.isOwn) add(Words(words("report_reporter", view.row.reporterName), Style.SMALL, Tone.QUIET))
        if (content.unknownJson.isNotEmpty()) add(Words(words("report_unknown_fields"), Style.SMALL, Tone.QUIET))
    }
    add(Card(lines, "content"))
    if (view.people.isNotEmpty()) {
        val people = view.people.map { person ->
            Words(joined(listOf(Names.of(person.part), plain(person.name), plain(person.telephone.orEmpty()))))
        }
        add(Card(listOf(Words(words("report_people"), Style.STRONG)) + people, "people"))
    }
}

private fun MutableList<Node>.line(key: String, text: Text) {
    add(Words(words(key), Style.SMALL, Tone.QUIET))
    add(Words(text))
}

private fun MutableList<Node>.answers(view: ReportView, content: ReportContent) {
    for (field in view.category?.fields.orEmpty()) {
        val said = when (val answer = content.answers[field.id] ?: continue) {
            is Answer.Text -> plain(answer.v1)
            is Answer.Number -> plain(if (answer.v1 == Math.rint(answer.v1)) answer.v1.toLong().toString() else answer.v1.toString())
            is Answer.YesNo -> words(if (answer.v1) "common_yes" else "common_no")
        }
        add(Words(plain(field.name), Style.SMALL, Tone.QUIET))
        add(Words(said))
    }
}

private fun MutableList<Node>.pictures(view: ReportView, state: ReportState, send: (ReportEvent) -> Unit) {
    val (pictures, voices) = view.attachments.partition { it.reference.kind == AttachmentKind.PICTURE }
    if (pictures.isNotEmpty()) add(Row(pictures.mapIndexed { n, picture -> picture(n + 1, picture, state, send) }, "pictures"))
    for (voice in voices) {
        val seconds = (voice.reference.durationMs.toInt() + 999) / 1000
        val label = if (state.playing == voice.id) words("capture_voice_play_stop") else words("report_voice", seconds)
        add(Press(label, "play_${voice.id}", Weight.SECOND, "voice", isOn = voice.isHere) { send(ReportEvent.Play(voice.id)) })
    }
}

private fun picture(n: Int, picture: AttachmentView, state: ReportState, send: (ReportEvent) -> Unit): Node {
    val role = Names.of(picture.reference.role)
    val standing = when {
        picture.isReceived -> words("report_picture_received")
        picture.sentBytes > 0u -> words("report_picture_sent", (picture.sentBytes * 100u / maxOf(picture.reference.sizeBytes, 1u)).toInt())
        else -> words("report_story_waiting")
    }
    val lines = buildList<Node> {
        val path = picture.path ?: picture.thumbnailPath
        add(Picture(path, words("report_picture", n, role), "picture_${picture.id}", bytes = state.pictures[picture.id]))
        add(Words(joined(listOf(role, standing)), Style.SMALL))
        if (!picture.isHere) {
            if (picture.id in state.wanted) add(Words(words("report_picture_waiting"), Style.SMALL, Tone.QUIET))
            else add(Press(words("report_picture_get"), "want_${picture.id}", Weight.QUIET) { send(ReportEvent.Want(picture.id)) })
        }
    }
    return Card(lines, "card_${picture.id}")
}

/** Fields that were written apart: both values, to be chosen by whoever may; and what changed after an approval. */
internal fun MutableList<Node>.reportDisputes(view: ReportView, send: (ReportEvent) -> Unit) {
    for (dispute in view.disputes) {
        val name = field(dispute.field, dispute.fieldName)
        val values = dispute.values.mapIndexed { n, value ->
            val edit = value.edit
            val label = plain(value.text.ifEmpty { "—" })
            if (edit != null && view.row.isOwn) Press(label, "choose_${dispute.field}_$n") { send(ReportEvent.Choose(edit)) }
            else Words(label)
        }
        val head = listOf(Words(name, Style.STRONG), Words(words("report_disputed"), Style.SMALL))
        add(Card(head + values, "dispute_${dispute.field}", Tone.WARN))
    }
    if (view.amendments.isEmpty()) return
    val lines = view.amendments.flatMap { change ->
        listOf(Words(field(change.field, change.fieldName), Style.SMALL), Words(plain("${change.before} → ${change.now}")))
    }
    add(Card(listOf(Words(words("report_amended"), Style.STRONG)) + lines, "amended", Tone.WARN))
}

private val FIELDS = setOf("category", "grid", "description", "place", "place_text", "result", "people", "attachments", "notes")

private fun field(path: String, name: String): Text = when {
    name.isNotEmpty() -> plain(name)
    path in FIELDS -> words("field_$path")
    else -> words("field_shown")
}

/** Who did what, when, and what became of it. */
internal fun MutableList<Node>.reportStory(view: ReportView, state: ReportState) {
    if (view.story.isEmpty()) return
    val lines = view.story.flatMap { act ->
        buildList<Node> {
            add(Words(joined(listOf(plain(act.byName), act(act.action))), Style.STRONG))
            val why = listOfNotNull(act.reason?.text, act.text).filter { it.isNotEmpty() }
            why.forEach { add(Words(plain(it))) }
            Names.of(act.outcome)?.let { add(Words(it, tone = Tone.WARN)) }
            add(Words(joined(times(act, state.now)), Style.SMALL, Tone.QUIET))
        }
    }
    add(Card(listOf(Words(words("report_story"), Style.TITLE)) + lines, "story"))
}

private fun times(act: StoryLine, now: Long): List<Text> = buildList {
    add(Times.at(act.at.at, now))
    when (act.at.quality) {
        TimeQuality.VERIFIED -> Unit
        TimeQuality.ESTIMATED -> add(words("quality_estimated"))
        TimeQuality.UNVERIFIED -> add(words("quality_unverified"))
    }
    if (act.outcome == null) add(words("report_story_waiting"))
}

/** An act by its name; the class's name is the kind's. */
private fun act(action: Action): Text {
    val name = action.javaClass.simpleName.replace(Regex("([a-z])([A-Z])"), "$1_$2").uppercase()
    return Names.of(ActionKind.valueOf(name))
}
