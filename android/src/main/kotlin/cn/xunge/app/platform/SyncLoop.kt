package cn.xunge.app.platform

import android.os.Handler
import android.os.Looper
import cn.xunge.app.XungeApp
import cn.xunge.app.gateway.Answer
import java.time.Instant
import xunge.core.SyncReport
import xunge.core.SyncStatus

/** Sends and fetches: at once after something was written, on a long poll while in front or on patrol, else by [SyncJob]. */
class SyncLoop(private val app: XungeApp) {
    private val handler = Handler(Looper.getMainLooper())
    private var isRunning = false
    private var isWaiting = false
    private var isWanted = false

    /** Whether a screen or a patrol keeps the long poll up. */
    private var keepers = 0

    fun keep() {
        keepers += 1
        if (app.isAutomatic) sync {}
    }

    fun letGo() {
        keepers = maxOf(0, keepers - 1)
    }

    /** The core changed: what is new and unsent goes out at once. */
    fun changed(status: SyncStatus) {
        told.forEach { it(status) }
        if (!app.isAutomatic || status.isSyncing || isRunning) return
        val due = status.retryAt
        if (status.unsentCount == 0u && status.unsentAttachmentCount == 0u) return
        handler.removeCallbacks(retry)
        handler.postDelayed(retry, if (due == null) 0 else maxOf(0, due - Instant.now().toEpochMilli()))
    }

    /** Screens that want to know. */
    val told = ArrayList<(SyncStatus) -> Unit>()

    private val retry = Runnable { sync {} }

    /** One whole sync; where one runs already, another follows it. */
    fun sync(then: (SyncReport) -> Unit) {
        if (app.gateway.current == null) return
        if (isRunning) {
            isWanted = true
            return
        }
        isRunning = true
        app.gateway.sync(app.isMetered()) { answer ->
            isRunning = false
            News.tell(app)
            if (answer is Answer.Done) then(answer.value)
            when {
                isWanted -> {
                    isWanted = false
                    sync(then)
                }
                answer is Answer.Done && answer.value.failure == null -> listen()
            }
        }
    }

    private fun listen() {
        if (!app.isAutomatic || keepers == 0 || isWaiting) return
        isWaiting = true
        app.gateway.waitForNews(WAIT_MS) { answer ->
            isWaiting = false
            if (keepers == 0) return@waitForNews
            when {
                answer is Answer.Done && answer.value -> sync {}
                answer is Answer.Done -> listen()
                else -> handler.postDelayed({ listen() }, WAIT_MS)
            }
        }
    }

    private companion object {
        const val WAIT_MS = 50_000L
    }
}
