//! Patrols on the phone: recorded, killed, gone on with, over midnight, under a leaping clock, on a full disk.

use xunge_core::app::{Phone, PhoneConfig};
use xunge_core::error::{Error, ErrorKind};
use xunge_core::patrol::{
    EndCause, EventKind, GapCause, Notice, PatrolKind, PatrolState, PlatformFacts, RefusedInput,
};
use xunge_core::time::Timestamp;

use crate::server::Server;
use crate::world::walk::fixes;
use crate::world::{Handset, MONDAY_MS, back_up, unit};

const MONDAY: &str = "2026-03-02";

fn history(handset: &Handset) -> Vec<EventKind> {
    let view = handset.device().patrol().unwrap().unwrap();
    view.history.into_iter().map(|event| event.event).collect()
}

fn gaps(handset: &Handset) -> Vec<GapCause> {
    let gap = |event| match event {
        EventKind::Gap { cause, .. } => Some(cause),
        _ => None,
    };
    history(handset).into_iter().filter_map(gap).collect()
}

#[test]
fn a_patrol_is_started_paused_resumed_and_ended_and_shows_its_walk_to_the_worker() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    let device = handset.device();
    assert_eq!(device.patrol().unwrap(), None);
    assert!(matches!(device.patrol_pause(), Err(Error::NotFound("patrol"))));
    let step = handset.start();
    assert_eq!(
        (step.state, step.fix_every_ms),
        (PatrolState::Running, Some(5_000))
    );
    let again = device.patrol_start(PatrolKind::Routine, &[], None, None);
    assert!(matches!(again, Err(Error::PatrolRuns)));
    assert_eq!(handset.walk(400.0, 100.0, 30), 30);
    let view = device.patrol().unwrap().unwrap();
    assert_eq!((view.open_fix_count, view.segment_count), (30, 0));
    assert!((view.distance_m - 29.0 * 6.0).abs() < 12.0, "{}", view.distance_m);
    let paused = device.patrol_pause().unwrap();
    assert_eq!((paused.state, paused.fix_every_ms), (PatrolState::Paused, None));
    assert!(
        !handset.walk_to(400.0, 300.0).is_kept,
        "in a pause nothing is looked at"
    );
    let twice = device.patrol_pause();
    assert!(matches!(twice, Err(Error::Patrol(RefusedInput::IsPaused))));
    device.patrol_resume().unwrap();
    assert_eq!(handset.walk(400.0, 400.0, 10), 10);
    let ended = device.patrol_end().unwrap();
    assert!(matches!(
        ended.state,
        PatrolState::Ended {
            by: EndCause::Worker,
            ..
        }
    ));
    let view = device.patrol().unwrap().unwrap();
    assert_eq!((view.segment_count, view.unsent_segment_count), (2, 2));
    assert_eq!(gaps(&handset), [GapCause::Paused]);
    assert!(device.patrol_end().is_err(), "it is over");
    handset.start();
}

#[test]
fn killed_between_any_two_steps_a_patrol_goes_on_where_it_was_and_loses_nothing() {
    let server = Server::new();
    for cut in 0..12 {
        let mut handset = Handset::enrolled(&server, "w1", 100 + cut);
        let mut kept = 0;
        for step in 0..12u64 {
            if step == cut {
                handset.kill();
                handset.clock.forward_ms(40_000);
                handset.open();
            }
            let device = handset.device();
            match step {
                0 => drop(handset.start()),
                5 => drop(device.patrol_pause().unwrap()),
                6 => drop(device.patrol_resume().unwrap()),
                11 => drop(device.patrol_end().unwrap()),
                _ => kept += handset.walk(300.0, 100.0 + 6.0 * kept as f64, 4),
            }
        }
        assert_eq!(kept, 8 * 4, "cut before step {cut}");
        let view = handset.device().patrol().unwrap().unwrap();
        assert!(handset.sync(&server).is_complete());
        let segments: Vec<_> = server
            .segments()
            .into_iter()
            .filter(|segment| segment.header.patrol == view.patrol)
            .collect();
        assert_eq!(fixes(&segments).len(), kept, "cut before step {cut}");
        let killed = gaps(&handset).contains(&GapCause::Killed);
        // Before the first fix there is nothing to be apart from; around a pause the pause is the cause; after the last fix none follows.
        assert_eq!(
            killed,
            !matches!(cut, 0 | 1 | 5..=7 | 11),
            "cut before step {cut}"
        );
    }
}

