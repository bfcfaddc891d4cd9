package cn.xunge.app.screen.attention

import cn.xunge.app.gateway.clearAttention
import cn.xunge.app.gateway.needsAttention
import cn.xunge.app.screen.Host
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.ViewModel
import cn.xunge.app.screen.Wish
import xunge.core.AttentionItem

data class AttentionState(val items: List<AttentionItem> = emptyList(), val isLoaded: Boolean = false, val now: Long = 0)

sealed class AttentionEvent {
    data class Open(val report: String) : AttentionEvent()

    data class Share(val item: AttentionItem) : AttentionEvent()

    data class Clear(val id: Long) : AttentionEvent()

    data object Back : AttentionEvent()
}

/** What the server did not take: kept until a person has dealt with it. */
class AttentionViewModel(host: Host) : ViewModel<AttentionState, AttentionEvent>(AttentionState(), host) {
    override fun start() = gateway.needsAttention(got { show(AttentionState(it, true, host.now())) })

    override fun on(event: AttentionEvent) {
        when (event) {
            is AttentionEvent.Open -> host.wish(Wish.Go(Screen(Screen.Name.REPORT, event.report)))
            is AttentionEvent.Share -> host.wish(Wish.ShareText(event.item.code, "${event.item.code}\n${event.item.content}"))
            is AttentionEvent.Clear -> gateway.clearAttention(event.id, got { start() })
            AttentionEvent.Back -> host.wish(Wish.Back)
        }
    }
}
