package cn.xunge.app.look

import android.content.Context
import android.view.View
import android.view.ViewGroup

/** Children side by side as wide as they are, in as many lines as are needed. */
open class FlowView(context: Context, private val gap: Int) : ViewGroup(context) {
    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        val height = place(width) { child, _, _ ->
            child.measure(
                MeasureSpec.makeMeasureSpec(width, MeasureSpec.AT_MOST),
                MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED),
            )
        }
        setMeasuredDimension(width, height)
    }

    override fun onLayout(isChanged: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        place(right - left) { child, x, y -> child.layout(x, y, x + child.measuredWidth, y + child.measuredHeight) }
    }

    /** Goes through the lines, measuring before it asks for a child's size; the whole height. */
    private fun place(width: Int, each: (View, Int, Int) -> Unit): Int {
        var x = 0
        var y = 0
        var line = 0
        for (index in 0 until childCount) {
            val child = getChildAt(index)
            if (child.isLayoutRequested) each(child, x, y)
            if (x > 0 && x + child.measuredWidth > width) {
                x = 0
                y += line + gap
                line = 0
            }
            each(child, x, y)
            x += child.measuredWidth + gap
            line = maxOf(line, child.measuredHeight)
        }
        return y + line
    }
}

/** Children of equal width side by side, fewer in a line where they would be narrower than [leastWidth]. */
class EvenView(context: Context, private val gap: Int) : ViewGroup(context) {
    var leastWidth = 0

    private fun columns(width: Int): Int =
        ((width + gap) / (leastWidth + gap)).coerceIn(1, maxOf(1, childCount))

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        val columns = columns(width)
        val each = (width - gap * (columns - 1)) / columns
        var height = 0
        for (first in 0 until childCount step columns) {
            val line = (first until minOf(first + columns, childCount)).map { getChildAt(it) }
            val exact = MeasureSpec.makeMeasureSpec(each, MeasureSpec.EXACTLY)
            line.forEach { it.measure(exact, MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)) }
            val high = line.maxOf { it.measuredHeight }
            line.forEach { it.measure(exact, MeasureSpec.makeMeasureSpec(high, MeasureSpec.EXACTLY)) }
            height += high + if (first > 0) gap else 0
        }
        setMeasuredDimension(width, height)
    }

    override fun onLayout(isChanged: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        val columns = columns(right - left)
        var y = 0
        for (first in 0 until childCount step columns) {
            var x = 0
            var high = 0
            for (index in first until minOf(first + columns, childCount)) {
                val child = getChildAt(index)
                child.layout(x, y, x + child.measuredWidth, y + child.measuredHeight)
                x += child.measuredWidth + gap
                high = maxOf(high, child.measuredHeight)
            }
            y += high + gap
        }
    }
}
