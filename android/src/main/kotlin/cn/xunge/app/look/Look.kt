package cn.xunge.app.look

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.graphics.drawable.StateListDrawable
import android.util.TypedValue
import java.util.Locale

/** Colours, sizes and words of one screen as the worker wears it: language, text size, light, dark or high contrast. */
class Look(val context: Context, val palette: Palette) {
    private val metrics = context.resources.displayMetrics
    private val locale: Locale get() = context.resources.configuration.locales[0]

    private val isChinese get() = locale.language == Locale.CHINESE.language

    fun px(dp: Float): Int = Math.round(dp * metrics.density)

    fun px(dp: Int): Int = px(dp.toFloat())

    /** How much larger than usual words are. */
    val scale: Float get() = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, 18f, metrics) / metrics.density / 18f

    fun sp(style: Style): Float = when (style) {
        Style.SMALL -> 16f
        Style.BODY, Style.STRONG -> 18f
        Style.TITLE -> 22f
        Style.HUGE -> 30f
    }

    fun colour(tone: Tone): Int = when (tone) {
        Tone.PLAIN -> palette.ink
        Tone.QUIET -> palette.quiet
        Tone.GOOD -> palette.good.ink
        Tone.WARN -> palette.warn.ink
        Tone.BAD -> palette.bad.ink
        Tone.MAIN -> palette.accent
    }

    /** Words and ground of a card. */
    fun pair(tone: Tone): Palette.Pair = when (tone) {
        Tone.PLAIN, Tone.QUIET -> Palette.Pair(palette.card, palette.ink)
        Tone.GOOD -> palette.good
        Tone.WARN -> palette.warn
        Tone.BAD -> palette.bad
        Tone.MAIN -> palette.second
    }

    fun pair(weight: Weight): Palette.Pair = when (weight) {
        Weight.HUGE, Weight.MAIN -> palette.main
        Weight.SECOND -> palette.second
        Weight.QUIET -> Palette.Pair(palette.card, palette.accent)
        Weight.BAD -> palette.badPress
    }

    /** The words in the worker's language. */
    fun say(text: Text?): String {
        if (text == null) return ""
        text.plain?.let { return it }
        val key = text.key ?: return ""
        if (key == JOINED) {
            val parts = text.filled.dropLast(1).map { say(it as Text) }
            val between = text.filled.last() as String
            return parts.filter { it.isNotEmpty() }.joinToString(if (isChinese) between else LATIN[between] ?: between)
        }
        val pattern = context.getString(id(key))
        if (text.filled.isEmpty()) return pattern
        val filled = text.filled.map { if (it is Text) say(it) else it }
        return String.format(locale, pattern, *filled.toTypedArray())
    }

    /** The number that `R.string` has for a key; a key that nobody wrote is a defect and shows as such. */
    private fun id(key: String): Int = NUMBERS.getOrPut(key) {
        val found = context.resources.getIdentifier(key, "string", context.packageName)
        check(found != 0) { "no words for $key" }
        found
    }

    fun icon(name: String, colour: Int): Drawable {
        val number = NUMBERS.getOrPut("ic_$name") {
            context.resources.getIdentifier("ic_$name", "drawable", context.packageName)
        }
        val drawable = checkNotNull(context.getDrawable(number)) { "no icon $name" }.mutate()
        drawable.setTint(colour)
        val side = px(26f * minOf(scale, 1.4f))
        drawable.setBounds(0, 0, side, side)
        return drawable
    }

    /** A rounded ground with a line around it. */
    fun box(under: Int, line: Int, radiusDp: Int = 14, lineDp: Float = palette.lineDp): GradientDrawable =
        GradientDrawable().apply {
            setColor(under)
            cornerRadius = px(radiusDp).toFloat()
            setStroke(px(lineDp), line)
        }

    /** A ground that answers to a finger, and shows where the keyboard stands. */
    fun pressable(under: Int, line: Int, ink: Int, radiusDp: Int = 14): Drawable {
        val ground = StateListDrawable().apply {
            addState(intArrayOf(android.R.attr.state_focused), box(under, ink, radiusDp, 3f))
            addState(intArrayOf(), box(under, line, radiusDp))
        }
        return RippleDrawable(ColorStateList.valueOf(ink and 0x00FFFFFF or 0x33000000), ground, null)
    }

    companion object {
        /** The least side of what can be touched. */
        const val TOUCH_DP = 56

        /** The button that everything begins with. */
        const val HUGE_DP = 112

        /** What stands between words in English for what does in Chinese. */
        private val LATIN = mapOf("：" to ": ", "，" to ", ")

        private val NUMBERS = HashMap<String, Int>()
    }
}
