//! Patrols: what is taken in, once, and in any order; what it comes to; who gets it.

use xunge_core::command::Outcome;
use xunge_core::coverage::{CoverageFold, CoverageRows, DayCoverage, GridGround, join_rows};
use xunge_core::directory::Sight;
use xunge_core::document::FieldEdit;
use xunge_core::id::PatrolId;
use xunge_core::key_place::{VisitClaim, VisitKind};
use xunge_core::patrol::{FixClock, FixDay, Segment};
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::sync::message::{BackfillPosition, Item, ItemResult, RefusedCode};
use xunge_core::time::Timestamp;

use crate::phone::{Phone, change_item};
use crate::scope::synced;
use crate::walk::{
    SIDE_E6, SOUTH, WEST, Walk, cells, coverage, drawn, drawn_world, outline, school, track, visit,
};
use crate::world::{START, World, change, operator, unit};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

fn code(result: &ItemResult) -> RefusedCode {
    match result {
        ItemResult::Refused { code, .. } => *code,
        other => panic!("not refused: {other:?}"),
    }
}

/// What core makes of segments, without any server.
fn folded(segments: &[Segment]) -> CoverageRows {
    let ground = |grid: &str, west: i32| {
        let outline = outline(west, SOUTH, SIDE_E6, SIDE_E6);
        (GridGround::new(unit(grid), &outline, []).unwrap(), Sight::Village)
    };
    let grids = vec![ground("G1", WEST), ground("G2", WEST + SIDE_E6)];
    let fold = CoverageFold::new(unit("T1"), Sight::Village, chrono_tz::Asia::Shanghai, grids);
    let mut rows = CoverageRows::new();
    for segment in segments {
        join_rows(&mut rows, &fold.rows(segment));
    }
    rows
}

/// Everything that a phone of the room gets of the township's coverage by backfill.
pub(crate) fn of_room(world: &World) -> Vec<xunge_core::sync::message::GridCoverage> {
    let mut room = synced(world, "room");
    backfilled(world, &mut room, &["G1", "G2"])
}

fn backfilled(
    world: &World,
    phone: &mut Phone,
    grids: &[&str],
) -> Vec<xunge_core::sync::message::GridCoverage> {
    let mut request = phone.request(Vec::new());
    request.backfill = grids
        .iter()
        .map(|grid| BackfillPosition {
            feed: phone.township.clone(),
            grid: Some(unit(grid)),
            after: None,
        })
        .collect();
    let answer = world.service.sync(&phone.caller, &request).unwrap();
    phone.take(&answer);
    coverage(&answer)
}

#[test]
fn the_server_s_cells_are_those_that_core_makes_of_the_same_segments_in_any_order_and_number() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    // From the first grid into the second.
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-90 * MINUTE_MS));
    let segments: Vec<Segment> = (0..5).map(|n| walk.segment(&phone, n, 20)).collect();
    for n in [3usize, 0, 4, 1, 3, 2, 0] {
        phone.push(&world, vec![track(&segments[n])]);
    }
    let expected = folded(&segments);
    let held = of_room(&world);
    assert_eq!(held.len(), 2, "both grids, one day");
    for row in &held {
        let key = (row.grid.clone(), row.on.parse::<FixDay>().unwrap());
        assert_eq!(cells(row), expected[&key].seen, "{key:?}");
        assert!(!cells(row).is_empty());
    }
    assert_eq!(held[0].patrols, vec![walk.patrol]);
    assert!(
        held[1].patrols.is_empty(),
        "the patrol was meant for the first grid"
    );
    world.assert_sound();
}

#[test]
fn who_is_on_patrol_near_by_is_asked_to_look_first_and_an_old_walk_says_nothing_of_now() {
    let world = drawn_world();
    let mut worker = synced(&world, "w1");
    let (made, _) = worker.submit(&world, "G1");
    let near = |who: &str| {
        let found = world
            .service
            .near_workers(&operator("room"), &xunge_server::service::ReportRef::Id(made.id))
            .unwrap();
        found
            .into_iter()
            .find(|worker| worker.person.as_str() == who)
            .unwrap()
    };
    let mut other = synced(&world, "w2");
    let old = Walk::new(&mut other, "G2", START.plus_ms(-300 * MINUTE_MS));
    other.push(&world, vec![track(&old.segment(&other, 0, 20))]);
    assert_eq!(near("w2").heard_at, None, "sent late");
    let walk = Walk::new(&mut other, "G2", START.plus_ms(-2 * MINUTE_MS));
    other.push(&world, vec![track(&walk.segment(&other, 0, 20))]);
    assert_eq!(near("w2").heard_at, Some(START));
    world.clock.pass_ms(40 * MINUTE_MS);
    assert_eq!(near("w2").heard_at, None, "he may be anywhere by now");
}

