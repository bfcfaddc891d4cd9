//! Claims about `grid`.

use proptest::prelude::*;

use super::*;
use crate::directory::sample::{BEGIN, NOW, unit, unit_id};
use crate::directory::{DirectoryRecord, UnitKind};
use crate::place::Provider;

/// A corner from which metres count, somewhere in Zhejiang.
const LAT: f64 = 28.0;
const LON: f64 = 121.0;

/// The position so many metres east and north of the corner.
fn spot(east_m: f64, north_m: f64) -> Position {
    let scale = EARTH_RADIUS_M.to_radians();
    Position {
        lat_deg: LAT + north_m / scale,
        lon_deg: LON + east_m / (scale * LAT.to_radians().cos()),
    }
}

fn claim(position: Position, accuracy_m: f64) -> PlaceClaim {
    PlaceClaim {
        position,
        accuracy_m,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: 0,
    }
}

/// A ring through these metres east and north, closed.
fn ring(corners: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut ring: Vec<[f64; 2]> = corners
        .iter()
        .map(|[east, north]| spot(*east, *north).to_geojson())
        .collect();
    ring.push(ring[0]);
    ring
}

fn square(east_m: f64, north_m: f64, side_m: f64) -> Vec<[f64; 2]> {
    let (right, top) = (east_m + side_m, north_m + side_m);
    ring(&[[east_m, north_m], [right, north_m], [right, top], [east_m, top]])
}

fn grid(code: &str, rings: Vec<Vec<[f64; 2]>>) -> Unit {
    let mut grid = unit(code, UnitKind::Grid, Some("V1"));
    grid.boundary = (!rings.is_empty()).then(|| vec![rings]);
    grid
}

/// Two squares of 400 m side by side, the right one with a hole of 100 m in its middle, and a grid without polygon.
fn index() -> GridIndex {
    let units = [
        grid("A", vec![square(0.0, 0.0, 400.0)]),
        grid("B", vec![square(400.0, 0.0, 400.0), square(550.0, 150.0, 100.0)]),
        grid("N", Vec::new()),
    ];
    GridIndex::of_units(units.iter())
}

fn asked(answer: GridAnswer) -> Vec<(String, bool)> {
    match answer {
        GridAnswer::Ask { candidates } => candidates
            .into_iter()
            .map(|c| (c.grid.to_string(), c.is_inside))
            .collect(),
        other => panic!("{other:?} asks nothing"),
    }
}

#[test]
fn deep_inside_a_grid_nothing_is_asked() {
    let answer = index().locate(&claim(spot(200.0, 200.0), 30.0));
    assert_eq!(answer, GridAnswer::Inside { grid: unit_id("A") });
}

#[test]
fn where_the_error_circle_crosses_a_border_the_app_asks_with_the_likely_first() {
    let near_the_border = claim(spot(390.0, 200.0), 30.0);
    assert_eq!(
        asked(index().locate(&near_the_border)),
        [("A".to_owned(), true), ("B".to_owned(), false)]
    );
    let beyond = claim(spot(410.0, 200.0), 30.0);
    assert_eq!(
        asked(index().locate(&beyond)),
        [("B".to_owned(), true), ("A".to_owned(), false)]
    );
    let precise = claim(spot(390.0, 200.0), 5.0);
    assert_eq!(
        index().locate(&precise),
        GridAnswer::Inside { grid: unit_id("A") }
    );
}

#[test]
fn the_distance_to_the_border_is_in_metres() {
    let GridAnswer::Ask { candidates } = index().locate(&claim(spot(390.0, 200.0), 30.0)) else {
        panic!("a border is near");
    };
    assert!(
        candidates.iter().all(|c| (c.border_m - 10.0).abs() < 0.1),
        "{candidates:?}"
    );
}

