package cn.xunge.app.screen.daylog

import cn.xunge.app.look.Card
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times

fun dayLogView(state: DayLogState, send: (DayLogEvent) -> Unit): Page {
    val log = state.log
    return Page(
        name = "daylog",
        title = words("daylog_title"),
        back = { send(DayLogEvent.Back) },
        body = buildList {
            if (log == null) {
                add(Words(words("common_loading")))
                return@buildList
            }
            add(Words(Times.day(log.day), Style.TITLE, tag = "day"))
            if (log.lines.isEmpty()) add(Words(words("daylog_empty"), tone = Tone.QUIET, tag = "status_empty"))
            log.lines.forEachIndexed { n, line ->
                val report = line.report
                val act = if (report == null) null else ({ send(DayLogEvent.Open(report)) })
                add(Card(listOf(Words(plain(if (state.isChinese) line.zh else line.en))), "line_$n", act = act))
            }
            add(Words(words("daylog_made"), Style.SMALL, Tone.QUIET))
            add(Row(listOf(
                Press(words("daylog_before"), "before", Weight.QUIET) { send(DayLogEvent.Day(-1)) },
                Press(words("daylog_after"), "after", Weight.QUIET, isOn = log.day != state.today) { send(DayLogEvent.Day(1)) },
            ), "days", 120))
        },
        foot = listOf(Row(listOf(
            Press(words("daylog_share_text"), "share_text", Weight.MAIN, "share") { send(DayLogEvent.ShareText) },
            Press(words("daylog_share_picture"), "share_picture", icon = "picture") { send(DayLogEvent.SharePicture) },
        ), "sharing", 120)),
    )
}
