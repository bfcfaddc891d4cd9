package cn.xunge.app.screen.capture

import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.locate
import cn.xunge.app.gateway.measuring
import cn.xunge.app.gateway.quality
import cn.xunge.app.gateway.setPlace
import cn.xunge.app.gateway.unitName
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Permission
import cn.xunge.app.screen.SystemPage
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.Wish
import xunge.core.GridAnswer
import xunge.core.PlaceClaim
import xunge.core.ReportContent
import xunge.core.WaitAdvice

/** The position of a draft: measured from the first moment, saved as soon as there is one, and again while it gets better. */
internal class CapturePlace(
    private val host: Host,
    private val state: () -> CaptureState,
    private val show: (CaptureState) -> Unit,
    private val failed: (Failure) -> Unit,
    private val saved: () -> Unit,
) {
    private val gateway get() = host.gateway
    private val wait = gateway.measuring()
    private var startedAt = 0L
    private var isRunning = false
    private var kept: PlaceClaim? = null
    private var lastNow = 0L

    /** Measures where the draft has no position yet; where it has one, says how good that is. */
    fun begin(content: ReportContent) {
        val place = content.place
        if (place == null) return host.wish(Wish.Allow(Permission.LOCATION))
        kept = place
        describe(place)
        if (content.grid == null) ask(place)
    }

    fun allow() = host.wish(if (state().measured.isAllowed) Wish.Allow(Permission.LOCATION) else Wish.Setting(SystemPage.PERMISSIONS))

    fun openSettings() = host.wish(Wish.Setting(SystemPage.LOCATION))

    fun told(what: Told) {
        when (what) {
            is Told.Allowed -> if (what.what == Permission.LOCATION) allowed(what.isGranted)
            is Told.Fix -> fix(what.claim)
            is Told.Location -> measured { it.copy(isOn = what.isOn) }
            is Told.Measuring -> {
                measured { it.copy(seconds = what.seconds) }
                clock()
                wait.advice(what.seconds * 1000L) { answer -> if (answer is Answer.Done) advised(answer.value) }
            }
            else -> Unit
        }
    }

    private fun allowed(isGranted: Boolean) {
        measured { it.copy(isAllowed = isGranted, seconds = if (isGranted) 0 else null) }
        if (!isGranted || isRunning) return
        isRunning = true
        startedAt = host.now()
        host.wish(Wish.Measure)
    }

    /** Says so where the phone's clock went back while the draft is open. */
    private fun clock() {
        val now = host.now()
        if (now + CLOCK_MS < lastNow) show(state().copy(isClockBack = true))
        lastNow = now
    }

    private fun fix(claim: PlaceClaim) {
        if (!isRunning) return
        wait.feed(claim, host.now() - startedAt) { answer -> if (answer is Answer.Done) advised(answer.value) }
    }

    private fun advised(advice: WaitAdvice) {
        val best = when (advice) {
            is WaitAdvice.Wait -> advice.best
            is WaitAdvice.TakeIt -> advice.claim
            is WaitAdvice.TakeItAnyway -> advice.best
        }
        measured { it.copy(isWorthWaiting = advice is WaitAdvice.Wait) }
        if (best != null && best != kept) keep(best)
        if (advice !is WaitAdvice.Wait) end()
    }

    private fun keep(claim: PlaceClaim) {
        if (!isRunning) return
        kept = claim
        gateway.setPlace(state().report, claim) { answer ->
            when (answer) {
                is Answer.Done -> {
                    describe(claim)
                    ask(claim)
                    saved()
                }
                is Answer.Failed -> failed(answer.failure)
            }
        }
    }

    private fun describe(claim: PlaceClaim) = gateway.quality(claim) { answer ->
        if (answer is Answer.Done) measured { it.copy(quality = answer.value, errorM = claim.accuracyM.toInt()) }
    }

    /** In which grid it lies; where that is not certain the two likeliest are asked for. */
    private fun ask(claim: PlaceClaim) = gateway.locate(claim) { answer ->
        val found = (answer as? Answer.Done)?.value
        val units = if (found is GridAnswer.Ask) found.candidates.take(2).map { it.grid } else emptyList()
        show(state().copy(candidates = emptyList()))
        units.forEach { unit ->
            gateway.unitName(unit) { name ->
                if (name is Answer.Done) show(state().copy(candidates = state().candidates + GridChoice(unit, name.value)))
            }
        }
    }

    private fun measured(change: (Measured) -> Measured) = show(state().copy(measured = change(state().measured)))

    fun end() {
        if (!isRunning) return
        isRunning = false
        host.wish(Wish.StopMeasuring)
        measured { it.copy(seconds = null) }
    }

    private companion object {
        const val CLOCK_MS = 60_000L
    }
}
