package cn.xunge.app

import cn.xunge.app.screen.Screen
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import xunge.core.Action
import xunge.core.ListQuery
import xunge.core.Reason
import xunge.core.State
import xunge.core.Tab

/** A worker's day by touches alone, from the first code to the approval, on the newest and on the oldest framework. */
@RunWith(Runner::class)
@Config(sdk = [26, 35], qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class WorkerJourneyTest {
    private val town = Town()
    private val hand = Hand()

    @After fun close() {
        hand.close()
        town.close()
    }

    @Test fun aWorkerReportsIsReturnedAndApproved() {
        hand.allowAll().enrol(town, "W001")
        capture()
        assertTrue(hand.words().toString(), hand.reads("等待发送"))
        hand.sync()
        assertTrue(hand.words().toString(), hand.reads("已收到") || hand.reads("都已送到"))

        OtherPhone(town, "C001").use { chief ->
            returned(chief)
            hand.sync()
            assertTrue("what came back stands on top: ${hand.words()}", hand.reads("退回给您的") && hand.reads("退回原因：照片看不清"))
            again()
            chief.sync()
            chief.device.decide(todo(chief), Action.Approve, null, null)
            chief.sync()
        }
        hand.sync()
        assertFalse(hand.reads("退回给您的"))
        hand.tap("reports")
        assertTrue(hand.words().toString(), hand.reads("待受理"))
        hand.tap(hand.tags().first { it.startsWith("report_") })
        assertTrue(hand.words().toString(), hand.reads("两条横幅"))
        assertTrue("the story is told", hand.reads("周有田 · 同意上报"))
    }

    private fun capture() {
        hand.tap("report")
        assertEquals(Screen.Name.CAPTURE, hand.activity.screens.last().name)
        hand.stand()
        assertTrue(hand.words().toString(), hand.reads("位置准"))
        hand.tap("take").shutter()
        hand.tap("choose_category").type("search", "wzgg").tap("found_ZF-GG")
        assertTrue(hand.words().toString(), hand.reads("违章广告"))
        hand.tap("answer_size_0")
        hand.type("words", "路灯杆上挂着违章横幅")
        hand.tap("submit")
        assertTrue(hand.words().toString(), hand.reads("已上报") && hand.reads("等有信号自动发送"))
        hand.tap("done")
    }

    private fun todo(chief: OtherPhone): String {
        val rows = chief.device.reports(ListQuery(Tab.TODO, null, 0u)).items
        return rows.single { it.state == State.SUBMITTED }.report
    }

    private fun returned(chief: OtherPhone) {
        chief.device.decide(todo(chief), Action.Return, Reason(null, "照片看不清", null), null)
        chief.sync()
    }

    private fun again() {
        hand.tap(hand.tags().first { it.startsWith("returned_") })
        hand.tap("edit").type("words", "两条横幅").tap("shoot").shutter()
        hand.tap("resubmit")
        assertTrue(hand.words().toString(), hand.reads("等待发送"))
        hand.back().sync()
    }
}
