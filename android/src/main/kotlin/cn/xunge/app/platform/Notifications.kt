package cn.xunge.app.platform

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import cn.xunge.app.MainActivity
import cn.xunge.app.R
import cn.xunge.app.XungeApp
import cn.xunge.app.look.Look
import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import cn.xunge.app.screen.Screen

/** Local notifications: news for the worker, and the lasting one while a patrol is recorded. */
object Notifications {
    const val PATROL = 1
    private const val NEWS_CHANNEL = "news"
    private const val PATROL_CHANNEL = "patrol"

    fun channels(context: Context) {
        val look = look(context)
        val system = context.getSystemService(NotificationManager::class.java)
        val news = NotificationChannel(NEWS_CHANNEL, look.say(words("channel_news")), NotificationManager.IMPORTANCE_HIGH)
        val patrol = NotificationChannel(PATROL_CHANNEL, look.say(words("channel_patrol")), NotificationManager.IMPORTANCE_LOW)
        system.createNotificationChannels(listOf(news, patrol))
    }

    /** One piece of news; tapped it opens its report. [id] stands for it for ever, so that it is never shown twice. */
    fun tell(context: Context, id: String, title: Text, text: String, opens: Screen) {
        val look = look(context)
        val note = Notification.Builder(context, NEWS_CHANNEL)
            .setSmallIcon(R.drawable.ic_note)
            .setColor(look.palette.main.under)
            .setContentTitle(look.say(title))
            .setContentText(text)
            .setStyle(Notification.BigTextStyle().bigText(text))
            .setVisibility(Notification.VISIBILITY_PRIVATE)
            .setAutoCancel(true)
            .setContentIntent(open(context, opens))
            .build()
        context.getSystemService(NotificationManager::class.java).notify(id, 0, note)
    }

    fun patrol(context: Context, title: Text): Notification {
        val look = look(context)
        return Notification.Builder(context, PATROL_CHANNEL)
            .setSmallIcon(R.drawable.ic_note)
            .setColor(look.palette.main.under)
            .setContentTitle(look.say(title))
            .setContentText(look.say(words("notification_patrol_text")))
            .setOngoing(true)
            .setOnlyAlertOnce(true)
            .setContentIntent(open(context, Screen(Screen.Name.PATROL)))
            .build()
    }

    /** The recording was cut off and may only go on when the worker opens the app. */
    fun patrolCutOff(context: Context) =
        tell(context, "patrol", words("notification_patrol_resume"), "", Screen(Screen.Name.PATROL))

    private fun open(context: Context, screen: Screen): PendingIntent {
        val intent = Intent(context, MainActivity::class.java)
            .setAction(Intent.ACTION_VIEW)
            .putExtra(MainActivity.OPENS, screen.toString())
        return PendingIntent.getActivity(
            context, screen.hashCode(), intent, PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE,
        )
    }

    private fun look(context: Context): Look {
        val wardrobe = (context.applicationContext as XungeApp).wardrobe
        return wardrobe.dress(context).let { Look(it, wardrobe.palette(it)) }
    }
}
