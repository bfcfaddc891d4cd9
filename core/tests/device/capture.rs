//! Capturing, deciding and listing with no network at all.

use std::sync::{Arc, Mutex};

use xunge_core::app::{ListQuery, MediaSource, Observer, PersonEntry, SyncStatus, Tab};
use xunge_core::attachment::AttachmentRole;
use xunge_core::command::{Action, ActionKind, Reason, Refusal, State};
use xunge_core::document::FieldEdit;
use xunge_core::error::{Error, ErrorKind};
use xunge_core::report::PersonPart;
use xunge_core::time::TimeQuality;

use crate::server::Server;
use crate::world::{Handset, KEY, jpeg};

#[test]
fn a_draft_survives_a_kill_after_every_field() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 1);
    let report = handset.draft("垃圾堆在桥头");
    let before = handset.device().draft(report).unwrap();
    assert!(
        !before.content.code.is_empty(),
        "the code is there from the beginning"
    );
    handset.kill();
    let device = handset.open();
    assert_eq!(device.draft(report).unwrap(), before);
    assert_eq!(device.drafts().unwrap().len(), 1);
    assert_eq!(device.status().unwrap().draft_count, 1);
}

#[test]
fn an_incomplete_draft_is_refused_with_everything_that_is_missing_and_stays() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 2);
    let report = handset.device().begin_draft().unwrap();
    let error = handset.device().submit(report).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let Error::Incomplete(problems) = error else {
        panic!("typed")
    };
    assert!(
        problems.len() >= 3,
        "category, grid and something shown: {problems:?}"
    );
    assert!(handset.device().draft(report).is_ok());
}

#[test]
fn a_submission_is_one_report_with_one_command_however_often_it_is_pressed() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 3);
    let report = handset.submit("违建");
    let error = handset.device().submit(report).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    let rows = handset.device().reports(&ListQuery::default()).unwrap();
    assert_eq!(rows.items.len(), 1);
    assert_eq!(rows.items[0].pending, Some(ActionKind::Submit));
    assert_eq!(rows.items[0].state, State::Submitted);
    assert_eq!(handset.device().status().unwrap().unsent_count, 2);
    assert_eq!(handset.device().drafts().unwrap(), []);
}

#[test]
fn what_was_settled_on_the_spot_is_handed_in_with_words_where_there_is_no_picture_of_afterwards() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    let report = handset.draft("灯杆歪了");
    let error = handset.device().settle(report, " ").unwrap_err();
    assert!(matches!(error, Error::Incomplete(_)), "{error}");
    handset.device().settle(report, "已扶正").unwrap();
    assert!(handset.sync(&server).is_complete());
    let view = handset.device().report(report).unwrap();
    assert_eq!(view.row.state, State::Settled);
    let said = view.story[0].reason.as_ref().unwrap();
    assert_eq!(said.text, "已扶正");
}

#[test]
fn a_settling_that_is_refused_writes_nothing() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    let report = handset.submit("灯杆歪了");
    assert!(handset.sync(&server).is_complete());
    let error = handset.device().settle(report, "已扶正").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    let view = handset.device().report(report).unwrap();
    assert_eq!(view.content.unwrap().result, "");
    assert_eq!(handset.device().status().unwrap().unsent_count, 0);
}

#[test]
fn a_picture_is_on_disk_with_its_thumbnail_when_the_call_returns() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 4);
    let report = handset.draft("桥头");
    let picture = handset.add_picture(report, 1);
    handset.kill();
    let device = handset.open();
    device.submit(report).unwrap();
    let view = device.report(report).unwrap();
    assert_eq!(view.attachments.len(), 1);
    let attachment = &view.attachments[0];
    assert_eq!(attachment.id, picture);
    assert!(attachment.is_here && attachment.is_thumbnail_here);
    for path in [&attachment.path, &attachment.thumbnail_path] {
        assert_eq!(
            path.as_ref().map(|path| path.exists()),
            KEY.is_none().then_some(true)
        );
    }
    assert!(
        !attachment.is_received,
        "nothing is shown as sent before the server's word"
    );
    let bytes = device
        .attachment_bytes(&attachment.reference.blob)
        .unwrap()
        .unwrap();
    assert_eq!(bytes.len() as u64, attachment.reference.size_bytes);
    assert_eq!(device.status().unwrap().unsent_attachment_count, 2);
}

