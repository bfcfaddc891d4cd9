package cn.xunge.app.platform

import android.content.Context
import android.content.SharedPreferences
import android.content.res.Configuration
import android.os.LocaleList
import android.os.StrictMode
import cn.xunge.app.look.Palette
import java.util.Locale

/** What the shell itself remembers: language, size of letters, contrast, who was here last. Nothing of a report. */
class Wardrobe(context: Context) {
    // One small file that the very first drawing needs: reading it later would only move the wait.
    private val kept: SharedPreferences = StrictMode.allowThreadDiskReads().let { policy ->
        try {
            context.getSharedPreferences("shell", Context.MODE_PRIVATE).also { it.all }
        } finally {
            StrictMode.setThreadPolicy(policy)
        }
    }

    /** `zh`, `en`, or empty for the phone's own. */
    var language: String
        get() = kept.getString("language", "").orEmpty()
        set(value) = kept.edit().putString("language", value).apply()

    /** From 100 to 200. */
    var textPercent: Int
        get() = kept.getInt("text_percent", 100)
        set(value) = kept.edit().putInt("text_percent", value.coerceIn(100, 200)).apply()

    var isHighContrast: Boolean
        get() = kept.getBoolean("high_contrast", false)
        set(value) = kept.edit().putBoolean("high_contrast", value).apply()

    var lastProfile: String
        get() = kept.getString("last_profile", "").orEmpty()
        set(value) = kept.edit().putString("last_profile", value).apply()

    /** Whose patrol is being recorded. */
    var patrolProfile: String
        get() = kept.getString("patrol_profile", "").orEmpty()
        set(value) = kept.edit().putString("patrol_profile", value).apply()

    /** Whether the person of a profile has read what is recorded and why. */
    fun hasRead(profile: String): Boolean = kept.getBoolean("read/$profile", false)

    fun read(profile: String) = kept.edit().putBoolean("read/$profile", true).apply()

    /** The context in the language and size of letters that were chosen. */
    fun dress(base: Context): Context {
        val worn = Configuration(base.resources.configuration)
        if (language.isNotEmpty()) worn.setLocales(LocaleList(if (language == "zh") Locale.SIMPLIFIED_CHINESE else Locale.ENGLISH))
        worn.fontScale = (worn.fontScale * textPercent / 100f).coerceAtMost(FONT_SCALE_MAX)
        return base.createConfigurationContext(worn)
    }

    fun palette(context: Context): Palette {
        val night = context.resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK
        return when {
            isHighContrast -> Palette.HIGH
            night == Configuration.UI_MODE_NIGHT_YES -> Palette.DARK
            else -> Palette.LIGHT
        }
    }

    private companion object {
        const val FONT_SCALE_MAX = 2f
    }
}
