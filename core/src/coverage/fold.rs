//! From segments of tracks to rows of coverage: the one function that phone and server share.
//!
//! A segment's cells depend on the segment, the sight and the zone alone, so rows are set unions of what single segments give.
//!
//! Set in stone, since both sides must agree: what a fix, a stretch and a gap paint.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::day::{DayCoverage, UnknownCause};
use super::ground::GridGround;
use super::paint::Painter;
use super::set::CellSet;
use crate::directory::Sight;
use crate::id::UnitId;
use crate::in_order::{Gather, InOrder};
use crate::patrol::{ACCURACY_GOOD_M, ACCURACY_M_MAX, Fix, FixClock, FixDay, GAP_AFTER_MS, Lead, Segment};
use crate::place::MicroPosition;
use crate::time::Timestamp;

/// How fast somebody may have walked in a gap, in metres per second.
pub const WALKING_MPS: f64 = 1.4;

/// A gap longer than this claims nothing, in ms: half an hour's walk reaches half a township.
pub const GAP_MAYBE_MS_MAX: i64 = 1_800_000;

/// Two fixes farther apart than this are not joined, however shortly they follow each other, in metres: nobody looks around at that speed.
pub const LINK_M_MAX: f64 = 100.0;

/// Up to this error in metres a fix sees its whole radius.
const ACCURACY_FULL_M: u16 = 10;

/// Rows of coverage by unit and day. The unit is a grid; what lies in no drawn grid is under the township itself.
pub type CoverageRows = BTreeMap<(UnitId, FixDay), DayCoverage>;

/// Adds rows to rows (set union).
pub fn join_rows(rows: &mut CoverageRows, others: &CoverageRows) {
    for (key, coverage) in others {
        rows.entry(key.clone()).or_default().join(coverage);
    }
}

/// The radius in metres within which a good fix of that error says that the ground was seen: the whole sight up to 10 m of error, then less
/// by the error's excess, but at least half. `None` for a fix that only says what may have been seen.
pub fn seen_radius_m(sight: Sight, accuracy_m: Option<u16>) -> Option<f64> {
    let radius_m = sight.radius_m();
    let accuracy_m = accuracy_m.filter(|m| *m <= ACCURACY_GOOD_M)?;
    let excess_m = f64::from(accuracy_m.saturating_sub(ACCURACY_FULL_M));
    Some((radius_m - excess_m).max(radius_m / 2.0))
}

/// The coverage of one segment by day, at one sight, over whatever grids it lies.
pub fn paint_segment(segment: &Segment, sight: Sight, zone: Tz) -> BTreeMap<FixDay, DayCoverage> {
    let mut sheets = Sheets::new();
    paint(&mut sheets, segment, sight, zone);
    finish(sheets)
}

type Sheets = BTreeMap<FixDay, Sheet>;

#[derive(Default)]
struct Sheet {
    seen: Painter,
    maybe: BTreeMap<UnknownCause, Painter>,
}

fn finish(sheets: Sheets) -> BTreeMap<FixDay, DayCoverage> {
    let done = |sheet: Sheet| {
        let mut coverage = DayCoverage {
            seen: sheet.seen.finish(),
            maybe: BTreeMap::new(),
        };
        for (cause, painter) in sheet.maybe {
            coverage.join_maybe(cause, &painter.finish());
        }
        coverage
    };
    let days = sheets.into_iter().map(|(day, sheet)| (day, done(sheet)));
    days.filter(|(_, coverage)| !coverage.is_empty()).gather()
}

/// What painting needs of a fix or a lead.
#[derive(Clone, Copy)]
struct Spot {
    at: Timestamp,
    is_day_known: bool,
    position: MicroPosition,
    /// The radius that was seen; `None` for a poor or made-up fix.
    seen_m: Option<f64>,
    /// The radius that may have been seen.
    maybe_m: f64,
    cause: UnknownCause,
}

