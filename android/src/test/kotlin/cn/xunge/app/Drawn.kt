package cn.xunge.app

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import java.io.ByteArrayOutputStream

/** What a drawn picture shows: the matter that the words beside it speak of. */
enum class Sight { BANNER, CLEARED, CRACK, DITCH }

/** A drawn picture as a camera would hand it over; `isNear` shows the middle of it, twice as large. */
fun jpeg(width: Int = 640, height: Int = 480, sight: Sight = Sight.BANNER, isNear: Boolean = false): ByteArray {
    val bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
    val canvas = Canvas(bitmap)
    canvas.scale(width / 100f, height / 75f)
    if (isNear) canvas.scale(2f, 2f, 50f, if (sight == Sight.DITCH) 66f else 34f)
    Brush(canvas).draw(sight)
    return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.JPEG, 80, it) }.toByteArray()
}

/** Draws on a field of 100 by 75. */
private class Brush(private val canvas: Canvas) {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)

    fun draw(sight: Sight) {
        block(SKY, 0f, 0f, 100f, 52f)
        block(GRASS, 0f, 52f, 100f, 75f)
        when (sight) {
            Sight.BANNER, Sight.CLEARED -> {
                block(ROAD, 0f, 60f, 100f, 70f)
                block(POST, 48f, 8f, 50.5f, 62f)
                block(POST, 48f, 8f, 62f, 10f)
                block(LAMP, 57f, 10f, 63f, 13f)
                if (sight == Sight.BANNER) banner()
            }
            Sight.CRACK -> {
                house(14f, 86f, 22f, 62f)
                line(CRACK, 1.4f, 56f to 26f, 52f to 33f, 57f to 39f, 53f to 47f, 58f to 55f, 56f to 62f)
            }
            Sight.DITCH -> {
                house(2f, 36f, 26f, 56f)
                house(64f, 98f, 28f, 56f)
                shape(WATER, 44f to 52f, 56f to 52f, 68f to 75f, 32f to 75f)
                shape(MUD, 40f to 60f, 52f to 57f, 60f to 63f, 46f to 67f)
            }
        }
    }

    /** Red cloth with four white signs, tied to the post. */
    private fun banner() {
        block(CLOTH, 22f, 26f, 78f, 42f)
        for (n in 0 until 4) {
            val left = 27f + n * 12.5f
            block(Color.WHITE, left, 29.5f, left + 8f, 31f)
            block(Color.WHITE, left + 3.2f, 29.5f, left + 4.8f, 38.5f)
            block(Color.WHITE, left, 34f, left + 8f, 35.3f)
        }
    }

    private fun house(left: Float, right: Float, eaves: Float, foot: Float) {
        block(WALL, left, eaves, right, foot)
        shape(TILES, left - 4f to eaves, (left + right) / 2 to eaves - 14f, right + 4f to eaves)
        val third = (right - left) / 3
        block(WINDOW, left + third * 0.35f, eaves + 8f, left + third * 0.95f, eaves + 18f)
        block(DOOR, right - third * 0.95f, foot - 20f, right - third * 0.4f, foot)
    }

    private fun block(colour: Int, left: Float, top: Float, right: Float, bottom: Float) {
        paint.color = colour
        paint.style = Paint.Style.FILL
        canvas.drawRect(left, top, right, bottom, paint)
    }

    private fun shape(colour: Int, vararg corners: Pair<Float, Float>) {
        paint.color = colour
        paint.style = Paint.Style.FILL
        canvas.drawPath(path(corners).apply { close() }, paint)
    }

    private fun line(colour: Int, width: Float, vararg points: Pair<Float, Float>) {
        paint.color = colour
        paint.style = Paint.Style.STROKE
        paint.strokeWidth = width
        canvas.drawPath(path(points), paint)
    }

    private fun path(points: Array<out Pair<Float, Float>>) = Path().apply {
        points.forEachIndexed { n, (x, y) -> if (n == 0) moveTo(x, y) else lineTo(x, y) }
    }

    private companion object {
        val SKY = Color.rgb(150, 190, 220)
        val GRASS = Color.rgb(96, 120, 84)
        val ROAD = Color.rgb(122, 122, 124)
        val POST = Color.rgb(70, 70, 74)
        val LAMP = Color.rgb(235, 225, 170)
        val CLOTH = Color.rgb(200, 40, 30)
        val WALL = Color.rgb(222, 212, 190)
        val TILES = Color.rgb(92, 72, 66)
        val WINDOW = Color.rgb(84, 104, 122)
        val DOOR = Color.rgb(120, 84, 56)
        val CRACK = Color.rgb(46, 38, 34)
        val WATER = Color.rgb(86, 112, 122)
        val MUD = Color.rgb(104, 84, 60)
    }
}
