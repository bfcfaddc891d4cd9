//! How long ago each place was last seen, and the places that nobody sees week after week.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::cell::{Band, CELL_AREA_M2, Cell, TILE_SIDE};
use super::set::CellSet;
use crate::in_order::{Gather, InOrder};
use crate::place::Position;

/// After so many weeks running without being seen a place is a blind spot, where nobody asks otherwise.
pub const BLIND_WEEKS: u32 = 4;

/// What hangs together over fewer cells is no blind spot: 1,600 m².
pub const BLIND_CELLS_MIN: u64 = 4;

/// When each cell of a grid was last seen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LastSeen {
    /// The cells that were last seen on each day, by day, the latest last. Together with `never` they are the ground, each cell once.
    pub by_day: BTreeMap<NaiveDate, CellSet>,
    /// The cells that were never seen on the days that were looked at.
    pub never: CellSet,
}

impl LastSeen {
    /// When the cells of `ground` were last seen up to and with `until`. Days may come in any order and repeatedly.
    pub fn new<'a>(
        ground: &CellSet,
        days: impl IntoIterator<Item = (NaiveDate, &'a CellSet)>,
        until: NaiveDate,
    ) -> Self {
        let mut seen: BTreeMap<NaiveDate, Vec<&CellSet>> = BTreeMap::new();
        for (day, cells) in days {
            if day <= until {
                seen.entry(day).or_default().push(cells);
            }
        }
        let mut rest = ground.clone();
        let mut by_day = BTreeMap::new();
        for (day, sets) in seen.into_iter().rev() {
            let mut hit = CellSet::new();
            for cells in sets {
                hit.join(&rest.common(cells));
            }
            if !hit.is_empty() {
                rest = rest.without(&hit);
                by_day.insert(day, hit);
            }
        }
        Self { by_day, never: rest }
    }

    /// The day on which a cell was last seen; `None` where never.
    pub fn of(&self, cell: Cell) -> Option<NaiveDate> {
        let mut days = self.by_day.iter().rev();
        days.find(|(_, cells)| cells.contains(cell)).map(|(day, _)| *day)
    }

    /// The cells that were not seen on or after a day: older ones and those never seen.
    pub fn not_since(&self, day: NaiveDate) -> CellSet {
        let mut cells = self.never.clone();
        for older in self.by_day.range(..day).map(|(_, cells)| cells) {
            cells.join(older);
        }
        cells
    }

    /// How many cells were last seen how many days before `on`, by days; cells never seen are not in it.
    pub fn counts(&self, on: NaiveDate) -> Vec<(i64, u64)> {
        let mut counts: Vec<(i64, u64)> = self
            .by_day
            .iter()
            .map(|(day, cells)| ((on - *day).num_days(), cells.len()))
            .collect();
        counts.reverse();
        counts
    }
}

/// Ground that hangs together and that nobody saw for weeks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BlindSpot {
    /// Its cells' middle of mass, moved to the nearest of its cells.
    pub middle: Position,
    /// How many cells.
    pub cells: u64,
    /// Its area in square metres.
    pub area_m2: f64,
    /// How many weeks running nobody saw it, of those that were looked at.
    pub weeks: u32,
}

/// The places that were unseen in the last `weeks_min` or more weeks running, the largest first.
///
/// `weeks` are what was seen in each week, the latest first; what hangs together over fewer than `cells_min` cells is left out. Unknown
/// ground counts as unseen here: nobody can say that it was seen.
pub fn blind_spots(ground: &CellSet, weeks: &[CellSet], weeks_min: u32, cells_min: u64) -> Vec<BlindSpot> {
    let least = usize::try_from(weeks_min.max(1)).unwrap_or(usize::MAX);
    if weeks.len() < least {
        return Vec::new();
    }
    let mut blind = ground.clone();
    for seen in &weeks[..least] {
        blind = blind.without(seen);
    }
    let mut spots: Vec<BlindSpot> = patches(&blind)
        .into_iter()
        .filter(|patch| patch.len() >= cells_min)
        .map(|patch| {
            let longer = weeks[least..]
                .iter()
                .take_while(|seen| seen.common_len(&patch) == 0);
            let count = least + longer.count();
            spot(&patch, u32::try_from(count).unwrap_or(u32::MAX))
        })
        .collect();
    spots.order_by(|a, b| {
        b.cells
            .cmp(&a.cells)
            .then_with(|| b.weeks.cmp(&a.weeks))
            .then_with(|| a.middle.lat_deg.total_cmp(&b.middle.lat_deg))
            .then_with(|| a.middle.lon_deg.total_cmp(&b.middle.lon_deg))
    });
    spots
}

fn spot(patch: &CellSet, weeks: u32) -> BlindSpot {
    let cells = patch.len();
    #[expect(clippy::cast_precision_loss, reason = "a grid has far fewer than 2^52 cells")]
    let count = cells as f64;
    BlindSpot {
        middle: middle_of(patch).middle(),
        cells,
        area_m2: count * CELL_AREA_M2,
        weeks,
    }
}

/// The cell of the set that is nearest to its middle of mass. The set is not empty.
pub(super) fn middle_of(patch: &CellSet) -> Cell {
    let (mut lat, mut lon, mut count) = (0.0, 0.0, 0.0);
    for cell in patch.iter() {
        let middle = cell.middle();
        lat += middle.lat_deg;
        lon += middle.lon_deg;
        count += 1.0;
    }
    let mass = Position {
        lat_deg: lat / count,
        lon_deg: lon / count,
    };
    let far = |cell: &Cell| mass.distance_m(&cell.middle());
    let nearest = patch.iter().min_by(|a, b| far(a).total_cmp(&far(b)));
    nearest.expect("a patch has at least one cell")
}

/// The parts of a set that hang together by an edge, by their southernmost, then westernmost cell.
pub(super) fn patches(cells: &CellSet) -> Vec<CellSet> {
    let mut rest: BTreeSet<Cell> = cells.iter().gather();
    let mut patches = Vec::new();
    while let Some(first) = rest.pop_first() {
        let mut patch = CellSet::new();
        let mut open = vec![first];
        while let Some(cell) = open.pop() {
            patch.insert(cell);
            for near in neighbours(cell) {
                if rest.remove(&near) {
                    open.push(near);
                }
            }
        }
        patches.push(patch);
    }
    patches
}

/// The cells that share an edge. Across the border of two bands, where columns differ, those under the cell's two quarter points.
pub(super) fn neighbours(cell: Cell) -> Vec<Cell> {
    let Cell { row, column } = cell;
    let mut near = vec![Cell {
        row,
        column: column + 1,
    }];
    near.extend(column.checked_sub(1).map(|column| Cell { row, column }));
    for other in [row.checked_sub(1), row.checked_add(1)].into_iter().flatten() {
        if other / TILE_SIDE == row / TILE_SIDE {
            near.push(Cell { row: other, column });
            continue;
        }
        let (own, beyond) = (Band::new(row / TILE_SIDE), Band::new(other / TILE_SIDE));
        for quarter in [1, 3] {
            let east_e9 = i64::from(column) * own.width_e9 + own.width_e9 * quarter / 4;
            let column = u32::try_from(east_e9 / beyond.width_e9).unwrap_or(u32::MAX);
            let there = Cell { row: other, column };
            if near.last() != Some(&there) {
                near.push(there);
            }
        }
    }
    near
}

#[cfg(test)]
mod tests;
