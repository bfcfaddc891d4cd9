package cn.xunge.app.screen.capture

import cn.xunge.app.look.Card
import cn.xunge.app.look.Field
import cn.xunge.app.look.Input
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Picture
import cn.xunge.app.look.Press
import cn.xunge.app.look.Progress
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Toggle
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.gateway.Names
import cn.xunge.app.screen.Screen
import xunge.core.AttachmentKind
import xunge.core.AttachmentRole
import xunge.core.PlaceQuality
import xunge.core.ReportContent
import xunge.core.Urgency

fun captureView(state: CaptureState, send: (CaptureEvent) -> Unit): Page =
    if (state.isSent) sentPage(send) else formPage(state, send)

private fun sentPage(send: (CaptureEvent) -> Unit) = Page(
    name = "capture_sent",
    title = words("capture_title"),
    back = null,
    body = listOf(
        Card(listOf(Words(words("capture_sent_title"), Style.HUGE), Words(words("capture_sent"), tag = "status_sent")), "sent", Tone.GOOD),
    ),
    foot = listOf(Press(words("common_done"), "done", Weight.MAIN) { send(CaptureEvent.Done) }),
)

private fun formPage(state: CaptureState, send: (CaptureEvent) -> Unit): Page {
    val content = state.content
    return Page(
        name = "capture",
        title = words("capture_title"),
        back = { send(CaptureEvent.Back) },
        body = buildList {
            if (content == null) {
                add(Words(words("common_loading")))
                return@buildList
            }
            wrong(state)
            pictures(content, state, send)
            place(content, state, send)
            category(content, state, send)
            hint(state, send)
            captureAnswers(state, send)
            say(content, state, send)
            capturePeople(content, state, send)
            captureMore(content, state, send)
            ending(content, state, send)
        },
        foot = if (content == null) emptyList() else listOf(
            Press(words("capture_submit"), "submit", Weight.MAIN, "check") { send(CaptureEvent.Submit) },
        ),
        isSecret = true,
    )
}

private fun MutableList<Node>.wrong(state: CaptureState) {
    if (state.isClockBack) add(Card(listOf(Words(words("capture_clock_back"))), "clock_back", Tone.WARN))
    val lines = buildList {
        state.wrong?.let { add(Words(it, Style.STRONG, tag = "status_wrong")) }
        state.problems.forEach { add(Words(it.text)) }
    }
    if (lines.isNotEmpty()) add(Card(lines, "wrong", Tone.BAD))
}

private fun MutableList<Node>.pictures(content: ReportContent, state: CaptureState, send: (CaptureEvent) -> Unit) {
    val pictures = content.attachments.filterValues { it.kind == AttachmentKind.PICTURE }.toList()
        .sortedWith(compareBy({ it.second.takenAt ?: Long.MAX_VALUE }, { it.first }))
    val weight = if (pictures.isEmpty()) Weight.HUGE else Weight.SECOND
    val shown = pictures.mapIndexed { n, (id, picture) -> one(id, n + 1, picture.role, state, send) }
    if (shown.isNotEmpty()) add(Row(shown, "pictures"))
    add(Press(words("capture_take"), "take", weight, "camera") { send(CaptureEvent.Shoot(AttachmentRole.SCENE)) })
    add(Press(words("capture_pick"), "pick", Weight.QUIET, "picture") { send(CaptureEvent.Pick) })
}

private fun one(id: String, n: Int, role: AttachmentRole, state: CaptureState, send: (CaptureEvent) -> Unit) = Card(
    listOf(
        Picture(null, words("report_picture", n, Names.of(role)), "picture_$id", bytes = state.pictures[id]),
        Words(Names.of(role), Style.SMALL),
        Press(words("capture_remove"), "remove_$id", Weight.QUIET) { send(CaptureEvent.Remove(id)) },
    ),
    "card_$id",
)

private fun MutableList<Node>.place(content: ReportContent, state: CaptureState, send: (CaptureEvent) -> Unit) {
    val measured = state.measured
    val lines = buildList<Node> {
        add(Words(words("capture_place"), Style.STRONG))
        measured.seconds?.let {
            add(Words(words("capture_locating", it), tag = "status_measuring"))
            add(Progress(null, "measuring"))
        }
        if (content.place != null) quality(measured)
        if (!measured.isAllowed) {
            add(Words(words("capture_location_refused"), tag = "status_refused"))
            add(Press(words("capture_location_allow"), "allow_location") { send(CaptureEvent.AllowLocation) })
        } else if (!measured.isOn) {
            add(Words(words("capture_location_off"), tag = "status_off"))
            add(Press(words("capture_location_open"), "open_location") { send(CaptureEvent.OpenLocation) })
        }
        if (content.grid == null && state.candidates.isNotEmpty()) {
            add(Words(words("capture_grid_ask"), Style.STRONG))
            add(Row(state.candidates.map { grid ->
                Press(plain(grid.name), "grid_${grid.unit}", Weight.MAIN) { send(CaptureEvent.Grid(grid.unit)) }
            }, "candidates", 130))
        }
        val grid = if (content.grid == null) words("capture_grid_none") else words("capture_grid", state.gridName)
        val text = listOf(grid) + if (content.placeText.isEmpty()) emptyList() else listOf(plain(content.placeText))
        add(Words(joined(text), tag = "place_now"))
        add(Press(words("capture_place_choose"), "choose_place", Weight.QUIET, "place") { send(CaptureEvent.Go(Screen.Name.PLACE)) })
    }
    add(Card(lines, "place"))
}

