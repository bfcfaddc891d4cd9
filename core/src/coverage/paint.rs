//! Painting what was seen: discs, stretches of walks and what can be reached in a gap, as row spans joined word by word.
//!
//! A cell is painted where its middle lies in the shape. Distances are metres on the ellipsoid at the shape's own latitude; over the
//! largest shape (a gap of half an hour) that is right to 0.1 %.

use std::collections::BTreeMap;

use super::cell::{Band, CellSpan, ROW_HEIGHT_E6, TILE_SIDE, is_in_frame, tile_number};
use super::set::{CellSet, EMPTY_TILE, Tile, bits_of};
use crate::place::MicroPosition;

/// The largest radius that is painted, in metres: what comes from broken input must not fill a province.
pub const RADIUS_M_MAX: f64 = 5_000.0;

/// Discs along a stretch follow each other at most this part of their radius apart, so that the waist between two is 3 % narrower.
const STEP_PART: f64 = 0.5;

/// Collects cells quickly. Made once for many shapes, ended by [`Painter::finish`].
#[derive(Clone, Debug, Default)]
pub struct Painter {
    tiles: Vec<Tile>,
    places: BTreeMap<u32, usize>,
    /// The tile that was painted last: nearly always the next one too.
    last: Option<(u32, usize)>,
    /// The bands in use, by the parity of their numbers.
    bands: [Option<Band>; 2],
}

/// What painting a row needs of its band.
#[derive(Clone, Copy)]
struct RowBand {
    /// The column of the shape's middle, with its fraction.
    column: f64,
    per_m: f64,
}

impl Painter {
    /// An empty sheet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Paints the cells whose middle lies within a radius in metres. Nothing outside the national frame, nothing for a radius that is not
    /// a positive number; at most [`RADIUS_M_MAX`].
    pub fn disc(&mut self, at: MicroPosition, radius_m: f64) {
        if is_in_frame(at) {
            self.disc_at(f64::from(at.lat_e6), f64::from(at.lon_e6), radius_m);
        }
    }

    /// Paints a straight stretch: the cells within a radius of it, by discs that overlap by three quarters.
    pub fn stretch(&mut self, from: MicroPosition, to: MicroPosition, radius_m: f64) {
        self.disc(from, radius_m);
        self.stretch_after(from, to, radius_m, RADIUS_M_MAX);
    }

    /// Paints a walk without a gap: every stretch between points that follow each other.
    pub fn path(&mut self, points: impl IntoIterator<Item = MicroPosition>, radius_m: f64) {
        let mut before: Option<MicroPosition> = None;
        for point in points {
            match before {
                None => self.disc(point, radius_m),
                Some(before) => self.stretch_after(before, point, radius_m, RADIUS_M_MAX),
            }
            before = Some(point);
        }
    }

    /// Paints the rest of a stretch whose first end was painted already: of one longer than `length_m_max` only the second end.
    pub(super) fn stretch_after(
        &mut self,
        from: MicroPosition,
        to: MicroPosition,
        radius_m: f64,
        length_m_max: f64,
    ) {
        if !(is_in_frame(from) && is_in_frame(to) && radius_m.is_finite() && radius_m > 0.0) {
            return;
        }
        let (lat, lon) = (f64::from(from.lat_e6), f64::from(from.lon_e6));
        let (north, east) = (f64::from(to.lat_e6) - lat, f64::from(to.lon_e6) - lon);
        let band = *self.band(row_of(lat) / TILE_SIDE);
        let north_m = north / f64::from(ROW_HEIGHT_E6) * band.row_m;
        let east_m = east * 1000.0 * band.columns_per_e9 * band.column_m;
        let length_m = (north_m * north_m + east_m * east_m).sqrt();
        if length_m > radius_m * STEP_PART && length_m <= length_m_max {
            let steps = (length_m / (radius_m * STEP_PART)).ceil();
            let mut step = 1.0;
            while step < steps {
                let part = step / steps;
                self.disc_at(lat + north * part, lon + east * part, radius_m);
                step += 1.0;
            }
        }
        self.disc_at(lat + north, lon + east, radius_m);
    }