impl Spot {
    fn new(
        at: Timestamp,
        clock: FixClock,
        position: MicroPosition,
        accuracy_m: Option<u16>,
        is_mock: bool,
        sight: Sight,
    ) -> Self {
        let seen_m = seen_radius_m(sight, accuracy_m).filter(|_| !is_mock);
        let error_m = accuracy_m.unwrap_or(ACCURACY_M_MAX);
        let beyond_m = match seen_m {
            Some(_) => error_m.saturating_sub(ACCURACY_FULL_M),
            None => error_m,
        };
        Self {
            at,
            is_day_known: clock != FixClock::Unknown,
            position,
            seen_m,
            maybe_m: sight.radius_m() + f64::from(beyond_m),
            cause: if is_mock {
                UnknownCause::Mock
            } else {
                UnknownCause::PoorReception
            },
        }
    }

    fn of_fix(fix: &Fix, sight: Sight) -> Self {
        Self::new(
            fix.at,
            fix.clock,
            fix.position,
            fix.accuracy_m,
            fix.is_mock,
            sight,
        )
    }

    fn of_lead(lead: &Lead, sight: Sight) -> Self {
        Self::new(
            lead.at,
            lead.clock,
            lead.position,
            lead.accuracy_m,
            lead.is_mock,
            sight,
        )
    }
}

fn paint(sheets: &mut Sheets, segment: &Segment, sight: Sight, zone: Tz) {
    let mut before = segment.lead.as_ref().map(|lead| Spot::of_lead(lead, sight));
    // Nearly every segment lies within one day: the zone is asked twice and not for each fix.
    let day_of = |fix: Option<&Fix>| fix.map(|fix| fix.day_in(zone));
    let ends = (day_of(segment.fixes.first()), day_of(segment.fixes.last()));
    let one_day = ends.0.filter(|_| ends.0 == ends.1);
    let mut rest = segment.fixes.as_slice();
    while let Some(first) = rest.first() {
        let day = first.day_in(zone);
        let count = match one_day {
            Some(_) => rest.len(),
            None => rest
                .iter()
                .take_while(|fix| fix.day_in(zone) == day)
                .count()
                .max(1),
        };
        let sheet = sheets.entry(day).or_default();
        for fix in &rest[..count] {
            let spot = Spot::of_fix(fix, sight);
            paint_fix(sheet, before.as_ref(), fix, &spot, sight);
            before = Some(spot);
        }
        rest = &rest[count..];
    }
}

/// Paints a fix, and what lies between it and the one before: a stretch where the walk went on, an ellipse where there was a gap.
fn paint_fix(sheet: &mut Sheet, before: Option<&Spot>, fix: &Fix, spot: &Spot, sight: Sight) {
    let mut is_joined = false;
    if let Some(before) = before {
        let passed_ms = fix.at.ms_since(before.at);
        let is_one_clock = before.is_day_known == spot.is_day_known;
        match fix.gap_before {
            None if is_one_clock && (0..=GAP_AFTER_MS).contains(&passed_ms) => {
                is_joined = paint_stretch(sheet, before, spot);
            }
            None => {}
            Some(gap) => {
                let cause = UnknownCause::of_gap(gap);
                let is_short = (1..=GAP_MAYBE_MS_MAX).contains(&passed_ms);
                if let Some(cause) = cause.filter(|_| is_one_clock && spot.is_day_known && is_short) {
                    #[expect(clippy::cast_precision_loss, reason = "half an hour is far below 2^52 ms")]
                    let way_m = passed_ms as f64 / 1000.0 * WALKING_MPS;
                    let painter = sheet.maybe.entry(cause).or_default();
                    painter.reach(before.position, spot.position, way_m, sight.radius_m());
                }
            }
        }
    }
    if let Some(seen_m) = spot.seen_m.filter(|_| !is_joined) {
        sheet.seen.disc(spot.position, seen_m);
    }
    if spot.seen_m.is_none() || spot.maybe_m > sight.radius_m() {
        let painter = sheet.maybe.entry(spot.cause).or_default();
        painter.disc(spot.position, spot.maybe_m);
    }
}

/// Paints the stretch between two fixes of one walk. Returns whether the second one's own disc is seen with it.
fn paint_stretch(sheet: &mut Sheet, before: &Spot, spot: &Spot) -> bool {
    match (before.seen_m, spot.seen_m) {
        (Some(from_m), Some(to_m)) => {
            let painter = &mut sheet.seen;
            painter.stretch_after(before.position, spot.position, from_m.min(to_m), LINK_M_MAX);
            to_m <= from_m
        }
        _ => {
            let (radius_m, cause) = if before.seen_m.is_none() {
                (before.maybe_m.min(spot.maybe_m), before.cause)
            } else {
                (before.maybe_m.min(spot.maybe_m), spot.cause)
            };
            let painter = sheet.maybe.entry(cause).or_default();
            painter.stretch_after(before.position, spot.position, radius_m, LINK_M_MAX);
            false
        }
    }
}

