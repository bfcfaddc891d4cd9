package cn.xunge.app

import cn.xunge.app.screen.card.CardState
import java.io.File
import xunge.core.CardPicture
import xunge.core.CardStep
import xunge.core.CoverageRow
import xunge.core.DayLog
import xunge.core.DayLogLine
import xunge.core.ReceiptCard
import xunge.core.TaskKind
import xunge.core.TaskView

/** Tasks, coverage, a day and a card as the core would give them. */
object MoreSamples {
    private const val HOUR = 3_600_000L
    private const val NOW = Samples.NOW

    fun tasks(): List<TaskView> = listOf(
        task(TaskKind.ORDER, "高温天气防火巡查", "今明两天每天巡一遍林边，发现烧秸秆的当场劝。", "何静", NOW - HOUR, true),
        task(TaskKind.CHECK, "安全隐患 · 溪东老屋", "看看裂缝有没有变大，拍一张近的。", "何静", NOW + 5 * HOUR, false),
        task(TaskKind.QUESTION, "违章广告 · 王家桥头", "横幅是哪家挂的？", "陈守义", null, false),
        task(TaskKind.KEY_PLACE, "王家水库", "", "", NOW + 30 * HOUR, false),
    )

    private fun task(kind: TaskKind, title: String, words: String, by: String, dueAt: Long?, isLate: Boolean) = TaskView(
        kind = kind, report = if (kind == TaskKind.KEY_PLACE) null else "r-$kind", command = "c-$kind", unit = "QX-01-1",
        place = if (kind == TaskKind.KEY_PLACE) "k1" else null, title = title, words = words, reason = null, byName = by,
        at = NOW - 4 * HOUR,
        dueAt = dueAt, isLate = isLate,
    )

    fun coverage(): List<CoverageRow> = listOf(
        row("桥头村一网格", 620u, 60u, 140u, 0, 1u, 1u), row("桥头村二网格", 210u, 90u, 520u, 12, 6u, 0u),
        row("溪东村一网格", 0u, 0u, 700u, null, 9u, 2u),
    )

    private fun row(name: String, seen: ULong, unknown: ULong, unseen: ULong, days: Long?, blind: UInt, places: UInt) = CoverageRow(
        unit = name, name = name, village = name.take(3), hasOutline = true, seen = seen, unknown = unknown, unseen = unseen,
        reachable = seen + unknown + unseen, unseenDays = days, blindSpotCount = blind, keyPlacesDue = places,
    )

    fun dayLog() = DayLog(
        "2026-11-20",
        listOf(
            "08:41 开始巡查 · 桥头村一网格" to "08:41 Patrol begun · Bridge village 1",
            "09:12 上报：违章广告 · 王家桥头" to "09:12 Reported: banner",
            "09:35 核查：安全隐患 · 溪东老屋，属实" to "09:35 Check: old house, as reported", "10:02 结束巡查，走了 2.1 公里" to "10:02 Patrol ended, 2.1 km",
        ).mapIndexed { n, (zh, en) -> DayLogLine(NOW - n * HOUR, if (n == 1) "r" else null, zh, en) },
        "", "",
    )

    fun card(folder: File, isChinese: Boolean) = CardState(
        ReceiptCard(
            "违章广告", "王家桥头", "2026-11-17", "2026-11-20",
            listOf(CardStep("2026-11-17", "已受理", "Accepted"), CardStep("2026-11-19", "综合行政执法队已清除", "Removed by the team")),
            listOf(CardPicture("b1", null, true)), listOf(CardPicture("b2", null, true)),
        ),
        pictures = mapOf(
            "b1" to File(Samples.picture(folder, Sight.BANNER)).readBytes(),
            "b2" to File(Samples.picture(folder, Sight.CLEARED)).readBytes(),
        ),
        covered = mapOf("b1" to listOf(xunge.core.Region(0.2, 0.2, 0.2, 0.2))), isChinese = isChinese,
    )
}
