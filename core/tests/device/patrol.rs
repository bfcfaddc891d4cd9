//! Patrols on the phone: recorded, killed, gone on with, over midnight, under a leaping clock, on a full disk.

use xunge_core::app::{Phone, PhoneConfig};
use xunge_core::error::{Error, ErrorKind};
use xunge_core::patrol::{
    DropReason, EndCause, EventKind, Finding, GapCause, Notice, PatrolKind, PatrolState, PlatformFacts,
    RefusedInput,
};
use xunge_core::place::{Position, wgs84_to_gcj02};
use xunge_core::time::Timestamp;

use crate::server::Server;
use crate::world::walk::fixes;
use crate::world::{Handset, KEY, MONDAY_MS, back_up, person, unit};

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
    let device = phone.device(&profile, KEY).unwrap();
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
    let other = phone.device(&profile, KEY).unwrap();
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

#[test]
fn what_was_left_out_is_still_counted_after_a_kill() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 11);
    handset.start();
    handset.walk(300.0, 100.0, 5);
    for n in 0..6 {
        handset.clock.forward_ms(5_000);
        let mut fix = handset.fix_at(300.0, 130.0 + f64::from(n));
        fix.accuracy_m = 10_000.0;
        handset.device().add_fix(&fix).unwrap();
    }
    handset.walk(300.0, 190.0, 3);
    handset.kill();
    let device = handset.open();
    let dropped = |device: &xunge_core::app::Device| {
        let view = device.patrol().unwrap().unwrap();
        view.dropped.of(DropReason::Inaccurate)
    };
    assert_eq!(dropped(&device), 6);
    device.patrol_tick().unwrap();
    handset.walk(300.0, 220.0, 3);
    handset.device().patrol_end().unwrap();
    assert_eq!(dropped(&device), 6, "each is counted once");
    handset.sync(&server);
    let sent: u32 = server
        .segments()
        .iter()
        .map(|segment| segment.dropped.of(DropReason::Inaccurate))
        .sum();
    assert_eq!(sent, 6, "and goes with the segments");
}

#[test]
fn positions_that_stay_away_show_in_the_status_and_in_the_self_test() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 12);
    handset.start();
    handset.walk(300.0, 100.0, 5);
    let device = handset.device();
    assert_eq!(device.patrol().unwrap().unwrap().silence, None);
    assert_eq!(device.self_test(&PlatformFacts::default()).unwrap(), []);
    handset.clock.forward_ms(5 * 60_000);
    let step = device.patrol_tick().unwrap().unwrap();
    assert_eq!(step.notices, [Notice::NoFixes { is_poor: false }]);
    let silence = device.patrol().unwrap().unwrap().silence.unwrap();
    assert_eq!((silence.silent_ms, silence.is_poor), (300_000, false));
    let findings = device.self_test(&PlatformFacts::default()).unwrap();
    assert_eq!(findings, [Finding::NoFixes { minutes: 5 }]);
    handset.walk(300.0, 130.0, 1);
    assert_eq!(device.self_test(&PlatformFacts::default()).unwrap(), []);
}

#[test]
fn a_patrol_ends_with_the_working_hours_of_the_township_unless_it_is_told_otherwise() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 13);
    let device = handset.device();
    let ends_at = |device: &xunge_core::app::Device| device.patrol().unwrap().unwrap().shift_ends_at;
    // Monday, nine o'clock; the hours of the township end at six in the evening.
    let six = Timestamp(MONDAY_MS + 9 * 3_600_000);
    handset.start();
    assert_eq!(ends_at(device), Some(six));
    device.patrol_shift_ends(None).unwrap();
    assert_eq!(ends_at(device), None);
    device.patrol_end().unwrap();
    device
        .patrol_start(PatrolKind::Emergency, &[], None, None)
        .unwrap();
    assert_eq!(ends_at(device), None, "an emergency has no end of shift");
    device.patrol_end().unwrap();
    // In the last half hour, and in the evening, somebody stays on.
    for hours in [8.8, 3.0] {
        handset.clock.forward_ms((hours * 3_600_000.0) as i64);
        handset.start();
        assert_eq!(ends_at(device), None);
        device.patrol_end().unwrap();
    }
}

#[test]
fn a_shift_that_is_handed_over_ends_here_and_goes_on_on_the_other_phone() {
    let server = Server::new();
    let (handset, other) = (
        Handset::enrolled(&server, "w1", 14),
        Handset::enrolled(&server, "w2", 15),
    );
    handset.start();
    handset.walk(300.0, 100.0, 20);
    let step = handset.device().patrol_hand_over(&person("w2")).unwrap();
    assert!(matches!(
        step.state,
        PatrolState::Ended {
            by: EndCause::HandedOver,
            ..
        }
    ));
    assert!(history(&handset).iter().any(|event| matches!(
        event,
        EventKind::Ended { to: Some(to), .. } if *to == person("w2")
    )));
    other.start();
    other.walk(300.0, 220.0, 20);
    other.device().patrol_end().unwrap();
    assert!(handset.sync(&server).is_complete() && other.sync(&server).is_complete());
    handset.sync(&server);
    assert_eq!(fixes(&server.segments()).len(), 40);
    assert_eq!(handset.coverage("G1", MONDAY), server.coverage("G1", MONDAY));
}

#[test]
fn a_track_on_a_shifted_map_is_said_and_not_stored() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 16);
    handset.start();
    let shifted = |handset: &Handset, east_m: f64| {
        let mut fix = handset.fix_at(100.0, east_m);
        let there = wgs84_to_gcj02(Position {
            lat_deg: fix.lat_deg,
            lon_deg: fix.lon_deg,
        });
        (fix.lat_deg, fix.lon_deg) = (there.lat_deg, there.lon_deg);
        fix
    };
    for n in 0..40 {
        handset.clock.forward_ms(5_000);
        let fix = shifted(&handset, 300.0 + 6.0 * f64::from(n));
        assert!(handset.device().add_fix(&fix).unwrap().is_kept);
    }
    let step = handset.device().patrol_end().unwrap();
    let Some(Notice::TrackIsShifted { offset_m }) = step.notices.first().copied() else {
        panic!("{:?}", step.notices);
    };
    assert!((200..800).contains(&offset_m), "{offset_m}");
    let told = history(&handset)
        .into_iter()
        .any(|event| event == EventKind::Shifted { offset_m, fixes: 40 });
    assert!(told, "it stays in the history");
    assert_eq!(handset.device().own_track().unwrap(), []);
    assert!(handset.sync(&server).is_complete());
    assert_eq!(server.segments(), []);
    // Who began in his grid and goes on beside it has walked there.
    handset.start();
    handset.walk(500.0, 100.0, 60);
    handset.device().patrol_pause().unwrap();
    handset.device().patrol_resume().unwrap();
    handset.clock.forward_ms(600_000);
    for n in 0..40 {
        handset.clock.forward_ms(5_000);
        let fix = shifted(&handset, 300.0 + 6.0 * f64::from(n));
        handset.device().add_fix(&fix).unwrap();
    }
    assert_eq!(handset.device().patrol_end().unwrap().notices, []);
    handset.sync(&server);
    assert_eq!(fixes(&server.segments()).len(), 100);
}
