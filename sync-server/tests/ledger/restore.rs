//! Restores, erasures and damage: nothing acknowledged flips, what is erased stays erased, a flipped byte is found.

use xunge_core::attachment::BlobHash;
use xunge_core::command::{Action, Event, Outcome, Reason, SignedCommand, State, Word};
use xunge_core::id::PersonRecordId;
use xunge_core::report::{PersonPart, PersonRecord};
use xunge_core::sync::message::{Item, ItemResult, Notice, Payload};
use xunge_server::ServiceError;
use xunge_server::service::{NewUpload, ReportRef};

use crate::phone::{Made, Phone};
use crate::tamper::tamper;
use crate::world::{World, account, operator};

pub(crate) fn backup(world: &World, name: &str) -> std::path::PathBuf {
    let path = world.folder.path().join(name);
    world.service.backup(&operator("room"), &path).unwrap();
    path
}

fn replay(command: &SignedCommand, result: &ItemResult) -> Item {
    let ItemResult::Decided { result } = result else {
        panic!("{result:?}")
    };
    Item::Replay {
        event: Event {
            command: command.clone(),
            result: result.clone(),
        },
    }
}

fn signed(item: &Item) -> SignedCommand {
    match item {
        Item::Command { command } => command.clone(),
        other => panic!("{other:?}"),
    }
}

/// A chief's decision, pushed; what to offer again of it after a restore.
fn decide(
    world: &World,
    chief: &mut Phone,
    made: &Made,
    action: Action,
    saw: &xunge_core::command::Command,
) -> Item {
    let mut command = chief.command(made.id, action, Some(saw.id), made.heads());
    command.reason = Some(Reason::words("看不清"));
    let item = chief.sign(&command);
    let results = chief.push(world, vec![item.clone()]);
    assert_eq!(chief.outcome(&results[0]), Outcome::Accepted);
    replay(&signed(&item), &results[0])
}

#[test]
fn no_acknowledged_outcome_flips_when_a_lost_decision_comes_back_after_a_new_one() {
    let world = World::new();
    let (mut worker, mut chief, mut village) = (world.phone("w1"), world.phone("c1"), world.phone("v1"));
    let (made, submit) = worker.submit(&world, "G1");
    chief.sync(&world, Vec::new());
    village.sync(&world, Vec::new());
    let backup = backup(&world, "night.sqlite");
    let lost = decide(&world, &mut chief, &made, Action::Return, &submit);
    assert_eq!(world.state(made.id), State::Returned);
    let world = world.restored(&backup);
    assert_eq!(world.state(made.id), State::Submitted);

    // The village's chief does not know of the restore yet: his approval waits.
    let approve = village.command(made.id, Action::Approve, Some(submit.id), made.heads());
    let items = vec![village.sign(&approve)];
    let answer = village.sync(&world, items.clone());
    assert_eq!(
        answer.results,
        vec![ItemResult::MissingDeps { hashes: Vec::new() }]
    );
    assert!(answer.notices.contains(&Notice::OfferAgain {
        feed: village.township.clone()
    }));
    let accepted = village.push(&world, items);
    assert_eq!(village.outcome(&accepted[0]), Outcome::Accepted);

    // Now the other chief's phone brings its acknowledged return back.
    let results = chief.push(&world, vec![lost.clone()]);
    assert_eq!(results, vec![ItemResult::Stored]);
    assert_eq!(chief.push(&world, vec![lost]), vec![ItemResult::Duplicate]);
    let story = world
        .service
        .report_story(&operator("room"), &ReportRef::Id(made.id), None)
        .unwrap();
    let told: Vec<_> = story
        .events
        .iter()
        .map(|e| (e.command.action.kind().as_str(), e.outcome))
        .collect();
    let yes = Outcome::Accepted;
    assert_eq!(told, vec![("submit", yes), ("return", yes), ("approve", yes)]);
    assert_eq!(world.state(made.id), State::Queued, "the later decision stands");
    world.assert_sound();
}

