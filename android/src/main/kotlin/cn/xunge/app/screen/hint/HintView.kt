package cn.xunge.app.screen.hint

import cn.xunge.app.look.Card
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.words
import cn.xunge.app.screen.reportLines

fun hintView(state: HintState, send: (HintEvent) -> Unit) = Page(
    name = "hint",
    title = words("hint_title"),
    back = { send(HintEvent.Other) },
    body = buildList {
        state.wrong?.let { add(Card(listOf(Words(it, tag = "status_wrong")), "wrong", Tone.BAD)) }
        add(Words(words(if (state.rows.isEmpty()) "hint_none" else "hint_intro")))
        state.rows.forEach { row ->
            val join = Press(words("hint_join"), "join_${row.report}", Weight.MAIN, "plus") { send(HintEvent.Join(row.report)) }
            add(Card(reportLines(row, state.now) + join, "hint_${row.report}"))
        }
    },
    foot = listOf(Press(words("hint_other"), "other") { send(HintEvent.Other) }),
)
