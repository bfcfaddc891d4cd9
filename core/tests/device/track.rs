//! Tracks and coverage through the sync: after text, before pictures, once, whatever the link does; and the server's word on each.

use std::collections::BTreeSet;

use xunge_core::coverage::{CellSet, DayCoverage};
use xunge_core::rescue::Rescue;
use xunge_core::store::{DATABASE_NAME, StoreNoticeKind};
use xunge_core::sync::message::{GridCoverage, Item, MaybeCells, Payload, RefusedCode};
use xunge_core::sync::transport::Method;

use crate::server::{Fault, RECOVERY_SECRET, Server};
use crate::world::walk::fixes;
use crate::world::{Handset, person, unit};

const MONDAY: &str = "2026-03-02";
const DAY_MS: i64 = 86_400_000;

/// A phone with a patrol of two segments that waits to be sent.
fn walked(server: &Server, seed: u64) -> Handset {
    let handset = Handset::enrolled(server, "w1", seed);
    handset.start();
    handset.walk(400.0, 100.0, 40);
    handset.device().patrol_pause().unwrap();
    handset.device().patrol_resume().unwrap();
    handset.walk(400.0, 340.0, 40);
    handset.device().patrol_end().unwrap();
    handset
}

fn unsent(handset: &Handset) -> u32 {
    handset.device().status().unwrap().unsent_track_count
}

#[test]
fn phone_server_and_a_second_phone_agree_cell_by_cell() {
    let server = Server::new();
    let handset = walked(&server, 1);
    let before = handset.coverage("G1", MONDAY);
    assert!(before.seen.len() > 40, "{}", before.seen.len());
    assert_eq!(unsent(&handset), 2);
    assert!(handset.sync(&server).is_complete());
    assert_eq!(unsent(&handset), 0);
    let theirs = server.coverage("G1", MONDAY);
    assert_eq!(theirs, before);
    assert_eq!(handset.coverage("G1", MONDAY), theirs);
    let sent = handset
        .device()
        .coverage(&unit("G1"), MONDAY.parse().unwrap())
        .unwrap();
    assert!(!sent.has_unsent, "what was receipted is not called unsent");
    // Once the server speaks for it, the own segments are not painted any more, and nothing changes.
    handset.sync(&server);
    handset.sync(&server);
    let view = handset
        .device()
        .coverage(&unit("G1"), MONDAY.parse().unwrap())
        .unwrap();
    assert_eq!((&view.coverage, view.has_unsent), (&theirs, false));
    let share = view.share.unwrap();
    assert_eq!(share.seen + share.unknown + share.unseen, share.reachable);
    // By backfill on a new phone, and by the feed on one that was there before.
    let other = Handset::enrolled(&server, "w2", 2);
    assert_eq!(other.coverage("G1", MONDAY), theirs);
    other.start();
    other.walk(700.0, 300.0, 30);
    other.device().patrol_end().unwrap();
    other.sync(&server);
    handset.sync(&server);
    assert_eq!(handset.coverage("G1", MONDAY), server.coverage("G1", MONDAY));
    assert_eq!(other.coverage("G1", MONDAY), server.coverage("G1", MONDAY));
}

#[test]
fn tracks_go_after_text_and_before_pictures() {
    let server = Server::new();
    let handset = walked(&server, 3);
    let report = handset.draft("路灯不亮");
    handset.add_picture(report, 1);
    handset.device().submit(report).unwrap();
    server.clear_requests();
    assert!(handset.sync(&server).is_complete());
    let state = server.state.lock().unwrap();
    let is_track = |item: &Item| matches!(item, Item::Track { .. });
    let firsts: Vec<bool> = state
        .pushed
        .iter()
        .map(|items| items.iter().any(is_track))
        .collect();
    assert_eq!(firsts, [false, true], "two packets, the text alone in the first");
    let first_upload = state
        .requests
        .iter()
        .position(|(_, path, _)| path.starts_with("/v1/uploads"));
    let last_push = state
        .requests
        .iter()
        .rposition(|(method, path, bytes)| *method == Method::Post && path == "/v1/sync" && *bytes > 600);
    assert!(last_push.unwrap() < first_upload.unwrap());
}

#[test]
fn every_break_of_the_link_is_harmless() {
    let faults = [
        Fault::LoseRequest,
        Fault::LoseAnswer,
        Fault::Duplicate,
        Fault::Portal,
        Fault::Status(503),
        Fault::Cut,
    ];
    for (n, fault) in (0u64..).zip(faults) {
        let server = Server::new();
        let handset = walked(&server, 10 + n);
        let before = handset.coverage("G1", MONDAY);
        server.faults(&[Some(fault), Some(fault)]);
        for _ in 0..4 {
            assert_eq!(handset.coverage("G1", MONDAY), before, "{fault:?}");
            handset.sync(&server);
        }
        assert_eq!(unsent(&handset), 0, "{fault:?}");
        assert_eq!(server.segments().len(), 2, "{fault:?}");
        assert_eq!(handset.coverage("G1", MONDAY), before, "{fault:?}");
    }
}

