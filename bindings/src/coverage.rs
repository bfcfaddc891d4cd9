//! Coverage and key places: records that mirror core's, and the calls of an open profile.

use xunge_core::app as core;
use xunge_core::coverage::{CoveragePeriod, StopReason, UnknownCause};
use xunge_core::id::UnitId;
use xunge_core::key_place::PlaceStanding;
use xunge_core::place::{PlaceClaim, Position};

use crate::device::Device;
use crate::error::CoreError;

/// A cause with cells.
#[derive(Clone, Debug, uniffi::Record)]
pub struct UnknownCells {
    /// The cause in snake_case.
    pub cause: String,
    /// How many reachable cells that were not seen.
    pub cells: u64,
}

/// The coverage of one grid in a period.
#[derive(Clone, Debug, uniffi::Record)]
pub struct CoverageView {
    /// The grid.
    pub grid: UnitId,
    /// Its name.
    pub name: String,
    /// The period: `2026-11-22`, `2026-W47` or `2026-11`.
    pub period: String,
    /// Whether the grid has an outline; without one all numbers of cells are 0 and only patrols can be counted.
    pub has_outline: bool,
    /// Reachable cells that were seen.
    pub seen: u64,
    /// Reachable cells of which nobody can tell.
    pub unknown: u64,
    /// Reachable cells that were not seen.
    pub unseen: u64,
    /// All cells that count.
    pub reachable: u64,
    /// Cells that do not count, since the township marked them out.
    pub excluded: u64,
    /// The unknown cells by cause, the most first.
    pub unknown_by: Vec<UnknownCells>,
    /// How many patrols served the grid.
    pub patrol_count: u32,
    /// Cells that were seen on days that nobody knows.
    pub day_unknown_cells: u64,
    /// Whether own segments are in it that the server has not taken in yet.
    pub has_unsent: bool,
}

/// A key place and how it stands today.
#[derive(Clone, Debug, uniffi::Record)]
pub struct KeyPlaceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The grid that answers for it.
    pub grid: UnitId,
    /// What sort of place.
    pub category: Option<String>,
    /// Where.
    pub position: Position,
    /// `not_asked`, `visited`, `due`, `overdue` or `excused`.
    pub standing: String,
    /// The day that goes with it: next on, until, since, until.
    pub day: Option<String>,
    /// Whether somebody should go there.
    pub is_open: bool,
}

/// One stop of a suggested walk.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SuggestionStop {
    /// Where.
    pub position: Position,
    /// How far from the stop before, in metres as the crow flies.
    pub distance_m: f64,
    /// The key place that is due; `None` for ground that was long unseen.
    pub place: Option<String>,
    /// For how many days the ground was not seen, where that is known.
    pub unseen_days: Option<i64>,
}

#[uniffi::export]
impl Device {
    /// What was seen of a grid in a period (`2026-11-22`, `2026-W47`, `2026-11`; `None`: this week).
    pub fn coverage(&self, grid: UnitId, period: Option<String>) -> Result<CoverageView, CoreError> {
        let period = self.period(period)?;
        Ok(self.inner.coverage(&grid, period)?.into())
    }

    /// A grid's coverage as PNG.
    pub fn coverage_picture(
        &self,
        grid: UnitId,
        period: Option<String>,
        long_side_px: u32,
    ) -> Result<Vec<u8>, CoreError> {
        let period = self.period(period)?;
        Ok(self.inner.coverage_picture(&grid, period, long_side_px)?)
    }

    /// The key places of the grids in scope, the most urgent first.
    pub fn key_places(&self) -> Result<Vec<KeyPlaceView>, CoreError> {
        Ok(self.inner.key_places()?.into_iter().map(Into::into).collect())
    }

    /// Keeps a short check-up of a key place.
    pub fn check_up(
        &self,
        place: String,
        all_right: bool,
        text: String,
        claim: Option<PlaceClaim>,
    ) -> Result<(), CoreError> {
        self.inner.check_up(&place, all_right, &text, claim.as_ref())?;
        Ok(())
    }

    /// Says that a place need not be visited up to and with a day (`2026-12-01`), and why.
    pub fn excuse(
        &self,
        place: String,
        reason: String,
        until: String,
        claim: Option<PlaceClaim>,
    ) -> Result<(), CoreError> {
        let until = until.parse().map_err(|_| CoreError::bad_text("this is no day"))?;
        self.inner.excuse(&place, &reason, until, claim.as_ref())?;
        Ok(())
    }

    /// A short walk over what is due and long unseen: a suggestion.
    pub fn where_next(&self, from: Position) -> Result<Vec<SuggestionStop>, CoreError> {
        let walk = self.inner.where_next(from)?;
        Ok(walk.stops.into_iter().map(Into::into).collect())
    }
}

impl Device {
    pub(crate) fn period(&self, text: Option<String>) -> Result<CoveragePeriod, CoreError> {
        match text {
            Some(text) => text.parse().map_err(|_| CoreError::bad_text("this is no period")),
            None => Ok(self.inner.this_week()?),
        }
    }
}

/// A cause's stable word.
fn word(cause: UnknownCause) -> String {
    let value = serde_json::to_value(cause).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

impl From<core::CoverageView> for CoverageView {
    fn from(core: core::CoverageView) -> Self {
        let has_outline = core.share.is_some();
        let share = core.share.unwrap_or_default();
        let unknown_by = share.unknown_by.iter().map(|part| UnknownCells {
            cause: word(part.cause),
            cells: part.cells,
        });
        Self {
            grid: core.grid,
            name: core.name,
            period: core.period.to_string(),
            has_outline,
            seen: share.seen,
            unknown: share.unknown,
            unseen: share.unseen,
            reachable: share.reachable,
            excluded: share.excluded,
            unknown_by: unknown_by.collect(),
            patrol_count: core.patrol_count,
            day_unknown_cells: core.day_unknown_cells,
            has_unsent: core.has_unsent,
        }
    }
}

impl From<core::KeyPlaceView> for KeyPlaceView {
    fn from(core: core::KeyPlaceView) -> Self {
        let (standing, day) = match &core.standing {
            PlaceStanding::NotAsked => ("not_asked", None),
            PlaceStanding::Visited { next_on } => ("visited", Some(next_on)),
            PlaceStanding::Due { until } => ("due", Some(until)),
            PlaceStanding::Overdue { since } => ("overdue", Some(since)),
            PlaceStanding::Excused { until, .. } => ("excused", Some(until)),
        };
        Self {
            standing: standing.to_owned(),
            day: day.map(ToString::to_string),
            is_open: core.standing.is_open(),
            id: core.id,
            name: core.name,
            grid: core.grid,
            category: core.category,
            position: core.position,
        }
    }
}

impl From<xunge_core::coverage::SuggestionStop> for SuggestionStop {
    fn from(core: xunge_core::coverage::SuggestionStop) -> Self {
        let (place, unseen_days) = match core.reason {
            StopReason::PlaceDue { place, .. } => (Some(place), None),
            StopReason::Unseen { days } => (None, days),
        };
        Self {
            position: core.position,
            distance_m: core.distance_m,
            place,
            unseen_days,
        }
    }
}
