package cn.xunge.app.look

import android.graphics.Canvas
import android.graphics.DashPathEffect
import android.graphics.Paint
import android.graphics.Path
import android.view.View
import android.widget.TextView

/** The map of a patrol, drawn from the phone's own data alone. */
class MapView(private val look: Look) : View(look.context) {
    private var node: Ground? = null
    private val fill = Paint()
    private val stroke = Paint(Paint.ANTI_ALIAS_FLAG).apply { style = Paint.Style.STROKE }
    private val letters = Paint(Paint.ANTI_ALIAS_FLAG)

    fun show(next: Ground) {
        node = next
        contentDescription = look.say(next.said)
        invalidate()
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        setMeasuredDimension(width, width)
    }

    override fun onDraw(canvas: Canvas) {
        val ground = node ?: return
        val scale = width / ground.metresAcross
        canvas.drawColor(look.palette.card)
        canvas.save()
        canvas.clipRect(0, 0, width, height)
        cells(canvas, ground.scene, scale)
        outlines(canvas, ground.scene, scale)
        tracks(canvas, ground.scene, scale)
        places(canvas, ground.scene, scale)
        me(canvas, ground.scene, scale)
        canvas.restore()
        stroke.pathEffect = null
        stroke.color = look.palette.line
        stroke.strokeWidth = look.px(look.palette.lineDp).toFloat()
        canvas.drawRect(0f, 0f, width.toFloat(), height.toFloat(), stroke)
    }

    private fun x(east: Float, scale: Float) = width / 2f + east * scale

    private fun y(north: Float, scale: Float) = height / 2f - north * scale

    private fun cells(canvas: Canvas, scene: Scene, scale: Float) {
        for (run in scene.cells) {
            fill.color = when (run.sort) {
                CellSort.SEEN -> look.palette.seen
                CellSort.UNKNOWN -> look.palette.unknown
                CellSort.UNSEEN -> look.palette.unseen
            } and 0x00FFFFFF or 0x99000000.toInt()
            canvas.drawRect(
                x(run.west, scale), y(run.south + run.north, scale), x(run.west + run.east, scale), y(run.south, scale), fill,
            )
        }
    }

    private fun outlines(canvas: Canvas, scene: Scene, scale: Float) {
        stroke.color = look.palette.ink
        stroke.strokeWidth = look.px(2).toFloat()
        stroke.pathEffect = null
        scene.outlines.forEach { canvas.drawPath(path(it, scale).apply { close() }, stroke) }
    }

    private fun tracks(canvas: Canvas, scene: Scene, scale: Float) {
        stroke.color = look.palette.accent
        stroke.strokeWidth = look.px(5).toFloat()
        stroke.strokeCap = Paint.Cap.ROUND
        stroke.strokeJoin = Paint.Join.ROUND
        scene.tracks.forEach { canvas.drawPath(path(it, scale), stroke) }
        stroke.strokeWidth = look.px(3).toFloat()
        stroke.pathEffect = DashPathEffect(floatArrayOf(look.px(4).toFloat(), look.px(8).toFloat()), 0f)
        scene.gaps.forEach { (from, to) -> canvas.drawPath(path(listOf(from, to), scale), stroke) }
        stroke.pathEffect = null
    }

    private fun path(spots: List<Spot>, scale: Float) = Path().apply {
        spots.forEachIndexed { n, spot ->
            if (n == 0) moveTo(x(spot.east, scale), y(spot.north, scale)) else lineTo(x(spot.east, scale), y(spot.north, scale))
        }
    }

    private fun places(canvas: Canvas, scene: Scene, scale: Float) {
        letters.textSize = look.px(14 * minOf(look.scale, 1.5f)).toFloat()
        for (place in scene.places) {
            val (x, y) = x(place.at.east, scale) to y(place.at.north, scale)
            val side = look.px(8).toFloat()
            fill.color = if (place.isDue) look.palette.badPress.under else look.palette.accent
            canvas.drawRect(x - side, y - side, x + side, y + side, fill)
            // Where the name would leave the map it stands on the other side.
            val wide = letters.measureText(place.name)
            val left = if (x + side * 1.4f + wide > width) x - side * 1.4f - wide else x + side * 1.4f
            // A rim of the ground's colour, so that it can be read on any cell.
            letters.style = Paint.Style.STROKE
            letters.strokeWidth = look.px(3).toFloat()
            letters.color = look.palette.card
            canvas.drawText(place.name, left, y + side * 0.7f, letters)
            letters.style = Paint.Style.FILL
            letters.color = look.palette.ink
            canvas.drawText(place.name, left, y + side * 0.7f, letters)
        }
    }

    private fun me(canvas: Canvas, scene: Scene, scale: Float) {
        val me = scene.me ?: return
        val (x, y) = x(me.east, scale) to y(me.north, scale)
        fill.color = look.palette.accent and 0x00FFFFFF or 0x33000000
        canvas.drawCircle(x, y, maxOf(scene.meErrorM * scale, look.px(12).toFloat()), fill)
        fill.color = look.palette.card
        canvas.drawCircle(x, y, look.px(10).toFloat(), fill)
        fill.color = look.palette.accent
        canvas.drawCircle(x, y, look.px(7).toFloat(), fill)
    }
}

/** What the colours of the map mean, each with its word. */
class LegendView(private val look: Look, isMap: Boolean) : FlowView(look.context, look.px(12)) {
    init {
        word(look.palette.seen, "patrol_legend_seen")
        word(look.palette.unseen, "patrol_legend_unseen")
        word(look.palette.unknown, "patrol_legend_unknown")
        if (isMap) {
            word(look.palette.accent, "patrol_legend_track")
            word(look.palette.badPress.under, "patrol_legend_place")
        }
    }

    private fun word(colour: Int, key: String) {
        val patch = look.box(colour, look.palette.ink, 3).apply { setBounds(0, 0, look.px(18), look.px(18)) }
        addView(TextView(look.context).apply {
            text = look.say(words(key))
            textSize = look.sp(Style.SMALL)
            setTextColor(look.palette.ink)
            setCompoundDrawables(patch, null, null, null)
            compoundDrawablePadding = look.px(6)
        })
    }
}
