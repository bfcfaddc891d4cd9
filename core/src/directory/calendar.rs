//! Holidays and make-up days, and the reckoning of working time.
//!
//! Monday to Friday are worked unless the calendar says otherwise; Saturday and Sunday are free unless it says otherwise. Civil days and
//! hours are those of the zone that the caller names. Intervals include their start and exclude their end; nothing here asks a clock.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::policy::tidy_hours;
use crate::in_order::Gather;
use crate::time::Timestamp;

mod allowance;
mod pause;

pub use allowance::InvalidAllowance;
pub use pause::{Pause, PauseCause};

/// Whether a day that the calendar names is free or worked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A holiday.
    Off,
    /// A Saturday or Sunday that is worked (调休).
    Work,
}

/// One day that differs from the plain week (Monday to Friday are worked).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CalendarDay {
    /// The civil day.
    pub on: NaiveDate,
    /// Free or worked.
    pub kind: DayKind,
    /// The holiday's name.
    pub name: String,
}

/// The days that differ from the plain week, as they are known at one instant.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, DayKind>,
}

impl<'a> FromIterator<&'a CalendarDay> for Calendar {
    fn from_iter<I: IntoIterator<Item = &'a CalendarDay>>(days: I) -> Self {
        Self {
            days: days.into_iter().map(|day| (day.on, day.kind)).gather(),
        }
    }
}

/// The longest run of days that is searched for working time (ten years); beyond it an answer saturates at the end of the run.
const SEARCH_DAYS_MAX: u32 = 3_660;

const MINUTE_MS: i64 = 60_000;

impl Calendar {
    /// The days that differ from the plain week, the earliest first.
    pub fn named_days(&self) -> impl Iterator<Item = (NaiveDate, DayKind)> {
        self.days.iter().map(|(day, kind)| (*day, *kind))
    }

    /// Whether any day of a year differs from the plain week: where none does, nobody has told its holidays yet.
    pub fn tells_of_year(&self, year: i32) -> bool {
        self.days.keys().any(|day| day.year() == year)
    }

    /// Whether the civil day is worked.
    pub fn is_working_day(&self, on: NaiveDate) -> bool {
        match self.days.get(&on) {
            Some(kind) => *kind == DayKind::Work,
            None => !matches!(on.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The instant at which `minutes` of working time have passed since `start`, in hours as minutes since midnight of the zone's civil
    /// days. Zero minutes end at the start itself, whenever that is. Hours without any minute count round the clock.
    pub fn working_time_after(
        &self,
        start: Timestamp,
        minutes: u32,
        zone: Tz,
        hours_min: &[[u32; 2]],
    ) -> Timestamp {
        self.working_ms_after(start, i64::from(minutes) * MINUTE_MS, zone, hours_min)
    }

    /// As [`working_time_after`](Self::working_time_after), with the working time in ms.
    pub fn working_ms_after(
        &self,
        start: Timestamp,
        working_ms: i64,
        zone: Tz,
        hours_min: &[[u32; 2]],
    ) -> Timestamp {
        let hours = tidy_hours(hours_min);
        let mut left_ms = working_ms.max(0);
        if hours.is_empty() || left_ms == 0 {
            return start.plus_ms(left_ms);
        }
        let mut on = start.day_in(zone);
        let mut reached = start;
        for _ in 0..SEARCH_DAYS_MAX {
            for (opens, closes) in self.opening(on, zone, &hours) {
                let opens = opens.max(start);
                let open_ms = closes.ms_since(opens).max(0);
                if open_ms >= left_ms {
                    return opens.plus_ms(left_ms);
                }
                left_ms -= open_ms;
                reached = reached.max(closes);
            }
            let Some(next) = on.succ_opt() else { break };
            on = next;
        }
        reached
    }

    /// The working time between two instants in ms; 0 where `to` is not later than `from`. Adding up parts gives the whole. Hours
    /// without any minute count round the clock.
    pub fn working_ms_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        zone: Tz,
        hours_min: &[[u32; 2]],
    ) -> i64 {
        let hours = tidy_hours(hours_min);
        if to <= from {
            return 0;
        }
        if hours.is_empty() {
            return to.ms_since(from);
        }
        let last = to.day_in(zone);
        let mut on = from.day_in(zone);
        let mut sum_ms = 0;
        while on <= last {
            for (opens, closes) in self.opening(on, zone, &hours) {
                sum_ms += closes.min(to).ms_since(opens.max(from)).max(0);
            }
            let Some(next) = on.succ_opt() else { break };
            on = next;
        }
        sum_ms
    }

    /// The whole minutes of [`working_ms_between`](Self::working_ms_between).
    pub fn working_minutes_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        zone: Tz,
        hours_min: &[[u32; 2]],
    ) -> i64 {
        self.working_ms_between(from, to, zone, hours_min) / MINUTE_MS
    }

    /// The `days`-th working day after a day, which itself does not count; 0 gives the day itself, worked or not.
    pub fn working_day_after(&self, on: NaiveDate, days: u32) -> NaiveDate {
        let mut reached = on;
        let mut left = days;
        for _ in 0..SEARCH_DAYS_MAX {
            if left == 0 {
                break;
            }
            let Some(next) = reached.succ_opt() else { break };
            reached = next;
            left -= u32::from(self.is_working_day(reached));
        }
        reached
    }

    /// How many working days lie after `from` up to and including `to`; 0 where `to` is not later.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let mut on = from;
        let mut count = 0;
        while on < to {
            let Some(next) = on.succ_opt() else { break };
            on = next;
            count += u32::from(self.is_working_day(on));
        }
        count
    }

