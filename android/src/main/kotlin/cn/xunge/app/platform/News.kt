package cn.xunge.app.platform

import cn.xunge.app.XungeApp
import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.news
import cn.xunge.app.gateway.told
import cn.xunge.app.look.words
import cn.xunge.app.screen.Screen

/** Turns the core's news into local notifications; the core is told of each, so that none comes twice. */
object News {
    fun tell(app: XungeApp) {
        if (app.gateway.current == null) return
        app.gateway.news { answer ->
            val news = (answer as? Answer.Done)?.value.orEmpty()
            for (item in news) {
                val title = words("news_${item.kind.name.lowercase()}", item.title)
                val text = listOf(item.byName, item.words).filter { it.isNotEmpty() }.joinToString("：")
                Notifications.tell(app, "${item.report}/${item.id}", title, text, Screen(Screen.Name.REPORT, item.report))
            }
            if (news.isNotEmpty()) app.gateway.told(news.map { it.id }) {}
        }
    }
}
