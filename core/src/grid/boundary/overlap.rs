//! How much of the ground two outlines share. Neighbours may touch along a border; more than that is told before it takes effect.

use geo::{Area, BooleanOps, LineString, MultiPolygon, Polygon};

use super::{Boundary, Coordinates};
use crate::place::EARTH_RADIUS_M;

impl Boundary {
    /// The ground that both outlines hold, in square metres (within 1 %); 0 where they only touch.
    pub fn overlap_m2(&self, other: &Self) -> f64 {
        let Some([lon0, lat0]) = self.polygons.iter().flatten().flatten().next().copied() else {
            return 0.0;
        };
        if is_apart(&self.polygons, &other.polygons) {
            return 0.0;
        }
        let scale_lat = EARTH_RADIUS_M.to_radians();
        let scale_lon = scale_lat * lat0.to_radians().cos();
        let flat = |polygons: &Coordinates| {
            let ring = |ring: &Vec<[f64; 2]>| {
                let points = ring.iter();
                LineString::from_iter(
                    points.map(|[lon, lat]| ((lon - lon0) * scale_lon, (lat - lat0) * scale_lat)),
                )
            };
            let polygon = |rings: &Vec<Vec<[f64; 2]>>| {
                let mut rings = rings.iter().map(ring);
                let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
                Polygon::new(outer, rings.collect())
            };
            MultiPolygon::from_iter(polygons.iter().map(polygon))
        };
        flat(&self.polygons)
            .intersection(&flat(&other.polygons))
            .unsigned_area()
    }
}

/// Whether the boxes around two outlines do not meet: most pairs of grids are told apart by this alone.
fn is_apart(a: &Coordinates, b: &Coordinates) -> bool {
    let around = |polygons: &Coordinates| {
        let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for [lon, lat] in polygons.iter().flatten().flatten() {
            bounds = [
                bounds[0].min(*lon),
                bounds[1].min(*lat),
                bounds[2].max(*lon),
                bounds[3].max(*lat),
            ];
        }
        bounds
    };
    let (a, b) = (around(a), around(b));
    a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of some side in thousandths of a degree, its lower left corner at thousandths east and north of 119° E, 29° N.
    fn square(east: f64, north: f64, side: f64) -> Boundary {
        let at = |x: f64, y: f64| [119.0 + (east + x) / 1_000.0, 29.0 + (north + y) / 1_000.0];
        let ring = vec![
            at(0.0, 0.0),
            at(side, 0.0),
            at(side, side),
            at(0.0, side),
            at(0.0, 0.0),
        ];
        Boundary::new(vec![vec![ring]]).expect("a square is an outline")
    }

    #[test]
    fn neighbours_that_touch_share_nothing_and_others_what_both_hold() {
        let one = square(0.0, 0.0, 10.0);
        assert_eq!(one.overlap_m2(&square(10.0, 0.0, 10.0)), 0.0, "a common border");
        assert_eq!(one.overlap_m2(&square(50.0, 50.0, 10.0)), 0.0, "far away");
        let half = one.overlap_m2(&square(5.0, 0.0, 10.0));
        let share = half / one.area_m2();
        assert!((share - 0.5).abs() < 0.01, "{share}");
        let within = one.overlap_m2(&square(2.0, 2.0, 1.0));
        let share = within / square(2.0, 2.0, 1.0).area_m2();
        assert!((share - 1.0).abs() < 0.01, "{share}");
    }
}
