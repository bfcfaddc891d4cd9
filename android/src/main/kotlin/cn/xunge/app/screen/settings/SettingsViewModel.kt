package cn.xunge.app.screen.settings

import cn.xunge.app.gateway.Failure
import cn.xunge.app.gateway.Names
import cn.xunge.app.gateway.rescue
import cn.xunge.app.gateway.setPin
import cn.xunge.app.gateway.setWifiOnly
import cn.xunge.app.gateway.settings
import cn.xunge.app.gateway.status
import cn.xunge.app.gateway.storage
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import cn.xunge.app.screen.notice.NoticeViewModel
import xunge.core.StorageUse
import xunge.core.SyncReport
import xunge.core.SyncStatus

data class SettingsState(
    val language: String = "",
    val textPercent: Int = 100,
    val isHighContrast: Boolean = false,
    val isWifiOnly: Boolean = false,
    val storage: StorageUse? = null,
    val status: SyncStatus? = null,
    val isSyncing: Boolean = false,
    val told: Text? = null,
    val isBad: Boolean = false,
    val pin: String? = null,
    val hasPin: Boolean = false,
    val log: String? = null,
    val version: String = "",
    val now: Long = 0,
)

sealed class SettingsEvent {
    data class Language(val language: String) : SettingsEvent()

    data class TextSize(val percent: Int) : SettingsEvent()

    data class Contrast(val isHigh: Boolean) : SettingsEvent()

    data class WifiOnly(val isOnly: Boolean) : SettingsEvent()

    data object Sync : SettingsEvent()

    data object Rescue : SettingsEvent()

    data object Log : SettingsEvent()

    data object ShareLog : SettingsEvent()

    data class Pin(val text: String?) : SettingsEvent()

    data object SavePin : SettingsEvent()

    data object RemovePin : SettingsEvent()

    data object Notice : SettingsEvent()

    data object ChangePerson : SettingsEvent()

    data object Back : SettingsEvent()
}

/** What a person sets, and the true result of sending now. */
class SettingsViewModel(host: Host) : ViewModel<SettingsState, SettingsEvent>(SettingsState(), host) {
    override fun start() {
        host.wish(Wish.AskWorn)
        gateway.settings(got { show(state.copy(isWifiOnly = it.isWifiOnly)) })
        gateway.storage(got { show(state.copy(storage = it)) })
        gateway.profiles(got { profiles ->
            show(state.copy(hasPin = profiles.any { it.id == gateway.current?.id && it.hasPin }))
        })
        changed()
    }

    override fun changed() = gateway.status(got { show(state.copy(status = it, now = host.now())) })

    override fun on(event: SettingsEvent) {
        when (event) {
            is SettingsEvent.Language -> host.wish(Wish.Wear(event.language, null, null))
            is SettingsEvent.TextSize -> host.wish(Wish.Wear(null, event.percent, null))
            is SettingsEvent.Contrast -> host.wish(Wish.Wear(null, null, event.isHigh))
            is SettingsEvent.WifiOnly -> gateway.setWifiOnly(event.isOnly, got { start() })
            SettingsEvent.Sync -> {
                show(state.copy(isSyncing = true, told = null))
                host.wish(Wish.SyncNow)
            }
            SettingsEvent.Rescue -> host.wish(Wish.WithFile("xunge-${gateway.current?.name}.rescue") { rescue(it) })
            SettingsEvent.Notice -> host.wish(Wish.Go(Screen(Screen.Name.NOTICE, NoticeViewModel.AGAIN)))
            SettingsEvent.ChangePerson -> host.wish(Wish.ChangePerson)
            SettingsEvent.Back -> host.wish(Wish.Back)
            else -> more(event)
        }
    }

    private fun more(event: SettingsEvent) {
        when (event) {
            is SettingsEvent.Pin -> show(state.copy(pin = event.text, told = null))
            SettingsEvent.SavePin -> gateway.setPin(state.pin, got {
                show(state.copy(pin = null, hasPin = true, told = words("settings_pin_done"), isBad = false))
            })
            SettingsEvent.RemovePin -> gateway.setPin(null, got {
                show(state.copy(pin = null, hasPin = false, told = words("settings_pin_removed"), isBad = false))
            })
            SettingsEvent.Log -> gateway.logOfPhone(got { show(state.copy(log = it)) })
            SettingsEvent.ShareLog -> host.wish(Wish.ShareText("xunge", state.log.orEmpty()))
            else -> Unit
        }
    }

    /** The file is made and handed to whatever app the person chooses; a phone with nothing unsent says so. */
    private fun rescue(file: java.io.File) = gateway.rescue(file.path, got { made ->
        val begun = made.draftCount + made.wordsCount
        if (made.itemCount + made.blobCount + begun == 0u) {
            show(state.copy(told = words("settings_rescue_none"), isBad = false))
        } else {
            val (items, blobs) = made.itemCount.toInt() to made.blobCount.toInt()
            show(state.copy(told = words("settings_rescued", items, blobs, begun.toInt()), isBad = false))
            host.wish(Wish.ShareFile(words("settings_rescue"), file.path))
        }
    })

    override fun told(what: Told) {
        when (what) {
            is Told.Synced -> synced(what.report)
            is Told.NotSynced -> failed(what.why)
            is Told.Worn -> show(state.copy(
                language = what.language, textPercent = what.textPercent, isHighContrast = what.isHighContrast, version = what.version,
            ))
            else -> Unit
        }
    }

    private fun synced(report: SyncReport) {
        val failure = report.failure
        val told = when {
            failure != null -> Names.of(failure)
            report.storeFailure != null -> words("sync_storage")
            else -> words("sync_done")
        }
        show(state.copy(isSyncing = false, told = told, isBad = failure != null || report.storeFailure != null))
        start()
    }

    override fun failed(failure: Failure) = show(state.copy(told = failure.text, isBad = true, isSyncing = false))
}
