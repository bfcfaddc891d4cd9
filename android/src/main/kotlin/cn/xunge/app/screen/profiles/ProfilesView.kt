package cn.xunge.app.screen.profiles

import cn.xunge.app.look.Card
import cn.xunge.app.look.Field
import cn.xunge.app.look.Input
import cn.xunge.app.look.Node
import cn.xunge.app.look.Page
import cn.xunge.app.look.Press
import cn.xunge.app.look.Style
import cn.xunge.app.look.Tone
import cn.xunge.app.look.Weight
import cn.xunge.app.look.Words
import cn.xunge.app.look.plain
import cn.xunge.app.look.words
import xunge.core.ProfileInfo

fun profilesView(state: ProfilesState, send: (ProfilesEvent) -> Unit) = Page(
    name = "profiles",
    title = words("profiles_title"),
    back = null,
    body = buildList {
        state.profiles.forEach { profile(it, state, send) }
        add(Words(words("profiles_still_sends"), Style.SMALL, Tone.QUIET))
        if (state.aside.isNotEmpty()) {
            add(Words(words("profiles_aside", state.aside.joinToString("、")), Style.SMALL, Tone.QUIET, "aside"))
        }
        add(Press(words("profiles_add"), "add", Weight.QUIET, "plus") { send(ProfilesEvent.Add) })
    },
    isSecret = true,
)

private fun MutableList<Node>.profile(profile: ProfileInfo, state: ProfilesState, send: (ProfilesEvent) -> Unit) {
    val isChosen = profile.id == state.chosen
    val lines = buildList {
        add(Words(plain(profile.name), Style.TITLE))
        if (profile.hasPin) add(Words(words("profiles_pin_locked"), Style.SMALL, Tone.QUIET))
    }
    val tone = if (isChosen) Tone.MAIN else Tone.PLAIN
    add(Card(lines, "profile_${profile.id}", tone, plain(profile.name)) { send(ProfilesEvent.Choose(profile.id)) })
    if (!isChosen) return
    if (profile.hasPin) {
        add(Field(words("profiles_pin"), "pin", state.pin, input = Input.PIN, round = state.round, charsMax = 8) {
            send(ProfilesEvent.Pin(it))
        })
    }
    state.wrong?.let { add(Card(listOf(Words(it, tag = "status_wrong")), "wrong", Tone.BAD)) }
    if (profile.hasPin) {
        add(Press(words("profiles_open"), "open", Weight.MAIN, isOn = state.pin.length >= 4) { send(ProfilesEvent.Open) })
    }
}
