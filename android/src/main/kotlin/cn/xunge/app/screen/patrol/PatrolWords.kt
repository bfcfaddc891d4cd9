package cn.xunge.app.screen.patrol

import cn.xunge.app.look.Text
import cn.xunge.app.look.words
import cn.xunge.app.screen.Times
import xunge.core.EndCause
import xunge.core.GapCause
import xunge.core.Notice
import xunge.core.PatrolGap

/** What a patrol has to tell, in words. */
internal object PatrolWords {
    fun of(notices: List<Notice>): List<Text> = notices.map { notice ->
        when (notice) {
            is Notice.EndedByItself -> words(ended(notice.by))
            is Notice.GoesOn -> words("patrol_notice_goes_on")
            Notice.LocationIsOff -> words("patrol_location_off")
            Notice.DayIsUnknown -> words("patrol_notice_day_unknown")
            is Notice.NoFixes -> words(if (notice.isPoor) "patrol_notice_poor" else "patrol_notice_no_fixes")
            is Notice.TrackIsShifted -> words("patrol_notice_shifted", notice.offsetM.toInt())
        }
    }

    fun ended(by: EndCause): String = when (by) {
        EndCause.WORKER -> "patrol_ended"
        EndCause.SHIFT_END -> "patrol_ended_shift"
        EndCause.LONG_STILLNESS -> "patrol_ended_still"
        EndCause.HANDED_OVER -> "patrol_ended_handed"
    }

    fun of(gap: PatrolGap, now: Long): Text =
        words("patrol_gap", Times.at(gap.at, now), Times.span(gap.gapMs ?: 0), words("patrol_gap_${cause(gap.cause)}"))

    private fun cause(cause: GapCause) = cause.name.lowercase()
}
