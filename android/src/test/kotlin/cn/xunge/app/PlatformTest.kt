package cn.xunge.app

import android.Manifest.permission.RECORD_AUDIO
import android.app.NotificationManager
import android.app.job.JobScheduler
import android.content.Intent
import android.location.LocationManager
import android.media.MediaRecorder
import android.net.Uri
import android.os.Build
import android.provider.Settings
import cn.xunge.app.gateway.KeyLost
import cn.xunge.app.look.words
import cn.xunge.app.platform.BootReceiver
import cn.xunge.app.platform.DatabaseKey
import cn.xunge.app.platform.Facts
import cn.xunge.app.platform.FileHandOver
import cn.xunge.app.platform.Notifications
import cn.xunge.app.platform.PatrolService
import cn.xunge.app.platform.SyncJob
import cn.xunge.app.platform.SystemPages
import cn.xunge.app.screen.Permission
import cn.xunge.app.screen.Screen
import cn.xunge.app.screen.SystemPage
import java.io.File
import java.io.FileNotFoundException
import java.nio.file.Files
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.BeforeClass
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import xunge.core.PhoneMaker

/** The phone's own parts: the patrol's service, the job, the start of the phone, files, keys, settings by maker. */
@RunWith(Runner::class)
@Config(qualifiers = "zh-rCN-w360dp-h780dp-port-xxhdpi", shadows = [Recorders::class])
class PlatformTest {
    private val hand = Hand()

    @Before fun enrol() {
        hand.allowAll().enrol(town, "W001")
    }

    @After fun close() = hand.close()

    @Test fun aPatrolIsRecordedByAServiceWithALastingNotification() {
        hand.tap("patrol").stand().tap("start")
        val started = shadowOf(hand.app).nextStartedService
        assertEquals(PatrolService::class.java.name, started.component!!.className)
        val service = Robolectric.buildService(PatrolService::class.java, started).create().startCommand(0, 1)
        hand.settle()
        val shown = shadowOf(service.get()).lastForegroundNotification
        assertEquals("正在记录巡查", shown.extras.getString("android.title"))
        hand.stand(28.3041, 120.9051).stand(28.3044, 120.9054)
        assertTrue("the track is counted: ${hand.words()}", hand.reads("正在记录"))

        hand.tap("pause")
        assertTrue(hand.words().toString(), hand.reads("已暂停"))
        hand.tap("resume").tap("end").tap("end")
        assertTrue(hand.words().toString(), hand.reads("已结束"))
        service.startCommand(0, 2)
        hand.settle()
        assertTrue("the service ends with the patrol", shadowOf(service.get()).isStoppedBySelf)
        service.destroy()
    }

    @Test fun locationThatIsSwitchedOffOnPatrolIsSaid() {
        hand.tap("patrol").stand().tap("start")
        val started = shadowOf(hand.app).nextStartedService
        val service = Robolectric.buildService(PatrolService::class.java, started).create().startCommand(0, 1)
        hand.settle()
        val system = shadowOf(hand.app.getSystemService(LocationManager::class.java))
        system.setLocationEnabled(false)
        system.setProviderEnabled(LocationManager.GPS_PROVIDER, false)
        hand.settle()
        assertTrue(hand.words().toString(), hand.reads("定位关了"))
        service.destroy()
    }

    @Test fun aVoiceNoteIsRecordedPlayedAndTakenAgainWhereTheAppWasKilled() {
        hand.tap("report").tap("record")
        val recorder = Recorders.last
        assertEquals(MediaRecorder.AudioEncoder.AAC, recorder.audioEncoder)
        assertEquals(60_000, recorder.maxDuration)
        assertTrue(hand.words().toString(), hand.reads("停止"))
        File(recorder.outputPath).writeBytes(Recorders.stream)
        hand.tap("stop_recording")
        assertTrue(hand.words().toString(), hand.reads("听录音"))
        assertFalse("the core has it", File(recorder.outputPath).exists())
        // The recorder did not come to the end of a frame.
        val unheard = File(recorder.outputPath).apply { writeBytes(Recorders.stream.copyOf(Recorders.stream.size / 2)) }
        hand.die()
        assertEquals("a recording that had not reached the core: ${hand.tags()}", 2, hand.tags().count { it.startsWith("play_") })
        assertFalse(unheard.exists())
    }

    @Test fun aRecordingThatEndsWithTheAppInTheBackgroundIsKept() {
        hand.tap("report").tap("record")
        File(Recorders.last.outputPath).writeBytes(Recorders.note)
        hand.controller.pause().stop()
        hand.settle()
        hand.controller.start().resume()
        hand.settle()
        assertTrue(hand.words().toString(), hand.reads("听录音"))
    }

