//! Restores, revocation, refusals, changed scopes, differences and erasures: what has to heal by itself.

use xunge_core::app::Tab;
use xunge_core::command::{Action, State};
use xunge_core::document::{Document, FieldEdit};
use xunge_core::sync::message::{Erasure, Payload, RefusedCode};

use crate::server::{Fault, Server, digest};
use crate::world::{Handset, back_up, person, unit};

#[test]
fn a_phone_restored_from_an_old_backup_rotates_its_actor_and_goes_on() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 12);
    let report = handset.submit("一");
    handset.sync(&server);
    let device = handset.device.take().unwrap();
    let tag_before = device.draft(device.begin_draft().unwrap()).unwrap().content.code;
    drop(device);
    let backup = tempfile::tempdir().unwrap();
    back_up(handset.folder.path(), backup.path());
    handset.open();
    // After the backup: an edit that the server has, and that the backup does not know.
    let edit = |words: &str| [FieldEdit::SetDescription(words.into())];
    handset.device().edit(report, &edit("备份之后")).unwrap();
    handset.sync(&server);
    handset.kill();
    // The backup comes back over what is there; the mark beside it does not.
    back_up(backup.path(), handset.folder.path());
    for gone in ["xunge.sqlite3-wal", "xunge.sqlite3-shm"] {
        let profile = handset.phone().profiles().unwrap().remove(0).id;
        let folder = handset.folder.path().join(format!("profile-{profile}"));
        let _ = std::fs::remove_file(folder.join(gone));
    }
    let device = handset.open();
    assert_eq!(device.notices().unwrap().len(), 1, "the worker is told");
    device.edit(report, &edit("恢复之后")).unwrap();
    let code = device.draft(device.begin_draft().unwrap()).unwrap().content.code;
    assert_ne!(code, tag_before, "a spare tag keeps codes apart");
    assert!(handset.sync(&server).is_complete());
    assert!(handset.sync(&server).is_complete());
    assert_eq!(handset.device().status().unwrap().unsent_count, 0);
    let held = server.held(report);
    let actors: std::collections::BTreeSet<_> = held
        .changes
        .iter()
        .map(|bytes| Document::change_facts(bytes).unwrap().actor)
        .collect();
    assert_eq!(actors.len(), 2, "the later edit is under a spare actor");
    let content = handset.device().report(report).unwrap().content.unwrap();
    let values: Vec<_> = content.disputed.iter().flat_map(|d| d.values.clone()).collect();
    assert!(
        values.contains(&"备份之后".into()) && values.contains(&"恢复之后".into()),
        "{values:?}"
    );
}

#[test]
fn an_unsent_edit_whose_number_is_taken_is_issued_again_with_its_decision() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 13);
    let report = handset.submit("一");
    handset.sync(&server);
    // An edit is made and not sent; the backup holds it.
    let edit = |words: &str| [FieldEdit::SetDescription(words.into())];
    handset.device().edit(report, &edit("旧")).unwrap();
    handset.kill();
    let backup = tempfile::tempdir().unwrap();
    back_up(handset.folder.path(), backup.path());
    handset.open();
    handset.sync(&server);
    // The other life of the phone took the same number with other words: here the server's document is made to hold them.
    {
        let mut state = server.state.lock().unwrap();
        let held = state.kept.reports.get_mut(&report).unwrap();
        let first = held.changes[0].clone();
        let actor = Document::change_facts(&first).unwrap().actor;
        let mut document = Document::from_changes([first.as_slice()]).unwrap();
        let other = document.edit(&edit("另一个"), actor, 5).unwrap().unwrap();
        let replaced = held.changes[1].clone();
        held.changes = vec![first, other.bytes.clone()];
        held.snapshot = Some(xunge_core::document::gate::Snapshot::of(&document));
        let is_it = |row: &Payload| matches!(row, Payload::Change { bytes, .. } if **bytes == replaced);
        state.kept.rows.retain(|row| !is_it(row));
        state.kept.rows.push(Payload::Change {
            report,
            bytes: other.bytes.into(),
        });
    }
    handset.kill();
    back_up(backup.path(), handset.folder.path());
    handset.open();
    for _ in 0..3 {
        assert!(handset.sync(&server).is_complete());
    }
    assert_eq!(handset.device().status().unwrap().unsent_count, 0);
    let held = server.held(report);
    assert_eq!(held.changes.len(), 3);
    let view = handset.device().report(report).unwrap();
    let values: Vec<_> = view
        .content
        .unwrap()
        .disputed
        .iter()
        .flat_map(|d| d.values.clone())
        .collect();
    assert!(
        values.contains(&"旧".into()) && values.contains(&"另一个".into()),
        "{values:?}"
    );
}

