//! Claims about `grid/boundary`.

use serde_json::json;

use super::*;
use crate::place::wgs84_to_gcj02;

/// A ring through these metres east and north of a corner in Zhejiang, closed.
fn ring(corners: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let scale = EARTH_RADIUS_M.to_radians();
    let spot = |[east, north]: &[f64; 2]| {
        [
            121.0 + east / (scale * 28.0_f64.to_radians().cos()),
            28.0 + north / scale,
        ]
    };
    let mut ring: Vec<[f64; 2]> = corners.iter().map(spot).collect();
    ring.push(ring[0]);
    ring
}

fn square(east: f64, north: f64, side: f64) -> Vec<[f64; 2]> {
    ring(&[
        [east, north],
        [east + side, north],
        [east + side, north + side],
        [east, north + side],
    ])
}

fn polygon(rings: &[Vec<[f64; 2]>]) -> String {
    json!({"type": "Polygon", "coordinates": rings}).to_string()
}

fn problem(text: &str) -> BoundaryProblem {
    let mut problems = Boundary::from_geojson(text).expect_err("it must be refused");
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

fn place(polygon: usize, ring: usize) -> RingPlace {
    RingPlace { polygon, ring }
}

#[test]
fn polygons_with_holes_multipolygons_and_features_are_read() {
    let rings = [square(0.0, 0.0, 400.0), square(100.0, 100.0, 100.0)];
    let boundary = Boundary::from_geojson(&polygon(&rings)).expect("a plain outline");
    assert!(
        (boundary.area_m2() - 150_000.0).abs() < 200.0,
        "{}",
        boundary.area_m2()
    );
    let islands =
        json!({"type": "MultiPolygon", "coordinates": [[square(0.0, 0.0, 50.0)], [square(90.0, 0.0, 50.0)]]});
    assert!(Boundary::from_geojson(&islands.to_string()).is_ok());
    let feature = json!({"type": "Feature", "properties": null, "geometry": islands});
    assert!(Boundary::from_geojson(&feature.to_string()).is_ok());
    let collection = json!({"type": "FeatureCollection", "features": [feature]});
    let with_mark = format!("\u{feff}{collection}");
    assert_eq!(
        Boundary::from_geojson(&with_mark)
            .expect("reads")
            .into_coordinates()
            .len(),
        2
    );
}

#[test]
fn heights_and_doubled_points_are_dropped() {
    let mut points: Vec<Vec<f64>> = square(0.0, 0.0, 100.0)
        .iter()
        .map(|[x, y]| vec![*x, *y, 12.5])
        .collect();
    points.insert(1, points[0].clone());
    let text = json!({"type": "Polygon", "coordinates": [points]}).to_string();
    let boundary = Boundary::from_geojson(&text).expect("reads");
    assert_eq!(boundary.coordinates()[0][0].len(), 5);
}

#[test]
fn text_that_is_no_geojson_and_geometry_that_is_no_area_say_so() {
    assert!(matches!(
        problem("name,lat,lon"),
        BoundaryProblem::NotGeojson { .. }
    ));
    assert!(matches!(
        problem("{\"type\":\"Polygon\"}"),
        BoundaryProblem::NotGeojson { .. }
    ));
    let found = "Point".to_owned();
    let point = r#"{"type":"Point","coordinates":[121.0,28.0]}"#;
    assert_eq!(problem(point), BoundaryProblem::NotAnArea { found });
}

#[test]
fn nothing_drawn_is_empty() {
    for text in [
        r#"{"type":"Polygon","coordinates":[]}"#,
        r#"{"type":"MultiPolygon","coordinates":[]}"#,
        r#"{"type":"FeatureCollection","features":[]}"#,
        r#"{"type":"Feature","properties":{},"geometry":null}"#,
    ] {
        assert_eq!(problem(text), BoundaryProblem::Empty, "{text}");
    }
}

#[test]
fn two_features_are_not_one_outline() {
    let one = json!({"type": "Feature", "properties": {}, "geometry": null});
    let two = json!({"type": "FeatureCollection", "features": [one, one]});
    assert_eq!(problem(&two.to_string()), BoundaryProblem::NotOne { count: 2 });
}

#[test]
fn swapped_axes_are_told_from_places_outside_china() {
    let swapped: Vec<[f64; 2]> = square(0.0, 0.0, 100.0)
        .iter()
        .map(|[lon, lat]| [*lat, *lon])
        .collect();
    assert_eq!(
        problem(&polygon(&[swapped])),
        BoundaryProblem::Swapped { x: 28.0, y: 121.0 }
    );
    let london = vec![[-0.1, 51.5], [-0.2, 51.5], [-0.2, 51.6], [-0.1, 51.5]];
    let expected = BoundaryProblem::OutsideChina {
        lat_deg: 51.5,
        lon_deg: -0.1,
    };
    assert_eq!(problem(&polygon(&[london])), expected);
    let mut slipped = square(0.0, 0.0, 100.0);
    slipped[1][0] = 21.0;
    assert!(matches!(
        problem(&polygon(&[slipped])),
        BoundaryProblem::OutsideChina { .. }
    ));
}

#[test]
fn projected_metres_and_other_systems_are_refused() {
    let metres = vec![
        [500_000.0, 3_100_000.0],
        [500_100.0, 3_100_000.0],
        [500_100.0, 3_100_100.0],
        [500_000.0, 3_100_000.0],
    ];
    let expected = BoundaryProblem::NotDegrees {
        x: 500_000.0,
        y: 3_100_000.0,
    };
    assert_eq!(problem(&polygon(&[metres])), expected);
    let named = |name: &str| {
        let crs = json!({"type": "name", "properties": {"name": name}});
        json!({"type": "Polygon", "crs": crs, "coordinates": [square(0.0, 0.0, 100.0)]}).to_string()
    };
    let name = "urn:ogc:def:crs:EPSG::4527".to_owned();
    assert_eq!(problem(&named(&name)), BoundaryProblem::OtherSystem { name });
    for known in [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4490",
    ] {
        assert!(Boundary::from_geojson(&named(known)).is_ok(), "{known}");
    }
}

#[test]
fn an_open_ring_says_how_far_its_ends_are_apart() {
    let mut open = square(0.0, 0.0, 100.0);
    open.pop();
    let BoundaryProblem::NotClosed { place: at, gap_m } = problem(&polygon(&[open])) else {
        panic!("the ring is open");
    };
    assert_eq!(at, place(1, 1));
    assert!((gap_m - 100.0).abs() < 0.1, "{gap_m}");
}

#[test]
fn a_ring_of_two_points_is_none() {
    let line = vec![[121.0, 28.0], [121.1, 28.0], [121.0, 28.0]];
    assert_eq!(
        problem(&polygon(&[line])),
        BoundaryProblem::TooFewPoints { place: place(1, 1) }
    );
    let empty: Vec<[f64; 2]> = Vec::new();
    let second = problem(&polygon(&[square(0.0, 0.0, 100.0), empty]));
    assert_eq!(second, BoundaryProblem::TooFewPoints { place: place(1, 2) });
}

#[test]
fn a_ring_that_crosses_touches_or_retraces_itself_is_refused_with_the_spot() {
    let bow = ring(&[[0.0, 0.0], [100.0, 100.0], [100.0, 0.0], [0.0, 100.0]]);
    let BoundaryProblem::SelfIntersection {
        place: at,
        lat_deg,
        lon_deg,
    } = problem(&polygon(&[bow]))
    else {
        panic!("the ring crosses itself");
    };
    assert_eq!(at, place(1, 1));
    let expected = ring(&[[50.0, 50.0]])[0];
    assert!((lon_deg - expected[0]).abs() < 1e-9 && (lat_deg - expected[1]).abs() < 1e-9);
    let touching = ring(&[
        [0.0, 0.0],
        [100.0, 0.0],
        [50.0, 50.0],
        [100.0, 100.0],
        [0.0, 100.0],
        [50.0, 50.0],
    ]);
    assert!(matches!(
        problem(&polygon(&[touching])),
        BoundaryProblem::SelfIntersection { .. }
    ));
    let spike = ring(&[
        [0.0, 0.0],
        [100.0, 0.0],
        [200.0, 0.0],
        [100.0, 0.0],
        [100.0, 100.0],
        [0.0, 100.0],
    ]);
    assert!(matches!(
        problem(&polygon(&[spike])),
        BoundaryProblem::SelfIntersection { .. }
    ));
}

#[test]
fn a_hole_that_crosses_the_outline_or_lies_outside_is_refused() {
    let outer = square(0.0, 0.0, 100.0);
    let crossing = problem(&polygon(&[outer.clone(), square(50.0, 50.0, 100.0)]));
    assert!(
        matches!(crossing, BoundaryProblem::RingsCross { place: a, other: b, .. } if a == place(1, 1) && b == place(1, 2)),
        "{crossing:?}"
    );
    let outside = problem(&polygon(&[outer.clone(), square(200.0, 0.0, 50.0)]));
    assert_eq!(outside, BoundaryProblem::HoleOutside { place: place(1, 2) });
    let same = problem(&polygon(&[outer.clone(), outer]));
    assert!(matches!(same, BoundaryProblem::RingsCross { .. }), "{same:?}");
}

#[test]
fn a_hole_may_touch_the_outline_in_a_point() {
    let outer = square(0.0, 0.0, 100.0);
    let corner = vec![
        outer[0],
        square(0.0, 0.0, 60.0)[2],
        ring(&[[30.0, 60.0]])[0],
        outer[0],
    ];
    assert!(Boundary::from_geojson(&polygon(&[outer, corner])).is_ok());
}

#[test]
fn polygons_in_each_other_are_refused_but_an_island_in_a_hole_is_not() {
    let pond = square(100.0, 100.0, 200.0);
    let island = square(150.0, 150.0, 50.0);
    let outer = square(0.0, 0.0, 400.0);
    let nested = json!({"type": "MultiPolygon", "coordinates": [[outer], [island]]}).to_string();
    let expected = BoundaryProblem::Nested {
        place: place(2, 1),
        other: place(1, 1),
    };
    assert_eq!(problem(&nested), expected);
    let lake = json!({"type": "MultiPolygon", "coordinates": [[outer, pond], [island]]}).to_string();
    assert!(Boundary::from_geojson(&lake).is_ok());
}

#[test]
fn slivers_and_specks_are_refused() {
    let sliver = ring(&[[0.0, 0.0], [1_000.0, 0.0], [1_000.0, 0.5], [0.0, 0.5]]);
    assert!(matches!(problem(&polygon(&[sliver])), BoundaryProblem::Sliver { width_m, .. } if width_m < 1.0));
    assert!(matches!(
        problem(&polygon(&[square(0.0, 0.0, 5.0)])),
        BoundaryProblem::Sliver { .. }
    ));
}

#[test]
fn more_points_than_a_phone_should_carry_are_refused() {
    let many: Vec<[f64; 2]> = (0..10_001).map(|n| [121.0 + f64::from(n) * 1e-6, 28.0]).collect();
    assert_eq!(
        problem(&polygon(&[many])),
        BoundaryProblem::TooManyPoints { count: 10_001 }
    );
}

#[test]
fn every_broken_ring_is_named_at_once() {
    let bow = |east: f64| ring(&[[east, 0.0], [east + 90.0, 90.0], [east + 90.0, 0.0], [east, 90.0]]);
    let both = json!({"type": "MultiPolygon", "coordinates": [[bow(0.0)], [bow(200.0)]]}).to_string();
    assert_eq!(
        Boundary::from_geojson(&both).expect_err("both are broken").len(),
        2
    );
}

#[test]
fn each_feature_of_a_file_carries_its_own_problems_and_properties() {
    let feature =
        |name: &str, geometry| json!({"type": "Feature", "properties": {"name": name}, "geometry": geometry});
    let good = json!({"type": "Polygon", "coordinates": [square(0.0, 0.0, 100.0)]});
    let bad = json!({"type": "LineString", "coordinates": [[121.0, 28.0], [121.1, 28.1]]});
    let features = [
        feature("one", good),
        feature("two", bad),
        feature("three", json!(null)),
    ];
    let text = json!({"type": "FeatureCollection", "features": features}).to_string();
    let read = read_features(&text).expect("the file reads");
    let numbers: Vec<_> = read
        .iter()
        .map(|f| (f.number, f.properties["name"].as_str()))
        .collect();
    assert_eq!(numbers, [(1, Some("one")), (2, Some("two")), (3, Some("three"))]);
    assert!(matches!(&read[0].boundary, Ok(Some(_))));
    assert!(matches!(&read[1].boundary, Err(problems) if problems.len() == 1));
    assert_eq!(read[2].boundary, Ok(None));
    assert!(read_features("[]").is_err());
}

/// Uneven neighbours in a row of three, whose borders meet.
fn row(shifted: impl Fn([f64; 2]) -> [f64; 2]) -> Vec<Boundary> {
    (0..3)
        .map(|n| {
            let east = f64::from(n) * 350.0;
            let corners = [
                [east, 0.0],
                [east + 350.0, 0.0],
                [east + 350.0, 180.0],
                [east + 350.0, 410.0],
                [east, 410.0],
                [east, 180.0],
            ];
            let ring = ring(&corners).into_iter().map(&shifted).collect();
            Boundary::new(vec![vec![ring]]).expect("a plain outline")
        })
        .collect()
}

fn to_gcj([lon_deg, lat_deg]: [f64; 2]) -> [f64; 2] {
    wgs84_to_gcj02(Position { lat_deg, lon_deg }).to_geojson()
}

#[test]
fn an_outline_that_was_drawn_on_a_shifted_map_is_recognised_by_its_neighbours() {
    let right = row(|at| at);
    let reference = Reference::new([right[0].coordinates(), right[2].coordinates()]).expect("edges");
    assert_eq!(reference.check(&right[1]), Ok(()));
    let shifted = row(to_gcj);
    let Err(BoundaryProblem::LooksLikeGcj02 {
        apart_m,
        apart_shifted_m,
    }) = reference.check(&shifted[1])
    else {
        panic!("the shift must show");
    };
    assert!(
        apart_m > 20.0 && apart_shifted_m < 1.0,
        "{apart_m} {apart_shifted_m}"
    );
}

#[test]
fn an_outline_that_is_merely_far_from_what_is_known_is_not_suspected() {
    let right = row(|at| at);
    let reference = Reference::new([right[0].coordinates()]).expect("edges");
    let far = Boundary::new(vec![vec![square(5_000.0, 3_000.0, 400.0)]]).expect("a plain outline");
    assert_eq!(reference.check(&far), Ok(()));
    assert!(Reference::new([&Vec::new()]).is_none());
}

#[test]
fn problems_say_what_to_do() {
    let text = BoundaryProblem::Swapped { x: 28.0, y: 121.0 }.to_string();
    assert_eq!(
        text,
        "latitude stands before longitude (28, 121): GeoJSON wants longitude first, swap them"
    );
}
