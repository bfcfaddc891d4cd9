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

/** Records a voice note of at most 60 s as AAC-LC in `.m4a`, and plays one. */
class Recorder(private val context: Context, private val tell: (Told) -> Unit) {
    private val handler = Handler(Looper.getMainLooper())
    private var recorder: MediaRecorder? = null
    private var player: MediaPlayer? = null
    private var file: File? = null
    private var startedAt = 0L

    fun start(report: String) {
        if (recorder != null) return
        stopPlaying()
        val into = File(FileHandOver.folder(context), "$report~voice~${System.currentTimeMillis()}.m4a")
        @Suppress("DEPRECATION")
        val fresh = MediaRecorder()
        try {
            fresh.setAudioSource(MediaRecorder.AudioSource.MIC)
            fresh.setOutputFormat(MediaRecorder.OutputFormat.MPEG_4)
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
        val isWhole = try {
            running.stop()
            true
        } catch (_: RuntimeException) {
            // Stopped before a single sample was there.
            false
        }
        running.release()
        val into = checkNotNull(file)
        if (isWhole && into.length() > 0) tell(Told.Voice(into.path)) else tell(Told.NoVoice)
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

    private companion object {
        const val LENGTH_MAX_S = 60
        const val SAMPLES_HZ = 16_000
        const val BITS = 32_000
    }
}
