//! Key places (重点场所): whether they were visited as often as their rule asks.
//!
//! A place is visited when a patrol was near for long enough, or by a report or a short check-up form there. What is asked is about the
//! place and never about who went.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::directory::{Excuse, KeyPlace, Often, VisitRule};
use crate::id::{PatrolId, ReportId};
use crate::patrol::FixDay;
use crate::time::Timestamp;

mod record;
mod visit;

pub use record::{
    EXCUSED_DAYS_MAX, VISIT_BYTES_MAX, VISIT_TEXT_CHARS_MAX, VisitClaim, VisitKind, VisitRecord,
    VisitRecordError,
};
pub use visit::{NEAR_M, STAY_MS, is_about_there, is_near, patrol_visits};

/// What shows that somebody was there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum VisitEvidence {
    /// A patrol stayed near for [`STAY_MS`].
    Patrol {
        /// The patrol.
        patrol: PatrolId,
    },
    /// A report was captured there.
    Report {
        /// The report.
        report: ReportId,
    },
    /// A short check-up form was filled in there; it is kept as a report settled on the spot.
    CheckUp {
        /// The report that holds the form.
        report: ReportId,
    },
}

/// One visit of a key place. Visits are a set: the same one twice is one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct PlaceVisit {
    /// The place's id.
    pub place: String,
    /// The day that it counts for.
    pub day: FixDay,
    /// When it began.
    pub at: Timestamp,
    /// What shows it.
    pub evidence: VisitEvidence,
}

/// How a place stands on a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum PlaceStanding {
    /// No rule is set, or the season of its rule is over.
    NotAsked,
    /// Visited in time; the next visit is due on this day.
    Visited {
        /// The day.
        next_on: NaiveDate,
    },
    /// To be visited, today or until this day.
    Due {
        /// The last day that is in time.
        until: NaiveDate,
    },
    /// Late since this day.
    Overdue {
        /// The first day that is too late.
        since: NaiveDate,
    },
    /// Need not be visited now.
    Excused {
        /// Until when, included.
        until: NaiveDate,
        /// Why.
        reason: String,
    },
}

impl PlaceStanding {
    /// Whether somebody should go there: due or overdue.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Due { .. } | Self::Overdue { .. })
    }

    /// The standing in Chinese and in English.
    pub fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotAsked => ("无要求", "not asked"),
            Self::Visited { .. } => ("已走访", "visited"),
            Self::Due { .. } => ("到期", "due"),
            Self::Overdue { .. } => ("逾期", "overdue"),
            Self::Excused { .. } => ("免走访", "excused"),
        }
    }
}

/// How often a place was visited in a period, against its rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct VisitTally {
    /// How many visits the rule asks for: windows of its days, or times a week for each week.
    pub asked: u32,
    /// How many of these were made.
    pub made: u32,
    /// How many fell on excused days alone and are not asked.
    pub excused: u32,
}

/// How a place stands on `today`.
///
/// `visited` are the days of its visits (days unknown left out); `asked_since` is the day from which its rule holds.
pub fn standing(
    place: &KeyPlace,
    visited: &BTreeSet<NaiveDate>,
    asked_since: NaiveDate,
    today: NaiveDate,
    is_emergency: bool,
) -> PlaceStanding {
    let Some(rule) = &place.rule else {
        return PlaceStanding::NotAsked;
    };
    let is_daily = is_emergency && rule.is_daily_in_emergency;
    let is_season = rule.season.is_none_or(|season| season.holds(today));
    if !is_season && !is_daily {
        return PlaceStanding::NotAsked;
    }
    let excuse = place.excuses.iter().find(|excuse| excuse.holds(today));
    if let Some(excuse) = excuse {
        return PlaceStanding::Excused {
            until: excuse.to,
            reason: excuse.reason.clone(),
        };
    }
    let often = if is_daily {
        Often::EveryDays { days: 1 }
    } else {
        rule.often
    };
    match often {
        Often::EveryDays { days } => every_days(place, rule, visited, asked_since, today, days.max(1)),
        Often::TimesAWeek { times } => times_a_week(visited, asked_since, today, times.clamp(1, 7)),
    }
}

