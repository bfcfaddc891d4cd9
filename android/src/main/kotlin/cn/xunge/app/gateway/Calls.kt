package cn.xunge.app.gateway

import java.io.File
import xunge.core.Action
import xunge.core.ActionKind
import xunge.core.AttachmentKind
import xunge.core.AttachmentRole
import xunge.core.AttachmentView
import xunge.core.AttentionItem
import xunge.core.Category
import xunge.core.CategoryTile
import xunge.core.CoreException
import xunge.core.DeviceSettings
import xunge.core.DraftRow
import xunge.core.FieldEdit
import xunge.core.GridAnswer
import xunge.core.GridName
import xunge.core.ListQuery
import xunge.core.KeyPlaceView
import xunge.core.NearbyName
import xunge.core.PatrolFix
import xunge.core.PatrolKind
import xunge.core.PatrolStep
import xunge.core.PatrolView
import xunge.core.PersonEntry
import xunge.core.PlaceClaim
import xunge.core.PlaceQuality
import xunge.core.PlaceWait
import xunge.core.PlatformFacts
import xunge.core.Position
import xunge.core.Reason
import xunge.core.ReportContent
import xunge.core.ReportPage
import xunge.core.ReportRow
import xunge.core.ReportView
import xunge.core.RescueSummary
import xunge.core.SelfTestFinding
import xunge.core.StorageUse
import xunge.core.SuggestionStop
import xunge.core.StoreNotice
import xunge.core.SyncStatus
import xunge.core.Tab
import xunge.core.WaitAdvice

// What a screen asks of the profile that is shown, one line each. Grouped as the screens are.

// --- how things stand

fun CoreGateway.status(then: Then<SyncStatus>) = ask("status", then) { it.status() }

fun CoreGateway.settings(then: Then<DeviceSettings>) = ask("settings", then) { it.settings() }

fun CoreGateway.setWifiOnly(isOnly: Boolean, then: Then<Unit>) = ask("set_wifi_only", then) { it.setWifiOnly(isOnly) }

fun CoreGateway.storage(then: Then<StorageUse>) = ask("storage", then) { it.storage() }

fun CoreGateway.setPin(pin: String?, then: Then<Unit>) = ask("set_pin", then) { it.setPin(pin) }

fun CoreGateway.rescue(path: String, then: Then<RescueSummary>) = ask("rescue", then) { it.rescue(path) }

fun CoreGateway.needsAttention(then: Then<List<AttentionItem>>) = ask("needs_attention", then) { it.needsAttention() }

fun CoreGateway.clearAttention(id: Long, then: Then<Unit>) = ask("clear_attention", then) { it.clearAttention(id) }

// --- capture

fun CoreGateway.beginDraft(then: Then<String>) = ask("begin_draft", then) { it.beginDraft() }

fun CoreGateway.drafts(then: Then<List<DraftRow>>) = ask("drafts", then) { it.drafts() }

fun CoreGateway.draft(report: String, then: Then<ReportContent>) = ask("draft", then) { it.draft(report) }

fun CoreGateway.discardDraft(report: String, then: Then<Unit>) = ask("discard_draft", then) { it.discardDraft(report) }

fun CoreGateway.editDraft(report: String, edits: List<FieldEdit>, then: Then<Unit>) =
    ask("edit_draft", then) { it.editDraft(report, edits) }

/** Saves what is being typed into one field; a newer text takes the place of one that still waits. */
fun CoreGateway.typeDraft(report: String, field: String, edit: FieldEdit, then: Then<Unit>) =
    latest("$report/$field", "edit_draft", then) { it.editDraft(report, listOf(edit)) }

fun CoreGateway.setPlace(report: String, claim: PlaceClaim, then: Then<Unit>) =
    ask("set_place", then) { it.setPlace(report, claim) }

fun CoreGateway.locate(claim: PlaceClaim, then: Then<GridAnswer>) = ask("locate", then) { it.locate(claim) }

fun CoreGateway.quality(claim: PlaceClaim, then: Then<PlaceQuality>) =
    ask("place_quality", then) { xunge.core.placeQuality(claim) }

fun CoreGateway.nearbyNames(claim: PlaceClaim, then: Then<List<NearbyName>>) =
    ask("nearby_names", then) { it.nearbyNames(claim) }

/** Takes a picture in from a file of the app's own, which goes once the core has it; null where it has it already. */
fun CoreGateway.addPicture(report: String, path: String, role: AttachmentRole, then: Then<String?>) =
    ask("add_picture", then) { device -> taken(File(path)) { device.addPicture(report, path, role) } }

