//! Coverage of grids, villages and townships in a period: what was seen, what cannot be known and why, and what nobody has seen for long.
//!
//! It speaks of places. No person, no patrol and no phone is named here; where somebody has to act on a silent phone, that is
//! [`Service::coverage_silence`], and each look at it is written down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use xunge_core::coverage::{
    BLIND_CELLS_MIN, BLIND_WEEKS, BlindSpot, CellSet, CoveragePeriod, CoverageShare, DayCoverage, GridGround,
    LastSeen, blind_spots,
};
use xunge_core::directory::{Directory, UnitKind};
use xunge_core::id::{PatrolId, UnitId};
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::cover::OpenDay;
use crate::ledger::ground::day_end;
use crate::store::{FeedState, ReadTx};

mod export;
mod places;
mod silence;

pub use export::{CoverageLayer, coverage_csv};
pub use places::{KeyPlaceRow, KeyPlacesAnswer, PlaceVisitRow};
pub use silence::{SilenceAnswer, SilentPhone};

/// For how many weeks back ages and blind spots are looked for.
const WEEKS_LOOKED_AT: u32 = 8;

/// The most blind spots of one unit that are listed.
const BLIND_SPOTS_MAX: usize = 10;

/// What to look at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CoverageQuery {
    /// The township; `None` takes the caller's own.
    pub feed: Option<UnitId>,
    /// A grid or village of it; `None` takes all that the caller may see.
    pub unit: Option<UnitId>,
    /// The day, week or month in the township's zone; `None` takes this week.
    pub period: Option<CoveragePeriod>,
    /// After how many weeks unseen ground is a blind spot, 1..=8; `None` takes 4.
    pub blind_weeks: Option<u32>,
}

/// How a grid, village or township was covered.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct UnitCoverage {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// The unit above.
    pub parent: Option<UnitId>,
    /// The share in cells of 400 m²; `None` where no grid of it has an outline: then there are visits but no share.
    pub share: Option<CoverageShare>,
    /// The part of the reachable ground that was seen, 0..=1.
    pub seen_share: Option<f64>,
    /// The part of the reachable ground of which nobody can tell, 0..=1.
    pub unknown_share: Option<f64>,
    /// How many of its grids have no outline.
    pub grids_undrawn: u32,
    /// How many patrols served it in the period.
    pub patrols: usize,
    /// Reachable cells by how many days before the end of the period they were last seen, in the last eight weeks.
    pub days_since_seen: Vec<(i64, u64)>,
    /// Reachable cells that nobody saw in these weeks.
    pub not_seen_cells: u64,
    /// Reachable cells that were seen by a walk whose day nobody knows, and not in the period.
    pub day_unknown_cells: u64,
    /// Ground that hangs together and that nobody saw for weeks, the largest first.
    pub blind_spots: Vec<BlindSpot>,
}

/// The coverage of a township in a period.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CoverageAnswer {
    /// The township.
    pub feed: UnitId,
    /// The period.
    pub period: CoveragePeriod,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day, or today where that is earlier.
    pub to: NaiveDate,
    /// The zone of these days.
    pub zone: String,
    /// All that was asked for together.
    pub total: UnitCoverage,
    /// Villages by code.
    pub villages: Vec<UnitCoverage>,
    /// Grids by code.
    pub grids: Vec<UnitCoverage>,
}

/// What a query reaches.
struct Area {
    feed: FeedState,
    directory: Arc<Directory>,
    zone: chrono_tz::Tz,
    period: CoveragePeriod,
    from: NaiveDate,
    to: NaiveDate,
    /// The instant as of which the directory is read.
    at: Timestamp,
    /// The grids that are asked for and may be seen.
    grids: Vec<UnitId>,
    /// The unit that stands above all of them.
    upper: UnitId,
}

/// What was seen in and before a period, over all units of a township.
#[derive(Default)]
struct Seen {
    days: BTreeMap<NaiveDate, DayCoverage>,
    period: DayCoverage,
    unknown_day: DayCoverage,
    patrols: BTreeMap<UnitId, BTreeSet<PatrolId>>,
}

