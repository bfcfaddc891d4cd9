package cn.xunge.app.screen.notice

import cn.xunge.app.look.Card
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.words

fun noticeView(state: NoticeState, send: (NoticeEvent) -> Unit) = Page(
    name = "notice",
    title = words("notice_title"),
    back = if (state.isFirst) null else ({ send(NoticeEvent.Back) }),
    body = buildList {
        val whose = buildList {
            add(Words(words("notice_whose", state.name), Style.STRONG))
            if (state.where.isNotEmpty()) add(Words(words("notice_where", state.where)))
        }
        if (state.name.isNotEmpty()) add(Card(whose, "whose", Tone.MAIN))
        for (part in listOf("what", "not", "who", "how")) {
            add(Card(listOf(Words(words("notice_$part"), Style.STRONG), Words(words("notice_${part}_text")))))
        }
    },
    foot = if (state.isFirst) listOf(Press(words("notice_agree"), "agree", Weight.MAIN) { send(NoticeEvent.Agree) })
    else emptyList(),
)
