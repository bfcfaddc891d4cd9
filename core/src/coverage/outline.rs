//! The cells of an outline: those whose middle lies in it.
//!
//! Neighbours that share a border share no cell. An outline so narrow that no middle lies in it gets the cells that its border runs
//! through, so that it can be seen at all.

use serde::{Deserialize, Serialize};

use super::cell::{Band, Cell, CellSpan, ROW_HEIGHT_E6, TILE_SIDE};
use super::set::CellSet;
use crate::grid::{Coordinates, edges};
use crate::place::{MicroPosition, Position};

/// The most rows of one outline: 400 km from south to north. What is longer is not a grid.
const ROWS_MAX: u32 = 20_000;

/// An outline as cells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutlineCells {
    /// The cells.
    pub cells: CellSet,
    /// Whether the outline is too narrow to hold the middle of any cell, so that the cells along its border stand for it.
    pub is_sliver: bool,
}

/// Why an outline has no cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutlineError {
    /// There is no ring of three points.
    #[error("the outline has no area")]
    Empty,
    /// A coordinate is not a number or lies outside 0–60° N, 70–140° E.
    #[error("the outline leaves the frame of the national cells")]
    OutsideFrame,
    /// It is longer than 400 km.
    #[error("the outline is longer than 400 km")]
    TooLarge,
}

impl OutlineCells {
    /// The cells of polygons of rings of `[lon, lat]` degrees; the first ring of a polygon is the outer one, the others are holes.
    pub fn of(polygons: &Coordinates) -> Result<Self, OutlineError> {
        let rings = || polygons.iter().flatten().flatten();
        let is_inside = |[lon, lat]: &[f64; 2]| (0.0..60.0).contains(lat) && (70.0..140.0).contains(lon);
        if !rings().all(is_inside) {
            return Err(OutlineError::OutsideFrame);
        }
        if !polygons.iter().flatten().any(|ring| ring.len() >= 3) {
            return Err(OutlineError::Empty);
        }
        let mut cells = CellSet::new();
        for polygon in polygons {
            fill(polygon, &mut cells)?;
        }
        let is_sliver = cells.is_empty();
        if is_sliver {
            for ring in polygons.iter().flatten() {
                walk_border(ring, &mut cells);
            }
        }
        Ok(Self { cells, is_sliver })
    }
}

/// Fills one polygon by scan lines through the middles of rows: even and odd crossings, so that holes need no care.
fn fill(polygon: &[Vec<[f64; 2]>], cells: &mut CellSet) -> Result<(), OutlineError> {
    let row_at = |lat: f64| lat * 1e6 / f64::from(ROW_HEIGHT_E6) - 0.5;
    let lats = || polygon.iter().flatten().map(|[_, lat]| row_at(*lat));
    let south = first_not_below(lats().fold(f64::INFINITY, f64::min));
    let north = first_not_below(lats().fold(f64::NEG_INFINITY, f64::max));
    let count = north.saturating_sub(south);
    if count > ROWS_MAX {
        return Err(OutlineError::TooLarge);
    }
    let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); count as usize];
    for ring in polygon.iter().filter(|ring| ring.len() >= 3) {
        for (from, to) in edges(ring) {
            // From the southern end to the northern one, so that both neighbours of a border reckon the same crossing.
            let (low, high) = if (from[1], from[0]) <= (to[1], to[0]) {
                (from, to)
            } else {
                (to, from)
            };
            let (first, end) = (first_not_below(row_at(low[1])), first_not_below(row_at(high[1])));
            for row in first..end {
                let lat = (f64::from(row) + 0.5) * f64::from(ROW_HEIGHT_E6) / 1e6;
                let part = (lat - low[1]) / (high[1] - low[1]);
                crossings[(row - south) as usize].push(low[0] + (high[0] - low[0]) * part);
            }
        }
    }
    let mut band = Band::new(south / TILE_SIDE);
    for (row, xs) in (south..north).zip(&mut crossings) {
        if row / TILE_SIDE != band.number {
            band = Band::new(row / TILE_SIDE);
        }
        xs.sort_by(f64::total_cmp);
        for pair in xs.chunks_exact(2) {
            let column_at = |lon: f64| first_not_below(band.column_of(lon * 1e6) - 0.5);
            let (first, end) = (column_at(pair[0]), column_at(pair[1]));
            if first < end {
                let last = end - 1;
                cells.insert_span(CellSpan { row, first, last });
            }
        }
    }
    Ok(())
}

/// Puts in the cells under points every 5 m along a ring. The distance is that of [`MicroPosition`], the same on every platform.
fn walk_border(ring: &[[f64; 2]], cells: &mut CellSet) {
    let micro = |[lon_deg, lat_deg]: [f64; 2]| MicroPosition::of(Position { lat_deg, lon_deg }).ok();
    for (from, to) in edges(ring) {
        let length_m = micro(from).zip(micro(to)).map_or(0.0, |(a, b)| a.distance_m(b));
        let steps = (length_m / 5.0).ceil().max(1.0);
        let mut step = 0.0;
        while step < steps {
            let part = step / steps;
            let at = [
                from[0] + (to[0] - from[0]) * part,
                from[1] + (to[1] - from[1]) * part,
            ];
            if let Some(cell) = micro(at).and_then(Cell::at) {
                cells.insert(cell);
            }
            step += 1.0;
        }
    }
}

/// The first whole number that is not below this one; zero below zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts saturate, and rows and columns are far below 2^32"
)]
fn first_not_below(value: f64) -> u32 {
    value.ceil() as u32
}

#[cfg(test)]
mod tests;
