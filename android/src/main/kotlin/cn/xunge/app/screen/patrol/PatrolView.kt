package cn.xunge.app.screen.patrol

import cn.xunge.app.look.Card
import cn.xunge.app.look.Ground
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times
import xunge.core.PatrolState as Standing
import xunge.core.PatrolView
import xunge.core.SuggestionStop

fun patrolView(state: PatrolState, send: (PatrolEvent) -> Unit) = Page(
    name = "patrol",
    title = words("patrol_title"),
    back = { send(PatrolEvent.Back) },
    body = buildList {
        trouble(state, send)
        state.patrol?.let { standing(it, state) }
        map(state, send)
        next(state, send)
        state.patrol?.let { gaps(it, state.now) }
        add(Press(words("patrol_self_test"), "self_test", Weight.QUIET, "settings") { send(PatrolEvent.SelfTest) })
        add(Words(words("patrol_privacy"), Style.SMALL, Tone.QUIET))
    },
    foot = listOf(Row(buttons(state, send), "patrol_buttons", 120)),
)

private fun buttons(state: PatrolState, send: (PatrolEvent) -> Unit): List<Node> {
    val end = if (state.isSure) Press(words("patrol_end_sure"), "end", Weight.BAD) { send(PatrolEvent.End) }
    else Press(words("patrol_end"), "end") { send(PatrolEvent.End) }
    return when (state.patrol?.state) {
        null, is Standing.Ended -> listOf(Press(words("patrol_start"), "start", Weight.MAIN, "walk") { send(PatrolEvent.Start) })
        Standing.Running -> listOf(Press(words("patrol_pause"), "pause") { send(PatrolEvent.Pause) }, end)
        Standing.Paused -> listOf(Press(words("patrol_resume"), "resume", Weight.MAIN) { send(PatrolEvent.Resume) }, end)
    }
}

private fun MutableList<Node>.trouble(state: PatrolState, send: (PatrolEvent) -> Unit) {
    state.wrong?.let { add(Card(listOf(Words(it, tag = "status_wrong")), "wrong", Tone.BAD)) }
    if (!state.isAllowed) {
        val allow = Press(words("capture_location_allow"), "allow", Weight.MAIN) { send(PatrolEvent.Allow) }
        add(Card(listOf(Words(words("patrol_location_refused"), tag = "status_refused"), allow), "refused", Tone.BAD))
    } else if (!state.isOn) {
        add(Card(listOf(Words(words("patrol_location_off"), tag = "status_off")), "off", Tone.BAD))
    }
    state.told.forEachIndexed { n, text -> add(Card(listOf(Words(text, tag = "status_told_$n")), "told_$n", Tone.WARN)) }
}

private fun MutableList<Node>.standing(patrol: PatrolView, state: PatrolState) {
    val (head, tone) = when (val standing = patrol.state) {
        Standing.Running -> "patrol_running" to Tone.GOOD
        Standing.Paused -> "patrol_paused" to Tone.WARN
        is Standing.Ended -> PatrolWords.ended(standing.by) to Tone.PLAIN
    }
    val lines = buildList {
        add(Words(words(head), Style.STRONG, tag = "status_patrol"))
        val walked = words("patrol_walked", Times.distance(patrol.distanceM))
        add(Words(joined(listOf(walked, words("patrol_time", Times.span(patrol.movingMs + patrol.restingMs))))))
        patrol.silentMs?.let { add(Words(words("patrol_silent", Times.span(it)), tone = Tone.WARN, tag = "status_silent")) }
    }
    add(Card(lines, "standing", tone))
}

private fun MutableList<Node>.map(state: PatrolState, send: (PatrolEvent) -> Unit) {
    val scene = state.scene
    if (scene == null) {
        add(Words(words("patrol_map_none"), tone = Tone.QUIET, tag = "status_map"))
        return
    }
    add(Ground(scene, state.metresAcross, words("patrol_map"), "map"))
    add(Row(listOf(
        Press(words("patrol_zoom_in"), "zoom_in", Weight.QUIET, "plus") { send(PatrolEvent.Zoom(true)) },
        Press(words("patrol_zoom_out"), "zoom_out", Weight.QUIET) { send(PatrolEvent.Zoom(false)) },
    ), "zoom", 120))
    add(cn.xunge.app.look.Legend("legend"))
}

private fun MutableList<Node>.next(state: PatrolState, send: (PatrolEvent) -> Unit) {
    if (state.me != null) add(Press(words("patrol_next"), "next", icon = "walk") { send(PatrolEvent.Next) })
    state.next.forEachIndexed { n, stop -> add(Card(listOf(Words(stop(stop, state))), "stop_$n")) }
}

private fun stop(stop: SuggestionStop, state: PatrolState) = stop.place.let { place ->
    val days = stop.unseenDays
    val far = Times.distance(stop.distanceM)
    when {
        place != null -> words("patrol_next_place", state.names[place] ?: place, far)
        days != null -> words("patrol_next_unseen", days, far)
        else -> words("patrol_next_ground", far)
    }
}

private fun MutableList<Node>.gaps(patrol: PatrolView, now: Long) {
    patrol.gaps.takeLast(GAPS).reversed().forEachIndexed { n, gap ->
        add(Words(PatrolWords.of(gap, now), Style.SMALL, Tone.WARN, "gap_$n"))
    }
}

private const val GAPS = 5
