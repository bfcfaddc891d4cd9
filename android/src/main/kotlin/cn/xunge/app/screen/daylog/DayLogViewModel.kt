package cn.xunge.app.screen.daylog

import cn.xunge.app.gateway.dayLog
import cn.xunge.app.look.words
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import java.time.LocalDate
import xunge.core.DayLog

data class DayLogState(val log: DayLog? = null, val isChinese: Boolean = true, val today: String = "")

sealed class DayLogEvent {
    data class Day(val later: Long) : DayLogEvent()

    data class Open(val report: String) : DayLogEvent()

    data object ShareText : DayLogEvent()

    data object SharePicture : DayLogEvent()

    data object Back : DayLogEvent()
}

/** Today's work log in one tap: written from what was done, not typed again. */
class DayLogViewModel(host: Host, private val day: String) : ViewModel<DayLogState, DayLogEvent>(DayLogState(), host) {
    override fun start() = load(day.ifEmpty { null })

    private fun load(day: String?) = gateway.dayLog(day, got { log ->
        val today = state.today.ifEmpty { if (day == null) log.day else "" }
        show(state.copy(log = log, isChinese = host.isChinese(), today = today))
    })

    override fun changed() = load(state.log?.day)

    override fun on(event: DayLogEvent) {
        val log = state.log
        when (event) {
            is DayLogEvent.Day -> log?.let { load(LocalDate.parse(it.day).plusDays(event.later).toString()) }
            is DayLogEvent.Open -> host.wish(Wish.Go(Screen(Screen.Name.REPORT, event.report)))
            DayLogEvent.ShareText -> log?.let { host.wish(Wish.ShareText(it.day, if (state.isChinese) it.textZh else it.textEn)) }
            DayLogEvent.SharePicture -> log?.let { host.wish(Wish.ShareScreen(words("daylog_title"), "xunge-${it.day}.jpg")) }
            DayLogEvent.Back -> host.wish(Wish.Back)
        }
    }
}
