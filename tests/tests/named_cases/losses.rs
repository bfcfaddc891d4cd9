//! Links, phones, clocks and servers that fail.

use xunge_core::app::SyncReport;
use xunge_core::command::{Action, State};
use xunge_core::directory::{DirectoryRecord, Post, PostKind, Role};
use xunge_core::grid::GridAnswer;
use xunge_core::place::{PlaceClaim, Provider};
use xunge_core::sync::failure::SyncFailure;
use xunge_core::sync::transport::{CancelToken, TransportError};
use xunge_server::service::QueueQuery;
use xunge_tests::township::{TOWNSHIP, person_id, post_id, unit_id};
use xunge_tests::world::acts::{self, add_picture, hand_in, rewrite};
use xunge_tests::world::{Faults, World, account, operator};

use super::{GRID, OTHER_GRID, world};

fn sync(world: &World, phone: usize) -> SyncReport {
    world.phones[phone].sync_profile(0)
}

/// How many reports the township's queue has.
fn queued(world: &World) -> usize {
    {
        let query = QueueQuery {
            feed: Some(unit_id(TOWNSHIP)),
            ..QueueQuery::default()
        };
        world
            .service()
            .queue(&operator(), &query)
            .expect("the queue reads")
            .rows
            .len()
    }
}

#[test]
fn a_retried_submission_never_makes_a_second_report() {
    let mut world = world(31, &["w01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.phones[0].link.set(Faults {
        lost_answer: 1.0,
        ..Faults::default()
    });
    for _ in 0..3 {
        assert!(!sync(&world, 0).is_complete());
        world.phones[0].crash();
    }
    world.phones[0].link.set(Faults {
        duplicate: 1.0,
        ..Faults::default()
    });
    world.phones[0].sync();
    world.phones[0].sync();
    assert_eq!((queued(&world), world.story(report).events.len()), (1, 1));
    assert_eq!(world.device(0).status().expect("it reads").unsent_count, 0);
    assert!(
        world.device(0).submit(report).is_err(),
        "handing in again changes nothing"
    );
}

#[test]
fn an_answer_lost_after_the_commit_is_harmless() {
    let mut world = world(32, &["w01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.phones[0].link.set(Faults {
        lost_answer: 1.0,
        ..Faults::default()
    });
    assert_eq!(
        sync(&world, 0).failure,
        Some(SyncFailure::Transport(TransportError::Broken(
            "the answer was lost".into()
        )))
    );
    let status = world.device(0).status().expect("it reads");
    assert!(
        status.unsent_count > 0,
        "nothing is called sent without a receipt: {status:?}"
    );
    assert_eq!(world.state(report), State::Submitted, "the server has it");
    world.phones[0].link.heal();
    world.sync_all_of(&[0]);
    assert_eq!(world.device(0).status().expect("it reads").unsent_count, 0);
    world.settle_down();
    world.check().expect("everything agrees");
}

#[test]
fn a_captive_portal_s_page_with_status_200_is_not_a_sync() {
    let mut world = world(33, &["w01"]);
    world.hand_in(0, GRID, "banner");
    world.phones[0].link.set(Faults {
        portal: 1.0,
        ..Faults::default()
    });
    assert_eq!(sync(&world, 0).failure, Some(SyncFailure::NotTheServer));
    let status = world.device(0).status().expect("it reads");
    assert!(status.unsent_count > 0 && status.sent_count == 0, "{status:?}");
    assert_eq!(queued(&world), 0);
    world.phones[0].link.heal();
    world.sync_all_of(&[0]);
    assert_eq!(queued(&world), 1);
}

#[test]
fn a_wrong_clock_loses_and_reorders_nothing() {
    let mut world = world(34, &["w01", "c01"]);
    let mut reports = Vec::new();
    for (n, error_h) in [24 * 400, -24 * 700, 3].into_iter().enumerate() {
        world.phones[0].clock.set_error_ms(error_h * 3_600_000);
        if n == 1 {
            world.phones[0].clock.restart();
        }
        reports.push(world.hand_in(0, GRID, &format!("banner {n}")));
        world.pass_ms(60_000);
    }
    world.sync_all_of(&[0, 1]);
    let seqs: Vec<u64> = reports.iter().map(|r| world.story(*r).events[0].seq).collect();
    assert!(seqs.is_sorted(), "the order is the order of making: {seqs:?}");
    world.phones[0].clock.set_error_ms(0);
    world.settle_down();
    world.check().expect("everything agrees");
}

