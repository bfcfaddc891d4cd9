package cn.xunge.app.screen.hint

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.hints
import cn.xunge.app.gateway.joinReport
import cn.xunge.app.look.Text
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.ReportRow

data class HintState(
    val rows: List<ReportRow> = emptyList(),
    val thumbnails: Map<String, ByteArray> = emptyMap(),
    val wrong: Text? = null,
    val now: Long = 0,
)

sealed class HintEvent {
    data class Join(val report: String) : HintEvent()

    data object Other : HintEvent()
}

/** "Already reported?": adds what was captured to a report that is there, or goes on. */
class HintViewModel(host: Host, private val draft: String) : ViewModel<HintState, HintEvent>(HintState(), host) {
    override fun start() = gateway.hints(draft, got { show(state.copy(rows = it, now = host.now())) })

    override fun on(event: HintEvent) {
        when (event) {
            is HintEvent.Join -> gateway.joinReport(draft, event.report, got {
                host.wish(Wish.Home(Screen(Screen.Name.REPORT, event.report)))
            })
            HintEvent.Other -> host.wish(Wish.Back)
        }
    }

    override fun failed(failure: Failure) = show(state.copy(wrong = failure.text))
}
