package cn.xunge.app.look

/**
 * Words for the screen before their language is known: a key of `strings.xml` with what is put in, or words that came from a person.
 * View models make these; [Look.say] turns them into the language that the worker chose.
 */
data class Text(val key: String?, val filled: List<Any>, val plain: String?) {
    val isEmpty get() = key == null && plain.isNullOrEmpty()
}

/** Words from the table; what is put in may be a [Text] itself, a number or a person's words. */
fun words(key: String, vararg filled: Any) = Text(key, filled.toList(), null)

/** Words that a person wrote, or a name. */
fun plain(words: String) = Text(null, emptyList(), words)

/** Several words in one line. */
fun joined(parts: List<Text>, between: String = " · ") = Text(JOINED, parts.filterNot { it.isEmpty } + between, null)

/** A key that no table holds: the parts stand one after the other, the last one between them. */
internal const val JOINED = "+"
