package cn.xunge.app

import android.Manifest
import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.location.Location
import android.location.LocationManager
import android.net.Uri
import android.os.SystemClock
import android.provider.MediaStore
import java.io.ByteArrayOutputStream
import java.io.File
import org.robolectric.RuntimeEnvironment
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
class OtherPhone(town: Town, person: String) : AutoCloseable {
    private val folder = File(System.getProperty("java.io.tmpdir"), "phone-$person-${java.util.UUID.randomUUID()}")
    private val phone = Phone.open(folder.path, "test", person, null, ByteArray(0))
    val device: Device = phone.device(phone.enrol(town.code(person)), null)

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

/** A drawn picture of a lamp post, as a camera would hand it over. */
fun jpeg(width: Int = 640, height: Int = 480): ByteArray {
    val bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
    val canvas = Canvas(bitmap)
    canvas.drawColor(Color.rgb(150, 190, 220))
    val paint = Paint().apply { color = Color.rgb(96, 120, 84) }
    canvas.drawRect(0f, height * 0.7f, width.toFloat(), height.toFloat(), paint)
    paint.color = Color.rgb(70, 70, 74)
    canvas.drawRect(width * 0.46f, height * 0.1f, width * 0.5f, height * 0.9f, paint)
    paint.color = Color.rgb(200, 40, 30)
    canvas.drawRect(width * 0.25f, height * 0.3f, width * 0.75f, height * 0.45f, paint)
    return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.JPEG, 80, it) }.toByteArray()
}

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

val SDK: Int get() = RuntimeEnvironment.getApiLevel()