/** Takes a voice note in, as [addPicture] does a picture. */
fun CoreGateway.addVoiceNote(report: String, path: String, role: AttachmentRole, then: Then<String?>) =
    ask("add_voice_note", then) { device -> taken(File(path)) { device.addVoiceNote(report, path, role) } }

/**
 * Hands a file over to the core. One that the core cannot read is put aside, since it may be the only one there is; where only room was
 * missing it stays, and is offered again.
 */
private fun taken(file: File, call: () -> String): String? {
    if (!file.exists()) return null
    val name = try {
        call()
    } catch (refused: CoreException.InvalidInput) {
        val aside = File(file.parentFile?.parentFile, "refused").apply { mkdirs() }
        if (file.length() > 0) file.renameTo(File(aside, file.name)) else file.delete()
        throw refused
    }
    file.delete()
    return name
}

fun CoreGateway.removeAttachment(report: String, attachment: String, then: Then<Unit>) =
    ask("remove_attachment", then) { it.removeAttachment(report, attachment) }

fun CoreGateway.addPerson(report: String, entry: PersonEntry, then: Then<String>) =
    ask("add_person", then) { it.addPerson(report, entry) }

fun CoreGateway.removePerson(report: String, person: String, then: Then<Unit>) =
    ask("remove_person", then) { it.removePerson(report, person) }

fun CoreGateway.hints(report: String, then: Then<List<ReportRow>>) = ask("hints", then) { it.hints(report) }

fun CoreGateway.submit(report: String, then: Then<String>) = ask("submit", then) { it.submit(report) }

fun CoreGateway.settle(report: String, result: String, then: Then<String>) =
    ask("settle", then) { it.settle(report, result) }

// --- categories

fun CoreGateway.recentCategories(limit: Int, then: Then<List<CategoryTile>>) =
    ask("recent_categories", then) { it.recentCategories(limit.toUInt()) }

fun CoreGateway.searchCategories(text: String, then: Then<List<CategoryTile>>) =
    ask("search_categories", then) { it.searchCategories(text) }

fun CoreGateway.categoryChildren(parent: String?, then: Then<List<CategoryTile>>) =
    ask("category_children", then) { it.categoryChildren(parent) }

// --- reports

fun CoreGateway.reports(tab: Tab, after: String?, then: Then<ReportPage>) =
    ask("reports", then) { it.reports(ListQuery(tab, after, 0u)) }

fun CoreGateway.report(report: String, then: Then<ReportView>) = ask("report", then) { it.report(report) }

fun CoreGateway.edit(report: String, edits: List<FieldEdit>, then: Then<Unit>) =
    ask("edit", then) { it.edit(report, edits) }

fun CoreGateway.addNote(report: String, text: String, then: Then<String>) =
    ask("add_note", then) { it.addNote(report, text) }

fun CoreGateway.decide(report: String, action: Action, reason: Reason?, text: String?, then: Then<String>) =
    ask("decide", then) { it.decide(report, action, reason, text) }

fun CoreGateway.actions(report: String, kind: ActionKind, then: Then<List<Action>>) =
    ask("actions", then) { it.actions(report, kind) }

fun CoreGateway.permitted(report: String, then: Then<List<ActionKind>>) = ask("permitted", then) { it.permitted(report) }

fun CoreGateway.wantAttachment(report: String, attachment: String, then: Then<Unit>) =
    ask("want_attachment", then) { it.wantAttachment(report, attachment) }

// --- patrol

fun CoreGateway.patrol(then: Then<PatrolView?>) = ask("patrol", then) { it.patrol() }

fun CoreGateway.patrolStart(then: Then<PatrolStep>) =
    ask("patrol_start", then) { it.patrolStart(PatrolKind.ROUTINE, emptyList(), null, null) }

fun CoreGateway.patrolPause(then: Then<PatrolStep>) = ask("patrol_pause", then) { it.patrolPause() }

fun CoreGateway.patrolResume(then: Then<PatrolStep>) = ask("patrol_resume", then) { it.patrolResume() }

fun CoreGateway.patrolEnd(then: Then<PatrolStep>) = ask("patrol_end", then) { it.patrolEnd() }

// A patrol goes on whoever is on the screen, so these name its profile.

fun CoreGateway.patrolLocation(profile: String, isOn: Boolean, then: Then<PatrolStep>) =
    askOf(profile, "patrol_location", then) { it.patrolLocation(isOn) }

