package cn.xunge.app.platform

import android.content.Context
import android.media.MediaPlayer
import android.media.MediaRecorder
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import cn.xunge.app.screen.Told
import java.io.File
import java.io.IOException

/**
 * Records a voice note of at most 60 s as AAC-LC, and plays one. It is written as a stream, of which everything but the last frame can be
 * heard where the app was killed; the core makes an `.m4a` of it, whose own tables would have come at the end.
 */
class Recorder(private val context: Context, private val tell: (Told) -> Unit) {
    private val handler = Handler(Looper.getMainLooper())
    private var recorder: MediaRecorder? = null
    private var player: MediaPlayer? = null
    private var file: File? = null

    /** The file that is being written. */
    val under: String? get() = if (recorder == null) null else file?.path
    private var startedAt = 0L

    fun start(report: String) {
        if (recorder != null) return
        stopPlaying()
        val into = File(FileHandOver.folder(context), "$report~voice~${System.currentTimeMillis()}.aac")
        @Suppress("DEPRECATION")
        val fresh = MediaRecorder()
        try {
            fresh.setAudioSource(MediaRecorder.AudioSource.MIC)
            fresh.setOutputFormat(MediaRecorder.OutputFormat.AAC_ADTS)
            fresh.setAudioEncoder(MediaRecorder.AudioEncoder.AAC)
            fresh.setAudioChannels(1)
            fresh.setAudioSamplingRate(SAMPLES_HZ)
            fresh.setAudioEncodingBitRate(BITS)
            fresh.setMaxDuration(LENGTH_MAX_S * 1000)
            fresh.setOutputFile(into.path)
            fresh.setOnInfoListener { _, what, _ -> if (what == MediaRecorder.MEDIA_RECORDER_INFO_MAX_DURATION_REACHED) stop() }
            fresh.prepare()
            fresh.start()
        } catch (_: IOException) {
            return failed(fresh)
        } catch (_: RuntimeException) {
            return failed(fresh)
        }
        recorder = fresh
        file = into
        startedAt = SystemClock.elapsedRealtime()
        tick()
    }

    private fun failed(half: MediaRecorder) {
        half.release()
        tell(Told.NoVoice)
    }

    private fun tick() {
        if (recorder == null) return
        val seconds = ((SystemClock.elapsedRealtime() - startedAt) / 1000).toInt()
        if (seconds >= LENGTH_MAX_S) return stop()
        tell(Told.Recording(seconds))
        handler.postDelayed({ tick() }, 1000)
    }

    fun stop() {
        val running = recorder ?: return
        recorder = null
        handler.removeCallbacksAndMessages(null)
        try {
            running.stop()
        } catch (_: RuntimeException) {
            // Stopped before a single sample was there; what is there the core can tell.
        }
        running.release()
        val into = checkNotNull(file)
        if (into.length() > 0) tell(Told.Voice(into.path)) else tell(Told.NoVoice)
    }

    fun play(path: String) {
        stopPlaying()
        val fresh = MediaPlayer()
        try {
            fresh.setDataSource(path)
            fresh.setOnCompletionListener { stopPlaying() }
            fresh.setOnPreparedListener { it.start() }
            fresh.prepareAsync()
        } catch (_: IOException) {
            fresh.release()
            return tell(Told.Playing(null))
        } catch (_: RuntimeException) {
            fresh.release()
            return tell(Told.Playing(null))
        }
        player = fresh
        tell(Told.Playing(path))
    }

    fun stopPlaying() {
        val playing = player ?: return
        player = null
        playing.release()
        tell(Told.Playing(null))
    }

    fun close() {
        stop()
        stopPlaying()
    }

    companion object {
        /** How files with recordings end; earlier releases wrote the first. */
        val KINDS = listOf("m4a", "aac")
        private const val LENGTH_MAX_S = 60
        private const val SAMPLES_HZ = 16_000
        private const val BITS = 32_000
    }
}
