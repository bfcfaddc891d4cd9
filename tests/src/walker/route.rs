//! A way through a grid: from place to place about sixty metres apart, mostly to the nearest one that was not visited yet, as somebody
//! goes who wants to see it all without a map.

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::grid::{Coordinates, holds};
use xunge_core::place::Position;

/// How far apart the places are, in degrees of latitude (60 m).
const SPACING_DEG: f64 = 60.0 / 111_320.0;

/// Places inside an outline of rings of `[lon, lat]`, joined to a way of about `length_m`; empty where the outline is too narrow for two.
pub fn route(outline: &Coordinates, length_m: f64, rng: &mut StdRng) -> Vec<Position> {
    let mut places = places(outline, rng);
    if places.len() < 2 {
        return Vec::new();
    }
    let mut here = places.swap_remove(rng.random_range(0..places.len()));
    let mut way = vec![here];
    let mut walked_m = 0.0;
    while walked_m < length_m && !places.is_empty() {
        places.sort_by(|a, b| here.distance_m(a).total_cmp(&here.distance_m(b)));
        // Now and then somebody goes round a house first.
        let choice = if rng.random_bool(0.15) {
            1.min(places.len() - 1)
        } else {
            0
        };
        let next = places.remove(choice);
        walked_m += here.distance_m(&next);
        way.push(next);
        here = next;
    }
    way
}

/// A lattice of places inside the outline, each somewhat off its point.
fn places(outline: &Coordinates, rng: &mut StdRng) -> Vec<Position> {
    let points = || outline.iter().flatten().flatten();
    let bound = |axis: usize, f: fn(f64, f64) -> f64, start: f64| points().map(|p| p[axis]).fold(start, f);
    let (west, east) = (
        bound(0, f64::min, f64::INFINITY),
        bound(0, f64::max, f64::NEG_INFINITY),
    );
    let (south, north) = (
        bound(1, f64::min, f64::INFINITY),
        bound(1, f64::max, f64::NEG_INFINITY),
    );
    let mut places = Vec::new();
    let mut lat_deg = south;
    while lat_deg < north {
        let lon_step = SPACING_DEG / lat_deg.to_radians().cos();
        let mut lon_deg = west;
        while lon_deg < east {
            let at = [
                lon_deg + rng.random_range(-0.3..0.3) * lon_step,
                lat_deg + rng.random_range(-0.3..0.3) * SPACING_DEG,
            ];
            if outline.iter().any(|polygon| holds(polygon, at)) {
                places.push(Position {
                    lat_deg: at[1],
                    lon_deg: at[0],
                });
            }
            lon_deg += lon_step;
        }
        lat_deg += SPACING_DEG;
    }
    places
}
