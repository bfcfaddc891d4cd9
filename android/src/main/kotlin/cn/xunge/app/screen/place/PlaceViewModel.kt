package cn.xunge.app.screen.place

import cn.xunge.app.gateway.draft
import cn.xunge.app.gateway.editDraft
import cn.xunge.app.gateway.nearbyNames
import cn.xunge.app.gateway.ownGrids
import cn.xunge.app.gateway.searchGrids
import cn.xunge.app.gateway.setPlace
import cn.xunge.app.gateway.typeDraft
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Permission
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.FieldEdit
import xunge.core.GridName
import xunge.core.NearbyName
import xunge.core.ReportContent

data class PlaceState(
    val content: ReportContent? = null,
    val sought: String = "",
    val grids: List<GridName> = emptyList(),
    val nearby: List<NearbyName> = emptyList(),
    val isMeasuring: Boolean = false,
    val round: Int = 0,
)

sealed class PlaceEvent {
    data class Seek(val text: String) : PlaceEvent()

    data class Grid(val unit: String) : PlaceEvent()

    data class Words(val text: String) : PlaceEvent()

    data class Nearby(val name: String) : PlaceEvent()

    data object Here : PlaceEvent()

    data object Back : PlaceEvent()
}

/** The grid by its name, and the place as people there call it. */
class PlaceViewModel(host: Host, private val report: String) : ViewModel<PlaceState, PlaceEvent>(PlaceState(), host) {
    override fun start() {
        refresh()
        seek("")
    }

    override fun changed() = Unit

    private fun refresh() = gateway.draft(report, got { content ->
        show(state.copy(content = content))
        content.place?.let { place -> gateway.nearbyNames(place, got { show(state.copy(nearby = it)) }) }
    })

    override fun on(event: PlaceEvent) {
        when (event) {
            is PlaceEvent.Seek -> seek(event.text)
            is PlaceEvent.Grid -> gateway.editDraft(report, listOf(FieldEdit.SetGrid(event.unit)), got { refresh() })
            is PlaceEvent.Words -> {
                show(state.copy(content = state.content?.copy(placeText = event.text)))
                gateway.typeDraft(report, "place_text", FieldEdit.SetPlaceText(event.text), got { })
            }
            is PlaceEvent.Nearby -> {
                show(state.copy(content = state.content?.copy(placeText = event.name), round = state.round + 1))
                gateway.editDraft(report, listOf(FieldEdit.SetPlaceText(event.name)), got { })
            }
            PlaceEvent.Here -> host.wish(Wish.Allow(Permission.LOCATION))
            PlaceEvent.Back -> host.wish(Wish.Back)
        }
    }

    private fun seek(text: String) {
        show(state.copy(sought = text))
        val found = got<List<GridName>> { if (state.sought == text) show(state.copy(grids = it)) }
        if (text.isBlank()) gateway.ownGrids(found) else gateway.searchGrids(text, found)
    }

    override fun told(what: Told) {
        when (what) {
            is Told.Allowed -> if (what.isGranted) {
                show(state.copy(isMeasuring = true))
                host.wish(Wish.Measure)
            }
            is Told.Fix -> if (state.isMeasuring) {
                show(state.copy(isMeasuring = false))
                host.wish(Wish.StopMeasuring)
                gateway.setPlace(report, what.claim, got { refresh() })
            }
            else -> Unit
        }
    }

    override fun stop() {
        if (state.isMeasuring) host.wish(Wish.StopMeasuring)
        super.stop()
    }
}
