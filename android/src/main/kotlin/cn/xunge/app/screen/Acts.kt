package cn.xunge.app.screen

import xunge.core.Action
import xunge.core.ActionKind
import xunge.core.Level
import xunge.core.ReportRow

/** How an act that the core permits is begun on a phone: at once, with a reason, with words, by choosing a level. */
enum class Way { AT_ONCE, REASON, WORDS, LEVEL }

/** The acts that a phone offers, of those that the core permits; the others belong to desks. */
object Acts {
    val WAYS = linkedMapOf(
        ActionKind.APPROVE to Way.AT_ONCE,
        ActionKind.RETURN to Way.REASON,
        ActionKind.TAKE_ON to Way.AT_ONCE,
        ActionKind.PASS_UP to Way.LEVEL,
        ActionKind.FEED_BACK to Way.WORDS,
        ActionKind.REWORK to Way.REASON,
        ActionKind.CLOSE to Way.WORDS,
        ActionKind.URGE to Way.WORDS,
        ActionKind.ASK to Way.WORDS,
        ActionKind.WITHDRAW to Way.AT_ONCE,
        ActionKind.REMARK to Way.WORDS,
    )

    /** The act with what it carries; null for one that is not begun here. */
    fun of(kind: ActionKind, row: ReportRow, level: Level?): Action? = when (kind) {
        ActionKind.APPROVE -> Action.Approve
        ActionKind.RETURN -> Action.Return
        ActionKind.TAKE_ON -> Action.TakeOn
        ActionKind.PASS_UP -> level?.let { Action.PassUp(it) }
        ActionKind.FEED_BACK -> row.holder?.let { Action.FeedBack(it.unit) }
        ActionKind.REWORK -> Action.Rework
        ActionKind.CLOSE -> Action.Close
        ActionKind.URGE -> Action.Urge
        ActionKind.ASK -> Action.Ask
        ActionKind.WITHDRAW -> Action.Withdraw
        ActionKind.REMARK -> Action.Remark
        else -> null
    }

    /** The levels above the one at which a report lies, the next one first. */
    fun above(level: Level): List<Level> = Level.entries.filter { it.ordinal > level.ordinal }
}