#[test]
fn a_report_that_the_backup_lost_comes_back_from_its_reader_with_the_servers_own_words() {
    let world = World::new();
    let (mut worker, mut chief) = (world.phone("w1"), world.phone("c1"));
    chief.sync(&world, Vec::new());
    let backup = backup(&world, "night.sqlite");
    let (made, submit) = worker.submit(&world, "G1");
    let answer = chief.sync(&world, Vec::new());
    let bundle = answer.pages[0]
        .rows
        .iter()
        .find_map(|row| match &row.payload {
            Payload::Enter { bundle } => Some(bundle.clone()),
            _ => None,
        })
        .expect("the chief got the report");
    let approved = decide(&world, &mut chief, &made, Action::Approve, &submit);
    let world = world.restored(&backup);
    let mut items: Vec<Item> = bundle
        .events
        .iter()
        .map(|event| Item::Replay { event: event.clone() })
        .collect();
    items.push(approved);
    items.extend(bundle.changes.iter().map(|bytes| Item::Return {
        report: made.id,
        bytes: bytes.clone(),
    }));
    let results = chief.push(&world, items);
    assert_eq!(results, vec![ItemResult::Stored; 3]);
    assert_eq!(world.state(made.id), State::Queued);
    let own = worker.push(&world, vec![made.change_item()]);
    assert_eq!(own, vec![ItemResult::Duplicate]);
    world.assert_sound();
}

#[test]
fn changes_of_others_that_no_word_of_the_server_vouches_for_go_to_review() {
    let world = World::new();
    let (mut worker, mut chief) = (world.phone("w1"), world.phone("c1"));
    let (mut made, submit) = worker.submit(&world, "G1");
    let results = worker.push(&world, vec![worker.sign(&submit)]);
    chief.vouches.clone_from(&worker.vouches);
    let vouching = replay(&signed(&worker.sign(&submit)), &results[0]);
    let Item::Change { bytes, .. } = worker.edit(&mut made, "假话") else {
        panic!("an edit is a change")
    };
    let items = vec![
        vouching,
        Item::Return {
            report: made.id,
            bytes,
        },
    ];
    let results = chief.push(&world, items);
    assert_eq!(results[1], ItemResult::ReviewList);
    assert_eq!(world.service.counts().unwrap().changes, 1);
}

#[test]
fn a_word_that_another_key_signed_is_no_word() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (_, submit) = worker.submit(&world, "G1");
    let item = worker.sign(&submit);
    let results = worker.push(&world, vec![item.clone()]);
    let mut result = worker.result(&results[0]);
    result.seq += 1;
    let forged = Item::Replay {
        event: Event {
            command: signed(&item),
            result: Word::signed(&result, &worker.key),
        },
    };
    let results = worker.push(&world, vec![forged]);
    assert!(matches!(results[0], ItemResult::Refused { .. }));
}

#[test]
fn an_erased_report_can_never_be_read_again_and_its_tombstone_counts() {
    let world = World::new();
    let (mut worker, mut chief) = (world.phone("w1"), world.phone("c1"));
    chief.sync(&world, Vec::new());
    let (made, submit) = worker.submit(&world, "G1");
    let report = ReportRef::Id(made.id);
    let none = world.service.erase_report(&operator("room"), &report, " ");
    assert!(matches!(none, Err(ServiceError::BadRequest(_))));
    world
        .service
        .erase_report(&operator("room"), &report, "当事人申请")
        .unwrap();
    let story = world
        .service
        .report_story(&operator("room"), &report, None)
        .unwrap();
    assert!(story.is_erased && story.content.is_none() && story.events.is_empty());
    let items = vec![made.change_item(), worker.sign(&submit)];
    assert_eq!(worker.push(&world, items), vec![ItemResult::Erased; 2]);
    let answer = chief.sync(&world, Vec::new());
    let Payload::Enter { bundle } = &answer.pages[0].rows[0].payload else {
        panic!("{answer:?}")
    };
    assert!(bundle.changes.is_empty() && bundle.events.is_empty());
    assert_eq!(bundle.erased.len(), 1);
    // The log has what ever was written; another engine's rows are looked through in a backup.
    let log = world.folder.path().join("xunge.sqlite-wal");
    let file = match log.exists() {
        true => std::fs::read(log).unwrap(),
        false => std::fs::read(backup(&world, "rows.sqlite")).unwrap(),
    };
    let words = "路边违法横幅".as_bytes();
    assert!(
        !file.windows(words.len()).any(|w| w == words),
        "words rest sealed alone"
    );
    world.assert_sound();
}

