package cn.xunge.app.screen.selftest

import cn.xunge.app.gateway.selfTest
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.SystemPage
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.SelfTestFinding

data class SelfTestState(
    val findings: List<SelfTestFinding> = emptyList(),
    val isDone: Boolean = false,
    val isChinese: Boolean = true,
)

sealed class SelfTestEvent {
    data class Open(val page: SystemPage) : SelfTestEvent()

    data object Again : SelfTestEvent()

    data object Back : SelfTestEvent()
}

/** Which settings of this phone would stop a patrol, each with the page where it is changed. */
class SelfTestViewModel(host: Host) : ViewModel<SelfTestState, SelfTestEvent>(SelfTestState(), host) {
    /** Looks again whenever the worker comes back from the settings. */
    override fun start() = host.wish(Wish.AskFacts)

    override fun changed() = Unit

    override fun told(what: Told) {
        if (what is Told.Facts) gateway.selfTest(what.facts, got { show(SelfTestState(it, true, host.isChinese())) })
    }

    override fun on(event: SelfTestEvent) {
        when (event) {
            is SelfTestEvent.Open -> host.wish(Wish.Setting(event.page))
            SelfTestEvent.Again -> start()
            SelfTestEvent.Back -> host.wish(Wish.Back)
        }
    }

    companion object {
        /** The page of the system's settings that mends a finding, by the core's name for it. */
        val PAGES = mapOf(
            "location_off" to SystemPage.LOCATION, "no_satellites" to SystemPage.LOCATION, "mock_provider" to SystemPage.LOCATION,
            "no_permission" to SystemPage.PERMISSIONS, "only_coarse" to SystemPage.PERMISSIONS,
            "no_background" to SystemPage.PERMISSIONS, "battery_saving" to SystemPage.BATTERY,
            "power_saving" to SystemPage.BATTERY, "maker_list" to SystemPage.AUTOSTART, "was_killed" to SystemPage.AUTOSTART,
            "no_notification" to SystemPage.NOTIFICATIONS, "storage_low" to SystemPage.STORAGE,
        )
    }
}
