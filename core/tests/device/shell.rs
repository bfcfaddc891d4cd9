//! What the shells' screens stand on: choosing, joining, setting aside, storage.

use xunge_core::command::{ActionKind, State};
use xunge_core::document::FieldEdit;
use xunge_core::error::ErrorKind;
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::report::PersonPart;

use crate::server::Server;
use crate::world::{Handset, jpeg, kind};
use xunge_core::app::{MediaSource, PersonEntry};
use xunge_core::attachment::AttachmentRole;

#[test]
fn categories_are_offered_by_use_by_what_is_typed_and_tile_by_tile() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    let device = handset.device();
    assert_eq!(device.recent_categories(5).unwrap(), [], "nothing was chosen yet");
    handset.submit("违建");
    let recent = device.recent_categories(5).unwrap();
    assert_eq!(
        recent.iter().map(|t| t.category.id.clone()).collect::<Vec<_>>(),
        [kind()]
    );
    assert_eq!(recent[0].class_name, "category env");
    assert_eq!(device.recent_categories(0).unwrap(), []);
    let found = device.search_categories("garb").unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(device.search_categories("nothing").unwrap(), []);
    let top = device.category_children(None).unwrap();
    assert_eq!(top.len(), 1);
    assert!(top[0].has_children, "a class is opened, not chosen");
    let below = device.category_children(Some(&top[0].category.id)).unwrap();
    assert!(below.len() == 1 && !below[0].has_children);
}

#[test]
fn a_draft_joins_a_report_with_words_pictures_and_people_and_ends() {
    let server = Server::new();
    let mut first = Handset::enrolled(&server, "w1", 2);
    let second = Handset::enrolled(&server, "w2", 3);
    let report = first.submit("横幅");
    assert!(first.sync(&server).is_complete());
    assert!(second.sync(&server).is_complete());
    let draft = second.draft("我也看到了横幅");
    second.add_picture(draft, 7);
    let entry = PersonEntry {
        part: PersonPart::Informant,
        name: "李四".into(),
        telephone: None,
        remark: None,
    };
    second.device().add_person(draft, &entry).unwrap();
    second.device().join_report(draft, report).unwrap();
    assert_eq!(
        second.device().draft(draft).unwrap_err().kind(),
        ErrorKind::NotFound,
        "the draft ends"
    );
    let sent = second.sync(&server);
    assert!(sent.is_complete() && sent.blobs_sent == 2, "{sent:?}");
    first.sync(&server);
    first.kill();
    let view = first.open().report(report).unwrap();
    let content = view.content.unwrap();
    assert_eq!(content.description, "横幅", "the reporter's words are his own");
    let notes: Vec<_> = content.notes.values().map(|note| note.text.as_str()).collect();
    assert_eq!(notes, ["我也看到了横幅"]);
    assert_eq!((content.attachments.len(), view.people.len()), (1, 1));
    assert_eq!(view.row.attachment_received_count, 1);
    assert_eq!(first.device().needs_attention().unwrap(), []);
    assert_eq!(second.device().needs_attention().unwrap(), []);
}

#[test]
fn an_empty_draft_and_an_ended_report_cannot_be_joined_and_nothing_is_lost() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 4);
    let device = handset.device();
    let report = handset.submit("横幅");
    let empty = device.begin_draft().unwrap();
    assert_eq!(
        device.join_report(empty, report).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    handset.sync(&server);
    device
        .decide(report, xunge_core::command::Action::Withdraw, None, None)
        .unwrap();
    let draft = handset.draft("又一条");
    assert_eq!(
        device.join_report(draft, report).unwrap_err().kind(),
        ErrorKind::NotAllowed
    );
    assert_eq!(device.drafts().unwrap().len(), 2, "both drafts are still there");
    assert_eq!(device.report(report).unwrap().row.state, State::Withdrawn);
}

#[test]
fn a_profile_that_is_set_aside_keeps_its_work_and_leaves_room_for_a_new_enrolment() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 5);
    handset.submit("还没发出");
    let profile = handset.device().info().id.clone();
    handset.kill();
    let phone = handset.phone();
    let aside = phone.set_aside(&profile, "key_lost").unwrap();
    assert_eq!(phone.profiles().unwrap(), []);
    assert_eq!(
        phone.set_aside(&profile, "again").unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let held = handset.folder.path().join(&aside.folder).join("xunge.sqlite3");
    assert!(held.exists(), "the database is where the note says");
    assert_eq!(phone.set_aside_profiles().unwrap(), [aside]);
    phone.enrol(&server.code("w1"), &server).unwrap();
    let device = handset.open();
    assert_eq!(
        device.report_count(xunge_core::app::Tab::Mine).unwrap(),
        0,
        "the new one begins empty"
    );
}

#[test]
fn storage_tells_pictures_from_the_rest_and_what_is_unsent() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 6);
    let before = handset.device().storage().unwrap();
    assert!(before.database_bytes > 0 && before.pictures_bytes == 0 && before.voice_bytes == 0);
    let report = handset.draft("有图");
    handset.add_picture(report, 9);
    handset.device().submit(report).unwrap();
    let with = handset.device().storage().unwrap();
    assert!(
        with.pictures_bytes > 0 && with.unsent_bytes == with.pictures_bytes,
        "{with:?}"
    );
    handset.sync(&server);
    assert_eq!(handset.device().storage().unwrap().unsent_bytes, 0);
    assert!(!handset.device().settings().unwrap().is_wifi_only);
    handset.device().set_wifi_only(true).unwrap();
    assert!(handset.device().settings().unwrap().is_wifi_only);
}