#[test]
fn coming_back_is_told_with_its_cause_and_a_look_changes_nothing() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 2);
    handset.start();
    handset.walk(300.0, 100.0, 10);
    handset.kill();
    let device = handset.open();
    let seen = device.patrol().unwrap().unwrap();
    assert_eq!((seen.open_fix_count, seen.segment_count), (10, 0));
    assert_eq!(device.patrol().unwrap().unwrap(), seen);
    let step = device.patrol_tick().unwrap().unwrap();
    let cause = GapCause::Killed;
    assert_eq!(step.notices, [Notice::GoesOn { cause }]);
    let view = device.patrol().unwrap().unwrap();
    assert_eq!((view.open_fix_count, view.segment_count), (0, 1));
    handset.kill();
    handset.clock.0.lock().unwrap().boot = 8;
    handset.clock.0.lock().unwrap().monotonic_ms = 2_000_000;
    let step = handset.open().patrol_tick().unwrap().unwrap();
    let cause = GapCause::Reboot;
    assert_eq!(step.notices, [Notice::GoesOn { cause }]);
}

#[test]
fn how_often_the_system_closed_the_app_comes_into_the_self_test() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 3);
    handset.start();
    handset.walk(300.0, 100.0, 3);
    handset.kill();
    handset.open();
    handset.walk(300.0, 160.0, 3);
    let findings = handset.device().self_test(&PlatformFacts::default()).unwrap();
    let keys: Vec<_> = findings.iter().map(|finding| finding.key()).collect();
    assert_eq!(keys, ["was_killed"]);
}

#[test]
fn a_patrol_ends_by_itself_at_the_end_of_the_shift_and_after_long_stillness() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 4);
    let device = handset.device();
    let ends_at = Timestamp(MONDAY_MS + 600_000);
    device
        .patrol_start(
            PatrolKind::Emergency,
            &[unit("G1")],
            Some("ZL-7".into()),
            Some(ends_at),
        )
        .unwrap();
    handset.walk(300.0, 100.0, 100);
    assert_eq!(device.patrol_tick().unwrap().unwrap().state, PatrolState::Running);
    handset.clock.forward_ms(600_000);
    let step = device.patrol_tick().unwrap().unwrap();
    let by = EndCause::ShiftEnd;
    assert_eq!(step.state, PatrolState::Ended { by, at: ends_at });
    assert_eq!(step.notices, [Notice::EndedByItself { by }]);
    assert_eq!(device.patrol_tick().unwrap(), None);
    handset.start();
    handset.walk(300.0, 100.0, 3);
    handset.clock.forward_ms(5_400_001);
    let step = device.patrol_tick().unwrap().unwrap();
    let by = EndCause::LongStillness;
    assert!(matches!(step.state, PatrolState::Ended { by: ended, .. } if ended == by));
}

#[test]
fn a_shift_that_ended_while_the_app_was_away_is_over_when_it_is_back() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 5);
    let ends_at = Timestamp(MONDAY_MS + 60_000);
    handset
        .device()
        .patrol_start(PatrolKind::Routine, &[unit("G1")], None, Some(ends_at))
        .unwrap();
    handset.walk(300.0, 100.0, 5);
    handset.kill();
    handset.clock.forward_ms(600_000);
    let device = handset.open();
    // A new one can be started at once.
    handset.start();
    assert!(handset.sync(&server).is_complete());
    assert_eq!(fixes(&server.segments()).len(), 5);
    assert_eq!(device.patrol().unwrap().unwrap().state, PatrolState::Running);
}

#[test]
fn a_wall_clock_that_leaps_moves_nothing_to_another_day() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 6);
    handset.start();
    handset.walk(300.0, 100.0, 20);
    handset.clock.set_wall(Timestamp(MONDAY_MS - 400 * 86_400_000));
    handset.walk(300.0, 220.0, 20);
    handset.clock.set_wall(Timestamp(MONDAY_MS + 9_000_000));
    handset.walk(300.0, 340.0, 20);
    handset.device().patrol_end().unwrap();
    handset.clock.set_wall(Timestamp(MONDAY_MS + 1_000_000));
    handset.sync(&server);
    assert_eq!(fixes(&server.segments()).len(), 60);
    let coverage = server.coverage("G1", MONDAY);
    assert!(
        coverage.maybe.is_empty(),
        "a leap of the clock is no gap in the walk"
    );
    assert_eq!(handset.coverage("G1", MONDAY), coverage);
    let rows = server.kept().coverage;
    assert_eq!(rows.len(), 1, "{:?}", rows.keys());
}

