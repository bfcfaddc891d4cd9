package cn.xunge.app

import cn.xunge.app.screen.Screen
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.BeforeClass
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config

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

    @Test fun aCodeOfSomethingElseIsSaidToBeNoCode() {
        hand.open().tap("type").type("code", "https://example.com/menu")
        assertTrue(hand.words().toString(), hand.reads("不是巡格的登记码"))
        assertFalse(hand.reads("example.com/menu，"))
    }

    companion object {
        private lateinit var town: Town

        @JvmStatic @BeforeClass fun found() {
            town = Town()
        }

        @JvmStatic @AfterClass fun leave() = town.close()
    }
}
