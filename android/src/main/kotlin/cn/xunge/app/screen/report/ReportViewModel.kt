package cn.xunge.app.screen.report

import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.Problem
import cn.xunge.app.gateway.addNote
import cn.xunge.app.gateway.addPicture
import cn.xunge.app.gateway.addVoiceNote
import cn.xunge.app.gateway.decide
import cn.xunge.app.gateway.edit
import cn.xunge.app.gateway.report
import cn.xunge.app.gateway.submit
import cn.xunge.app.gateway.wantAttachment
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import cn.xunge.app.screen.Acts
import cn.xunge.app.screen.Begun
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.PictureTrouble
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Way
import cn.xunge.app.screen.Wish
import java.io.File
import xunge.core.ActionKind
import xunge.core.AttachmentRole
import xunge.core.FieldEdit
import xunge.core.Level
import xunge.core.Reason
import xunge.core.ReportView
import xunge.core.State

/** What is being changed in a report that came back; saved when a field is left, the screen goes, or it is handed in. */
data class Rewriting(val description: String, val placeText: String)

data class ReportState(
    val report: String,
    val view: ReportView? = null,
    val rewriting: Rewriting? = null,
    val note: String? = null,
    val begun: Begun? = null,
    val recording: Int? = null,
    val playing: String? = null,
    val wanted: Set<String> = emptySet(),
    val wrong: Text? = null,
    val problems: List<Problem> = emptyList(),
    val isSure: Boolean = false,
    val isChinese: Boolean = true,
    val round: Int = 0,
    val now: Long = 0,
)

sealed class ReportEvent {
    data object Edit : ReportEvent()

    data class Write(val to: Rewriting) : ReportEvent()

    data object Resubmit : ReportEvent()

    data object Shoot : ReportEvent()

    data class Note(val text: String?) : ReportEvent()

    data object SaveNote : ReportEvent()

    data class Begin(val kind: ActionKind) : ReportEvent()

    data class Change(val begun: Begun) : ReportEvent()

    data class Send(val level: Level?) : ReportEvent()

    data object Cancel : ReportEvent()

    data object Record : ReportEvent()

    data object StopRecording : ReportEvent()

    data class Want(val attachment: String) : ReportEvent()

    data class Play(val attachment: String) : ReportEvent()

    data class Choose(val edit: FieldEdit) : ReportEvent()

    data class Dial(val telephone: String) : ReportEvent()

    data object MakeCard : ReportEvent()

    data object Back : ReportEvent()
}

/** One whole report: where it stands, with whom, its story, and what this person may do. */
class ReportViewModel(host: Host, report: String) : ViewModel<ReportState, ReportEvent>(ReportState(report), host) {
    private val report get() = state.report
    private var saved: Rewriting? = null

    override fun start() = gateway.report(report, got {
        show(state.copy(view = it, isChinese = host.isChinese(), now = host.now()))
    })

    override fun on(event: ReportEvent) {
        when (event) {
            ReportEvent.Edit -> rewrite()
            is ReportEvent.Write -> show(state.copy(rewriting = event.to))
            ReportEvent.Resubmit -> {
                pause()
                gateway.submit(report, got { done() })
            }
            ReportEvent.Shoot -> host.wish(Wish.Shoot(report, AttachmentRole.SCENE.name))
            is ReportEvent.Note -> show(state.copy(note = event.text))
            ReportEvent.SaveNote -> gateway.addNote(report, state.note.orEmpty().trim(), got { done() })
            is ReportEvent.Begin -> begin(event.kind)
            is ReportEvent.Change -> show(state.copy(begun = event.begun, wrong = null))
            is ReportEvent.Send -> state.begun?.let { send(it, event.level) }
            ReportEvent.Cancel -> show(state.copy(begun = null, wrong = null))
            else -> other(event)
        }
    }

    private fun other(event: ReportEvent) {
        when (event) {
            ReportEvent.Record -> host.wish(Wish.Record(report))
            ReportEvent.StopRecording -> host.wish(Wish.StopRecording)
            is ReportEvent.Want -> gateway.wantAttachment(report, event.attachment, got {
                show(state.copy(wanted = state.wanted + event.attachment))
                host.wish(Wish.SyncNow)
            })
            is ReportEvent.Play -> play(event.attachment)
            is ReportEvent.Choose -> gateway.edit(report, listOf(event.edit), got { start() })
            is ReportEvent.Dial -> host.wish(Wish.Dial(event.telephone))
            ReportEvent.MakeCard -> host.wish(Wish.Go(Screen(Screen.Name.CARD, report)))
            ReportEvent.Back -> host.wish(Wish.Back)
            else -> Unit
        }
    }

