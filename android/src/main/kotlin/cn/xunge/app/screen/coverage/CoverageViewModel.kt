package cn.xunge.app.screen.coverage

import cn.xunge.app.gateway.coveragePicture
import cn.xunge.app.gateway.coverageRows
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Times
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import java.time.Instant
import xunge.core.CoverageRow

data class CoverageState(
    val isMonth: Boolean = false,
    val rows: List<CoverageRow> = emptyList(),
    val open: String? = null,
    val picture: ByteArray? = null,
    val isLoaded: Boolean = false,
)

sealed class CoverageEvent {
    data class Month(val isMonth: Boolean) : CoverageEvent()

    data class Open(val grid: String) : CoverageEvent()

    data object Back : CoverageEvent()
}

/** What was seen of the grids in scope: of places, never of people. */
class CoverageViewModel(host: Host) : ViewModel<CoverageState, CoverageEvent>(CoverageState(), host) {
    /** This week as the core takes it, or this month. */
    private val period: String?
        get() = if (state.isMonth) Instant.ofEpochMilli(host.now()).atZone(Times.ZONE).toLocalDate().toString().take(7) else null

    override fun start() = gateway.coverageRows(period, got { show(state.copy(rows = it, isLoaded = true)) })

    override fun on(event: CoverageEvent) {
        when (event) {
            is CoverageEvent.Month -> {
                show(state.copy(isMonth = event.isMonth, open = null, picture = null))
                start()
            }
            is CoverageEvent.Open -> open(event.grid)
            CoverageEvent.Back -> host.wish(Wish.Back)
        }
    }

    private fun open(grid: String) {
        if (state.open == grid) return show(state.copy(open = null, picture = null))
        show(state.copy(open = grid, picture = null))
        gateway.coveragePicture(grid, period, got { if (state.open == grid) show(state.copy(picture = it)) })
    }
}
