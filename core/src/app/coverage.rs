//! Which places of a grid were seen, on this phone: what the server knows, joined with the own segments that it does not speak for yet and
//! the open one. Once all is sent and taken in, phone and server agree cell by cell.
//!
//! It speaks of places. Other people's tracks never come here; of the own track only the worker sees anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::Device;
use super::device::Context;
use super::ground::Grounds;
use super::patrol::shown;
use crate::coverage::{
    CellSet, CoveragePeriod, CoverageRows, CoverageShare, DayCoverage, GridGround, LastSeen, Picture,
    UnknownCause, track_lines,
};
use crate::error::Error;
use crate::id::{PatrolId, UnitId};
use crate::in_order::Gather;
use crate::json;
use crate::patrol::{FixDay, Segment};
use crate::store::{CellsRow, SEEN, TrailKind, Tx};

/// For how many days back a phone knows coverage.
pub(in crate::app) const DAYS_KEPT: u64 = 42;

/// The coverage of one grid in a period.
#[derive(Clone, PartialEq, Debug)]
pub struct CoverageView {
    /// The grid.
    pub grid: UnitId,
    /// Its name.
    pub name: String,
    /// The period.
    pub period: CoveragePeriod,
    /// The share that was seen; `None` where the grid has no outline: then only visits can be counted.
    pub share: Option<CoverageShare>,
    /// The cells.
    pub coverage: DayCoverage,
    /// How many patrols served the grid. Whose they were is not told.
    pub patrol_count: u32,
    /// Cells that were seen on days that nobody knows: they count for no period.
    pub day_unknown_cells: u64,
    /// Whether own segments are in it that the server has not taken in yet.
    pub has_unsent: bool,
}

/// How long ago the ground of a grid was seen, as far back as the phone knows.
#[derive(Clone, PartialEq, Debug)]
pub struct GroundView {
    /// The grid.
    pub grid: UnitId,
    /// The day in the township's zone that is today.
    pub today: NaiveDate,
    /// The first day that was looked at.
    pub since: NaiveDate,
    /// When each reachable cell was last seen.
    pub last_seen: LastSeen,
}

impl Device {
    /// What was seen of a grid in a period.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the grid is not in scope.
    pub fn coverage(&self, grid: &UnitId, period: CoveragePeriod) -> Result<CoverageView, Error> {
        let grounds = self.grounds()?;
        self.read(|tx, context| {
            in_scope(tx, context, grid)?;
            let own = Own::read(tx, &grounds)?;
            let (first, last) = period.days();
            let (coverage, patrols) = seen(tx, &own, grid, first, last)?;
            let unknown = own.rows.get(&(grid.clone(), FixDay::Unknown));
            let mut nowhen = join(tx.cells_of(grid, "unknown", "unknown")?).remove("unknown");
            if let Some(unknown) = unknown {
                nowhen.get_or_insert_default().join(unknown);
            }
            let now = context.now();
            let unit = context.directory.last_known_unit(grid, now);
            Ok(CoverageView {
                grid: grid.clone(),
                name: unit.map_or_else(|| grid.to_string(), |unit| unit.name.clone()),
                period,
                share: grounds
                    .by_grid
                    .get(grid)
                    .map(|ground| CoverageShare::of(ground, &coverage)),
                coverage,
                patrol_count: u32::try_from(patrols.len()).unwrap_or(u32::MAX),
                day_unknown_cells: nowhen.map_or(0, |coverage| coverage.seen.len()),
                has_unsent: tx.trail_sum()?.track_count > 0 || open_segment(tx)?.is_some(),
            })
        })
    }

    /// The coverage of every grid in scope, by grid.
    pub fn coverage_all(&self, period: CoveragePeriod) -> Result<Vec<CoverageView>, Error> {
        let grids = self.read(scope)?;
        grids.iter().map(|grid| self.coverage(grid, period)).collect()
    }

    /// The week that today lies in, by the township's zone.
    pub fn this_week(&self) -> Result<CoveragePeriod, Error> {
        self.read(|tx, context| Ok(CoveragePeriod::week_of(today(tx, context)?)))
    }

