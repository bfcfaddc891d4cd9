//! Tracks go after their time, or by law, and both can be proved; coverage stays; damage is found. So do people, files and words of
//! reports that ended.

use xunge_core::attachment::BlobHash;
use xunge_core::command::{Action, Reason, State};
use xunge_core::directory::{DirectoryRecord, KeepDays, Policy};
use xunge_core::id::{PersonRecordId, ReportId};
use xunge_core::key_place::VisitKind;
use xunge_core::report::{PersonPart, PersonRecord};
use xunge_core::sync::message::{Item, ItemResult};
use xunge_server::ServiceError;
use xunge_server::service::{NewUpload, ReportRef, ReportStory};

use crate::patrol::of_room;
use crate::scope::synced;
use crate::tamper::{number, tamper};
use crate::walk::{Walk, drawn_world, school, track, visit};
use crate::world::{START, World, change, operator, person, unit};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

fn kept_for(world: &World, days: u32) {
    keep(world, Some(days), KeepDays::default());
}

fn keep(world: &World, tracks: Option<u32>, keep: KeepDays) {
    let policy = DirectoryRecord::Policy(Policy {
        unit: unit("T1"),
        zone: None,
        chief_clock_working_min: None,
        working_hours_min: None,
        picture_long_side_px: None,
        is_emergency: false,
        sight: None,
        track_keep_days: tracks,
        keep,
        limits: xunge_core::directory::Limits::default(),
        emergency_limits: xunge_core::directory::Limits::default(),
        quiet_hours_min: None,
        category_limits: std::collections::BTreeMap::new(),
    });
    let by = operator("room");
    world.service.directory_apply(&by, &[change(policy)]).unwrap();
}

fn lines(world: &World, kind: &str) -> Vec<String> {
    let rows = world.service.audit(Some(&unit("T1")), 1_000).unwrap();
    rows.into_iter()
        .filter(|row| row.kind == kind)
        .map(|row| row.detail)
        .collect()
}

#[test]
fn a_track_past_its_time_goes_its_coverage_stays_and_offering_it_again_is_answered_expired() {
    let world = drawn_world();
    kept_for(&world, 30);
    let mut phone = synced(&world, "w1");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    let old = track(&walk.segment(&phone, 0, 20));
    assert_eq!(phone.push(&world, vec![old.clone()]), vec![ItemResult::Stored]);
    let before = of_room(&world);
    world.clock.pass_ms(29 * DAY_MS);
    let young = track(&walk.segment(&phone, 1, 20));
    assert_eq!(phone.push(&world, vec![young.clone()]), vec![ItemResult::Stored]);
    world.service.tick(world.service.now()).unwrap();
    assert_eq!(world.service.counts().unwrap().tracks, 2, "not yet");
    world.clock.pass_ms(DAY_MS + 1);
    world.service.tick(world.service.now()).unwrap();
    assert_eq!(world.service.counts().unwrap().tracks, 1);
    assert_eq!(
        phone.push(&world, vec![old, young]),
        vec![ItemResult::Expired, ItemResult::Duplicate]
    );
    let after = of_room(&world);
    assert_eq!(after[0].on, before[0].on);
    let told = lines(&world, "tracks_deleted");
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("1 ") && told[0].ends_with("after 30 days"),
        "{told:?}"
    );
    world.assert_sound();
}

#[test]
fn a_person_s_tracks_and_check_ups_are_erased_with_a_reason_and_coverage_stays() {
    let world = drawn_world();
    let place = school("G1", 28_302_500, 120_901_000);
    world
        .service
        .directory_apply(&operator("room"), &[change(place)])
        .unwrap();
    let [mut first, mut second] = ["w1", "w2"].map(|who| synced(&world, who));
    let check_up = VisitKind::CheckUp {
        all_right: true,
        text: "好".into(),
    };
    let mine = Walk::new(&mut first, "G1", START.plus_ms(-60 * MINUTE_MS));
    let other = Walk::new(&mut second, "G2", START.plus_ms(-60 * MINUTE_MS));
    let mut items = mine.items(&first, 0..3, 20);
    items.push(visit(&first, "school", START, check_up, None));
    first.push(&world, items.clone());
    second.push(&world, other.items(&second, 0..1, 20));
    let before = of_room(&world);
    let by = operator("room");
    assert!(
        world.service.erase_tracks(&by, &person("w1"), " ").is_err(),
        "a reason is needed"
    );
    assert_eq!(
        world
            .service
            .erase_tracks(&by, &person("w1"), "本人申请")
            .unwrap(),
        4
    );
    assert_eq!(
        world
            .service
            .erase_tracks(&by, &person("w1"), "本人申请")
            .unwrap(),
        0
    );
    assert_eq!(world.service.counts().unwrap().tracks, 1, "the other's stays");
    assert_eq!(first.push(&world, items), vec![ItemResult::Expired; 4]);
    assert_eq!(of_room(&world), before);
    world.assert_sound();
}

#[test]
fn tracks_of_revoked_phones_go_from_the_review_list_too() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    let by = operator("room");
    world.service.install_revoke(&by, phone.install).unwrap();
    phone.push(&world, walk.items(&phone, 0..1, 20));
    world.clock.pass_ms(91 * DAY_MS);
    world.service.tick(world.service.now()).unwrap();
    assert!(world.service.review_list(&by, 9).unwrap().is_empty());
    let sizes = number(&world.database, "SELECT sum(length(body)) FROM review");
    assert_eq!(sizes, 0);
    world.assert_sound();
}

