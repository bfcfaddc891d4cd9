package cn.xunge.app.screen

import cn.xunge.app.gateway.Names
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import xunge.core.SyncStatus

/** How sending stands, in words: first what matters most. */
object StatusLines {
    /** Whether everything has arrived. */
    fun isQuiet(status: SyncStatus): Boolean = waiting(status) == 0 && !status.isRevoked && !status.isUpdateRequired

    fun of(status: SyncStatus, now: Long): List<Text> = buildList {
        val waiting = status.unsentCount.toInt()
        if (status.isSyncing && status.toSendCount > 0u) {
            add(words("status_sending", status.sentCount.toInt(), status.toSendCount.toInt()))
        } else if (waiting > 0) {
            add(words("status_waiting", waiting))
            add(words("status_saved_waiting"))
        } else if (status.toSendCount > 0u) {
            add(words("status_received", status.sentCount.toInt(), status.toSendCount.toInt()))
        } else {
            add(words(if (status.succeededAt == null) "status_nothing" else "status_all_sent"))
        }
        attachments(status)
        if (status.unsentTrackCount + status.unsentVisitCount > 0u) add(words("status_trail"))
        status.failure?.let { if (waiting(status) > 0) add(Names.of(it)) }
        trouble(status)
        val last = status.succeededAt
        add(if (last == null) words("status_never") else words("status_last", Times.at(last, now)))
    }

    private fun MutableList<Text>.attachments(status: SyncStatus) {
        if (status.unsentAttachmentCount == 0u) return
        val size = Times.bytes(status.unsentAttachmentBytes.toLong())
        add(words("status_attachments", status.unsentAttachmentCount.toInt(), size))
    }

    private fun MutableList<Text>.trouble(status: SyncStatus) {
        if (status.isRevoked) add(words("status_revoked"))
        if (status.isUpdateRequired) add(words("status_update_required"))
        val offset = Math.abs(status.clockOffsetMs ?: 0)
        if (offset > CLOCK_MS) add(words("status_clock_off", Times.span(offset)))
    }

    private fun waiting(status: SyncStatus): Int =
        (status.unsentCount + status.unsentAttachmentCount + status.unsentTrackCount + status.unsentVisitCount).toInt()

    private const val CLOCK_MS = 120_000L
}
