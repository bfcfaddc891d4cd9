package journey

import java.awt.Color
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.io.File
import java.net.URI
import java.net.URLEncoder
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import javax.imageio.ImageIO
import org.json.JSONObject
import xunge.core.HttpHeader
import xunge.core.UploadHandOver

/** The steps that every language walks, one after the other; counts which held. */
class Steps(file: File) {
    private val steps = file.readLines().map { it.trim() }.filter { it.isNotEmpty() && !it.startsWith("#") }
    private var passed = 0
    private var failed = 0

    /** One step of the journey, the next one. */
    fun claim(what: String, holds: Boolean) {
        val step = steps.getOrElse(passed + failed) { "the end" }
        check(what == step) { "the next step is not `$what` but `$step`" }
        if (holds) {
            passed += 1
        } else {
            failed += 1
            println("failed: $what")
        }
    }

    /** Prints the counts; whether every step was walked, and held. */
    fun ended(): Boolean {
        val left = steps.drop(passed + failed)
        if (left.isNotEmpty()) println("not walked: ${left.first()} and what follows")
        println("kotlin: $passed passed, ${failed + left.size} failed")
        return failed + left.size == 0
    }
}

/** Whether a call fails in this way; any other failure is said by its name. */
inline fun <reified T : Throwable> raises(call: () -> Unit): Boolean = try {
    call()
    false
} catch (thrown: Throwable) {
    if (thrown !is T) println("  got $thrown")
    thrown is T
}

/** `xunge-stage --journey`: a server behind a link that can be cut, codes, files, a port for what a phone cannot do. */
class Stage(build: String, folder: File) {
    private val process = ProcessBuilder("$build/xunge-stage", "--journey", File(folder, "stage").path)
        .redirectError(ProcessBuilder.Redirect.INHERIT).start()
    val programme = JSONObject(checkNotNull(process.inputStream.bufferedReader().readLine()) { "the stage does not stand" })
    private val client = HttpClient.newHttpClient()

    fun text(vararg path: String): String = path.dropLast(1).fold(programme) { at, name -> at.getJSONObject(name) }.getString(path.last())

    fun code(part: String) = text("cast", part, "code")

    fun ask(word: String, vararg given: Pair<String, String>) {
        val query = given.joinToString("&") { (name, value) -> "$name=${URLEncoder.encode(value, Charsets.UTF_8)}" }
        val request = HttpRequest.newBuilder(URI("${text("control")}/$word?$query")).POST(HttpRequest.BodyPublishers.noBody()).build()
        val answer = client.send(request, HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() < 300) { "$word: ${answer.body()}" }
    }

    /** Sends what the core wants sent, as the system of a phone does while the app is away: whether more is to come. */
    fun handOver(next: UploadHandOver, answered: (UShort, List<HttpHeader>, ByteArray) -> Boolean): Boolean {
        val body = next.file?.let { HttpRequest.BodyPublishers.ofFile(File(it).toPath()) } ?: HttpRequest.BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI(next.url)).method(next.method, body)
        // The client writes the length itself.
        next.headers.filterNot { it.name.equals("content-length", ignoreCase = true) }.forEach { request.header(it.name, it.value) }
        val answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray())
        val headers = answer.headers().map().flatMap { (name, values) -> values.map { HttpHeader(name, it) } }
        return answered(answer.statusCode().toUShort(), headers, answer.body())
    }

    fun stop() {
        process.outputStream.close()
        process.waitFor()
    }
}

/** A plain picture of 64 x 48 pixels. */
fun smallPng(): ByteArray {
    val picture = BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB)
    for (y in 0 until 48) for (x in 0 until 64) picture.setRGB(x, y, Color(x * 4, y * 5, 90).rgb)
    return ByteArrayOutputStream().also { ImageIO.write(picture, "png", it) }.toByteArray()
}