#[test]
fn a_broken_picture_is_a_typed_error_and_its_bytes_are_kept() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 5);
    let report = handset.draft("x");
    let mut broken = jpeg(1);
    broken.truncate(200);
    let source = MediaSource::Bytes(broken.clone());
    let error = handset
        .device()
        .add_picture(report, &source, AttachmentRole::Scene)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let kept: Vec<_> = std::fs::read_dir(handset.device().folder().join("originals"))
        .unwrap()
        .collect();
    assert_eq!(kept.len(), 1);
    let kept = std::fs::read(kept.into_iter().next().unwrap().unwrap().path()).unwrap();
    // Beside an encrypted database it is sealed.
    assert_eq!(kept == broken, KEY.is_none());
    let note = MediaSource::Bytes(b"not a recording".to_vec());
    let error = handset
        .device()
        .add_voice_note(report, &note, AttachmentRole::Scene);
    assert!(matches!(error, Err(Error::Voice(_))));
}

#[test]
fn a_removed_picture_of_a_draft_leaves_no_file() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 6);
    let report = handset.draft("x");
    let picture = handset.add_picture(report, 1);
    handset.device().remove_attachment(report, picture).unwrap();
    let files = std::fs::read_dir(handset.device().folder().join("attachments")).unwrap();
    assert_eq!(files.count(), 0);
    assert!(
        handset
            .device()
            .draft(report)
            .unwrap()
            .content
            .attachments
            .is_empty()
    );
    let again = handset.add_picture(report, 1);
    handset.device().discard_draft(report).unwrap();
    assert_ne!(again, picture);
    let files = std::fs::read_dir(handset.device().folder().join("attachments")).unwrap();
    assert_eq!(files.count(), 0);
}

#[test]
fn a_person_is_masked_and_shown_in_clear_only_when_asked() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 7);
    let report = handset.draft("x");
    let entry = PersonEntry {
        part: PersonPart::Informant,
        name: "王建国".into(),
        telephone: Some("13812345678".into()),
        remark: None,
    };
    let person = handset.device().add_person(report, &entry).unwrap();
    handset.device().submit(report).unwrap();
    let view = handset.device().report(report).unwrap();
    assert_eq!(view.people.len(), 1);
    assert_ne!(view.people[0].name, "王建国");
    assert_ne!(view.people[0].telephone.as_deref(), Some("13812345678"));
    assert_eq!(handset.device().person_in_clear(person).unwrap().name, "王建国");
    let report = serde_json::to_string(&view.content).unwrap();
    assert!(
        !report.contains("13812345678"),
        "the content holds no name and no number"
    );
}

#[test]
fn a_chief_decides_without_a_network_and_sees_it_waiting() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 8);
    let report = worker.submit("违建");
    assert!(worker.sync(&server).is_complete());
    let chief = Handset::enrolled(&server, "c1", 9);
    let todo = ListQuery {
        tab: Tab::Todo,
        ..ListQuery::default()
    };
    assert_eq!(chief.device().reports(&todo).unwrap().items.len(), 1);
    assert!(
        chief
            .device()
            .permitted(report)
            .unwrap()
            .contains(&ActionKind::Approve)
    );
    let error = chief
        .device()
        .decide(report, Action::Return, None, None)
        .unwrap_err();
    assert!(
        matches!(error, Error::NotAllowed(Refusal::ReasonMissing)),
        "{error:?}"
    );
    let reason = Some(Reason::words("照片看不清"));
    chief
        .device()
        .decide(report, Action::Return, reason, None)
        .unwrap();
    let view = chief.device().report(report).unwrap();
    assert_eq!(view.row.state, State::Returned);
    assert_eq!(view.row.pending, Some(ActionKind::Return));
    assert_eq!(
        view.matter.unwrap().state,
        State::Submitted,
        "the server has not said so yet"
    );
    assert_eq!(view.story.len(), 2);
    assert_eq!(view.story[1].outcome, None);
    assert_eq!(chief.device().reports(&todo).unwrap().items.len(), 0);
    let twice = chief.device().decide(report, Action::Approve, None, None);
    assert!(
        matches!(twice, Err(Error::NotAllowed(_))),
        "one decision at a time"
    );
}

