//! The share of a grid that was seen in a period.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::day::{DayCoverage, UnknownCause};
use super::ground::GridGround;
use crate::directory::ExclusionReason;
use crate::in_order::{Gather, InOrder};

/// Cells that cannot be known, by cause. A cell under several causes counts under each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct UnknownShare {
    /// Why.
    pub cause: UnknownCause,
    /// How many reachable cells that were not seen.
    pub cells: u64,
}

/// How much of a grid, village or township was seen in a period, in cells of 400 m². Adding up shares of grids gives that of their village.
///
/// `seen + unknown + unseen == reachable`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CoverageShare {
    /// Reachable cells that were seen.
    pub seen: u64,
    /// Reachable cells of which nobody can tell.
    pub unknown: u64,
    /// Reachable cells that were not seen.
    pub unseen: u64,
    /// All cells that count.
    pub reachable: u64,
    /// Cells of the outline that do not count, since the township marked them out.
    pub excluded: u64,
    /// The excluded cells by reason; a cell under two reasons counts under both.
    pub excluded_by: BTreeMap<ExclusionReason, u64>,
    /// The unknown cells by cause, the most first.
    pub unknown_by: Vec<UnknownShare>,
    /// How many grids it is of.
    pub grids: u32,
    /// How many of them are narrower than a cell, so that their share is coarse.
    pub slivers: u32,
}

impl CoverageShare {
    /// The share of a grid's ground in what was seen there. `coverage` may reach beyond the grid: only its cells count.
    pub fn of(ground: &GridGround, coverage: &DayCoverage) -> Self {
        let within = coverage.within(&ground.reachable);
        let unknown = within.unknown();
        let mut unknown_by: Vec<UnknownShare> = within
            .maybe
            .iter()
            .map(|(cause, cells)| UnknownShare {
                cause: *cause,
                cells: cells.common_len(&unknown),
            })
            .filter(|share| share.cells > 0)
            .collect();
        unknown_by.order_by_key(|share| (std::cmp::Reverse(share.cells), share.cause));
        let (seen, unknown) = (within.seen.len(), unknown.len());
        let reachable = ground.reachable.len();
        let excluded_by = ground.excluded.iter();
        Self {
            seen,
            unknown,
            unseen: reachable - seen - unknown,
            reachable,
            excluded: ground.cells.len() - reachable,
            excluded_by: excluded_by.map(|(reason, cells)| (*reason, cells.len())).gather(),
            unknown_by,
            grids: 1,
            slivers: u32::from(ground.is_sliver),
        }
    }

    /// Adds another grid's share: that of a village or township is the sum of its grids'.
    pub fn add(&mut self, other: &Self) {
        self.seen += other.seen;
        self.unknown += other.unknown;
        self.unseen += other.unseen;
        self.reachable += other.reachable;
        self.excluded += other.excluded;
        for (reason, cells) in &other.excluded_by {
            *self.excluded_by.entry(*reason).or_default() += cells;
        }
        for theirs in &other.unknown_by {
            match self.unknown_by.iter_mut().find(|ours| ours.cause == theirs.cause) {
                Some(ours) => ours.cells += theirs.cells,
                None => self.unknown_by.push(*theirs),
            }
        }
        self.unknown_by
            .order_by_key(|share| (std::cmp::Reverse(share.cells), share.cause));
        self.grids += other.grids;
        self.slivers += other.slivers;
    }

    /// The part of the reachable ground that was seen, 0..=1; `None` where nothing can be reached.
    pub fn seen_share(&self) -> Option<f64> {
        self.share(self.seen)
    }

    /// The part of the reachable ground of which nobody can tell, 0..=1; `None` where nothing can be reached.
    pub fn unknown_share(&self) -> Option<f64> {
        self.share(self.unknown)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a county has far fewer than 2^52 cells"
    )]
    fn share(&self, cells: u64) -> Option<f64> {
        (self.reachable > 0).then(|| cells as f64 / self.reachable as f64)
    }
}

/// A day, a week from Monday to Sunday, or a month, in the township's zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum CoveragePeriod {
    /// One day: `2026-11-22`.
    Day(NaiveDate),
    /// The week by ISO 8601: `2026-W47`.
    Week {
        /// The ISO year.
        year: i32,
        /// 1..=53.
        week: u32,
    },
    /// The month: `2026-11`.
    Month {
        /// The year.
        year: i32,
        /// 1..=12.
        month: u32,
    },
}

/// A text that is no period.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is no period: write 2026-11-22, 2026-W47 or 2026-11")]
pub struct InvalidPeriod(String);

impl CoveragePeriod {
    /// The week that holds a day.
    pub fn week_of(day: NaiveDate) -> Self {
        let week = day.iso_week();
        Self::Week {
            year: week.year(),
            week: week.week(),
        }
    }

    /// The month that holds a day.
    pub fn month_of(day: NaiveDate) -> Self {
        Self::Month {
            year: day.year(),
            month: day.month(),
        }
    }

    /// The first and the last day, both included.
    pub fn days(self) -> (NaiveDate, NaiveDate) {
        match self {
            Self::Day(day) => (day, day),
            Self::Week { year, week } => {
                let monday = NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Mon);
                let monday = monday.unwrap_or(NaiveDate::MIN);
                (monday, monday + Days::new(6))
            }
            Self::Month { year, month } => {
                let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN);
                (first, first + chrono::Months::new(1) - Days::new(1))
            }
        }
    }

    /// Whether the day lies within.
    pub fn holds(self, day: NaiveDate) -> bool {
        let (first, last) = self.days();
        (first..=last).contains(&day)
    }
}

impl std::fmt::Display for CoveragePeriod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Week { year, week } => write!(f, "{year:04}-W{week:02}"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
        }
    }
}

impl std::str::FromStr for CoveragePeriod {
    type Err = InvalidPeriod;
    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let invalid = || InvalidPeriod(text.chars().take(40).collect());
        if let Ok(day) = text.parse::<NaiveDate>() {
            return Ok(Self::Day(day));
        }
        let (year, rest) = text.split_once('-').ok_or_else(invalid)?;
        let year: i32 = year.parse().map_err(|_| invalid())?;
        if !(1970..=9999).contains(&year) {
            return Err(invalid());
        }
        let period = match rest.strip_prefix('W') {
            Some(week) => {
                let week: u32 = week.parse().map_err(|_| invalid())?;
                NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Mon)
                    .map(|_| Self::Week { year, week })
            }
            None => {
                let month: u32 = rest.parse().map_err(|_| invalid())?;
                NaiveDate::from_ymd_opt(year, month, 1).map(|_| Self::Month { year, month })
            }
        };
        period.ok_or_else(invalid)
    }
}

impl From<CoveragePeriod> for String {
    fn from(period: CoveragePeriod) -> Self {
        period.to_string()
    }
}

impl TryFrom<String> for CoveragePeriod {
    type Error = InvalidPeriod;
    fn try_from(text: String) -> Result<Self, InvalidPeriod> {
        text.parse()
    }
}

#[cfg(test)]
mod tests;
