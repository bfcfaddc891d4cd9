package cn.xunge.app.screen.enrol

import cn.xunge.app.gateway.Failure
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Permission
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import java.io.File

data class EnrolState(
    val code: String = "",
    val server: String? = null,
    val isScanning: Boolean = false,
    val isTyping: Boolean = false,
    val isWorking: Boolean = false,
    val wrong: Text? = null,
    val isKeyLost: Boolean = false,
    val hasOthers: Boolean = false,
    val round: Int = 0,
)

sealed class EnrolEvent {
    data object Scan : EnrolEvent()

    data object StopScan : EnrolEvent()

    data class Seen(val light: ByteArray, val width: Int, val height: Int, val stride: Int) : EnrolEvent()

    data object Pick : EnrolEvent()

    data object Type : EnrolEvent()

    data class Code(val text: String) : EnrolEvent()

    data object Go : EnrolEvent()

    data object Back : EnrolEvent()
}

/** Makes this phone somebody's: the code by camera, picture or hand, then whose phone it is. */
class EnrolViewModel(host: Host, about: String) : ViewModel<EnrolState, EnrolEvent>(
    EnrolState(isKeyLost = about == KEY_LOST, hasOthers = about == MORE), host,
) {
    private var isReading = false

    override fun start() = Unit

    override fun on(event: EnrolEvent) {
        when (event) {
            EnrolEvent.Scan -> host.wish(Wish.Allow(Permission.CAMERA))
            EnrolEvent.StopScan -> show(state.copy(isScanning = false))
            is EnrolEvent.Seen -> seen(event)
            EnrolEvent.Pick -> host.wish(Wish.Pick("", ""))
            EnrolEvent.Type -> show(state.copy(isTyping = true, isScanning = false))
            is EnrolEvent.Code -> typed(event.text)
            EnrolEvent.Go -> enrol()
            EnrolEvent.Back -> host.wish(Wish.Back)
        }
    }

    override fun told(what: Told) {
        when (what) {
            is Told.Allowed -> if (what.what == Permission.CAMERA) {
                show(state.copy(isScanning = what.isGranted, wrong = if (what.isGranted) null else words("enrol_camera_refused")))
            }
            is Told.Picture -> gateway.takeFile(File(what.path), got { bytes ->
                gateway.decodeQrPicture(bytes, got { found(it, isLast = true) })
            })
            Told.NoPicture -> show(state.copy(wrong = words("enrol_no_code")))
            else -> Unit
        }
    }

    private fun seen(event: EnrolEvent.Seen) {
        // One frame at a time: the next is only looked at when the core is done with this one.
        if (isReading || !state.isScanning) return
        isReading = true
        gateway.decodeQr(event.light, event.width, event.height, event.stride, got {
            isReading = false
            found(it, isLast = false)
        })
    }

    private fun found(code: String?, isLast: Boolean) {
        if (code == null) {
            if (isLast) show(state.copy(wrong = words("enrol_no_code")))
            return
        }
        show(state.copy(isTyping = true, isScanning = false, code = code, round = state.round + 1))
        typed(code)
    }

    private fun typed(text: String) {
        show(state.copy(code = text, wrong = null))
        gateway.preview(text.trim(), got { show(state.copy(server = it)) })
    }

    private fun enrol() {
        show(state.copy(isWorking = true, wrong = null))
        gateway.enrol(state.code.trim(), got { profile ->
            gateway.choose(profile, null, got { host.wish(Wish.SignedIn) })
        })
    }

    override fun failed(failure: Failure) {
        isReading = false
        val isTooEarly = !state.isWorking && failure.rule(FIELD) == INCOMPLETE
        val wrong = when {
            isTooEarly -> null
            failure.kind == Failure.Kind.OFFLINE -> words("enrol_offline")
            else -> failure.rule(FIELD)?.let { WORDS[it] }?.let { words(it) } ?: failure.text
        }
        show(state.copy(isWorking = false, server = null, wrong = wrong))
    }

    companion object {
        /** The screen's subject where the database's key was lost. */
        const val KEY_LOST = "key_lost"

        /** … and where somebody is enrolled already. */
        const val MORE = "more"

        private const val FIELD = "code"
        private const val INCOMPLETE = "incomplete"
        private val WORDS = mapOf(
            "not_ours" to "enrol_not_ours", "newer" to "enrol_later_version", INCOMPLETE to "enrol_incomplete",
            "enrolment_invalid" to "enrol_expired",
        )
    }
}
