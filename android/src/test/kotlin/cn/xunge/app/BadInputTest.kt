package cn.xunge.app

import android.Manifest
import android.net.Uri
import android.os.Looper
import cn.xunge.app.platform.FileHandOver
import cn.xunge.app.platform.PatrolService
import cn.xunge.app.platform.PhonesDecoder
import cn.xunge.app.screen.Screen
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.io.File
import java.time.Duration
import javax.imageio.ImageIO
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.BeforeClass
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** What no phone should do and phones do: each says what happened, and nothing that exists is wiped. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class BadInputTest {
    private val hand = Hand()
    private val refused get() = File(hand.app.applicationInfo.dataDir, "files/refused").listFiles().orEmpty().toList()

    @Before fun enrol() {
        hand.allowAll().enrol(town, "W001")
    }

    @After fun close() = hand.close()

    private fun begin(): Hand = hand.tap("report").type("words", "桥头路灯不亮")

    private fun pictures() = hand.tags().count { it.startsWith("picture_") }

    @Test fun aCameraThatWroteAFileOfNoBytes() {
        begin().tap("take").shutter(bytes = ByteArray(0))
        assertTrue(hand.words().toString(), hand.reads("没有拍到照片"))
        assertEquals("桥头路灯不亮", hand.typed("words"))
    }

    @Test fun aHeicPictureIsSaidToBeOneAndPutAside() {
        val heic = byteArrayOf(0, 0, 0, 24) + "ftypheic".toByteArray() + ByteArray(400)
        begin().tap("take").shutter(heic)
        assertTrue(hand.words().toString(), hand.reads("HEIC"))
        assertTrue("it may be the only one there is", refused.single().readBytes().contentEquals(heic))
        hand.die()
        assertFalse("it is not offered again", hand.sees("wrong"))
    }

    @Test fun aPictureThatOnlyThePhoneCanReadIsMadeAJpeg() {
        // Robolectric's decoder reads no HEIC; what it reads is written anew, what it does not read stays.
        val file = File.createTempFile("picture", ".jpg").apply { writeBytes(png()) }
        assertTrue(PhonesDecoder.rewrite(file))
        assertEquals(listOf(0xFF.toByte(), 0xD8.toByte()), file.readBytes().take(2))
        begin().tap("take").shutter(file.readBytes())
        assertEquals(hand.words().toString(), 1, pictures())
        file.writeBytes(ByteArray(400))
        assertFalse(PhonesDecoder.rewrite(file))
        assertEquals(400, file.length())
        assertTrue(file.delete())
    }

    @Test fun aPictureOfAHundredMegapixelsIsTaken() {
        val large = BufferedImage(12_000, 9_000, BufferedImage.TYPE_BYTE_GRAY)
        for (x in 0 until large.width) large.raster.setSample(x, x * 3 / 4, 0, 200)
        val bytes = ByteArrayOutputStream().also { ImageIO.write(large, "jpg", it) }.toByteArray()
        begin().tap("take").shutter(bytes)
        assertEquals(hand.words().toString(), 1, pictures())
    }

    @Test fun aScreenshotWithoutAPositionLeavesTheMeasuredOne() {
        begin().stand().tap("pick")
        hand.chosen(png())
        assertEquals(hand.words().toString(), 1, pictures())
        assertTrue(hand.words().toString(), hand.reads("位置准") && hand.reads("网格："))
    }

    @Test fun anAlbumThatGivesNothing() {
        begin().tap("pick").chosen(null)
        assertTrue(hand.words().toString(), hand.reads("没有拍到照片"))
        assertEquals("桥头路灯不亮", hand.typed("words"))
    }

    @Test fun theAppIsKilledBetweenTheShutterAndTheSave() {
        begin().tap("take")
        val asked = shadowOf(hand.activity).nextStartedActivityForResult
        @Suppress("DEPRECATION")
        val into = asked.intent.getParcelableExtra<Uri>(android.provider.MediaStore.EXTRA_OUTPUT)!!
        hand.app.contentResolver.openOutputStream(into)!!.use { it.write(jpeg()) }
        hand.die()
        assertEquals("the result never came; the picture lay there: ${hand.words()}", 1, pictures())
        hand.die()
        assertEquals("once is enough: ${hand.words()}", 1, pictures())
    }

    @Test fun theClockIsSetBackWhileCapturing() {
        begin().stand(errorM = 80f)
        pass(2)
        assertFalse(hand.sees("clock_back"))
        (hand.app as TestApp).clockMs = -3_600_000L
        pass(2)
        assertTrue(hand.words().toString(), hand.reads("手机时间往回调过"))
        hand.die()
        assertEquals("桥头路灯不亮", hand.typed("words"))
    }

    @Test fun permissionIsTakenAwayWhilePatrolling() {
        hand.tap("patrol").stand().tap("start")
        val service = Robolectric.buildService(PatrolService::class.java, shadowOf(hand.app).nextStartedService).create().startCommand(0, 1)
        hand.settle().stand(28.3041, 120.9051)
        shadowOf(hand.app).denyPermissions(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION)
        pass(61)
        assertTrue(hand.words().toString(), hand.reads("定位关了，没有在记录"))
        // The system ends the process with the permission, and starts the service again.
        hand.die()
        service.startCommand(0, 2)
        hand.settle()
        assertEquals(Screen.Name.PATROL, hand.activity.screens.last().name)
        hand.activity.onRequestPermissionsResult(0, arrayOf(Manifest.permission.ACCESS_FINE_LOCATION), intArrayOf(-1))
        hand.settle()
        assertTrue(hand.words().toString(), hand.reads("没有定位权限"))
        assertTrue("the patrol itself is still there", hand.reads("正在记录") || hand.reads("巡查"))
        hand.tap("end").tap("end")
        service.destroy()
    }

    @Test fun theKeyOfTheDatabaseIsLost() {
        begin()
        val app = hand.app as TestApp
        FakeKeystore.install()
        val profiles = File(app.applicationInfo.dataDir, "files/phone")
        val before = databases(profiles) { true }
        assertEquals(1, before.size)
        // A key that was wrapped by a keystore that has been reset since.
        cn.xunge.app.platform.DatabaseKey(File(app.applicationInfo.dataDir, "no_backup")).open()
        FakeKeystore.reset()
        app.isKeyWanted = true
        hand.die()
        assertEquals(Screen.Name.ENROL, hand.activity.screens.last().name)
        assertTrue(hand.words().toString(), hand.reads("以前的资料打不开了") && hand.reads("没有删除"))
        val aside = databases(profiles) { "set-aside" in it.path }
        assertTrue("the database lies there, whole: $before, $aside", aside.size == 1 && aside[0] >= before[0])
        app.isKeyWanted = false
        hand.tap("type").type("code", town.code("W001")).tap("go").tap("agree")
        assertTrue("and enrols anew", hand.sees("report"))
    }

    /** The lengths of the databases below a folder. */
    private fun databases(folder: File, isMeant: (File) -> Boolean): List<Long> =
        folder.walk().filter { it.isFile && it.extension == "sqlite3" && isMeant(it) }.map { it.length() }.toList()

    /** Lets seconds go by on the phone. */
    private fun pass(seconds: Long) {
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(seconds))
        hand.settle()
    }

    private fun png(): ByteArray =
        ByteArrayOutputStream().also { ImageIO.write(BufferedImage(720, 1560, BufferedImage.TYPE_INT_RGB), "png", it) }.toByteArray()

    companion object {
        private lateinit var town: Town

        @JvmStatic @BeforeClass fun found() {
            town = Town()
        }

        @JvmStatic @AfterClass fun leave() = town.close()
    }
}
