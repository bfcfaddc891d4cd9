package cn.xunge.app.screen.report

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.Problem
import cn.xunge.app.gateway.addNote
import cn.xunge.app.gateway.edit
import cn.xunge.app.gateway.fileOf
import cn.xunge.app.gateway.keep
import cn.xunge.app.gateway.kept
import cn.xunge.app.gateway.report
import cn.xunge.app.gateway.sealedPictures
import cn.xunge.app.gateway.submit
import cn.xunge.app.gateway.wantAttachment
import cn.xunge.app.look.Text
import cn.xunge.app.screen.Begun
import cn.xunge.app.screen.BegunEvent
import cn.xunge.app.screen.Beginning
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Incoming
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import cn.xunge.app.screen.isBack
import xunge.core.ActionKind
import xunge.core.AttachmentRole
import xunge.core.FieldEdit
import xunge.core.ReportView
import xunge.core.State

/** What is being changed in a report that came back; kept letter by letter, and written into the report when it is handed in again. */
data class Rewriting(val description: String, val placeText: String)

data class ReportState(
    val report: String,
    val view: ReportView? = null,
    /** Whose phone this is. */
    val ownPerson: String = "",
    val rewriting: Rewriting? = null,
    val note: String? = null,
    val begun: Begun? = null,
    val playing: String? = null,
    val pictures: Map<String, ByteArray> = emptyMap(),
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

    data class Act(val event: BegunEvent) : ReportEvent()

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
    private val incoming = Incoming(host, { show(state.copy(wrong = it)) }, ::failed)
    private val beginning = Beginning(
        host, { state.begun }, { show(state.copy(begun = it, wrong = null)) }, { show(state.copy(wrong = it)) }, ::failed,
        { done(state) },
    )

    override fun start() = gateway.report(report, got {
        val isFirst = state.view == null
        show(state.copy(view = it, ownPerson = gateway.current?.person.orEmpty(), isChinese = host.isChinese(), now = host.now()))
        if (isFirst) goOn(it)
        gateway.sealedPictures(it.attachments, got { pictures -> show(state.copy(pictures = pictures)) })
    })

    /** What was begun here before the app went, or the screen was left, is there again. */
    private fun goOn(view: ReportView) {
        beginning.goOn(report, view.permitted)
        gateway.kept(NOTE + report, got { kept -> kept["text"]?.let { show(state.copy(note = it)) } })
        gateway.kept(REWRITING + report, got { kept ->
            val content = view.content
            if (kept.isNotEmpty() && content != null && view.row.isBack) {
                val (words, place) = (kept["words"] ?: content.description) to (kept["place"] ?: content.placeText)
                show(state.copy(rewriting = Rewriting(words, place), round = state.round + 1))
            }
        })
        host.wish(Wish.LeftOver(report, isVoice = false))
    }

    override fun on(event: ReportEvent) {
        when (event) {
            ReportEvent.Edit -> rewrite()
            is ReportEvent.Write -> {
                show(state.copy(rewriting = event.to))
                keep(REWRITING, mapOf("words" to event.to.description, "place" to event.to.placeText))
            }
            ReportEvent.Resubmit -> resubmit()
            ReportEvent.Shoot -> host.wish(Wish.Shoot(report, AttachmentRole.SCENE.name))
            is ReportEvent.Note -> {
                show(state.copy(note = event.text))
                keep(NOTE, mapOf("text" to event.text.orEmpty()))
            }
            ReportEvent.SaveNote -> gateway.addNote(report, state.note.orEmpty().trim(), got {
                keep(NOTE, emptyMap())
                done(state.copy(note = null))
            })
            is ReportEvent.Begin -> begin(event.kind)
            is ReportEvent.Act -> beginning.on(event.event)
            else -> other(event)
        }
    }

    private fun other(event: ReportEvent) {
        when (event) {
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
        show(state.copy(rewriting = Rewriting(content.description, content.placeText), round = state.round + 1))
    }

    /** Writes what differs into the report, and hands it in again. */
    private fun resubmit() {
        val now = state.rewriting ?: return
        val before = state.view?.content ?: return
        val edits = buildList {
            if (now.description != before.description) add(FieldEdit.SetDescription(now.description))
            if (now.placeText != before.placeText) add(FieldEdit.SetPlaceText(now.placeText))
        }
        val submit = {
            gateway.submit(report, got {
                keep(REWRITING, emptyMap())
                done(state.copy(rewriting = null))
            })
        }
        if (edits.isEmpty()) submit() else gateway.edit(report, edits, got { submit() })
    }

    private fun keep(about: String, words: Map<String, String>) = gateway.keep(about + report, words, got { })

    private fun done(next: ReportState) {
        show(next.copy(wrong = null, problems = emptyList(), isSure = false))
        start()
    }

    // --- acts

    private fun begin(kind: ActionKind) {
        if (kind == ActionKind.WITHDRAW && !state.isSure) return show(state.copy(isSure = true))
        beginning.begin(report, kind)
    }

    // --- pictures and voice

    override fun told(what: Told) {
        if (beginning.told(what) || incoming.told(what)) return
        when (what) {
            is Told.Picture -> incoming.picture(report, what) { start() }
            is Told.Playing -> if (what.path == null) show(state.copy(playing = null))
            is Told.Synced -> start()
            else -> Unit
        }
    }

    private fun play(attachment: String) {
        if (state.playing == attachment) return host.wish(Wish.StopPlaying)
        val voice = state.view?.attachments?.firstOrNull { it.id == attachment && it.isHere } ?: return
        val path = voice.path
        if (path != null) return play(attachment, path)
        host.wish(Wish.WithFile("$attachment.m4a") { file ->
            gateway.fileOf(voice.reference.blob, file, got { it?.let { written -> play(attachment, written) } })
        })
    }

    private fun play(attachment: String, path: String) {
        show(state.copy(playing = attachment))
        host.wish(Wish.Play(path))
    }

    override fun failed(failure: Failure) = show(state.copy(wrong = failure.text, problems = failure.problems))

    companion object {
        private const val NOTE = "note/"
        private const val REWRITING = "rewriting/"

        /** The states in which the matter is over and a card for the resident makes sense. */
        val OVER = setOf(State.CLOSED, State.SETTLED)
    }
}
