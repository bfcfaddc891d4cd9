package cn.xunge.app

import android.graphics.Bitmap
import android.graphics.Canvas
import android.view.View
import cn.xunge.app.gateway.Problem
import cn.xunge.app.look.CellRun
import cn.xunge.app.look.CellSort
import cn.xunge.app.look.Page
import cn.xunge.app.look.PlaceMark
import cn.xunge.app.look.Scene
import cn.xunge.app.look.Spot
import cn.xunge.app.look.joined
import cn.xunge.app.look.words
import cn.xunge.app.screen.Begun
import cn.xunge.app.screen.attention.AttentionState
import cn.xunge.app.screen.attention.attentionView
import cn.xunge.app.screen.capture.CaptureState
import cn.xunge.app.screen.capture.GridChoice
import cn.xunge.app.screen.capture.Measured
import cn.xunge.app.screen.capture.captureView
import cn.xunge.app.screen.card.cardView
import cn.xunge.app.screen.category.CategoryState
import cn.xunge.app.screen.category.categoryView
import cn.xunge.app.screen.coverage.CoverageState
import cn.xunge.app.screen.coverage.coverageView
import cn.xunge.app.screen.daylog.DayLogState
import cn.xunge.app.screen.daylog.dayLogView
import cn.xunge.app.screen.decisions.DecisionsState
import cn.xunge.app.screen.decisions.decisionsView
import cn.xunge.app.screen.enrol.EnrolState
import cn.xunge.app.screen.enrol.enrolView
import cn.xunge.app.screen.hint.HintState
import cn.xunge.app.screen.hint.hintView
import cn.xunge.app.screen.home.HomeState
import cn.xunge.app.screen.home.homeView
import cn.xunge.app.screen.notice.NoticeState
import cn.xunge.app.screen.notice.noticeView
import cn.xunge.app.screen.patrol.patrolView
import cn.xunge.app.screen.place.PlaceState
import cn.xunge.app.screen.place.placeView
import cn.xunge.app.screen.profiles.ProfilesState
import cn.xunge.app.screen.profiles.profilesView
import cn.xunge.app.screen.report.ReportState
import cn.xunge.app.screen.report.reportView
import cn.xunge.app.screen.reports.ReportsState
import cn.xunge.app.screen.reports.reportsView
import cn.xunge.app.screen.selftest.SelfTestState
import cn.xunge.app.screen.selftest.selfTestView
import cn.xunge.app.screen.settings.SettingsState
import cn.xunge.app.screen.settings.settingsView
import cn.xunge.app.screen.task.TaskState
import cn.xunge.app.screen.task.taskView
import cn.xunge.app.screen.tasks.TasksState
import cn.xunge.app.screen.tasks.tasksView
import java.io.File
import xunge.core.Action
import xunge.core.ActionKind
import xunge.core.AttentionItem
import xunge.core.DraftRow
import xunge.core.GridName
import xunge.core.Level
import xunge.core.NearbyName
import xunge.core.Phrase
import xunge.core.PlaceQuality
import xunge.core.Position
import xunge.core.ProfileInfo
import xunge.core.SelfTestFinding
import xunge.core.Severity
import xunge.core.StorageUse
import xunge.core.Verdict

/** Every screen in its main states, from plain data: what is drawn for people to look at, and compared with what was drawn before. */
class Gallery(private val folder: File, private val isChinese: Boolean) {
    private val samples = Samples
    private val more = MoreSamples
    private val now = Samples.NOW

