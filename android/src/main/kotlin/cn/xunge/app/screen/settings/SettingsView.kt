package cn.xunge.app.screen.settings

import cn.xunge.app.look.Card
import cn.xunge.app.look.Chip
import cn.xunge.app.look.Chips
import cn.xunge.app.look.Field
import cn.xunge.app.look.Input
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Progress
import cn.xunge.app.look.Row
import cn.xunge.app.look.Style
import cn.xunge.app.look.Toggle
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import cn.xunge.app.screen.StatusLines
import cn.xunge.app.screen.Times
import xunge.core.StorageUse

fun settingsView(state: SettingsState, send: (SettingsEvent) -> Unit) = Page(
    name = "settings",
    title = words("settings_title"),
    back = { send(SettingsEvent.Back) },
    body = buildList {
        sending(state, send)
        reading(state, send)
        add(Toggle(words("settings_wifi_only"), "wifi_only", state.isWifiOnly) { send(SettingsEvent.WifiOnly(it)) })
        pin(state, send)
        add(Press(words("settings_profiles"), "profiles", Weight.QUIET, "person") { send(SettingsEvent.ChangePerson) })
        add(Press(words("settings_notice"), "notice", Weight.QUIET, "book") { send(SettingsEvent.Notice) })
        state.storage?.let { storage(it) }
        rescue(send)
        log(state, send)
        add(Words(words("settings_version", state.version), Style.SMALL, Tone.QUIET, "version"))
    },
)

private fun MutableList<Node>.sending(state: SettingsState, send: (SettingsEvent) -> Unit) {
    val lines = buildList<Node> {
        state.status?.let { status ->
            StatusLines.of(status, state.now).forEachIndexed { n, text ->
                add(Words(text, if (n == 0) Style.STRONG else Style.SMALL, tag = "status_$n"))
            }
        }
        if (state.isSyncing) {
            add(Words(words("settings_syncing"), tag = "status_syncing"))
            add(Progress(null, "syncing"))
        }
        add(Press(words("settings_sync"), "sync", Weight.MAIN, isOn = !state.isSyncing) { send(SettingsEvent.Sync) })
    }
    add(Card(lines, "sending"))
    state.told?.let { add(Card(listOf(Words(it, tag = "status_told")), "told", if (state.isBad) Tone.BAD else Tone.GOOD)) }
}

private fun MutableList<Node>.reading(state: SettingsState, send: (SettingsEvent) -> Unit) {
    val languages = listOf("" to "settings_language_system", "zh" to "settings_language_zh", "en" to "settings_language_en")
    val lines = listOf(
        Words(words("settings_text"), Style.STRONG),
        Chips(listOf(100, 125, 150, 200).map { percent ->
            Chip(words("settings_text_percent", percent), "text_$percent", percent == state.textPercent) {
                send(SettingsEvent.TextSize(percent))
            }
        }, "sizes"),
        Toggle(words("settings_contrast"), "contrast", state.isHighContrast) { send(SettingsEvent.Contrast(it)) },
        Words(words("settings_language"), Style.STRONG),
        Chips(languages.map { (language, key) ->
            Chip(words(key), "language_${language.ifEmpty { "system" }}", language == state.language) {
                send(SettingsEvent.Language(language))
            }
        }, "languages"),
    )
    add(Card(lines, "reading"))
}

private fun MutableList<Node>.pin(state: SettingsState, send: (SettingsEvent) -> Unit) {
    val pin = state.pin
    if (pin == null) {
        add(Press(words("settings_pin_set"), "pin_begin", Weight.QUIET) { send(SettingsEvent.Pin("")) })
        if (state.hasPin) add(Press(words("settings_pin_remove"), "pin_remove", Weight.QUIET) { send(SettingsEvent.RemovePin) })
        return
    }
    val lines = listOf(
        Field(words("profiles_pin"), "pin", pin, input = Input.PIN, charsMax = 8) { send(SettingsEvent.Pin(it)) },
        Row(listOf(
            Press(words("settings_pin_set"), "pin_save", Weight.MAIN, isOn = pin.length >= 4) { send(SettingsEvent.SavePin) },
            Press(words("common_cancel"), "pin_cancel", Weight.QUIET) { send(SettingsEvent.Pin(null)) },
        ), "pin_end", 110),
    )
    add(Card(lines, "pin_card"))
}

private fun MutableList<Node>.storage(use: StorageUse) {
    fun size(bytes: ULong) = Times.bytes(bytes.toLong())
    val lines = listOf(
        Words(words("settings_storage"), Style.STRONG),
        Words(words("settings_storage_database", size(use.databaseBytes)), Style.SMALL),
        Words(words("settings_storage_pictures", size(use.picturesBytes)), Style.SMALL),
        Words(words("settings_storage_voice", size(use.voiceBytes)), Style.SMALL),
        Words(words("settings_storage_tracks", size(use.tracksBytes)), Style.SMALL),
        Words(words("settings_storage_other", size(use.otherBytes)), Style.SMALL),
        Words(words("settings_storage_unsent", size(use.unsentBytes)), Style.SMALL, Tone.QUIET),
    )
    add(Card(lines, "storage"))
}

private fun MutableList<Node>.rescue(send: (SettingsEvent) -> Unit) {
    val lines = listOf(
        Words(words("settings_rescue_text"), Style.SMALL),
        Press(words("settings_rescue"), "rescue", icon = "share") { send(SettingsEvent.Rescue) },
    )
    add(Card(lines, "rescue_card"))
}

private fun MutableList<Node>.log(state: SettingsState, send: (SettingsEvent) -> Unit) {
    val log = state.log
    if (log == null) {
        add(Press(words("settings_log"), "log", Weight.QUIET, "list") { send(SettingsEvent.Log) })
        return
    }
    val lines = listOf(
        Press(words("settings_log_share"), "log_share", icon = "share") { send(SettingsEvent.ShareLog) },
        Words(plain(log.take(LOG_CHARS)), Style.SMALL, tag = "log_text"),
    )
    add(Card(lines, "log_card"))
}

private const val LOG_CHARS = 4000