#[test]
fn a_server_restored_from_a_backup_flips_no_acknowledged_outcome() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 14);
    let chief = Handset::enrolled(&server, "c1", 15);
    let report = worker.submit("一");
    worker.sync(&server);
    let last_night = server.kept();
    chief.sync(&server);
    chief
        .device()
        .decide(report, Action::Approve, None, None)
        .unwrap();
    chief.sync(&server);
    let lost = worker.submit("备份之后的");
    worker.sync(&server);
    server.restore(last_night);
    assert_eq!(
        server.matter(report).state,
        State::Submitted,
        "the backup knows no approval"
    );
    for handset in [&chief, &worker, &chief, &worker] {
        let end = handset.sync(&server);
        assert!(end.is_complete(), "{end:?}");
    }
    assert_eq!(server.matter(report).state, State::Queued);
    assert_eq!(server.matter(lost).state, State::Submitted);
    assert_eq!(server.held(lost).changes.len(), 1);
    for handset in [&chief, &worker] {
        assert_eq!(handset.device().report(report).unwrap().row.state, State::Queued);
    }
}

#[test]
fn a_server_put_back_without_a_word_gets_back_what_it_lost() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 40);
    let kept = server.kept();
    let report = worker.submit("之后");
    worker.sync(&server);
    // Somebody copies last night's file into place: the generation says nothing.
    server.state.lock().unwrap().kept = kept;
    for _ in 0..2 {
        let end = worker.sync(&server);
        assert!(end.is_complete(), "{end:?}");
    }
    assert_eq!(server.matter(report).state, State::Submitted);
    assert_eq!(worker.device().status().unwrap().unsent_count, 0);
}

#[test]
fn a_revoked_phone_still_pushes_and_is_told() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 16);
    handset.submit("撤销前拍的");
    server.state.lock().unwrap().kept.installs[0].is_revoked = true;
    assert!(handset.sync(&server).is_complete());
    let status = handset.device().status().unwrap();
    assert!(status.is_revoked);
    assert_eq!((status.unsent_count, status.attention_count), (0, 0));
}

#[test]
fn what_the_server_refuses_needs_attention_and_keeps_its_words() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 17);
    let report = handset.submit("一");
    handset.sync(&server);
    handset
        .device()
        .edit(report, &[FieldEdit::SetDescription("被拒绝的话".into())])
        .unwrap();
    server.state.lock().unwrap().refuse = Some(RefusedCode::OutOfScope);
    assert!(handset.sync(&server).is_complete());
    server.state.lock().unwrap().refuse = None;
    let entries = handset.device().needs_attention().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].refusal, "out_of_scope");
    assert!(
        entries[0].content.contains("被拒绝的话"),
        "what was typed can be exported"
    );
    assert!(handset.device().report(report).unwrap().row.needs_attention);
    // Work on the report goes on, without the refused edit.
    handset.device().add_note(report, "继续").unwrap();
    assert!(handset.sync(&server).is_complete());
    assert_eq!(handset.device().status().unwrap().unsent_count, 0);
    assert_eq!(server.held(report).changes.len(), 2);
    handset.device().clear_attention(entries[0].id).unwrap();
    assert_eq!(handset.device().needs_attention().unwrap(), []);
}

#[test]
fn a_report_whose_beginning_is_refused_waits_whole_and_can_be_sent_again() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 18);
    server.state.lock().unwrap().refuse = Some(RefusedCode::OutOfScope);
    let report = handset.submit("一");
    handset.sync(&server);
    server.state.lock().unwrap().refuse = None;
    let entries = handset.device().needs_attention().unwrap();
    assert!(entries.iter().any(|entry| entry.what == "change"), "{entries:?}");
    handset.sync(&server);
    assert!(
        server.held(report).changes.is_empty(),
        "nothing goes without its beginning"
    );
    let view = handset.device().report(report).unwrap();
    assert_eq!(view.content.unwrap().description, "一");
    for entry in entries.iter().filter(|entry| entry.what == "change") {
        handset.device().retry_attention(entry.id).unwrap();
    }
    assert!(handset.sync(&server).is_complete());
    assert_eq!(server.held(report).changes.len(), 1);
}