    /// When the last working hours of the instant's civil day end; `None` on a free day, and where they have not begun or are over.
    pub fn hours_end(&self, at: Timestamp, zone: Tz, hours_min: &[[u32; 2]]) -> Option<Timestamp> {
        let open: Vec<_> = self.opening(at.day_in(zone), zone, hours_min).collect();
        let (begin, _) = open.first()?;
        let (_, end) = open.last()?;
        (*begin <= at && at < *end).then_some(*end)
    }

    /// The times at which work is open on a civil day; none on a free day.
    fn opening<'a>(
        &self,
        on: NaiveDate,
        zone: Tz,
        hours: &'a [[u32; 2]],
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + use<'a> {
        let worked = if self.is_working_day(on) { hours } else { &[] };
        worked
            .iter()
            .map(move |[start, end]| (instant_of(on, *start, zone), instant_of(on, *end, zone)))
    }
}

/// How a deadline counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "counts", rename_all = "snake_case")]
pub enum Allowance {
    /// Round the clock.
    RoundTheClock {
        /// How long, in minutes.
        minutes: u32,
    },
    /// Within working hours.
    WorkingTime {
        /// How long, in working minutes.
        minutes: u32,
    },
    /// Until the end of the n-th working day after the day of the start.
    WorkingDays {
        /// How many.
        days: u32,
    },
    /// Until the end of the n-th day after the day of the start.
    CalendarDays {
        /// How many.
        days: u32,
    },
}

impl Allowance {
    /// Whether holidays and make-up days matter to it.
    pub fn asks_calendar(self) -> bool {
        matches!(self, Self::WorkingTime { .. } | Self::WorkingDays { .. })
    }

    /// The instant at which the allowance ends (exclusive) when it starts at `start`.
    pub fn ends_at(
        self,
        start: Timestamp,
        calendar: &Calendar,
        zone: Tz,
        hours_min: &[[u32; 2]],
    ) -> Timestamp {
        let end_of = |on: NaiveDate| instant_of(on, 1_440, zone);
        let on = start.day_in(zone);
        match self {
            Self::RoundTheClock { minutes } => start.plus_ms(i64::from(minutes) * MINUTE_MS),
            Self::WorkingTime { minutes } => calendar.working_time_after(start, minutes, zone, hours_min),
            Self::WorkingDays { days } => end_of(calendar.working_day_after(on, days)),
            Self::CalendarDays { days } => end_of(on.checked_add_days(Days::new(days.into())).unwrap_or(on)),
        }
    }
}

/// The instant of a minute of a civil day; 1440 is the next day's midnight. A time that the zone skips becomes the instant at which the
/// skip happens, a time that it has twice the first one: so that later minutes never come out earlier.
fn instant_of(on: NaiveDate, minute: u32, zone: Tz) -> Timestamp {
    let midnight = on.and_hms_opt(0, 0, 0).expect("every day has a midnight");
    let mut local = midnight + chrono::Duration::minutes(minute.into());
    let instant = |at: DateTime<Tz>| Timestamp(at.timestamp_millis());
    // No zone skips more than a day; a quarter of an hour divides every skip in the table.
    for _ in 0..=96 {
        if let Some(at) = zone.from_local_datetime(&local).earliest() {
            return instant(at);
        }
        local += chrono::Duration::minutes(15);
        local = local - chrono::Duration::minutes(i64::from(chrono::Timelike::minute(&local) % 15));
    }
    Timestamp(local.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests;
