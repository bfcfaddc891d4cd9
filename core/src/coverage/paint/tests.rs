//! Claims about painting, held against a slow painter that looks at every cell, and against exact areas.

use geo::{Area, BooleanOps, Buffer, Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::cell::{CELL_AREA_M2, Cell};
use super::super::outline::OutlineCells;
use super::*;
use crate::place::Position;

/// Metres around a place, as on a plane: what the exact oracle reckons in. The ellipsoid at that latitude, like the painter.
struct Plane {
    middle: MicroPosition,
    lat_m: f64,
    lon_m: f64,
}

impl Plane {
    fn at(lat_e6: i32, lon_e6: i32) -> Self {
        let band = Band::new(u32::try_from(lat_e6).expect("north") / 180 / TILE_SIDE);
        Self {
            middle: MicroPosition { lat_e6, lon_e6 },
            lat_m: band.row_m / 180.0,
            lon_m: band.column_m * 1000.0 * band.columns_per_e9,
        }
    }

    fn micro(&self, (east_m, north_m): (f64, f64)) -> MicroPosition {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "tests stay within some kilometres"
        )]
        let whole = |value: f64| value.round() as i32;
        MicroPosition {
            lat_e6: self.middle.lat_e6 + whole(north_m / self.lat_m),
            lon_e6: self.middle.lon_e6 + whole(east_m / self.lon_m),
        }
    }

    fn metres(&self, at: Position) -> (f64, f64) {
        (
            (at.lon_deg * 1e6 - f64::from(self.middle.lon_e6)) * self.lon_m,
            (at.lat_deg * 1e6 - f64::from(self.middle.lat_e6)) * self.lat_m,
        )
    }

    fn lon_lat(&self, at: (f64, f64)) -> [f64; 2] {
        self.micro(at).to_position().to_geojson()
    }
}

/// A walk that turns a little at every step, within a square.
fn walk(rng: &mut StdRng, steps: usize, step_m: f64, half_m: f64) -> Vec<(f64, f64)> {
    let (mut x, mut y, mut heading) = (0.0f64, 0.0f64, 0.0f64);
    (0..steps)
        .map(|_| {
            heading += rng.random_range(-0.5..0.5);
            let (next_x, next_y) = (x + step_m * heading.cos(), y + step_m * heading.sin());
            if next_x.abs() > half_m || next_y.abs() > half_m {
                heading += 2.5;
            } else {
                (x, y) = (next_x, next_y);
            }
            (x, y)
        })
        .collect()
}

/// A star-shaped outline around the middle.
fn star(rng: &mut StdRng, radius_m: f64, points: usize) -> Vec<(f64, f64)> {
    (0..points)
        .map(|n| {
            let angle = std::f64::consts::TAU * n as f64 / points as f64;
            let far = radius_m * rng.random_range(0.6..1.4);
            (far * angle.cos(), far * angle.sin())
        })
        .collect()
}

fn polygon(points: &[(f64, f64)]) -> Polygon {
    Polygon::new(points.iter().copied().collect::<LineString>(), Vec::new())
}

/// The share of an outline that lies within a radius of a walk, exactly.
fn exact_share(outline: &Polygon, walk: &[(f64, f64)], radius_m: f64) -> f64 {
    let line: LineString = walk.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect();
    let seen: MultiPolygon = line.buffer(radius_m);
    seen.intersection(outline).unsigned_area() / outline.unsigned_area()
}

/// The painted share of a walk in a star of about that radius, and the exact one.
fn shares(rng: &mut StdRng, plane: &Plane, half_m: f64, steps: usize, radius_m: f64) -> (f64, f64) {
    let points = star(rng, half_m, 40);
    let steps = walk(rng, steps, 7.0, half_m);
    let mut painter = Painter::new();
    painter.path(steps.iter().map(|at| plane.micro(*at)), radius_m);
    let ring: Vec<[f64; 2]> = points.iter().map(|at| plane.lon_lat(*at)).collect();
    let ground = OutlineCells::of(&vec![vec![ring]]).expect("an outline").cells;
    let share = painter.finish().common_len(&ground) as f64 / ground.len() as f64;
    (share, exact_share(&polygon(&points), &steps, radius_m))
}