#[test]
fn a_phone_restored_from_an_old_backup_takes_a_new_actor_and_tag_and_goes_on() {
    let mut world = world(35, &["w01", "c01"]);
    let first = world.hand_in(0, GRID, "before the backup");
    world.sync_all_of(&[0]);
    let copy = world.folder().join("old-copy");
    world.phones[0].back_up(&copy);
    let second = world.hand_in(0, GRID, "after the backup");
    rewrite(&world.device(0), first, "words after the backup");
    world.sync_all_of(&[0]);

    world.phones[0].restore(&copy);
    // The same number of changes, other content: without a new actor these would collide.
    let third = world.hand_in(0, GRID, "after the restore");
    rewrite(&world.device(0), first, "words after the restore");
    for _ in 0..3 {
        world.sync_all_of(&[0]);
    }
    let codes: Vec<String> = [first, second, third]
        .iter()
        .map(|r| world.story(*r).row.code.clone())
        .collect();
    assert!(codes[1] != codes[2] && codes[0] != codes[2], "{codes:?}");
    assert_eq!(
        world.device(0).report(second).expect("it came back").row.state,
        State::Submitted
    );
    let content = world.story(first).content.expect("it is there");
    assert!(content.description.starts_with("words after the"), "{content:?}");
    world.settle_down();
    world.check().expect("everything agrees");
}

#[test]
fn a_moved_worker_orphans_nothing_done_offline_and_nobody_counts_it_twice() {
    let mut world = world(36, &["w01", "c01", "c07", "supervisor"]);
    let report = world.hand_in(0, GRID, "made before the move, sent after it");
    let now = world.time.now().plus_ms(60_000);
    let moved = Post {
        id: post_id("p-w01"),
        unit: unit_id(OTHER_GRID),
        role: Role::Worker,
        person: person_id("w01"),
        kind: PostKind::Appointment,
        held_from: now,
        held_to: None,
    };
    world.direct(&[(DirectoryRecord::Post(moved), now, None)]);
    world.pass_ms(120_000);
    world.sync_all_of(&[0, 1, 2, 3]);
    assert_eq!(queued(&world), 1);
    assert!(world.device(0).report(report).is_ok(), "its author follows it");
    assert!(world.device(1).report(report).is_ok(), "it lies in the old grid");
    assert!(world.device(2).report(report).is_err(), "and not in the new one");
    world.decide(1, report, Action::Approve);
    world.sync_all_of(&[1, 0]);
    assert_eq!(
        world
            .device(0)
            .report(report)
            .expect("its author follows it")
            .row
            .state,
        State::Queued
    );
    world.settle_down();
    world.check().expect("everything agrees");
}

#[test]
fn a_grid_that_ended_orphans_nothing_done_offline() {
    let mut world = world(37, &["w01", "c01", "supervisor"]);
    let report = world.hand_in(0, GRID, "made while the grid still was");
    let now = world.time.now().plus_ms(60_000);
    let grid = world.township.unit(&unit_id(GRID)).expect("it is there").clone();
    let begun = xunge_tests::township::VALID_FROM;
    world.direct(&[(DirectoryRecord::Unit(grid), begun, Some(now))]);
    world.pass_ms(120_000);
    world.sync_all_of(&[0, 1, 2]);
    assert_eq!(world.state(report), State::Submitted);
    assert!(
        world.device(2).report(report).is_ok(),
        "the township still sees it"
    );
    assert_eq!(world.device(0).needs_attention().expect("it reads").len(), 0);
}

/// A grid gets another outline and another village while its worker is away: what he located by the old one arrives there once, and the
/// new village's head sees it.
#[test]
fn a_grid_drawn_anew_orphans_nothing_done_offline_and_nobody_counts_it_twice() {
    let mut world = world(39, &["w01", "c01", "c07", "va", "supervisor"]);
    let place = PlaceClaim {
        position: world.township.middle_of(&unit_id(GRID)),
        accuracy_m: 8.0,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: 0,
    };
    let inside = |world: &World| world.device(0).locate(&place).expect("it locates");
    assert_eq!(inside(&world), GridAnswer::Inside { grid: unit_id(GRID) });
    let report = world.hand_in(0, GRID, "made by the old outline");
    let now = world.time.now().plus_ms(60_000);
    let outline = |code: &str| {
        world
            .township
            .unit(&unit_id(code))
            .expect("it is there")
            .boundary
            .clone()
    };
    let unit = |code: &str, boundary, parent: Option<&str>| {
        let mut unit = world.township.unit(&unit_id(code)).expect("it is there").clone();
        unit.boundary = boundary;
        unit.parent = parent.map(unit_id).or(unit.parent);
        (DirectoryRecord::Unit(unit), now, None)
    };
    // The two grids change their places on the map, and the one its village.
    let drawn_anew = [
        unit(GRID, outline(OTHER_GRID), Some("QH-YF-B")),
        unit(OTHER_GRID, outline(GRID), None),
    ];
    world.direct(&drawn_anew);
    world.pass_ms(120_000);
    world.sync_all_of(&[0, 1, 2, 3, 4]);
    let new = GridAnswer::Inside {
        grid: unit_id(OTHER_GRID),
    };
    assert_eq!(inside(&world), new, "the new outline has come");
    assert_eq!(queued(&world), 1);
    assert_eq!(world.state(report), State::Submitted);
    for (phone, sees) in [(0, true), (1, true), (2, false), (3, false), (4, true)] {
        assert_eq!(world.device(phone).report(report).is_ok(), sees, "phone {phone}");
    }
    world.decide(1, report, Action::Approve);
    world.sync_all_of(&[1, 0]);
    assert_eq!(world.state(report), State::Queued);
    assert!(world.device(0).needs_attention().expect("it reads").is_empty());
    world.settle_down();
    world.check().expect("everything agrees");
}

