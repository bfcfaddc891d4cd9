package cn.xunge.app.screen.card

import cn.xunge.app.look.Card
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Picture
import cn.xunge.app.look.Press
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times
import xunge.core.CardPicture

fun cardView(state: CardState, send: (CardEvent) -> Unit): Page {
    val card = state.card
    return Page(
        name = "card",
        title = words("card_title"),
        back = { send(CardEvent.Back) },
        body = buildList {
            state.wrong?.let { add(Card(listOf(Words(it, tag = "status_wrong")), "wrong", Tone.BAD)) }
            if (card == null) return@buildList
            add(Words(words("card_intro"), Style.SMALL, Tone.QUIET, "intro"))
            val lines = buildList<Node> {
                add(Words(plain(card.title), Style.TITLE))
                add(Words(plain(card.place)))
                val days = listOfNotNull(
                    words("card_reported", Times.day(card.reportedOn)), card.closedOn?.let { words("card_closed", Times.day(it)) },
                )
                add(Words(joined(days), Style.SMALL))
                pictures("card_before", card.before, state, send)
                pictures("card_after", card.after, state, send)
                card.steps.forEach { step ->
                    add(Words(joined(listOf(Times.day(step.on), plain(if (state.isChinese) step.zh else step.en))), Style.SMALL))
                }
                add(Words(words("card_thanks"), Style.STRONG))
            }
            add(Card(lines, "card", Tone.MAIN))
            uncover(state, send)
        },
        foot = listOf(Press(words("card_share"), "share", Weight.MAIN, "share", card != null) { send(CardEvent.Share) }),
        isSecret = true,
    )
}

private fun MutableList<Node>.pictures(key: String, pictures: List<CardPicture>, state: CardState, send: (CardEvent) -> Unit) {
    if (pictures.isEmpty()) return
    add(Words(words(key), Style.STRONG))
    pictures.forEach { picture ->
        val blob = picture.blob
        add(Picture(null, words("picture_of", words(key)), "picture_$blob", bytes = state.pictures[blob]) { x, y ->
            send(CardEvent.Cover(blob, x, y))
        })
    }
}

private fun MutableList<Node>.uncover(state: CardState, send: (CardEvent) -> Unit) {
    for ((blob, regions) in state.covered) {
        if (regions.isEmpty()) continue
        add(Words(words("card_blurred", regions.size), Style.SMALL, tag = "covered_$blob"))
        add(Press(words("card_clear"), "uncover_$blob", Weight.QUIET) { send(CardEvent.Uncover(blob)) })
    }
}
