//! Who gets to see what: scopes, grants, moves, revocation.

use xunge_core::command::{Action, Assignment, Classification, Outcome, Reason, Refusal, State, Urgency};
use xunge_core::directory::Role;
use xunge_core::id::ReportId;
use xunge_core::sync::message::{Item, ItemResult, Notice, PROTOCOL, Payload, SyncAnswer};

use xunge_server::service::ReportRef;

use crate::phone::Phone;
use crate::world::{World, account, change, operator, person, post, unit};

/// What an answer brings of one report: `E`nter, `L`eave, `c`hange, `e`vent.
pub(crate) fn brought(answer: &SyncAnswer, report: ReportId) -> String {
    let rows = answer.pages.iter().flat_map(|p| &p.rows);
    rows.filter_map(|row| match &row.payload {
        Payload::Enter { bundle } if bundle.report == report => Some('E'),
        Payload::Leave { report: r } if *r == report => Some('L'),
        Payload::Change { report: r, .. } if *r == report => Some('c'),
        Payload::Event { report: r, .. } if *r == report => Some('e'),
        _ => None,
    })
    .collect()
}

pub(crate) fn synced(world: &World, who: &str) -> Phone {
    let mut phone = world.phone(who);
    phone.sync(world, Vec::new());
    assert!(phone.scope.is_some());
    phone
}

/// Takes a report as far as the room's hands.
fn accepted(world: &World, worker: &mut Phone, grid: &str) -> ReportId {
    let made = worker.make_of(grid, "banner", Urgency::Urgent);
    let command = worker.submission(&made);
    let results = worker.push(world, vec![made.change_item(), worker.sign(&command)]);
    assert_eq!(worker.outcome(&results[1]), Outcome::Accepted);
    assert_eq!(world.act("room", made.id, Action::Accept), Outcome::Accepted);
    made.id
}

#[test]
fn a_new_report_enters_with_its_submission_for_those_in_scope_and_nobody_else() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let [mut chief, mut other, mut room] = ["c1", "c2", "room"].map(|who| synced(&world, who));
    let (made, _) = worker.submit(&world, "G1");
    assert_eq!(brought(&chief.sync(&world, Vec::new()), made.id), "E");
    assert_eq!(brought(&room.sync(&world, Vec::new()), made.id), "E");
    let nothing = other.sync(&world, Vec::new());
    assert_eq!(brought(&nothing, made.id), "");
    assert_eq!(
        other.cursor, chief.cursor,
        "the cursor moves past what is not seen"
    );
    assert_eq!(brought(&chief.sync(&world, Vec::new()), made.id), "");
}

#[test]
fn what_a_phone_pushed_is_not_sent_back_to_it_and_reaches_its_owners_other_phone() {
    let world = World::new();
    let mut first = synced(&world, "w1");
    let mut second = synced(&world, "w1");
    let (made, _) = first.submit(&world, "G1");
    assert_eq!(brought(&first.sync(&world, Vec::new()), made.id), "");
    assert_eq!(brought(&second.sync(&world, Vec::new()), made.id), "ce");
}

#[test]
fn the_authors_signature_stays_with_the_server() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let mut chief = synced(&world, "c1");
    worker.submit(&world, "G1");
    let answer = chief.sync(&world, Vec::new());
    let Payload::Enter { bundle } = &answer.pages[0].rows[0].payload else {
        panic!("{answer:?}")
    };
    assert!(bundle.events.iter().all(|e| e.command.signature.is_none()));
}

