package cn.xunge.app

import android.app.Activity
import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.os.Looper
import android.view.View
import android.widget.TextView
import cn.xunge.app.look.Look
import cn.xunge.app.look.Page
import cn.xunge.app.look.PageView
import cn.xunge.app.look.Palette
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** Draws every screen as people would see it: in both languages, small and large, light, dark and in high contrast. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi")
class ScreensTest {
    private class Dress(val language: String, val percent: Int, val palette: Palette, val name: String)

    private val app get() = RuntimeEnvironment.getApplication() as XungeApp
    private val isAll = System.getProperty("xunge.screens.all") == "true"
    private val isRenewing = System.getProperty("xunge.goldens.renew") == "true"
    private val goldens = File(System.getProperty("xunge.repository"), "android/src/test/goldens")
    private val out = File(System.getProperty("xunge.screens"))

    private fun dresses(): List<Dress> = listOf("zh", "en").flatMap { language ->
        listOf(100, 200).flatMap { percent ->
            listOf("light" to Palette.LIGHT, "dark" to Palette.DARK, "high" to Palette.HIGH).map { (name, palette) ->
                Dress(language, percent, palette, "$language-$percent-$name")
            }
        }
    }

    @Test fun everyScreenIsWholeInEveryDressAndLooksAsItDid() {
        val clipped = ArrayList<String>()
        val changed = ArrayList<String>()
        for (dress in dresses()) {
            val wanted = Gallery(app.filesDir, dress.language == "zh").pages()
            for ((name, page) in wanted) {
                val isGolden = GOLDENS[name] == dress.name
                if (!isAll && !isGolden && dress.percent != 200) continue
                draw(page, dress) { view ->
                    clipped += view.clipped().map { "$name ${dress.name}: $it" }
                    val shot = if (isAll || isGolden) Gallery.shot(view) else null
                    if (isAll) keepAll(view, checkNotNull(shot), "$name-${dress.name}")
                    if (isGolden) compare(checkNotNull(shot), name)?.let { changed += it }
                }
            }
        }
        assertEquals("words that do not fit", emptyList<String>(), clipped)
        assertEquals("look at target/screens, then run with -Dgoldens.renew=true", emptyList<String>(), changed)
        assertEquals("a dozen", 12, GOLDENS.size)
    }

    private fun draw(page: Page, dress: Dress, then: (PageView) -> Unit) {
        app.wardrobe.language = dress.language
        app.wardrobe.textPercent = dress.percent
        val controller = Robolectric.buildActivity(Dressed::class.java).create().start().resume().visible()
        val activity = controller.get()
        val view = PageView(Look(activity, dress.palette), app.pictures)
        activity.setContentView(view)
        view.show(page)
        val looper = shadowOf(Looper.getMainLooper())
        do looper.idle() while (!app.pictures.isRested())
        looper.idle()
        then(view)
        controller.pause().stop().destroy()
    }

    /** Words that are cut off in their line or box, and what is too small for a thumb. */
    private fun View.clipped(): List<String> = Hand.all(this).filter { it.isShown }.flatMap { view ->
        buildList {
            if (view is TextView && view.layout != null) {
                val room = view.height - view.compoundPaddingTop - view.compoundPaddingBottom
                if (view.layout.height > room + 1) add("${view.text} is ${view.layout.height} high in $room")
                val lines = 0 until view.layout.lineCount
                if (lines.any { view.layout.getEllipsisCount(it) > 0 }) add("${view.text} is shortened")
                if (lines.any { isLatin(view.text, view.layout.getLineEnd(it)) }) add("${view.text} is broken within a word")
                val wide = view.width - view.compoundPaddingLeft - view.compoundPaddingRight
                if (lines.any { view.layout.getLineMax(it) > wide + 1 }) add("${view.text} is wider than $wide")
            }
            val least = (55 * resources.displayMetrics.density).toInt()
            if (view.hasOnClickListeners() && (view.height < least || view.width < least)) {
                add("${(view as? TextView)?.text ?: view.contentDescription} is ${view.width} x ${view.height}, too small to touch")
            }
        }
    }

    /** Whether letters stand on both sides of a place in a text. */
    private fun isLatin(text: CharSequence, at: Int): Boolean {
        val letters = ('a'..'z') + ('A'..'Z')
        return at in 1 until text.length && text[at - 1] in letters && text[at] in letters
    }

    // --- goldens

    /** A third of the picture's side: small to keep, large enough to see what moved. */
    private fun small(shot: Bitmap) = Bitmap.createScaledBitmap(shot, shot.width / 3, shot.height / 3, true)

    private fun compare(shot: Bitmap, name: String): String? {
        val file = File(goldens, "$name.png")
        val now = small(shot)
        if (isRenewing) {
            keep(now, file)
            return null
        }
        keep(now, File(out, "goldens/$name.png"))
        val before = BitmapFactory.decodeFile(file.path) ?: return "$name has no golden"
        if (before.width != now.width || before.height != now.height) return "$name has another size"
        val (one, other) = pixels(before) to pixels(now)
        val differing = one.indices.count { far(one[it], other[it]) > COLOUR_FAR }
        return if (differing > one.size * DIFFERING_MOST) "$name differs in $differing of ${one.size} pixels" else null
    }

    private fun pixels(of: Bitmap) = IntArray(of.width * of.height).also { of.getPixels(it, 0, of.width, 0, 0, of.width, of.height) }

    private fun far(one: Int, other: Int): Int =
        listOf(0, 8, 16).maxOf { Math.abs((one shr it and 0xFF) - (other shr it and 0xFF)) }

    /** The window, and where the page is longer than that, the whole of what scrolls. */
    private fun keepAll(view: PageView, shot: Bitmap, name: String) {
        keep(shot, File(out, "$name.png"))
        val whole = view.drawn()
        if (whole.height > shot.height) keep(whole, File(out, "$name-whole.png"))
    }

    private fun keep(bitmap: Bitmap, file: File) {
        file.parentFile?.mkdirs()
        file.outputStream().use { assertTrue(bitmap.compress(Bitmap.CompressFormat.PNG, 100, it)) }
    }

    private companion object {
        const val COLOUR_FAR = 40
        const val DIFFERING_MOST = 0.004

        /** Which screens are compared, each in one dress. */
        val GOLDENS = mapOf(
            "enrol" to "zh-100-light", "notice" to "zh-100-light", "home" to "zh-100-light", "home-quiet" to "zh-200-light",
            "capture" to "zh-100-light", "capture-missing" to "zh-200-high", "category" to "zh-100-dark", "reports" to "zh-100-light",
            "report" to "en-100-light", "decisions" to "zh-100-light", "patrol" to "zh-100-dark", "settings" to "en-200-light",
        )
    }
}

/** An empty window in what the worker wears. */
class Dressed : Activity() {
    override fun attachBaseContext(base: Context) {
        super.attachBaseContext((base.applicationContext as XungeApp).wardrobe.dress(base))
    }

    override fun onCreate(saved: android.os.Bundle?) {
        setTheme(R.style.Xunge)
        super.onCreate(saved)
    }
}