    @Test fun aMicrophoneThatGivesNothingIsSaid() {
        hand.tap("report").tap("record").tap("stop_recording")
        assertTrue(hand.words().toString(), hand.reads("没有录上"))
        shadowOf(hand.app).denyPermissions(RECORD_AUDIO)
        hand.tap("record")
        hand.activity.onRequestPermissionsResult(Permission.MICROPHONE.ordinal, arrayOf(RECORD_AUDIO), intArrayOf(-1))
        hand.settle()
        assertTrue(hand.words().toString(), hand.reads("没有录音权限"))
    }

    @Test fun theJobAsksForANetworkAndOutlivesARestart() {
        assertTrue(SyncJob.schedule(hand.app))
        val job = hand.app.getSystemService(JobScheduler::class.java).getPendingJob(SyncJob.ID)!!
        assertTrue(job.isPersisted)
        assertEquals(15L * 60_000, job.intervalMillis)
    }

    @Test fun theStartOfThePhoneBringsTheJobBack() {
        val jobs = hand.app.getSystemService(JobScheduler::class.java)
        jobs.cancelAll()
        BootReceiver().onReceive(hand.app, Intent(Intent.ACTION_BOOT_COMPLETED))
        hand.settle()
        assertNotNull(jobs.getPendingJob(SyncJob.ID))
        BootReceiver().onReceive(hand.app, Intent("something else"))
    }

    @Test fun newsBecomesANotificationThatOpensItsReport() {
        Notifications.tell(hand.app, "r/1", words("news_returned", "违章广告"), "周有田：照片看不清", Screen(Screen.Name.REPORT, "r"))
        val shown = shadowOf(hand.app.getSystemService(NotificationManager::class.java)).allNotifications.single()
        assertEquals("退回：违章广告", shown.extras.getString("android.title"))
        val opens = shadowOf(shown.contentIntent).savedIntent
        assertEquals("REPORT/r", opens.getStringExtra(MainActivity.OPENS))
    }

    @Test fun onlyOneFolderIsHandedOver() {
        val file = File(FileHandOver.folder(hand.app).apply { mkdirs() }, "a.jpg").apply { writeBytes(byteArrayOf(1, 2, 3)) }
        assertArrayEquals(byteArrayOf(1, 2, 3), hand.app.contentResolver.openInputStream(FileHandOver.uri(file))!!.use { it.readBytes() })
        val outside = Uri.parse("content://cn.xunge.app.files/..%2Fphone")
        assertThrows(FileNotFoundException::class.java) { hand.app.contentResolver.openInputStream(outside) }
        assertEquals("image/jpeg", hand.app.contentResolver.getType(FileHandOver.uri(file)))
    }

    @Test fun aKeyIsKeptAndALostOneIsSaidWithoutWipingAnything() {
        val folder = Files.createTempDirectory("key").toFile()
        FakeKeystore.install()
        val key = DatabaseKey(folder).open()
        assertEquals(32, key.size)
        assertArrayEquals(key, DatabaseKey(folder).open())
        FakeKeystore.reset()
        val before = folder.listFiles()!!.single().readBytes()
        assertThrows(KeyLost::class.java) { DatabaseKey(folder).open() }
        assertArrayEquals("nothing is wiped", before, folder.listFiles()!!.single().readBytes())
        DatabaseKey(folder).setAside()
        assertFalse(key.contentEquals(DatabaseKey(folder).open()))
        assertEquals("the lost key's bytes are still there", 2, folder.listFiles()!!.size)
    }

    @Test fun aCallOfTheCoreOnTheMainThreadIsCaught() {
        android.os.Handler(android.os.Looper.getMainLooper()).post { hand.app.gateway.books.timed("submit") { } }
        assertThrows(RuntimeException::class.java) { hand.settle() }
    }

    @Test fun makersAreKnownByTheirNames() {
        assertEquals(PhoneMaker.XIAOMI, Facts.maker("Xiaomi"))
        assertEquals(PhoneMaker.OPPO, Facts.maker("realme"))
        assertEquals(null, Facts.maker("Nokia"))
        assertTrue(SystemPages.autostart("HUAWEI").first().component!!.packageName.contains("huawei"))
        val pages = SystemPages.intents(hand.app, SystemPage.AUTOSTART)
        assertEquals("there is always a page to fall back on", Settings.ACTION_APPLICATION_DETAILS_SETTINGS, pages.last().action)
    }

    @Test fun theSelfTestShowsWhatToChangeAndOpensThePage() {
        ReflectionHelpers.setStaticField(Build::class.java, "MANUFACTURER", "Xiaomi")
        shadowOf(hand.app.getSystemService(LocationManager::class.java)).setLocationEnabled(false)
        hand.tap("patrol").tap("self_test")
        assertTrue(hand.words().toString(), hand.reads("手机定位没有打开"))
        hand.tap("open_location_off")
        assertEquals(Settings.ACTION_LOCATION_SOURCE_SETTINGS, shadowOf(hand.activity).nextStartedActivity.action)
    }

    companion object {
        private lateinit var town: Town

        @JvmStatic @BeforeClass fun found() {
            town = Town()
        }

        @JvmStatic @AfterClass fun leave() = town.close()
    }
}
