//! Who decided what, and in which order it counts.

use xunge_core::command::{Action, Classification, Outcome, Refusal, State};
use xunge_core::directory::{DirectoryRecord, Post, PostKind, Role};
use xunge_core::id::CategoryId;
use xunge_core::workflow::ActionKind;
use xunge_tests::township::{person_id, post_id, unit_id};
use xunge_tests::world::acts::{decide, rewrite};

use super::{GRID, world};

#[test]
fn a_return_reaches_the_worker_with_its_reason() {
    let mut world = world(1, &["w01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, 1]);
    decide(&world.device(1), report, Action::Return, "the picture is blurred");
    world.sync_all_of(&[1, 0]);
    let row = world.device(0).report(report).expect("it is the worker's").row;
    assert_eq!(row.state, State::Returned);
    assert_eq!(row.why.expect("a return says why").text, "the picture is blurred");
}

#[test]
fn a_report_completed_again_does_not_come_back_as_returned() {
    let mut world = world(2, &["w01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, 1]);
    world.decide(1, report, Action::Return);
    world.sync_all_of(&[1, 0]);
    rewrite(&world.device(0), report, "banner at number 18");
    world
        .device(0)
        .submit(report)
        .expect("a returned report is handed in again");
    world.sync_all_of(&[0, 1, 0]);
    assert_eq!(world.state(report), State::Submitted);
    for phone in [0, 1] {
        let view = world.device(phone).report(report).expect("both hold it");
        assert_eq!(
            (view.row.state, view.row.why),
            (State::Submitted, None),
            "phone {phone}"
        );
    }
}

#[test]
fn an_old_reason_never_shows_after_a_new_one() {
    let mut world = world(3, &["w01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    for why in ["first reason", "second reason"] {
        world.sync_all_of(&[0, 1]);
        decide(&world.device(1), report, Action::Return, why);
        world.sync_all_of(&[1, 0]);
        let row = world.device(0).report(report).expect("it is the worker's").row;
        assert_eq!(row.why.expect("a return says why").text, why);
        rewrite(&world.device(0), report, why);
        world.device(0).submit(report).expect("it is handed in again");
    }
    world.sync_all_of(&[0, 1]);
    world
        .device(1)
        .decide(report, Action::Approve, None, None)
        .expect("the chief may");
    world.sync_all_of(&[1, 0]);
    assert_eq!(
        world
            .device(0)
            .report(report)
            .expect("it is the worker's")
            .row
            .why,
        None
    );
}

#[test]
fn a_return_that_a_phone_has_not_received_cannot_be_approved_away() {
    let mut world = world(4, &["w01", "c01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, 1, 2]);
    world.decide(1, report, Action::Return);
    world.sync_all_of(&[1]);
    let approval = world.decide(2, report, Action::Approve);
    world.sync_all_of(&[2]);
    assert_eq!(
        world.outcome(report, approval),
        Outcome::Refused(Refusal::DecidedMeanwhile)
    );
    assert_eq!(world.state(report), State::Returned);
}

#[test]
fn a_chief_who_reinstalls_leaves_no_work_stuck() {
    let mut world = world(5, &["w01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, 1]);
    // The approval dies with the phone, unsent.
    world.decide(1, report, Action::Approve);
    world.phones[1].wipe();
    let code = world.code_for(&person_id("c01"));
    world.phones[1].enrol(&code);
    world.sync_all_of(&[1]);
    assert!(
        world
            .device(1)
            .permitted(report)
            .expect("it is there again")
            .contains(&ActionKind::Approve)
    );
    world.decide(1, report, Action::Approve);
    world.sync_all_of(&[1]);
    assert_eq!(world.state(report), State::Queued);
}

#[test]
fn a_chief_with_two_phones_cannot_approve_twice() {
    let mut world = world(6, &["w01", "c01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, 1, 2]);
    let (one, other) = (
        world.decide(1, report, Action::Approve),
        world.decide(2, report, Action::Approve),
    );
    world.sync_all_of(&[1, 2, 1]);
    assert_eq!(world.outcome(report, one), Outcome::Accepted);
    assert!(!world.outcome(report, other).is_accepted());
    let accepted = world
        .story(report)
        .events
        .iter()
        .filter(|e| e.command.action == Action::Approve && e.outcome.is_accepted())
        .count();
    assert_eq!((accepted, world.state(report)), (1, State::Queued));
}

#[test]
fn approve_and_return_at_once_one_wins_and_the_other_is_told_why() {
    let mut world = world(7, &["w01", "c01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, 1, 2]);
    let returned = world.decide(1, report, Action::Return);
    let approved = world.decide(2, report, Action::Approve);
    world.sync_all_of(&[2, 1]);
    assert_eq!(world.outcome(report, approved), Outcome::Accepted);
    assert_eq!(
        world.outcome(report, returned),
        Outcome::Refused(Refusal::DecidedMeanwhile)
    );
    let story = world.device(1).report(report).expect("it is in scope").story;
    let line = story
        .iter()
        .find(|l| l.command == returned)
        .expect("the chief sees his act");
    assert_eq!(line.outcome, Some(Outcome::Refused(Refusal::DecidedMeanwhile)));
}

#[test]
fn an_urge_in_between_refuses_no_pending_decision() {
    let mut world = world(8, &["w01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, 1]);
    let approved = world.decide(1, report, Action::Approve);
    let urged = world
        .act("dispatcher", report, Action::Urge, Some("it rains tomorrow"))
        .expect("the room may urge");
    assert_eq!(urged.outcome, Outcome::Accepted);
    world.sync_all_of(&[1]);
    assert_eq!(world.outcome(report, approved), Outcome::Accepted);
}

#[test]
fn an_approval_does_not_cover_an_edit_that_was_made_before_and_arrives_later() {
    let mut world = world(9, &["w01", "w01", "c01"]);
    let report = world.hand_in(0, GRID, "two banners");
    world.sync_all_of(&[0, 1, 2]);
    rewrite(&world.device(1), report, "three banners");
    let approved = world.decide(2, report, Action::Approve);
    world.sync_all_of(&[2, 1]);
    assert_eq!(world.outcome(report, approved), Outcome::Accepted);
    assert!(
        world.story(report).row.is_amended,
        "the words changed after the approval"
    );
    world.sync_all_of(&[2]);
    assert!(
        world
            .device(2)
            .report(report)
            .expect("it is in scope")
            .row
            .is_amended
    );
}

#[test]
fn an_approval_does_not_cover_an_edit_that_arrives_before_it() {
    let mut world = world(10, &["w01", "w01", "c01"]);
    let report = world.hand_in(0, GRID, "two banners");
    world.sync_all_of(&[0, 1, 2]);
    rewrite(&world.device(1), report, "three banners");
    let approved = world.decide(2, report, Action::Approve);
    world.sync_all_of(&[1, 2]);
    assert_eq!(
        world.outcome(report, approved),
        Outcome::Refused(Refusal::ContentChanged)
    );
    assert_eq!(world.state(report), State::Submitted);
}

#[test]
fn a_correction_of_the_category_by_the_room_asks_for_no_new_approval_and_bars_nobody() {
    let mut world = world(11, &["w01", "c01"]);
    let report = world.hand_in(0, GRID, "a board, not a banner");
    world.sync_all_of(&[0, 1]);
    world.decide(1, report, Action::Approve);
    world.sync_all_of(&[1]);
    let to = Classification {
        category: Some(CategoryId::new("service.manhole").expect("a code")),
        category_version: Some(1),
        ..Classification::default()
    };
    let done = world
        .act("clerk", report, Action::Classify { to }, None)
        .expect("the room classifies");
    assert_eq!(
        (done.outcome, done.state),
        (Outcome::Accepted, Some(State::Queued))
    );
    assert!(!world.story(report).row.is_amended);
    // The one who corrected has not become the reporter: he accepts it and goes on.
    let accepted = world
        .act("clerk", report, Action::Accept, None)
        .expect("the room accepts");
    assert_eq!(accepted.outcome, Outcome::Accepted);
    world.sync_all_of(&[0]);
    let view = world.device(0).report(report).expect("it is the worker's");
    assert_eq!(view.row.category.expect("classified").as_str(), "service.manhole");
    let words = view.content.expect("it is held");
    assert_eq!(
        words.category.expect("the worker's word stays").as_str(),
        "enforcement.banner"
    );
}

#[test]
fn an_approval_within_a_delegation_received_after_its_end_becomes_a_proposal_that_the_holder_confirms() {
    let mut world = world(12, &["w01", "c01"]);
    let now = world.time.now();
    let ends = now.plus_ms(3_600_000);
    let stand_in = Post {
        id: post_id("p-c01-stand-in"),
        unit: unit_id(GRID),
        role: Role::Chief,
        person: person_id("c07"),
        kind: PostKind::Delegation { of: post_id("p-c01") },
        held_from: now,
        held_to: Some(ends),
    };
    world.direct(&[(DirectoryRecord::Post(stand_in), now, None)]);
    let deputy = world.add_phone(&["c07"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, deputy]);
    let approved = world.decide(deputy, report, Action::Approve);
    world.pass_ms(2 * 3_600_000);
    world.sync_all_of(&[deputy, 1]);
    assert_eq!(
        world.outcome(report, approved),
        Outcome::Proposal(Refusal::PostEnded)
    );
    assert_eq!(world.state(report), State::Submitted);
    let confirmed = world.decide(1, report, Action::Confirm { proposal: approved });
    world.sync_all_of(&[1]);
    assert_eq!(world.outcome(report, confirmed), Outcome::Accepted);
    assert_eq!(world.state(report), State::Queued);
}