#[test]
fn a_hole_is_not_part_of_its_grid() {
    let in_the_hole = claim(spot(600.0, 200.0), 20.0);
    let GridAnswer::Outside { nearest } = index().locate(&in_the_hole) else {
        panic!("a hole is outside");
    };
    let nearest = nearest.expect("B is near");
    assert_eq!((nearest.grid.as_str(), nearest.is_inside), ("B", false));
    assert!((nearest.border_m - 50.0).abs() < 0.2, "{nearest:?}");
    let at_the_rim = claim(spot(540.0, 200.0), 20.0);
    assert_eq!(asked(index().locate(&at_the_rim)), [("B".to_owned(), true)]);
}

#[test]
fn at_the_edge_of_all_grids_the_app_asks_even_with_one_candidate() {
    assert_eq!(
        asked(index().locate(&claim(spot(-10.0, 200.0), 30.0))),
        [("A".to_owned(), false)]
    );
    assert_eq!(
        asked(index().locate(&claim(spot(10.0, 200.0), 30.0))),
        [("A".to_owned(), true)]
    );
}

#[test]
fn outside_all_grids_the_nearest_within_two_kilometres_is_named() {
    let outside = |east_m| match index().locate(&claim(spot(east_m, 200.0), 20.0)) {
        GridAnswer::Outside { nearest } => nearest,
        other => panic!("{other:?}"),
    };
    let nearest = outside(-1_500.0).expect("A is within two kilometres");
    assert_eq!(nearest.grid, unit_id("A"));
    assert!((nearest.border_m - 1_500.0).abs() < 2.0, "{nearest:?}");
    assert_eq!(outside(-2_100.0), None);
}

#[test]
fn an_unknown_accuracy_counts_as_a_hundred_metres() {
    for accuracy_m in [0.0, -5.0, f64::NAN] {
        let asks = asked(index().locate(&claim(spot(320.0, 200.0), accuracy_m)));
        assert_eq!(asks, [("A".to_owned(), true), ("B".to_owned(), false)]);
        let middle = index().locate(&claim(spot(200.0, 200.0), accuracy_m));
        assert_eq!(middle, GridAnswer::Inside { grid: unit_id("A") });
    }
}

#[test]
fn a_claim_that_is_no_position_has_no_grid() {
    let mut broken = claim(spot(0.0, 0.0), 5.0);
    broken.position.lon_deg = f64::NAN;
    assert_eq!(index().locate(&broken), GridAnswer::NoPosition);
}

#[test]
fn a_grid_without_a_polygon_is_offered_by_name() {
    assert_eq!(index().undrawn(), [unit_id("N")]);
}

#[test]
fn outlines_that_are_no_area_count_as_not_drawn() {
    let mut odd = grid("X", vec![vec![[LON, f64::NAN]; 5]]);
    let units = [odd.clone(), grid("Y", vec![vec![[LON, LAT]; 2]])];
    assert_eq!(
        GridIndex::of_units(units.iter()).undrawn(),
        [unit_id("X"), unit_id("Y")]
    );
    odd.boundary = Some(vec![Vec::new()]);
    assert_eq!(GridIndex::of_units([odd].iter()).undrawn(), [unit_id("X")]);
}

#[test]
fn a_market_inside_a_grid_is_asked_for_and_comes_by_depth() {
    let mut market = grid("M", vec![square(100.0, 100.0, 200.0)]);
    market.kind = UnitKind::SpecialGrid;
    let units = [grid("A", vec![square(0.0, 0.0, 400.0)]), market];
    let index = GridIndex::of_units(units.iter());
    let asks = asked(index.locate(&claim(spot(200.0, 200.0), 10.0)));
    assert_eq!(asks, [("A".to_owned(), true), ("M".to_owned(), true)]);
}