#[test]
fn a_refused_segment_needs_attention_stays_on_the_map_and_can_go_again() {
    let server = Server::new();
    let handset = walked(&server, 20);
    let before = handset.coverage("G1", MONDAY);
    server.state.lock().unwrap().refuse = Some(RefusedCode::Malformed);
    handset.sync(&server);
    server.state.lock().unwrap().refuse = None;
    handset.sync(&server);
    let device = handset.device();
    let entries = device.needs_attention().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(
        (entries[0].what.as_str(), entries[0].refusal.as_str()),
        ("track", "malformed")
    );
    assert!(entries[0].content.contains("fixes"), "it can be exported");
    assert_eq!(unsent(&handset), 2, "refused is not sent");
    assert_eq!(handset.coverage("G1", MONDAY), before);
    device.retry_attention(entries[1].id).unwrap();
    handset.sync(&server);
    assert_eq!(server.segments().len(), 1);
    device.clear_attention(entries[0].id).unwrap();
    assert_eq!(device.needs_attention().unwrap(), []);
    handset.sync(&server);
    assert_eq!((unsent(&handset), server.segments().len()), (0, 1));
    assert_eq!(handset.coverage("G1", MONDAY), server.coverage("G1", MONDAY));
}

#[test]
fn what_is_past_retention_is_settled_without_a_fuss() {
    let server = Server::new();
    let handset = walked(&server, 21);
    server.state.lock().unwrap().tracks_expire = true;
    assert!(handset.sync(&server).is_complete());
    assert_eq!(unsent(&handset), 0);
    assert_eq!(handset.device().needs_attention().unwrap(), []);
}

#[test]
fn a_revoked_phone_still_pushes_its_tracks() {
    let server = Server::new();
    let handset = walked(&server, 22);
    server.state.lock().unwrap().kept.installs[0].is_revoked = true;
    handset.sync(&server);
    assert_eq!(unsent(&handset), 0);
    let pushed = server.state.lock().unwrap().pushed.concat();
    assert_eq!(
        pushed
            .iter()
            .filter(|item| matches!(item, Item::Track { .. }))
            .count(),
        2
    );
}

#[test]
fn after_a_restore_of_the_server_tracks_and_words_are_offered_again_and_count_as_no_work() {
    let server = Server::new();
    let backup = server.kept();
    let handset = Handset::enrolled(&server, "w1", 23);
    let with_phone = server.kept();
    handset.start();
    handset.walk(400.0, 100.0, 40);
    handset.device().patrol_end().unwrap();
    handset.device().check_up("P1", true, "", None).unwrap();
    handset.sync(&server);
    let theirs = server.coverage("G1", MONDAY);
    let installs = with_phone.installs;
    server.restore(crate::server::Kept { installs, ..backup });
    assert_eq!(server.coverage("G1", MONDAY), DayCoverage::new());
    for _ in 0..3 {
        handset.sync(&server);
        assert_eq!(unsent(&handset), 0, "what was sent once is nobody's work again");
    }
    assert_eq!(server.coverage("G1", MONDAY), theirs);
    assert_eq!(server.kept().visits.len(), 1);
    assert_eq!(handset.coverage("G1", MONDAY), theirs);
}

#[test]
fn a_rescue_file_holds_unsent_segments_and_words() {
    let server = Server::new();
    let handset = walked(&server, 24);
    handset.device().check_up("P1", false, "护栏断裂", None).unwrap();
    let path = handset.folder.path().join("rescue.bin");
    let summary = handset.device().rescue(&path).unwrap();
    assert_eq!(summary.item_count, 3);
    let rescue = Rescue::from_sealed(&RECOVERY_SECRET, &std::fs::read(&path).unwrap()).unwrap();
    let kinds: Vec<bool> = rescue
        .items
        .iter()
        .map(|item| matches!(item, Item::Track { .. }))
        .collect();
    assert_eq!(kinds, [false, true, true]);
    handset.sync(&server);
    assert_eq!(handset.device().rescue(&path).unwrap().item_count, 0);
}

