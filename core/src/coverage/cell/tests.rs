//! Claims about the national cells.

use proptest::prelude::*;

use super::*;

fn at(lat_deg: f64, lon_deg: f64) -> MicroPosition {
    MicroPosition::of(Position { lat_deg, lon_deg }).expect("a position")
}

/// The area between two parallels and two meridians on the ellipsoid, by the closed formula.
fn area_m2(south_west: Position, north_east: Position) -> f64 {
    let e = ECCENTRICITY_SQUARED.sqrt();
    let polar_2 = AXIS_M * AXIS_M * (1.0 - ECCENTRICITY_SQUARED);
    let zone = |lat_deg: f64| {
        let sin = lat_deg.to_radians().sin();
        sin / (1.0 - ECCENTRICITY_SQUARED * sin * sin) + (e * sin).atanh() / e
    };
    let width = (north_east.lon_deg - south_west.lon_deg).to_radians();
    width * polar_2 / 2.0 * (zone(north_east.lat_deg) - zone(south_west.lat_deg))
}

#[test]
fn every_cell_of_china_has_400_m2_within_a_quarter_of_a_percent() {
    let mut worst = 0.0f64;
    for row in (99_000..301_000).step_by(7) {
        let cell = Cell { row, column: 123_456 };
        let [low, high] = cell.corners();
        worst = worst.max((area_m2(low, high) / CELL_AREA_M2 - 1.0).abs());
    }
    assert!(worst < 0.0025, "a cell is {worst} off");
}

#[test]
fn cells_are_nearly_square() {
    for row in (99_000..301_000).step_by(640) {
        let band = Band::new(row / TILE_SIDE);
        assert!((19.9..20.1).contains(&band.row_m), "{band:?}");
        assert!((19.9..20.1).contains(&band.column_m), "{band:?}");
    }
}

#[test]
fn these_places_have_these_numbers_for_ever() {
    let numbers = [
        at(39.908_7, 116.397_4),
        at(28.372_0, 121.385_0),
        at(39.470_4, 75.989_8),
        at(53.480_0, 122.370_0),
        at(18.230_0, 109.510_0),
        at(3.959_0, 112.280_0),
    ]
    .map(|at| Cell::at(at).expect("in the frame"))
    .map(|cell| (cell.row, cell.column));
    assert_eq!(
        numbers,
        [
            (221_715, 198_220),
            (157_622, 251_205),
            (219_280, 25_749),
            (297_111, 174_124),
            (101_277, 208_136),
            (21_994, 233_649),
        ]
    );
}

#[test]
fn there_are_no_cells_beyond_the_frame() {
    for (lat_deg, lon_deg) in [
        (0.0, 0.0),
        (-0.1, 100.0),
        (60.0, 100.0),
        (30.0, 69.9),
        (30.0, 140.0),
    ] {
        assert_eq!(Cell::at(at(lat_deg, lon_deg)), None);
    }
    assert_eq!(Cell::at(at(0.0, 70.0)), Some(Cell { row: 0, column: 0 }));
    assert!(Cell::at(at(59.999_999, 139.999_999)).is_some());
}

proptest! {
    #[test]
    fn a_position_lies_within_its_cell(lat_e6 in 18_000_000i32..54_000_000, lon_e6 in 73_000_000i32..136_000_000) {
        let position = MicroPosition { lat_e6, lon_e6 };
        let cell = Cell::at(position).expect("China is in the frame");
        let [low, high] = cell.corners();
        let Position { lat_deg, lon_deg } = position.to_position();
        prop_assert!(low.lat_deg <= lat_deg + 1e-9 && lat_deg < high.lat_deg + 1e-9);
        prop_assert!(low.lon_deg <= lon_deg + 1e-9 && lon_deg < high.lon_deg + 1e-9);
        let middle = MicroPosition::of(cell.middle()).expect("a position");
        prop_assert_eq!(Cell::at(middle), Some(cell));
    }
}
