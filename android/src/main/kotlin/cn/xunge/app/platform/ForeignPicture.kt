package cn.xunge.app.platform

import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.media.ExifInterface
import android.os.Build
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer

/** Pictures of kinds that the core does not read (HEIC, AVIF), made into JPEG by the phone's own decoder. Not for the main thread. */
object ForeignPicture {
    /** The brands by which the core tells them, too. */
    private val BRANDS = setOf("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis")
    private const val HEAD_BYTES = 64
    private const val WORD_BYTES = 4

    /** Puts a JPEG in the place of such a picture. Any other file, and what this phone cannot read either, stays as it is. */
    fun toJpeg(file: File) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P && isForeign(file)) PhonesDecoder.rewrite(file)
    }

    private fun isForeign(file: File): Boolean {
        val head = try {
            file.inputStream().use { it.first(HEAD_BYTES) }
        } catch (_: IOException) {
            return false
        }
        val words = head.toString(Charsets.ISO_8859_1).chunked(WORD_BYTES)
        return words.getOrNull(1) == "ftyp" && words.drop(2).any { it in BRANDS }
    }

    private fun InputStream.first(count: Int): ByteArray {
        val bytes = ByteArray(count)
        var length = 0
        while (length < count) {
            val more = read(bytes, length, count - length)
            if (more < 0) break
            length += more
        }
        return bytes.copyOf(length)
    }
}

/** The system's own decoder, which reads what the phone's camera writes. */
@Newer("called from API 28 on")
object PhonesDecoder {
    /** More than the core keeps of any picture, and little enough for a phone with 2 GB. */
    private const val LONG_SIDE_MAX_PX = 4_096
    private const val QUALITY = 92

    /** When and where it was taken, as claims; the pixels are upright already. */
    private val CLAIMS = listOf(
        ExifInterface.TAG_DATETIME_ORIGINAL, "OffsetTimeOriginal", ExifInterface.TAG_GPS_LATITUDE, ExifInterface.TAG_GPS_LATITUDE_REF,
        ExifInterface.TAG_GPS_LONGITUDE, ExifInterface.TAG_GPS_LONGITUDE_REF,
        ExifInterface.TAG_GPS_DATESTAMP, ExifInterface.TAG_GPS_TIMESTAMP,
    )

    /** Whether a JPEG stands in the file's place now, whole. */
    fun rewrite(file: File): Boolean {
        val half = File(file.path + ".half")
        try {
            val picture = decoded(file)
            val isWritten = half.outputStream().use { picture.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }
            picture.recycle()
            if (isWritten) {
                claim(file, half)
                return half.renameTo(file)
            }
        } catch (_: IOException) {
            // No decoder for it, or no room: the core says what the picture is and keeps it.
        }
        half.delete()
        return false
    }

    private fun decoded(file: File): Bitmap {
        val source = ImageDecoder.createSource(ByteBuffer.wrap(file.readBytes()))
        return ImageDecoder.decodeBitmap(source) { decoder, info, _ ->
            decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
            val longSide = maxOf(info.size.width, info.size.height)
            decoder.setTargetSampleSize((longSide + LONG_SIDE_MAX_PX - 1) / LONG_SIDE_MAX_PX)
        }
    }

    private fun claim(from: File, to: File) {
        try {
            val (claims, jpeg) = ExifInterface(from.path) to ExifInterface(to.path)
            for (tag in CLAIMS) claims.getAttribute(tag)?.let { jpeg.setAttribute(tag, it) }
            jpeg.saveAttributes()
        } catch (_: IOException) {
            // A picture without them is a picture.
        }
    }
}