#[test]
fn a_damaged_database_gives_its_segments_and_its_patrol_back() {
    let server = Server::new();
    let mut handset = walked(&server, 25);
    handset.start();
    let kept = handset.walk(200.0, 100.0, 30);
    let folder = handset.device().folder().to_owned();
    handset.kill();
    std::fs::write(folder.join("xunge.open"), b"").unwrap();
    // The pages at the end of the file hold the newest table's index or nothing: some tree is broken, others are whole.
    let path = folder.join(DATABASE_NAME);
    let mut bytes = std::fs::read(&path).unwrap();
    let page = bytes.len() / 4096 / 2 * 4096;
    bytes[page..page + 4096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let device = handset.open();
    let notices = device.notices().unwrap();
    assert!(
        notices
            .iter()
            .any(|n| n.kind == StoreNoticeKind::DatabaseSalvaged)
    );
    device.patrol_end().unwrap();
    for _ in 0..3 {
        handset.sync(&server);
    }
    let segments = server.segments();
    let closed = segments.iter().filter(|segment| segment.fixes.len() == 40);
    assert_eq!(closed.count(), 2, "closed segments are whole");
    let found = fixes(&segments).len();
    assert!(
        found > 80 + kept / 2,
        "most of the open one too: {found} of {}",
        80 + kept
    );
    assert_eq!(handset.coverage("G1", MONDAY), server.coverage("G1", MONDAY));
}

#[test]
fn a_grid_that_leaves_the_scope_takes_its_coverage_along_and_brings_it_back() {
    let server = Server::new();
    drop({
        let handset = walked(&server, 26);
        handset.sync(&server);
        handset
    });
    let other = Handset::enrolled(&server, "w3", 27);
    let theirs = server.coverage("G1", MONDAY);
    assert_eq!(other.coverage("G1", MONDAY), theirs);
    let set = |grids: Vec<_>| {
        let mut state = server.state.lock().unwrap();
        state.kept.grids.insert(person("w3"), grids);
    };
    set(vec![unit("G2")]);
    other.sync(&server);
    let gone = other.device().coverage(&unit("G1"), MONDAY.parse().unwrap());
    assert!(gone.is_err(), "out of scope");
    set(vec![unit("G1"), unit("G2")]);
    other.sync(&server);
    assert_eq!(other.coverage("G1", MONDAY), theirs);
}

#[test]
fn what_is_old_goes_from_the_phone_and_not_from_the_server() {
    let server = Server::new();
    let handset = walked(&server, 28);
    for _ in 0..3 {
        handset.sync(&server);
    }
    let kept = handset.coverage("G1", MONDAY);
    let forward = |days: i64| {
        handset.clock.forward_ms(days * DAY_MS);
        server.state.lock().unwrap().now_ms += days * DAY_MS;
        assert!(handset.sync(&server).is_complete());
    };
    forward(36);
    let view = handset.device().patrol().unwrap().unwrap();
    assert_eq!(view.segment_count, 0, "segments go after 35 days");
    assert_eq!(handset.coverage("G1", MONDAY), kept);
    forward(6);
    assert_eq!(handset.coverage("G1", MONDAY), DayCoverage::new());
    assert_eq!(server.coverage("G1", MONDAY), kept);
}

#[test]
fn coverage_that_cannot_be_read_is_kept_aside_and_newer_reasons_are_shown_as_unknown() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 29);
    let seen = {
        let walker = walked(&server, 30);
        walker.coverage("G1", MONDAY).seen
    };
    let row = |why: &str, seen: Vec<u8>, maybe: Vec<u8>| Payload::Coverage {
        coverage: GridCoverage {
            grid: unit("G1"),
            on: MONDAY.into(),
            seen: seen.into(),
            maybe: vec![MaybeCells {
                why: why.into(),
                cells: maybe.into(),
            }],
            patrols: Vec::new(),
            visits: Vec::new(),
        },
    };
    let none = CellSet::new().encode();
    {
        let mut state = server.state.lock().unwrap();
        state
            .kept
            .rows
            .push(row("no_signal", vec![9, 9, 9], none.clone()));
        state.kept.rows.push(row("solar_storm", none, seen.encode()));
    }
    handset.sync(&server);
    assert_eq!(handset.device().status().unwrap().quarantine_count, 1);
    let coverage = handset.coverage("G1", MONDAY);
    assert_eq!(coverage.unknown(), seen);
    let cells: BTreeSet<_> = coverage.seen.iter().collect();
    assert!(cells.is_empty());
}

#[test]
fn the_worker_gets_a_picture_and_the_age_of_the_ground() {
    let server = Server::new();
    let handset = walked(&server, 31);
    let device = handset.device();
    let png = device
        .coverage_picture(&unit("G1"), MONDAY.parse().unwrap(), 256)
        .unwrap();
    assert_eq!(png[1..4], *b"PNG");
    let ground = device.ground(&unit("G1")).unwrap();
    assert_eq!(
        ground.last_seen.counts(ground.today).len(),
        1,
        "all that was seen was seen today"
    );
    assert!(ground.last_seen.never.len() > 2_000);
    assert_eq!(device.coverage_all(device.this_week().unwrap()).unwrap().len(), 2);
}
