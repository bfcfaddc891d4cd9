package cn.xunge.app.platform

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import cn.xunge.app.XungeApp
import cn.xunge.app.gateway.Answer

/** Sends and fetches for every profile about every 15 minutes where there is a network, and again after the phone was started. */
class SyncJob : JobService() {
    override fun onStartJob(job: JobParameters): Boolean {
        val app = application as XungeApp
        app.gateway.syncAll(app.isMetered()) { answer ->
            // News of a profile behind a PIN waits until its person is there.
            if (app.gateway.current == null) app.openLast { News.tell(app) } else News.tell(app)
            jobFinished(job, answer !is Answer.Done)
        }
        return true
    }

    override fun onStopJob(job: JobParameters): Boolean {
        (application as XungeApp).gateway.stopSync()
        return true
    }

    companion object {
        const val ID = 15
        private const val EVERY_MS = 15L * 60_000

        fun schedule(context: Context): Boolean {
            val job = JobInfo.Builder(ID, ComponentName(context, SyncJob::class.java))
                .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                .setPeriodic(EVERY_MS)
                .setPersisted(true)
                .build()
            return context.getSystemService(JobScheduler::class.java).schedule(job) == JobScheduler.RESULT_SUCCESS
        }
    }
}
