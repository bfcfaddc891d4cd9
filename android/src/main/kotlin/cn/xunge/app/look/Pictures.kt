package cn.xunge.app.look

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.util.LruCache
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicInteger

/** Opens pictures off the main thread, no larger than they are shown, and keeps the last few. */
class Pictures(private val work: Executor, private val main: Executor) {
    private val kept = object : LruCache<String, Bitmap>(BYTES_MAX) {
        override fun sizeOf(key: String, value: Bitmap) = value.byteCount
    }

    private val open = AtomicInteger()

    /** Gives the picture of a file at once where it is at hand, else later; never where the file is no picture. */
    fun open(path: String, sidePx: Int, shown: (Bitmap) -> Unit) {
        val name = "$path@$sidePx"
        kept.get(name)?.let { return shown(it) }
        later({ read(path, sidePx) }) { bitmap ->
            kept.put(name, bitmap)
            shown(bitmap)
        }
    }

    /** Opens a picture from its bytes. */
    fun decode(bytes: ByteArray, shown: (Bitmap) -> Unit) {
        later({ BitmapFactory.decodeByteArray(bytes, 0, bytes.size) }, shown)
    }

    /** Whether no picture is being opened. */
    fun isRested(): Boolean = open.get() == 0

    private fun later(read: () -> Bitmap?, shown: (Bitmap) -> Unit) {
        open.incrementAndGet()
        work.execute {
            val bitmap = read()
            main.execute {
                open.decrementAndGet()
                bitmap?.let(shown)
            }
        }
    }

    private fun read(path: String, sidePx: Int): Bitmap? {
        val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeFile(path, size)
        if (size.outWidth <= 0) return null
        var shrink = 1
        while (minOf(size.outWidth, size.outHeight) / (shrink * 2) >= sidePx) shrink *= 2
        return BitmapFactory.decodeFile(path, BitmapFactory.Options().apply { inSampleSize = shrink })
    }

    private companion object {
        const val BYTES_MAX = 24 * 1024 * 1024
    }
}
