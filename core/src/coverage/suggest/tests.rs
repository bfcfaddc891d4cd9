//! Claims about suggestions.

use super::*;
use crate::coverage::OutlineCells;
use crate::patrol::sample::{block, position};

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).expect("a day")
}

fn cells(west_m: f64, south_m: f64, east_m: f64, north_m: f64) -> CellSet {
    OutlineCells::of(&block(west_m, south_m, east_m, north_m))
        .expect("an outline")
        .cells
}

#[test]
fn the_walk_is_short_goes_to_old_ground_and_says_why() {
    let ground = cells(-600.0, -600.0, 600.0, 600.0);
    let seen = [
        (day(21), cells(-600.0, -600.0, 600.0, 300.0)),
        (day(2), cells(-600.0, 300.0, 0.0, 600.0)),
    ];
    let last = LastSeen::new(&ground, seen.iter().map(|(day, cells)| (*day, cells)), day(22));
    let here = position(0.0, 200.0);
    let suggestion = suggest(here, &last, &[], day(22));
    assert!((1..=6).contains(&suggestion.stops.len()));
    assert!(suggestion.distance_m <= 3_000.0);
    let sum: f64 = suggestion.stops.iter().map(|stop| stop.distance_m).sum();
    assert!((sum - suggestion.distance_m).abs() < 1e-6);
    for stop in &suggestion.stops {
        assert!(
            stop.position.lat_deg > position(0.0, 290.0).lat_deg,
            "yesterday's ground is fresh"
        );
        let StopReason::Unseen { days } = stop.reason else {
            panic!("no place is due");
        };
        let is_east = stop.position.lon_deg > position(0.0, 0.0).lon_deg;
        assert_eq!(days, if is_east { None } else { Some(20) });
    }
    assert_eq!(suggestion, suggest(here, &last, &[], day(22)), "asked twice");
}

#[test]
fn a_place_that_is_late_comes_before_old_ground_and_what_is_far_is_left_out() {
    let last = LastSeen {
        never: cells(-300.0, -300.0, 300.0, 300.0),
        ..LastSeen::default()
    };
    let places = [
        ("school".to_owned(), position(100.0, 0.0), true),
        ("dam".to_owned(), position(9_000.0, 0.0), true),
    ];
    let suggestion = suggest(position(0.0, 0.0), &last, &places, day(22));
    assert_eq!(
        suggestion.stops[0].reason,
        StopReason::PlaceDue {
            place: "school".to_owned(),
            is_overdue: true
        }
    );
    assert!(suggestion.stops.iter().all(|stop| stop.distance_m < 3_000.0));
}

#[test]
fn where_all_was_seen_nothing_is_suggested() {
    let seen = cells(-300.0, -300.0, 300.0, 300.0);
    let last = LastSeen::new(&seen, [(day(21), &seen)], day(22));
    assert_eq!(
        suggest(position(0.0, 0.0), &last, &[], day(22)),
        Suggestion::default()
    );
    let nowhere = Position {
        lat_deg: f64::NAN,
        lon_deg: 0.0,
    };
    assert_eq!(suggest(nowhere, &last, &[], day(22)), Suggestion::default());
}
