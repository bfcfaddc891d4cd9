package cn.xunge.app.platform

import android.os.Handler
import android.os.Looper
import cn.xunge.app.XungeApp
import cn.xunge.app.gateway.Answer
import xunge.core.SyncReport
import xunge.core.SyncStatus

/** Sends and fetches: at once after something was written, on a long poll while in front or on patrol, else by [SyncJob]. */
class SyncLoop(private val app: XungeApp) {
    private val handler = Handler(Looper.getMainLooper())
    private var isRunning = false
    private var isWaiting = false

    /** Who wants a sync of his own after the one that runs. */
    private val wanting = ArrayList<(Answer<SyncReport>) -> Unit>()

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
        handler.postDelayed(retry, if (due == null) 0 else maxOf(0, due - app.now()))
    }

    /** Screens that want to know. */
    val told = ArrayList<(SyncStatus) -> Unit>()

    private val retry = Runnable { sync {} }

    /** One whole sync; where one runs already, another follows it. Everybody who asked is told how the one went that began after it. */
    fun sync(then: (Answer<SyncReport>) -> Unit) {
        if (app.gateway.current == null) return
        wanting += then
        if (!isRunning) run()
    }

    private fun run() {
        val asked = wanting.toList()
        wanting.clear()
        isRunning = true
        app.gateway.sync(app.isMetered()) { answer ->
            isRunning = false
            News.tell(app)
            asked.forEach { it(answer) }
            when {
                wanting.isNotEmpty() -> run()
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
