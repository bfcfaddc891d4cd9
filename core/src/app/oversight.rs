//! Where nobody has been: the coverage of all grids in scope, for who answers for them. It speaks of places, never of people.

use chrono::Days;

use super::Device;
use super::coverage::{Own, last_seen, scope, seen, today};
use super::device::Context;
use crate::coverage::{
    BLIND_CELLS_MIN, BLIND_WEEKS, CellSet, CoveragePeriod, CoverageShare, GridGround, blind_spots,
};
use crate::error::Error;
use crate::id::UnitId;
use crate::in_order::InOrder;
use crate::store::Tx;

/// The coverage of one grid among all that somebody answers for.
#[derive(Clone, PartialEq, Debug)]
pub struct CoverageRow {
    /// The grid.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The village that it belongs to; empty where it belongs to none.
    pub village: String,
    /// Whether it has an outline; without one all numbers of cells are 0.
    pub has_outline: bool,
    /// Reachable cells that were seen in the period.
    pub seen: u64,
    /// … of which nobody can tell.
    pub unknown: u64,
    /// … that were not seen.
    pub unseen: u64,
    /// All cells that count.
    pub reachable: u64,
    /// How many days ago anything of it was seen, 0 for today; `None` where not within what this phone knows (42 days).
    pub unseen_days: Option<i64>,
    /// Places that nobody saw in the last four weeks.
    pub blind_spot_count: u32,
    /// Key places that are due or overdue.
    pub key_places_due: u32,
}

impl Device {
    /// The coverage of every grid in scope in a period: what was not seen for longest first, then by the least share seen.
    pub fn coverage_rows(&self, period: CoveragePeriod) -> Result<Vec<CoverageRow>, Error> {
        let grounds = self.grounds()?;
        let due: Vec<UnitId> = self
            .key_places()?
            .into_iter()
            .filter(|place| place.standing.is_open())
            .map(|place| place.grid)
            .collect();
        let mut rows = self.read(|tx, context| {
            let own = Own::read(tx, &grounds)?;
            let mut rows = Vec::new();
            for grid in scope(tx, context)? {
                let mut row = blank(context, &grid);
                row.key_places_due =
                    u32::try_from(due.iter().filter(|due| **due == grid).count()).unwrap_or(u32::MAX);
                if let Some(ground) = grounds.by_grid.get(&grid) {
                    fill(tx, context, &own, ground, period, &mut row)?;
                }
                rows.push(row);
            }
            Ok(rows)
        })?;
        rows.order_by_key(rank);
        Ok(rows)
    }
}

/// Undrawn grids last; the longest unseen first; then the least share in thousandths.
fn rank(row: &CoverageRow) -> (bool, std::cmp::Reverse<i64>, u64, UnitId) {
    let share = (row.seen * 1_000).checked_div(row.reachable).unwrap_or(0);
    let days = row.unseen_days.unwrap_or(i64::MAX);
    (!row.has_outline, std::cmp::Reverse(days), share, row.unit.clone())
}

fn blank(context: &Context<'_>, grid: &UnitId) -> CoverageRow {
    let (directory, now) = (context.directory, context.now());
    let unit = directory.last_known_unit(grid, now);
    let village = directory.village_of(grid, now);
    CoverageRow {
        unit: grid.clone(),
        name: unit.map_or_else(|| grid.to_string(), |unit| unit.name.clone()),
        village: village.map_or_else(String::new, |village| village.name.clone()),
        has_outline: false,
        seen: 0,
        unknown: 0,
        unseen: 0,
        reachable: 0,
        unseen_days: None,
        blind_spot_count: 0,
        key_places_due: 0,
    }
}

fn fill(
    tx: &Tx<'_>,
    context: &Context<'_>,
    own: &Own,
    ground: &GridGround,
    period: CoveragePeriod,
    row: &mut CoverageRow,
) -> Result<(), Error> {
    let (first, last) = period.days();
    let (coverage, _) = seen(tx, own, &ground.grid, first, last)?;
    let share = CoverageShare::of(ground, &coverage);
    let today = today(tx, context)?;
    let mut weeks: Vec<CellSet> = Vec::new();
    for week in 0..BLIND_WEEKS {
        let last = today - Days::new(u64::from(week) * 7);
        weeks.push(seen(tx, own, &ground.grid, last - Days::new(6), last)?.0.seen);
    }
    let spots = blind_spots(&ground.reachable, &weeks, BLIND_WEEKS, BLIND_CELLS_MIN);
    let days = last_seen(tx, own, &[ground], today)?.counts(today);
    row.has_outline = true;
    row.seen = share.seen;
    row.unknown = share.unknown;
    row.unseen = share.unseen;
    row.reachable = share.reachable;
    row.unseen_days = days.iter().map(|(days, _)| *days).min();
    row.blind_spot_count = u32::try_from(spots.len()).unwrap_or(u32::MAX);
    Ok(())
}
