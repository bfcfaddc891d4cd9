package cn.xunge.app

import android.os.Bundle
import android.os.Looper
import android.os.StrictMode
import android.os.SystemClock
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import android.widget.TextView
import cn.xunge.app.look.FieldView
import cn.xunge.app.look.Node
import cn.xunge.app.look.PageView
import java.time.Instant
import org.junit.Assert.assertTrue
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** A person with the phone in hand: touches what is on the screen, types, reads, and waits until the phone has done it. */
class Hand {
    val app: XungeApp get() = RuntimeEnvironment.getApplication() as XungeApp
    lateinit var controller: ActivityController<MainActivity>
        private set
    val activity: MainActivity get() = controller.get()
    private val root: View get() = activity.window.decorView
    val page: PageView get() = all(root).filterIsInstance<PageView>().first()

    /** Opens the app as from the home screen, or as the system does with what it had saved. */
    fun open(saved: Bundle? = null): Hand {
        controller = Robolectric.buildActivity(MainActivity::class.java).create(saved).start()
        if (saved != null) controller.restoreInstanceState(saved)
        controller.postCreate(saved).resume().visible()
        return settle()
    }

    /** Waits until no call of the core is under way and nothing waits on the main thread. */
    fun settle(): Hand {
        val looper = shadowOf(Looper.getMainLooper())
        // The framework's own clock stands still in tests; this is the machine's.
        val limit = Instant.now().plusSeconds(LIMIT_S)
        do {
            strictly { looper.idle() }
            check(Instant.now() < limit) { "the phone does not come to rest" }
        } while (!app.gateway.books.restedWithin(50) || !app.pictures.isRested() || !looper.isIdle)
        layout()
        return this
    }

    /** Work on the main thread that belongs elsewhere ends the test: the core, the disk, the network. */
    private fun strictly(work: () -> Unit) {
        val before = StrictMode.getThreadPolicy()
        val strict = StrictMode.ThreadPolicy.Builder().detectCustomSlowCalls().detectDiskReads().detectDiskWrites().detectNetwork()
        StrictMode.setThreadPolicy(strict.penaltyDeath().build())
        try {
            work()
        } finally {
            StrictMode.setThreadPolicy(before)
        }
    }

    private fun layout() {
        // The oldest framework draws its next frame only when its clock goes on, which it does not in tests.
        val views = all(root)
        if (views.none { it.isLayoutRequested }) return
        views.forEach { it.forceLayout() }
        lay(root)
    }

    // --- reading

    fun words(): List<String> = all(root).filterIsInstance<TextView>().filter { it.isShown }.map { it.text.toString() }

    fun reads(part: String): Boolean = words().any { part in it }

    fun sees(tag: String): Boolean = views(tag).isNotEmpty()

    fun views(tag: String): List<View> = all(root).filter { (it.getTag(R.id.node) as? Node)?.tag == tag }

    fun view(tag: String): View = views(tag).firstOrNull()
        ?: throw AssertionError("nothing here is called $tag; there is ${tags()} and ${words()}")

    fun tags(): List<String> = all(root).mapNotNull { (it.getTag(R.id.node) as? Node)?.tag }.filter { it.isNotEmpty() }

    // --- doing

    /** Touches the middle of what has this name, after it was scrolled to where a finger reaches it. */
    fun tap(tag: String): Hand = touch(view(tag))

    /** Touches what has these words on it. */
    fun tapWords(words: String): Hand = touch(
        all(root).filterIsInstance<TextView>().firstOrNull { it.isShown && it.text.toString() == words }
            ?: throw AssertionError("nobody reads $words; there is ${this.words()}"),
    )

    fun back(): Hand {
        touch(page.backButton())
        return this
    }

    fun type(tag: String, words: String): Hand {
        val field = view(tag) as FieldView
        touch(field.edit)
        field.edit.requestFocus()
        for (end in 1..words.length) {
            field.edit.setText(words.substring(0, end))
        }
        return settle()
    }

    /** Writes words into a field at once, as a keyboard that guesses whole sentences does. */
    fun say(tag: String, words: String): Hand {
        (view(tag) as FieldView).edit.setText(words)
        return settle()
    }

    fun typed(tag: String): String = (view(tag) as FieldView).edit.text.toString()

    private fun touch(view: View): Hand {
        assertTrue("it is switched off: $view", view.isEnabled)
        view.requestRectangleOnScreen(android.graphics.Rect(0, 0, view.width, view.height), true)
        settle()
        val (x, y) = middle(view)
        assertTrue("it lies outside the screen: $x, $y of ${root.width} x ${root.height}", x in 0f..root.width.toFloat())
        assertTrue("it lies outside the screen: $x, $y of ${root.width} x ${root.height}", y in 0f..root.height.toFloat())
        val at = SystemClock.uptimeMillis()
        for (what in listOf(MotionEvent.ACTION_DOWN, MotionEvent.ACTION_UP)) {
            val event = MotionEvent.obtain(at, SystemClock.uptimeMillis(), what, x, y, 0)
            strictly { root.dispatchTouchEvent(event) }
            event.recycle()
        }
        return settle()
    }

    private fun middle(view: View): Pair<Float, Float> {
        val at = IntArray(2).also { view.getLocationInWindow(it) }
        return at[0] + view.width / 2f to at[1] + view.height / 2f
    }

    // --- what happens to a phone

    fun rotate(): Hand {
        RuntimeEnvironment.setQualifiers("+land")
        controller.recreate()
        return settle()
    }

    /** The system ends the process and the person comes back: only what was saved is there, and the disk. */
    fun die(): Hand {
        val saved = Bundle()
        controller.pause().stop().saveInstanceState(saved).destroy()
        app.gateway.close()
        app.open()
        return open(saved)
    }

    fun close() {
        controller.pause().stop().destroy()
        app.gateway.close()
    }

    companion object {
        private const val LIMIT_S = 60L

        /** Measures and lays out a view as large as the screen. */
        fun lay(view: View) {
            val metrics = view.resources.displayMetrics
            view.measure(
                View.MeasureSpec.makeMeasureSpec(metrics.widthPixels, View.MeasureSpec.EXACTLY),
                View.MeasureSpec.makeMeasureSpec(metrics.heightPixels, View.MeasureSpec.EXACTLY),
            )
            view.layout(0, 0, metrics.widthPixels, metrics.heightPixels)
        }

        fun all(view: View): List<View> = buildList {
            add(view)
            if (view is ViewGroup) for (at in 0 until view.childCount) addAll(all(view.getChildAt(at)))
        }
    }
}
