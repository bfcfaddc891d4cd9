package cn.xunge.app

import java.io.File
import xunge.core.Action
import xunge.core.ActionKind
import xunge.core.Answer
import xunge.core.AttachmentKind
import xunge.core.AttachmentRef
import xunge.core.AttachmentRole
import xunge.core.AttachmentView
import xunge.core.Category
import xunge.core.CategoryTile
import xunge.core.Channel
import xunge.core.DeadlineView
import xunge.core.FieldKind
import xunge.core.FieldSpec
import xunge.core.Holder
import xunge.core.HolderPart
import xunge.core.HolderView
import xunge.core.JudgedTime
import xunge.core.Level
import xunge.core.Outcome
import xunge.core.PatrolGap
import xunge.core.PatrolKind
import xunge.core.PatrolState
import xunge.core.PatrolView
import xunge.core.PersonPart
import xunge.core.PersonView
import xunge.core.Reason
import xunge.core.ReportContent
import xunge.core.ReportRow
import xunge.core.ReportView
import xunge.core.Source
import xunge.core.Stage
import xunge.core.State
import xunge.core.StoryLine
import xunge.core.SyncStatus
import xunge.core.TimeQuality
import xunge.core.Urgency

/** Plain data as the core would give it, the same at every run: what pictures of the screens show. */
object Samples {
    /** 2026-11-20, 10:24 in the township. */
    const val NOW = 1_795_141_440_000L
    private const val MINUTE = 60_000L
    private const val HOUR = 3_600_000L

    fun row(id: String, title: String, state: State, change: (ReportRow) -> ReportRow = { it }) = change(
        ReportRow(
            report = id, code = "QX-01-1120-$id", title = title, category = "ZF-GG", categoryName = "违章广告", grid = "QX-01-1",
            gridName = "桥头村一网格", state = state, level = Level.TOWNSHIP, urgency = Urgency.NORMAL, reporter = "W001",
            reporterName = "林小满", isOwn = true, holder = Holder("QX", HolderPart.ROOM), holderName = "青溪镇综合信息指挥室",
            heldSince = NOW - 3 * HOUR, why = null, at = NOW - 5 * HOUR, pending = null, unsentCount = 0u, attachmentCount = 3u,
            attachmentReceivedCount = 3u, thumbnail = null, isAmended = false, isPressed = false, disputedCount = 0u, dueAt = null,
            isLate = false, needsAttention = false, isErased = false,
        ),
    )

    fun rows(): List<ReportRow> = listOf(
        row("0041", "违章广告 · 王家桥头", State.RETURNED) {
            it.copy(
                holder = Holder("QX-01-1", HolderPart.REPORTER), holderName = "林小满", why = Reason("blurred", "照片看不清", null),
                heldSince = NOW - 40 * MINUTE,
            )
        },
        row("0040", "路灯损坏 · 村委会门口", State.SUBMITTED) {
            it.copy(pending = ActionKind.SUBMIT, unsentCount = 2u, attachmentReceivedCount = 1u, holder = null, holderName = "")
        },
        row("0039", "沟渠堵塞 · 下洋田", State.HANDLING) {
            it.copy(holderName = "镇城建办", dueAt = NOW + 26 * HOUR, urgency = Urgency.URGENT)
        },
        row("0037", "安全隐患 · 溪东老屋", State.DISPATCHED) { it.copy(holderName = "综合行政执法队", isLate = true) },
        row("0033", "环境卫生 · 老街", State.CLOSED) { it.copy(holder = null, holderName = "") },
    )

    fun status(change: (SyncStatus) -> SyncStatus = { it }) = change(
        SyncStatus(
            unsentCount = 3u, unsentOldestAt = NOW - HOUR, unsentTrackCount = 1u, unsentVisitCount = 0u, unsentTrailOldestAt = null,
            unsentAttachmentCount = 4u, unsentAttachmentBytes = 1_240_000u, sentCount = 0u, toSendCount = 0u, isSyncing = false,
            succeededAt = NOW - 2 * HOUR, failure = null, retryAt = null, attentionCount = 1u, isRevoked = false,
            isUpdateRequired = false, clockOffsetMs = 0, draftCount = 2u, quarantineCount = 0u,
        ),
    )

    fun category() = Category(
        id = "MD-LL", version = 1u, parent = "MD", name = "邻里纠纷",
        fields = listOf(
            FieldSpec("people", "涉及人数", FieldKind.Number(1.0, null), true),
            FieldSpec("scale", "激烈程度", FieldKind.Choice(listOf("口角", "推搡", "打架")), true),
            FieldSpec("again", "是否反复发生", FieldKind.YesNo, false),
        ),
        isRecordOnly = false, isSensitive = true, isUrgent = false, isOffered = true, department = null, pictureLongSidePx = null,
    )

    fun tiles(): List<CategoryTile> = listOf("矛盾纠纷", "安全隐患", "综合执法", "市场监管", "民生服务", "环境卫生", "突发事件", "社情民意")
        .mapIndexed { n, name -> CategoryTile(category().copy(id = "C$n", name = name, fields = emptyList()), "", true) }

    fun recent(): List<CategoryTile> = listOf("违章广告", "路灯损坏", "邻里纠纷")
        .mapIndexed { n, name -> CategoryTile(category().copy(id = "R$n", name = name), "民生服务", false) }

