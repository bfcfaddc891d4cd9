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
import xunge.core.Reason
import xunge.core.State

/** What was typed and not sent yet outlives the app: beside a decision, under a report, in a task. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class KeptTest {
    private val town = Town()
    private val hand = Hand()

    @After fun close() {
        hand.close()
        town.close()
    }

    @Test fun aReasonThatWasNotSentOutlivesTheApp() = OtherPhone(town, "W001").use { worker ->
        val report = worker.report("路灯杆上挂着违章横幅")
        hand.allowAll().enrol(town, "C001").tap("decisions").tap("return_$report").type("act_words", "看不清是哪一根")
        hand.die()
        assertEquals(Screen.Name.DECISIONS, hand.activity.screens.last().name)
        assertEquals("看不清是哪一根", hand.typed("act_words"))
        assertTrue("the reasons to choose from are there too", hand.sees("phrase_0"))
        hand.tap("send_act")
        assertTrue(hand.words().toString(), hand.reads("已决定：退回"))
        hand.back().sync()
        worker.sync()
        assertEquals("看不清是哪一根", worker.device.report(report).row.why?.text)
        worker.device.submit(report)
        worker.sync()
        hand.sync().tap("decisions")
        assertTrue(hand.sees("return_$report"))
        assertFalse("what was sent is not begun again", hand.sees("begun"))
    }

    @Test fun aReasonThatWasCancelledIsGone() = OtherPhone(town, "W001").use { worker ->
        val report = worker.report("路灯杆上挂着违章横幅")
        hand.allowAll().enrol(town, "C001").tap("decisions").tap("return_$report").type("act_words", "弄错了").tap("cancel_act")
        hand.die()
        assertFalse(hand.sees("begun"))
        assertEquals("", hand.tap("return_$report").typed("act_words"))
    }

    @Test fun aNoteAndTheWordsOfAReturnedReportOutliveTheApp() = OtherPhone(town, "C001").use { chief ->
        hand.allowAll().enrol(town, "W001")
        submitted()
        hand.tap("reports").tap(hand.tags().first { it.startsWith("report_") }).tap("note").type("note_words", "旁边还有一条")
        // Another screen and back, then the end of the process.
        hand.back().tap(hand.tags().first { it.startsWith("report_") })
        assertEquals("旁边还有一条", hand.typed("note_words"))
        hand.die()
        assertEquals("旁边还有一条", hand.typed("note_words"))
        hand.tap("save_note").die()
        assertFalse(hand.sees("note_words"))
        assertTrue(hand.words().toString(), hand.reads("旁边还有一条"))
        returned(chief)
        hand.tap("edit").type("words", "两条横幅").die()
        assertEquals("两条横幅", hand.typed("words"))
        hand.tap("resubmit").die()
        assertFalse("handed in, nothing is being changed", hand.sees("rewriting"))
        assertTrue(hand.words().toString(), hand.reads("两条横幅"))
    }

    private fun submitted() {
        hand.tap("report").stand().type("words", "路灯杆上挂着违章横幅")
        hand.tap("choose_category").type("search", "wzgg").tap("found_ZF-GG").tap("submit").tap("done")
    }

    private fun returned(chief: OtherPhone) {
        hand.back().back().sync()
        chief.sync()
        val report = chief.device.reports(xunge.core.ListQuery(xunge.core.Tab.TODO, null, 0u)).items.single { it.state == State.SUBMITTED }
        chief.device.decide(report.report, Action.Return, Reason(null, "照片看不清", null), null)
        chief.sync()
        hand.sync().tap("returned_${report.report}")
    }

    @Test fun theAnswerToATaskOutlivesTheApp() {
        hand.allowAll().enrol(town, "W001")
        submitted()
        hand.sync()
        hand.tap("reports").tap(hand.tags().first { it.startsWith("report_") })
        val code = hand.words().firstNotNullOf { Regex("[A-Z0-9]+(-[A-Z0-9]+){2,}").find(it)?.value }
        hand.back().back()
        town.act(code, "ask", "R001", "--text", "请补充准确地点。")
        hand.sync().tap("tasks_waiting").tap(hand.tags().first { it.startsWith("task_") }).type("answer", "桥头东侧")
        hand.tap("shoot").shutter().die()
        assertEquals(Screen.Name.TASK, hand.activity.screens.last().name)
        assertEquals("桥头东侧", hand.typed("answer"))
        assertTrue("its picture is counted: ${hand.words()}", hand.reads("照片 1/1"))
        hand.tap("send")
        assertTrue(hand.words().toString(), hand.sees("sent"))
    }
}
