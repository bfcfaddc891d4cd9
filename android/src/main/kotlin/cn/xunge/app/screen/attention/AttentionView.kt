package cn.xunge.app.screen.attention

import cn.xunge.app.gateway.Names
import cn.xunge.app.look.Card
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.joined
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times
import xunge.core.AttentionItem

fun attentionView(state: AttentionState, send: (AttentionEvent) -> Unit) = Page(
    name = "attention",
    title = words("attention_title"),
    back = { send(AttentionEvent.Back) },
    body = buildList {
        val intro = if (state.isLoaded && state.items.isEmpty()) "attention_empty" else "attention_intro"
        add(Words(words(intro), tag = "status_intro"))
        state.items.forEach { add(item(it, state.now, send)) }
    },
    isSecret = true,
)

private fun item(item: AttentionItem, now: Long, send: (AttentionEvent) -> Unit) = Card(
    listOf(
        Words(words("attention_what_${item.what}"), Style.STRONG),
        Words(Names.refusal(item.refusal)),
        Words(joined(listOf(plain(item.code), Times.at(item.at, now))), Style.SMALL),
        Row(listOf(
            Press(words("attention_open"), "open_${item.id}") { send(AttentionEvent.Open(item.report)) },
            Press(words("attention_share"), "share_${item.id}", Weight.QUIET) { send(AttentionEvent.Share(item)) },
            Press(words("attention_clear"), "clear_${item.id}", Weight.QUIET) { send(AttentionEvent.Clear(item.id)) },
        ), "acts_${item.id}", 110),
    ),
    "item_${item.id}",
    Tone.BAD,
)
