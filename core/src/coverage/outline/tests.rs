//! Claims about the cells of outlines.

use geo::{Contains, LineString, Point, Polygon};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

fn square(lon: f64, lat: f64, side_deg: f64) -> Vec<[f64; 2]> {
    vec![
        [lon, lat],
        [lon + side_deg, lat],
        [lon + side_deg, lat + side_deg],
        [lon, lat + side_deg],
        [lon, lat],
    ]
}

#[test]
fn the_cells_are_those_whose_middle_lies_inside() {
    let mut rng = StdRng::seed_from_u64(3);
    for _ in 0..20 {
        let ring: Vec<[f64; 2]> = (0..25)
            .map(|n| {
                let angle = std::f64::consts::TAU * f64::from(n) / 25.0;
                let far = rng.random_range(0.001..0.006);
                [121.0 + far * angle.cos(), 28.0 + far * angle.sin()]
            })
            .collect();
        let polygon = Polygon::new(ring.iter().map(|[x, y]| (*x, *y)).collect::<LineString>(), vec![]);
        let cells = OutlineCells::of(&vec![vec![ring]]).expect("an outline").cells;
        let south = Cell::at(MicroPosition {
            lat_e6: 27_993_000,
            lon_e6: 120_993_000,
        });
        let (south, mut inside) = (south.expect("in the frame"), 0);
        for row in south.row..south.row + 90 {
            for column in south.column - 60..south.column + 160 {
                let cell = Cell { row, column };
                let [lon, lat] = cell.middle().to_geojson();
                let is_inside = polygon.contains(&Point::new(lon, lat));
                assert_eq!(cells.contains(cell), is_inside, "{cell:?}");
                inside += u64::from(is_inside);
            }
        }
        assert_eq!(cells.len(), inside);
    }
}

#[test]
fn neighbours_share_no_cell_and_leave_none_out() {
    let whole = OutlineCells::of(&vec![vec![square(121.0, 28.0, 0.02)]]).expect("an outline");
    let quarters = [(0.0, 0.0), (0.01, 0.0), (0.0, 0.01), (0.01, 0.01)].map(|(east, north)| {
        OutlineCells::of(&vec![vec![square(121.0 + east, 28.0 + north, 0.01)]])
            .expect("an outline")
            .cells
    });
    let mut all = CellSet::new();
    for quarter in &quarters {
        assert!(all.common(quarter).is_empty(), "a cell belongs to two neighbours");
        all.join(quarter);
    }
    assert_eq!(all, whole.cells);
}

#[test]
fn holes_and_second_polygons_are_honoured() {
    let outer = square(121.0, 28.0, 0.02);
    let hole = square(121.005, 28.005, 0.01);
    let island = square(121.008, 28.008, 0.004);
    let of = |polygons: Vec<Vec<Vec<[f64; 2]>>>| OutlineCells::of(&polygons).expect("an outline").cells;
    let with_hole = of(vec![vec![outer.clone(), hole.clone()], vec![island.clone()]]);
    let mut expected = of(vec![vec![outer]]).without(&of(vec![vec![hole]]));
    expected.join(&of(vec![vec![island]]));
    assert_eq!(with_hole, expected);
}

#[test]
fn polygons_that_overlap_count_once() {
    let of = |polygons: Vec<Vec<Vec<[f64; 2]>>>| OutlineCells::of(&polygons).expect("an outline").cells;
    let (a, b) = (square(121.0, 28.0, 0.01), square(121.005, 28.005, 0.01));
    let mut expected = of(vec![vec![a.clone()]]);
    expected.join(&of(vec![vec![b.clone()]]));
    assert_eq!(of(vec![vec![a], vec![b]]), expected);
}

#[test]
fn a_sliver_has_the_cells_along_its_border_and_says_so() {
    // Half a metre wide, 500 m long, within one row of cells.
    let sliver = vec![vec![vec![
        [121.0, 28.000_000],
        [121.005, 28.000_000],
        [121.005, 28.000_005],
        [121.0, 28.000_005],
    ]]];
    let cells = OutlineCells::of(&sliver).expect("an outline");
    assert!(cells.is_sliver);
    assert!((24..=27).contains(&cells.cells.len()), "{}", cells.cells.len());
}

#[test]
fn a_grid_of_a_hundred_square_kilometres_over_two_utm_zones_has_its_area() {
    // 120° E parts the zones 50 and 51.
    let side_m = 10_000.0;
    let (lat_deg, lon_deg) = (side_m / 110_855.0, side_m / 98_360.0);
    let (south, west) = (27.955, 120.0 - lon_deg / 2.0);
    let ring = vec![
        [west, south],
        [west + lon_deg, south],
        [west + lon_deg, south + lat_deg],
        [west, south + lat_deg],
    ];
    let cells = OutlineCells::of(&vec![vec![ring]]).expect("an outline").cells;
    let area_km2 = cells.len() as f64 * 400.0 / 1e6;
    assert!((area_km2 - 100.0).abs() < 0.3, "{area_km2}");
}

#[test]
fn what_is_no_outline_is_named() {
    let of = |polygons: Vec<Vec<Vec<[f64; 2]>>>| OutlineCells::of(&polygons);
    assert_eq!(of(vec![]), Err(OutlineError::Empty));
    assert_eq!(
        of(vec![vec![vec![[121.0, 28.0], [121.1, 28.0]]]]),
        Err(OutlineError::Empty)
    );
    let nan = vec![vec![vec![[f64::NAN, 28.0], [121.1, 28.0], [121.0, 28.1]]]];
    assert_eq!(of(nan), Err(OutlineError::OutsideFrame));
    let swapped = vec![vec![vec![[28.0, 121.0], [28.0, 121.1], [28.1, 121.0]]]];
    assert_eq!(of(swapped), Err(OutlineError::OutsideFrame));
    let long = vec![vec![vec![[121.0, 28.0], [121.001, 28.0], [121.0, 32.0]]]];
    assert_eq!(of(long), Err(OutlineError::TooLarge));
}