#[test]
fn a_report_says_by_when_it_is_to_be_decided_and_what_was_amended() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 7);
    let chief = Handset::enrolled(&server, "c1", 8);
    let report = worker.submit("横幅");
    worker.sync(&server);
    chief.sync(&server);
    let view = chief.device().report(report).unwrap();
    let first = view.deadlines.first().expect("the chief's clock runs");
    assert_eq!(Some(first.ends_at), view.row.due_at);
    assert!(!first.is_late && !view.row.is_late);
    chief
        .device()
        .decide(report, xunge_core::command::Action::Approve, None, None)
        .unwrap();
    chief.sync(&server);
    worker.sync(&server);
    assert_eq!(worker.device().report(report).unwrap().amendments, []);
    worker
        .device()
        .edit(report, &[FieldEdit::SetDescription("两条横幅".into())])
        .unwrap();
    worker.sync(&server);
    chief.sync(&server);
    let view = chief.device().report(report).unwrap();
    assert!(view.row.is_amended);
    let changed: Vec<_> = view
        .amendments
        .iter()
        .map(|a| (a.before.as_str(), a.now.as_str()))
        .collect();
    assert_eq!(changed, [("横幅", "两条横幅")]);
    chief.clock.forward_ms(40 * 24 * 3_600_000);
    let page = chief
        .device()
        .reports(&xunge_core::app::ListQuery::default())
        .unwrap();
    assert!(
        page.items
            .iter()
            .chain([&view.row])
            .all(|row| row.due_at.is_some())
    );
    assert!(chief.device().report(report).unwrap().row.is_late);
}

#[test]
fn what_two_phones_of_one_person_wrote_apart_is_settled_by_choosing_one() {
    let server = Server::new();
    let one = Handset::enrolled(&server, "w1", 9);
    let other = Handset::enrolled(&server, "w1", 10);
    let report = one.submit("横幅");
    one.sync(&server);
    other.sync(&server);
    one.device()
        .edit(report, &[FieldEdit::SetPlaceText("桥头".into())])
        .unwrap();
    other
        .device()
        .edit(report, &[FieldEdit::SetPlaceText("桥尾".into())])
        .unwrap();
    one.sync(&server);
    other.sync(&server);
    let view = other.device().report(report).unwrap();
    let mut values: Vec<_> = view.disputes[0]
        .values
        .iter()
        .map(|value| value.text.clone())
        .collect();
    values.sort();
    assert_eq!(
        (view.disputes.len(), view.disputes[0].field.as_str()),
        (1, "place_text")
    );
    assert_eq!(values, ["桥头", "桥尾"]);
    let chosen = view.disputes[0].values[1].clone();
    other.device().edit(report, &[chosen.edit.unwrap()]).unwrap();
    let view = other.device().report(report).unwrap();
    assert_eq!(
        (view.disputes.len(), view.content.unwrap().place_text),
        (0, chosen.text)
    );
}

#[test]
fn names_near_by_come_by_distance_and_last_answers_only_for_open_fields() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 11);
    let reservoir = handset.device().key_places().unwrap().remove(0);
    let claim = PlaceClaim {
        position: reservoir.position,
        accuracy_m: 5.0,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: 0,
    };
    let near = handset.device().nearby_names(&claim).unwrap();
    assert_eq!(near[0].name, reservoir.name);
    let nowhere = PlaceClaim {
        position: Position {
            lat_deg: f64::NAN,
            lon_deg: 0.0,
        },
        ..claim
    };
    assert_eq!(handset.device().nearby_names(&nowhere).unwrap(), []);
    let draft = handset.draft("x");
    assert_eq!(handset.device().suggested_answers(draft).unwrap(), []);
    let source = MediaSource::Bytes(jpeg(1));
    assert!(
        handset
            .device()
            .add_picture(draft, &source, AttachmentRole::Scene)
            .is_ok()
    );
    let permitted = handset.device().permitted(draft).unwrap();
    assert!(permitted.contains(&ActionKind::Submit));
}

#[test]
fn words_that_are_not_sent_yet_outlive_a_kill_until_they_are_taken_back() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 12);
    let other = Handset::enrolled(&server, "w2", 13);
    let device = handset.device();
    assert_eq!(device.kept_words("report/1/note").unwrap(), None);
    device.keep_words("report/1/note", "桥").unwrap();
    device.keep_words("report/1/note", "桥头").unwrap();
    device.keep_words("report/1/return", "看不清").unwrap();
    handset.kill();
    let device = handset.open();
    assert_eq!(
        device.kept_words("report/1/note").unwrap().as_deref(),
        Some("桥头")
    );
    assert_eq!(
        other.device().kept_words("report/1/note").unwrap(),
        None,
        "another person's"
    );
    device.keep_words("report/1/note", "").unwrap();
    assert_eq!(device.kept_words("report/1/note").unwrap(), None);
    assert_eq!(
        device.kept_words("report/1/return").unwrap().as_deref(),
        Some("看不清")
    );
}
