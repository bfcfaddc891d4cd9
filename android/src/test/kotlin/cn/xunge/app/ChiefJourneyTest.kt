package cn.xunge.app

import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import xunge.core.FieldEdit
import xunge.core.State

/** A chief decides by touches alone, without a network, and sends later. */
@RunWith(Runner::class)
@Config(sdk = [26, 35], qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class ChiefJourneyTest {
    private val town = Town()
    private val hand = Hand()

    @After fun close() {
        hand.close()
        town.close()
    }

    @Test fun aChiefReturnsWithAReasonAndThenApproves() = OtherPhone(town, "W001").use { worker ->
        val report = worker.report("路灯杆上挂着违章横幅")
        hand.allowAll().enrol(town, "C001")
        assertTrue(hand.words().toString(), hand.reads("等您决定 1 件"))
        hand.tap("decisions")
        assertTrue(hand.words().toString(), hand.reads("林小满 报来") && hand.reads("路灯杆上挂着违章横幅"))
        assertTrue("the clock that runs for him is told: ${hand.words()}", hand.reads("过时自动转到镇里"))
        assertEquals("one picture", 1, hand.tags().count { it.startsWith("picture_") })

        hand.tap("return_$report")
        assertTrue("a return wants a reason", hand.words().contains("为什么退回？"))
        hand.tap("phrase_0")
        assertTrue("the reason that was tapped is chosen: ${hand.words()}", hand.words().any { it.startsWith("✓") })
        hand.tap("send_act")
        assertTrue(hand.words().toString(), hand.reads("已决定：退回"))
        assertFalse(hand.sees("card_$report"))
        hand.back().sync()

        worker.sync()
        assertEquals(State.RETURNED, worker.device.report(report).row.state)
        worker.device.edit(report, listOf(FieldEdit.SetDescription("两条横幅")))
        worker.device.submit(report)
        worker.sync()

        hand.sync().tap("decisions")
        assertTrue(hand.words().toString(), hand.reads("两条横幅"))
        hand.tap("approve_$report")
        assertTrue(hand.words().toString(), hand.reads("已决定：同意上报"))
        hand.back().sync()
        worker.sync()
        assertEquals(State.QUEUED, worker.device.report(report).row.state)
    }
}
