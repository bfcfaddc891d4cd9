package journey

import java.io.File
import java.nio.file.Files
import kotlin.system.exitProcess
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import org.json.JSONObject
import xunge.core.*

/** What whoever listens to a device was told. */
private class Listener : StatusObserver {
    @Volatile
    var seen = 0

    override fun changed(status: SyncStatus) {
        seen += 1
    }
}

/** Fails whenever it is told something, without the stack that would fill the log. */
private class Thrower : StatusObserver {
    override fun changed(status: SyncStatus): Unit = throw object : RuntimeException("a shell's own defect", null, false, false) {}
}

/** The journey of `journey.txt` through the generated Kotlin bindings, against a real server over a link that is cut. */
private class Journey(private val stage: Stage, private val folder: File, private val steps: Steps) {
    private val cancel = CancelToken()
    private val phones = HashMap<String, Phone>()
    private val grid = stage.text("grid")
    private val middle = stage.programme.getJSONObject("position").let { Position(it.getDouble("lat_deg"), it.getDouble("lon_deg")) }

    private fun claim(what: String, holds: Boolean) = steps.claim(what, holds)

    private fun open(label: String): Device {
        val phone = Phone.open(File(folder, label).path, "journey", label, null, ByteArray(0))
        val profile = phone.enrol(stage.code(label))
        claim("$label: the profile is listed", phone.profiles().map { it.id } == listOf(profile))
        phones[label] = phone
        return phone.device(profile, null)
    }

    private fun ruleOf(call: () -> Unit): String? = try {
        call()
        null
    } catch (error: CoreException.InvalidInput) {
        error.problems.firstOrNull()?.rule
    }

    /** Codes: read from a picture, told apart where they are no good. */
    fun codes() {
        val png = File(stage.text("cast", "worker", "code_png")).readBytes()
        claim("a code is read from its picture", decodeQrPicture(png) == stage.code("worker"))
        claim("a picture of nothing has no code", decodeQrPicture(smallPng()) == null)
        claim("a frame of nothing has no code", decodeQr(ByteArray(640 * 480), 640u, 480u, 640u) == null)
        claim("a code says where it leads before it is used", readEnrolmentCode(stage.code("worker")).baseUrl == stage.text("url"))
        for (why in listOf("not_ours", "newer", "incomplete")) {
            claim("a code is $why", ruleOf { readEnrolmentCode(stage.text("codes", why)) } == why)
        }
        val phone = Phone.open(File(folder, "nobody").path, "journey", "nobody", null, ByteArray(0))
        for (why in listOf("unknown", "expired")) {
            claim("a code that is $why does not enrol", raises<CoreException.InvalidInput> { phone.enrol(stage.text("codes", why)) })
        }
        claim("where nobody answers it is no network", raises<CoreException.Offline> { phone.enrol(stage.text("codes", "nobody_there")) })
        claim("nobody is enrolled by that", phone.profiles().isEmpty())
    }

    fun walk() {
        val (worker, chief, supervisor) = listOf("worker", "chief", "supervisor").map { open(it) }
        claim("the first sync brings the directory", worker.sync(cancel).failure == null)
        chief.sync(cancel)
        val listener = Listener()
        val (subscription, thrower) = worker.observe(listener) to worker.observe(Thrower())
        claim("an observer is told the current state first", listener.seen == 1)
        val report = capture(worker)
        claim("a rescue file holds it", worker.rescue(File(folder, "rescue").path).itemCount > 0u)
        sent(worker, report)
        // Whatever another one throws.
        claim("the observer was told more", listener.seen > 1)
        subscription.close()
        thrower.close()
        val told = listener.seen
        decided(worker, chief, report)
        claim("an observer that was closed is told nothing", listener.seen == told)
        val draft = chief.beginDraft()
        chief.editDraft(draft, listOf(FieldEdit.SetDescription("我也看到了")))
        chief.joinReport(draft, report)
        claim("a draft joins a report", chief.drafts().isEmpty() && chief.report(report).content?.notes?.size == 1)
        shared(worker, supervisor, report)
        patrol(worker, supervisor)
        runBlocking { waits(worker) }
        end(worker)
    }

