package cn.xunge.app

import cn.xunge.app.screen.Screen
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import xunge.core.State

/** Acts that are begun on a report's own page, and what lists and places lead to: by everybody whom the core permits them. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class ActsTest {
    private val town = Town()
    private val hand = Hand()

    @After fun close() {
        hand.close()
        town.close()
    }

    @Test fun aChiefDecidesOnTheReportsOwnPage() = OtherPhone(town, "W001").use { worker ->
        val report = worker.report("路灯杆上挂着违章横幅")
        hand.allowAll().enrol(town, "C001").tap("reports").tap("tab_todo").tap("report_$report")
        hand.tap("act_pass_up")
        assertTrue(hand.words().toString(), hand.reads("提到哪一级？") && hand.sees("level_township"))
        assertFalse("nobody is chief of the village", hand.sees("level_village"))
        assertFalse("a grid passes nothing up to the county", hand.sees("level_county"))
        hand.tap("cancel_act").tap("act_return").tap("phrase_0").tap("phrase_0")
        assertFalse("what was taken back is no reason", hand.view("send_act").isEnabled)
        hand.tap("phrase_0")
        val said = hand.typed("act_words")
        hand.tap("send_act")
        assertTrue(hand.words().toString(), hand.reads("退回，等待发送"))
        hand.back().back().sync()
        worker.sync()
        val row = worker.device.report(report).row
        assertEquals(State.RETURNED, row.state)
        assertEquals("the words of the sentence that was tapped", said, row.why?.text)
    }

    @Test fun aReportIsWithdrawnWithASecondTap() {
        hand.allowAll().enrol(town, "W001")
        val report = submitted()
        hand.tap("reports").tap("report_$report").tap("act_withdraw")
        assertTrue(hand.words().toString(), hand.reads("再点一次撤回"))
        hand.tap("act_withdraw")
        assertTrue(hand.words().toString(), hand.reads("撤回，等待发送"))
    }

    @Test fun listsLeadToWhatStandsInThem() {
        hand.allowAll().enrol(town, "W001")
        val report = submitted()
        hand.tap("report").type("words", "写到一半").back().tap("reports")
        val draft = hand.tags().first { it.startsWith("draft_") }
        assertTrue(hand.sees("report_$report"))
        hand.tap("tab_finished")
        assertFalse(hand.sees(draft))
        hand.tap("tab_mine").tap(draft)
        assertEquals(Screen.Name.CAPTURE, hand.activity.screens.last().name)
        assertEquals("写到一半", hand.typed("words"))
        hand.back().back().tap("day_log").tap(hand.tags().first { it.startsWith("line_") })
        assertEquals(Screen(Screen.Name.REPORT, report), hand.activity.screens.last())
    }

    @Test fun thePlaceOfADraftIsTakenAnew() {
        hand.allowAll().enrol(town, "W001")
        hand.tap("report").tap("choose_place").tap("here")
        assertTrue(hand.sees("measuring"))
        hand.stand()
        assertFalse(hand.sees("measuring"))
        hand.tap("done")
        assertTrue(hand.words().toString(), hand.reads("网格："))
    }

    /** One that was filled in elsewhere does not count as a visit. */
    @Test fun aKeyPlaceIsCheckedWhereThePhoneIs() {
        town.nameKeyPlace("ZD-8", 28.3052, 120.9041)
        hand.allowAll().enrol(town, "W001").tap("tasks_waiting")
        hand.tap(BRIDGE).stand(28.32, 120.9041).tap("all_right").tap("done")
        assertTrue("nobody was there: ${hand.tags()}", hand.sees(BRIDGE))
        hand.tap(BRIDGE).stand(28.3052, 120.9041).tap("all_right").tap("done")
        assertFalse("somebody was there: ${hand.tags()}", hand.sees(BRIDGE))
    }

    private fun submitted(): String {
        hand.tap("report").stand().type("words", "路灯杆上挂着违章横幅")
        hand.tap("choose_category").type("search", "wzgg").tap("found_ZF-GG").tap("submit").tap("done")
        hand.tap("reports")
        val report = hand.tags().first { it.startsWith("report_") }.removePrefix("report_")
        hand.back()
        return report
    }

    private companion object {
        const val BRIDGE = "task_ZD-8"
    }
}