    /// How long ago the ground of a grid was seen.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the grid is not in scope or has no outline.
    pub fn ground(&self, grid: &UnitId) -> Result<GroundView, Error> {
        let grounds = self.grounds()?;
        self.read(|tx, context| {
            in_scope(tx, context, grid)?;
            let ground = grounds.by_grid.get(grid).ok_or(Error::NotFound("outline"))?;
            let today = today(tx, context)?;
            let own = Own::read(tx, &grounds)?;
            Ok(GroundView {
                grid: grid.clone(),
                today,
                since: today - Days::new(DAYS_KEPT - 1),
                last_seen: last_seen(tx, &own, &[ground], today)?,
            })
        })
    }

    /// A grid's coverage as PNG, with key places (those due in colour) and the worker's own track of the period.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the grid is not in scope or has no outline.
    pub fn coverage_picture(
        &self,
        grid: &UnitId,
        period: CoveragePeriod,
        long_side_px: u32,
    ) -> Result<Vec<u8>, Error> {
        let view = self.coverage(grid, period)?;
        let places: Vec<_> = self
            .key_places()?
            .into_iter()
            .filter(|place| place.grid == *grid)
            .map(|place| (place.position, place.standing.is_open()))
            .collect();
        let grounds = self.grounds()?;
        let ground = grounds.by_grid.get(grid).ok_or(Error::NotFound("outline"))?;
        let (outline, track) = self.read(|tx, context| {
            let unit = context.directory.unit(grid, context.now());
            let boundary = unit.and_then(|unit| unit.boundary.clone());
            let is_then = |segment: &Segment| {
                let mut days = segment
                    .fixes
                    .iter()
                    .filter_map(|fix| fix.day_in(grounds.zone).date());
                days.any(|day| period.holds(day))
            };
            let mut segments = own_segments(tx)?;
            segments.retain(is_then);
            Ok((boundary, track_lines(&segments)))
        })?;
        let picture = Picture {
            ground,
            outline: outline.as_ref(),
            coverage: &view.coverage,
            places: &places,
            track: &track,
            long_side_px,
        };
        Ok(picture.png()?)
    }

    /// The worker's own track: the segments that are kept here, in the order of making, then the open one. For his own eyes.
    pub fn own_track(&self) -> Result<Vec<Segment>, Error> {
        self.read(|tx, _| own_segments(tx))
    }

    pub(super) fn grounds(&self) -> Result<Arc<Grounds>, Error> {
        let now = self.now();
        self.lock()?.grounds(now)
    }
}

/// The civil day that it is, as well as this phone can tell.
pub(super) fn today(tx: &Tx<'_>, context: &Context<'_>) -> Result<NaiveDate, Error> {
    Ok(context.device_time(tx)?.judge().at.day_in(context.zone()))
}

/// The grids in scope of the own township, ascending.
pub(super) fn scope(tx: &Tx<'_>, context: &Context<'_>) -> Result<Vec<UnitId>, Error> {
    let fills = tx.scope_grids(&context.identity.township)?;
    Ok(fills.into_iter().filter_map(|fill| fill.grid).collect())
}

fn in_scope(tx: &Tx<'_>, context: &Context<'_>, grid: &UnitId) -> Result<(), Error> {
    match scope(tx, context)?.contains(grid) {
        true => Ok(()),
        false => Err(Error::NotFound("grid")),
    }
}

/// What this phone recorded and the server's coverage does not speak for yet.
pub(super) struct Own {
    /// Segments, closed ones in the order of making, then the open one.
    pub(super) segments: Vec<Segment>,
    /// Their rows.
    pub(super) rows: CoverageRows,
    zone: Tz,
}