    fun attachment(id: String, role: AttachmentRole, path: String?, isReceived: Boolean = true) = AttachmentView(
        id, ref(AttachmentKind.PICTURE, role), path != null, path != null, path, path, isReceived, if (isReceived) 0u else 120_000u,
    )

    fun ref(kind: AttachmentKind, role: AttachmentRole) = AttachmentRef(
        kind, role, "00", 310_000u, null, 1600u, 1200u, if (kind == AttachmentKind.VOICE_NOTE) 23_000u else 0u, NOW - 5 * HOUR,
    )

    fun content() = ReportContent(
        schema = 1u, id = "0041", code = "QX-01-1120-0041", reporter = "W001", township = "QX", createdAt = NOW - 5 * HOUR,
        category = "MD-LL", categoryVersion = 1u, grid = "QX-01-1", description = "两家为门前排水沟又吵起来，已劝开，说好下午再谈。",
        occurredAt = null, place = HERE, placeText = "王家桥头", urgency = Urgency.NORMAL, source = Source.TOLD_BY,
        channel = Channel.PHONE, result = "", answers = mapOf("people" to Answer.Number(4.0), "scale" to Answer.Text("口角")),
        attachments = mapOf(
            "a1" to ref(AttachmentKind.PICTURE, AttachmentRole.SCENE), "a2" to ref(AttachmentKind.PICTURE, AttachmentRole.NEAR),
            "v1" to ref(AttachmentKind.VOICE_NOTE, AttachmentRole.SCENE),
        ),
        notes = emptyMap(), people = mapOf("p1" to PersonPart.INFORMANT), disputed = emptyList(), unknownJson = emptyMap(),
    )

    private fun bannerCategory() = category().copy(
        id = "ZF-GG", parent = "ZF", name = "违章广告", isSensitive = false,
        fields = listOf(FieldSpec("size", "大小", FieldKind.Choice(listOf("小", "中", "大")), true)),
    )

    private fun banner() = content().copy(
        category = "ZF-GG", description = "路灯杆上挂着违章横幅，挡住了路牌。", answers = mapOf("size" to Answer.Text("大")),
    )

    fun story(): List<StoryLine> = listOf(
        line(Action.Approve, "周有田", NOW - 3 * HOUR, null, Outcome.Accepted),
        line(Action.Return, "何静", NOW - 40 * MINUTE, Reason("blurred", "照片看不清", null), Outcome.Accepted),
        line(Action.Remark, "林小满", NOW - 2 * MINUTE, null, null, "下午再去拍一张"),
    )

    private fun line(action: Action, name: String, at: Long, reason: Reason?, outcome: Outcome?, text: String? = null) = StoryLine(
        "c", action, "P", name, null, reason, text, JudgedTime(at, TimeQuality.VERIFIED), at, outcome, emptyList(),
    )

    fun view(folder: File, row: ReportRow = rows().first(), sight: Sight = Sight.BANNER) = ReportView(
        row = row, content = banner(), category = bannerCategory(), story = story(),
        attachments = listOf(
            attachment("a1", AttachmentRole.SCENE, picture(folder, sight)),
            attachment("a2", AttachmentRole.NEAR, picture(folder, sight, isNear = true), isReceived = false),
        ),
        people = listOf(PersonView("p1", PersonPart.INFORMANT, "王*", "138****0001", null)),
        holders = listOf(HolderView("C001", "周有田", "13800000002")),
        permitted = listOf(ActionKind.SUBMIT, ActionKind.WITHDRAW, ActionKind.REMARK),
        deadlines = emptyList(), disputes = emptyList(), amendments = emptyList(),
    )

    fun card(folder: File, id: String, title: String, words: String, sight: Sight) = view(folder, row(id, title, State.SUBMITTED) {
        it.copy(isOwn = false, level = Level.GRID, holder = Holder("QX-01-1", HolderPart.CHIEF), holderName = "周有田")
    }, sight).let { view ->
        view.copy(
            content = view.content?.copy(description = words), people = emptyList(), story = emptyList(),
            permitted = listOf(ActionKind.APPROVE, ActionKind.RETURN, ActionKind.TAKE_ON, ActionKind.PASS_UP),
            deadlines = listOf(DeadlineView(Stage.Chief, "", NOW - HOUR, NOW + 3 * HOUR - 20 * MINUTE, false, "policy", emptyList())),
        )
    }

    fun patrol() = PatrolView(
        patrol = "p", state = PatrolState.Running, kind = PatrolKind.ROUTINE, order = null, grids = listOf("QX-01-1"),
        startedAt = NOW - 90 * MINUTE, shiftEndsAt = null, distanceM = 2140.0, movingMs = 55 * MINUTE, restingMs = 12 * MINUTE,
        openFixCount = 240u, segmentCount = 1u, unsentSegmentCount = 1u,
        gaps = listOf(PatrolGap(NOW - 30 * MINUTE, xunge.core.GapCause.NO_SIGNAL, 7 * MINUTE)), silentMs = null, dropped = emptyList(),
    )

    /** A drawn picture in a file. */
    fun picture(folder: File, sight: Sight, isNear: Boolean = false): String {
        val file = File(folder, "${sight.name.lowercase()}-$isNear.jpg")
        if (!file.exists()) file.writeBytes(jpeg(sight = sight, isNear = isNear))
        return file.path
    }
}
