package cn.xunge.app

import android.media.MediaRecorder
import java.io.DataInputStream
import java.io.File
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowMediaRecorder

/** The microphone of the test framework, which writes nothing by itself: who records is at hand, and what is recorded. */
@Implements(MediaRecorder::class)
class Recorders : ShadowMediaRecorder() {
    init {
        last = this
    }

    companion object {
        /** The recorder that was made last. */
        lateinit var last: Recorders

        /** A voice note as a phone records it. */
        val note: ByteArray by lazy {
            File(System.getProperty("xunge.repository"), "core/attachment/tests/attachment/note.m4a").readBytes()
        }

        /** The same sound as a recorder writes it: frame by frame, each behind a header of its own. */
        val stream: ByteArray by lazy {
            val text = note.toString(Charsets.ISO_8859_1)
            val sizes = DataInputStream(note.inputStream(text.indexOf("stsz") + 12, note.size))
            val sound = DataInputStream(note.inputStream(text.indexOf("mdat") + 4, note.size))
            val frames = (1..sizes.readInt()).map { ByteArray(sizes.readInt()).also(sound::readFully) }
            frames.fold(ByteArray(0)) { all, frame ->
                val length = frame.size + 7
                all + listOf(0xFF, 0xF1, 0x60, 0x40 or (length shr 11), length shr 3 and 0xFF, (length and 7 shl 5) or 0x1F, 0xFC)
                    .map { it.toByte() }.toByteArray() + frame
            }
        }

        private fun ByteArray.inputStream(from: Int, to: Int) = copyOfRange(from, to).inputStream()
    }
}
