package cn.xunge.app.look

/**
 * Every colour, by what it means. Words stand on [ground], [card] or a [Pair] of their own; each such pair differs by 7 : 1 or more, which
 * a test reckons out.
 */
data class Palette(
    val ground: Int,
    val card: Int,
    val ink: Int,
    val quiet: Int,
    val line: Int,
    val lineDp: Float,
    val main: Pair,
    val second: Pair,
    val good: Pair,
    val warn: Pair,
    val bad: Pair,
    val badPress: Pair,
    val seen: Int,
    val unknown: Int,
    val unseen: Int,
    val isDark: Boolean,
) {
    /** Words and what they stand on. */
    data class Pair(val under: Int, val ink: Int)

    /** Every pair of words and ground that a screen may show. */
    val pairs: List<Pair>
        get() = listOf(main, second, good, warn, bad, badPress) +
            listOf(ground, card).flatMap { under ->
                listOf(ink, quiet, accent, bad.ink).map { Pair(under, it) }
            }

    /** The primary colour as words on [ground] and [card]. */
    val accent: Int get() = if (isDark) main.under else second.ink

    companion object {
        val LIGHT = of(0)
        val DARK = of(1)
        val HIGH = of(2)

        /** The three dresses side by side: each colour in light, in dark and in high contrast. */
        private fun of(dress: Int): Palette {
            fun rgb(vararg dresses: Long) = (0xFF000000 or dresses[dress]).toInt()
            return Palette(
                ground = rgb(0xF3F7F6, 0x0D1514, 0xFFFFFF),
                card = rgb(0xFFFFFF, 0x18221F, 0xFFFFFF),
                ink = rgb(0x12201F, 0xF0F5F4, 0x000000),
                quiet = rgb(0x3B4A48, 0xC3D0CD, 0x000000),
                line = rgb(0xB5C4C1, 0x4A5A57, 0x000000),
                lineDp = floatArrayOf(1f, 1f, 2f)[dress],
                main = Pair(rgb(0x0B5A5A, 0x86D6CF, 0x003B3B), rgb(0xFFFFFF, 0x00201E, 0xFFFFFF)),
                second = Pair(rgb(0xDCECEA, 0x223A38, 0xFFFFFF), rgb(0x07494A, 0xD6EFEC, 0x002A2A)),
                good = Pair(rgb(0xDDF0E3, 0x16352A, 0xFFFFFF), rgb(0x0B4A25, 0xBFEBD3, 0x003D1A)),
                warn = Pair(rgb(0xFFF0CF, 0x3D2E08, 0xFFF3C4), rgb(0x533700, 0xFFE3A6, 0x2B1C00)),
                bad = Pair(rgb(0xFCE4E0, 0x45201C, 0xFFFFFF), rgb(0x7A1410, 0xFFD3CC, 0x6E0000)),
                badPress = Pair(rgb(0x8C1D18, 0xFFB4AB, 0x6E0000), rgb(0xFFFFFF, 0x3B0A06, 0xFFFFFF)),
                seen = rgb(0x2E8B6B, 0x4FBF95, 0x006B4A),
                unknown = rgb(0xB9B9AE, 0x6C6C66, 0x9A9A9A),
                unseen = rgb(0xE8A33D, 0xE0A048, 0xFF9500),
                isDark = dress == 1,
            )
        }

        /** How much lighter the lighter of two colours is, from 1 to 21 (WCAG). */
        fun contrast(one: Int, other: Int): Double {
            val (high, low) = listOf(luminance(one), luminance(other)).sortedDescending()
            return (high + 0.05) / (low + 0.05)
        }

        private fun luminance(colour: Int): Double {
            fun part(shift: Int): Double {
                val value = (colour shr shift and 0xFF) / 255.0
                return if (value <= 0.03928) value / 12.92 else Math.pow((value + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
        }
    }
}