fn every_days(
    place: &KeyPlace,
    rule: &VisitRule,
    visited: &BTreeSet<NaiveDate>,
    asked_since: NaiveDate,
    today: NaiveDate,
    days: u32,
) -> PlaceStanding {
    let window = Days::new(u64::from(days));
    let last = visited.range(..=today).next_back().copied();
    let mut begun = asked_since;
    // The clock of a season begins with it, that of an excused place begins anew when the excuse ends.
    if let Some(season) = rule.season {
        begun = begun.max(first_of_run(today, |day| season.holds(day)));
    }
    let excused = place.excuses.iter().filter(|excuse| excuse.to < today);
    begun = begun.max(
        excused
            .map(|excuse| excuse.to + Days::new(1))
            .max()
            .unwrap_or(begun),
    );
    let until = match last {
        Some(last) if last + window > begun => last + window,
        _ => begun + Days::new(u64::from(days) - 1),
    };
    if last == Some(today) || (last.is_some_and(|last| last + window == until) && today < until) {
        PlaceStanding::Visited { next_on: until }
    } else if today <= until {
        PlaceStanding::Due { until }
    } else {
        PlaceStanding::Overdue {
            since: until + Days::new(1),
        }
    }
}

/// The first day of the run of days up to `today` on which something holds; at most a year back.
fn first_of_run(today: NaiveDate, holds: impl Fn(NaiveDate) -> bool) -> NaiveDate {
    let mut first = today;
    for _ in 0..366 {
        match first.pred_opt() {
            Some(before) if holds(before) => first = before,
            _ => break,
        }
    }
    first
}

fn times_a_week(
    visited: &BTreeSet<NaiveDate>,
    asked_since: NaiveDate,
    today: NaiveDate,
    times: u32,
) -> PlaceStanding {
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let sunday = monday + Days::new(6);
    let count = |first: NaiveDate, last: NaiveDate| visited.range(first..=last).count();
    let wanted = usize::try_from(times).unwrap_or(usize::MAX);
    if count(monday, today) >= wanted {
        return PlaceStanding::Visited {
            next_on: monday + Days::new(7),
        };
    }
    let last_monday = monday - Days::new(7);
    let was_asked = asked_since <= last_monday;
    if was_asked && count(last_monday, monday - Days::new(1)) < wanted && count(monday, today) == 0 {
        return PlaceStanding::Overdue { since: monday };
    }
    PlaceStanding::Due { until: sunday }
}

impl Excuse {
    /// Whether the day is excused.
    pub fn holds(&self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// How the visits of a period met the rule: for the place, over days `first..=last`. Days out of season are not asked.
pub fn tally(
    place: &KeyPlace,
    visited: &BTreeSet<NaiveDate>,
    first: NaiveDate,
    last: NaiveDate,
) -> VisitTally {
    let mut tally = VisitTally::default();
    let Some(rule) = &place.rule else { return tally };
    let (window, wanted) = match rule.often {
        Often::EveryDays { days } => (u64::from(days.max(1)), 1),
        Often::TimesAWeek { times } => (7, times.clamp(1, 7)),
    };
    let mut begun = first;
    while begun <= last {
        let end = last.min(begun + Days::new(window - 1));
        let days: Vec<NaiveDate> = begun.iter_days().take_while(|day| *day <= end).collect();
        let is_asked = |day: &&NaiveDate| rule.season.is_none_or(|season| season.holds(**day));
        let asked: Vec<&NaiveDate> = days.iter().filter(is_asked).collect();
        let is_excused = |day: &&NaiveDate| place.excuses.iter().any(|excuse| excuse.holds(**day));
        let made = u32::try_from(visited.range(begun..=end).count()).unwrap_or(u32::MAX);
        if asked.is_empty() {
            // Out of season.
        } else if asked.iter().all(is_excused) {
            tally.excused += wanted;
        } else {
            tally.asked += wanted;
            tally.made += made.min(wanted);
        }
        begun = end + Days::new(1);
    }
    tally
}

#[cfg(test)]
mod tests;
