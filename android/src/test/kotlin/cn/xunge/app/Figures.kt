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
import xunge.core.Device
import xunge.core.ListQuery
import xunge.core.Phone
import xunge.core.RustBuffer
import xunge.core.Tab
import xunge.core.hasCipher
import xunge.core.libraryVersion

/** Figures of the core through the bindings, on the bare JVM, printed and never asserted: `make figures-android`. */
class CoreFigures {
    private val reports = System.getProperty("xunge.figures.reports").toInt()

    @Test fun theCoreThroughTheBindings() {
        each("call that answers yes or no", "20 µs") { hasCipher() }
        each("call that answers a short text", "20 µs") { libraryVersion() }
        // A call makes two for its status; one that answers a text makes two more to give the text's bytes back, and one for these.
        each("one of JNA's structures, made and thrown away", "printed only") { RustBuffer.ByValue() }

        val folder = File(System.getProperty("java.io.tmpdir"), "figures-${java.util.UUID.randomUUID()}")
        val stage = File(System.getProperty("xunge.programs"), "xunge-stage").path
        val seeding = ProcessBuilder(stage, "--seed-phone", "$reports", folder.path).start()
        val seeded = seeding.inputStream.bufferedReader().readText()
        val page = ListQuery(Tab.MINE, null, 50u)
        fun <T> opened(work: (Device) -> T): T =
            Phone.open(said(seeded, "folder"), "figures", "figures", null, ByteArray(0)).use { phone ->
                phone.device(said(seeded, "profile"), null).use(work)
            }
        // Once, so that the classes are loaded and nothing of the seeding is left to be tidied up.
        opened { check(it.reports(page).items.size == 50) }
        val open = (1..9).map { timed { opened { it.reports(page) } } }.sorted()[4]
        say("cold open with $reports reports to the first page, median of 9", open.toNanos() / 1e6, "ms", "150 ms")
        opened { device ->
            repeat(20) { device.reports(page) }
            val one = (1..50).map { timed { device.reports(page) } }.sorted()[25]
            say("page of 50 of $reports reports, median of 50", one.toNanos() / 1e6, "ms", "16 ms")
        }
        folder.deleteRecursively()
    }

    private fun said(seeded: String, name: String): String =
        checkNotNull(Regex("\"$name\" *: *\"([^\"]*)\"").find(seeded)) { seeded }.groupValues[1]

    /** Says what one of many small calls takes, once the first ones have warmed up. */
    private fun each(what: String, goal: String, call: () -> Unit) {
        repeat(CALLS) { call() }
        say(what, timed { repeat(CALLS) { call() } }.toNanos() / CALLS / 1000.0, "µs", goal)
    }

    private companion object {
        const val CALLS = 20_000
    }
}

/** Figures of the first screen, printed and never asserted: `make figures-android`. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class ScreenFigures {
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
}

private fun timed(work: () -> Unit): Duration {
    val start = Instant.now()
    work()
    return Duration.between(start, Instant.now())
}

private fun say(what: String, value: Double, unit: String, goal: String) =
    println("figure: %s: %.2f %s (goal %s)".format(what, value, unit, goal))