#[test]
fn a_long_patrol_of_a_square_kilometre_is_within_half_a_point_of_the_exact_area() {
    let mut rng = StdRng::seed_from_u64(6);
    for case in 0..6 {
        let plane = Plane::at(19_000_000 + case * 6_000_000, 75_000_000 + case * 11_000_000);
        let (share, exact) = shares(&mut rng, &plane, 550.0, 2_500, 25.0);
        assert!((share - exact).abs() < 0.005, "{share} for {exact}");
    }
}

#[test]
fn over_all_of_china_and_all_sights_the_share_is_right_on_the_average() {
    let mut rng = StdRng::seed_from_u64(7);
    let (mut sum, mut absolute, mut worst) = (0.0f64, 0.0f64, 0.0f64);
    let cases = 48;
    for case in 0..cases {
        let plane = Plane::at(18_000_000 + case * 740_000, 74_000_000 + case * 1_250_000);
        let radius_m = [15.0, 25.0, 40.0][usize::try_from(case).expect("small") % 3];
        // From half a square kilometre up.
        let half_m = 420.0 + 10.0 * f64::from(case);
        let (share, exact) = shares(&mut rng, &plane, half_m, 400, radius_m);
        sum += share - exact;
        absolute += (share - exact).abs();
        worst = worst.max((share - exact).abs());
    }
    let cases = f64::from(cases);
    assert!((sum / cases).abs() < 0.001, "a lean of {}", sum / cases);
    assert!(
        absolute / cases < 0.002,
        "{} off on the average",
        absolute / cases
    );
    assert!(worst < 0.01, "{worst} off at worst");
}

#[test]
fn the_cells_of_an_outline_have_its_area() {
    let mut rng = StdRng::seed_from_u64(8);
    for case in 0..30 {
        let plane = Plane::at(20_000_000 + case * 1_100_000, 90_000_000 + case * 1_400_000);
        let points = star(&mut rng, 500.0 + 150.0 * f64::from(case), 60);
        let ring: Vec<[f64; 2]> = points.iter().map(|at| plane.lon_lat(*at)).collect();
        let cells = OutlineCells::of(&vec![vec![ring]]).expect("an outline").cells;
        let area_m2 = cells.len() as f64 * CELL_AREA_M2;
        let exact_m2 = polygon(&points).unsigned_area();
        assert!(
            (area_m2 / exact_m2 - 1.0).abs() < 0.006,
            "{area_m2} for {exact_m2}"
        );
    }
}

fn spots() -> impl Strategy<Value = (i32, i32, f64, f64)> {
    // Seams of bands lie every 11,520 millionths; some of these discs cross one.
    let radius = prop_oneof![Just(15.0), Just(25.0), Just(40.0), 5.0..300.0f64];
    (28_000_000i32..28_030_000, -3_000i32..3_000, radius, 0.0..900.0f64)
        .prop_map(|(lat, east, radius_m, way_m)| (lat, 121_000_000 + east, radius_m, way_m))
}

/// Whether a cell's middle clearly lies within a limit of a measure, clearly not, or too close to tell.
fn clear(measure_m: f64, limit_m: f64) -> Option<bool> {
    let margin_m = 0.02 + limit_m * 1e-3;
    ((measure_m - limit_m).abs() > margin_m).then_some(measure_m < limit_m)
}