impl Own {
    pub(super) fn read(tx: &Tx<'_>, grounds: &Grounds) -> Result<Self, Error> {
        let mut segments = Vec::new();
        for row in tx.trail_young()? {
            if row.kind == TrailKind::Track {
                // One that this program cannot read is shown by the server.
                segments.extend(Segment::decode(&row.bytes).ok());
            }
        }
        segments.extend(open_segment(tx)?);
        let rows = grounds.fold.rows_of_all(&segments);
        Ok(Self {
            segments,
            rows,
            zone: grounds.zone,
        })
    }
}

pub(super) fn open_segment(tx: &Tx<'_>) -> Result<Option<Segment>, Error> {
    let Some(row) = tx.live_patrol()? else {
        return Ok(None);
    };
    Ok(shown(tx, &row).ok().and_then(|patrol| patrol.open_segment()))
}

/// Every own segment that is kept, and the open one.
pub(super) fn own_segments(tx: &Tx<'_>) -> Result<Vec<Segment>, Error> {
    let kept = tx.trail_of(TrailKind::Track)?;
    let mut segments: Vec<Segment> = kept
        .iter()
        .filter_map(|row| Segment::decode(&row.bytes).ok())
        .collect();
    segments.extend(open_segment(tx)?);
    Ok(segments)
}

/// What was seen of a grid over days `first..=last`, and the patrols that served it.
pub(super) fn seen(
    tx: &Tx<'_>,
    own: &Own,
    grid: &UnitId,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<(DayCoverage, BTreeSet<PatrolId>), Error> {
    let (from, to) = (first.to_string(), last.to_string());
    let mut all = DayCoverage::new();
    for coverage in join(tx.cells_of(grid, &from, &to)?).values() {
        all.join(coverage);
    }
    let is_then = |day: &FixDay| day.date().is_some_and(|day| (first..=last).contains(&day));
    for ((unit, day), coverage) in &own.rows {
        if unit == grid && is_then(day) {
            all.join(coverage);
        }
    }
    let mut patrols: BTreeSet<PatrolId> = tx.coverage_patrols(grid, &from, &to)?.into_iter().gather();
    for segment in &own.segments {
        let header = &segment.header;
        let mut days = segment.fixes.iter().map(|fix| fix.day_in(own.zone));
        if header.grids.contains(grid) && days.any(|day| is_then(&day)) {
            patrols.insert(header.patrol);
        }
    }
    Ok((all, patrols))
}

/// When the cells of these grounds were last seen.
pub(super) fn last_seen(
    tx: &Tx<'_>,
    own: &Own,
    grounds: &[&GridGround],
    today: NaiveDate,
) -> Result<LastSeen, Error> {
    let mut ground = CellSet::new();
    let mut days: Vec<(NaiveDate, CellSet)> = Vec::new();
    let first = today - Days::new(DAYS_KEPT - 1);
    for one in grounds {
        ground.join(&one.reachable);
        let rows = join(tx.cells_of(&one.grid, &first.to_string(), &today.to_string())?);
        for (day, coverage) in rows {
            days.extend(day.parse().ok().map(|day| (day, coverage.seen)));
        }
    }
    for ((_, day), coverage) in &own.rows {
        days.extend(day.date().map(|day| (day, coverage.seen.clone())));
    }
    Ok(LastSeen::new(
        &ground,
        days.iter().map(|(day, cells)| (*day, cells)),
        today,
    ))
}

/// Rows as coverage by day. What is not readable is passed over: it was checked as it came.
fn join(rows: Vec<CellsRow>) -> BTreeMap<String, DayCoverage> {
    let mut by_day: BTreeMap<String, DayCoverage> = BTreeMap::new();
    for row in rows {
        let Ok(cells) = CellSet::decode(&row.cells) else {
            continue;
        };
        let day = by_day.entry(row.on_day).or_default();
        if row.why == SEEN {
            day.seen.join(&cells);
        } else {
            day.join_maybe(cause(&row.why), &cells);
        }
    }
    by_day
}

/// The cause behind the server's word. One that is newer than this program reads as the plainest: nothing is known.
fn cause(word: &str) -> UnknownCause {
    json::of_word(word).unwrap_or(UnknownCause::NoSignal)
}
