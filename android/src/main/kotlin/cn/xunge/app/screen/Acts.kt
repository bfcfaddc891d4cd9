package cn.xunge.app.screen

import xunge.core.ActionKind

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
}