#[test]
fn words_are_the_reporters_and_notes_are_everybodys() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 10);
    let report = worker.submit("违建");
    worker.sync(&server);
    let other = Handset::enrolled(&server, "w2", 11);
    let edit = [FieldEdit::SetDescription("不对".into())];
    let error = other.device().edit(report, &edit).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    other.device().add_note(report, "我也看到了").unwrap();
    other.add_picture(report, 3);
    let content = other.device().report(report).unwrap().content.unwrap();
    assert_eq!((content.notes.len(), content.attachments.len()), (1, 1));
    assert_eq!(content.description, "违建");
}

#[test]
fn lists_page_by_key_without_holes_or_repeats() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 12);
    for n in 0..7 {
        handset.submit(&format!("第 {n}"));
        handset.clock.forward_ms(1_000);
    }
    let mut seen = Vec::new();
    let mut query = ListQuery {
        limit: 3,
        ..ListQuery::default()
    };
    loop {
        let page = handset.device().reports(&query).unwrap();
        seen.extend(page.items.into_iter().map(|row| (row.at, row.report)));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "the latest first");
}

#[test]
fn a_similar_report_near_by_is_hinted_at() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 13);
    let first = handset.submit("桥头垃圾");
    let second = handset.draft("桥头又有垃圾");
    let hints = handset.device().hints(second).unwrap();
    assert_eq!(hints.iter().map(|row| row.report).collect::<Vec<_>>(), [first]);
}

#[derive(Default)]
struct Seen(Mutex<Vec<SyncStatus>>);

impl Observer for Seen {
    fn changed(&self, status: &SyncStatus) {
        self.0.lock().unwrap().push(status.clone());
    }
}

#[test]
fn an_observer_is_told_the_present_first_and_nothing_after_it_is_dropped() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 14);
    let seen = Arc::new(Seen::default());
    let subscription = handset.device().observe(seen.clone());
    assert_eq!(seen.0.lock().unwrap().len(), 1, "the present state at once");
    handset.submit("x");
    let told = seen.0.lock().unwrap().len();
    assert_eq!(seen.0.lock().unwrap().last().unwrap().unsent_count, 2);
    assert!(told > 1);
    drop(subscription);
    handset.submit("y");
    assert_eq!(seen.0.lock().unwrap().len(), told);
}

#[test]
fn a_wrong_clock_is_judged_by_the_servers_and_refused_nothing() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 15);
    handset.clock.set_wall(xunge_core::time::Timestamp(1_000));
    let report = handset.submit("时钟错了");
    assert!(handset.sync(&server).is_complete());
    let later = handset.submit("时钟还是错的");
    let view = handset.device().report(later).unwrap();
    assert_eq!(view.story[0].at.quality, TimeQuality::Estimated);
    assert_eq!(view.story[0].at.at.as_millis(), crate::world::MONDAY_MS);
    assert!(handset.sync(&server).is_complete());
    assert_eq!(server.matter(report).state, State::Submitted);
    assert_eq!(server.matter(later).state, State::Submitted);
    assert!(handset.device().status().unwrap().clock_offset_ms.unwrap() > 120_000);
}
