package cn.xunge.app.screen

import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import java.util.Locale

/** Dates, times and amounts as people in a township write them. */
object Times {
    /** The clock on the wall of every township; the phone's own zone plays no part. */
    val ZONE: ZoneId = ZoneId.of("Asia/Shanghai")

    fun at(ms: Long, now: Long): Text {
        val then = Instant.ofEpochMilli(ms).atZone(ZONE)
        val today = Instant.ofEpochMilli(now).atZone(ZONE).toLocalDate()
        val clock = String.format(Locale.ROOT, "%d:%02d", then.hour, then.minute)
        return when {
            then.toLocalDate() == today -> words("common_today", clock)
            then.toLocalDate() == today.minusDays(1) -> words("common_yesterday", clock)
            then.year == today.year -> words("common_date", then.monthValue, then.dayOfMonth, clock)
            else -> words("common_date_year", then.year, then.monthValue, then.dayOfMonth)
        }
    }

    fun day(day: LocalDate): Text = words("common_day", day.monthValue, day.dayOfMonth)

    /** A day as the core writes it. */
    fun day(text: String): Text = day(LocalDate.parse(text))

    fun span(ms: Long): Text {
        val minutes = ms / 60_000
        return when {
            minutes >= 48 * 60 -> words("common_days", minutes / 60 / 24)
            minutes >= 60 && minutes % 60 == 0L -> words("common_hours", minutes / 60)
            minutes >= 60 -> words("common_hours_minutes", minutes / 60, minutes % 60)
            else -> words("common_minutes", maxOf(minutes, 1))
        }
    }

    fun distance(metres: Double): Text =
        if (metres < 1000) words("common_metres", metres.toInt())
        else words("common_kilometres", String.format(Locale.ROOT, "%.1f", metres / 1000))

    fun bytes(count: Long): Text =
        if (count < 1_000_000) words("common_kilobytes", ((count + 999) / 1000).toString())
        else words("common_megabytes", String.format(Locale.ROOT, "%.1f", count / 1e6))
}
