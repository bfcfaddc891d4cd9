package cn.xunge.app.screen

import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.CoreGateway
import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.Then
import cn.xunge.app.look.Page
import cn.xunge.app.look.Text
import xunge.core.PlaceClaim

/**
 * What a screen knows and does, without anything of the system's user interface: it answers events, asks the core, and says what is to be
 * shown. [S] is plain data, [E] what a person can do.
 */
abstract class ViewModel<S, E>(first: S, protected val host: Host) {
    protected val gateway get() = host.gateway

    var state: S = first
        private set

    /** Told after every change of [state]. */
    var watch: (S) -> Unit = {}

    private var isLive = true

    /** The screen has come up: fetch what it shows. Called again when it comes back to the front. */
    abstract fun start()

    abstract fun on(event: E)

    /** The core has changed: fetch again what may be different. */
    open fun changed() = start()

    /** The phone answered a wish, or something happened on it. */
    open fun told(what: Told) = Unit

    /** The screen has gone for good. */
    open fun stop() {
        isLive = false
        watch = {}
    }

    protected fun show(next: S) {
        state = next
        watch(next)
    }

    /** Takes an answer of the core while the screen is there: what was asked for, or [failed]. */
    protected fun <T> got(then: (T) -> Unit): Then<T> = { answer ->
        if (isLive) {
            when (answer) {
                is Answer.Done -> then(answer.value)
                is Answer.Failed -> failed(answer.failure)
            }
        }
    }

    protected open fun failed(failure: Failure) = Unit
}

/** What every view model is given. */
class Host(
    val gateway: CoreGateway,
    /** Something that only the phone can do: another screen, the camera, a call. */
    val wish: (Wish) -> Unit,
    /** The wall clock in ms since 1970. */
    val now: () -> Long,
    /** Whether the worker reads Chinese. */
    val isChinese: () -> Boolean,
)

/** A screen by its name, and what it is about. */
data class Screen(val name: Name, val about: String = "") {
    enum class Name {
        ENROL, NOTICE, PROFILES, HOME, CAPTURE, CATEGORY, PLACE, HINT, REPORTS, REPORT, DECISIONS, TASKS, TASK, PATROL, SELF_TEST,
        COVERAGE, DAY_LOG, CARD, ATTENTION, SETTINGS,
    }

    /** For the saved state: ids only. */
    override fun toString() = "${name.name}/$about"

    companion object {
        fun of(text: String): Screen? {
            val name = Name.entries.firstOrNull { it.name == text.substringBefore('/') } ?: return null
            return Screen(name, text.substringAfter('/', ""))
        }
    }
}

/** A view model with the function that draws it. */
class Shown<S, E>(val model: ViewModel<S, E>, private val view: (S, (E) -> Unit) -> Page) {
    fun page(): Page = view(model.state) { model.on(it) }

    fun watch(changed: () -> Unit) {
        model.watch = { changed() }
    }
}

/** What a view model wishes of the phone. */
sealed class Wish {
    data class Go(val to: Screen) : Wish()

    /** Goes to a screen in the place of the one that is there. */
    data class Turn(val to: Screen) : Wish()

    data object Back : Wish()

    /** Back to the first screen, whatever lies between. */
    data class Home(val with: Screen? = null) : Wish()

    /** Takes a picture for a report with the system's camera. */
    data class Shoot(val report: String, val role: String) : Wish()

    /** Lets a person choose a picture, for a report or (where that is empty) for its code. */
    data class Pick(val report: String, val role: String) : Wish()

    data class Record(val report: String) : Wish()

    /** Wants what was taken or recorded for a report and had not reached the core when the app was killed. */
    data class LeftOver(val report: String, val isVoice: Boolean) : Wish()

    data object StopRecording : Wish()

    data class Play(val path: String) : Wish()

    data object StopPlaying : Wish()

    data class Allow(val what: Permission) : Wish()

    data class Setting(val what: SystemPage) : Wish()

    /** Measures where the phone is until [StopMeasuring]. */
    data object Measure : Wish()

    data object StopMeasuring : Wish()

    data class Dial(val telephone: String) : Wish()

    data class ShareText(val title: String, val text: String) : Wish()

    data class SharePicture(val title: Text, val path: String) : Wish()

    /** Wants a place for a file of this name that may be handed over. */
    class WithFile(val name: String, val then: (java.io.File) -> Unit) : Wish()

    /** The person has read what is recorded and why. */
    data object Agreed : Wish()

    /** A profile was put on the screen: go where the person was. */
    data object SignedIn : Wish()

    /** Nobody is on the screen any more. */
    data object ChangePerson : Wish()

    /** Gives what the screen shows as a picture to whatever app the person chooses. */
    data class ShareScreen(val title: Text, val name: String) : Wish()

    /** Gives a file to whatever app the person chooses. */
    data class ShareFile(val title: Text, val path: String) : Wish()

    /** Asks for [Told.Worn]. */
    data object AskWorn : Wish()

    data object WatchPatrol : Wish()

    /** Asks for [Told.Facts]. */
    data object AskFacts : Wish()

    data class Wear(val language: String?, val textPercent: Int?, val isHighContrast: Boolean?) : Wish()

    /** Sends and fetches now; [Told.Synced] has the result, or [Told.NotSynced]. */
    data object SyncNow : Wish()
}

enum class Permission { LOCATION, CAMERA, MICROPHONE, NOTIFICATIONS }

/** A page of the system's settings. */
enum class SystemPage { LOCATION, PERMISSIONS, BATTERY, AUTOSTART, NOTIFICATIONS, STORAGE }

/** What the phone tells the screen that is shown. */
sealed class Told {
    /** A picture lies in a file of the app's own. */
    data class Picture(val path: String, val role: String) : Told()

    /** The camera or the album came back with nothing. */
    data object NoPicture : Told()

    data object NoCamera : Told()

    data class Voice(val path: String) : Told()

    data object NoVoice : Told()

    data class Recording(val seconds: Int) : Told()

    data class Playing(val path: String?) : Told()

    data class Allowed(val what: Permission, val isGranted: Boolean) : Told()

    /** A fix of the system. */
    data class Fix(val claim: PlaceClaim, val takenAt: Long) : Told()

    data class Measuring(val seconds: Int) : Told()

    /** Location is switched off, or switched on again. */
    data class Location(val isOn: Boolean) : Told()

    data class Facts(val facts: xunge.core.PlatformFacts) : Told()

    /** What a patrol has to tell. */
    data class Notices(val notices: List<xunge.core.Notice>) : Told()

    data class Synced(val report: xunge.core.SyncReport) : Told()

    /** It could not even be tried. */
    data class NotSynced(val why: Failure) : Told()

    data class Worn(val language: String, val textPercent: Int, val isHighContrast: Boolean, val version: String) : Told()
}
