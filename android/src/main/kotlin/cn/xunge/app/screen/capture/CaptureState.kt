package cn.xunge.app.screen.capture

import cn.xunge.app.gateway.Problem
import cn.xunge.app.look.Text
import cn.xunge.app.screen.Screen
import xunge.core.Answer
import xunge.core.AttachmentRole
import xunge.core.Category
import xunge.core.PersonPart
import xunge.core.PlaceQuality
import xunge.core.ReportContent
import xunge.core.Source

/** A grid that may be meant. */
data class GridChoice(val unit: String, val name: String)

/** Where the phone is, as far as it is known by now. */
data class Measured(
    val seconds: Int? = null,
    val errorM: Int? = null,
    val quality: PlaceQuality = PlaceQuality.NONE,
    val isWorthWaiting: Boolean = false,
    val isOn: Boolean = true,
    val isAllowed: Boolean = true,
)

/** A person who is being entered. */
data class PersonForm(
    val part: PersonPart = PersonPart.INFORMANT,
    val name: String = "",
    val telephone: String = "",
) {
    /** What is kept of it until it is saved. */
    fun kept() = mapOf("part" to part.name, "name" to name, "telephone" to telephone)

    companion object {
        fun of(kept: Map<String, String>) = PersonForm(
            PersonPart.entries.firstOrNull { it.name == kept["part"] } ?: PersonPart.INFORMANT,
            kept["name"].orEmpty(), kept["telephone"].orEmpty(),
        )
    }
}

data class CaptureState(
    val report: String = "",
    val content: ReportContent? = null,
    val category: Category? = null,
    val gridName: String = "",
    val candidates: List<GridChoice> = emptyList(),
    val measured: Measured = Measured(),
    val pictures: Map<String, ByteArray> = emptyMap(),
    val numbers: Map<String, String> = emptyMap(),
    val recording: Int? = null,
    val playing: String? = null,
    val person: PersonForm? = null,
    val names: Map<String, String> = emptyMap(),
    val isHidden: Boolean = true,
    val hasMore: Boolean = false,
    val isSettling: Boolean = false,
    val hints: Int = 0,
    val wrong: Text? = null,
    val problems: List<Problem> = emptyList(),
    val isSureToDiscard: Boolean = false,
    val isSent: Boolean = false,
    val isClockBack: Boolean = false,
)

sealed class CaptureEvent {
    data class Shoot(val role: AttachmentRole) : CaptureEvent()

    data object Pick : CaptureEvent()

    data class Remove(val attachment: String) : CaptureEvent()

    data object Record : CaptureEvent()

    data object StopRecording : CaptureEvent()

    data class Play(val attachment: String) : CaptureEvent()

    data object AllowLocation : CaptureEvent()

    data object OpenLocation : CaptureEvent()

    data class Grid(val unit: String) : CaptureEvent()

    data class Go(val to: Screen.Name) : CaptureEvent()

    data class Words(val text: String) : CaptureEvent()

    data class Result(val text: String) : CaptureEvent()

    data class Filled(val field: String, val answer: Answer?) : CaptureEvent()

    data class Number(val field: String, val text: String) : CaptureEvent()

    data class Urgent(val isUrgent: Boolean) : CaptureEvent()

    data class From(val source: Source) : CaptureEvent()

    data object More : CaptureEvent()

    data class Person(val form: PersonForm?) : CaptureEvent()

    data object SavePerson : CaptureEvent()

    data class DropPerson(val person: String) : CaptureEvent()

    data object Hide : CaptureEvent()

    data object Submit : CaptureEvent()

    data object Settle : CaptureEvent()

    data object Discard : CaptureEvent()

    data object Done : CaptureEvent()

    data object Back : CaptureEvent()
}
