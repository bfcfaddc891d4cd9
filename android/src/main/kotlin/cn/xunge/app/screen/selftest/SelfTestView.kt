package cn.xunge.app.screen.selftest

import cn.xunge.app.look.Card
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.SystemPage
import xunge.core.SelfTestFinding
import xunge.core.Severity

fun selfTestView(state: SelfTestState, send: (SelfTestEvent) -> Unit) = Page(
    name = "selftest",
    title = words("selftest_title"),
    back = { send(SelfTestEvent.Back) },
    body = buildList {
        add(Words(words("selftest_intro")))
        if (state.isDone && state.findings.isEmpty()) {
            add(Card(listOf(Words(words("selftest_ok"), Style.STRONG, tag = "status_ok")), "ok", Tone.GOOD))
        }
        state.findings.forEach { add(finding(it, state.isChinese, send)) }
    },
    foot = listOf(Press(words("selftest_again"), "again") { send(SelfTestEvent.Again) }),
)

private fun finding(finding: SelfTestFinding, isChinese: Boolean, send: (SelfTestEvent) -> Unit): Card {
    val (head, tone) = when (finding.severity) {
        Severity.BLOCKS -> "selftest_blocks" to Tone.BAD
        Severity.RISKS -> "selftest_risks" to Tone.WARN
        Severity.HINT -> "selftest_hint" to Tone.PLAIN
    }
    val lines = buildList {
        add(Words(words(head), Style.SMALL))
        add(Words(plain(if (isChinese) finding.zh else finding.en), Style.STRONG))
        SelfTestViewModel.PAGES[finding.key]?.let { page ->
            add(Press(words(button(page)), "open_${finding.key}", Weight.MAIN, "settings") { send(SelfTestEvent.Open(page)) })
        }
    }
    return Card(lines, "finding_${finding.key}", tone)
}

private fun button(page: SystemPage): String = when (page) {
    SystemPage.LOCATION -> "selftest_location"
    SystemPage.PERMISSIONS -> "selftest_permission"
    SystemPage.BATTERY -> "selftest_battery"
    SystemPage.AUTOSTART -> "selftest_autostart"
    SystemPage.NOTIFICATIONS -> "selftest_notify"
    SystemPage.STORAGE -> "selftest_storage"
}
