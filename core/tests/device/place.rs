//! Key places on the phone: due, visited on a patrol, checked, excused; and where one might go next.

use xunge_core::coverage::StopReason;
use xunge_core::error::Error;
use xunge_core::key_place::PlaceStanding;
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::sync::message::Item;

use crate::server::Server;
use crate::world::Handset;

const DAY_MS: i64 = 86_400_000;

fn standing(handset: &Handset) -> PlaceStanding {
    handset.device().key_places().unwrap().remove(0).standing
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_check_up_counts_at_once_is_sent_and_counts_on_other_phones() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    assert!(matches!(standing(&handset), PlaceStanding::Overdue { .. }));
    let device = handset.device();
    assert!(matches!(
        device.check_up("P9", true, "", None),
        Err(Error::NotFound("key place"))
    ));
    device.check_up("P1", true, "坝体完好", None).unwrap();
    let visited = PlaceStanding::Visited {
        next_on: day("2026-03-04"),
    };
    assert_eq!(standing(&handset), visited);
    let status = device.status().unwrap();
    assert_eq!((status.unsent_count, status.unsent_visit_count), (0, 1));
    assert!(handset.sync(&server).is_complete());
    assert_eq!(device.status().unwrap().unsent_visit_count, 0);
    let view = device.key_places().unwrap().remove(0);
    assert_eq!((view.visits.len(), view.visits[0].is_unsent), (1, false));
    let other = Handset::enrolled(&server, "w2", 2);
    assert_eq!(standing(&other), visited);
    handset.clock.forward_ms(3 * DAY_MS);
    let since = day("2026-03-05");
    assert_eq!(standing(&handset), PlaceStanding::Overdue { since });
}

#[test]
fn an_excuse_needs_a_reason_and_a_near_day_and_ends_by_itself() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 3);
    let device = handset.device();
    for (reason, until) in [
        (" ", "2026-03-05"),
        ("清淤", "2026-03-01"),
        ("清淤", "2026-04-20"),
    ] {
        assert!(
            device.excuse("P1", reason, day(until), None).is_err(),
            "{reason} {until}"
        );
    }
    device.excuse("P1", "清淤", day("2026-03-05"), None).unwrap();
    let excused = PlaceStanding::Excused {
        until: day("2026-03-05"),
        reason: "清淤".into(),
    };
    assert_eq!(standing(&handset), excused);
    handset.sync(&server);
    assert_eq!(server.kept().visits.len(), 1);
    handset.clock.forward_ms(4 * DAY_MS);
    assert!(standing(&handset).is_open(), "the excuse is over");
}

#[test]
fn a_patrol_that_stays_near_is_a_visit() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 4);
    handset.start();
    // The place lies 499 m north and 480 m east of the corner.
    handset.walk(499.0, 400.0, 14);
    for n in 0..20 {
        handset.walk_to(499.0, 478.0 + f64::from(n % 2));
    }
    assert!(matches!(standing(&handset), PlaceStanding::Visited { .. }));
    let view = handset.device().key_places().unwrap().remove(0);
    assert_eq!(view.visits[0].how, "patrol");
}

#[test]
fn the_suggestion_leads_to_what_is_due_and_unseen() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 5);
    let from = Position {
        lat_deg: 30.0045,
        lon_deg: 104.004,
    };
    let walk = handset.device().where_next(from).unwrap();
    assert!(!walk.stops.is_empty() && walk.distance_m <= 3_000.0);
    let is_place =
        |reason: &StopReason| matches!(reason, StopReason::PlaceDue { place, .. } if place == "P1");
    assert!(walk.stops.iter().any(|stop| is_place(&stop.reason)), "{walk:?}");
    handset.device().check_up("P1", true, "", None).unwrap();
    let walk = handset.device().where_next(from).unwrap();
    assert!(!walk.stops.iter().any(|stop| is_place(&stop.reason)));
}

#[test]
fn words_go_before_tracks() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 6);
    handset.start();
    handset.walk(300.0, 100.0, 5);
    handset.device().patrol_end().unwrap();
    handset.device().check_up("P1", true, "", None).unwrap();
    handset.sync(&server);
    let pushed = server.state.lock().unwrap().pushed.concat();
    assert!(
        matches!(pushed[..], [Item::Visit { .. }, Item::Track { .. }]),
        "{pushed:?}"
    );
}

#[test]
fn a_check_up_that_was_filled_in_elsewhere_is_kept_and_says_nothing_of_the_place() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 7);
    let claim = |lat_deg: f64| PlaceClaim {
        position: Position {
            lat_deg,
            lon_deg: 104.005,
        },
        accuracy_m: 10.0,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: 0,
    };
    let device = handset.device();
    device.check_up("P1", true, "", Some(&claim(30.02))).unwrap();
    assert!(matches!(standing(&handset), PlaceStanding::Overdue { .. }));
    assert_eq!(
        device.status().unwrap().unsent_visit_count,
        1,
        "it is kept and sent"
    );
    device.check_up("P1", true, "", Some(&claim(30.0045))).unwrap();
    assert!(matches!(standing(&handset), PlaceStanding::Visited { .. }));
}
