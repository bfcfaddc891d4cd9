package cn.xunge.app.gateway

import cn.xunge.app.look.words
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executor
import xunge.core.ActionKind
import xunge.core.CancelToken
import xunge.core.Device
import xunge.core.Phone
import xunge.core.ProfileInfo
import xunge.core.StatusObserver
import xunge.core.Subscription
import xunge.core.SyncOptions
import xunge.core.SyncReport
import xunge.core.SyncStatus
import xunge.core.readEnrolmentCode

typealias Then<T> = (Answer<T>) -> Unit

/** Where the phone's data lies, and what it calls itself. */
class Folders(
    val data: String,
    val noBackup: String,
    val version: String,
    val label: String,
    val roots: ByteArray,
)

/**
 * The only caller of generated code. Every call goes off the main thread: those of a profile on a thread of its own, sending and fetching
 * on another, the phone's own on a third; answers come back on the main thread, in the order of the calls of a lane.
 *
 * Nothing is decided here: a failure is put into words, nothing else.
 */
class CoreGateway(
    private val folders: Folders,
    private val main: Executor,
    noteSlow: (String) -> Unit,
    private val key: () -> ByteArray?,
) {
    val books = Books(noteSlow)
    private val phoneLane = Lane("phone", books)
    private val syncLane = Lane("sync", books)
    private val waitLane = Lane("wait", books)
    private val lanes = ConcurrentHashMap<String, Lane>()
    private val devices = ConcurrentHashMap<String, Device>()
    private val subscriptions = ConcurrentHashMap<String, Subscription>()
    private val latest = ConcurrentHashMap<String, () -> Unit>()
    private val lock = Any()
    private var phone: Phone? = null

    @Volatile
    private var cancel = CancelToken()

    /** Whose work is on the screen; changed on the main thread. */
    var current: ProfileInfo? = null
        private set

    /** Told on the main thread after every change of the profile on the screen. */
    var changed: (SyncStatus) -> Unit = {}

    // --- the phone and its profiles

    fun profiles(then: Then<List<ProfileInfo>>) = on(phoneLane, "profiles", then) { opened().profiles() }

    /** Enrols; the answer is the profile, which is not on the screen yet. */
    fun enrol(code: String, then: Then<ProfileInfo>) = on(syncLane, "enrol", then) {
        val id = opened().enrol(code, key())
        opened().profiles().first { it.id == id }
    }

    /** Puts a profile on the screen, where its PIN fits; it needs none where it has none. */
    fun choose(profile: ProfileInfo, pin: String?, then: Then<ProfileInfo>) {
        val shown: Then<ProfileInfo> = { answer ->
            if (answer is Answer.Done) current = answer.value
            then(answer)
        }
        on(lane(profile.id), "choose", shown) {
            val device = device(profile.id)
            if (pin != null || profile.hasPin) device.checkPin(pin.orEmpty())
            listen(profile.id, device)
            device.info()
        }
    }

    /** Puts profiles aside whose database cannot be opened any more: nothing is deleted, their people enrol anew. */
    fun setAside(profiles: List<String>, reason: String, then: Then<Unit>) =
        on(phoneLane, "set_aside", then) { profiles.forEach { opened().setAside(it, reason) } }

    /** The names of the people whose profiles were put aside. */
    fun setAsideNames(then: Then<List<String>>) =
        on(phoneLane, "set_aside_profiles", then) { opened().setAsideProfiles().mapNotNull { it.profile?.name } }

    /** Nobody is on the screen any more; the work of who was goes on being sent. */
    fun leave() {
        current = null
    }

    /** Reads a code from the camera's brightness; null where there is none. */
    fun decodeQr(light: ByteArray, width: Int, height: Int, stride: Int, then: Then<String?>) =
        on(phoneLane, "decode_qr", then) { xunge.core.decodeQr(light, width.toUInt(), height.toUInt(), stride.toUInt()) }

    fun decodeQrPicture(bytes: ByteArray, then: Then<String?>) =
        on(phoneLane, "decode_qr_picture", then) { xunge.core.decodeQrPicture(bytes) }

    /** Work on files that is not the core's, off the main thread too. */
    fun <T> offMain(what: String, work: () -> T, then: Then<T>) = on(phoneLane, what, then, work)

    /** A small file of the app's own, which is not needed any more. */
    fun takeFile(file: File, then: Then<ByteArray>) =
        on(phoneLane, "read_file", then) { file.readBytes().also { file.delete() } }

    /** Where a code leads; fails where it is none. */
    fun preview(code: String, then: Then<String>) =
        on(phoneLane, "read_enrolment_code", then) { readEnrolmentCode(code).baseUrl }

    /** What is often said with an act, in both languages. */
    fun phrases(kind: ActionKind, then: Then<List<xunge.core.Phrase>>) =
        on(phoneLane, "phrases", then) { xunge.core.phrases(kind) }

    /** What whoever looks after the app needs: the core's log, and which calls took long. No personal data. */
    fun logOfPhone(then: Then<String>) = on(phoneLane, "log", then) {
        val slow = books.slowest().entries.joinToString("\n") { (what, ms) -> "$what: $ms ms" }
        "${xunge.core.libraryVersion()}\n$slow\n${opened().log()}"
    }

    // --- sending and fetching

    /** Sends and fetches for the profile on the screen; every step can be stopped by [stopSync]. */
    fun sync(isMetered: Boolean, then: Then<SyncReport>) {
        val profile = current?.id ?: return
        val token = CancelToken().also { cancel = it }
        on(syncLane, "sync", then) { device(profile).syncWith(SyncOptions(true, isMetered), token) }
    }

    /** Sends and fetches for every profile of the phone, whoever is on the screen. */
    fun syncAll(isMetered: Boolean, then: Then<Int>) {
        val token = CancelToken().also { cancel = it }
        on(syncLane, "sync_all", then) { opened().syncAllWith(SyncOptions(true, isMetered), token, key()).size }
    }

    fun stopSync() = cancel.cancel()

    /** Waits at the server for news; true where there is some. */
    fun waitForNews(timeoutMs: Long, then: Then<Boolean>) {
        val profile = current?.id ?: return
        on(waitLane, "wait", then) { device(profile).wait(timeoutMs.toULong()) }
    }

    // --- how a screen calls the profile that is shown

    /** A call of the profile on the screen; [call] runs on its lane. */
    internal fun <T> ask(what: String, then: Then<T>, call: (Device) -> T) {
        val profile = current?.id
        if (profile == null) {
            main.execute { then(Answer.Failed(Failure(Failure.Kind.SIGN_IN, words("error_sign_in_required")))) }
            return
        }
        askOf(profile, what, then, call)
    }

    /** A call of a profile, whoever is on the screen. */
    internal fun <T> askOf(profile: String, what: String, then: Then<T>, call: (Device) -> T) =
        on(lane(profile), what, then) { call(device(profile)) }

    /**
     * A call of which only the latest counts, as each letter that is typed: while one waits in line, a newer one of the same [name] takes
     * its place.
     */
    internal fun latest(name: String, what: String, then: Then<Unit>, call: (Device) -> Unit) {
        val profile = current?.id ?: return
        val place = "$profile/$name"
        if (latest.put(place) { call(device(profile)) } != null) return
        on(lane(profile), what, then) { latest.remove(place)?.invoke() ?: Unit }
    }

    /** Ends every lane after what is in line, and lets go of what the core holds open. */
    fun close() {
        cancel.cancel()
        changed = {}
        (listOf(waitLane, syncLane, phoneLane) + lanes.values).forEach { it.close(CLOSE_S) }
        subscriptions.values.forEach { it.close() }
        devices.values.forEach { it.close() }
        synchronized(lock) { phone?.close() }
    }

    private fun lane(profile: String) = lanes.getOrPut(profile) { Lane(profile, books) }

    private fun opened(): Phone = synchronized(lock) {
        phone ?: Phone.open(folders.data, folders.version, folders.label, folders.noBackup, folders.roots).also { phone = it }
    }

    private fun device(profile: String): Device = synchronized(lock) {
        devices.getOrPut(profile) { opened().device(profile, key()) }
    }

    private fun listen(profile: String, device: Device) {
        subscriptions.getOrPut(profile) {
            device.observe(object : StatusObserver {
                override fun changed(status: SyncStatus) {
                    main.execute { if (current?.id == profile) this@CoreGateway.changed(status) }
                }
            })
        }
    }

    private fun <T> on(lane: Lane, what: String, then: Then<T>, call: () -> T) = lane.run(what) {
        val answer = try {
            Answer.Done(call())
        } catch (thrown: Exception) {
            Answer.Failed(Failure.of(thrown))
        }
        main.execute { then(answer) }
    }

    private companion object {
        const val CLOSE_S = 20L
    }
}
