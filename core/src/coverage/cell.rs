//! The national cells: squares of 20 m that have the same number on every phone, every server and in every year.
//!
//! Rows are 180 millionths of a degree of latitude (19.90 to 20.04 m on the ellipsoid), counted from the equator. Sixty-four rows make a
//! *band*; within a band all rows share one column width in billionths of a degree, chosen so that a cell has 400 m² at the middle of the
//! band. Columns are counted from 70° E. Everything that decides a cell is integers, the four operations, square roots (which IEEE 754
//! fixes to the bit) and `libm`'s cosine, so that every platform gives the same cells.
//!
//! Set in stone: these numbers lie in every stored coverage. Another scheme needs another version byte in [`CellSet`](super::CellSet).

use serde::{Deserialize, Serialize};

use crate::place::{MicroPosition, Position};

/// The height of a row in millionths of a degree.
pub const ROW_HEIGHT_E6: i32 = 180;

/// The area of a cell in square metres: exact at the middle of each band, within 0.2 % anywhere in China.
pub const CELL_AREA_M2: f64 = 400.0;

/// Where columns begin, in millionths of a degree east.
pub(super) const LON_ORIGIN_E6: i32 = 70_000_000;

/// Where cells end: the frame holds all of China with its seas.
const LON_END_E6: i32 = 140_000_000;
const LAT_END_E6: i32 = 60_000_000;

/// Rows of a band and rows and columns of a tile.
pub(super) const TILE_SIDE: u32 = 64;

/// WGS 84.
const AXIS_M: f64 = 6_378_137.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_317;

/// One cell: row and column as counted from the national origin. Ordered from south to north, then from west to east.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// Rows from the equator.
    pub row: u32,
    /// Columns from 70° E, of the width that the row's band has.
    pub column: u32,
}

/// What is the same for the 64 rows of a band.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Band {
    /// The band's number: its rows are `64 * number ..= 64 * number + 63`.
    pub(super) number: u32,
    /// Billionths of a degree that a column is wide.
    pub(super) width_e9: i64,
    /// Columns in a billionth of a degree.
    pub(super) columns_per_e9: f64,
    /// The height of a row on the ground in metres.
    pub(super) row_m: f64,
    /// The width of a column on the ground in metres.
    pub(super) column_m: f64,
    /// Columns in a metre.
    pub(super) columns_per_m: f64,
}

impl Band {
    pub(super) fn new(number: u32) -> Self {
        let middle_e6 = (f64::from(number) + 0.5) * f64::from(TILE_SIDE) * f64::from(ROW_HEIGHT_E6);
        let lat = middle_e6 / 1e6 * (std::f64::consts::PI / 180.0);
        let (sin, cos) = (libm::sin(lat), libm::cos(lat));
        let bulge = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
        let root = bulge.sqrt();
        let meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (bulge * root);
        let parallel_m = AXIS_M / root * cos;
        let row_m = meridian_m * (f64::from(ROW_HEIGHT_E6) / 1e6) * (std::f64::consts::PI / 180.0);
        let e9_m = parallel_m * (std::f64::consts::PI / 180.0) / 1e9;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a column is some hundred thousand billionths wide"
        )]
        let width_e9 = (CELL_AREA_M2 / row_m / e9_m).round() as i64;
        #[expect(clippy::cast_precision_loss, reason = "it is far below 2^52")]
        let width = width_e9 as f64;
        let column_m = width * e9_m;
        Self {
            number,
            width_e9,
            columns_per_e9: 1.0 / width,
            row_m,
            column_m,
            columns_per_m: 1.0 / column_m,
        }
    }

    /// Columns from the origin to a longitude, with their fraction.
    pub(super) fn column_of(&self, lon_e6: f64) -> f64 {
        (lon_e6 - f64::from(LON_ORIGIN_E6)) * 1000.0 * self.columns_per_e9
    }

    /// The longitude where a column begins, in degrees.
    pub(super) fn lon_deg(&self, column: u32) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "it is far below 2^52")]
        let lon_e9 = (i64::from(column) * self.width_e9 + i64::from(LON_ORIGIN_E6) * 1000) as f64;
        lon_e9 / 1e9
    }
}

/// Whether cells are defined at a position: 0–60° N, 70–140° E.
pub(super) fn is_in_frame(at: MicroPosition) -> bool {
    (0..LAT_END_E6).contains(&at.lat_e6) && (LON_ORIGIN_E6..LON_END_E6).contains(&at.lon_e6)
}

impl Cell {
    /// The cell that holds a position; `None` outside 0–60° N, 70–140° E. Southern and western edges belong to the cell.
    pub fn at(position: MicroPosition) -> Option<Self> {
        if !is_in_frame(position) {
            return None;
        }
        let row = u32::try_from(position.lat_e6 / ROW_HEIGHT_E6).ok()?;
        let east_e9 = i64::from(position.lon_e6 - LON_ORIGIN_E6) * 1000;
        let column = u32::try_from(east_e9 / Band::new(row / TILE_SIDE).width_e9).ok()?;
        Some(Self { row, column })
    }

    /// The middle of the cell.
    pub fn middle(self) -> Position {
        let [south_west, north_east] = self.corners();
        Position {
            lat_deg: f64::midpoint(south_west.lat_deg, north_east.lat_deg),
            lon_deg: f64::midpoint(south_west.lon_deg, north_east.lon_deg),
        }
    }

    /// The south-western and the north-eastern corner.
    pub fn corners(self) -> [Position; 2] {
        CellSpan {
            row: self.row,
            first: self.column,
            last: self.column,
        }
        .corners()
    }

    /// The tile that the cell lies in, with the cell's row and column within it.
    pub(super) fn in_tile(self) -> (u32, usize, u32) {
        (
            tile_number(self.row, self.column),
            (self.row % TILE_SIDE) as usize,
            self.column % TILE_SIDE,
        )
    }
}

/// The number of the tile that holds a row and column: the band in the upper, the tile within the band in the lower 16 bits.
pub(super) fn tile_number(row: u32, column: u32) -> u32 {
    (row / TILE_SIDE) << 16 | (column / TILE_SIDE)
}

/// Cells beside each other in one row: what maps and exports draw in one piece.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct CellSpan {
    /// The row.
    pub row: u32,
    /// The westernmost column.
    pub first: u32,
    /// The easternmost column, not before `first`.
    pub last: u32,
}

impl CellSpan {
    /// The south-western and the north-eastern corner.
    pub fn corners(self) -> [Position; 2] {
        let band = Band::new(self.row / TILE_SIDE);
        let lat_deg = |row: u32| f64::from(row) * f64::from(ROW_HEIGHT_E6) / 1e6;
        [
            Position {
                lat_deg: lat_deg(self.row),
                lon_deg: band.lon_deg(self.first),
            },
            Position {
                lat_deg: lat_deg(self.row + 1),
                lon_deg: band.lon_deg(self.last + 1),
            },
        ]
    }

    /// How many cells it has.
    pub fn len(self) -> u32 {
        self.last - self.first + 1
    }

    /// Never true: a span holds its first cell.
    pub fn is_empty(self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
