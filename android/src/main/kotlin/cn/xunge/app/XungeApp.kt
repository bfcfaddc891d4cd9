package cn.xunge.app

import android.app.Application
import android.net.ConnectivityManager
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.os.StrictMode
import cn.xunge.app.gateway.Answer
import cn.xunge.app.gateway.CoreGateway
import cn.xunge.app.gateway.Folders
import cn.xunge.app.look.Pictures
import cn.xunge.app.platform.DatabaseKey
import cn.xunge.app.platform.FileHandOver
import cn.xunge.app.platform.Notifications
import cn.xunge.app.platform.SyncLoop
import cn.xunge.app.platform.Wardrobe
import java.io.File
import java.time.Instant
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import xunge.core.Notice

/** The process: one gateway to the core, one loop that sends and fetches, what the worker wears. */
open class XungeApp : Application() {
    private val handler by lazy { Handler(Looper.getMainLooper()) }

    /** Runs on the main thread, after what is in line there. */
    val main: Executor by lazy { Executor { handler.post(it) } }
    val wardrobe by lazy { Wardrobe(this) }
    lateinit var gateway: CoreGateway
        private set
    lateinit var pictures: Pictures
        private set
    lateinit var loop: SyncLoop
        private set

    /** Whether sending goes on by itself; tests press the button. */
    open val isAutomatic: Boolean get() = true

    /** The wall clock in ms since 1970, as the phone has it. */
    open fun now(): Long = Instant.now().toEpochMilli()

    /** Whether this build's core encrypts its database; then it wants the key of the keystore. */
    open val isEncrypted: Boolean get() = xunge.core.hasCipher()

    override fun onCreate() {
        super.onCreate()
        open()
        Notifications.channels(this)
    }

    /** Opens the core; nothing touches the disk before somebody asks for something. */
    fun open() {
        gateway = CoreGateway(
            Folders(
                data = File(applicationInfo.dataDir, "files/phone").path,
                noBackup = File(applicationInfo.dataDir, "no_backup/phone").path,
                version = version(),
                label = "${Build.MANUFACTURER} ${Build.MODEL}",
                roots = roots(),
            ),
            main,
            { StrictMode.noteSlowCall("core: $it") },
            { if (isEncrypted) key.open() else null },
        )
        pictures = Pictures(Executors.newSingleThreadExecutor { Thread(it, "pictures") }, main)
        loop = SyncLoop(this)
        gateway.changed = { loop.changed(it) }
        gateway.offMain("handed", { FileHandOver.folder(this).mkdirs() }) {}
    }

    /** Puts the last person on the screen, where no PIN is asked for, and goes on. */
    fun openLast(then: () -> Unit) = gateway.profiles { answer ->
        val profiles = (answer as? Answer.Done)?.value.orEmpty()
        val last = profiles.firstOrNull { it.id == wardrobe.lastProfile } ?: profiles.firstOrNull()
        if (last != null && !last.hasPin) gateway.choose(last, null) { if (it is Answer.Done) then() }
    }

    /** Told what a patrol has to say, while a screen is in front. */
    var patrolTold: (List<Notice>) -> Unit = {}

    /** Whether the link costs, so that large pictures wait where the worker wants that. */
    fun isMetered(): Boolean = getSystemService(ConnectivityManager::class.java).isActiveNetworkMetered

    /** Puts aside what cannot be opened any more, and the key with it, so that everybody can enrol anew. Nothing is deleted. */
    fun setAside(profiles: List<String>, then: () -> Unit) = gateway.setAside(profiles, "key_lost") {
        gateway.offMain("key", { key.setAside() }) { then() }
    }

    private val key by lazy { DatabaseKey(File(applicationInfo.dataDir, "no_backup")) }

    fun version(): String = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty()

    /** The township's certificates; empty where none is built in. */
    private fun roots(): ByteArray {
        val text = resources.openRawResource(R.raw.township_roots).use { it.readBytes() }
        return if (String(text).contains("-----BEGIN CERTIFICATE-----")) text else ByteArray(0)
    }
}
