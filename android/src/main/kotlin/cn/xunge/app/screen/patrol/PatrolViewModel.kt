package cn.xunge.app.screen.patrol

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.keyPlaces
import cn.xunge.app.gateway.patrol
import cn.xunge.app.gateway.patrolEnd
import cn.xunge.app.gateway.patrolPause
import cn.xunge.app.gateway.patrolResume
import cn.xunge.app.gateway.patrolScene
import cn.xunge.app.gateway.patrolStart
import cn.xunge.app.gateway.whereNext
import cn.xunge.app.look.Scene
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Permission
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.PatrolStep
import xunge.core.PatrolView
import xunge.core.Position
import xunge.core.SuggestionStop

data class PatrolState(
    val patrol: PatrolView? = null,
    val scene: Scene? = null,
    val metresAcross: Float = 800f,
    val me: Position? = null,
    val next: List<SuggestionStop> = emptyList(),
    val names: Map<String, String> = emptyMap(),
    val isOn: Boolean = true,
    val isAllowed: Boolean = true,
    val told: List<Text> = emptyList(),
    val wrong: Text? = null,
    val isSure: Boolean = false,
    val now: Long = 0,
)

sealed class PatrolEvent {
    data object Start : PatrolEvent()

    data object Pause : PatrolEvent()

    data object Resume : PatrolEvent()

    data object End : PatrolEvent()

    data object Next : PatrolEvent()

    data class Zoom(val isIn: Boolean) : PatrolEvent()

    data object SelfTest : PatrolEvent()

    data object Allow : PatrolEvent()

    data object Back : PatrolEvent()
}

/** A patrol on the map; the recording itself is the service's, which goes on when this screen is gone. */
class PatrolViewModel(host: Host) : ViewModel<PatrolState, PatrolEvent>(PatrolState(), host) {
    private var isAsked = false

    override fun start() {
        if (!isAsked) {
            isAsked = true
            host.wish(Wish.Allow(Permission.LOCATION))
        }
        gateway.keyPlaces(got { places -> show(state.copy(names = places.associate { it.id to it.name })) })
        changed()
    }

    override fun changed() {
        gateway.patrol(got { show(state.copy(patrol = it, now = host.now())) })
        state.me?.let { draw(it) }
    }

    private fun draw(me: Position) =
        gateway.patrolScene(me, state.metresAcross / 2.0, got { show(state.copy(scene = it)) })

    override fun on(event: PatrolEvent) {
        when (event) {
            PatrolEvent.Start -> gateway.patrolStart(got { begun(it) })
            PatrolEvent.Pause -> gateway.patrolPause(got { stepped(it) })
            PatrolEvent.Resume -> gateway.patrolResume(got { begun(it) })
            PatrolEvent.End -> if (state.isSure) gateway.patrolEnd(got { stepped(it) }) else show(state.copy(isSure = true))
            PatrolEvent.Next -> state.me?.let { me -> gateway.whereNext(me, got { show(state.copy(next = it)) }) }
            is PatrolEvent.Zoom -> {
                val across = if (event.isIn) state.metresAcross / 2 else state.metresAcross * 2
                show(state.copy(metresAcross = across.coerceIn(ACROSS_LEAST, ACROSS_MOST)))
                state.me?.let { draw(it) }
            }
            PatrolEvent.SelfTest -> host.wish(Wish.Go(Screen(Screen.Name.SELF_TEST)))
            PatrolEvent.Allow -> host.wish(Wish.Allow(Permission.LOCATION))
            PatrolEvent.Back -> host.wish(Wish.Back)
        }
    }

    private fun begun(step: PatrolStep) {
        host.wish(Wish.Allow(Permission.NOTIFICATIONS))
        stepped(step)
    }

    /** The service hears of every step: it asks for fixes as the core wants, or ends. */
    private fun stepped(step: PatrolStep) {
        show(state.copy(isSure = false, wrong = null, told = PatrolWords.of(step.notices)))
        host.wish(Wish.WatchPatrol)
        changed()
    }

    override fun told(what: Told) {
        when (what) {
            is Told.Allowed -> if (what.what == Permission.LOCATION) {
                show(state.copy(isAllowed = what.isGranted))
                if (what.isGranted) host.wish(Wish.Measure)
            }
            is Told.Fix -> {
                show(state.copy(me = what.claim.position))
                changed()
            }
            is Told.Location -> show(state.copy(isOn = what.isOn))
            is Told.Notices -> show(state.copy(told = PatrolWords.of(what.notices)))
            else -> Unit
        }
    }

    override fun stop() {
        host.wish(Wish.StopMeasuring)
        super.stop()
    }

    override fun failed(failure: Failure) = show(state.copy(wrong = failure.text))

    private companion object {
        const val ACROSS_LEAST = 200f
        const val ACROSS_MOST = 6400f
    }
}
