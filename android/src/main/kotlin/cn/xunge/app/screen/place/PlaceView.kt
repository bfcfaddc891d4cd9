package cn.xunge.app.screen.place

import cn.xunge.app.look.Card
import cn.xunge.app.look.Chip
import cn.xunge.app.look.Chips
import cn.xunge.app.look.Field
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Progress
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times

fun placeView(state: PlaceState, send: (PlaceEvent) -> Unit) = Page(
    name = "place",
    title = words("place_title"),
    back = { send(PlaceEvent.Back) },
    body = buildList {
        val content = state.content ?: return@buildList
        add(Field(words("place_text"), "place_text", content.placeText, words("place_text_hint"), round = state.round, charsMax = 200) {
            send(PlaceEvent.Words(it))
        })
        nearby(state, send)
        add(Words(words("place_grid"), Style.STRONG))
        add(Field(words("place_search"), "search", state.sought, charsMax = 60) { send(PlaceEvent.Seek(it)) })
        state.grids.take(SHOWN).forEach { grid ->
            val isChosen = grid.unit == content.grid
            val name = plain(if (isChosen) "✓ ${grid.name}" else grid.name)
            val lines = listOf(Words(name, Style.STRONG), Words(plain(grid.village), Style.SMALL, Tone.QUIET))
            add(Card(lines, "grid_${grid.unit}", if (isChosen) Tone.MAIN else Tone.PLAIN) { send(PlaceEvent.Grid(grid.unit)) })
        }
        if (state.isMeasuring) add(Progress(null, "measuring"))
        add(Press(words("place_here"), "here", Weight.QUIET, "place") { send(PlaceEvent.Here) })
    },
    foot = listOf(Press(words("common_done"), "done", Weight.MAIN) { send(PlaceEvent.Back) }),
)

private fun MutableList<Node>.nearby(state: PlaceState, send: (PlaceEvent) -> Unit) {
    if (state.nearby.isEmpty()) return add(Words(words("place_nearby_none"), Style.SMALL, Tone.QUIET)).let { }
    add(Words(words("place_nearby"), Style.SMALL, Tone.QUIET))
    add(Chips(state.nearby.map { near ->
        val label = joined(listOf(plain(near.name), Times.distance(near.distanceM)))
        Chip(label, "near_${near.name}", near.name == state.content?.placeText) { send(PlaceEvent.Nearby(near.name)) }
    }, "nearby"))
}

private const val SHOWN = 30
