//! The ground of a grid: the cells that count, and those that the township marked out.

use std::collections::BTreeMap;

use super::outline::{OutlineCells, OutlineError};
use super::set::CellSet;
use crate::directory::{Directory, ExcludedArea, ExclusionReason, Unit};
use crate::id::UnitId;
use crate::time::Timestamp;

/// A grid's ground at one instant. A grid without an outline has none: then there are visits but no share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GridGround {
    /// The grid.
    pub grid: UnitId,
    /// All cells of the outline.
    pub cells: CellSet,
    /// The cells that can be reached: the denominator.
    pub reachable: CellSet,
    /// The cells that leave the denominator, by reason. A cell under two reasons is under both.
    pub excluded: BTreeMap<ExclusionReason, CellSet>,
    /// Whether the outline is too narrow for cells of 20 m, so that the cells along its border stand for it.
    pub is_sliver: bool,
}

impl GridGround {
    /// The ground of an outline of `[lon, lat]` degrees without these areas. Areas that are no outlines are passed over.
    pub fn new<'a>(
        grid: UnitId,
        outline: &Vec<Vec<Vec<[f64; 2]>>>,
        areas: impl IntoIterator<Item = &'a ExcludedArea>,
    ) -> Result<Self, OutlineError> {
        let OutlineCells { cells, is_sliver } = OutlineCells::of(outline)?;
        let mut excluded: BTreeMap<ExclusionReason, CellSet> = BTreeMap::new();
        let mut reachable = cells.clone();
        let bounds = bounds_of(outline);
        for area in areas {
            if !meet(bounds, bounds_of(&area.outline)) {
                continue;
            }
            let Ok(area_cells) = OutlineCells::of(&area.outline) else {
                continue;
            };
            let gone = area_cells.cells.common(&cells);
            if !gone.is_empty() {
                reachable = reachable.without(&gone);
                excluded.entry(area.reason).or_default().join(&gone);
            }
        }
        Ok(Self {
            grid,
            cells,
            reachable,
            excluded,
            is_sliver,
        })
    }

    /// The ground of a unit as the directory has it at the instant; `None` where it has no usable outline.
    pub fn of_unit(directory: &Directory, unit: &Unit, at: Timestamp) -> Option<Self> {
        let outline = unit.boundary.as_ref()?;
        let above: Vec<&UnitId> = directory
            .ancestors(&unit.id, at)
            .into_iter()
            .map(|above| &above.id)
            .collect();
        let concerns = |area: &&ExcludedArea| area.unit == unit.id || above.contains(&&area.unit);
        let areas: Vec<&ExcludedArea> = directory.excluded_areas(at).filter(concerns).collect();
        Self::new(unit.id.clone(), outline, areas).ok()
    }

    /// The cells that left the denominator, under any reason.
    pub fn excluded_cells(&self) -> CellSet {
        self.cells.without(&self.reachable)
    }
}

/// The western, southern, eastern and northern end of an outline, in degrees.
fn bounds_of(outline: &[Vec<Vec<[f64; 2]>>]) -> [f64; 4] {
    let empty = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let points = outline.iter().flatten().flatten();
    points.fold(empty, |[west, south, east, north], [lon, lat]| {
        [west.min(*lon), south.min(*lat), east.max(*lon), north.max(*lat)]
    })
}

/// Whether two boxes meet. A township's lake need not be reckoned for grids that lie elsewhere.
fn meet(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}
