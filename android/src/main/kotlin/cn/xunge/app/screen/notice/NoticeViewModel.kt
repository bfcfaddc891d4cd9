package cn.xunge.app.screen.notice

import cn.xunge.app.gateway.ownGrids
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish

data class NoticeState(val name: String = "", val where: String = "", val isFirst: Boolean = false)

sealed class NoticeEvent {
    data object Agree : NoticeEvent()

    data object Back : NoticeEvent()
}

/** 告知书: what is recorded and why, and whose phone this now is. */
class NoticeViewModel(host: Host, about: String) : ViewModel<NoticeState, NoticeEvent>(
    NoticeState(isFirst = about != AGAIN), host,
) {
    override fun start() {
        val profile = gateway.current ?: return
        show(state.copy(name = profile.name))
        gateway.ownGrids(got { grids -> show(state.copy(where = grids.joinToString("、") { it.name })) })
    }

    override fun on(event: NoticeEvent) = when (event) {
        NoticeEvent.Agree -> host.wish(Wish.Agreed)
        NoticeEvent.Back -> host.wish(Wish.Back)
    }

    companion object {
        /** The screen's subject where it is read again from the settings. */
        const val AGAIN = "again"
    }
}
