package cn.xunge.app

import java.io.BufferedReader
import java.io.File
import java.io.IOException
import java.util.concurrent.TimeUnit

/** A real server process with the township of the samples: one worker (W001), her chief (C001), a clerk and a department. */
class Town : AutoCloseable {
    private val program = File(System.getProperty("xunge.programs"), "xunge-server").path
    private val repository = File(System.getProperty("xunge.repository"))
    private val data = File(System.getProperty("java.io.tmpdir"), "town-${ProcessHandle.current().pid()}-${next++}")
    private val server: Process
    val url: String

    init {
        say("init", "--county", "QH:青禾县", "--township", "QX:青溪镇")
        for ((kind, file) in SAMPLES) say("import", kind, "docs/samples/$file")
        server = ProcessBuilder(program, "serve", "--data", data.path, "--listen", "127.0.0.1:0")
            .directory(repository).redirectErrorStream(true).start()
        val lines = server.inputStream.bufferedReader()
        url = generateSequence { lines.readLine() }.firstNotNullOf { Regex("http://[0-9.]+:\\d+").find(it)?.value }
        Thread({ drain(lines) }, "server's words").apply { isDaemon = true }.start()
    }

    /** The text of an enrolment code for somebody. */
    fun code(person: String): String =
        say("enrol", person, "--text", "--url", url).trim().lines().last()

    /** A code for somebody with its drawing, as the server prints it: half a sign a module, dark on light. */
    fun drawnCode(person: String): Pair<String, Light> {
        val lines = say("enrol", person, "--url", url).lines()
        val code = lines.first { it.startsWith("xunge:") }
        val drawn = lines.filter { "\u001b[" in it }.map { it.replace(Regex("\u001b\\[[0-9;]*m"), "") }
        val side = drawn.first().length
        val point = 8
        return code to Light(side * point, drawn.size * 2 * point) { x, y ->
            val sign = drawn[y / point / 2][x / point]
            val isLower = y / point % 2 == 1
            sign == ' ' || (sign == '▀' && isLower) || (sign == '▄' && !isLower)
        }
    }

    /** The township wants a place in the worker's grid to be looked at every week. */
    fun nameKeyPlace(code: String, lat: Double, lon: Double) {
        val file = File(data, "places.csv").apply { writeText("code,name,grid,lat_deg,lon_deg,every_days\n$code,老桥,QX-01-1,$lat,$lon,7\n") }
        say("import", "key-places", file.path)
    }

    /** Somebody at a desk acts on a report. */
    fun act(code: String, act: String, person: String, vararg more: String) = say("act", code, act, "--as", person, *more)

    /** Reads on, so that the server never waits for somebody to listen. */
    private fun drain(lines: BufferedReader) = try {
        lines.forEachLine { }
    } catch (_: IOException) {
        // The server has gone.
    }

    private fun say(vararg words: String): String {
        val process = ProcessBuilder(listOf(program) + words + listOf("--data", data.path))
            .directory(repository).redirectErrorStream(true).start()
        val said = process.inputStream.bufferedReader().readText()
        check(process.waitFor() == 0) { "${words.toList()}: $said" }
        return said
    }

    override fun close() {
        server.destroy()
        server.waitFor(20, TimeUnit.SECONDS)
        data.deleteRecursively()
    }

    private companion object {
        var next = 0
        val SAMPLES = listOf(
            "units" to "units.csv", "grids" to "grids.geojson", "people" to "people.csv", "posts" to "posts.csv",
            "categories" to "categories.csv", "calendar" to "calendar.csv",
        )
    }
}