#[test]
fn a_server_restored_from_last_night_s_backup_flips_no_acknowledged_outcome() {
    let mut world = world(38, &["w01", "c01", "c01"]);
    let report = world.hand_in(0, GRID, "banner");
    world.sync_all_of(&[0, 1, 2]);
    let backup = world.back_up_server();
    let (approved, returned) = (
        world.decide(1, report, Action::Approve),
        world.decide(2, report, Action::Return),
    );
    let later = world.hand_in(0, GRID, "after the backup");
    world.sync_all_of(&[1, 2, 0]);
    let before = (world.outcome(report, approved), world.outcome(report, returned));
    world.remember_outcomes().expect("nothing has flipped yet");

    world.restore_server(&backup);
    for _ in 0..2 {
        world.sync_all_of(&[2, 1, 0]);
    }
    assert_eq!(
        (world.outcome(report, approved), world.outcome(report, returned)),
        before
    );
    assert_eq!(
        world.state(later),
        State::Submitted,
        "what the backup lacked was offered again"
    );
    world.settle_down();
    world.check().expect("everything agrees");
}

#[test]
fn pictures_that_came_after_the_backup_are_sent_again_to_a_restored_server() {
    let mut world = world(40, &["w01"]);
    let backup = world.back_up_server();
    let report = acts::draft(&world.device(0), GRID, "with a picture");
    acts::add_small_picture(&world.device(0), report, 7);
    world.device(0).submit(report).expect("the report is complete");
    sync(&world, 0);
    assert_eq!(
        world.story(report).blobs.len(),
        2,
        "the picture and its thumbnail"
    );

    world.restore_server(&backup);
    for _ in 0..3 {
        sync(&world, 0);
    }
    assert_eq!(world.story(report).blobs.len(), 2, "the phone offered them again");
    let row = world.device(0).report(report).expect("it is held").row;
    assert_eq!((row.attachment_count, row.attachment_received_count), (1, 1));
    world.settle_down();
    world.check().expect("everything agrees");
}

#[test]
fn a_picture_that_two_reports_have_is_there_for_both() {
    let mut world = world(42, &["w01"]);
    let reports = ["the lamp", "the manhole under it"].map(|words| {
        let report = acts::draft(&world.device(0), GRID, words);
        acts::add_small_picture(&world.device(0), report, 7);
        world.device(0).submit(report).expect("the report is complete");
        report
    });
    sync(&world, 0);
    for report in reports {
        assert_eq!(
            world.story(report).blobs.len(),
            2,
            "the picture and its thumbnail"
        );
        let row = world.device(0).report(report).expect("it is held").row;
        assert_eq!((row.attachment_count, row.attachment_received_count), (1, 1));
    }
    world.settle_down();
    world.check().expect("everything agrees");
}

#[test]
fn a_revoked_phone_is_refused_and_its_captured_work_goes_to_a_review_list() {
    let world = world(39, &["w01", "c01"]);
    let report = world.hand_in(0, GRID, "captured before the revocation");
    let install = world
        .service()
        .installs(Some(&person_id("w01")))
        .expect("they are listed")[0]
        .install;
    world
        .service()
        .install_revoke(&account("admin"), install)
        .expect("it can be revoked");
    sync(&world, 0);
    sync(&world, 0);
    let status = world.device(0).status().expect("it reads");
    assert!(status.is_revoked && status.unsent_count == 0, "{status:?}");
    let waiting = world.service().review_list(&operator(), 50).expect("it reads");
    assert!(
        waiting.iter().any(|item| item.report == Some(report)),
        "{waiting:?}"
    );
    assert_eq!(
        queued(&world),
        0,
        "nothing of it counts before a person has looked"
    );
}

#[test]
fn the_work_of_a_signed_out_profile_still_goes() {
    let mut world = World::small(40);
    let phone = world.add_phone(&["w02", "w26"]);
    world.phones[phone].sync();
    let report = hand_in(
        world.phones[phone].device_of("w02"),
        "QH-YF-A2",
        "made by the one who went home",
    );
    // The other one has the phone now: nobody opens the first profile any more, the phone sends for all.
    world.phones[phone].crash();
    let sent = world.phones[phone].sync_every_profile(&CancelToken::new());
    assert!(sent, "the phone gets through");
    assert_eq!(world.state(report), State::Submitted);
}

#[test]
fn a_picture_survives_every_kind_of_bad_link() {
    let mut world = world(41, &["w01", "c01"]);
    let report = xunge_tests::world::acts::draft(&world.device(0), GRID, "with a picture");
    add_picture(&world.device(0), report, 7);
    world.device(0).submit(report).expect("it is complete");
    world.phones[0].link.set(Faults::BAD);
    for _ in 0..40 {
        sync(&world, 0);
        world.pass_ms(30_000);
    }
    world.settle_down();
    assert_eq!(
        world
            .device(0)
            .status()
            .expect("it reads")
            .unsent_attachment_count,
        0
    );
    assert_eq!(
        world.story(report).blobs.len(),
        2,
        "the picture and its thumbnail"
    );
}
