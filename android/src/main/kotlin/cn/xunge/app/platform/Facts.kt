package cn.xunge.app.platform

import android.Manifest
import android.app.NotificationManager
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.pm.PackageManager
import android.location.LocationManager
import android.os.BatteryManager
import android.os.Build
import android.os.PowerManager
import xunge.core.PhoneMaker
import xunge.core.PlatformFacts

/** What the self-test needs to know of this phone. */
object Facts {
    fun of(context: Context): PlatformFacts {
        val location = context.getSystemService(LocationManager::class.java)
        val power = context.getSystemService(PowerManager::class.java)
        val battery = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED))
        val isFine = has(context, Manifest.permission.ACCESS_FINE_LOCATION)
        return PlatformFacts(
            hasPreciseLocation = isFine,
            hasCoarseLocation = isFine || has(context, Manifest.permission.ACCESS_COARSE_LOCATION),
            isLocationOn = Locator.isOn(location),
            isSatelliteOn = location.isProviderEnabled(LocationManager.GPS_PROVIDER),
            mayRunInBackground = true,
            mayNotify = context.getSystemService(NotificationManager::class.java).areNotificationsEnabled(),
            isExemptFromBatterySaving = power.isIgnoringBatteryOptimizations(context.packageName),
            isPowerSaving = power.isPowerSaveMode,
            mayStartItself = null,
            maker = maker(Build.MANUFACTURER),
            isMockProviderOn = null,
            batteryPercent = battery?.let { percent(it) },
            isCharging = battery?.let { it.getIntExtra(BatteryManager.EXTRA_PLUGGED, 0) != 0 },
            freeBytes = context.filesDir.usableSpace.toULong(),
            killedCount = 0u,
            silentMin = null,
        )
    }

    fun percent(battery: Intent): UByte? {
        val level = battery.getIntExtra(BatteryManager.EXTRA_LEVEL, -1)
        val full = battery.getIntExtra(BatteryManager.EXTRA_SCALE, -1)
        return if (level < 0 || full <= 0) null else (level * 100 / full).toUByte()
    }

    /** The maker, where it is one whose system closes apps of its own accord. */
    fun maker(name: String): PhoneMaker? = when (name.lowercase()) {
        "huawei" -> PhoneMaker.HUAWEI
        "honor" -> PhoneMaker.HONOR
        "xiaomi", "redmi", "poco" -> PhoneMaker.XIAOMI
        "oppo", "realme", "oneplus" -> PhoneMaker.OPPO
        "vivo", "iqoo" -> PhoneMaker.VIVO
        "samsung" -> PhoneMaker.SAMSUNG
        "meizu" -> PhoneMaker.MEIZU
        else -> null
    }

    private fun has(context: Context, permission: String) =
        context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED
}