impl Service {
    /// How the grids, villages and the township were covered. Sums are over the grids that the caller may see.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a township or unit that the caller does not see.
    pub fn coverage(&self, caller: &Caller, query: &CoverageQuery) -> Result<CoverageAnswer, ServiceError> {
        let feeds = self.feeds_of(caller)?;
        self.ledger.read(|tx| {
            let area = self.area(tx, caller, &feeds, query)?;
            let seen = self.seen(tx, &area)?;
            let blind_weeks = query.blind_weeks.unwrap_or(BLIND_WEEKS).clamp(1, WEEKS_LOOKED_AT);
            let weeks = weeks(&seen, area.to);
            let grids: Vec<UnitCoverage> = area
                .grids
                .iter()
                .map(|grid| self.grid_coverage(&area, &seen, &weeks, blind_weeks, grid))
                .collect();
            let mut villages: BTreeMap<UnitId, (UnitCoverage, BTreeSet<PatrolId>)> = BTreeMap::new();
            let mut total = (blank(&area, &area.upper), BTreeSet::new());
            for grid in &grids {
                let patrols = seen.patrols.get(&grid.unit).cloned().unwrap_or_default();
                if let Some(village) = area.directory.village_of(&grid.unit, area.at) {
                    let held = villages
                        .entry(village.id.clone())
                        .or_insert_with(|| (blank(&area, &village.id), BTreeSet::new()));
                    add(held, grid, &patrols);
                }
                add(&mut total, grid, &patrols);
            }
            Ok(CoverageAnswer {
                feed: area.feed.unit.clone(),
                period: area.period,
                from: area.from,
                to: area.to,
                zone: area.zone.name().to_owned(),
                total: total.0,
                villages: villages.into_values().map(|(village, _)| village).collect(),
                grids,
            })
        })
    }

    fn area(
        &self,
        tx: &mut dyn ReadTx,
        caller: &Caller,
        feeds: &BTreeSet<UnitId>,
        query: &CoverageQuery,
    ) -> Result<Area, ServiceError> {
        let now = self.now();
        let unit = match &query.feed {
            Some(feed) => feeds.get(feed),
            None => feeds.first(),
        };
        let feed = unit.map(|unit| tx.feed(unit)).transpose()?.flatten();
        let feed = feed.ok_or(ServiceError::NotFound("feed"))?;
        let (_, directory) = self.ledger.directory(tx)?;
        let scope = self.reader(tx, caller, &feed, now)?;
        let zone = directory.policy(&feed.unit, now).zone;
        let this_week = || CoveragePeriod::week_of(now.day_in(zone));
        let period = query.period.unwrap_or_else(this_week);
        let (from, last) = period.days();
        let to = last.min(now.day_in(zone)).max(from);
        let at = day_end(to, zone).min(now);
        let stood = directory.grids_under(&feed.unit, at);
        // Of a day before the directory begins, the grids of today are told: cells are national, and a track may be older than the import.
        let (at, grids) = match stood.is_empty() {
            true => (now, directory.grids_under(&feed.unit, now)),
            false => (at, stood),
        };
        let upper = query.unit.clone().unwrap_or_else(|| feed.unit.clone());
        let is_asked = |grid: &UnitId| *grid == upper || directory.is_within(grid, &upper, at);
        let grids: Vec<UnitId> = grids
            .into_iter()
            .filter(|grid| scope.grids.contains(grid) && is_asked(grid))
            .collect();
        if grids.is_empty() {
            return Err(ServiceError::NotFound("grid of which the caller sees coverage"));
        }
        Ok(Area {
            feed,
            directory,
            zone,
            period,
            from,
            to,
            at,
            grids,
            upper,
        })
    }

    fn seen(&self, tx: &mut dyn ReadTx, area: &Area) -> Result<Seen, ServiceError> {
        let mut seen = Seen::default();
        let back = u64::from(WEEKS_LOOKED_AT) * 7 - 1;
        let from = area.from.min(area.to - Days::new(back)).to_string();
        for row in tx.coverage_between(area.feed.no, None, &from, &area.to.to_string())? {
            let open = self.ledger.open_day(&area.feed.unit, &row)?;
            let day: NaiveDate = row
                .day
                .parse()
                .map_err(|_| ServiceError::Damaged(format!("the coverage of {}", row.unit)))?;
            if area.period.holds(day) {
                seen.period.join(&open.cells);
                seen.patrols.entry(row.unit).or_default().extend(open.patrols);
            }
            seen.days.entry(day).or_default().join(&open.cells);
        }
        for row in tx.coverage_between(area.feed.no, None, "unknown", "unknown")? {
            let open: OpenDay = self.ledger.open_day(&area.feed.unit, &row)?;
            seen.unknown_day.join(&open.cells);
        }
        Ok(seen)
    }