#[test]
fn a_report_that_changes_grid_leaves_one_chief_and_enters_for_the_other() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let report = accepted(&world, &mut worker, "G1");
    let [mut first, mut second, mut room] = ["c1", "c2", "room"].map(|who| synced(&world, who));
    let to = Classification {
        grid: Some(unit("G2")),
        ..Classification::default()
    };
    assert_eq!(
        world.act("room", report, Action::Classify { to }),
        Outcome::Accepted
    );
    assert_eq!(brought(&first.sync(&world, Vec::new()), report), "L");
    assert_eq!(brought(&second.sync(&world, Vec::new()), report), "E");
    assert_eq!(brought(&room.sync(&world, Vec::new()), report), "E");
    assert_eq!(
        brought(&worker.sync(&world, Vec::new()), report),
        "ee",
        "the author follows what he began"
    );
    world.assert_sound();
}

#[test]
fn a_dispatched_report_enters_for_the_department_alone() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let mut department = synced(&world, "dept");
    let report = accepted(&world, &mut worker, "G1");
    assert_eq!(brought(&department.sync(&world, Vec::new()), report), "");
    let to = vec![Assignment::lead(unit("D1"))];
    assert_eq!(
        world.act("room", report, Action::Dispatch { to }),
        Outcome::Accepted
    );
    assert_eq!(brought(&department.sync(&world, Vec::new()), report), "E");
    let sign = Action::Sign { unit: unit("D1") };
    assert_eq!(world.act("dept", report, sign), Outcome::Accepted);
    assert_eq!(brought(&department.sync(&world, Vec::new()), report), "e");
    assert_eq!(world.state(report), State::Handling);
    world.assert_sound();
}

#[test]
fn a_dispatch_that_is_taken_back_leaves_the_department_unless_it_has_acted() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let mut department = synced(&world, "dept");
    let report = accepted(&world, &mut worker, "G1");
    let dispatch = || Action::Dispatch {
        to: vec![Assignment::lead(unit("D1"))],
    };
    let story = || {
        let named = ReportRef::Id(report);
        world.service.report_story(&account("dept"), &named, None)
    };
    assert_eq!(world.act("room", report, dispatch()), Outcome::Accepted);
    assert_eq!(brought(&department.sync(&world, Vec::new()), report), "E");
    assert!(story().is_ok());
    assert_eq!(world.act("room", report, Action::Withdraw), Outcome::Accepted);
    assert!(story().is_err(), "at the desk it is gone at once");
    let sign = Action::Sign { unit: unit("D1") };
    let late = department.command(report, sign, None, Vec::new());
    let answer = department.sync(&world, vec![department.sign(&late)]);
    assert_eq!(
        department.outcome(&answer.results[0]),
        Outcome::Refused(Refusal::DecidedMeanwhile),
        "who signed without a signal is told"
    );
    assert_eq!(brought(&answer, report), "L");
    assert_eq!(brought(&department.sync(&world, Vec::new()), report), "");
    assert_eq!(brought(&worker.sync(&world, Vec::new()), report), "eeee");
    let mut late = synced(&world, "dept");
    assert_eq!(brought(&late.sync(&world, Vec::new()), report), "");
    // What comes again is whole again, and stays with those who did something.
    assert_eq!(world.act("room", report, dispatch()), Outcome::Accepted);
    assert_eq!(brought(&department.sync(&world, Vec::new()), report), "E");
    let back = Action::HandBack {
        unit: unit("D1"),
        proposal: None,
    };
    let why = Some(Reason::words("不归我们管"));
    assert_eq!(world.act_with("dept", report, back, why), Outcome::Accepted);
    assert_eq!(world.act("room", report, dispatch()), Outcome::Accepted);
    assert_eq!(world.act("room", report, Action::Withdraw), Outcome::Accepted);
    assert_eq!(brought(&department.sync(&world, Vec::new()), report), "eee");
    assert!(story().is_ok());
    world.assert_sound();
}

#[test]
fn somebody_asked_to_check_sees_that_report() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let mut neighbour = synced(&world, "w2");
    let report = accepted(&world, &mut worker, "G1");
    let check = Action::Check { who: person("w2") };
    assert_eq!(world.act("room", report, check), Outcome::Accepted);
    assert_eq!(brought(&neighbour.sync(&world, Vec::new()), report), "E");
}

