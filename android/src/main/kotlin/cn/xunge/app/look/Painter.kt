package cn.xunge.app.look

import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ProgressBar
import android.widget.Switch
import android.widget.TextView
import cn.xunge.app.R
import cn.xunge.app.platform.ViewfinderView

/** Makes framework views of [Node]s, and changes the ones that are there where they fit. */
class Painter(val look: Look, private val pictures: Pictures) {
    private val widgets = Widgets(look)

    /** Makes the children of [group] show [nodes], keeping what can be kept. */
    fun fill(group: ViewGroup, nodes: List<Node>, gapDp: Int = GAP_DP) {
        nodes.forEachIndexed { at, node ->
            val found = kept(group, at, node)
            val view = found ?: make(node)
            if (found == null) {
                group.addView(view, at, params(group, at, gapDp))
            } else if (group.indexOfChild(found) != at) {
                group.removeView(found)
                group.addView(found, at, params(group, at, gapDp))
            }
            change(view, node)
        }
        while (group.childCount > nodes.size) group.removeViewAt(group.childCount - 1)
    }

    private fun kept(group: ViewGroup, at: Int, node: Node): View? {
        for (index in at until group.childCount) {
            val child = group.getChildAt(index)
            val old = child.getTag(R.id.node) as Node
            val isFitting = old.javaClass == node.javaClass && old.tag == node.tag
            if (isFitting && (index == at || node.tag.isNotEmpty())) return child
        }
        return null
    }

    private fun params(group: ViewGroup, at: Int, gapDp: Int): ViewGroup.LayoutParams {
        if (group !is LinearLayout) return ViewGroup.LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
        return LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply {
            topMargin = if (at == 0) 0 else look.px(gapDp)
        }
    }

    private fun make(node: Node): View = when (node) {
        is Words -> TextView(look.context)
        is Press -> widgets.press()
        is Chip -> widgets.press()
        is Chips -> FlowView(look.context, look.px(8))
        is Toggle -> Switch(look.context)
        is Field -> FieldView(look)
        is Picture -> PictureView(look, pictures)
        is Drawn -> ImageView(look.context)
        is Card -> column()
        is Column -> column()
        is Row -> EvenView(look.context, look.px(10))
        is Progress -> ProgressBar(look.context, null, android.R.attr.progressBarStyleHorizontal)
        is Shares -> SharesView(look)
        is Ground -> MapView(look)
        is Legend -> LegendView(look, node.isMap)
        is Viewfinder -> ViewfinderView(look.context)
    }

    private fun column() = LinearLayout(look.context).apply { orientation = LinearLayout.VERTICAL }

    private fun change(view: View, node: Node) {
        view.setTag(R.id.node, node)
        when (node) {
            is Words -> words(view as TextView, node)
            is Press -> widgets.press(view as Button, node)
            is Chip -> widgets.chip(view as Button, node)
            is Chips -> fill(view as ViewGroup, node.of)
            is Toggle -> widgets.toggle(view as Switch, node)
            is Field -> (view as FieldView).show(node)
            is Picture -> (view as PictureView).show(node)
            is Drawn -> drawn(view as ImageView, node)
            is Card -> card(view as LinearLayout, node)
            is Column -> fill(view as ViewGroup, node.of)
            is Row -> {
                (view as EvenView).leastWidth = look.px(node.wideDp * if (node.isOfWords) minOf(look.scale, 1.6f) else 1f)
                fill(view, node.of)
            }
            is Progress -> widgets.progress(view as ProgressBar, node)
            is Shares -> (view as SharesView).show(node)
            is Ground -> (view as MapView).show(node)
            is Legend -> Unit
            is Viewfinder -> (view as ViewfinderView).seen = node.seen
        }
    }

    private fun words(view: TextView, node: Words) {
        widgets.letter(view, node.style)
        view.text = look.say(node.text)
        view.setTextColor(widgets.ink(view, node.tone))
        view.gravity = if (node.isMiddle) Gravity.CENTER_HORIZONTAL else Gravity.START
        if (node.tag.startsWith("status")) view.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }

    private fun drawn(view: ImageView, node: Drawn) {
        view.contentDescription = look.say(node.said)
        view.adjustViewBounds = true
        view.scaleType = ImageView.ScaleType.FIT_CENTER
        pictures.decode(node.bytes) { view.setImageBitmap(it) }
    }

    private fun card(view: LinearLayout, node: Card) {
        val pair = look.pair(node.tone)
        val side = look.px(16)
        val line = when {
            node.tone == Tone.PLAIN -> look.palette.line
            look.palette.lineDp > 1f -> pair.ink
            else -> pair.ink and 0x00FFFFFF or 0x55000000
        }
        if (node.act == null) {
            view.background = look.box(pair.under, line)
            // Setting a listener, even none, makes a view clickable.
            view.setOnClickListener(null)
            view.isClickable = false
        } else {
            view.background = look.pressable(pair.under, line, pair.ink)
            view.setOnClickListener { node.act.invoke() }
            view.isFocusable = true
            view.minimumHeight = look.px(Look.TOUCH_DP)
        }
        view.setPadding(side, look.px(14), side, look.px(14))
        view.contentDescription = node.said?.let { look.say(it) }
        view.gravity = Gravity.CENTER_VERTICAL
        fill(view, node.of, INNER_GAP_DP)
    }

    companion object {
        /** Between what stands below each other on a page. */
        const val GAP_DP = 12

        /** … and within a card. */
        const val INNER_GAP_DP = 8
    }
}