fn around(plane: &Plane, reach_m: f64) -> impl Iterator<Item = Cell> {
    let low = Cell::at(plane.micro((-reach_m - 40.0, -reach_m - 40.0))).expect("in the frame");
    let high = Cell::at(plane.micro((reach_m + 40.0, reach_m + 40.0))).expect("in the frame");
    // Columns differ by a few from band to band.
    let columns = low.column.min(high.column) - 3..=low.column.max(high.column) + 3;
    (low.row..=high.row).flat_map(move |row| columns.clone().map(move |column| Cell { row, column }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_disc_is_the_cells_whose_middle_is_near((lat_e6, lon_e6, radius_m, _) in spots()) {
        let plane = Plane::at(lat_e6, lon_e6);
        let mut painter = Painter::new();
        painter.disc(plane.middle, radius_m);
        let painted = painter.finish();
        for cell in around(&plane, radius_m) {
            let (x, y) = plane.metres(cell.middle());
            if let Some(is_near) = clear(x.hypot(y), radius_m) {
                prop_assert_eq!(painted.contains(cell), is_near, "{:?} at {} m", cell, x.hypot(y));
            }
        }
    }

    #[test]
    fn a_gap_reaches_what_a_walk_of_that_length_comes_near(
        (lat_e6, lon_e6, radius_m, way_m) in spots(), east_m in -300.0..300.0f64, north_m in -300.0..300.0f64,
    ) {
        let plane = Plane::at(lat_e6, lon_e6);
        let to = plane.micro((east_m, north_m));
        let ends = [(0.0, 0.0), plane.metres(to.to_position())];
        let apart_m = ends[1].0.hypot(ends[1].1);
        let mut painter = Painter::new();
        painter.reach(plane.middle, to, way_m, radius_m);
        let painted = painter.finish();
        for cell in around(&plane, way_m / 2.0 + radius_m + 430.0) {
            let (x, y) = plane.metres(cell.middle());
            let [from_m, to_m] = ends.map(|(ex, ey)| (x - ex).hypot(y - ey));
            let is_on_way = clear(from_m + to_m, way_m + 2.0 * radius_m).filter(|_| way_m > apart_m + 1.0);
            let is_at_end = clear(from_m.min(to_m), radius_m);
            match (is_on_way, is_at_end) {
                (Some(true), _) | (_, Some(true)) => prop_assert!(painted.contains(cell)),
                (Some(false), Some(false)) => prop_assert!(!painted.contains(cell)),
                (None, Some(false)) if way_m < apart_m - 1.0 => prop_assert!(!painted.contains(cell)),
                _ => {}
            }
        }
    }

    #[test]
    fn painting_in_any_order_and_twice_gives_the_same_cells(
        shapes in prop::collection::vec(spots(), 1..20), turn in any::<prop::sample::Index>(),
    ) {
        let paint = |shapes: &[(i32, i32, f64, f64)]| {
            let mut painter = Painter::new();
            for (lat_e6, lon_e6, radius_m, _) in shapes {
                painter.disc(MicroPosition { lat_e6: *lat_e6, lon_e6: *lon_e6 }, *radius_m);
            }
            painter.finish()
        };
        let mut turned = shapes.clone();
        turned.rotate_left(turn.index(shapes.len()));
        turned.extend_from_slice(&shapes);
        turned.reverse();
        prop_assert_eq!(paint(&shapes), paint(&turned));
    }
}

#[test]
fn broken_radii_and_places_beyond_the_frame_paint_nothing() {
    let mut painter = Painter::new();
    let here = MicroPosition {
        lat_e6: 28_000_000,
        lon_e6: 121_000_000,
    };
    let away = MicroPosition { lat_e6: 0, lon_e6: 0 };
    for radius_m in [f64::NAN, 0.0, -5.0, f64::INFINITY] {
        painter.disc(here, radius_m);
        painter.stretch(here, here, radius_m);
    }
    painter.disc(away, 25.0);
    painter.stretch(away, here, 25.0);
    painter.reach(away, away, 100.0, 25.0);
    let mut painted = painter.finish();
    assert!(
        painted.len() < 10,
        "the end of a stretch that lies in the frame at most"
    );
    painted = painted.without(&painted);
    assert!(painted.is_empty());
}

#[test]
fn the_edge_of_the_frame_is_no_trap() {
    let corners = [(0, 70_000_000), (59_999_999, 139_999_999), (0, 139_999_999)];
    for (lat_e6, lon_e6) in corners {
        let mut painter = Painter::new();
        painter.disc(MicroPosition { lat_e6, lon_e6 }, RADIUS_M_MAX);
        assert!(!painter.finish().is_empty());
    }
}