#[test]
fn a_segment_that_is_replayed_a_thousand_times_is_stored_once() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    let item = track(&walk.segment(&phone, 0, 20));
    let mut results = phone.push(&world, vec![item.clone(); 500]);
    results.extend(phone.push(&world, vec![item; 500]));
    assert_eq!(results[0], ItemResult::Stored);
    assert!(results[1..].iter().all(|r| *r == ItemResult::Duplicate));
    assert_eq!(world.service.counts().unwrap().tracks, 1);
    let head = phone.cursor;
    phone.sync(&world, Vec::new());
    assert_eq!(phone.cursor, head, "a replay adds no row to the feed");
    world.assert_sound();
}

#[test]
fn forged_foreign_and_overlapping_segments_are_refused_by_name() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    let other = synced(&world, "w2");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    let first = walk.segment(&phone, 0, 20);
    let mut taken = walk.segment(&phone, 0, 21);
    taken.header.boot = 8;
    let mut overlapping = walk.segment(&phone, 1, 20);
    overlapping.header.begun_at = first.header.begun_at;
    let mut person = first.clone();
    person.header.person = other.person.clone();
    let Item::Track { bytes } = track(&first) else {
        panic!()
    };
    let mut altered = bytes.to_vec();
    altered[60] ^= 1;
    let results = phone.push(
        &world,
        vec![
            track(&first),
            track(&taken),
            track(&overlapping),
            track(&walk.segment(&other, 3, 20)),
            track(&person),
            Item::Track {
                bytes: bytes[..bytes.len() / 2].to_vec().into(),
            },
            Item::Track {
                bytes: vec![0; 40_000].into(),
            },
        ],
    );
    assert_eq!(results[0], ItemResult::Stored);
    assert_eq!(code(&results[1]), RefusedCode::NameReused);
    assert_eq!(code(&results[2]), RefusedCode::NotAllowed);
    assert_eq!(code(&results[3]), RefusedCode::NotYours);
    assert_eq!(code(&results[4]), RefusedCode::NotYours);
    assert_eq!(code(&results[5]), RefusedCode::Malformed);
    assert_eq!(code(&results[6]), RefusedCode::TooLarge);
    let altered = phone.push(
        &world,
        vec![Item::Track {
            bytes: altered.into(),
        }],
    );
    assert!(matches!(altered[0], ItemResult::Refused { .. }), "{altered:?}");
    assert_eq!(world.service.counts().unwrap().tracks, 1);
    world.assert_sound();
}

#[test]
fn a_track_on_a_shifted_map_is_said_and_not_stored() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    let mut walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    let at = xunge_core::place::Position {
        lat_deg: f64::from(walk.lat_e6) / 1e6,
        lon_deg: f64::from(walk.lon_e6) / 1e6,
    };
    let shifted = xunge_core::place::MicroPosition::of(xunge_core::place::wgs84_to_gcj02(at)).unwrap();
    (walk.lat_e6, walk.lon_e6) = (shifted.lat_e6, shifted.lon_e6);
    let results = phone.push(&world, walk.items(&phone, 0..1, 60));
    assert_eq!(code(&results[0]), RefusedCode::NotAllowed);
    assert_eq!(world.service.counts().unwrap().tracks, 0);
}

#[test]
fn no_phone_gets_cells_outside_its_scope_and_nobody_gets_a_track() {
    let world = drawn_world();
    let mut walker = synced(&world, "w1");
    let [mut chief, mut neighbour, mut village, mut abroad] =
        ["c1", "c2", "v1", "w9"].map(|who| synced(&world, who));
    let walk = Walk::new(&mut walker, "G1", START.plus_ms(-60 * MINUTE_MS));
    let mine = walker.sync(&world, walk.items(&walker, 0..1, 20));
    let grids = |answer: &_| -> Vec<String> { coverage(answer).iter().map(|c| c.grid.to_string()).collect() };
    assert_eq!(
        grids(&mine),
        ["G1"],
        "also the walker's own phone: others may have been there before"
    );
    assert_eq!(grids(&chief.sync(&world, Vec::new())), ["G1"]);
    assert_eq!(grids(&village.sync(&world, Vec::new())), ["G1"]);
    assert!(grids(&neighbour.sync(&world, Vec::new())).is_empty());
    assert!(grids(&abroad.sync(&world, Vec::new())).is_empty());
    assert_eq!(
        neighbour.cursor, chief.cursor,
        "the cursor moves past what is not seen"
    );
    assert!(backfilled(&world, &mut neighbour, &["G1", "T1"]).is_empty());
    assert_eq!(backfilled(&world, &mut chief, &["G1"]).len(), 1);
    // The bytes of an answer hold neither the track nor whose it was.
    let (_, bytes) = walk.segment(&walker, 0, 20).encode().unwrap();
    let answer = minicbor::to_vec(village.sync(&world, Vec::new())).unwrap();
    let all = minicbor::to_vec(coverage(&mine)).unwrap();
    for told in [answer, all] {
        assert!(!told.windows(16).any(|w| w == walker.install.as_bytes()));
        assert!(!told.windows(40).any(|w| bytes.windows(40).any(|b| b == w)));
    }
}

