package cn.xunge.app.platform

import android.annotation.SuppressLint
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.pm.ServiceInfo
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.IBinder
import android.os.Looper
import cn.xunge.app.XungeApp
import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.addFix
import cn.xunge.app.gateway.patrolLocation
import cn.xunge.app.gateway.patrolTick
import cn.xunge.app.look.words
import xunge.core.PatrolFix
import xunge.core.PatrolState
import xunge.core.PatrolStep

/**
 * Records a patrol while the screen is off: a foreground service with a lasting notification. It hands every fix of the system to the core
 * and asks for fixes as often as the core says; it decides nothing, and ends when the core says that the patrol is over.
 */
class PatrolService : Service() {
    private val app get() = application as XungeApp
    private val system by lazy { applicationContext.getSystemService(LocationManager::class.java) }
    private val handler = Handler(Looper.getMainLooper())
    private var everyMs: Long? = null
    private var isUp = false
    private var profile = ""

    private val listener = object : LocationListener {
        override fun onLocationChanged(location: Location) = take(location)

        override fun onProviderDisabled(provider: String) = switched()

        override fun onProviderEnabled(provider: String) = switched()

        @Deprecated("needed before API 29")
        override fun onStatusChanged(provider: String?, status: Int, extras: Bundle?) = Unit
    }

    private val minute = object : Runnable {
        override fun run() {
            app.gateway.patrolTick(profile) { answer -> if (answer is Answer.Done) answer.value?.let { step(it) } ?: end() }
            if (!Locator.isAllowed(this@PatrolService)) switched()
            handler.postDelayed(this, MINUTE_MS)
        }
    }

    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        profile = intent?.getStringExtra(PROFILE) ?: app.wardrobe.patrolProfile
        app.wardrobe.patrolProfile = profile
        try {
            show("notification_patrol")
        } catch (_: SecurityException) {
            // Newer systems let nobody record a place from the background, or the permission was taken away: the worker is asked to tap,
            // and the gap has its cause.
            switched()
            Notifications.patrolCutOff(this)
            stopSelf()
            return START_NOT_STICKY
        }
        if (!isUp) {
            isUp = true
            app.loop.keep()
        }
        handler.removeCallbacks(minute)
        minute.run()
        return START_STICKY
    }

    private fun show(title: String) {
        val note = Notifications.patrol(this, words(title))
        if (Build.VERSION.SDK_INT >= 29) typed(note) else startForeground(Notifications.PATROL, note)
    }

    @Newer("a service says its type from API 29 on")
    private fun typed(note: android.app.Notification) =
        startForeground(Notifications.PATROL, note, ServiceInfo.FOREGROUND_SERVICE_TYPE_LOCATION)

    private fun take(location: Location) {
        val battery = registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED))
        val fix = PatrolFix(
            wallAt = app.now(),
            monotonicMs = location.elapsedRealtimeNanos / 1_000_000,
            boot = null,
            satelliteAt = if (location.provider == LocationManager.GPS_PROVIDER) location.time else null,
            latDeg = location.latitude,
            lonDeg = location.longitude,
            accuracyM = if (location.hasAccuracy()) location.accuracy.toDouble() else 0.0,
            speedMps = if (location.hasSpeed()) location.speed.toDouble() else null,
            bearingDeg = if (location.hasBearing()) location.bearing.toDouble() else null,
            provider = Locator.provider(location),
            isMock = Locator.isMock(location),
            batteryPercent = battery?.let { Facts.percent(it) },
        )
        app.gateway.addFix(profile, fix) { answer -> if (answer is Answer.Done) step(answer.value) }
    }

    /** Whether places can be had at all, told to the core, which knows the gap's cause from it. */
    private fun switched() {
        val isOn = Locator.isAllowed(this) && Locator.isOn(system)
        app.gateway.patrolLocation(profile, isOn) { answer -> if (answer is Answer.Done && isUp) step(answer.value) }
    }

    /** What the core wants now: fixes as often as it says, or none any more. */
    private fun step(step: PatrolStep) {
        if (step.state is PatrolState.Ended) return end()
        if (step.notices.isNotEmpty()) app.patrolTold(step.notices)
        if (step.fixEveryMs == everyMs) return
        everyMs = step.fixEveryMs
        show(if (step.state is PatrolState.Paused) "notification_patrol_paused" else "notification_patrol")
        listen()
    }

    @SuppressLint("MissingPermission")
    private fun listen() {
        system.removeUpdates(listener)
        val every = everyMs ?: return
        if (!Locator.isAllowed(this)) return switched()
        for (provider in listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)) {
            if (provider in system.allProviders) system.requestLocationUpdates(provider, every, 0f, listener, Looper.getMainLooper())
        }
    }

    private fun end() {
        @Suppress("DEPRECATION")
        stopForeground(true)
        stopSelf()
    }

    override fun onDestroy() {
        handler.removeCallbacksAndMessages(null)
        system.removeUpdates(listener)
        if (isUp) app.loop.letGo()
        super.onDestroy()
    }

    companion object {
        private const val MINUTE_MS = 60_000L

        private const val PROFILE = "profile"

        fun start(context: Context, profile: String) {
            try {
                context.startForegroundService(Intent(context, PatrolService::class.java).putExtra(PROFILE, profile))
            } catch (_: IllegalStateException) {
                // The system allows no start from the background.
                Notifications.patrolCutOff(context)
            }
        }

        /** After a restart: goes on where a patrol is under way, whoever is on the screen. */
        fun goOn(context: Context) {
            val app = context.applicationContext as XungeApp
            val profile = app.wardrobe.patrolProfile
            if (profile.isEmpty()) return
            app.gateway.patrolTick(profile) { answer -> if (answer is Answer.Done && answer.value != null) start(app, profile) }
        }
    }
}
