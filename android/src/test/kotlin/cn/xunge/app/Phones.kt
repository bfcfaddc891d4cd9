package cn.xunge.app

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.location.Location
import android.location.LocationManager
import android.net.Uri
import android.os.SystemClock
import android.provider.MediaStore
import java.io.File
import org.robolectric.Shadows.shadowOf
import xunge.core.AttachmentRole
import xunge.core.CancelToken
import xunge.core.Device
import xunge.core.FieldEdit
import xunge.core.Phone
import xunge.core.PlaceClaim
import xunge.core.Position
import xunge.core.Provider

/** Another person's phone in the same township, without a screen: the same core in a folder of its own. */
class OtherPhone(town: Town, person: String, code: String = town.code(person)) : AutoCloseable {
    private val folder = File(System.getProperty("java.io.tmpdir"), "phone-$person-${java.util.UUID.randomUUID()}")
    private val phone = Phone.open(folder.path, "test", person, null, ByteArray(0))
    val device: Device = phone.device(phone.enrol(code), null)

    init {
        sync()
    }

    fun sync() = CancelToken().use { check(device.sync(it).failure == null) }

    /** Hands in a whole report with a picture, and sends it. */
    fun report(words: String): String {
        val report = device.beginDraft()
        device.setPlace(report, HERE)
        device.editDraft(report, listOf(FieldEdit.SetCategory("ZF-GG", 1u), FieldEdit.SetDescription(words)))
        val picture = File(folder, "picture.jpg").apply { writeBytes(jpeg()) }
        device.addPicture(report, picture.path, AttachmentRole.SCENE)
        device.submit(report)
        sync()
        return report
    }

    override fun close() {
        device.close()
        phone.close()
        folder.deleteRecursively()
    }
}

/** Within the worker's grid of the samples. */
val HERE = PlaceClaim(Position(28.304, 120.905), 8.0, Provider.SATELLITE, false, 0)

// --- what a phone's surroundings do

fun Hand.allow(vararg permissions: String) = apply {
    shadowOf(app).grantPermissions(*permissions)
    val location = app.getSystemService(LocationManager::class.java)
    shadowOf(location).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
}

fun Hand.allowAll() = allow(
    Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION, Manifest.permission.CAMERA,
    Manifest.permission.RECORD_AUDIO,
)

/** The satellites say where the phone is. */
fun Hand.stand(lat: Double = HERE.position.latDeg, lon: Double = HERE.position.lonDeg, errorM: Float = 6f): Hand {
    val fix = Location(LocationManager.GPS_PROVIDER).apply {
        latitude = lat
        longitude = lon
        accuracy = errorM
        time = java.time.Instant.now().toEpochMilli()
        elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
    }
    shadowOf(app.getSystemService(LocationManager::class.java)).simulateLocation(fix)
    return settle()
}

/** The camera that was opened comes back with these bytes (null: it wrote nothing), saying whether it went well. */
fun Hand.shutter(bytes: ByteArray? = jpeg(), result: Int = Activity.RESULT_OK): Hand {
    val asked = shadowOf(activity).nextStartedActivityForResult
    check(asked.intent.action == MediaStore.ACTION_IMAGE_CAPTURE) { "the camera was not opened: ${asked.intent}" }
    @Suppress("DEPRECATION")
    val into = asked.intent.getParcelableExtra<Uri>(MediaStore.EXTRA_OUTPUT)!!
    if (bytes != null) app.contentResolver.openOutputStream(into)!!.use { it.write(bytes) }
    shadowOf(activity).receiveResult(asked.intent, result, null)
    return settle()
}

/** The album that was opened comes back with this picture (null: nothing was chosen). */
fun Hand.chosen(bytes: ByteArray?): Hand {
    val asked = shadowOf(activity).nextStartedActivityForResult
    check(asked.intent.action == Intent.ACTION_GET_CONTENT) { "the album was not opened: ${asked.intent}" }
    val picture = Uri.parse("content://album/1")
    if (bytes != null) shadowOf(app.contentResolver).registerInputStream(picture, bytes.inputStream())
    val (result, data) = if (bytes == null) Activity.RESULT_CANCELED to null else Activity.RESULT_OK to Intent().setData(picture)
    shadowOf(activity).receiveResult(asked.intent, result, data)
    return settle()
}

/** Enrols by hand and reads the notice. */
fun Hand.enrol(town: Town, person: String): Hand {
    open().tap("type").type("code", town.code(person)).tap("go").tap("agree")
    return sync()
}

/** Sends and fetches as the person does, by the button. */
fun Hand.sync(): Hand {
    tap("settings").tap("sync")
    check(!sees("syncing")) { "it is still sending: ${words()}" }
    return back()
}

