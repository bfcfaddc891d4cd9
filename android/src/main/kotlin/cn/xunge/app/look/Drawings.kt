package cn.xunge.app.look

import android.annotation.SuppressLint
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.graphics.Rect
import android.graphics.RectF
import android.view.MotionEvent
import android.view.View

/** A picture that fills its place, with parts of it covered. */
class PictureView(private val look: Look, private val pictures: Pictures) : View(look.context) {
    private var node: Picture? = null
    private var bitmap: Bitmap? = null
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG or Paint.FILTER_BITMAP_FLAG)

    fun show(next: Picture) {
        val isOther = node?.path != next.path || node?.bytes?.size != next.bytes?.size
        node = next
        contentDescription = look.say(next.said)
        isClickable = next.act != null
        isFocusable = next.act != null
        if (isOther) {
            bitmap = null
            next.path?.let { path -> pictures.open(path, SIDE_PX) { opened -> take(path, opened) } }
                ?: next.bytes?.let { bytes -> pictures.decode(bytes) { opened -> take(null, opened) } }
        }
        invalidate()
        requestLayout()
    }

    private fun take(path: String?, opened: Bitmap) {
        if (node?.path != path) return
        bitmap = opened
        invalidate()
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        setMeasuredDimension(width, (width / (node?.ratio ?: 1f)).toInt())
    }

    @SuppressLint("ClickableViewAccessibility")
    override fun onTouchEvent(event: MotionEvent): Boolean {
        val act = node?.act ?: return super.onTouchEvent(event)
        if (event.action == MotionEvent.ACTION_UP) act(event.x / width, event.y / height)
        return true
    }

    override fun performClick(): Boolean {
        node?.act?.invoke(0.5f, 0.5f)
        return super.performClick()
    }

    override fun onDraw(canvas: Canvas) {
        val all = RectF(0f, 0f, width.toFloat(), height.toFloat())
        val round = look.px(12).toFloat()
        canvas.save()
        canvas.clipPath(Path().apply { addRoundRect(all, round, round, Path.Direction.CW) })
        canvas.drawColor(look.palette.second.under)
        val shown = bitmap
        if (shown == null) empty(canvas) else canvas.drawBitmap(shown, cut(shown), all, paint)
        paint.color = 0xFF202020.toInt()
        node?.marks?.forEach { mark ->
            canvas.drawRect(
                mark.x * width, mark.y * height, (mark.x + mark.w) * width, (mark.y + mark.h) * height, paint,
            )
        }
        canvas.restore()
    }

    private fun empty(canvas: Canvas) {
        val icon = look.icon("picture", look.palette.second.ink)
        val side = look.px(40)
        icon.setBounds((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2)
        icon.draw(canvas)
    }

    /** The middle part of the picture that has the shape of its place. */
    private fun cut(shown: Bitmap): Rect {
        val ratio = width.toFloat() / height
        val (w, h) = shown.width to shown.height
        return if (w > h * ratio) {
            val wide = (h * ratio).toInt()
            Rect((w - wide) / 2, 0, (w + wide) / 2, h)
        } else {
            val high = (w / ratio).toInt()
            Rect(0, (h - high) / 2, w, (h + high) / 2)
        }
    }

    private companion object {
        const val SIDE_PX = 720
    }
}

/** Seen, unknown and unseen parts as one bar. */
class SharesView(private val look: Look) : View(look.context) {
    private var node: Shares? = null
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)

    fun show(next: Shares) {
        node = next
        contentDescription = look.say(next.said)
        invalidate()
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) =
        setMeasuredDimension(MeasureSpec.getSize(widthSpec), look.px(22))

    override fun onDraw(canvas: Canvas) {
        val shares = node ?: return
        val round = look.px(8).toFloat()
        canvas.clipPath(Path().apply {
            addRoundRect(RectF(0f, 0f, width.toFloat(), height.toFloat()), round, round, Path.Direction.CW)
        })
        val parts = listOf(
            shares.seen to look.palette.seen,
            shares.unknown to look.palette.unknown,
            shares.unseen to look.palette.unseen,
        )
        var x = 0f
        for ((part, colour) in parts) {
            paint.color = colour
            canvas.drawRect(x, 0f, x + part * width, height.toFloat(), paint)
            x += part * width
        }
    }
}
