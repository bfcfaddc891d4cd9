package cn.xunge.app.platform

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent

/** After the phone was started or the app updated: the job again, and a patrol that was under way goes on. */
class BootReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action !in WANTED) return
        SyncJob.schedule(context)
        PatrolService.goOn(context)
    }

    private companion object {
        val WANTED = setOf(Intent.ACTION_BOOT_COMPLETED, Intent.ACTION_MY_PACKAGE_REPLACED)
    }
}
