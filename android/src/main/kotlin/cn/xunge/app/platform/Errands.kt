package cn.xunge.app.platform

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.Bitmap
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.provider.MediaStore
import cn.xunge.app.XungeApp
import cn.xunge.app.gateway.Answer
import cn.xunge.app.look.Look
import cn.xunge.app.screen.Permission
import cn.xunge.app.screen.Told
import cn.xunge.app.screen.Wish
import java.io.File

/** Does what only the phone can do, and tells the screen how it went. What is under way survives the app's death as ids and a path. */
class Errands(private val activity: Activity, private val look: Look, private val tell: (Told) -> Unit) {
    private val app get() = activity.application as XungeApp
    private val recorder = Recorder(activity, tell)
    private val locator = Locator(activity, tell)

    /** The picture that the camera or the album was asked for: file and role. */
    private var asked: Pair<String, String>? = null
    private var afterAllowed: Wish? = null

    /** Files that a screen was told of before the camera's own answer, which must not say then that there was no picture. */
    private val handed = HashSet<String>()

    fun run(wish: Wish) {
        when (wish) {
            is Wish.Shoot -> allowed(Permission.CAMERA, wish) { shoot(wish) }
            is Wish.Pick -> pick(wish)
            is Wish.Record -> allowed(Permission.MICROPHONE, wish) { recorder.start(wish.report) }
            Wish.StopRecording -> recorder.stop()
            is Wish.Play -> recorder.play(wish.path)
            Wish.StopPlaying -> recorder.stopPlaying()
            is Wish.Allow -> allowed(wish.what, null) { tell(Told.Allowed(wish.what, true)) }
            is Wish.Setting -> go(SystemPages.intents(activity, wish.what))
            Wish.Measure -> locator.start()
            Wish.StopMeasuring -> locator.stop()
            is Wish.Dial -> go(listOf(Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", wish.telephone, null))))
            is Wish.ShareText -> share(wish.title, "text/plain") { putExtra(Intent.EXTRA_TEXT, wish.text) }
            is Wish.SharePicture -> shareFile(look.say(wish.title), File(wish.path), "image/jpeg")
            is Wish.ShareFile -> shareFile(look.say(wish.title), File(wish.path), "application/octet-stream")
            is Wish.WithFile -> wish.then(File(FileHandOver.folder(activity), wish.name))
            is Wish.LeftOver -> leftOver(wish)
            Wish.AskFacts -> tell(Told.Facts(Facts.of(activity)))
            else -> error("$wish is not for the phone")
        }
    }

    // --- pictures

    private fun shoot(wish: Wish.Shoot) {
        val file = fresh(wish.report, wish.role)
        val uri = FileHandOver.uri(file)
        val intent = Intent(MediaStore.ACTION_IMAGE_CAPTURE)
            .putExtra(MediaStore.EXTRA_OUTPUT, uri)
            .addFlags(Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION)
        intent.clipData = android.content.ClipData.newRawUri("", uri)
        asked = file.path to wish.role
        try {
            activity.startActivityForResult(intent, CAMERA)
        } catch (_: ActivityNotFoundException) {
            asked = null
            tell(Told.NoCamera)
        }
    }

    private fun pick(wish: Wish.Pick) {
        asked = fresh(wish.report, wish.role).path to wish.role
        val intent = Intent(Intent.ACTION_GET_CONTENT).setType("image/*").addCategory(Intent.CATEGORY_OPENABLE)
        try {
            activity.startActivityForResult(intent, ALBUM)
        } catch (_: ActivityNotFoundException) {
            asked = null
            tell(Told.NoPicture)
        }
    }

    /** A file whose name says to which report it belongs, so that a picture finds its way after the app was killed. */
    private fun fresh(report: String, role: String): File {
        val folder = FileHandOver.folder(activity)
        val name = "$report$PARTS${role.ifEmpty { "none" }}$PARTS${System.currentTimeMillis()}.jpg"
        return File(folder, name)
    }

    /** What was taken or recorded for a report and had not reached the core when the app was killed. */
    private fun leftOver(wish: Wish.LeftOver) {
        val list = {
            val files = FileHandOver.folder(activity).listFiles { file -> isOf(wish, file) }.orEmpty().sorted()
            files.onEach { if (!wish.isVoice) ForeignPicture.toJpeg(it) }
        }
        app.gateway.offMain("left_over", list) { answer ->
            for (file in (answer as? Answer.Done)?.value.orEmpty()) {
                if (file.path == recorder.under) continue
                handed += file.path
                tell(if (wish.isVoice) Told.Voice(file.path) else Told.Picture(file.path, file.name.split(PARTS)[1]))
            }
        }
    }

    private fun isOf(wish: Wish.LeftOver, file: File) =
        file.name.startsWith("${wish.report}$PARTS") &&
            file.extension in (if (wish.isVoice) Recorder.KINDS else listOf("jpg")) && file.length() > 0

    fun result(request: Int, result: Int, data: Intent?) {
        val (path, role) = asked ?: return
        asked = null
        if (path in handed) return
        handed += path
        val file = File(path)
        if (request == ALBUM && result == Activity.RESULT_OK) {
            copied(data?.data, file) { tell(if (it) Told.Picture(path, role) else Told.NoPicture) }
            return
        }
        // Some cameras say that it was cancelled and have written all the same; some say it went well and have written nothing.
        app.gateway.offMain("picture", { ForeignPicture.toJpeg(file).let { file.length() > 0 } }) { answer ->
            tell(if (answer is Answer.Done && answer.value) Told.Picture(path, role) else Told.NoPicture)
        }
    }

    private fun copied(from: Uri?, to: File, then: (Boolean) -> Unit) {
        val resolver = activity.contentResolver
        // Under another name until it is whole: a copy that a kill cut off is no picture.
        val half = File(to.path + ".half")
        val copy = {
            from != null && resolver.openInputStream(from)?.use { input -> half.outputStream().use { input.copyTo(it) } > 0 } == true &&
                half.renameTo(to).also { ForeignPicture.toJpeg(to) }
        }
        app.gateway.offMain("album", copy) { answer -> then(answer is Answer.Done && answer.value) }
    }

    // --- permissions

    private fun allowed(what: Permission, wish: Wish?, then: () -> Unit) {
        val wanted = names(what).filter { activity.checkSelfPermission(it) != PackageManager.PERMISSION_GRANTED }
        if (wanted.isEmpty()) return then()
        afterAllowed = wish
        activity.requestPermissions(wanted.toTypedArray(), what.ordinal)
    }

    fun permission(request: Int, granted: IntArray) {
        val what = Permission.entries.getOrNull(request) ?: return
        val isGranted = granted.any { it == PackageManager.PERMISSION_GRANTED }
        val next = afterAllowed
        afterAllowed = null
        tell(Told.Allowed(what, isGranted))
        if (isGranted && next != null) run(next)
    }

    private fun names(what: Permission): List<String> = when (what) {
        Permission.LOCATION -> listOf(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION)
        Permission.CAMERA -> listOf(Manifest.permission.CAMERA)
        Permission.MICROPHONE -> listOf(Manifest.permission.RECORD_AUDIO)
        Permission.NOTIFICATIONS -> if (Build.VERSION.SDK_INT >= 33) listOf("android.permission.POST_NOTIFICATIONS") else emptyList()
    }

    // --- other apps

    private fun share(title: String, type: String, fill: Intent.() -> Unit) {
        val send = Intent(Intent.ACTION_SEND).setType(type).putExtra(Intent.EXTRA_SUBJECT, title).apply(fill)
        go(listOf(Intent.createChooser(send, title)))
    }

    private fun shareFile(title: String, file: File, type: String) = share(title, type) {
        val uri = FileHandOver.uri(file)
        putExtra(Intent.EXTRA_STREAM, uri)
        clipData = android.content.ClipData.newRawUri("", uri)
        addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
    }

    /** Writes a picture off the main thread and gives it on. */
    fun shareDrawn(title: String, name: String, picture: Bitmap) {
        val file = File(FileHandOver.folder(activity), name)
        val write = { file.outputStream().use { picture.compress(Bitmap.CompressFormat.JPEG, JPEG_PERCENT, it) } }
        app.gateway.offMain("share", write) { shareFile(title, file, "image/jpeg") }
    }

    /** Opens the first page that this phone has. */
    private fun go(intents: List<Intent>) {
        for (intent in intents) {
            try {
                activity.startActivity(intent)
                return
            } catch (_: ActivityNotFoundException) {
                continue
            } catch (_: SecurityException) {
                continue
            }
        }
    }

    /** The app goes to the background: a voice note ends here and is kept, nothing is measured any more. */
    fun rest() {
        recorder.close()
        locator.rest()
    }

    fun wake() = locator.wake()

    fun save(into: Bundle) {
        asked?.let { into.putStringArray("asked", arrayOf(it.first, it.second)) }
    }

    fun restore(from: Bundle?) {
        asked = from?.getStringArray("asked")?.let { it[0] to it[1] }
    }

    fun stop() {
        recorder.close()
        locator.stop()
    }

    private companion object {
        const val CAMERA = 101
        const val ALBUM = 102
        const val PARTS = "~"
        const val JPEG_PERCENT = 88
    }
}
