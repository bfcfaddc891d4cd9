//! Key places and unreachable ground from GeoJSON: points, outlines, rules, and every problem with its feature.

use xunge_core::directory::DirectoryRecord;
use xunge_server::import::{ImportKind, read};

use super::{assert_told, good, options, planned, said, township};

fn features(features: &[(&str, &str)]) -> String {
    let feature = |(properties, geometry): &(&str, &str)| {
        format!("{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":{geometry}}}")
    };
    let all: Vec<String> = features.iter().map(feature).collect();
    format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{}]}}",
        all.join(",")
    )
}

const SPOT: &str = r#"{"type":"Point","coordinates":[120.9,28.3]}"#;
const AREA: &str = r#"{"type":"Polygon","coordinates":[[[120.9,28.3],[120.91,28.3],[120.91,28.31],[120.9,28.31],[120.9,28.3]]]}"#;

#[test]
fn key_places_are_points_or_outlines_with_rules_seasons_and_excuses() {
    let text = features(&[
        (
            r#"{"code":"Z1","name":"学校","grid":"G1","times_a_week":2}"#,
            SPOT,
        ),
        (
            r#"{"编号":"Z2","名称":"水库","网格":"G1","间隔天数":"7","季节起":"11-15","季节止":"02-29","战时每日":"是"}"#,
            AREA,
        ),
        (
            r#"{"code":"Z3","name":"仓库","grid":"G1","excused_from":"2026-11-01","excused_to":"2026-12-31","excused_reason":"停业"}"#,
            SPOT,
        ),
    ]);
    // One collection speaks one language: the second feature stands in a file of its own.
    let both = read(ImportKind::KeyPlaces, text.as_bytes(), &options());
    assert!(both.is_err(), "columns are doubled");
    let one = features(&[(
        r#"{"code":"Z1","name":"学校","grid":"G1","times_a_week":2}"#,
        SPOT,
    )]);
    let DirectoryRecord::KeyPlace(place) = &good(ImportKind::KeyPlaces, &one).records[0].record else {
        panic!("a key place")
    };
    assert_eq!(
        (place.lat_deg, place.lon_deg, place.outline.is_none()),
        (28.3, 120.9, true)
    );
    let other = features(&[(
        r#"{"编号":"Z2","名称":"水库","网格":"G1","间隔天数":"7","季节起":"11-15","季节止":"02-29","战时每日":"是"}"#,
        AREA,
    )]);
    let DirectoryRecord::KeyPlace(place) = &good(ImportKind::KeyPlaces, &other).records[0].record else {
        panic!("a key place")
    };
    let rule = place.rule.clone().unwrap();
    assert_eq!(rule.season.map(|s| (s.from, s.to)), Some(([11, 15], [2, 29])));
    assert!(rule.is_daily_in_emergency && place.outline.is_some());
    assert!((place.lat_deg - 28.305).abs() < 1e-9, "the middle of the outline");
    let table = "编号,名称,网格,纬度,经度,每周次数\nZ4,站,G1,28.3,120.9,3\n";
    assert_eq!(good(ImportKind::KeyPlaces, table).records.len(), 1);
}

#[test]
fn every_problem_of_key_places_and_unreachable_ground_is_told_with_its_feature() {
    let bad = features(&[
        (
            r#"{"code":"Z1","name":"a","grid":"G1","every_days":7,"times_a_week":2}"#,
            SPOT,
        ),
        (r#"{"code":"Z1","name":"b","grid":"G1","every_days":0}"#, SPOT),
        (
            r#"{"code":"Z3","name":"c","grid":"G1","every_days":7,"season_from":"13-01","season_to":"02-01"}"#,
            SPOT,
        ),
        (
            r#"{"code":"Z4","name":"d","grid":"G1"}"#,
            r#"{"type":"Point","coordinates":[28.3,120.9]}"#,
        ),
        (r#"{"code":"Z5","name":"e","grid":"G1"}"#, "null"),
        (
            r#"{"code":"Z6","name":"f","grid":"G1","excused_from":"2026-11-01"}"#,
            SPOT,
        ),
    ]);
    let told = said(ImportKind::KeyPlaces, bad.as_bytes());
    assert_told(
        &told,
        &[
            (1, "two rules for one place"),
            (2, "every_days `0`: is no number, or out of bounds"),
            (3, "is no month and day"),
            (4, "latitude and longitude are swapped"),
            (5, "geometry: must not be empty"),
            (6, "excused_to: must not be empty"),
        ],
    );
    let areas = features(&[
        (r#"{"code":"W1","name":"河","unit":"G1","reason":"水域"}"#, AREA),
        (r#"{"code":"W2","name":"河","unit":"G1","reason":"lava"}"#, AREA),
        (r#"{"code":"W3","name":"河","unit":"G1","reason":"water"}"#, SPOT),
    ]);
    let told = said(ImportKind::Unreachable, areas.as_bytes());
    assert_told(&told, &[(2, "reason `lava`"), (3, "is not an area")]);
    let good_one = features(&[(r#"{"code":"W1","name":"河","unit":"G9","reason":"水域"}"#, AREA)]);
    let file = good(ImportKind::Unreachable, &good_one);
    let told = planned(file, &township()).unwrap_err();
    assert_told(&told, &[(1, "G9")]);
}