#[test]
fn a_sensitive_report_is_seen_by_its_chief_and_the_room_but_not_by_a_fellow_worker() {
    let world = World::new();
    let fellow = post("P-w1b", "G1", Role::Worker, "w2", None);
    world
        .service
        .directory_apply(&operator("room"), &[change(fellow)])
        .unwrap();
    let mut worker = synced(&world, "w1");
    let [mut fellow, mut chief, mut room] = ["w2", "c1", "room"].map(|who| synced(&world, who));
    let made = worker.make_of("G1", "quarrel", Urgency::Normal);
    let command = worker.submission(&made);
    worker.push(&world, vec![made.change_item(), worker.sign(&command)]);
    let (plain, _) = worker.submit(&world, "G1");
    let seen = fellow.sync(&world, Vec::new());
    assert_eq!(
        (brought(&seen, made.id), brought(&seen, plain.id)),
        (String::new(), "E".into())
    );
    assert_eq!(brought(&chief.sync(&world, Vec::new()), made.id), "E");
    assert_eq!(brought(&room.sync(&world, Vec::new()), made.id), "E");
}

#[test]
fn another_township_sees_nothing_and_may_not_add() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let (made, _) = worker.submit(&world, "G1");
    let mut stranger = synced(&world, "w9");
    let answer = stranger.sync(&world, Vec::new());
    assert_eq!(brought(&answer, made.id), "");
    let mut request = stranger.request(Vec::new());
    request.feeds[0].feed = unit("T1");
    let answer = world.service.sync(&stranger.caller, &request).unwrap();
    assert!(
        answer.pages.is_empty(),
        "a feed that is not followed is not served"
    );
}

#[test]
fn the_county_desk_follows_every_township_and_sees_what_was_passed_up() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let report = accepted(&world, &mut worker, "G1");
    let up = Action::PassUp {
        to: xunge_core::directory::Level::County,
    };
    assert_eq!(world.act("room", report, up), Outcome::Accepted);
    let desk = world.phone("desk");
    let answer = world
        .service
        .sync(&desk.caller, &desk.request(Vec::new()))
        .unwrap();
    let feeds = answer.notices.iter().find_map(|n| match n {
        Notice::Feeds { feeds } => Some(feeds.clone()),
        _ => None,
    });
    assert_eq!(feeds, Some(vec![unit("C1"), unit("T1"), unit("T9")]));
    assert_eq!(world.act("desk", report, Action::Accept), Outcome::Accepted);
}

#[test]
fn a_moved_worker_keeps_what_he_began_and_late_work_of_an_old_township_goes_to_review() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let (made, _) = worker.submit(&world, "G1");
    let late = worker.make("G1");
    let submission = worker.submission(&late);
    world.clock.pass_ms(60_000);
    let now = world.service.now();
    let moved = [
        change(post("P-w1", "G1", Role::Worker, "w1", Some(now))),
        change(post("P-w1-9", "G9", Role::Worker, "w1", None)),
    ];
    world.service.directory_apply(&operator("room"), &moved).unwrap();
    let results = worker.push(&world, vec![late.change_item(), worker.sign(&submission)]);
    assert_eq!(results, vec![ItemResult::ReviewList, ItemResult::ReviewList]);
    let again = worker.push(&world, vec![late.change_item()]);
    assert_eq!(again, vec![ItemResult::ReviewList]);
    let answer = worker.sync(&world, Vec::new());
    assert!(answer.pages[0].scope.is_none() && worker.scope.is_some());
    let mut urged = made.document.clone();
    let edit = urged
        .edit(
            &[xunge_core::document::FieldEdit::SetDescription("还在跟".into())],
            worker.actor,
            9,
        )
        .unwrap()
        .unwrap();
    let result = worker.push(&world, vec![crate::phone::change_item(made.id, &edit.bytes)]);
    assert_eq!(
        result,
        vec![ItemResult::Stored],
        "the author may always push to what he began"
    );
    let list = world.service.review_list(&account("room"), 10).unwrap();
    assert_eq!(list.len(), 2);
    for item in &list {
        world
            .service
            .review_settle(&account("room"), item.number, true)
            .unwrap();
    }
    assert_eq!(world.state(late.id), State::Submitted);
    world.assert_sound();
}

