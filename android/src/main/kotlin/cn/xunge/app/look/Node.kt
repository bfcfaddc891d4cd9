package cn.xunge.app.look

/**
 * What a screen looks like, as plain data: a screen's view is a function from its state to one [Page]. [Painter] makes framework views of
 * it and changes the ones that are there, so that a field keeps its cursor while something else on the screen changes.
 *
 * A [tag] names a node for the tests, for what must be kept between two drawings, and for the place that the screen was scrolled to.
 */
sealed class Node {
    abstract val tag: String
}

/** How words look. Sizes are in [Look]. */
enum class Style { SMALL, BODY, STRONG, TITLE, HUGE }

/** What colours mean. [Palette] has them. */
enum class Tone { PLAIN, QUIET, GOOD, WARN, BAD, MAIN }

/** How much a button asks to be pressed. */
enum class Weight { HUGE, MAIN, SECOND, QUIET, BAD }

data class Words(
    val text: Text,
    val style: Style = Style.BODY,
    val tone: Tone = Tone.PLAIN,
    override val tag: String = "",
    val isMiddle: Boolean = false,
) : Node()

/** A button; [icon] is the name of a drawable without its `ic_`. */
data class Press(
    val label: Text,
    override val tag: String,
    val weight: Weight = Weight.SECOND,
    val icon: String? = null,
    val isOn: Boolean = true,
    val said: Text? = null,
    val act: () -> Unit,
) : Node()

/** One of several choices that stand side by side. */
data class Chip(
    val label: Text,
    override val tag: String,
    val isChosen: Boolean,
    val act: () -> Unit,
) : Node()

data class Chips(val of: List<Chip>, override val tag: String = "") : Node()

/** A switch with its words. */
data class Toggle(
    val label: Text,
    override val tag: String,
    val isOn: Boolean,
    val act: (Boolean) -> Unit,
) : Node()

enum class Input { WORDS, LINES, NUMBER, TELEPHONE, PIN, DAY }

/** Where people type. [words] is only taken over while nobody is typing in it, or when [round] changes. */
data class Field(
    val label: Text,
    override val tag: String,
    val words: String,
    val hint: Text? = null,
    val input: Input = Input.WORDS,
    val round: Int = 0,
    val charsMax: Int = 2000,
    val typed: (String) -> Unit,
) : Node()

/** A picture from a file on this phone or from [bytes]; tapped where [act] says what happens. */
data class Picture(
    val path: String?,
    val said: Text,
    override val tag: String,
    val ratio: Float = 4f / 3f,
    val marks: List<Mark> = emptyList(),
    val bytes: ByteArray? = null,
    val act: ((Float, Float) -> Unit)? = null,
) : Node()

/** A part of a picture, from 0 to 1 from its left and upper edge. */
data class Mark(val x: Float, val y: Float, val w: Float, val h: Float)

/** A picture from bytes that the core drew. */
data class Drawn(val bytes: ByteArray, val said: Text, override val tag: String) : Node() {
    override fun equals(other: Any?) = other is Drawn && other.tag == tag && other.bytes.contentEquals(bytes)

    override fun hashCode() = tag.hashCode()
}

data class Card(
    val of: List<Node>,
    override val tag: String = "",
    val tone: Tone = Tone.PLAIN,
    val said: Text? = null,
    val act: (() -> Unit)? = null,
) : Node()

/** One below the other. */
data class Column(val of: List<Node>, override val tag: String = "") : Node()

/** Side by side, each as wide as the others; below each other where the text is large. */
data class Row(val of: List<Node>, override val tag: String = "", val wideDp: Int = 150, val isOfWords: Boolean = true) : Node()

/** How far something is, from 0 to 1; null where nobody knows. */
data class Progress(val part: Float?, override val tag: String) : Node()

/** Parts of a whole, as a bar: seen, unknown, unseen. */
data class Shares(val seen: Float, val unknown: Float, val unseen: Float, val said: Text, override val tag: String) : Node()

/** A map drawn from the phone's own data. */
data class Ground(val scene: Scene, val metresAcross: Float, val said: Text, override val tag: String) : Node()

/** What the colours of a map mean. */
data class Legend(override val tag: String, val isMap: Boolean = true) : Node()

/** What the camera sees, handed on as brightness for the core to read a code from. */
data class Viewfinder(override val tag: String, val seen: (ByteArray, Int, Int, Int) -> Unit) : Node()

/** A whole screen: its heading, what scrolls, and what always stands below within a thumb's reach. */
data class Page(
    val name: String,
    val title: Text,
    val back: (() -> Unit)?,
    val body: List<Node>,
    val foot: List<Node> = emptyList(),
    val isSecret: Boolean = false,
)
