package cn.xunge.app.screen.coverage

import cn.xunge.app.look.Card
import cn.xunge.app.look.Chip
import cn.xunge.app.look.Chips
import cn.xunge.app.look.Drawn
import cn.xunge.app.look.Legend
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Shares
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import xunge.core.CoverageRow

fun coverageView(state: CoverageState, send: (CoverageEvent) -> Unit) = Page(
    name = "coverage",
    title = words("coverage_title"),
    back = { send(CoverageEvent.Back) },
    body = buildList {
        add(Chips(listOf(false to "coverage_week", true to "coverage_month").map { (isMonth, key) ->
            Chip(words(key), key, isMonth == state.isMonth) { send(CoverageEvent.Month(isMonth)) }
        }, "periods"))
        add(Legend("legend", isMap = false))
        if (state.isLoaded && state.rows.isEmpty()) add(Words(words("coverage_empty"), tone = Tone.QUIET, tag = "status_empty"))
        state.rows.forEach { add(grid(it, state, send)) }
        add(Words(words("coverage_of_places"), Style.SMALL, Tone.QUIET))
    },
)

private fun grid(row: CoverageRow, state: CoverageState, send: (CoverageEvent) -> Unit): Card {
    val lines = buildList<Node> {
        add(Words(plain(row.name), Style.STRONG))
        if (row.village.isNotEmpty()) add(Words(plain(row.village), Style.SMALL, Tone.QUIET))
        if (!row.hasOutline || row.reachable == 0uL) {
            add(Words(words("coverage_no_outline"), Style.SMALL, Tone.QUIET))
        } else {
            shares(row)
        }
        val days = row.unseenDays
        val since = when (days) {
            null -> words("coverage_never")
            0L -> words("coverage_seen_today")
            else -> words("coverage_days", days)
        }
        add(Words(since, Style.SMALL))
        if (row.blindSpotCount > 0u) add(Words(words("coverage_blind", row.blindSpotCount.toInt())))
        if (row.keyPlacesDue > 0u) add(Words(words("coverage_places", row.keyPlacesDue.toInt()), tone = Tone.BAD))
        val picture = state.picture
        if (state.open == row.unit && picture != null) add(Drawn(picture, words("coverage_map", row.name), "picture_${row.unit}"))
    }
    return Card(lines, "grid_${row.unit}") { send(CoverageEvent.Open(row.unit)) }
}

private fun MutableList<Node>.shares(row: CoverageRow) {
    val all = row.reachable.toFloat()
    val parts = listOf(row.seen, row.unknown, row.unseen).map { it.toFloat() / all }
    val said = joined(listOf("seen", "unknown", "unseen").mapIndexed { n, word -> words("coverage_" + word, Math.round(parts[n] * 100)) })
    add(Shares(parts[0], parts[1], parts[2], said, "shares_${row.unit}"))
    add(Words(said, Style.SMALL))
}
