package cn.xunge.app.screen.category

import cn.xunge.app.look.Field
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import xunge.core.CategoryTile

fun categoryView(state: CategoryState, send: (CategoryEvent) -> Unit): Page {
    val above = state.way.lastOrNull()
    return Page(
        name = "category",
        title = above?.let { plain(it.category.name) } ?: words("category_title"),
        back = { send(if (above == null) CategoryEvent.Back else CategoryEvent.Up) },
        body = buildList {
            if (above == null) add(Field(words("category_search"), "search", state.sought) { send(CategoryEvent.Seek(it)) })
            val found = state.found
            when {
                found != null -> found(found, send)
                else -> {
                    if (above == null && state.recent.isNotEmpty()) {
                        add(Words(words("category_recent"), Style.STRONG))
                        tiles("recent", state.recent, send)
                    }
                    if (above == null) add(Words(words("category_all"), Style.STRONG))
                    tiles("tile", state.tiles, send)
                }
            }
        },
    )
}

private fun MutableList<Node>.found(found: List<CategoryTile>, send: (CategoryEvent) -> Unit) {
    if (found.isEmpty()) add(Words(words("category_none"), tone = Tone.QUIET, tag = "status_none")) else tiles("found", found, send)
}

private fun MutableList<Node>.tiles(sort: String, tiles: List<CategoryTile>, send: (CategoryEvent) -> Unit) {
    add(Row(tiles.map { tile ->
        val weight = if (tile.hasChildren) Weight.SECOND else Weight.QUIET
        val said = if (tile.className.isEmpty()) null else plain("${tile.className} ${tile.category.name}")
        Press(plain(tile.category.name), "${sort}_${tile.category.id}", weight, said = said) { send(CategoryEvent.Tap(tile)) }
    }, sort, 130))
}
