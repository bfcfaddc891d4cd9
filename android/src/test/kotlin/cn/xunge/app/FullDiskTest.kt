package cn.xunge.app

import java.io.File
import java.io.IOException
import java.util.concurrent.TimeUnit
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config

/** A disk that is full for real: the core's folder is a small file system of its own, which only root can mount. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class FullDiskTest {
    private val town = Town()
    private val hand = Hand()
    private val folder by lazy { File(hand.app.applicationInfo.dataDir, "files/phone") }
    private val ballast get() = File(folder, "ballast")
    private var isMounted = false

    @Before fun mount() {
        folder.mkdirs()
        isMounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder.path)
        check(isMounted || System.getenv("CI") != "true") { "in CI nothing is left out: a file system could not be mounted" }
        assumeTrue("only root can mount a small file system", isMounted)
        hand.allowAll().enrol(town, "W001")
    }

    @After fun unmount() {
        if (isMounted) {
            hand.close()
            run("umount", "-l", folder.path)
        }
        town.close()
    }

    @Test fun duringAPhotoItIsSaidAndTheDraftAndThePhotoStay() {
        hand.tap("report").type("words", "桥头路灯不亮").tap("take")
        fill()
        hand.shutter(jpeg(2400, 1800))
        assertTrue(hand.words().toString(), hand.reads("手机存储空间满了"))
        assertEquals("桥头路灯不亮", hand.typed("words"))
        assertEquals(0, pictures())
        ballast.delete()
        hand.die()
        assertEquals("with room it is taken, without being asked for again: ${hand.words()}", 1, pictures())
        assertEquals("桥头路灯不亮", hand.typed("words"))
    }

    @Test fun duringASaveItIsSaidAndWhatWasSavedStays() {
        hand.tap("report").type("words", "桥头")
        fill()
        // A journal that is there already takes a few more rows even then; sooner or later it wants to grow.
        var last = "桥头"
        var n = 0
        while (!hand.reads("手机存储空间满了")) {
            check(n++ < 400) { "the disk is never full" }
            last = "桥头路灯不亮$n"
            hand.say("words", last)
        }
        assertEquals("what is on the screen stays there", last, hand.typed("words"))
        ballast.delete()
        hand.say("words", "桥头路灯不亮，已写完")
        assertFalse(hand.words().toString(), hand.reads("手机存储空间满了"))
        hand.die()
        assertEquals("桥头路灯不亮，已写完", hand.typed("words"))
    }

    private fun pictures() = hand.tags().count { it.startsWith("picture_") }

    /** Takes the last byte that there is. */
    private fun fill() = ballast.outputStream().use { out ->
        for (size in listOf(1 shl 16, 4096, 1)) {
            try {
                while (true) out.write(ByteArray(size))
            } catch (_: IOException) {
                continue
            }
        }
    }

    private fun run(vararg words: String): Boolean {
        val process = ProcessBuilder(*words).redirectErrorStream(true).start()
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0
    }
}
