package cn.xunge.app.screen.card

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.cardPicture
import cn.xunge.app.gateway.receiptCard
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.CardPicture
import xunge.core.ReceiptCard
import xunge.core.Region

data class CardState(
    val card: ReceiptCard? = null,
    val pictures: Map<String, ByteArray> = emptyMap(),
    val covered: Map<String, List<Region>> = emptyMap(),
    val isChinese: Boolean = true,
    val wrong: Text? = null,
)

sealed class CardEvent {
    /** A tap on a picture, from 0 to 1 from its left and upper edge: what is there is covered. */
    data class Cover(val blob: String, val x: Float, val y: Float) : CardEvent()

    data class Uncover(val blob: String) : CardEvent()

    data object Share : CardEvent()

    data object Back : CardEvent()
}

/** 回音卡: what became of a matter, for the resident, with everything personal covered. */
class CardViewModel(host: Host, private val report: String) : ViewModel<CardState, CardEvent>(CardState(), host) {
    override fun start() = gateway.receiptCard(report, got { card ->
        show(state.copy(card = card, isChinese = host.isChinese()))
        (card.before + card.after).forEach { draw(it) }
    })

    override fun changed() = Unit

    private fun draw(picture: CardPicture) {
        val regions = state.covered[picture.blob].orEmpty()
        gateway.cardPicture(picture, regions, got { bytes ->
            if (bytes != null) show(state.copy(pictures = state.pictures + (picture.blob to bytes)))
        })
    }

    override fun on(event: CardEvent) {
        when (event) {
            is CardEvent.Cover -> cover(event.blob, state.covered[event.blob].orEmpty() + around(event.x, event.y))
            is CardEvent.Uncover -> cover(event.blob, emptyList())
            CardEvent.Share -> host.wish(Wish.ShareScreen(words("card_title"), "xunge-card.jpg"))
            CardEvent.Back -> host.wish(Wish.Back)
        }
    }

    private fun cover(blob: String, regions: List<Region>) {
        show(state.copy(covered = state.covered + (blob to regions)))
        val card = state.card ?: return
        (card.before + card.after).firstOrNull { it.blob == blob }?.let { draw(it) }
    }

    private fun around(x: Float, y: Float): Region {
        val (left, top) = listOf(x, y).map { (it.toDouble() - SIDE / 2).coerceIn(0.0, 1.0 - SIDE) }
        return Region(left, top, SIDE, SIDE)
    }

    override fun failed(failure: Failure) = show(state.copy(wrong = failure.text))

    private companion object {
        const val SIDE = 0.2
    }
}
