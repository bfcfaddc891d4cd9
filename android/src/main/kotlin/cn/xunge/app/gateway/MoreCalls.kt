package cn.xunge.app.gateway

import xunge.core.CardPicture
import xunge.core.CoverageRow
import xunge.core.DayLog
import xunge.core.NewsItem
import xunge.core.ReceiptCard
import xunge.core.Region
import xunge.core.TaskView

// --- tasks and news

fun CoreGateway.tasks(then: Then<List<TaskView>>) = ask("tasks", then) { it.tasks() }

fun CoreGateway.news(then: Then<List<NewsItem>>) = ask("news", then) { it.news() }

fun CoreGateway.told(ids: List<Long>, then: Then<Unit>) = ask("told", then) { it.told(ids) }

// --- one tap

fun CoreGateway.dayLog(day: String?, then: Then<DayLog>) = ask("day_log", then) { it.dayLog(day) }

fun CoreGateway.receiptCard(report: String, then: Then<ReceiptCard>) = ask("receipt_card", then) { it.receiptCard(report) }

/** A card's picture, or its thumbnail where the whole is not here, with parts of it covered; null where neither is. */
fun CoreGateway.cardPicture(picture: CardPicture, regions: List<Region>, then: Then<ByteArray?>) =
    ask("blur_picture", then) { device ->
        val bytes = device.attachmentBytes(picture.blob) ?: picture.thumbnail?.let { device.attachmentBytes(it) }
        if (bytes == null || regions.isEmpty()) bytes else xunge.core.blurPicture(bytes, regions)
    }

// --- coverage

fun CoreGateway.coverageRows(period: String?, then: Then<List<CoverageRow>>) =
    ask("coverage_rows", then) { it.coverageRows(period) }

fun CoreGateway.coveragePicture(grid: String, period: String?, then: Then<ByteArray>) =
    ask("coverage_picture", then) { it.coveragePicture(grid, period, PICTURE_PX) }

private const val PICTURE_PX = 720u
