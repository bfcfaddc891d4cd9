package cn.xunge.app.screen.enrol

import cn.xunge.app.look.Card
import cn.xunge.app.look.Field
import cn.xunge.app.look.Input
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Progress
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Viewfinder
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.words

fun enrolView(state: EnrolState, send: (EnrolEvent) -> Unit) = Page(
    name = "enrol",
    title = words("enrol_title"),
    back = if (state.hasOthers) ({ send(EnrolEvent.Back) }) else null,
    body = buildList {
        if (state.isKeyLost) add(Card(listOf(Words(words("enrol_key_lost"))), tone = Tone.WARN))
        if (state.isScanning) scanning(send) else choices(state, send)
        state.wrong?.let { add(Card(listOf(Words(it, tag = "status_wrong")), "wrong", Tone.BAD)) }
        if (state.isTyping && !state.isScanning) code(state, send)
    },
    isSecret = true,
)

private fun MutableList<Node>.scanning(send: (EnrolEvent) -> Unit) {
    add(Words(words("enrol_scan_aim")))
    add(Viewfinder("viewfinder") { light, width, height, stride -> send(EnrolEvent.Seen(light, width, height, stride)) })
    add(Press(words("enrol_scan_stop"), "stop_scan") { send(EnrolEvent.StopScan) })
}

private fun MutableList<Node>.choices(state: EnrolState, send: (EnrolEvent) -> Unit) {
    add(Words(words("enrol_intro")))
    val scan = if (state.isTyping) Weight.SECOND else Weight.HUGE
    add(Press(words("enrol_scan"), "scan", scan, "camera", !state.isWorking) { send(EnrolEvent.Scan) })
    add(Press(words("enrol_picture"), "pick", icon = "picture", isOn = !state.isWorking) { send(EnrolEvent.Pick) })
    if (!state.isTyping) add(Press(words("enrol_type"), "type", Weight.QUIET) { send(EnrolEvent.Type) })
}

private fun MutableList<Node>.code(state: EnrolState, send: (EnrolEvent) -> Unit) {
    add(Field(words("enrol_code"), "code", state.code, input = Input.LINES, round = state.round) { send(EnrolEvent.Code(it)) })
    state.server?.let { add(Words(words("enrol_server", it), tone = Tone.GOOD, tag = "status_server")) }
    if (state.isWorking) {
        add(Words(words("enrol_working"), tag = "status_working"))
        add(Progress(null, "working"))
    } else {
        add(Press(words("enrol_go"), "go", Weight.MAIN, isOn = state.code.isNotBlank()) { send(EnrolEvent.Go) })
    }
}