    /// Paints what somebody may have come near who was at `from`, then at `to`, and went at most `way_m` metres between: an ellipse. Where
    /// the way is shorter than the distance, only the two ends are painted, with their `radius_m`.
    pub fn reach(&mut self, from: MicroPosition, to: MicroPosition, way_m: f64, radius_m: f64) {
        self.disc(from, radius_m);
        self.disc(to, radius_m);
        if !is_in_frame(from) || !is_in_frame(to) || !way_m.is_finite() || !radius_m.is_finite() {
            return;
        }
        let middle_lat = f64::midpoint(f64::from(from.lat_e6), f64::from(to.lat_e6));
        let middle_lon = f64::midpoint(f64::from(from.lon_e6), f64::from(to.lon_e6));
        let band = *self.band(row_of(middle_lat) / TILE_SIDE);
        let e6_m = 1000.0 * band.columns_per_e9 * band.column_m;
        // Half the way between the two, in metres.
        let focus_y = (f64::from(to.lat_e6) - middle_lat) / f64::from(ROW_HEIGHT_E6) * band.row_m;
        let focus_x = (f64::from(to.lon_e6) - middle_lon) * e6_m;
        let long = (way_m / 2.0 + radius_m).min(RADIUS_M_MAX);
        let focus_2 = focus_x * focus_x + focus_y * focus_y;
        if way_m / 2.0 * (way_m / 2.0) < focus_2 || long * long <= focus_2 {
            return;
        }
        // A point is inside where |p|² - (p·f)²/a² <= b²: the ellipse without any angle.
        let (a_2, b_2) = (long * long, long * long - focus_2);
        let square = 1.0 - focus_x * focus_x / a_2;
        self.rows(middle_lat, middle_lon, long, |y| {
            let cross = y * focus_x * focus_y / a_2;
            let rest = y * y * (1.0 - focus_y * focus_y / a_2) - b_2;
            let root = cross * cross - square * rest;
            (root >= 0.0).then(|| {
                let half = root.sqrt() / square;
                (cross / square - half, cross / square + half)
            })
        });
    }

    /// The cells that were painted.
    pub fn finish(self) -> CellSet {
        let Self { tiles, places, .. } = self;
        let mut set = CellSet::new();
        for (number, place) in places {
            if tiles[place] != EMPTY_TILE {
                set.tiles.insert(number, Box::new(tiles[place]));
            }
        }
        set
    }

    #[inline]
    fn disc_at(&mut self, lat_e6: f64, lon_e6: f64, radius_m: f64) {
        if !(radius_m.is_finite() && radius_m > 0.0) {
            return;
        }
        let radius_m = radius_m.min(RADIUS_M_MAX);
        let radius_2 = radius_m * radius_m;
        self.rows(lat_e6, lon_e6, radius_m, |y| {
            let half_2 = radius_2 - y * y;
            (half_2 >= 0.0).then(|| {
                let half = half_2.sqrt();
                (-half, half)
            })
        });
    }

    /// Paints the rows of a shape: `extent` gives, for metres north of the middle, the metres east at which the shape begins and ends.
    #[inline]
    fn rows(&mut self, lat_e6: f64, lon_e6: f64, radius_m: f64, extent: impl Fn(f64) -> Option<(f64, f64)>) {
        let middle = lat_e6 / f64::from(ROW_HEIGHT_E6);
        let mut number = whole(middle) / TILE_SIDE;
        let band = self.band(number);
        let row_m = band.row_m;
        let row_band = |band: &Band| RowBand {
            column: band.column_of(lon_e6),
            per_m: band.columns_per_m,
        };
        let RowBand {
            mut column,
            mut per_m,
        } = row_band(band);
        let reach = radius_m / row_m;
        let first = whole(middle - reach + 0.5);
        let end = whole(middle + reach + 0.5);
        for row in first..end {
            if row / TILE_SIDE != number {
                number = row / TILE_SIDE;
                RowBand { column, per_m } = row_band(self.band(number));
            }
            let Some((west_m, east_m)) = extent((f64::from(row) + 0.5 - middle) * row_m) else {
                continue;
            };
            let first = whole(column + west_m * per_m + 0.5);
            let end = whole(column + east_m * per_m + 0.5);
            if first < end {
                self.span(row, first, end - 1);
            }
        }
    }

    #[inline]
    fn span(&mut self, row: u32, first: u32, last: u32) {
        let in_tile = (row % TILE_SIDE) as usize;
        let word = first / TILE_SIDE;
        if word == last / TILE_SIDE {
            // Nearly every span: one word of one tile.
            let place = self.place(tile_number(row, first));
            self.tiles[place][in_tile] |=
                u64::MAX << (first % TILE_SIDE) & u64::MAX >> (63 - last % TILE_SIDE);
            return;
        }
        let span = CellSpan { row, first, last };
        for word in word..=last / TILE_SIDE {
            let place = self.place(tile_number(row, word * TILE_SIDE));
            self.tiles[place][in_tile] |= bits_of(span, word);
        }
    }

    #[inline]
    fn place(&mut self, number: u32) -> usize {
        if let Some((last, place)) = self.last
            && last == number
        {
            return place;
        }
        let place = *self.places.entry(number).or_insert_with(|| {
            self.tiles.push(EMPTY_TILE);
            self.tiles.len() - 1
        });
        self.last = Some((number, place));
        place
    }

    #[inline]
    fn band(&mut self, number: u32) -> &Band {
        let held = &mut self.bands[(number & 1) as usize];
        if held.is_none_or(|band| band.number != number) {
            *held = Some(Band::new(number));
        }
        held.as_ref().expect("put in above")
    }
}

/// The row of a latitude in millionths of a degree.
fn row_of(lat_e6: f64) -> u32 {
    whole(lat_e6 / f64::from(ROW_HEIGHT_E6))
}

/// The whole part of a number that is not negative; zero of one that is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts saturate, and rows and columns are far below 2^32"
)]
fn whole(value: f64) -> u32 {
    value as u32
}

#[cfg(test)]
mod tests;