    /** One report with a photo, field by field, with no network. */
    private fun capture(worker: Device): String {
        val report = worker.beginDraft()
        claim("an incomplete draft says everything that is missing", raises<CoreException.InvalidInput> { worker.submit(report) })
        val place = PlaceClaim(middle, 8.0, Provider.SATELLITE, false, 0)
        claim("8 m is good", placeQuality(place) == PlaceQuality.GOOD)
        claim("a good position is taken at once", PlaceWait().feed(place, 0) is WaitAdvice.TakeIt)
        worker.setPlace(report, place)
        claim("the position lies in one grid", (worker.locate(place) as? GridAnswer.Inside)?.grid == grid)
        claim("a map that asks gets GCJ-02", Math.abs(toGcj02(middle).latDeg - middle.latDeg) > 1e-4)
        claim("categories stand as tiles", worker.categoryChildren(null).all { it.hasChildren })
        val category = stage.programme.getJSONObject("category")
        for (typed in listOf("违章广告", "weizhangguanggao", "wzgg")) {
            claim("$typed finds the category", category.getString("id") in worker.searchCategories(typed).map { it.category.id })
        }
        worker.editDraft(report, listOf(
            FieldEdit.SetCategory(category.getString("id"), category.getInt("version").toUInt()),
            FieldEdit.SetDescription("路灯杆上挂着违章横幅"),
        ))
        worker.addPicture(report, stage.text("files", "before"), AttachmentRole.SCENE)
        worker.addVoiceNote(report, stage.text("files", "voice"), AttachmentRole.SCENE)
        for (bad in listOf("empty", "text")) {
            claim("$bad is no picture", raises<CoreException.InvalidInput> {
                worker.addPicture(report, stage.text("files", bad), AttachmentRole.SCENE)
            })
        }
        claim("a name that is none is wrong input, no crash", raises<CoreException.InvalidInput> { worker.report("not a name") })
        claim("what was typed is in the draft", worker.draft(report).description == "路灯杆上挂着违章横幅")
        worker.submit(report)
        claim("it waits to be sent", worker.status().unsentCount > 0u)
        claim("it was the last category", worker.recentCategories(1u)[0].category.id == category.getString("id"))
        return report
    }

    /** Over a link that is cut, answers that are lost, a hotel's page: nothing is lost, nothing is said to be sent that is not. */
    private fun sent(worker: Device, report: String) {
        stage.ask("cut")
        claim("without a network it says so", worker.sync(cancel).failure != null && worker.status().unsentCount > 0u)
        stage.ask("restore")
        stage.ask("fault", "kind" to "captive_portal", "count" to "1")
        claim("a hotel's page is not the server", worker.sync(cancel).failure is SyncFailure.NotTheServer)
        stage.ask("fault", "kind" to "lose_answer", "count" to "1")
        claim("an answer that was lost fails the sync", worker.sync(cancel).failure != null)
        stage.ask("restore")
        worker.setWifiOnly(true)
        val metered = SyncOptions(withAttachments = true, isMetered = true)
        claim("text goes over a link that costs", worker.syncWith(metered, cancel).failure == null)
        val status = worker.status()
        claim("photos wait for Wi-Fi", status.unsentCount == 0u && status.unsentAttachmentCount > 0u)
        worker.setWifiOnly(false)
        var done = 0
        while (true) {
            val next = worker.nextUpload(false) ?: break
            if (stage.handOver(next) { code, headers, body -> worker.uploadAnswered(next.blob, code, headers, body) }) done += 1
        }
        claim("what was handed over to the system arrived", done >= 1 && worker.status().unsentAttachmentCount == 0u)
        claim("it is sent", worker.sync(cancel).failure == null)
        claim("photos and voice are received", worker.report(report).row.attachmentReceivedCount == 2u)
    }

    /** Returned, corrected, approved. */
    private fun decided(worker: Device, chief: Device, report: String) {
        chief.sync(cancel)
        val row = chief.reports(ListQuery(Tab.TODO, null, 20u)).items[0]
        claim("the chief has it to decide", row.report == report && row.state == State.SUBMITTED)
        val isChiefs = chief.report(report).deadlines[0].stage is xunge.core.Stage.Chief
        claim("and knows by when", row.dueAt != null && !row.isLate && isChiefs)
        val levels = chief.actions(report, ActionKind.PASS_UP).map { (it as Action.PassUp).to }
        val isReady = Level.TOWNSHIP in levels && Level.COUNTY !in levels && chief.actions(report, ActionKind.APPROVE) == listOf(Action.Approve)
        claim("acts come ready to be signed, with the levels that are open", isReady && worker.actions(report, ActionKind.APPROVE).isEmpty())
        claim("reasons are offered", "blurred" in phrases(ActionKind.RETURN).map { it.code })
        claim("a return needs a reason", raises<CoreException.NotAllowed> { chief.decide(report, Action.Return, null, null) })
        chief.decide(report, Action.Return, Reason("blurred", "照片看不清", null), null)
        chief.sync(cancel)
        worker.sync(cancel)
        val back = worker.report(report).row
        claim("the return reaches the worker with its reason", back.state == State.RETURNED && back.why?.text == "照片看不清")
        val task = worker.tasks()[0]
        claim("returned work stands first", task.kind == TaskKind.RETURNED && task.words == "照片看不清")
        val news = worker.news()
        claim("the return is news", news.map { it.kind } == listOf(NewsKind.RETURNED))
        worker.told(news.map { it.id })
        claim("news is told once", worker.news().isEmpty())
        worker.edit(report, listOf(FieldEdit.SetDescription("两条横幅")))
        worker.submit(report)
        worker.sync(cancel)
        chief.sync(cancel)
        chief.decide(report, Action.Approve, null, null)
        chief.sync(cancel)
        worker.sync(cancel)
        val view = worker.report(report)
        claim("approved, it is in the township's queue", view.row.state == State.QUEUED && view.row.why == null)
        claim("the approval is news", worker.news().map { it.kind } == listOf(NewsKind.APPROVED))
        claim("the story has four acts", view.story.size == 4)
        claim("the reporter may not approve", ActionKind.APPROVE !in worker.permitted(report))
        asked(worker, chief, report)
    }

