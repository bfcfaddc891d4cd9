package cn.xunge.app.screen.capture

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.addPerson
import cn.xunge.app.gateway.beginDraft
import cn.xunge.app.gateway.category
import cn.xunge.app.gateway.discardDraft
import cn.xunge.app.gateway.draft
import cn.xunge.app.gateway.draftPictures
import cn.xunge.app.gateway.editDraft
import cn.xunge.app.gateway.fileOf
import cn.xunge.app.gateway.hints
import cn.xunge.app.gateway.keep
import cn.xunge.app.gateway.kept
import cn.xunge.app.gateway.removeAttachment
import cn.xunge.app.gateway.removePerson
import cn.xunge.app.gateway.settle
import cn.xunge.app.gateway.submit
import cn.xunge.app.gateway.typeDraft
import cn.xunge.app.gateway.unitName
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Incoming
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.Answer
import xunge.core.AttachmentRole
import xunge.core.FieldEdit
import xunge.core.PersonEntry
import xunge.core.ReportContent
import xunge.core.Urgency

/** Captures a report in under a minute. Every field lies in the core as soon as it is typed; this holds nothing that could be lost. */
class CaptureViewModel(host: Host, about: String) : ViewModel<CaptureState, CaptureEvent>(CaptureState(about), host) {
    private var isBegun = false
    private val incoming = Incoming(host, { show(state.copy(wrong = it)) }, ::failed)
    private val place = CapturePlace(host, { state }, { show(it) }, ::failed) { refresh() }

    private val report get() = state.report

    override fun start() {
        if (report.isNotEmpty()) return refresh()
        if (isBegun) return
        isBegun = true
        gateway.beginDraft(got { host.wish(Wish.Turn(Screen(Screen.Name.CAPTURE, it))) })
    }

    /** Nothing but this screen changes a draft. */
    override fun changed() = Unit

    private fun refresh() {
        if (state.isSent) return
        gateway.draft(report, got { content ->
            val isFirst = state.content == null
            show(state.copy(content = content))
            names(content)
            if (isFirst) begin(content)
        })
    }

    private fun begin(content: ReportContent) {
        place.begin(content)
        gateway.kept(PERSON + report, got { kept -> if (kept.isNotEmpty()) show(state.copy(person = PersonForm.of(kept))) })
        host.wish(Wish.LeftOver(report, isVoice = false))
        host.wish(Wish.LeftOver(report, isVoice = true))
    }

    private fun names(content: ReportContent) {
        content.grid?.let { grid -> gateway.unitName(grid, got { show(state.copy(gridName = it)) }) }
        content.category?.let { id ->
            gateway.category(id, content.categoryVersion, got { show(state.copy(category = it)) })
        } ?: show(state.copy(category = null))
        gateway.draftPictures(content, got { show(state.copy(pictures = it)) })
        if (content.category != null && content.place != null) {
            gateway.hints(report, got { show(state.copy(hints = it.size)) })
        }
    }

    override fun on(event: CaptureEvent) {
        when (event) {
            is CaptureEvent.Shoot -> host.wish(Wish.Shoot(report, event.role.name))
            CaptureEvent.Pick -> host.wish(Wish.Pick(report, AttachmentRole.SCENE.name))
            is CaptureEvent.Remove -> gateway.removeAttachment(report, event.attachment, got { refresh() })
            CaptureEvent.Record -> host.wish(Wish.Record(report))
            CaptureEvent.StopRecording -> host.wish(Wish.StopRecording)
            is CaptureEvent.Play -> play(event.attachment)
            CaptureEvent.AllowLocation -> place.allow()
            CaptureEvent.OpenLocation -> place.openSettings()
            is CaptureEvent.Grid -> save(FieldEdit.SetGrid(event.unit))
            is CaptureEvent.Go -> host.wish(Wish.Go(Screen(event.to, report)))
            CaptureEvent.Submit -> submit()
            CaptureEvent.Settle -> settle()
            CaptureEvent.Discard -> discard()
            CaptureEvent.Done, CaptureEvent.Back -> host.wish(Wish.Home())
            else -> fill(event)
        }
    }