#[test]
fn a_patrol_over_midnight_counts_for_both_days() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 7);
    // Nine in the morning; midnight is fifteen hours off.
    handset.clock.forward_ms(15 * 3_600_000 - 50_000);
    handset.start();
    handset.walk(300.0, 100.0, 20);
    handset.device().patrol_end().unwrap();
    let (monday, tuesday) = (
        handset.coverage("G1", MONDAY),
        handset.coverage("G1", "2026-03-03"),
    );
    assert!(monday.seen.len() > 5 && tuesday.seen.len() > 5);
    handset.sync(&server);
    assert_eq!(server.coverage("G1", MONDAY), monday);
    assert_eq!(server.coverage("G1", "2026-03-03"), tuesday);
    let both = handset.coverage("G1", "2026-W10");
    assert_eq!(both.seen.len(), {
        let mut all = monday.seen;
        all.join(&tuesday.seen);
        all.len()
    });
}

#[test]
fn a_full_disk_refuses_the_fix_keeps_the_others_and_goes_on_when_there_is_room() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 8);
    handset.start();
    handset.kill();
    let tight = PhoneConfig {
        database_pages_max: Some(80),
        ..handset.config()
    };
    let phone = Phone::open(handset.folder.path(), tight).unwrap();
    let profile = phone.profiles().unwrap().remove(0).id;
    let device = phone.device(&profile, None).unwrap();
    let (mut kept, mut full) = (0, None);
    for n in 0..4_000 {
        handset.clock.forward_ms(1_000);
        match device.add_fix(&handset.fix_at(300.0, 100.0 + 12.0 * f64::from(n % 60))) {
            Ok(step) => kept += usize::from(step.is_kept),
            Err(error) => {
                full = Some(error);
                break;
            }
        }
    }
    assert_eq!(
        full.expect("80 pages are soon full").kind(),
        ErrorKind::StorageFull
    );
    drop(device);
    drop(phone);
    handset.open();
    kept += handset.walk(350.0, 100.0, 10);
    handset.device().patrol_end().unwrap();
    assert!(handset.sync(&server).is_complete());
    assert_eq!(fixes(&server.segments()).len(), kept);
}

#[test]
fn a_phone_restored_from_a_backup_goes_on_under_another_name_and_clashes_with_nothing() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 9);
    handset.start();
    handset.walk(300.0, 100.0, 10);
    let backup = tempfile::tempdir().unwrap();
    back_up(handset.folder.path(), backup.path());
    handset.walk(300.0, 160.0, 10);
    handset.device().patrol_end().unwrap();
    assert!(handset.sync(&server).is_complete());
    let sent = handset.device().patrol().unwrap().unwrap().patrol;
    let mut restored = Handset {
        folder: backup,
        device: None,
        clock: handset.clock.clone(),
        seed: 900,
    };
    restored.open();
    restored.walk(500.0, 100.0, 10);
    restored.device().patrol_end().unwrap();
    assert!(restored.sync(&server).is_complete());
    assert_ne!(restored.device().patrol().unwrap().unwrap().patrol, sent);
    assert_eq!(restored.device().needs_attention().unwrap(), []);
    assert_eq!(restored.coverage("G1", MONDAY), server.coverage("G1", MONDAY));
    assert_eq!(fixes(&server.segments()).len(), 20 + 20);
}

#[test]
fn two_processes_on_one_folder_see_one_patrol() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 10);
    handset.start();
    handset.walk(300.0, 100.0, 5);
    let phone = handset.phone();
    let profile = phone.profiles().unwrap().remove(0).id;
    let other = phone.device(&profile, None).unwrap();
    assert_eq!(other.patrol().unwrap().unwrap().open_fix_count, 5);
    // What another process sends or writes elsewhere is no reason for a gap.
    other.begin_draft().unwrap();
    handset.walk(300.0, 130.0, 5);
    assert_eq!(gaps(&handset), []);
    other.patrol_pause().unwrap();
    assert!(matches!(
        handset.device().patrol_pause(),
        Err(Error::Patrol(RefusedInput::IsPaused))
    ));
}