/// What verification says after somebody was at the database.
fn problems_after(sql: &str) -> Vec<String> {
    let world = drawn_world();
    kept_for(&world, 30);
    let mut phone = synced(&world, "w1");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    phone.push(&world, walk.items(&phone, 0..2, 20));
    world.clock.pass_ms(31 * DAY_MS);
    world.service.tick(world.service.now()).unwrap();
    phone.push(&world, walk.items(&phone, 2..4, 20));
    world.assert_sound();
    assert!(tamper(&world.database, sql) > 0, "{sql}");
    world.service.verify(None).unwrap().problems
}

#[test]
fn verification_finds_damaged_coverage_tracks_and_deletions() {
    for (sql, word) in [
        ("UPDATE coverage SET body = zeroblob(40)", "is not readable"),
        ("DELETE FROM coverage", "not in the coverage"),
        (
            "UPDATE coverage SET seq = 1 WHERE unit = 'G1'",
            "has no row in the feed",
        ),
        (
            "UPDATE tracks SET body = zeroblob(99) WHERE body IS NOT NULL",
            "not what was sent",
        ),
        (
            "DELETE FROM tracks WHERE body IS NULL",
            "does not fit its tombstones",
        ),
        (
            "UPDATE tracks SET body = NULL, received_at = 5 WHERE body IS NOT NULL",
            "without a word",
        ),
    ] {
        let problems = problems_after(sql);
        assert!(problems.iter().any(|p| p.contains(word)), "{sql}: {problems:?}");
    }
}

#[test]
fn after_a_restore_tracks_are_taken_in_again_and_coverage_is_as_before() {
    let world = drawn_world();
    let mut phone = synced(&world, "w1");
    let walk = Walk::new(&mut phone, "G1", START.plus_ms(-60 * MINUTE_MS));
    phone.push(&world, walk.items(&phone, 0..1, 20));
    let backup = world.folder.path().join("backup.sqlite");
    world.service.backup(&operator("room"), &backup).unwrap();
    phone.push(&world, walk.items(&phone, 1..3, 20));
    let before = of_room(&world);
    let world = world.restored(&backup);
    assert_ne!(of_room(&world), before);
    let results = phone.push(&world, walk.items(&phone, 0..3, 20));
    assert_eq!(
        results,
        vec![ItemResult::Duplicate, ItemResult::Stored, ItemResult::Stored]
    );
    assert_eq!(of_room(&world), before);
    world.assert_sound();
}

fn story(world: &World, report: ReportId) -> ReportStory {
    let by = operator("room");
    world
        .service
        .report_story(&by, &ReportRef::Id(report), None)
        .unwrap()
}

/// What of a report is still there: people, files, content.
fn left(world: &World, report: ReportId) -> (usize, usize, bool) {
    let story = story(world, report);
    (story.people.len(), story.blobs.len(), story.content.is_some())
}

fn informant(report: ReportId) -> Item {
    let record = PersonRecord {
        id: PersonRecordId::from_bytes(*report.as_bytes()),
        report,
        part: PersonPart::Informant,
        name: "王小明".into(),
        telephone: None,
        remark: None,
        corrects: None,
    };
    Item::Person {
        id: record.id,
        report,
        bytes: minicbor::to_vec(&record).unwrap().into(),
    }
}

#[test]
fn people_then_files_then_words_go_so_many_days_after_a_reports_end_and_each_can_be_proved() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (ended, submit) = worker.submit(&world, "G1");
    let (open, _) = worker.submit(&world, "G1");
    let mut uploads = Vec::new();
    for made in [&ended, &open] {
        assert_eq!(worker.push(&world, vec![informant(made.id)]).len(), 1);
        let new = NewUpload {
            report: made.id,
            blob: BlobHash::of(made.id.as_bytes()),
            size_bytes: 7,
            media_type: "image/jpeg".into(),
        };
        let upload = world.service.upload_begin(&worker.caller, &new).unwrap();
        world.service.upload_advance(upload.id, 0, 7).unwrap();
        world.service.upload_finish(upload.id).unwrap();
        uploads.push(new);
    }
    world.act("c1", ended.id, Action::Approve);
    world.act_with("room", ended.id, Action::Void, Some(Reason::words("误报")));
    assert_eq!(world.state(ended.id), State::Void);
    let expire = || world.service.expire_reports(world.service.now()).unwrap();
    world.clock.pass_ms(5_000 * DAY_MS);
    assert_eq!(expire(), [], "for good, where no policy says otherwise");
    assert_eq!(left(&world, ended.id), (1, 1, true));
    world.clock.pass_ms(-4_990 * DAY_MS);
    let days = KeepDays {
        people: Some(30),
        files: Some(60),
        content: Some(90),
    };
    keep(&world, None, days);
    for (passed, freed, is_left) in [
        (19, vec![], (1, 1, true)),
        (1, vec![], (0, 1, true)),
        (30, vec![uploads[0].blob], (0, 0, true)),
        (30, vec![], (0, 0, false)),
    ] {
        world.clock.pass_ms(passed * DAY_MS);
        assert_eq!((expire(), left(&world, ended.id)), (freed, is_left));
        assert_eq!(left(&world, open.id), (1, 1, true), "it has not ended");
        world.assert_sound();
    }
    let said = lines(&world, "erased");
    for (class, days) in [("people", 30), ("files", 60), ("everything", 90)] {
        let line = format!(
            "of report {}: {class}, kept for {days} days after its end",
            ended.id
        );
        assert_eq!(said.iter().filter(|said| **said == line).count(), 1, "{said:?}");
    }
    assert_eq!(said.len(), 3);
    // Offered again it is answered so.
    let items = vec![ended.change_item(), worker.sign(&submit), informant(ended.id)];
    assert_eq!(worker.push(&world, items), vec![ItemResult::Erased; 3]);
    let again = world.service.upload_begin(&worker.caller, &uploads[0]);
    assert!(matches!(again, Err(ServiceError::Erased)));
}