    /** The pages by their name, in the order of a day. */
    fun pages(): Map<String, Page> = linkedMapOf(
        "enrol" to enrolView(EnrolState()) {},
        "enrol-code" to enrolView(EnrolState(code = "xunge:1:$SERVER:k7…", server = SERVER, isTyping = true)) {},
        "enrol-wrong" to enrolView(EnrolState(isTyping = true, code = "https://example.com", wrong = words("enrol_not_ours"))) {},
        "enrol-key-lost" to enrolView(EnrolState(isKeyLost = true)) {},
        "notice" to noticeView(NoticeState("林小满", "桥头村一网格", true)) {},
        "profiles" to profilesView(profiles()) {},
        "home" to homeView(home()) {},
        "home-quiet" to homeView(HomeState("林小满", quiet(), now = now)) {},
        "capture" to captureView(capture()) {},
        "capture-empty" to captureView(CaptureState("0042", empty(), measured = Measured(seconds = 4))) {},
        "capture-refused" to captureView(refused()) {},
        "capture-missing" to captureView(missing()) {},
        "capture-sent" to captureView(CaptureState("0042", isSent = true)) {},
        "category" to categoryView(CategoryState(recent = samples.recent(), tiles = samples.tiles())) {},
        "category-found" to categoryView(CategoryState(sought = "ld", found = samples.recent().filter { it.category.name == "路灯损坏" })) {},
        "place" to placeView(place()) {},
        "hint" to hintView(HintState(samples.rows().drop(2).take(1), now = now)) {},
        "reports" to reportsView(reports()) {},
        "report" to reportView(ReportState("0041", samples.view(folder), now = now)) {},
        "report-chief" to reportView(theChiefs()) {},
        "report-level" to reportView(theChiefs().copy(begun = Begun("0052", ActionKind.PASS_UP, levels))) {},
        "decisions" to decisionsView(decisions()) {},
        "decisions-return" to decisionsView(decisions().copy(begun = begun(), isChinese = isChinese)) {},
        "patrol" to patrolView(patrol()) {},
        "patrol-start" to patrolView(cn.xunge.app.screen.patrol.PatrolState()) {},
        "tasks" to tasksView(TasksState(more.tasks(), true, now)) {},
        "task" to taskView(TaskState(more.tasks()[1], Verdict.CONFIRMED, pictures = 1, isLoaded = true, now = now)) {},
        "task-place" to taskView(TaskState(more.tasks()[3], isLoaded = true, now = now)) {},
        "coverage" to coverageView(CoverageState(rows = more.coverage(), isLoaded = true)) {},
        "daylog" to dayLogView(DayLogState(more.dayLog(), isChinese, "2026-11-20")) {},
        "card" to cardView(more.card(folder, isChinese)) {},
        "selftest" to selfTestView(selfTest()) {},
        "attention" to attentionView(attention()) {},
        "settings" to settingsView(settings()) {},
    )

    private fun quiet() = samples.status {
        it.copy(
            unsentCount = 0u, unsentTrackCount = 0u, unsentAttachmentCount = 0u, sentCount = 12u, toSendCount = 12u, draftCount = 0u,
            attentionCount = 0u,
        )
    }

    private fun home() = HomeState(
        name = "林小满", status = samples.status(), returned = samples.rows().take(1), decisions = 2, patrol = samples.patrol(), now = now,
    )

    private fun profiles() = ProfilesState(
        profiles = listOf("林小满" to true, "王建国" to false).mapIndexed { n, (name, hasPin) ->
            ProfileInfo("p$n", "W$n", name, "phone", "QX", SERVER, null, hasPin)
        },
        chosen = "p0", wrong = words("error_pin_wait", 30),
    )

    private fun empty() = samples.content().copy(
        category = null, grid = null, description = "", place = null, placeText = "", answers = emptyMap(), attachments = emptyMap(),
        people = emptyMap(),
    )

    private fun capture() = CaptureState(
        "0041", samples.content(), samples.category(), "桥头村一网格",
        measured = Measured(errorM = 8, quality = PlaceQuality.GOOD),
        pictures = mapOf("a1" to false, "a2" to true).mapValues { (_, isNear) ->
            File(samples.picture(folder, Sight.DITCH, isNear)).readBytes()
        },
        hints = 1,
    )

    private fun refused() = CaptureState(
        "0042", empty(), measured = Measured(isAllowed = false), wrong = words("capture_camera_refused"),
    )

    private fun missing() = CaptureState(
        "0042", empty().copy(place = HERE), measured = Measured(errorM = 45, quality = PlaceQuality.POOR, isWorthWaiting = true),
        candidates = listOf(GridChoice("a", "桥头村一网格"), GridChoice("b", "桥头村二网格")),
        wrong = words("error_invalid_input"),
        problems = listOf("category" to "rule_missing", "grid" to "rule_missing", "shown" to "rule_nothing_shown").map { (field, rule) ->
            Problem(field, joined(listOf(words("field_$field"), words(rule)), "："))
        },
    )

    private fun place() = PlaceState(
        samples.content(),
        grids = listOf("桥头村一网格", "桥头村二网格", "溪东村一网格").mapIndexed { n, name ->
            GridName(if (n == 0) "QX-01-1" else "g$n", name, name.take(3))
        },
        nearby = listOf(NearbyName("王家桥头", 20.0), NearbyName("村委会", 140.0), NearbyName("老樟树下", 260.0)),
    )