    /** Asked by the room, ordered, amended. */
    private fun asked(worker: Device, chief: Device, report: String) {
        stage.ask("act", "report" to report, "by" to "clerk", "action" to """{"action": "ask"}""", "text" to "请补充准确地点。")
        worker.sync(cancel)
        val question = worker.tasks().first { it.kind == TaskKind.QUESTION }
        claim("the room's question is a task", question.words == "请补充准确地点。")
        worker.decide(report, Action.Answer(checkNotNull(question.command)), null, "桥头东侧")
        claim("answered, it is none", TaskKind.QUESTION !in worker.tasks().map { it.kind })
        stage.ask("order", "grid" to grid, "text" to "请清理河道", "hours" to "24")
        chief.sync(cancel)
        val orders = chief.tasks().filter { it.kind == TaskKind.ORDER }
        claim("an order reaches the grid with its deadline", orders.size == 1 && orders[0].dueAt != null)
        val (order, unit) = checkNotNull(orders[0].report) to checkNotNull(orders[0].unit)
        chief.decide(order, Action.Sign(unit), null, null)
        chief.decide(order, Action.FeedBack(unit), null, "已清理")
        claim("signed and answered", chief.sync(cancel).failure == null && chief.needsAttention().isEmpty())
        worker.edit(report, listOf(FieldEdit.SetDescription("三条横幅")))
        worker.sync(cancel)
        chief.sync(cancel)
        val amended = chief.report(report).amendments.map { it.before to it.now }
        claim("an edit after the approval shows both", amended == listOf("两条横幅" to "三条横幅"))
    }

    /** What is made by one tap. */
    private fun shared(worker: Device, supervisor: Device, report: String) {
        val name = stage.text("cast", "worker", "name")
        val day = worker.dayLog(null)
        claim("the day's log has the report", day.lines.any { "上报" in it.zh } && day.textEn.isNotEmpty())
        claim("no day is no day", raises<CoreException.InvalidInput> { worker.dayLog("yesterday") })
        val card = worker.receiptCard(report)
        claim("the card has the picture and names nobody", card.before.size == 1 && name !in card.toString())
        val picture = checkNotNull(worker.attachmentBytes(card.before[0].blob))
        val covered = blurPicture(picture, listOf(Region(0.2, 0.2, 0.4, 0.4)))
        claim("a face is hidden", covered[0] == 0xFF.toByte() && covered[1] == 0xD8.toByte())
        val used = worker.storage()
        claim("storage tells pictures from voices", used.picturesBytes > 0u && used.voiceBytes > 0u)
        // The log is one for the process and lies with the phone that was opened last.
        val log = supervisor.log()
        claim("the log names nobody", name !in log && "a sync ended" in log)
    }

    private fun patrol(worker: Device, supervisor: Device) {
        val facts = PlatformFacts(
            null, null, false, null, null, null, null, null, null, null, null, null, null, null, 0u, null,
        )
        claim("the self-test says that location is off", worker.selfTest(facts).map { it.key } == listOf("location_off"))
        val step = worker.patrolStart(PatrolKind.ROUTINE, emptyList(), null, null)
        claim("the patrol runs and asks for fixes", step.state is PatrolState.Running && step.fixEveryMs == 5000L)
        val nowMs = System.currentTimeMillis()
        val upMs = (File("/proc/uptime").readText().substringBefore(' ').toDouble() * 1000).toLong()
        val kept = (0 until 30).count { n ->
            worker.addFix(PatrolFix(
                nowMs + n * 5000, upMs + (n + 1) * 5000, null, nowMs + n * 5000, middle.latDeg, middle.lonDeg + n * 0.00007, 6.0, 1.4,
                90.0, Provider.SATELLITE, false, 80u,
            )).isKept
        }
        claim("fixes are kept", kept == 30 && worker.patrol()?.openFixCount == 30u)
        claim("a pause is told", worker.patrolPause().state is PatrolState.Paused)
        claim("two pauses are one", raises<CoreException.NotAllowed> { worker.patrolPause() })
        worker.patrolEnd()
        claim("a segment waits", worker.status().unsentTrackCount == 1u)
        seen(worker, supervisor)
    }

