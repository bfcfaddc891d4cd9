package cn.xunge.app.screen.capture

import cn.xunge.app.gateway.Names
import cn.xunge.app.look.Card
import cn.xunge.app.look.Chip
import cn.xunge.app.look.Chips
import cn.xunge.app.look.Field
import cn.xunge.app.look.Input
import cn.xunge.app.look.Node
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
import xunge.core.Answer
import xunge.core.FieldKind
import xunge.core.FieldSpec
import xunge.core.PersonPart
import xunge.core.ReportContent
import xunge.core.Source

/** The fields that the chosen category asks for. */
internal fun MutableList<Node>.captureAnswers(state: CaptureState, send: (CaptureEvent) -> Unit) {
    val category = state.category ?: return
    if (category.fields.isEmpty()) return
    val answers = state.content?.answers.orEmpty()
    add(Card(category.fields.map { field(it, answers[it.id], state, send) }, "answers"))
}

private fun field(spec: FieldSpec, given: Answer?, state: CaptureState, send: (CaptureEvent) -> Unit): Node {
    val label = if (spec.isRequired) plain(spec.name) else words("common_optional", spec.name)
    val text = (given as? Answer.Text)?.v1.orEmpty()
    val say = { words: String -> send(CaptureEvent.Filled(spec.id, words.ifEmpty { null }?.let { Answer.Text(it) })) }
    val tag = "answer_${spec.id}"
    return when (val kind = spec.kind) {
        is FieldKind.Choice -> choice(tag, label, kind.options.map { plain(it) to (it == text) }) { n, wasChosen ->
            send(CaptureEvent.Filled(spec.id, if (wasChosen) null else Answer.Text(kind.options[n])))
        }
        is FieldKind.YesNo -> {
            val yes = (given as? Answer.YesNo)?.v1
            choice(tag, label, listOf(words("common_yes") to (yes == true), words("common_no") to (yes == false))) { n, wasChosen ->
                send(CaptureEvent.Filled(spec.id, if (wasChosen) null else Answer.YesNo(n == 0)))
            }
        }
        is FieldKind.Number -> {
            val shown = state.numbers[spec.id] ?: (given as? Answer.Number)?.v1?.let { number(it) }.orEmpty()
            Field(label, tag, shown, input = Input.NUMBER, charsMax = 12) { send(CaptureEvent.Number(spec.id, it)) }
        }
        is FieldKind.Date -> Field(label, tag, text, input = Input.DAY, typed = say)
        is FieldKind.Text -> Field(label, tag, text, input = Input.LINES, charsMax = kind.charsMax?.toInt() ?: 500, typed = say)
    }
}

private fun number(value: Double) = if (value == Math.rint(value)) value.toLong().toString() else value.toString()

private fun choice(tag: String, label: Text, options: List<Pair<Text, Boolean>>, act: (Int, Boolean) -> Unit): Node {
    val chips = options.mapIndexed { n, (text, isChosen) -> Chip(text, "${tag}_$n", isChosen) { act(n, isChosen) } }
    return cn.xunge.app.look.Column(listOf(Words(label, Style.SMALL, Tone.QUIET), Chips(chips, "${tag}_options")), tag)
}

/** People concerned: entered here, hidden at once, never in the report itself. */
internal fun MutableList<Node>.capturePeople(content: ReportContent, state: CaptureState, send: (CaptureEvent) -> Unit) {
    val form = state.person
    if (content.people.isEmpty() && form == null) {
        val label = words("common_optional", words("capture_person_add"))
        add(Press(label, "add_person", Weight.QUIET, "person") { send(CaptureEvent.Person(PersonForm())) })
        return
    }
    val lines = buildList<Node> {
        add(Words(words("capture_people"), Style.STRONG))
        for ((id, part) in content.people.toSortedMap()) {
            val name = if (state.isHidden) words("capture_person_hidden") else plain(state.names[id].orEmpty())
            add(Row(listOf(
                Words(joined(listOf(Names.of(part), name))),
                Press(words("capture_remove"), "drop_$id", Weight.QUIET, "cross") { send(CaptureEvent.DropPerson(id)) },
            ), "person_$id"))
        }
        if (content.people.isNotEmpty()) {
            val label = words(if (state.isHidden) "capture_person_show" else "capture_person_hide")
            add(Press(label, "hide", Weight.QUIET) { send(CaptureEvent.Hide) })
        }
        if (form == null) {
            add(Press(words("capture_person_add"), "add_person", Weight.QUIET, "plus") { send(CaptureEvent.Person(PersonForm())) })
        } else {
            person(form, send)
        }
    }
    add(Card(lines, "people"))
}

private fun MutableList<Node>.person(form: PersonForm, send: (CaptureEvent) -> Unit) {
    add(Chips(PersonPart.entries.map { part ->
        Chip(Names.of(part), "part_${part.name.lowercase()}", form.part == part) { send(CaptureEvent.Person(form.copy(part = part))) }
    }, "parts"))
    add(Field(words("capture_person_name"), "person_name", form.name, charsMax = 60) { send(CaptureEvent.Person(form.copy(name = it))) })
    add(Field(words("capture_person_telephone"), "person_telephone", form.telephone, input = Input.TELEPHONE, charsMax = 30) {
        send(CaptureEvent.Person(form.copy(telephone = it)))
    })
    add(Row(listOf(
        Press(words("capture_person_save"), "save_person", Weight.MAIN, isOn = form.name.isNotBlank()) { send(CaptureEvent.SavePerson) },
        Press(words("common_cancel"), "cancel_person", Weight.QUIET) { send(CaptureEvent.Person(null)) },
    ), "person_end"))
}

/** What is asked for more seldom. */
internal fun MutableList<Node>.captureMore(content: ReportContent, state: CaptureState, send: (CaptureEvent) -> Unit) {
    if (!state.hasMore) {
        add(Press(words("capture_more"), "more", Weight.QUIET) { send(CaptureEvent.More) })
        return
    }
    val chips = Source.entries.filter { it in FROM }.map { source ->
        Chip(Names.of(source), "source_${source.name.lowercase()}", content.source == source) { send(CaptureEvent.From(source)) }
    }
    add(Card(listOf(Words(words("capture_source"), Style.STRONG), Chips(chips, "sources")), "more"))
}

/** How a worker on the road comes to know; the others enter through the room. */
private val FROM = setOf(Source.SEEN, Source.TOLD_BY, Source.PHONE, Source.VISITOR, Source.PAPER)