#[test]
fn a_grid_that_leaves_the_scope_is_let_go_but_not_before_its_edits_are_sent() {
    let server = Server::new();
    let owner = Handset::enrolled(&server, "w1", 19);
    let other = Handset::enrolled(&server, "w2", 20);
    let (kept, gone) = (owner.submit("甲"), owner.submit("乙"));
    owner.sync(&server);
    other.sync(&server);
    other.device().add_note(kept, "未发送").unwrap();
    let narrow = vec![unit("G2")];
    let grids = |grids: Vec<_>| {
        let mut state = server.state.lock().unwrap();
        state.kept.grids.insert(person("w2"), grids);
    };
    grids(narrow);
    server.faults(&[Some(Fault::LoseRequest)]);
    other.sync(&server);
    assert!(other.device().report(kept).is_ok());
    assert!(other.sync(&server).is_complete());
    assert!(other.sync(&server).is_complete());
    assert!(other.device().report(gone).is_err(), "out of scope");
    assert!(other.device().report(kept).is_err(), "sent, then let go");
    let document = Document::load(&server.held(kept).snapshot.unwrap().bytes).unwrap();
    assert_eq!(document.content().unwrap().notes.len(), 1);
    grids(vec![unit("G1"), unit("G2")]);
    assert!(other.sync(&server).is_complete());
    assert!(other.device().report(gone).is_ok(), "filled again");
    assert!(owner.sync(&server).is_complete());
    assert_eq!(owner.device().report_count(Tab::Mine).unwrap(), 2);
}

#[test]
fn a_difference_repairs_itself_and_costs_nothing_after_that() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 21);
    let chief = Handset::enrolled(&server, "c1", 22);
    let report = worker.submit("一");
    worker.sync(&server);
    // A row that the server lost from its feed: a defect that a cursor alone would never find.
    server.state.lock().unwrap().kept.rows.retain(|row| {
        let about = |r: &Payload| matches!(r, Payload::Change { .. } | Payload::Event { .. });
        !about(row)
    });
    assert!(chief.sync(&server).is_complete());
    let view = chief.device().report(report).unwrap();
    assert_eq!(view.content.unwrap().description, "一");
    assert_eq!(view.row.state, State::Submitted);
    server.clear_requests();
    chief.sync(&server);
    assert_eq!(server.state.lock().unwrap().requests.len(), 1);
    let sent = server.state.lock().unwrap().last_request.clone().unwrap();
    assert_eq!(sent.feeds[0].digest, Some(digest(&server.held(report))));
}

#[test]
fn a_damaged_incoming_change_is_kept_aside_and_holds_up_nothing() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 23);
    let chief = Handset::enrolled(&server, "c1", 24);
    let bad = worker.submit("坏");
    let good = worker.submit("好");
    worker.sync(&server);
    {
        let mut state = server.state.lock().unwrap();
        for row in &mut state.kept.rows {
            if let Payload::Change { report, bytes } = row
                && *report == bad
            {
                let last = bytes.len() - 1;
                bytes[last] ^= 0xff;
            }
        }
    }
    assert!(chief.sync(&server).is_complete());
    let status = chief.device().status().unwrap();
    assert!(status.quarantine_count >= 1);
    assert_eq!(
        chief.device().report(good).unwrap().content.unwrap().description,
        "好"
    );
    // The repair brought the undamaged change.
    assert_eq!(
        chief.device().report(bad).unwrap().content.unwrap().description,
        "坏"
    );
}

#[test]
fn what_was_erased_by_law_goes_from_the_phone_and_both_sides_agree() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 25);
    let report = worker.draft("一");
    worker.add_picture(report, 1);
    worker.device().submit(report).unwrap();
    worker.sync(&server);
    {
        let mut state = server.state.lock().unwrap();
        let what = Erasure::Report { report };
        let held = state.kept.reports.get_mut(&report).unwrap();
        let matter = held.matter.clone();
        *held = crate::server::Held {
            matter,
            erased: vec![what],
            ..Default::default()
        };
        state.kept.rows.push(Payload::Erased { what });
    }
    assert!(worker.sync(&server).is_complete());
    let view = worker.device().report(report).unwrap();
    assert!(view.row.is_erased && view.content.is_none());
    let files = std::fs::read_dir(worker.device().folder().join("attachments")).unwrap();
    assert_eq!(files.count(), 0);
    server.clear_requests();
    worker.sync(&server);
    assert_eq!(
        server.state.lock().unwrap().requests.len(),
        1,
        "no repair is asked for"
    );
}
