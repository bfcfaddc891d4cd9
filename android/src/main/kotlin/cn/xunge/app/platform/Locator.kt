package cn.xunge.app.platform

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import cn.xunge.app.screen.Permission
import cn.xunge.app.screen.Told
import xunge.core.PlaceClaim
import xunge.core.Position
import xunge.core.Provider

/** Measures where the phone is while a screen asks for it: satellites and network side by side, every fix told on. */
class Locator(private val context: Context, private val tell: (Told) -> Unit) {
    private val system = context.applicationContext.getSystemService(LocationManager::class.java)
    private val handler = Handler(Looper.getMainLooper())
    private var startedAt = 0L
    private var isRunning = false
    private var isResting = false

    private val listener = object : LocationListener {
        override fun onLocationChanged(location: Location) = tell(Told.Fix(claim(location), location.time))

        override fun onProviderDisabled(provider: String) = say()

        override fun onProviderEnabled(provider: String) = say()

        // Called on phones before API 29, where the interface has no default for it.
        @Deprecated("needed before API 29")
        override fun onStatusChanged(provider: String?, status: Int, extras: Bundle?) = Unit
    }

    @SuppressLint("MissingPermission")
    fun start() {
        if (isRunning) return
        if (!isAllowed(context)) return tell(Told.Allowed(Permission.LOCATION, false))
        isRunning = true
        startedAt = SystemClock.elapsedRealtime()
        say()
        for (provider in listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)) {
            if (provider in system.allProviders) system.requestLocationUpdates(provider, 1000, 0f, listener, Looper.getMainLooper())
        }
        tick()
    }

    private fun say() = tell(Told.Location(isOn(system)))

    private fun tick() {
        if (!isRunning) return
        tell(Told.Measuring(((SystemClock.elapsedRealtime() - startedAt) / 1000).toInt()))
        handler.postDelayed({ tick() }, 1000)
    }

    /** Measures no more until [wake]. */
    fun rest() {
        isResting = isRunning
        if (isRunning) stop()
    }

    fun wake() {
        if (isResting) start()
        isResting = false
    }

    fun stop() {
        isRunning = false
        handler.removeCallbacksAndMessages(null)
        system.removeUpdates(listener)
    }

    companion object {
        fun isAllowed(context: Context): Boolean =
            context.checkSelfPermission(Manifest.permission.ACCESS_FINE_LOCATION) == PackageManager.PERMISSION_GRANTED ||
                context.checkSelfPermission(Manifest.permission.ACCESS_COARSE_LOCATION) == PackageManager.PERMISSION_GRANTED

        fun isOn(system: LocationManager): Boolean =
            if (Build.VERSION.SDK_INT >= 28) enabled(system)
            else system.isProviderEnabled(LocationManager.GPS_PROVIDER) || system.isProviderEnabled(LocationManager.NETWORK_PROVIDER)

        @Newer("isLocationEnabled is of API 28")
        private fun enabled(system: LocationManager) = system.isLocationEnabled

        /** The system's fix as a claim; old where it was taken before. */
        fun claim(location: Location): PlaceClaim = PlaceClaim(
            position = Position(location.latitude, location.longitude),
            accuracyM = if (location.hasAccuracy()) location.accuracy.toDouble() else 0.0,
            provider = provider(location),
            isMock = isMock(location),
            ageMs = maxOf(0L, SystemClock.elapsedRealtimeNanos() - location.elapsedRealtimeNanos) / 1_000_000,
        )

        fun provider(location: Location): Provider = when (location.provider) {
            LocationManager.GPS_PROVIDER -> Provider.SATELLITE
            LocationManager.NETWORK_PROVIDER -> Provider.NETWORK
            else -> Provider.FUSED
        }

        @Suppress("DEPRECATION")
        fun isMock(location: Location): Boolean = location.isFromMockProvider
    }
}