    private fun reports() = ReportsState(
        drafts = listOf(DraftRow("d1", "QX", "路灯损坏", 1u, now - 900_000, now - 600_000)), rows = samples.rows(), next = "x",
        isLoaded = true, now = now,
    )

    private fun decisions() = DecisionsState(
        cards = listOf(
            samples.card(folder, "0051", "违章广告 · 王家桥头", "路灯杆上挂着违章横幅，挡住了路牌。", Sight.BANNER),
            samples.card(folder, "0052", "安全隐患 · 溪东老屋", "老屋后墙开裂，有人住。", Sight.CRACK),
        ),
        decided = samples.rows().drop(1).take(1).map { it.copy(pending = ActionKind.APPROVE) }, isLoaded = true, isChinese = isChinese,
        now = now,
    )

    private fun theChiefs() = ReportState(
        "0052", samples.card(folder, "0052", "安全隐患 · 溪东老屋", "老屋后墙开裂，有人住。", Sight.CRACK), ownPerson = "C001",
        isChinese = isChinese, now = now,
    )

    private val levels = listOf(Action.PassUp(Level.VILLAGE), Action.PassUp(Level.TOWNSHIP))

    private fun begun() = Begun(
        "0051", ActionKind.RETURN, listOf(Action.Return), code = "blurred", text = if (isChinese) "照片看不清" else "The picture is blurred",
        phrases = listOf(
            Phrase("blurred", "照片看不清", "The picture is blurred"), Phrase("wrong_place", "位置不对", "The place is wrong"),
            Phrase("wrong_category", "类别不对", "The category is wrong"), Phrase("unclear", "说不清楚是什么事", "It is not clear what it is"),
        ),
    )

    private fun patrol() = cn.xunge.app.screen.patrol.PatrolState(
        patrol = samples.patrol(), me = Position(28.304, 120.905), scene = scene(), now = now,
    )

    private fun scene(): Scene {
        val cells = (-16 until 16).flatMap { y ->
            (-16 until 16).mapNotNull { x ->
                val far = x * x + y * y
                if (far > 230) return@mapNotNull null
                val sort = when {
                    Math.abs(x - y / 2) < 3 -> CellSort.SEEN
                    x < -9 -> CellSort.UNKNOWN
                    else -> CellSort.UNSEEN
                }
                CellRun(x * 20f, y * 20f, 20f, 20f, sort)
            }
        }
        val track = (-14..10).map { Spot(it * 10f + (it % 3) * 4f, it * 20f) }
        return Scene(
            outlines = listOf((0..24).map { n ->
                val turn = n / 24.0 * 6.283
                Spot((Math.cos(turn) * 300).toFloat(), (Math.sin(turn) * 300).toFloat())
            }),
            cells = cells, cellSize = 20f, tracks = listOf(track.take(12), track.drop(15)),
            gaps = listOf(track[11] to track[15]),
            places = listOf(PlaceMark(Spot(120f, 90f), "王家水库", true), PlaceMark(Spot(-140f, -60f), "村小学", false)),
            me = Spot(100f, 200f), meErrorM = 14f,
        )
    }

    private fun selfTest() = SelfTestState(
        listOf(
            SelfTestFinding("location_off", Severity.BLOCKS, "手机定位没有打开，巡查不会被记录。请打开定位。", "Location is off."),
            SelfTestFinding("battery_saving", Severity.RISKS, "系统省电会关闭巡格。请在电池优化里选择“不优化”。", "Battery optimisation may close the app."),
            SelfTestFinding("maker_list", Severity.HINT, "这款手机可能自行关闭应用。请允许自启动。", "This phone may close apps by itself."),
        ),
        true, isChinese,
    )

    private fun attention() = AttentionState(
        listOf(
            AttentionItem(1, "command", "0041", "QX-01-1120-0041", "decided_meanwhile", "", "{}", now - 3_600_000),
            AttentionItem(2, "attachment", "0040", "QX-01-1120-0040", "unknown_report", "", "{}", now - 7_200_000),
        ),
        true, now,
    )

    private fun settings() = SettingsState(
        language = "zh", textPercent = 125, storage = StorageUse(3_400_000u, 58_200_000u, 900_000u, 240_000u, 12_000u, 4_100_000u),
        status = samples.status(), told = words("sync_offline"), isBad = true, hasPin = true, version = "0.1.0", now = now,
    )

    companion object {
        private const val SERVER = "http://10.6.0.2:8470"

        /** The window as it stands on the screen. */
        fun shot(view: View): Bitmap {
            val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
            view.draw(Canvas(bitmap))
            return bitmap
        }
    }
}
