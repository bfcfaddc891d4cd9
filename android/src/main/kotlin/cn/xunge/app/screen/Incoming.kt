package cn.xunge.app.screen

import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.addPicture
import cn.xunge.app.gateway.addVoiceNote
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import xunge.core.AttachmentRole

/** Pictures and voice notes on their way from the phone into the core, and why one did not come. */
class Incoming(private val host: Host, private val say: (Text) -> Unit, private val failed: (Failure) -> Unit) {
    fun picture(report: String, taken: Told.Picture, done: () -> Unit) {
        val role = AttachmentRole.entries.firstOrNull { it.name == taken.role } ?: AttachmentRole.SCENE
        host.gateway.addPicture(report, taken.path, role) { answer -> take(answer) { done() } }
    }

    /** [done] is given the name of the voice note. */
    fun voice(report: String, path: String, role: AttachmentRole, done: (String) -> Unit) =
        host.gateway.addVoiceNote(report, path, role) { answer -> take(answer, done) }

    private fun take(answer: Answer<String?>, done: (String) -> Unit) = when (answer) {
        is Answer.Done -> answer.value?.let(done) ?: Unit
        is Answer.Failed -> failed(answer.failure)
    }

    /** Says why nothing came; whether [what] was about that. */
    fun told(what: Told): Boolean {
        val key = when {
            what == Told.NoPicture -> "capture_picture_none"
            what == Told.NoCamera -> "capture_camera_missing"
            what == Told.NoVoice -> "capture_voice_failed"
            what is Told.Allowed && !what.isGranted -> REFUSED[what.what]
            else -> null
        } ?: return false
        say(words(key))
        return true
    }

    private companion object {
        val REFUSED = mapOf(Permission.CAMERA to "capture_camera_refused", Permission.MICROPHONE to "capture_voice_refused")
    }
}
