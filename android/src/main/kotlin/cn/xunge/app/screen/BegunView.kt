package cn.xunge.app.screen

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
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import xunge.core.Action
import xunge.core.ActionKind

/** An act that was begun: reasons to tap, words or a voice note, or the level, and the button that sends it. */
fun begunCard(begun: Begun, isChinese: Boolean, send: (BegunEvent) -> Unit): Node {
    val way = Acts.WAYS.getValue(begun.kind)
    val lines = buildList<Node> {
        val heading = if (begun.kind == ActionKind.RETURN) words("decisions_why") else Names.of(begun.kind)
        add(Words(heading, Style.STRONG))
        if (way == Way.LEVEL) {
            add(Words(words("report_to_level")))
            add(Row(begun.actions.filterIsInstance<Action.PassUp>().map { action ->
                val level = "level_${action.to.name.lowercase()}"
                Press(words(level), level, Weight.MAIN) { send(BegunEvent.Send(action)) }
            }, "levels", 110))
        }
        if (way == Way.REASON || way == Way.WORDS) wordsOf(begun, isChinese, send)
        if (way != Way.LEVEL) {
            val isReady = way == Way.AT_ONCE || begun.code != null || begun.text.isNotBlank() || begun.voice != null
            val weight = if (begun.kind == ActionKind.RETURN || begun.kind == ActionKind.WITHDRAW) Weight.BAD else Weight.MAIN
            add(Press(Names.of(begun.kind), "send_act", weight, "check", isReady) { send(BegunEvent.Send(null)) })
        }
        add(Press(words("common_cancel"), "cancel_act", Weight.QUIET) { send(BegunEvent.Cancel) })
    }
    return Card(lines, "begun")
}

private fun MutableList<Node>.wordsOf(begun: Begun, isChinese: Boolean, send: (BegunEvent) -> Unit) {
    val recording = begun.recording
    if (begun.phrases.isNotEmpty()) {
        add(Chips(begun.phrases.mapIndexed { n, phrase ->
            val text = if (isChinese) phrase.zh else phrase.en
            Chip(plain(text), "phrase_$n", Beginning.isChosen(begun, phrase, text)) { send(BegunEvent.Choose(phrase, text)) }
        }, "phrases"))
    }
    add(Field(words("decisions_words"), "act_words", begun.text, input = Input.LINES, round = begun.round) {
        send(BegunEvent.Say(it))
    })
    when {
        begun.voice != null -> add(Words(words("role_return"), Style.SMALL))
        recording != null -> {
            val label = words("capture_voice_stop", recording)
            add(Press(label, "stop_recording", Weight.BAD, "voice") { send(BegunEvent.StopRecording) })
        }
        Acts.WAYS[begun.kind] == Way.REASON -> {
            add(Press(words("capture_voice_start"), "record", Weight.QUIET, "voice") { send(BegunEvent.Record) })
        }
    }
}