#[test]
fn an_erased_person_leaves_the_rest_of_the_report_as_it_was() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (made, _) = worker.submit(&world, "G1");
    let record = PersonRecord {
        id: PersonRecordId::from_bytes([5; 16]),
        report: made.id,
        part: PersonPart::Informant,
        name: "王小明".into(),
        telephone: Some("13812345678".into()),
        remark: None,
        corrects: None,
    };
    let item = Item::Person {
        id: record.id,
        report: made.id,
        bytes: minicbor::to_vec(&record).unwrap().into(),
    };
    assert_eq!(worker.push(&world, vec![item.clone()]), vec![ItemResult::Stored]);
    let report = ReportRef::Id(made.id);
    let masked = world
        .service
        .report_story(&account("room"), &report, None)
        .unwrap();
    assert_eq!(masked.people[0].name, "王*明");
    let open = world
        .service
        .report_story(&account("room"), &report, Some("回访"))
        .unwrap();
    assert_eq!(open.people[0].name, "王小明");
    let log = world.service.audit(Some(&worker.township), 2).unwrap();
    assert!(log[0].detail.contains("unmasked") && !log[0].detail.contains("王小明"));
    world
        .service
        .erase_person(&operator("room"), &report, record.id, "申请")
        .unwrap();
    let story = world
        .service
        .report_story(&account("room"), &report, None)
        .unwrap();
    assert!(story.people.is_empty() && story.content.is_some());
    assert_eq!(worker.push(&world, vec![item]), vec![ItemResult::Erased]);
    world.assert_sound();
}

#[test]
fn a_finished_upload_is_told_to_holders_and_hidden_from_others() {
    let world = World::new();
    let (mut worker, mut chief) = (world.phone("w1"), world.phone("c1"));
    let (made, _) = worker.submit(&world, "G1");
    chief.sync(&world, Vec::new());
    let new = NewUpload {
        report: made.id,
        blob: BlobHash::of(b"picture"),
        size_bytes: 7,
        media_type: "image/jpeg".into(),
    };
    let stranger = world.phone("w2");
    assert!(world.service.upload_begin(&stranger.caller, &new).is_err());
    let upload = world.service.upload_begin(&worker.caller, &new).unwrap();
    assert_eq!(world.service.upload_begin(&worker.caller, &new).unwrap(), upload);
    world.service.upload_advance(upload.id, 0, 7).unwrap();
    assert!(matches!(
        world.service.upload_advance(upload.id, 0, 3),
        Err(ServiceError::Conflict(_))
    ));
    world.service.upload_finish(upload.id).unwrap();
    let again = world.service.upload_begin(&worker.caller, &new);
    assert!(matches!(again, Err(ServiceError::Conflict("stored"))));
    assert!(world.service.blob(&chief.caller, new.blob).is_ok());
    assert!(world.service.blob(&stranger.caller, new.blob).is_err());
    let answer = chief.sync(&world, Vec::new());
    assert!(
        answer.pages[0]
            .rows
            .iter()
            .any(|r| matches!(r.payload, Payload::Blob { size_bytes: 7, .. }))
    );
    let freed = world
        .service
        .erase_blob(&operator("room"), &ReportRef::Id(made.id), new.blob, "申请")
        .unwrap();
    assert_eq!(freed, [new.blob]);
    assert!(world.service.blob(&chief.caller, new.blob).is_err());
    assert!(matches!(
        world.service.upload_begin(&worker.caller, &new),
        Err(ServiceError::Erased)
    ));
    world.assert_sound();
}

#[test]
fn verification_names_a_flipped_byte_a_dropped_row_and_a_changed_audit_line() {
    let damages = [
        (
            "UPDATE ledger SET body = CAST(substr(body, 1, 40) || x'00' || substr(body, 42) AS BLOB) WHERE kind = 1",
            "row",
        ),
        ("DELETE FROM ledger WHERE kind = 2", "rows"),
        (
            "UPDATE audit SET actor = 'somebody' WHERE feed_no > 0 AND number = 2",
            "audit line 2",
        ),
        ("UPDATE reports SET state = 8", "standing"),
        ("UPDATE digests SET digest_count = digest_count + 1", "digest"),
        ("UPDATE manifests SET names = zeroblob(length(names))", "manifest"),
    ];
    for (sql, named) in damages {
        let world = World::new();
        let mut worker = world.phone("w1");
        worker.submit(&world, "G1");
        world.assert_sound();
        assert!(tamper(&world.database, sql) > 0, "{sql}");
        let found = world.service.verify(None).unwrap().problems;
        assert!(found.iter().any(|p| p.contains(named)), "{sql}: {found:?}");
    }
}

#[test]
fn a_database_of_a_newer_program_is_refused_untouched() {
    let world = World::new();
    let path = backup(&world, "newer.sqlite");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.pragma_update(None, "user_version", 999).unwrap();
    drop(database);
    let opened = xunge_server::store::SqliteStore::open(&path, 1, 100);
    assert!(matches!(
        opened.err(),
        Some(xunge_server::store::StoreError::Newer { found: 999, .. })
    ));
}
