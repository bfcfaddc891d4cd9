package cn.xunge.app.screen.category

import cn.xunge.app.gateway.categoryChildren
import cn.xunge.app.gateway.editDraft
import cn.xunge.app.gateway.recentCategories
import cn.xunge.app.gateway.searchCategories
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.CategoryTile
import xunge.core.FieldEdit

data class CategoryState(
    val sought: String = "",
    val recent: List<CategoryTile> = emptyList(),
    val tiles: List<CategoryTile> = emptyList(),
    val way: List<CategoryTile> = emptyList(),
    val found: List<CategoryTile>? = null,
)

sealed class CategoryEvent {
    data class Seek(val text: String) : CategoryEvent()

    data class Tap(val tile: CategoryTile) : CategoryEvent()

    data object Up : CategoryEvent()

    data object Back : CategoryEvent()
}

/** Chooses a category: lately used, by name or initials, or tile by tile. */
class CategoryViewModel(host: Host, private val report: String) : ViewModel<CategoryState, CategoryEvent>(CategoryState(), host) {
    override fun start() {
        gateway.recentCategories(RECENT, got { show(state.copy(recent = it)) })
        below(state.way.lastOrNull())
    }

    override fun changed() = Unit

    override fun on(event: CategoryEvent) {
        when (event) {
            is CategoryEvent.Seek -> seek(event.text)
            is CategoryEvent.Tap -> if (event.tile.hasChildren) into(state.way + event.tile) else choose(event.tile)
            CategoryEvent.Up -> into(state.way.dropLast(1))
            CategoryEvent.Back -> host.wish(Wish.Back)
        }
    }

    private fun seek(text: String) {
        show(state.copy(sought = text))
        if (text.isBlank()) return show(state.copy(found = null))
        gateway.searchCategories(text, got { if (state.sought == text) show(state.copy(found = it)) })
    }

    private fun into(way: List<CategoryTile>) {
        show(state.copy(way = way, sought = "", found = null))
        below(way.lastOrNull())
    }

    private fun below(tile: CategoryTile?) = gateway.categoryChildren(tile?.category?.id, got { show(state.copy(tiles = it)) })

    private fun choose(tile: CategoryTile) {
        val edit = FieldEdit.SetCategory(tile.category.id, tile.category.version)
        gateway.editDraft(report, listOf(edit), got { host.wish(Wish.Back) })
    }

    private companion object {
        const val RECENT = 6
    }
}