    private fun fill(event: CaptureEvent) {
        when (event) {
            is CaptureEvent.Words -> type("description", FieldEdit.SetDescription(event.text)) { it.copy(description = event.text) }
            is CaptureEvent.Result -> type("result", FieldEdit.SetResult(event.text)) { it.copy(result = event.text) }
            is CaptureEvent.Filled -> answer(event.field, event.answer)
            is CaptureEvent.Number -> {
                show(state.copy(numbers = state.numbers + (event.field to event.text)))
                answer(event.field, event.text.toDoubleOrNull()?.let { Answer.Number(it) })
            }
            is CaptureEvent.Urgent -> save(FieldEdit.SetUrgency(if (event.isUrgent) Urgency.URGENT else Urgency.NORMAL))
            is CaptureEvent.From -> save(FieldEdit.SetSource(event.source))
            CaptureEvent.More -> show(state.copy(hasMore = !state.hasMore))
            is CaptureEvent.Person -> {
                show(state.copy(person = event.form, wrong = null))
                gateway.keep(PERSON + report, event.form?.kept().orEmpty(), got { })
            }
            CaptureEvent.SavePerson -> savePerson()
            is CaptureEvent.DropPerson -> gateway.removePerson(report, event.person, got { refresh() })
            CaptureEvent.Hide -> show(state.copy(isHidden = !state.isHidden))
            else -> Unit
        }
    }

    // --- saving

    private fun save(edit: FieldEdit) = gateway.editDraft(report, listOf(edit), got { refresh() })

    /** Saves what is being typed, letter by letter, and shows it meanwhile. */
    private fun type(field: String, edit: FieldEdit, change: (ReportContent) -> ReportContent) {
        state.content?.let { show(state.copy(content = change(it), wrong = null, problems = emptyList())) }
        gateway.typeDraft(report, field, edit, got { })
    }

    private fun answer(field: String, answer: Answer?) = type("answers/$field", FieldEdit.SetAnswer(field, answer)) { content ->
        val answers = if (answer == null) content.answers - field else content.answers + (field to answer)
        content.copy(answers = answers)
    }

    private fun savePerson() {
        val form = state.person ?: return
        val entry = PersonEntry(form.part, form.name.trim(), form.telephone.trim().ifEmpty { null }, null)
        gateway.addPerson(report, entry, got { id ->
            gateway.keep(PERSON + report, emptyMap(), got { })
            show(state.copy(person = null, names = state.names + (id to "${form.name} ${form.telephone}".trim())))
            refresh()
        })
    }

    // --- pictures and voice

    override fun told(what: Told) {
        when (what) {
            is Told.Picture -> incoming.picture(report, what) { taken() }
            is Told.Voice -> {
                show(state.copy(recording = null))
                incoming.voice(report, what.path, AttachmentRole.SCENE) { taken() }
            }
            is Told.Recording -> show(state.copy(recording = what.seconds, wrong = null))
            is Told.Playing -> show(state.copy(playing = if (what.path == null) null else state.playing))
            else -> {
                if (what == Told.NoVoice) show(state.copy(recording = null))
                if (!incoming.told(what)) place.told(what)
            }
        }
    }

    private fun taken() {
        show(state.copy(wrong = null, problems = emptyList()))
        refresh()
    }

    private fun play(attachment: String) {
        if (state.playing == attachment) return host.wish(Wish.StopPlaying)
        val voice = state.content?.attachments?.get(attachment) ?: return
        host.wish(Wish.WithFile("$attachment.m4a") { file ->
            gateway.fileOf(voice.blob, file, got { path ->
                if (path != null) {
                    show(state.copy(playing = attachment))
                    host.wish(Wish.Play(path))
                }
            })
        })
    }

    // --- the end

    private fun submit() = gateway.submit(report, got { sent() })

    private fun settle() {
        if (!state.isSettling) return show(state.copy(isSettling = true))
        gateway.settle(report, state.content?.result.orEmpty(), got { sent() })
    }

    private fun sent() {
        place.end()
        show(state.copy(isSent = true, wrong = null, problems = emptyList()))
    }

    private fun discard() {
        if (!state.isSureToDiscard) return show(state.copy(isSureToDiscard = true))
        place.end()
        gateway.discardDraft(report, got { host.wish(Wish.Home()) })
    }

    override fun failed(failure: Failure) {
        if (failure.kind == Failure.Kind.NOT_FOUND && state.content == null) return host.wish(Wish.Home())
        show(state.copy(wrong = failure.text, problems = failure.problems))
    }

    override fun stop() {
        place.end()
        super.stop()
    }

    private companion object {
        const val PERSON = "person/"
    }
}
