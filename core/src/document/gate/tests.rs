//! Every way through the gate and every refusal.

use std::collections::BTreeSet;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ObjType, ROOT, ReadDoc, ScalarValue};

use super::*;
use crate::document::sample::{
    TIME_S, actor, attachment, colleague_sends, content, copy, note, opened, person, report, reporter_sends,
    take,
};
use crate::document::{Change, FieldEdit, limit, packed};
use crate::id::{AttachmentId, NoteId, PersonRecordId};
use crate::report::PersonPart;

mod form;
mod rights;

/// A change that another program wrote upon `base`: anything goes.
fn foreign(
    base: &Document,
    actor: ActorId,
    write: impl FnOnce(&mut automerge::transaction::Transaction<'_>),
) -> Change {
    let mut inner = base.inner.clone();
    inner.set_actor(automerge::ActorId::from(*actor.as_bytes()));
    let mut tx = inner.transaction();
    write(&mut tx);
    let (hash, _) = tx.commit_with(CommitOptions::default().with_time(TIME_S));
    crate::document::plain(&inner.get_change_by_hash(&hash.unwrap()).unwrap())
}

fn put(base: &Document, actor: ActorId, key: &str, value: ScalarValue) -> Change {
    foreign(base, actor, |tx| tx.put(ROOT, key, value).unwrap())
}

/// Asks the gate for its word on one change upon `base`.
fn word(base: &Document, change: &Change, sender: &SenderFacts) -> Verdict {
    let base = Snapshot::of(base);
    let prepared = prepare(report(), Some(&base), &[&change.bytes], sender).unwrap();
    let [verdict] = <[Verdict; 1]>::try_from(prepared.verdicts).unwrap();
    if !verdict.is_accepted() {
        assert_eq!(prepared.snapshot, Some(base), "a refused change leaves no trace");
        assert!(prepared.accepted.is_empty());
    }
    verdict
}

fn refusal(base: &Document, change: &Change, sender: &SenderFacts) -> Refusal {
    match word(base, change, sender) {
        Verdict::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn edited(base: &Document, edit: FieldEdit, by: ActorId) -> Change {
    copy(base).edit(&[edit], by, TIME_S).unwrap().unwrap()
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let hash = crate::signature::sha256(&bytes[8..]);
    bytes[4..8].copy_from_slice(&hash[..4]);
    bytes
}

#[test]
fn a_new_report_and_later_changes_pass_and_the_snapshot_has_them() {
    let (mut document, first) = opened();
    let second = document
        .edit(&[FieldEdit::SetResult("已清".into())], actor(1), TIME_S)
        .unwrap()
        .unwrap();
    let third = document
        .edit(&[FieldEdit::SetResult("清完".into())], actor(2), TIME_S)
        .unwrap()
        .unwrap();
    // All at once, in the wrong order and one twice.
    let batch = [third.bytes.as_slice(), &first.bytes, &second.bytes, &first.bytes];
    let prepared = prepare(report(), None, &batch, &reporter_sends()).unwrap();
    let hash = |change: &Change| Verdict::Accepted { hash: change.hash };
    let twice = Verdict::Duplicate { hash: first.hash };
    assert_eq!(
        prepared.verdicts,
        [hash(&third), hash(&first), hash(&second), twice]
    );
    assert_eq!(
        prepared.accepted.iter().map(|a| a.index).collect::<Vec<_>>(),
        [1, 2, 0]
    );
    assert_eq!(prepared.content.unwrap(), document.content().unwrap());
    let snapshot = prepared.snapshot.unwrap();
    assert_eq!(snapshot.heads, document.heads());
    // Once more upon the result: all known, nothing new, the base comes back.
    let again = prepare(report(), Some(&snapshot), &batch, &reporter_sends()).unwrap();
    assert!(
        again
            .verdicts
            .iter()
            .all(|v| matches!(v, Verdict::Duplicate { .. }))
    );
    assert_eq!(again.snapshot, Some(snapshot));
    assert_eq!(again.content.unwrap(), document.content().unwrap());
}

#[test]
fn preparing_may_go_to_another_thread() {
    fn is_send<T: Send + 'static>() {}
    is_send::<Prepared>();
    is_send::<SenderFacts>();
}

#[test]
fn a_number_taken_by_another_change_asks_for_a_new_actor() {
    let (document, _) = opened();
    let mut here = copy(&document);
    here.edit(&[FieldEdit::SetResult("甲".into())], actor(1), TIME_S)
        .unwrap();
    // The phone restored from a backup, going on from the first change.
    let mut restored = copy(&document);
    let second = restored
        .edit(&[FieldEdit::SetResult("乙".into())], actor(1), TIME_S)
        .unwrap()
        .unwrap();
    let third = restored
        .edit(&[FieldEdit::SetResult("丙".into())], actor(1), TIME_S)
        .unwrap()
        .unwrap();
    let base = Snapshot::of(&here);
    let batch = [second.bytes.as_slice(), &third.bytes];
    let prepared = prepare(report(), Some(&base), &batch, &reporter_sends()).unwrap();
    assert_eq!(prepared.verdicts, [Verdict::RotateActor, Verdict::RotateActor]);
    let prepared = check_incoming(report(), Some(&base), &batch).unwrap();
    assert_eq!(prepared.verdicts, [Verdict::RotateActor, Verdict::RotateActor]);
    assert_eq!(prepared.snapshot, Some(base));
}

#[test]
fn what_rests_on_unknown_changes_names_them() {
    let (mut document, first) = opened();
    let base = Snapshot::of(&document);
    let second = document
        .edit(&[FieldEdit::SetResult("甲".into())], actor(1), TIME_S)
        .unwrap()
        .unwrap();
    let third = document
        .edit(&[FieldEdit::SetResult("乙".into())], actor(1), TIME_S)
        .unwrap()
        .unwrap();
    let fourth = document
        .edit(&[FieldEdit::SetResult("丙".into())], actor(1), TIME_S)
        .unwrap()
        .unwrap();
    let batch = [fourth.bytes.as_slice(), &third.bytes];
    let lacking = Verdict::MissingDeps {
        hashes: vec![second.hash],
    };
    let prepared = prepare(report(), Some(&base), &batch, &reporter_sends()).unwrap();
    assert_eq!(prepared.verdicts, [lacking.clone(), lacking]);
    let prepared = prepare(report(), None, &[&second.bytes], &reporter_sends()).unwrap();
    assert_eq!(
        prepared.verdicts,
        [Verdict::MissingDeps {
            hashes: vec![first.hash]
        }]
    );
    assert!(prepared.snapshot.is_none() && prepared.content.is_none());
}

#[test]
fn one_bad_change_does_not_take_the_good_ones_with_it() {
    let (document, _) = opened();
    let base = Snapshot::of(&document);
    let good = edited(&document, FieldEdit::SetResult("好".into()), actor(2));
    let mut branch = copy(&document);
    let bad = foreign(&branch, actor(1), |tx| tx.put(ROOT, "text", 1).unwrap());
    branch.apply([bad.bytes.as_slice()]).unwrap();
    let upon_bad = edited(&branch, FieldEdit::SetResult("坏".into()), actor(1));
    let batch = [bad.bytes.as_slice(), &upon_bad.bytes, &good.bytes];
    let prepared = prepare(report(), Some(&base), &batch, &reporter_sends()).unwrap();
    assert!(matches!(
        prepared.verdicts[0],
        Verdict::Refused(Refusal::BadValue { .. })
    ));
    assert_eq!(prepared.verdicts[1], Verdict::Refused(Refusal::RestsOnRefused));
    assert!(prepared.verdicts[2].is_accepted());
    assert_eq!(prepared.content.unwrap().result, "好");
}

#[test]
fn a_base_that_does_not_load_is_told_apart_from_a_bad_change() {
    let (document, first) = opened();
    let mut base = Snapshot::of(&document);
    base.heads = vec![ChangeHash([1; 32])];
    assert_eq!(
        check_incoming(report(), Some(&base), &[&first.bytes]).unwrap_err(),
        BaseError
    );
    let mut base = Snapshot::of(&document);
    base.bytes.truncate(40);
    assert_eq!(check_incoming(report(), Some(&base), &[]).unwrap_err(), BaseError);
}

#[test]
fn what_the_server_took_from_many_a_phone_takes_in_any_order() {
    let (mut document, _) = opened();
    let mut mine = copy(&document);
    let mut theirs = copy(&document);
    mine.edit(&[FieldEdit::SetDescription("我的".into())], actor(1), TIME_S)
        .unwrap();
    let id = NoteId::from_bytes([3; 16]);
    theirs
        .edit(
            &[FieldEdit::AddNote {
                id,
                note: note("w-0999", "看"),
            }],
            actor(9),
            TIME_S,
        )
        .unwrap();
    take(&mut document, &mine);
    take(&mut document, &theirs);
    let mut changes = document.changes();
    changes.reverse();
    let bytes: Vec<&[u8]> = changes.iter().map(|change| change.bytes.as_slice()).collect();
    let prepared = check_incoming(report(), None, &bytes).unwrap();
    assert!(prepared.verdicts.iter().all(Verdict::is_accepted));
    assert_eq!(prepared.snapshot.unwrap().heads, document.heads());
    assert_eq!(prepared.content.unwrap(), document.content().unwrap());
    assert_eq!(person("w-0412"), document.content().unwrap().reporter);
}