#[test]
fn only_the_latest_row_of_a_grid_and_day_is_served_and_it_holds_everything() {
    let world = drawn_world();
    let mut walker = synced(&world, "w1");
    let mut chief = synced(&world, "c1");
    let walk = Walk::new(&mut walker, "G1", START.plus_ms(-60 * MINUTE_MS));
    for n in 0..3 {
        walker.push(&world, walk.items(&walker, n..n + 1, 15));
    }
    let got = coverage(&chief.sync(&world, Vec::new()));
    assert_eq!(got.len(), 1);
    let segments: Vec<Segment> = (0..3).map(|n| walk.segment(&walker, n, 15)).collect();
    let expected = folded(&segments);
    assert_eq!(cells(&got[0]), expected.values().next().unwrap().seen);
}

#[test]
fn a_patrol_over_midnight_and_month_s_end_counts_for_both_days_and_one_without_a_clock_for_none() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    // 2026-11-30 23:58 in Shanghai, pushed the day after.
    world.clock.pass_ms(8 * DAY_MS);
    let midnight = Timestamp(1_796_054_400_000);
    let walk = Walk::new(&mut phone, "G1", midnight.plus_ms(-2 * MINUTE_MS));
    phone.push(&world, walk.items(&phone, 0..1, 48));
    let mut lost = Walk::new(&mut phone, "G1", Timestamp(3_600_000));
    lost.clock = FixClock::Unknown;
    phone.push(&world, lost.items(&phone, 0..1, 10));
    // A satellite clock of a year to come is no clock.
    let ahead = Walk::new(&mut phone, "G1", midnight.plus_ms(3_650 * DAY_MS));
    phone.push(&world, ahead.items(&phone, 0..1, 30));
    let days: Vec<String> = of_room(&world).iter().map(|c| c.on.clone()).collect();
    assert_eq!(days, ["2026-11-30", "2026-12-01", "unknown"]);
    world.assert_sound();
}

#[test]
fn a_re_drawn_grid_keeps_what_was_seen_and_its_phones_get_it() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    // East of both grids, where nothing is drawn.
    let mut walk = Walk::new(&mut phone, "G2", START.plus_ms(-60 * MINUTE_MS));
    walk.lon_e6 = WEST + 2 * SIDE_E6 + 500;
    phone.push(&world, walk.items(&phone, 0..1, 40));
    let held = of_room(&world);
    assert_eq!(held.len(), 1, "the patrol served the second grid");
    assert!(cells(&held[0]).is_empty(), "and saw nothing of it");
    let mut neighbour = synced(&world, "w2");
    let wider = drawn("G2", Some(outline(WEST + SIDE_E6, SOUTH, 2 * SIDE_E6, SIDE_E6)));
    let mut change = change(wider);
    change.valid_from = START;
    world
        .service
        .directory_apply(&operator("room"), &[change])
        .unwrap();
    world.clock.pass_ms(MINUTE_MS);
    world.service.tick(world.service.now()).unwrap();
    let got = coverage(&neighbour.sync(&world, Vec::new()));
    assert_eq!(got.len(), 1);
    assert!(cells(&got[0]).len() > 20, "{} cells", cells(&got[0]).len());
    world.service.tick(world.service.now()).unwrap();
    assert!(coverage(&neighbour.sync(&world, Vec::new())).is_empty(), "once");
    world.assert_sound();
}

#[test]
fn a_grid_without_an_outline_has_visits() {
    let world = World::new();
    let mut phone = synced(&world, "w1");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    phone.push(&world, walk.items(&phone, 0..1, 20));
    let held = of_room(&world);
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].patrols, vec![walk.patrol]);
    world.assert_sound();
}

#[test]
fn what_a_revoked_phone_walked_goes_to_the_review_list_and_can_be_taken_in() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    world
        .service
        .install_revoke(&operator("room"), phone.install)
        .unwrap();
    let results = phone.push(&world, walk.items(&phone, 0..1, 20));
    assert_eq!(results, vec![ItemResult::ReviewList]);
    assert!(of_room(&world).is_empty());
    let item = &world.service.review_list(&operator("room"), 9).unwrap()[0];
    assert_eq!(item.kind, "track");
    let taken = world
        .service
        .review_settle(&operator("room"), item.number, true)
        .unwrap();
    assert_eq!(taken, ItemResult::Stored);
    assert_eq!(of_room(&world).len(), 1);
    world.assert_sound();
}

