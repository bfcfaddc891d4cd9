package cn.xunge.app

import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import cn.xunge.app.platform.ViewfinderView
import cn.xunge.app.screen.Screen
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import javax.imageio.ImageIO
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.BeforeClass
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowCameraCharacteristics

/** The first minutes with the app, on the real core and against a real server. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class EnrolTest {
    private val hand = Hand()

    @After fun close() = hand.close()

    @Test fun aCodeThatIsTypedMakesThePhoneSomebodys() {
        hand.open()
        assertTrue(hand.reads("登记这部手机"))
        hand.tap("type").type("code", town.code("W001"))
        assertTrue(hand.reads(town.url))
        hand.tap("go")
        assertTrue(hand.words().toString(), hand.reads("林小满"))
        hand.tap("agree")
        assertEquals(listOf(Screen(Screen.Name.HOME)), hand.activity.screens.toList())
        assertTrue(hand.sees("report"))
    }

    @Test fun aCodeInFrontOfTheCameraIsReadFromItsBrightness() {
        val (code, light) = town.drawnCode("W001")
        val back = ShadowCameraCharacteristics.newCameraCharacteristics()
        shadowOf(back).set(CameraCharacteristics.LENS_FACING, CameraCharacteristics.LENS_FACING_BACK)
        shadowOf(hand.app.getSystemService(CameraManager::class.java)).addCamera("0", back)
        hand.allowAll().open().tap("scan")
        val finder = hand.view("viewfinder") as ViewfinderView
        val texture = SurfaceTexture(0)
        finder.onSurfaceTextureAvailable(texture, 720, 720)
        hand.settle()
        // Frames of nothing first; rows are longer than the picture is wide, as cameras have them.
        finder.seen(ByteArray(704 * 480) { 120 }, 640, 480, 704)
        hand.settle()
        assertTrue("it goes on looking", hand.sees("viewfinder"))
        finder.seen(light.rows(padding = 48), light.width, light.height, light.width + 48)
        hand.settle()
        assertFalse(hand.sees("viewfinder"))
        assertEquals(code, hand.typed("code"))
        assertTrue("whose server it is: ${hand.words()}", hand.reads(town.url))
        assertTrue(finder.onSurfaceTextureDestroyed(texture))
    }

    @Test fun aCodeInAPictureOfTheAlbumIsRead() {
        val (code, light) = town.drawnCode("W001")
        hand.open().tap("pick").chosen(light.png())
        assertEquals(code, hand.typed("code"))
    }

    @Test fun aPictureWithoutACodeIsSaidToHaveNone() {
        hand.open().tap("pick").chosen(jpeg())
        assertTrue(hand.words().toString(), hand.reads("图片里没有找到登记码"))
        hand.tap("pick").chosen(null)
        assertTrue(hand.words().toString(), hand.reads("图片里没有找到登记码"))
    }

    @Test fun aCodeOfSomethingElseIsSaidToBeNoCode() {
        hand.open().tap("type").type("code", "https://example.com/menu")
        assertTrue(hand.words().toString(), hand.reads("不是巡格的登记码"))
        assertFalse(hand.reads("example.com/menu，"))
    }

    @Test fun aCodeThatWasUsedIsSaidToBe() {
        val code = town.code("W001")
        OtherPhone(town, "W001", code).close()
        hand.open().tap("type").type("code", code).tap("go")
        assertTrue(hand.words().toString(), hand.reads("已用过或过期"))
    }

    @Test fun aCodeOfAnotherTownshipIsNotTakenByThisOne() = Town().use { other ->
        val foreign = town.url + ":" + other.code("W001").substringAfterLast(':')
        hand.open().tap("type").type("code", "xunge:1:$foreign").tap("go")
        assertTrue(hand.words().toString(), hand.reads("已用过或过期"))
        assertFalse(hand.sees("agree"))
    }

    @Test fun withoutANetworkItSaysThatASignalIsWanted() {
        val nobody = Town().apply { close() }
        hand.open().tap("type").type("code", town.code("W001").replace(town.url, nobody.url)).tap("go")
        assertTrue(hand.words().toString(), hand.reads("登记时要有信号"))
    }

    companion object {
        private lateinit var town: Town

        @JvmStatic @BeforeClass fun found() {
            town = Town()
        }

        @JvmStatic @AfterClass fun leave() = town.close()
    }
}

/** A drawn code as a camera sees it: one byte of brightness a point. */
class Light(val width: Int, val height: Int, private val bright: (Int, Int) -> Boolean) {
    /** Row by row, each followed by [padding] bytes that mean nothing. */
    fun rows(padding: Int) = ByteArray((width + padding) * height).also { all ->
        for (y in 0 until height) for (x in 0 until width) all[y * (width + padding) + x] = if (bright(x, y)) 230.toByte() else 25
    }

    fun png(): ByteArray {
        val picture = BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)
        for (y in 0 until height) for (x in 0 until width) picture.setRGB(x, y, if (bright(x, y)) 0xE6E6E6 else 0x191919)
        return ByteArrayOutputStream().also { ImageIO.write(picture, "png", it) }.toByteArray()
    }
}
