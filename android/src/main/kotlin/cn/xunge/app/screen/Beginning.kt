package cn.xunge.app.screen

import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.actions
import cn.xunge.app.gateway.decide
import cn.xunge.app.gateway.keep
import cn.xunge.app.gateway.kept
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import xunge.core.Action
import xunge.core.ActionKind
import xunge.core.AttachmentRole
import xunge.core.Phrase
import xunge.core.Reason

/** An act that was begun and waits for its reason, words or level; [actions] are those that the core has ready, one for each level. */
data class Begun(
    val report: String,
    val kind: ActionKind,
    val actions: List<Action>,
    val code: String? = null,
    val text: String = "",
    val voice: String? = null,
    val phrases: List<Phrase> = emptyList(),
    val recording: Int? = null,
    val round: Int = 0,
)

/** What a person does with an act that was begun. */
sealed class BegunEvent {
    data class Say(val text: String) : BegunEvent()

    /** A sentence that is often said, with its words in the reader's language; chosen again it is taken back. */
    data class Choose(val phrase: Phrase, val text: String) : BegunEvent()

    /** Sends one of the acts that are ready, or the only one. */
    data class Send(val action: Action?) : BegunEvent()

    data object Cancel : BegunEvent()

    data object Record : BegunEvent()

    data object StopRecording : BegunEvent()
}

/**
 * An act from the first tap until it is sent, for the screens that have one. What is typed, chosen or recorded lies in the core letter by
 * letter and outlives the app; it goes when the act is sent or cancelled.
 */
class Beginning(
    private val host: Host,
    private val now: () -> Begun?,
    private val show: (Begun?) -> Unit,
    private val say: (Text) -> Unit,
    private val failed: (Failure) -> Unit,
    private val done: (String) -> Unit,
) {
    private val gateway get() = host.gateway
    private val incoming = Incoming(host, say, failed)

    /** Begins an act; one that needs nothing more is sent at once. */
    fun begin(report: String, kind: ActionKind) = gateway.actions(report, kind) { answer ->
        when (answer) {
            is Answer.Failed -> failed(answer.failure)
            is Answer.Done -> {
                val begun = Begun(report, kind, answer.value)
                if (begun.actions.isEmpty() || Acts.WAYS[kind] == Way.AT_ONCE) {
                    send(begun, null)
                } else {
                    open(begun)
                    keep(begun)
                }
            }
        }
    }

    /** Goes on with an act that was begun before the app went, where it is still permitted. */
    fun goOn(report: String, permitted: Collection<ActionKind>) = gateway.kept(about(report)) { answer ->
        val kept = (answer as? Answer.Done)?.value.orEmpty()
        val kind = permitted.firstOrNull { it.name == kept["kind"] && it in Acts.WAYS }
        if (kind != null && now() == null) {
            gateway.actions(report, kind) { ready ->
                val actions = (ready as? Answer.Done)?.value.orEmpty()
                if (actions.isNotEmpty() && now() == null) {
                    open(Begun(report, kind, actions, kept["code"], kept["text"].orEmpty(), kept["voice"]))
                }
            }
        }
    }

    private fun open(begun: Begun) {
        show(begun)
        gateway.phrases(begun.kind) { answer ->
            val current = now()
            if (answer is Answer.Done && current?.report == begun.report) show(current.copy(phrases = answer.value))
        }
        host.wish(Wish.LeftOver(begun.report, isVoice = true))
    }

    fun on(event: BegunEvent) {
        val begun = now() ?: return
        when (event) {
            is BegunEvent.Say -> change(begun.copy(text = event.text))
            is BegunEvent.Choose -> choose(begun, event)
            is BegunEvent.Send -> send(begun, event.action)
            BegunEvent.Cancel -> {
                gateway.keep(about(begun.report), emptyMap()) {}
                show(null)
            }
            BegunEvent.Record -> host.wish(Wish.Record(begun.report))
            BegunEvent.StopRecording -> host.wish(Wish.StopRecording)
        }
    }

    private fun choose(begun: Begun, event: BegunEvent.Choose) {
        val wasChosen = isChosen(begun, event.phrase, event.text)
        val (code, text) = if (wasChosen) null to "" else event.phrase.code to event.text
        change(begun.copy(code = code, text = text, round = begun.round + 1))
    }

    private fun change(begun: Begun) {
        show(begun)
        keep(begun)
    }

    private fun keep(begun: Begun) {
        val words = mapOf("kind" to begun.kind.name, "code" to begun.code, "text" to begun.text, "voice" to begun.voice)
        gateway.keep(about(begun.report), words.mapValues { it.value.orEmpty() }) { if (it is Answer.Failed) failed(it.failure) }
    }

    /** Sends it; where nothing is ready, something else was decided meanwhile. */
    private fun send(begun: Begun, chosen: Action?) {
        val action = chosen ?: begun.actions.firstOrNull()
            ?: return failed(Failure(Failure.Kind.NOT_ALLOWED, words("refusal_wrong_state")))
        val isReason = Acts.WAYS[begun.kind] == Way.REASON
        val reason = if (isReason) Reason(begun.code, begun.text.trim(), begun.voice) else null
        val text = if (isReason) null else begun.text.trim().ifEmpty { null }
        gateway.decide(begun.report, action, reason, text) { answer ->
            when (answer) {
                is Answer.Failed -> failed(answer.failure)
                is Answer.Done -> {
                    gateway.keep(about(begun.report), emptyMap()) {}
                    show(null)
                    done(begun.report)
                }
            }
        }
    }

    /** Takes what the phone says of recording; whether it was about that. */
    fun told(what: Told): Boolean {
        val begun = now() ?: return false
        when (what) {
            is Told.Recording -> show(begun.copy(recording = what.seconds))
            is Told.Voice -> {
                show(begun.copy(recording = null))
                incoming.voice(begun.report, what.path, AttachmentRole.RETURN) { id -> now()?.let { change(it.copy(voice = id)) } }
            }
            else -> {
                if (what == Told.NoVoice) show(begun.copy(recording = null))
                return incoming.told(what)
            }
        }
        return true
    }

    companion object {
        /** Whether a sentence is the one that was chosen. */
        fun isChosen(begun: Begun, phrase: Phrase, text: String) =
            if (phrase.code != null) phrase.code == begun.code else text == begun.text

        private fun about(report: String) = "report/$report/act"
    }
}
