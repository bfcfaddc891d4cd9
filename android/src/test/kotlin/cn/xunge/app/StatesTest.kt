package cn.xunge.app

import android.Manifest
import android.app.Activity
import cn.xunge.app.screen.Screen
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.BeforeClass
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** What happens to phones in the field, in the middle of a capture: nothing that was typed or photographed is lost. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class StatesTest {
    private val hand = Hand()

    @Before fun enrol() {
        hand.allowAll().enrol(town, "W001")
    }

    @After fun close() = hand.close()

    private fun begin(): Hand = hand.tap("report").type("words", "桥头路灯不亮")

    @Test fun aRotationKeepsEverything() {
        begin().stand().rotate()
        assertEquals("桥头路灯不亮", hand.typed("words"))
        assertEquals(listOf(Screen.Name.HOME, Screen.Name.CAPTURE), hand.activity.screens.map { it.name })
        assertTrue(hand.words().toString(), hand.reads("网格：1") || hand.reads("网格："))
    }

    @Test fun theEndOfTheProcessKeepsEverything() {
        begin().tap("take").shutter().die()
        assertEquals(Screen.Name.CAPTURE, hand.activity.screens.last().name)
        assertEquals("桥头路灯不亮", hand.typed("words"))
        assertEquals(1, hand.tags().count { it.startsWith("picture_") })
    }

    @Test fun aCameraThatReturnsNothingIsSaidAndNothingIsLost() {
        begin().tap("take").shutter(bytes = null, result = Activity.RESULT_CANCELED)
        assertTrue(hand.reads("没有拍到照片"))
        assertEquals("桥头路灯不亮", hand.typed("words"))
    }

    @Test fun aPictureThatIsNoneIsSaidInWords() {
        begin().tap("take").shutter("这不是照片".toByteArray())
        assertTrue(hand.words().toString(), hand.reads("打不开"))
        hand.tap("take").shutter(jpeg())
        assertFalse(hand.sees("wrong"))
    }

    @Test fun withoutLocationTheGridIsChosenByName() {
        shadowOf(hand.app).denyPermissions(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION)
        hand.tap("report")
        shadowOf(hand.activity)
        hand.activity.onRequestPermissionsResult(0, arrayOf(Manifest.permission.ACCESS_FINE_LOCATION), intArrayOf(-1))
        hand.settle()
        assertTrue(hand.words().toString(), hand.reads("没有定位权限"))
        hand.tap("choose_place").tap(hand.tags().first { it.startsWith("grid_") }).tap("done")
        assertTrue(hand.words().toString(), hand.reads("网格："))
    }

    @Test fun locationThatIsSwitchedOffIsSaid() {
        val system = hand.app.getSystemService(android.location.LocationManager::class.java)
        shadowOf(system).setLocationEnabled(false)
        hand.tap("report")
        assertTrue(hand.words().toString(), hand.reads("定位没有打开"))
        hand.tap("open_location")
        assertEquals(android.provider.Settings.ACTION_LOCATION_SOURCE_SETTINGS, shadowOf(hand.activity).nextStartedActivity.action)
    }

    @Test fun whatIsMissingIsSaidAllAtOnce() {
        hand.tap("report").tap("submit")
        assertTrue(hand.words().toString(), hand.reads("类别：还没有填"))
        assertTrue(hand.words().toString(), hand.reads("网格：还没有填"))
        assertTrue(hand.words().toString(), hand.reads("有一样就行"))
    }

    @Test fun nothingIsThrownAwayByOneTap() {
        begin().tap("discard")
        assertTrue(hand.sees("discard"))
        assertTrue(hand.reads("再点一次"))
        hand.tap("discard")
        assertEquals(listOf(Screen.Name.HOME), hand.activity.screens.map { it.name })
        assertFalse(hand.sees("drafts"))
    }

    @Test fun aPinKeepsOthersOut() {
        hand.tap("settings").tap("pin_begin").type("pin", "2580").tap("pin_save")
        assertTrue(hand.reads("密码已设好"))
        hand.die()
        assertEquals(Screen.Name.PROFILES, hand.activity.screens.last().name)
        hand.tap(hand.tags().first { it.startsWith("profile_") }).type("pin", "1111").tap("open")
        assertTrue(hand.words().toString(), hand.reads("密码不对"))
    }

    @Test fun largeLettersAndAnotherLanguageAreWornAtOnce() {
        hand.tap("settings").tap("text_200")
        assertEquals(2f, hand.activity.resources.configuration.fontScale)
        hand.settle().tap("language_en")
        assertTrue(hand.words().toString(), hand.reads("Send now"))
        hand.tap("contrast")
        assertTrue(hand.app.wardrobe.isHighContrast)
    }

    companion object {
        private lateinit var town: Town

        @JvmStatic @BeforeClass fun found() {
            town = Town()
        }

        @JvmStatic @AfterClass fun leave() = town.close()
    }
}