/// The grids of a township with their grounds, ready to take segments.
#[derive(Clone, Debug)]
pub struct CoverageFold {
    township: UnitId,
    township_sight: Sight,
    zone: Tz,
    grids: Vec<(GridGround, Sight)>,
    /// Which grids have cells in a tile.
    by_tile: BTreeMap<u32, Vec<usize>>,
    /// All cells of drawn grids.
    drawn: CellSet,
}

impl CoverageFold {
    /// A fold over the drawn grids of a township as they stand on the day of the segments.
    pub fn new(township: UnitId, township_sight: Sight, zone: Tz, grids: Vec<(GridGround, Sight)>) -> Self {
        let mut by_tile: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut drawn = CellSet::new();
        for (place, (ground, _)) in grids.iter().enumerate() {
            drawn.join(&ground.cells);
            for tile in ground.cells.tiles.keys() {
                by_tile.entry(*tile).or_default().push(place);
            }
        }
        Self {
            township,
            township_sight,
            zone,
            grids,
            by_tile,
            drawn,
        }
    }

    /// The rows of one segment.
    pub fn rows(&self, segment: &Segment) -> CoverageRows {
        self.rows_of_all([segment])
    }

    /// The rows of many segments at once: the same as those of each, joined, only quicker.
    ///
    /// Each drawn grid gets the cells within its outline, whatever grids the patrol was meant for. What lies in no drawn grid goes to the
    /// grids without an outline that the patrol names, else to the township, so that a later outline finds it.
    pub fn rows_of_all<'a>(&self, segments: impl IntoIterator<Item = &'a Segment>) -> CoverageRows {
        let mut sheets: BTreeMap<(Sight, Vec<UnitId>), Sheets> = BTreeMap::new();
        let mut sights: Vec<Sight> = self.grids.iter().map(|(_, sight)| *sight).collect();
        sights.push(self.township_sight);
        sights.order_by(Ord::cmp);
        sights.dedup();
        for segment in segments {
            let undrawn = self.undrawn(&segment.header.grids);
            for sight in &sights {
                let key = (*sight, undrawn.clone());
                paint(sheets.entry(key).or_default(), segment, *sight, self.zone);
            }
        }
        let mut rows = CoverageRows::new();
        for ((sight, undrawn), sheets) in sheets {
            for (day, painted) in finish(sheets) {
                self.split(&painted, sight, &undrawn, day, &mut rows);
            }
        }
        rows
    }

    fn undrawn(&self, grids: &[UnitId]) -> Vec<UnitId> {
        let is_drawn = |grid: &&UnitId| self.grids.iter().any(|(ground, _)| ground.grid == **grid);
        grids.iter().filter(|grid| !is_drawn(grid)).cloned().collect()
    }

    fn split(
        &self,
        painted: &DayCoverage,
        sight: Sight,
        undrawn: &[UnitId],
        day: FixDay,
        rows: &mut CoverageRows,
    ) {
        let sets = std::iter::once(&painted.seen).chain(painted.maybe.values());
        let mut touched: Vec<usize> = sets
            .flat_map(|set| set.tiles.keys())
            .filter_map(|tile| self.by_tile.get(tile))
            .flatten()
            .copied()
            .collect();
        touched.order_by(Ord::cmp);
        touched.dedup();
        let mut put = |unit: &UnitId, part: DayCoverage| {
            if !part.is_empty() {
                rows.entry((unit.clone(), day)).or_default().join(&part);
            }
        };
        for place in touched {
            let (ground, own_sight) = &self.grids[place];
            if *own_sight == sight {
                put(&ground.grid, painted.within(&ground.cells));
            }
        }
        if sight == self.township_sight {
            let rest = painted.outside(&self.drawn);
            if undrawn.is_empty() {
                put(&self.township, rest);
            } else {
                for grid in undrawn {
                    put(grid, rest.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
