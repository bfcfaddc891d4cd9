//! How a clock runs: an allowance from a start, over working hours and free days, stopped while a report was held or had been given back.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::matter::{Standstill, StandstillCause};
use crate::command::Reason;
use crate::directory::{Allowance, Calendar, PauseCause};
use crate::id::CommandId;
use crate::time::Timestamp;

/// Why a clock stood still.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum StopCause {
    /// The calendar: night, midday, free days.
    Calendar {
        /// Which of these.
        cause: PauseCause,
    },
    /// Somebody's act.
    Act {
        /// What kind of standstill.
        cause: StandstillCause,
        /// The command that began it.
        command: CommandId,
        /// What was said with it.
        reason: Option<Reason>,
    },
}

/// A time in which a clock stood still, or by which days were added.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stop {
    /// Its first instant.
    pub from: Timestamp,
    /// Its end (exclusive).
    pub to: Timestamp,
    /// Why.
    pub cause: StopCause,
}

/// The civil time in which a clock runs.
pub(super) struct Civil<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) zone: Tz,
    pub(super) hours_min: &'a [[u32; 2]],
}

/// When an allowance that starts at `from` ends, and every stop before that, in order.
///
/// Minutes run only outside stops. Days are counted whole: each standstill adds the days after its first up to its last, working days
/// where working days count.
pub(super) fn run(
    allowance: Allowance,
    from: Timestamp,
    standstills: &[Standstill],
    civil: &Civil<'_>,
) -> (Timestamp, Vec<Stop>) {
    let ended = standstills.iter().filter_map(|stop| {
        let to = stop.to.filter(|to| *to > from)?;
        let cause = StopCause::Act {
            cause: stop.cause,
            command: stop.command,
            reason: stop.reason.clone(),
        };
        Some(Stop {
            from: stop.from.max(from),
            to,
            cause,
        })
    });
    let acts: Vec<Stop> = ended.collect();
    match allowance {
        Allowance::RoundTheClock { minutes } | Allowance::WorkingTime { minutes } => {
            let is_working = matches!(allowance, Allowance::WorkingTime { .. });
            run_minutes(i64::from(minutes) * 60_000, is_working, from, acts, civil)
        }
        Allowance::WorkingDays { days } | Allowance::CalendarDays { days } => {
            let is_working = matches!(allowance, Allowance::WorkingDays { .. });
            run_days(days, is_working, from, acts, civil)
        }
    }
}

fn run_minutes(
    left_ms: i64,
    is_working: bool,
    from: Timestamp,
    acts: Vec<Stop>,
    civil: &Civil<'_>,
) -> (Timestamp, Vec<Stop>) {
    let ran = |start: Timestamp, end: Timestamp| match is_working {
        true => civil
            .calendar
            .working_ms_between(start, end, civil.zone, civil.hours_min),
        false => end.ms_since(start).max(0),
    };
    let after = |start: Timestamp, ms: i64| match is_working {
        true => civil
            .calendar
            .working_ms_after(start, ms, civil.zone, civil.hours_min),
        false => start.plus_ms(ms),
    };
    let pauses = |start: Timestamp, end: Timestamp| {
        let found = match is_working {
            true => civil
                .calendar
                .pauses_between(start, end, civil.zone, civil.hours_min),
            false => Vec::new(),
        };
        found.into_iter().map(|pause| Stop {
            from: pause.from,
            to: pause.to,
            cause: StopCause::Calendar { cause: pause.cause },
        })
    };
    let (mut cursor, mut left_ms, mut stops) = (from, left_ms, Vec::new());
    for stop in acts {
        let run_ms = ran(cursor, stop.from);
        if run_ms >= left_ms {
            break;
        }
        left_ms -= run_ms;
        stops.extend(pauses(cursor, stop.from));
        cursor = cursor.max(stop.to);
        stops.push(stop);
    }
    let end = after(cursor, left_ms);
    stops.extend(pauses(cursor, end));
    (end, stops)
}

fn run_days(
    days: u32,
    is_working: bool,
    from: Timestamp,
    acts: Vec<Stop>,
    civil: &Civil<'_>,
) -> (Timestamp, Vec<Stop>) {
    let ends = |days: u32| {
        let allowance = match is_working {
            true => Allowance::WorkingDays { days },
            false => Allowance::CalendarDays { days },
        };
        allowance.ends_at(from, civil.calendar, civil.zone, civil.hours_min)
    };
    let (mut whole, mut stops) = (days, Vec::new());
    for stop in acts {
        if stop.from >= ends(whole) {
            break;
        }
        let (first, last) = (stop.from.day_in(civil.zone), stop.to.day_in(civil.zone));
        let added = match is_working {
            true => civil.calendar.working_days_between(first, last),
            false => u32::try_from(last.signed_duration_since(first).num_days()).unwrap_or(0),
        };
        whole = whole.saturating_add(added);
        stops.push(stop);
    }
    (ends(whole), stops)
}