#[test]
fn a_redrawn_grid_answers_for_its_own_time() {
    let later = Timestamp(NOW.0 + 10);
    let mut directory = Directory::default();
    let old = grid("A", vec![square(0.0, 0.0, 400.0)]);
    let new = grid("A", vec![square(2_000.0, 0.0, 400.0)]);
    directory.insert(&DirectoryRecord::Unit(old).into_row(BEGIN, None, 1));
    directory.insert(&DirectoryRecord::Unit(new).into_row(later, None, 2));
    let here = claim(spot(200.0, 200.0), 5.0);
    let inside = GridAnswer::Inside { grid: unit_id("A") };
    assert_eq!(GridIndex::new(&directory, NOW).locate(&here), inside);
    assert_ne!(GridIndex::new(&directory, later).locate(&here), inside);
}

/// 1,434 grids of a county, uneven quadrilaterals that share their corners: 40 in a row, 300 m each.
fn county() -> Vec<Unit> {
    let corner = |column: u32, row: u32| {
        let sway = f64::from((column * 7 + row * 13) % 11) * 12.0;
        [f64::from(column) * 300.0 + sway, f64::from(row) * 300.0 - sway]
    };
    let outline = |n: u32| {
        let (column, row) = (n % 40, n / 40);
        ring(&[
            corner(column, row),
            corner(column + 1, row),
            corner(column + 1, row + 1),
            corner(column, row + 1),
        ])
    };
    (0..1_434)
        .map(|n| grid(&format!("G{n:04}"), vec![outline(n)]))
        .collect()
}

/// Even-odd rule over one ring, written apart from the code under test.
fn is_in_ring(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    ring.windows(2).fold(false, |inside, pair| {
        let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
        let crosses = (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax;
        inside ^ crosses
    })
}

#[test]
fn among_1434_grids_the_index_finds_what_a_walk_through_all_finds() {
    let units = county();
    let index = GridIndex::of_units(units.iter());
    let mut found = 0;
    for n in 0..20_000_u32 {
        // Two additive sequences fill the county evenly and without a pattern.
        let (across, up) = (f64::from(n) * 0.754_877_666, f64::from(n) * 0.569_840_291);
        let position = spot(across.fract() * 12_500.0 - 200.0, up.fract() * 11_500.0 - 200.0);
        let walked: Vec<UnitId> = units
            .iter()
            .filter(|unit| {
                let rings = unit.boundary.as_deref().expect("all are drawn");
                is_in_ring(&rings[0][0], position.to_geojson())
            })
            .map(|unit| unit.id.clone())
            .collect();
        assert_eq!(index.holding(position), walked, "{position:?}");
        found += walked.len();
    }
    assert!(found > 15_000, "{found}");
}

#[test]
fn neighbours_within_the_circle_are_all_offered() {
    let units = county();
    let index = GridIndex::of_units(units.iter());
    let corner = units[41 * 3].boundary.as_ref().expect("drawn")[0][0][0];
    let position = Position::from_geojson(corner).expect("a position");
    let asks = asked(index.locate(&claim(position, 15.0)));
    assert_eq!(asks.len(), 4, "{asks:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_certain_answer_stays_the_same_for_every_place_within_the_circle(
        east in -300.0_f64..1_100.0, north in -300.0_f64..700.0, accuracy_m in 1.0_f64..150.0,
        turn in 0.0_f64..std::f64::consts::TAU, part in 0.0_f64..0.99,
    ) {
        let index = index();
        let (shift_m, (sin, cos)) = (accuracy_m * part, turn.sin_cos());
        let elsewhere = index.holding(spot(east + shift_m * cos, north + shift_m * sin));
        match index.locate(&claim(spot(east, north), accuracy_m)) {
            GridAnswer::Inside { grid } => prop_assert_eq!(elsewhere, vec![grid]),
            GridAnswer::Outside { .. } => prop_assert!(elsewhere.is_empty()),
            GridAnswer::Ask { candidates } => {
                for grid in elsewhere {
                    prop_assert!(candidates.iter().any(|c| c.grid == grid));
                }
            }
            GridAnswer::NoPosition => prop_assert!(false, "it is a position"),
        }
    }
}