private fun MutableList<Node>.quality(measured: Measured) {
    val tone = when (measured.quality) {
        PlaceQuality.GOOD -> Tone.GOOD
        PlaceQuality.FAIR -> Tone.PLAIN
        PlaceQuality.POOR, PlaceQuality.NONE -> Tone.WARN
    }
    val error = measured.errorM
    val key = "capture_quality_${measured.quality.name.lowercase()}"
    val text = if (error == null || measured.quality == PlaceQuality.NONE) words("capture_quality_none") else words(key, error)
    add(Words(text, tone = tone, tag = "status_quality"))
    if (measured.isWorthWaiting) add(Words(words("capture_wait"), Style.SMALL, Tone.QUIET))
}

private fun MutableList<Node>.category(content: ReportContent, state: CaptureState, send: (CaptureEvent) -> Unit) {
    val chosen = state.category
    val go = { send(CaptureEvent.Go(Screen.Name.CATEGORY)) }
    if (content.category == null || chosen == null) {
        add(Press(words("capture_category_choose"), "choose_category", Weight.MAIN, "kind") { go() })
        return
    }
    val lines = listOf(Words(words("capture_category"), Style.SMALL, Tone.QUIET), Words(plain(chosen.name), Style.TITLE))
    add(Card(lines, "choose_category", said = words("common_chosen", chosen.name), act = go))
}

private fun MutableList<Node>.hint(state: CaptureState, send: (CaptureEvent) -> Unit) {
    if (state.hints == 0) return
    add(Card(listOf(Words(words("capture_hint"))), "hint", Tone.WARN) { send(CaptureEvent.Go(Screen.Name.HINT)) })
}

private fun MutableList<Node>.say(content: ReportContent, state: CaptureState, send: (CaptureEvent) -> Unit) {
    val recording = state.recording
    if (recording == null) {
        add(Press(words("capture_voice_start"), "record", Weight.SECOND, "voice") { send(CaptureEvent.Record) })
    } else {
        add(Press(words("capture_voice_stop", recording), "stop_recording", Weight.BAD, "voice") { send(CaptureEvent.StopRecording) })
    }
    val notes = content.attachments.filterValues { it.kind == AttachmentKind.VOICE_NOTE }
    for ((id, note) in notes.toSortedMap()) {
        val label = if (state.playing == id) words("capture_voice_play_stop")
        else words("capture_voice_play", (note.durationMs.toInt() + 999) / 1000)
        add(Row(listOf(
            Press(label, "play_$id") { send(CaptureEvent.Play(id)) },
            Press(words("capture_remove"), "remove_$id", Weight.QUIET, "cross") { send(CaptureEvent.Remove(id)) },
        ), "voice_$id"))
    }
    val label = words("common_optional", words("capture_words"))
    add(Field(label, "words", content.description, words("capture_words_hint"), Input.LINES) { send(CaptureEvent.Words(it)) })
}

private fun MutableList<Node>.ending(content: ReportContent, state: CaptureState, send: (CaptureEvent) -> Unit) {
    add(Toggle(words("capture_urgent"), "urgent", content.urgency == Urgency.URGENT) { send(CaptureEvent.Urgent(it)) })
    if (state.isSettling) {
        val lines = listOf(
            Field(words("capture_result"), "result", content.result, input = Input.LINES) { send(CaptureEvent.Result(it)) },
            Press(words("capture_result_picture"), "take_after", icon = "camera") { send(CaptureEvent.Shoot(AttachmentRole.AFTER)) },
            Press(words("capture_settle_send"), "settle", Weight.MAIN, "check") { send(CaptureEvent.Settle) },
        )
        add(Card(lines, "settling", Tone.PLAIN))
    } else {
        add(Press(words("capture_settle"), "settle", Weight.QUIET, "check") { send(CaptureEvent.Settle) })
    }
    add(Words(words("common_saved"), Style.SMALL, Tone.QUIET, "status_saved"))
    val discard = if (state.isSureToDiscard) words("capture_discard_sure") else words("capture_discard")
    val weight = if (state.isSureToDiscard) Weight.BAD else Weight.QUIET
    add(Press(discard, "discard", weight) { send(CaptureEvent.Discard) })
}
