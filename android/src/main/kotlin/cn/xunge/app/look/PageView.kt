package cn.xunge.app.look

import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Build
import android.view.Gravity
import android.view.View
import android.widget.ImageButton
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView

/** A whole screen: heading, what scrolls, and what stands below within a thumb's reach. */
class PageView(private val look: Look, pictures: Pictures) : LinearLayout(look.context) {
    private val painter = Painter(look, pictures)
    private val bar = LinearLayout(look.context)
    private val back = ImageButton(look.context)
    private val heading = TextView(look.context)
    val scroll = ScrollView(look.context)
    private val body = LinearLayout(look.context)
    private val foot = LinearLayout(look.context)
    private val footLine = View(look.context)

    init {
        orientation = VERTICAL
        setBackgroundColor(look.palette.ground)
        val edge = look.px(16)
        bar.gravity = Gravity.CENTER_VERTICAL
        bar.minimumHeight = look.px(Look.TOUCH_DP)
        back.setImageDrawable(look.icon("back", look.palette.ink))
        back.background = look.pressable(look.palette.ground, look.palette.ground, look.palette.ink)
        back.contentDescription = look.say(words("common_back"))
        bar.addView(back, LayoutParams(look.px(Look.TOUCH_DP), look.px(Look.TOUCH_DP)))
        Widgets(look).letter(heading, Style.TITLE)
        heading.setTextColor(look.palette.ink)
        bar.addView(heading, LayoutParams(0, LayoutParams.WRAP_CONTENT, 1f).apply { rightMargin = edge })
        addView(bar)

        body.orientation = VERTICAL
        body.setPadding(edge, look.px(8), edge, look.px(20))
        scroll.isFillViewport = true
        scroll.addView(body)
        addView(scroll, LayoutParams(LayoutParams.MATCH_PARENT, 0, 1f))

        footLine.setBackgroundColor(look.palette.line)
        addView(footLine, LayoutParams(LayoutParams.MATCH_PARENT, look.px(look.palette.lineDp)))
        foot.orientation = VERTICAL
        foot.setBackgroundColor(look.palette.card)
        foot.setPadding(edge, look.px(10), edge, look.px(10))
        addView(foot)

        // Before API 28 the system gives the focus to any field that appears, and scrolls the page away from under the finger to show it:
        // so the page itself has it until somebody touches a field.
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) {
            isFocusableInTouchMode = true
            defaultFocusHighlightEnabled = false
        }

        // From API 35 on the window lies under the bars of the system; the keyboard too moves what stands below.
        setOnApplyWindowInsetsListener { view, insets ->
            @Suppress("DEPRECATION")
            view.setPadding(
                insets.systemWindowInsetLeft, insets.systemWindowInsetTop,
                insets.systemWindowInsetRight, insets.systemWindowInsetBottom,
            )
            insets
        }
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        if (isFocusableInTouchMode) requestFocus()
    }

    fun show(page: Page) {
        heading.text = look.say(page.title)
        back.visibility = if (page.back == null) View.GONE else View.VISIBLE
        bar.setPadding(look.px(if (page.back == null) 16 else 4), 0, 0, 0)
        back.setOnClickListener { page.back?.invoke() }
        painter.fill(body, page.body)
        painter.fill(foot, page.foot, 8)
        foot.visibility = if (page.foot.isEmpty()) View.GONE else View.VISIBLE
        footLine.visibility = foot.visibility
    }

    /** The button that goes back, for tests and for the keyboard. */
    fun backButton(): View = back

    /** Everything that scrolls, as one picture. */
    fun drawn(): Bitmap {
        val picture = Bitmap.createBitmap(body.width, body.height, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        canvas.drawColor(look.palette.ground)
        body.draw(canvas)
        return picture
    }
}
