package cn.xunge.app.gateway

import org.json.JSONException
import org.json.JSONObject

// Words that are begun on a screen and not sent yet: the core keeps them, durable letter by letter, until they are sent or taken back.

/**
 * Keeps what is being typed about something; no words, or empty ones alone, take it back. A newer call takes the place of one that waits
 * in line.
 */
fun CoreGateway.keep(about: String, words: Map<String, String>, then: Then<Unit>) {
    val filled = words.filterValues { it.isNotEmpty() }
    val text = if (filled.isEmpty()) "" else JSONObject(filled).toString()
    latest("kept/$about", "keep_words", then) { it.keepWords(about, text) }
}

/** What was kept about something; empty where there is nothing. */
fun CoreGateway.kept(about: String, then: Then<Map<String, String>>) = ask("kept_words", then) { device ->
    val text = device.keptWords(about)
    try {
        text?.let { JSONObject(it) }?.let { json -> json.keys().asSequence().associateWith { json.getString(it) } }.orEmpty()
    } catch (_: JSONException) {
        // Whatever it was, the words are not lost.
        mapOf("text" to text.orEmpty())
    }
}
