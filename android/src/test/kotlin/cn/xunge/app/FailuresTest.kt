package cn.xunge.app

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.KeyLost
import cn.xunge.app.look.Look
import cn.xunge.app.look.Palette
import cn.xunge.app.look.words
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import xunge.core.CoreException
import xunge.core.InputProblem
import xunge.core.Refusal

/** Every failure of the core has words that say what to do, and none of them is English in Chinese. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class FailuresTest {
    private val look = Look(RuntimeEnvironment.getApplication(), Palette.LIGHT)

    private fun said(thrown: Throwable) = look.say(Failure.of(thrown).text)

    @Test fun everyKindOfFailureSaysWhatToDo() {
        assertTrue(said(CoreException.StorageFull("x")).contains("存储空间满了"))
        assertTrue(said(CoreException.StorageFailed("x")).contains("没有删除"))
        assertTrue(said(CoreException.Offline("x")).contains("没有信号"))
        assertTrue(said(CoreException.UpdateRequired("x")).contains("请更新"))
        assertTrue(said(CoreException.Internal("x")).contains("没有丢"))
        assertTrue(said(CoreException.NotFound("x")).contains("没有这一件"))
        assertTrue(said(CoreException.NotAllowed(Refusal.DECIDED_MEANWHILE, "x")).contains("已经有人先定了"))
        assertTrue(said(CoreException.SignInRequired(29_500u, "x")).contains("30 秒"))
        assertTrue(said(IllegalStateException("a panic")).contains("没有丢"))
        assertEquals(Failure.Kind.KEY_LOST, Failure.of(KeyLost(null)).kind)
    }

    @Test fun whatIsWrongIsSaidFieldByField() {
        val problems = listOf(
            InputProblem("category", "must be filled in", """{"rule":"missing"}"""),
            InputProblem("description", "is longer", """{"rule":"too_long","chars_max":2000}"""),
            InputProblem("", "take a picture", """{"rule":"nothing_shown"}"""),
            InputProblem("from/a/later/core", "something", """{"rule":"newer"}"""),
        )
        val said = Failure.of(CoreException.InvalidInput(problems, "x")).problems.map { look.say(it.text) }
        assertEquals("类别：还没有填", said[0])
        assertEquals("说明：太长，最多 2000 个字", said[1])
        assertTrue(said[2].contains("有一样就行"))
        assertTrue("what is newer than the app still has words", said[3].contains("请再看一看"))
    }

    @Test fun aPictureThatCannotBeTakenSaysWhy() {
        val said = mapOf("empty" to "none", "heic" to "heic", "too_large" to "large", "not_a_picture" to "bad", "damaged" to "bad")
        for ((rule, key) in said) {
            val refused = CoreException.InvalidInput(listOf(InputProblem("picture", rule, "")), "x")
            assertEquals(words("capture_picture_$key"), Failure.of(refused).text)
        }
        val silent = CoreException.InvalidInput(listOf(InputProblem("voice_note", "no sound", "")), "x")
        assertEquals(words("capture_voice_failed"), Failure.of(silent).text)
    }
}
