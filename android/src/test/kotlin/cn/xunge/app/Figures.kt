package cn.xunge.app

import cn.xunge.app.look.Look
import cn.xunge.app.look.PageView
import cn.xunge.app.look.Palette
import java.io.File
import java.time.Duration
import java.time.Instant
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import xunge.core.FieldEdit
import xunge.core.ListQuery
import xunge.core.Phone
import xunge.core.Tab
import xunge.core.libraryVersion

/** Figures of the shell on this machine, printed and never asserted: `make figures-android`. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class Figures {
    private val reports = System.getProperty("xunge.figures.reports").toInt()

    @Test fun theCoreThroughTheBindings() = Town().use { town ->
        repeat(2_000) { libraryVersion() }
        val calls = 20_000
        val small = timed { repeat(calls) { libraryVersion() } }
        say("call that answers a short text", small.toNanos() / calls / 1000.0, "µs", "20 µs")

        val folder = File(System.getProperty("java.io.tmpdir"), "figures-${java.util.UUID.randomUUID()}")
        val code = town.code("W001")
        Phone.open(folder.path, "figures", "figures", null, ByteArray(0)).use { phone ->
            phone.device(phone.enrol(code), null).use { device ->
                xunge.core.CancelToken().use { device.sync(it) }
                repeat(reports) { n ->
                    val report = device.beginDraft()
                    device.setPlace(report, HERE)
                    device.editDraft(report, listOf(FieldEdit.SetCategory("ZF-GG", 1u), FieldEdit.SetDescription("第 $n 件")))
                    device.submit(report)
                }
                val page = ListQuery(Tab.MINE, null, 50u)
                repeat(20) { device.reports(page) }
                val one = (1..50).map { timed { device.reports(page) } }.sorted()[25]
                say("page of 50 of $reports reports, median", one.toNanos() / 1e6, "ms", "16 ms")
            }
        }
        val open = (1..5).map {
            timed {
                Phone.open(folder.path, "figures", "figures", null, ByteArray(0)).use { phone ->
                    phone.device(phone.profiles().first().id, null).use { it.reports(ListQuery(Tab.MINE, null, 50u)) }
                }
            }
        }.sorted()[2]
        say("cold open with $reports reports to the first page, median of 5", open.toNanos() / 1e6, "ms", "150 ms")
        folder.deleteRecursively()
        Unit
    }

    @Test fun theFirstScreen() {
        val app = RuntimeEnvironment.getApplication() as XungeApp
        val home = Gallery(app.filesDir, true).pages().getValue("home")
        val took = (1..10).map {
            val activity = Robolectric.buildActivity(Dressed::class.java).create().start().resume().visible().get()
            timed {
                val view = PageView(Look(activity, Palette.LIGHT), app.pictures)
                activity.setContentView(view)
                view.show(home)
                Gallery.shot(view.apply { Hand.lay(this) })
            }
        }.sorted()
        say("first screen inflated and drawn under Robolectric, median of 10", took[5].toNanos() / 1e6, "ms", "printed only")
    }

    private fun timed(work: () -> Unit): Duration {
        val start = Instant.now()
        work()
        return Duration.between(start, Instant.now())
    }

    private fun say(what: String, value: Double, unit: String, goal: String) =
        println("figure: %s: %.2f %s (goal %s)".format(what, value, unit, goal))
}