    /** What the patrol saw. */
    private fun seen(worker: Device, supervisor: Device) {
        val before = worker.coverage(grid, null)
        claim("the own walk is on the map at once", before.hasOutline && before.seen > 10u)
        claim("numbers add up", before.seen + before.unknown + before.unseen == before.reachable)
        claim("it can be drawn", String(worker.coveragePicture(grid, null, 256u), 1, 3, Charsets.ISO_8859_1) == "PNG")
        val scene = worker.map(MapQuery(middle, 300.0, null))
        val isWhole = scene.outlines.isNotEmpty() && scene.cells.isNotEmpty() && scene.track.size == 1
        claim("the map has outline, cells and the own track", isWhole)
        claim("a walk is suggested", worker.whereNext(middle).isNotEmpty())
        claim("the track is sent", worker.sync(cancel).failure == null && worker.status().unsentTrackCount == 0u)
        val after = worker.coverage(grid, null)
        claim("sent, the coverage is the same", after.seen == before.seen && after.unknown == before.unknown)
        claim("no period is no period", raises<CoreException.InvalidInput> { worker.coverage(grid, "yesterday") })
        supervisor.sync(cancel)
        val rows = supervisor.coverageRows(null)
        claim("the supervisor sees every grid", rows.size > 20 && rows.first { it.unit == grid }.seen == after.seen)
        claim("and where nobody was first", rows[0].unseenDays == null)
    }

    /** The asynchronous twins, and what turning away does. */
    private suspend fun waits(worker: Device) {
        val options = SyncOptions(withAttachments = true, isMetered = false)
        claim("an awaited sync goes through", worker.syncAsync(options, CancelToken()).failure == null)
        val answer: Boolean? = worker.waitAsync(1_000u)
        claim("an awaited wait answers", answer != null)
        val token = CancelToken().apply { cancel() }
        claim("a cancelled sync says so", worker.syncAsync(options, token).failure is SyncFailure.Cancelled)
        val isGone = withTimeoutOrNull(2_000) {
            val waiting = launch { worker.waitAsync(3_000u) }
            yield()
            waiting.cancel()
            joinAll(waiting)
            waiting.isCancelled
        }
        claim("who waits can turn away at once", isGone == true)
    }

    private fun end(worker: Device) {
        val phone = phones.getValue("worker")
        worker.setPin("1234")
        claim("a wrong PIN is told", raises<CoreException.SignInRequired> { worker.checkPin("0000") })
        val synced = phone.syncAll(CancelToken())
        claim("every profile is synced", synced.size == 1 && synced.all { it.report != null && it.report?.failure == null })
        claim("an unknown report is said to be unknown", raises<CoreException.NotFound> { worker.report("00".repeat(16)) })
        claim("a panic is an error, and life goes on", raises<InternalException> { breakOnPurpose() })
        claim("nothing needs attention", worker.needsAttention().isEmpty() && worker.notices().isEmpty())
        val aside = phone.setAside(worker.info().id, "key_lost")
        val isAside = phone.profiles().isEmpty() && phone.setAsideProfiles().map { it.folder } == listOf(aside.folder)
        claim("a profile is set aside, not lost", isAside)
    }
}

/** A list of 100,000, page by page, each line once. */
private fun paging(told: JSONObject, steps: Steps) {
    val phone = Phone.open(told.getString("folder"), "journey", "seeded", null, ByteArray(0))
    val device = phone.device(told.getString("profile"), null)
    val seen = HashSet<String>()
    var after: String? = null
    do {
        val page = device.reports(ListQuery(Tab.MINE, after, 200u))
        page.items.mapTo(seen) { it.report }
        after = page.next
    } while (after != null)
    val isWhole = seen.size == 100_000 && device.reportCount(Tab.MINE) == 100_000u
    steps.claim("100,000 reports come page by page, each once", isWhole)
}

/** Given cargo's build folder, what `xunge-stage --seed-phone` said, and `journey.txt`. */
fun main(given: Array<String>) {
    val (build, seeded, journey) = given
    val steps = Steps(File(journey))
    steps.claim("the library says its version", libraryVersion().isNotEmpty())
    val folder = Files.createTempDirectory("journey").toFile()
    try {
        val stage = Stage(build, folder)
        try {
            Journey(stage, folder, steps).apply { codes() }.walk()
        } finally {
            stage.stop()
        }
        paging(JSONObject(File(seeded).readText()), steps)
    } finally {
        folder.deleteRecursively()
    }
    exitProcess(if (steps.ended()) 0 else 1)
}
