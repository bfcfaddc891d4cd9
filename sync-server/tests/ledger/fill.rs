//! What older layouts did not keep is filled in once, what is kept is compared with the story, and who is near is asked first.

use xunge_core::command::{Action, Assignment, State};
use xunge_core::directory::{DirectoryRecord, Person, Role, UnitKind};
use xunge_core::document::FieldEdit;
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::time::Timestamp;
use xunge_server::limits::Limits;
use xunge_server::service::{DirectoryChange, QueueQuery, ReportRef};

use crate::phone::{Made, Phone, change_item};
use crate::scope::synced;
use crate::tamper::tamper;
use crate::walk::{SIDE_E6, SOUTH, WEST, Walk, drawn_world};
use crate::world::{START, World, operator, person, post, unit, unit_record};

/// Leaves the database as an older program left it.
fn spoil(world: &World, sql: &str) {
    assert!(tamper(&world.database, sql) > 0, "{sql}");
}

#[test]
fn outcomes_that_an_older_layout_did_not_keep_are_filled_in_at_the_first_start() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (made, _) = worker.submit(&world, "G1");
    world.act("c1", made.id, Action::Approve);
    world.act("room", made.id, Action::Accept);
    let to = vec![Assignment::lead(unit("D1"))];
    world.act("room", made.id, Action::Dispatch { to });
    let all = QueueQuery {
        feed: Some(unit("T1")),
        ..QueueQuery::default()
    };
    let was = world.service.queue(&operator("room"), &all).unwrap();
    world.assert_sound();
    spoil(&world, "UPDATE reports SET lead = NULL, reworks = 7");
    let found = world.service.verify(None).unwrap().problems;
    assert!(found.iter().any(|line| line.contains("outcome")), "{found:?}");
    // What was filled in once is not looked at again …
    let world = world.reopened(Limits::default());
    assert!(!world.service.verify(None).unwrap().problems.is_empty());
    // … and a database of the older layout has no mark that it was.
    spoil(&world, "DELETE FROM meta WHERE key = 'filled'");
    let world = world.reopened(Limits::default());
    world.assert_sound();
    let is = world.service.queue(&operator("room"), &all).unwrap();
    assert_eq!(was, is);
    assert_eq!(is.rows[0].state, State::Dispatched);
}

/// Says where a report is: in the middle of the first grid.
fn place_in_g1(world: &World, reporter: &mut Phone, made: &mut Made) {
    let here = Position {
        lat_deg: f64::from(SOUTH + SIDE_E6 / 2) / 1e6,
        lon_deg: f64::from(WEST + SIDE_E6 / 2) / 1e6,
    };
    let place = PlaceClaim {
        position: here,
        accuracy_m: 8.0,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: 100,
    };
    let edit = made
        .document
        .edit(&[FieldEdit::SetPlace(Some(place))], reporter.actor, 2)
        .unwrap()
        .unwrap();
    reporter.push(world, vec![change_item(made.id, &edit.bytes)]);
}

/// Workers of the report's grid, its village and another village. The codes run against the order that is asked for; `b-all` holds
/// three posts.
fn people_of_three_grids(world: &World) {
    let mut records = vec![
        unit_record("V2", UnitKind::Village, Some("T1")),
        unit_record("G3", UnitKind::Grid, Some("V2")),
    ];
    for (who, at) in [
        ("a-rest", "G3"),
        ("b-all", "G3"),
        ("b-all", "G2"),
        ("b-all", "G1"),
        ("c-village", "G2"),
        ("d-grid", "G1"),
        ("e-far", "G3"),
        ("f-near", "G3"),
        ("g-old", "G3"),
    ] {
        records.push(DirectoryRecord::Person(Person {
            id: person(who),
            name: who.into(),
            telephone: None,
        }));
        records.push(post(&format!("{who}-{at}"), at, Role::Worker, who, None));
    }
    let changes = records.into_iter().map(|record| DirectoryChange {
        record,
        valid_from: Timestamp(0),
        valid_to: None,
    });
    let changes: Vec<_> = changes.collect();
    world
        .service
        .directory_apply(&operator("room"), &changes)
        .unwrap();
}

#[test]
fn beyond_those_on_patrol_come_those_of_the_grid_then_of_the_village_then_the_rest_each_once() {
    let world = drawn_world();
    people_of_three_grids(&world);
    let mut reporter = synced(&world, "w1");
    let (mut made, _) = reporter.submit(&world, "G1");
    place_in_g1(&world, &mut reporter, &mut made);
    let walks = |who: &str, grid: &str, begun_at: Timestamp| {
        let mut walker = synced(&world, who);
        let walk = Walk::new(&mut walker, grid, begun_at);
        let items = walk.items(&walker, 0..1, 60);
        walker.push(&world, items);
    };
    walks("g-old", "G1", START);
    world.clock.pass_ms(60 * 60_000);
    walks("e-far", "G2", START.plus_ms(50 * 60_000));
    walks("f-near", "G1", START.plus_ms(50 * 60_000));
    let near = world
        .service
        .near_workers(&operator("room"), &ReportRef::Id(made.id))
        .unwrap();
    let people: Vec<_> = near.iter().map(|worker| worker.person.as_str()).collect();
    assert_eq!(
        people,
        [
            "f-near",
            "e-far",
            "b-all",
            "d-grid",
            "c-village",
            "w2",
            "a-rest",
            "g-old"
        ],
        "on patrol by distance, the grid, the village, the rest; an old position counts for nothing"
    );
    let known: Vec<_> = near.iter().map(|worker| worker.distance_m.is_some()).collect();
    assert_eq!(known[..3], [true, true, false]);
    assert_eq!(near[2].grid, unit("G1"));
}

#[test]
fn who_is_on_patrol_near_by_is_asked_first_then_those_of_the_grid_then_the_others() {
    let world = drawn_world();
    let mut reporter = synced(&world, "w1");
    let (mut made, _) = reporter.submit(&world, "G1");
    place_in_g1(&world, &mut reporter, &mut made);
    let near = |world: &World| {
        let all = world
            .service
            .near_workers(&operator("room"), &ReportRef::Id(made.id))
            .unwrap();
        let told = all
            .into_iter()
            .map(|w| (w.person.to_string(), w.distance_m.is_some()));
        told.collect::<Vec<_>>()
    };
    let before = near(&world);
    assert!(
        before.iter().all(|(who, is_near)| who != "w1" && !is_near),
        "{before:?}"
    );
    // Somebody of the neighbouring grid walks by.
    let mut walker = synced(&world, "w2");
    let walk = Walk::new(&mut walker, "G2", START);
    world.clock.pass_ms(10 * 60_000);
    let items = walk.items(&walker, 0..1, 60);
    walker.push(&world, items);
    let after = near(&world);
    assert_eq!(after[0], ("w2".to_owned(), true), "{after:?}");
    // An hour later nobody knows where he is.
    world.clock.pass_ms(60 * 60_000);
    assert!(near(&world).iter().all(|(_, is_near)| !is_near));
}
