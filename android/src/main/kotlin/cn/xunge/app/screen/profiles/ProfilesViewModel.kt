package cn.xunge.app.screen.profiles

import cn.xunge.app.gateway.Failure
import cn.xunge.app.look.Text
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import cn.xunge.app.screen.enrol.EnrolViewModel
import xunge.core.ProfileInfo

data class ProfilesState(
    val profiles: List<ProfileInfo> = emptyList(),
    val aside: List<String> = emptyList(),
    val chosen: String? = null,
    val pin: String = "",
    val wrong: Text? = null,
    val round: Int = 0,
)

sealed class ProfilesEvent {
    data class Choose(val profile: String) : ProfilesEvent()

    data class Pin(val text: String) : ProfilesEvent()

    data object Open : ProfilesEvent()

    data object Add : ProfilesEvent()
}

/** Who has the phone in hand. */
class ProfilesViewModel(host: Host) : ViewModel<ProfilesState, ProfilesEvent>(ProfilesState(), host) {
    override fun start() {
        gateway.profiles(got { show(state.copy(profiles = it)) })
        gateway.setAsideNames(got { show(state.copy(aside = it)) })
    }

    override fun on(event: ProfilesEvent) {
        when (event) {
            is ProfilesEvent.Choose -> choose(event.profile)
            is ProfilesEvent.Pin -> show(state.copy(pin = event.text))
            ProfilesEvent.Open -> open(state.pin)
            ProfilesEvent.Add -> host.wish(Wish.Go(Screen(Screen.Name.ENROL, EnrolViewModel.MORE)))
        }
    }

    private fun choose(profile: String) {
        show(state.copy(chosen = profile, pin = "", wrong = null, round = state.round + 1))
        if (state.profiles.none { it.id == profile && it.hasPin }) open(null)
    }

    private fun open(pin: String?) {
        val profile = state.profiles.firstOrNull { it.id == state.chosen } ?: return
        gateway.choose(profile, pin, got { host.wish(Wish.SignedIn) })
    }

    override fun failed(failure: Failure) = show(state.copy(wrong = failure.text, pin = "", round = state.round + 1))
}