    fn grid_coverage(
        &self,
        area: &Area,
        seen: &Seen,
        weeks: &[CellSet],
        blind_weeks: u32,
        grid: &UnitId,
    ) -> UnitCoverage {
        let mut unit = blank(area, grid);
        unit.patrols = seen.patrols.get(grid).map_or(0, BTreeSet::len);
        let Some(ground) = self.ground(area, grid) else {
            unit.grids_undrawn = 1;
            return unit;
        };
        let reachable = &ground.reachable;
        let share = CoverageShare::of(&ground, &seen.period);
        let days = seen.days.iter().map(|(day, coverage)| (*day, &coverage.seen));
        let last = LastSeen::new(reachable, days, area.to);
        let undated = seen.unknown_day.seen.common(reachable).without(&seen.period.seen);
        unit.days_since_seen = last.counts(area.to);
        unit.not_seen_cells = last.never.len();
        unit.day_unknown_cells = undated.len();
        unit.blind_spots = blind_spots(reachable, weeks, blind_weeks, BLIND_CELLS_MIN);
        unit.blind_spots.truncate(BLIND_SPOTS_MAX);
        (unit.seen_share, unit.unknown_share) = (share.seen_share(), share.unknown_share());
        unit.share = Some(share);
        unit
    }

    fn ground(&self, area: &Area, grid: &UnitId) -> Option<Arc<GridGround>> {
        self.ledger.grounds.ground(&area.directory, grid, area.at)
    }
}

/// What was seen in each of the last weeks, the latest first.
fn weeks(seen: &Seen, to: NaiveDate) -> Vec<CellSet> {
    let week = |number: u32| {
        let last = to - Days::new(u64::from(number) * 7);
        let first = last - Days::new(6);
        let mut cells = CellSet::new();
        for coverage in seen.days.range(first..=last).map(|(_, coverage)| coverage) {
            cells.join(&coverage.seen);
        }
        cells
    };
    (0..WEEKS_LOOKED_AT).map(week).collect()
}

fn blank(area: &Area, id: &UnitId) -> UnitCoverage {
    let unit = area.directory.last_known_unit(id, area.at);
    UnitCoverage {
        unit: id.clone(),
        name: unit.map_or_else(|| id.to_string(), |unit| unit.name.clone()),
        kind: unit.map_or(UnitKind::Grid, |unit| unit.kind),
        parent: unit.and_then(|unit| unit.parent.clone()),
        share: None,
        seen_share: None,
        unknown_share: None,
        grids_undrawn: 0,
        patrols: 0,
        days_since_seen: Vec::new(),
        not_seen_cells: 0,
        day_unknown_cells: 0,
        blind_spots: Vec::new(),
    }
}

/// Adds a grid to the unit above it.
fn add(
    (sum, patrols): &mut (UnitCoverage, BTreeSet<PatrolId>),
    grid: &UnitCoverage,
    of_grid: &BTreeSet<PatrolId>,
) {
    if let Some(share) = &grid.share {
        sum.share.get_or_insert_default().add(share);
    }
    sum.seen_share = sum.share.as_ref().and_then(CoverageShare::seen_share);
    sum.unknown_share = sum.share.as_ref().and_then(CoverageShare::unknown_share);
    sum.grids_undrawn += grid.grids_undrawn;
    patrols.extend(of_grid);
    sum.patrols = patrols.len();
    let mut days: BTreeMap<i64, u64> = sum.days_since_seen.iter().copied().collect();
    for (age, cells) in &grid.days_since_seen {
        *days.entry(*age).or_default() += cells;
    }
    sum.days_since_seen = days.into_iter().collect();
    sum.not_seen_cells += grid.not_seen_cells;
    sum.day_unknown_cells += grid.day_unknown_cells;
    sum.blind_spots.extend(grid.blind_spots.iter().cloned());
    sum.blind_spots.sort_by_key(|spot| std::cmp::Reverse(spot.cells));
    sum.blind_spots.truncate(BLIND_SPOTS_MAX);
}
