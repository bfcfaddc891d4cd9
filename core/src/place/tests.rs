//! Claims about `place`.

use proptest::prelude::*;

use super::*;

fn at(lat_deg: f64, lon_deg: f64) -> Position {
    Position { lat_deg, lon_deg }
}

fn claim(accuracy_m: f64, age_ms: i64) -> PlaceClaim {
    PlaceClaim {
        position: at(28.1, 120.9),
        accuracy_m,
        provider: Provider::Fused,
        is_mock: false,
        age_ms,
    }
}

#[test]
fn what_is_no_position_is_refused_with_its_reason() {
    assert_eq!(Position::new(f64::NAN, 120.0), Err(InvalidPosition::NotANumber));
    assert_eq!(
        Position::new(28.0, f64::INFINITY),
        Err(InvalidPosition::NotANumber)
    );
    assert_eq!(
        Position::new(120.9, 28.1),
        Err(InvalidPosition::Latitude { lat_deg: 120.9 })
    );
    assert_eq!(
        Position::new(28.1, 180.1),
        Err(InvalidPosition::Longitude { lon_deg: 180.1 })
    );
    assert_eq!(Position::new(-90.0, 180.0), Ok(at(-90.0, 180.0)));
}

#[test]
fn geojson_has_longitude_first() {
    assert_eq!(at(28.1, 120.9).to_geojson(), [120.9, 28.1]);
    assert_eq!(Position::from_geojson([120.9, 28.1]), Ok(at(28.1, 120.9)));
    assert!(Position::from_geojson([28.1, 120.9]).is_err());
}

#[test]
fn a_degree_of_latitude_is_111_195_metres() {
    assert!((at(28.0, 120.0).distance_m(&at(29.0, 120.0)) - 111_195.08).abs() < 0.01);
    let across = at(60.0, 120.0).distance_m(&at(60.0, 121.0));
    assert!((across - 55_597.0).abs() < 5.0, "{across}");
    assert!((at(0.0, 179.999).distance_m(&at(0.0, -179.999)) - 222.4).abs() < 0.1);
}

#[test]
fn quality_words_follow_the_accuracy() {
    use Quality as Q;
    let words = [
        5.0,
        10.0,
        10.1,
        30.0,
        99.0,
        101.0,
        0.0,
        -1.0,
        f64::NAN,
        f64::INFINITY,
    ];
    let words = words.map(|accuracy_m| claim(accuracy_m, 0).quality());
    let expected = [
        Q::Good,
        Q::Good,
        Q::Fair,
        Q::Fair,
        Q::Poor,
        Q::Bad,
        Q::Unknown,
        Q::Unknown,
        Q::Unknown,
        Q::Unknown,
    ];
    assert_eq!(words, expected);
}

#[test]
fn a_good_fix_is_taken_at_once_and_a_fair_one_after_eight_seconds() {
    let mut wait = Wait::default();
    assert_eq!(wait.advice(0), Advice::Wait(None));
    assert_eq!(
        wait.feed(claim(25.0, 0), 1_000),
        Advice::Wait(Some(claim(25.0, 0)))
    );
    assert_eq!(wait.advice(7_999), Advice::Wait(Some(claim(25.0, 0))));
    assert_eq!(wait.advice(8_000), Advice::TakeIt(claim(25.0, 0)));
    assert_eq!(wait.feed(claim(9.0, 0), 2_000), Advice::TakeIt(claim(9.0, 0)));
}

#[test]
fn after_half_a_minute_the_best_there_was_is_taken_and_nobody_is_held_up() {
    let mut wait = Wait::default();
    wait.feed(claim(3_000.0, 0), 500);
    wait.feed(claim(80.0, 0), 9_000);
    wait.feed(claim(500.0, 0), 12_000);
    assert_eq!(wait.advice(29_999), Advice::Wait(Some(claim(80.0, 0))));
    assert_eq!(wait.advice(30_000), Advice::TakeItAnyway(Some(claim(80.0, 0))));
    assert_eq!(Wait::default().advice(30_000), Advice::TakeItAnyway(None));
}

#[test]
fn a_stale_fix_never_ends_the_wait_and_gives_way_to_any_fresh_one() {
    let mut wait = Wait::default();
    assert_eq!(
        wait.feed(claim(4.0, 600_000), 0),
        Advice::Wait(Some(claim(4.0, 600_000)))
    );
    assert_eq!(wait.feed(claim(90.0, 0), 100), Advice::Wait(Some(claim(90.0, 0))));
    assert_eq!(wait.best(), Some(claim(90.0, 0)));
    assert!(claim(4.0, 60_001).is_stale() && !claim(4.0, -5).is_stale());
}

#[test]
fn a_fix_that_is_no_position_is_passed_over() {
    let mut broken = claim(3.0, 0);
    broken.position.lat_deg = f64::NAN;
    assert_eq!(Wait::default().feed(broken, 0), Advice::Wait(None));
    let mut unknown = Wait::default();
    unknown.feed(claim(f64::NAN, 0), 0);
    assert_eq!(
        unknown.feed(claim(400.0, 0), 1),
        Advice::Wait(Some(claim(400.0, 0)))
    );
}

#[test]
fn the_shift_in_beijing_is_the_published_one() {
    let shifted = wgs84_to_gcj02(at(39.907_375, 116.391_349));
    assert!(
        shifted.distance_m(&at(39.908_777, 116.397_591)) < 1.0,
        "{shifted:?}"
    );
}

#[test]
fn outside_china_both_datums_are_the_same() {
    for place in [at(51.5, -0.1), at(35.0, 140.0), at(-33.9, 151.2)] {
        assert_eq!(wgs84_to_gcj02(place), place);
        assert_eq!(gcj02_to_wgs84(place), place);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shifting_back_undoes_the_shift(lat in 3.0_f64..54.0, lon in 73.0_f64..136.0) {
        let wgs = at(lat, lon);
        let gcj = wgs84_to_gcj02(wgs);
        prop_assert!(gcj.distance_m(&wgs) > 1.0 && gcj.distance_m(&wgs) < 2_000.0);
        prop_assert!(gcj02_to_wgs84(gcj).distance_m(&wgs) < 0.001);
    }

    #[test]
    fn distance_is_the_same_both_ways_and_no_longer_over_a_third_place(
        lat in prop::array::uniform3(-90.0_f64..90.0), lon in prop::array::uniform3(-180.0_f64..180.0),
    ) {
        let [a, b, c] = [0, 1, 2].map(|i| at(lat[i], lon[i]));
        prop_assert!((a.distance_m(&b) - b.distance_m(&a)).abs() < 1e-6);
        prop_assert!(a.distance_m(&b) <= a.distance_m(&c) + c.distance_m(&b) + 1e-3);
        prop_assert!(a.distance_m(&a) == 0.0);
    }

    #[test]
    fn advice_always_comes_within_the_timeout(
        fixes in prop::collection::vec((1.0_f64..5_000.0, 0_i64..200_000, 0_i64..40_000), 0..20),
    ) {
        let mut wait = Wait::default();
        for (accuracy_m, age_ms, elapsed_ms) in fixes {
            let advice = wait.feed(claim(accuracy_m, age_ms), elapsed_ms);
            prop_assert_eq!(matches!(advice, Advice::Wait(_)) && elapsed_ms >= TIMEOUT_MS, false);
        }
        prop_assert!(!matches!(wait.advice(TIMEOUT_MS), Advice::Wait(_)));
    }
}