    // --- changing what came back

    private fun rewrite() {
        val content = state.view?.content ?: return
        val now = Rewriting(content.description, content.placeText)
        saved = now
        show(state.copy(rewriting = now, round = state.round + 1))
    }

    /** Saves what was rewritten and differs. */
    override fun pause() {
        val now = state.rewriting ?: return
        val before = saved ?: return
        val edits = buildList {
            if (now.description != before.description) add(FieldEdit.SetDescription(now.description))
            if (now.placeText != before.placeText) add(FieldEdit.SetPlaceText(now.placeText))
        }
        saved = now
        if (edits.isNotEmpty()) gateway.edit(report, edits, got { start() })
    }

    override fun stop() {
        pause()
        super.stop()
    }

    private fun done() {
        saved = null
        show(state.copy(rewriting = null, note = null, begun = null, wrong = null, problems = emptyList(), isSure = false))
        start()
    }

    // --- acts

    private fun begin(kind: ActionKind) {
        val begun = Begun(kind)
        if (kind == ActionKind.WITHDRAW && !state.isSure) return show(state.copy(isSure = true))
        if (Acts.WAYS[kind] == Way.AT_ONCE) return send(begun, null)
        show(state.copy(begun = begun, wrong = null))
        gateway.phrases(kind, got { phrases -> state.begun?.let { show(state.copy(begun = it.copy(phrases = phrases))) } })
    }

    private fun send(begun: Begun, level: Level?) {
        val row = state.view?.row ?: return
        val action = Acts.of(begun.kind, row, level) ?: return
        val isReason = Acts.WAYS[begun.kind] == Way.REASON
        val reason = if (isReason) Reason(begun.code, begun.text.trim(), begun.voice) else null
        val text = if (isReason) null else begun.text.trim().ifEmpty { null }
        gateway.decide(report, action, reason, text, got { done() })
    }

    // --- pictures and voice

    override fun told(what: Told) {
        when (what) {
            is Told.Picture -> picture(what.path)
            Told.NoPicture -> show(state.copy(wrong = words("capture_picture_none")))
            Told.NoCamera -> show(state.copy(wrong = words("capture_camera_missing")))
            is Told.Recording -> show(state.copy(recording = what.seconds))
            is Told.Voice -> voice(what.path)
            Told.NoVoice -> show(state.copy(recording = null, wrong = words("capture_voice_failed")))
            is Told.Playing -> if (what.path == null) show(state.copy(playing = null))
            is Told.Synced -> start()
            else -> Unit
        }
    }

    private fun picture(path: String) = gateway.addPicture(report, path, AttachmentRole.SCENE) { answer ->
        when (answer) {
            is Answer.Done -> {
                host.wish(Wish.Drop(path))
                start()
            }
            is Answer.Failed -> if (answer.failure.kind == Failure.Kind.INPUT) {
                gateway.readStart(File(path), got { show(state.copy(wrong = PictureTrouble.of(it))) })
            } else {
                failed(answer.failure)
            }
        }
    }

    private fun voice(path: String) {
        show(state.copy(recording = null))
        val begun = state.begun ?: return
        gateway.addVoiceNote(report, path, AttachmentRole.RETURN, got { id ->
            host.wish(Wish.Drop(path))
            show(state.copy(begun = begun.copy(voice = id)))
        })
    }

    private fun play(attachment: String) {
        if (state.playing == attachment) return host.wish(Wish.StopPlaying)
        val path = state.view?.attachments?.firstOrNull { it.id == attachment }?.path ?: return
        show(state.copy(playing = attachment))
        host.wish(Wish.Play(path))
    }

    override fun failed(failure: Failure) = show(state.copy(wrong = failure.text, problems = failure.problems))

    companion object {
        /** The states in which the matter is over and a card for the resident makes sense. */
        val OVER = setOf(State.CLOSED, State.SETTLED)
    }
}
