package cn.xunge.app.screen

import cn.xunge.app.look.Text
import cn.xunge.app.look.words

/** Why a file could not be taken as a picture, from its first bytes, in words that say what to do. */
object PictureTrouble {
    fun of(start: ByteArray): Text {
        val brand = if (start.size >= 12) String(start, 4, 8, Charsets.ISO_8859_1) else ""
        val isPicture = start.size > 3 && (start[0] == 0xFF.toByte() || start[0] == 0x89.toByte())
        return when {
            start.isEmpty() -> words("capture_picture_none")
            brand.startsWith("ftyp") -> words("capture_picture_heic")
            isPicture -> words("capture_picture_large")
            else -> words("capture_picture_bad")
        }
    }
}
