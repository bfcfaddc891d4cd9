package cn.xunge.app.platform

import android.content.ComponentName
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.provider.Settings
import cn.xunge.app.screen.SystemPage

/** Which page of the system's settings to open, the most fitting first; makers keep their lists of apps in places of their own. */
object SystemPages {
    fun intents(context: Context, page: SystemPage): List<Intent> {
        val app = Uri.fromParts("package", context.packageName, null)
        val details = Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, app)
        val wanted = when (page) {
            SystemPage.LOCATION -> listOf(Intent(Settings.ACTION_LOCATION_SOURCE_SETTINGS))
            SystemPage.PERMISSIONS -> emptyList()
            SystemPage.BATTERY -> listOf(
                Intent(Settings.ACTION_REQUEST_IGNORE_BATTERY_OPTIMIZATIONS, app),
                Intent(Settings.ACTION_IGNORE_BATTERY_OPTIMIZATION_SETTINGS),
            )
            SystemPage.AUTOSTART -> autostart(Build.MANUFACTURER)
            SystemPage.NOTIFICATIONS -> listOf(
                Intent(Settings.ACTION_APP_NOTIFICATION_SETTINGS).putExtra(Settings.EXTRA_APP_PACKAGE, context.packageName),
            )
            SystemPage.STORAGE -> listOf(Intent(Settings.ACTION_INTERNAL_STORAGE_SETTINGS))
        }
        return wanted + details
    }

    /** The maker's own list of apps that may start themselves; names of its pages differ between its versions. */
    fun autostart(maker: String): List<Intent> {
        val pages = when (maker.lowercase()) {
            "huawei" -> listOf(
                "com.huawei.systemmanager" to "com.huawei.systemmanager.startupmgr.ui.StartupNormalAppListActivity",
                "com.huawei.systemmanager" to "com.huawei.systemmanager.optimize.process.ProtectActivity",
            )
            "honor" -> listOf(
                "com.hihonor.systemmanager" to "com.hihonor.systemmanager.startupmgr.ui.StartupNormalAppListActivity",
                "com.huawei.systemmanager" to "com.huawei.systemmanager.startupmgr.ui.StartupNormalAppListActivity",
            )
            "xiaomi", "redmi", "poco" -> listOf(
                "com.miui.securitycenter" to "com.miui.permcenter.autostart.AutoStartManagementActivity",
            )
            "oppo", "realme", "oneplus" -> listOf(
                "com.coloros.safecenter" to "com.coloros.safecenter.startupapp.StartupAppListActivity",
                "com.oplus.safecenter" to "com.oplus.safecenter.startupapp.view.StartupAppListActivity",
            )
            "vivo", "iqoo" -> listOf(
                "com.vivo.permissionmanager" to "com.vivo.permissionmanager.activity.BgStartUpManagerActivity",
                "com.iqoo.secure" to "com.iqoo.secure.ui.phoneoptimize.AddWhiteListActivity",
            )
            "samsung" -> listOf("com.samsung.android.lool" to "com.samsung.android.sm.ui.battery.BatteryActivity")
            "meizu" -> listOf("com.meizu.safe" to "com.meizu.safe.permission.SmartBGActivity")
            else -> emptyList()
        }
        return pages.map { (where, page) -> Intent().setComponent(ComponentName(where, page)) }
    }
}