fn claim(lon_e6: i32, is_mock: bool) -> Option<VisitClaim> {
    Some(VisitClaim {
        lat_e6: SOUTH + SIDE_E6 / 2,
        lon_e6,
        accuracy_m: Some(10),
        is_mock,
        age_ms: 500,
    })
}

#[test]
fn a_report_that_is_handed_in_at_a_key_place_is_a_visit() {
    let world = drawn_world();
    let place = school("G1", SOUTH + SIDE_E6 / 2, WEST + 1_000);
    world
        .service
        .directory_apply(&operator("room"), &[change(place)])
        .unwrap();
    let mut phone = synced(&world, "w1");
    for lon_deg in [120.901, 120.904] {
        let mut made = phone.make("G1");
        let at = PlaceClaim {
            position: Position {
                lat_deg: 28.3025,
                lon_deg,
            },
            accuracy_m: 8.0,
            provider: Provider::Satellite,
            is_mock: false,
            age_ms: 100,
        };
        let edit = FieldEdit::SetPlace(Some(at));
        let placed = made.document.edit(&[edit], phone.actor, 2).unwrap().unwrap();
        let command = phone.submission(&made);
        let items = vec![
            made.change_item(),
            change_item(made.id, &placed.bytes),
            phone.sign(&command),
        ];
        let results = phone.push(&world, items);
        assert_eq!(phone.outcome(&results[2]), Outcome::Accepted);
    }
    let held = of_room(&world);
    let visits: Vec<&str> = held
        .iter()
        .flat_map(|day| &day.visits)
        .map(|v| v.how.as_str())
        .collect();
    assert_eq!(visits, ["report"], "the other one was far away");
    world.assert_sound();
}

#[test]
fn key_places_are_visited_by_patrols_and_check_ups_and_may_be_excused() {
    let world = drawn_world();
    let place = school("G1", SOUTH + SIDE_E6 / 2, WEST + 1_000);
    world
        .service
        .directory_apply(&operator("room"), &[change(place)])
        .unwrap();
    let mut phone = synced(&world, "w1");
    // Slow enough to be near for a minute; the stay runs over the seam of two segments that come in the wrong order.
    let mut walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    walk.step_e6 = 10;
    walk.lon_e6 = WEST + 700;
    for n in [1, 0, 2] {
        phone.push(&world, walk.items(&phone, n..n + 1, 20));
    }
    let check_up = || VisitKind::CheckUp {
        all_right: true,
        text: String::new(),
    };
    let excused = VisitKind::Excused {
        reason: "停业".into(),
        until: "2026-11-25".into(),
    };
    let items = vec![
        visit(&phone, "school", START, check_up(), claim(WEST + 1_050, false)),
        visit(
            &phone,
            "school",
            START.plus_ms(1),
            check_up(),
            claim(WEST + 4_900, false),
        ),
        visit(
            &phone,
            "school",
            START.plus_ms(2),
            check_up(),
            claim(WEST + 1_050, true),
        ),
        visit(&phone, "school", START.plus_ms(3), excused, None),
        visit(&phone, "castle", START, check_up(), None),
    ];
    let again = items[0].clone();
    let results = phone.push(&world, items);
    assert_eq!(results[..4], [const { ItemResult::Stored }; 4]);
    assert_eq!(code(&results[4]), RefusedCode::NotAllowed);
    assert_eq!(phone.push(&world, vec![again]), vec![ItemResult::Duplicate]);
    let mut told: Vec<(String, String)> = of_room(&world)
        .into_iter()
        .flat_map(|day| {
            let reason = |how: &str| (how == "excused").then(|| "停业".to_owned());
            for visit in &day.visits {
                assert_eq!(visit.reason, reason(&visit.how), "others are told why");
            }
            day.visits.into_iter().map(move |v| (day.on.clone(), v.how))
        })
        .collect();
    told.sort();
    let wanted = [
        ("2026-11-23", "check_up"),
        ("2026-11-23", "excused"),
        ("2026-11-23", "patrol"),
        ("2026-11-24", "excused"),
        ("2026-11-25", "excused"),
    ];
    let wanted: Vec<(String, String)> = wanted.map(|(on, how)| (on.into(), how.into())).into();
    assert_eq!(told, wanted, "far away and made up say nothing of the place");
    world.assert_sound();
}

#[test]
fn an_empty_segment_is_kept_and_says_that_a_patrol_was_there() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    let mut empty = walk.segment(&phone, 0, 1);
    empty.fixes.clear();
    assert_eq!(phone.push(&world, vec![track(&empty)]), vec![ItemResult::Stored]);
    let held = of_room(&world);
    assert_eq!((held.len(), held[0].patrols.len()), (1, 1));
    assert_eq!(DayCoverage::new().seen, cells(&held[0]));
    let _: PatrolId = held[0].patrols[0];
}