fun CoreGateway.patrolTick(profile: String, then: Then<PatrolStep?>) =
    askOf(profile, "patrol_tick", then) { it.patrolTick() }

fun CoreGateway.addFix(profile: String, fix: PatrolFix, then: Then<PatrolStep>) =
    askOf(profile, "add_fix", then) { it.addFix(fix) }

fun CoreGateway.selfTest(facts: PlatformFacts, then: Then<List<SelfTestFinding>>) =
    ask("self_test", then) { it.selfTest(facts) }

fun CoreGateway.whereNext(from: Position, then: Then<List<SuggestionStop>>) = ask("where_next", then) { it.whereNext(from) }

fun CoreGateway.keyPlaces(then: Then<List<KeyPlaceView>>) = ask("key_places", then) { it.keyPlaces() }

fun CoreGateway.checkUp(place: String, isAllRight: Boolean, text: String, claim: PlaceClaim?, then: Then<Unit>) =
    ask("check_up", then) { it.checkUp(place, isAllRight, text, claim) }

fun CoreGateway.excuse(place: String, reason: String, until: String, claim: PlaceClaim?, then: Then<Unit>) =
    ask("excuse", then) { it.excuse(place, reason, until, claim) }

// --- names of grids, bytes of pictures, the wait for a position

fun CoreGateway.ownGrids(then: Then<List<GridName>>) = ask("own_grids", then) { it.ownGrids() }

fun CoreGateway.searchGrids(text: String, then: Then<List<GridName>>) = ask("search_grids", then) { it.searchGrids(text) }

fun CoreGateway.unitName(unit: String, then: Then<String>) = ask("unit_name", then) { it.unitName(unit) }

fun CoreGateway.category(category: String, version: UInt, then: Then<Category?>) =
    ask("category", then) { it.category(category, version) }

/** The thumbnails (else the pictures) of a draft, by the attachment's name. */
fun CoreGateway.draftPictures(content: ReportContent, then: Then<Map<String, ByteArray>>) =
    ask("attachment_bytes", then) { device ->
        val pictures = content.attachments.filterValues { it.kind == AttachmentKind.PICTURE }
        pictures.mapNotNull { (id, picture) ->
            device.attachmentBytes(picture.thumbnail ?: picture.blob)?.let { id to it }
        }.toMap()
    }

/** The pictures of a report that lie sealed on this phone, by the attachment's name; plain ones are shown from their files. */
fun CoreGateway.sealedPictures(attachments: List<AttachmentView>, then: Then<Map<String, ByteArray>>) {
    val sealed = attachments.filter { it.reference.kind == AttachmentKind.PICTURE && it.path == null && it.thumbnailPath == null }
    val shown = sealed.filter { it.isHere || it.isThumbnailHere }
    if (shown.isEmpty()) return
    ask("attachment_bytes", then) { device ->
        shown.mapNotNull { picture ->
            val blob = if (picture.isHere) picture.reference.blob else picture.reference.thumbnail
            blob?.let { device.attachmentBytes(it) }?.let { picture.id to it }
        }.toMap()
    }
}

/** Writes a voice note or picture into a file of the app's own, to be played or shared. */
fun CoreGateway.fileOf(blob: String, into: File, then: Then<String?>) = ask("attachment_bytes", then) { device ->
    device.attachmentBytes(blob)?.let {
        into.writeBytes(it)
        into.path
    }
}

fun CoreGateway.joinReport(draft: String, into: String, then: Then<Unit>) =
    ask("join_report", then) { it.joinReport(draft, into) }

/** The wait for a good position; the core says when it is good enough. */
class Measuring internal constructor(private val gateway: CoreGateway) {
    private val wait by lazy { PlaceWait() }

    fun feed(claim: PlaceClaim, elapsedMs: Long, then: Then<WaitAdvice>) =
        gateway.ask("place_wait", then) { wait.feed(claim, elapsedMs) }

    fun advice(elapsedMs: Long, then: Then<WaitAdvice>) = gateway.ask("place_wait", then) { wait.waitAdvice(elapsedMs) }
}

fun CoreGateway.measuring() = Measuring(this)

/** What is told once about the phone's own data. */
fun CoreGateway.notices(then: Then<List<StoreNotice>>) = ask("notices", then) { it.notices() }

fun CoreGateway.dismissNotice(id: Long, then: Then<Unit>) = ask("dismiss_notice", then) { it.dismissNotice(id) }