#[test]
fn a_worker_moved_within_the_township_orphans_nothing() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let late = worker.make("G1");
    let submission = worker.submission(&late);
    world.clock.pass_ms(60_000);
    let now = world.service.now();
    let moved = [
        change(post("P-w1", "G1", Role::Worker, "w1", Some(now))),
        change(post("P-w1-2", "G2", Role::Worker, "w1", None)),
    ];
    world.service.directory_apply(&operator("room"), &moved).unwrap();
    let results = worker.push(&world, vec![late.change_item(), worker.sign(&submission)]);
    assert_eq!(worker.outcome(&results[1]), Outcome::Accepted);
    let mut chief = synced(&world, "c1");
    chief.cursor = 0;
    assert_eq!(world.state(late.id), State::Submitted);
    world.assert_sound();
}

#[test]
fn a_revoked_phone_hands_its_work_to_the_review_list_and_receives_nothing() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let (_, _) = worker.submit(&world, "G1");
    let late = worker.make("G1");
    let submission = worker.submission(&late);
    world
        .service
        .install_revoke(&operator("room"), worker.install)
        .unwrap();
    world
        .service
        .install_revoke(&operator("room"), worker.install)
        .unwrap();
    let items = vec![late.change_item(), worker.sign(&submission)];
    let answer = worker.sync(&world, items);
    assert_eq!(
        answer.results,
        vec![ItemResult::ReviewList, ItemResult::ReviewList]
    );
    assert_eq!(answer.notices, vec![Notice::Revoked]);
    assert!(answer.pages.is_empty());
    let list = world.service.review_list(&account("room"), 10).unwrap();
    let numbers: Vec<u64> = list.iter().map(|i| i.number).collect();
    assert!(
        world
            .service
            .review_settle(&account("room"), numbers[1], true)
            .is_err(),
        "the submission rests on the change"
    );
    for number in numbers {
        world
            .service
            .review_settle(&account("room"), number, true)
            .unwrap();
    }
    assert_eq!(world.state(late.id), State::Submitted);
    world.assert_sound();
}

#[test]
fn an_old_app_may_push_and_is_told_to_update() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let made = worker.make("G1");
    let mut request = worker.request(vec![made.change_item()]);
    request.protocol = 0;
    let answer = world.service.sync(&worker.caller, &request).unwrap();
    assert_eq!(answer.results, vec![ItemResult::Stored]);
    assert_eq!(
        answer.notices,
        vec![Notice::UpdateRequired {
            protocol_min: PROTOCOL - 1
        }]
    );
    assert!(answer.pages.is_empty());
}

#[test]
fn a_merged_reports_author_follows_the_one_that_goes_on() {
    let world = World::new();
    let (mut first, mut second) = (synced(&world, "w1"), synced(&world, "w2"));
    let one = accepted(&world, &mut first, "G1");
    let two = accepted(&world, &mut second, "G2");
    let merge = Action::Merge { into: two };
    assert_eq!(world.act("room", one, merge), Outcome::Accepted);
    assert_eq!(brought(&first.sync(&world, Vec::new()), two), "E");
    world.assert_sound();
}

#[test]
fn rows_of_items_that_nobody_knows_are_refused_one_by_one() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let results = worker.push(
        &world,
        vec![Item::Person {
            id: xunge_core::id::PersonRecordId::from_bytes([1; 16]),
            report: ReportId::from_bytes([2; 16]),
            bytes: vec![0xa0].into(),
        }],
    );
    assert!(matches!(results[0], ItemResult::Refused { .. }));
}
