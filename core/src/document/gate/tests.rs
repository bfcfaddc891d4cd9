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
fn damaged_bytes_are_told_by_the_checksum_everywhere() {
    let (_, first) = opened();
    for index in 0..first.bytes.len() {
        for bit in [1, 0x80] {
            let mut bytes = first.bytes.clone();
            bytes[index] ^= bit;
            let prepared = prepare(report(), None, &[&bytes], &reporter_sends()).unwrap();
            assert!(
                matches!(prepared.verdicts[0], Verdict::Refused(_)),
                "byte {index}"
            );
            assert_eq!(prepared.snapshot, None);
        }
    }
    for length in 0..first.bytes.len() {
        let prepared = prepare(report(), None, &[&first.bytes[..length]], &reporter_sends()).unwrap();
        assert!(
            matches!(prepared.verdicts[0], Verdict::Refused(Refusal::Malformed(_))),
            "{length} bytes"
        );
    }
    let mut bytes = first.bytes.clone();
    *bytes.last_mut().unwrap() ^= 1;
    let prepared = prepare(report(), None, &[&bytes], &reporter_sends()).unwrap();
    assert_eq!(prepared.verdicts, [Verdict::Refused(Refusal::ChecksumWrong)]);
}

#[test]
fn the_deflated_form_of_a_change_is_not_its_form() {
    let (document, first) = opened();
    let mut change = document.inner.get_changes(&[]).remove(0);
    let deflated = change.bytes().to_vec();
    assert!(deflated.len() < first.bytes.len());
    let prepared = prepare(report(), None, &[&deflated], &reporter_sends()).unwrap();
    assert_eq!(
        prepared.verdicts,
        [Verdict::Refused(Refusal::Malformed("not a plain change"))]
    );
}

#[test]
fn another_spelling_of_the_same_operations_is_refused() {
    let (document, _) = opened();
    // One put: its action column is a literal of one value (`7f 01`), and a run of one value (`01 01`) reads the same.
    let mut change = put(&document, actor(1), "done", ScalarValue::Str("x".into()));
    let at = change
        .bytes
        .windows(2)
        .rposition(|pair| pair == [0x7f, 0x01])
        .unwrap();
    change.bytes[at] = 0x01;
    change.bytes = with_checksum(change.bytes);
    assert_eq!(
        refusal(&document, &change, &reporter_sends()),
        Refusal::NotCanonical
    );
    // A message, which automerge reads without a word.
    let mut inner = document.inner.clone();
    inner.set_actor(automerge::ActorId::from(*actor(1).as_bytes()));
    let mut tx = inner.transaction();
    tx.put(ROOT, "done", "x").unwrap();
    tx.commit_with(CommitOptions::default().with_message("hello"));
    let spoken = crate::document::plain(&inner.get_last_local_change().unwrap());
    assert_eq!(
        refusal(&document, &spoken, &reporter_sends()),
        Refusal::Malformed("a message")
    );
}

#[test]
fn a_change_that_is_too_large_is_refused_before_it_is_read() {
    let bytes = vec![0; limit::CHANGE_BYTES_MAX + 1];
    let prepared = prepare(report(), None, &[&bytes], &reporter_sends()).unwrap();
    assert!(matches!(
        prepared.verdicts[0],
        Verdict::Refused(Refusal::TooLarge { .. })
    ));
}

#[test]
fn a_run_length_that_claims_a_million_million_operations_costs_nothing() {
    let (document, _) = opened();
    let small = put(&document, actor(1), "done", ScalarValue::Str("x".into()));
    // The action column of one put is `7f 01` (one literal 1): replaced by a run of 2^40.
    let at = small
        .bytes
        .windows(2)
        .rposition(|pair| pair == [0x7f, 0x01])
        .unwrap();
    let mut bytes = small.bytes[..at].to_vec();
    bytes.extend([0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
    bytes.extend(&small.bytes[at + 1..]);
    let meta = bytes.windows(2).rposition(|pair| pair == [0x42, 0x02]).unwrap();
    bytes[meta + 1] += 5;
    bytes[9] += 5;
    let change = Change {
        hash: small.hash,
        bytes: with_checksum(bytes),
    };
    assert_eq!(
        refusal(&document, &change, &reporter_sends()),
        Refusal::Malformed("too many operations")
    );
}

#[test]
fn an_actor_of_somebody_else_is_refused() {
    let (document, _) = opened();
    let change = edited(&document, FieldEdit::SetResult("x".into()), actor(5));
    assert_eq!(refusal(&document, &change, &reporter_sends()), Refusal::NotYours);
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
fn a_report_has_one_beginning_about_itself_in_its_reporters_name() {
    let (document, first) = opened();
    let mut other = content();
    other.description = "另一个开头".into();
    let (_, second) = Document::create(&other, actor(2), TIME_S).unwrap();
    assert_eq!(
        refusal(&document, &second, &reporter_sends()),
        Refusal::SecondOrigin
    );
    let batch = [first.bytes.as_slice(), &second.bytes];
    let prepared = prepare(report(), None, &batch, &reporter_sends()).unwrap();
    assert_eq!(prepared.verdicts[1], Verdict::Refused(Refusal::SecondOrigin));
    let elsewhere = ReportId::from_bytes([8; 16]);
    let prepared = prepare(elsewhere, None, &[&first.bytes], &reporter_sends()).unwrap();
    assert_eq!(prepared.verdicts, [Verdict::Refused(Refusal::WrongOrigin)]);
    let prepared = check_incoming(elsewhere, None, &[&first.bytes]).unwrap();
    assert_eq!(prepared.verdicts, [Verdict::Refused(Refusal::WrongOrigin)]);
    let mut sender = colleague_sends();
    sender.actors = BTreeSet::from([actor(1)]);
    let prepared = prepare(report(), None, &[&first.bytes], &sender).unwrap();
    assert_eq!(prepared.verdicts, [Verdict::Refused(Refusal::WrongOrigin)]);
    let empty = Document {
        inner: crate::document::empty(),
    };
    let bare = put(&empty, actor(1), "text", "x".into());
    let prepared = prepare(report(), None, &[&bare.bytes], &reporter_sends()).unwrap();
    assert_eq!(prepared.verdicts, [Verdict::Refused(Refusal::WrongOrigin)]);
}

#[test]
fn what_is_written_once_is_never_written_again() {
    let (document, _) = opened();
    let again = put(&document, actor(1), "origin", ScalarValue::Bytes(vec![1]));
    let immutable = |field: &str| Refusal::Immutable { field: field.into() };
    assert_eq!(refusal(&document, &again, &reporter_sends()), immutable("origin"));
    let gone = foreign(&document, actor(1), |tx| tx.delete(ROOT, "origin").unwrap());
    assert_eq!(refusal(&document, &gone, &reporter_sends()), immutable("origin"));
    // A picture replaced, knowing the one that is there and not knowing it.
    let id = *content().attachments.keys().next().unwrap();
    let key = crate::document::key::Key::Attachment(id);
    let other = packed::pack(&packed::PackedAttachment::from(&attachment(77)));
    let replaced = put(
        &document,
        actor(1),
        &key.to_string(),
        ScalarValue::Bytes(other.clone()),
    );
    assert_eq!(
        refusal(&document, &replaced, &reporter_sends()),
        immutable(&key.path())
    );
    let mut bare = content();
    bare.attachments.clear();
    let (bare, _) = Document::create(&bare, actor(1), TIME_S).unwrap();
    let added = put(&bare, actor(9), &key.to_string(), ScalarValue::Bytes(other));
    let mut taken = copy(&bare);
    taken
        .edit(
            &[FieldEdit::AddAttachment {
                id,
                attachment: attachment(1),
            }],
            actor(1),
            TIME_S,
        )
        .unwrap();
    assert_eq!(
        refusal(&taken, &added, &colleague_sends()),
        immutable(&key.path())
    );
}

#[test]
fn words_are_the_reporters_and_additions_are_everybodys() {
    let (document, _) = opened();
    let mut colleague = colleague_sends();
    let words = edited(&document, FieldEdit::SetDescription("我来写".into()), actor(9));
    let not_reporter = Refusal::NotReporter {
        field: "description".into(),
    };
    assert_eq!(refusal(&document, &words, &colleague), not_reporter);
    let unknown = put(&document, actor(9), "weather", "雨".into());
    let not_reporter = Refusal::NotReporter {
        field: "unknown/weather".into(),
    };
    assert_eq!(refusal(&document, &unknown, &colleague), not_reporter);
    let additions = [
        FieldEdit::AddNote {
            id: NoteId::from_bytes([2; 16]),
            note: note("w-0999", "我也看到"),
        },
        FieldEdit::AddAttachment {
            id: AttachmentId::from_bytes([2; 16]),
            attachment: attachment(2),
        },
        FieldEdit::AddPerson {
            id: PersonRecordId::from_bytes([2; 16]),
            part: PersonPart::Informant,
        },
    ];
    for edit in additions {
        let change = edited(&document, edit, actor(9));
        colleague.may_add = true;
        assert!(word(&document, &change, &colleague).is_accepted());
        colleague.may_add = false;
        assert!(matches!(
            refusal(&document, &change, &colleague),
            Refusal::OutOfScope { .. }
        ));
    }
    let mut reporter = reporter_sends();
    let words = edited(&document, FieldEdit::SetDescription("改".into()), actor(2));
    assert!(word(&document, &words, &reporter).is_accepted());
    reporter.may_write_words = false;
    assert!(matches!(
        refusal(&document, &words, &reporter),
        Refusal::NotReporter { .. }
    ));
}

#[test]
fn a_note_bears_the_senders_own_name_and_stays() {
    let (document, _) = opened();
    let id = NoteId::from_bytes([2; 16]);
    let forged = edited(
        &document,
        FieldEdit::AddNote {
            id,
            note: note("w-0412", "冒名"),
        },
        actor(9),
    );
    assert!(matches!(
        refusal(&document, &forged, &colleague_sends()),
        Refusal::WrongAuthor { .. }
    ));
    let mut with_note = copy(&document);
    let own = FieldEdit::AddNote {
        id,
        note: note("w-0999", "实名"),
    };
    with_note.edit(&[own], actor(9), TIME_S).unwrap();
    let key = crate::document::key::Key::Note(id).to_string();
    let gone = foreign(&with_note, actor(9), |tx| tx.delete(ROOT, key).unwrap());
    assert!(matches!(
        refusal(&with_note, &gone, &colleague_sends()),
        Refusal::NotRemovable { .. }
    ));
}

#[test]
fn who_added_a_picture_may_take_it_away_and_nobody_else() {
    let (mut document, _) = opened();
    let id = AttachmentId::from_bytes([2; 16]);
    document
        .edit(
            &[FieldEdit::AddAttachment {
                id,
                attachment: attachment(2),
            }],
            actor(9),
            TIME_S,
        )
        .unwrap();
    let by_reporter = edited(&document, FieldEdit::RemoveAttachment(id), actor(1));
    assert!(matches!(
        refusal(&document, &by_reporter, &reporter_sends()),
        Refusal::NotRemovable { .. }
    ));
    let by_himself = edited(&document, FieldEdit::RemoveAttachment(id), actor(9));
    assert!(word(&document, &by_himself, &colleague_sends()).is_accepted());
    // From his new phone, under another actor.
    let from_new = edited(&document, FieldEdit::RemoveAttachment(id), actor(10));
    let mut new_phone = colleague_sends();
    new_phone.actors = BTreeSet::from([actor(10)]);
    assert!(matches!(
        refusal(&document, &from_new, &new_phone),
        Refusal::NotRemovable { .. }
    ));
    new_phone.person_actors = BTreeSet::from([actor(9)]);
    assert!(word(&document, &from_new, &new_phone).is_accepted());
}

#[test]
fn nested_objects_lists_counters_and_marks_are_refused() {
    let (document, _) = opened();
    let operation = Refusal::Malformed("an operation that reports do not have");
    for kind in [ObjType::Map, ObjType::List, ObjType::Text] {
        let change = foreign(&document, actor(1), |tx| {
            tx.put_object(ROOT, "nested", kind).unwrap();
        });
        assert_eq!(
            refusal(&document, &change, &reporter_sends()),
            operation,
            "{kind:?}"
        );
        let inside = foreign(&document, actor(1), |tx| {
            let nested = tx.put_object(ROOT, "nested", kind).unwrap();
            match kind {
                ObjType::Map => tx.put(&nested, "x", 1).unwrap(),
                _ => tx.insert(&nested, 0, "x").unwrap(),
            }
        });
        assert_eq!(
            refusal(&document, &inside, &reporter_sends()),
            operation,
            "in {kind:?}"
        );
    }
    for value in [ScalarValue::counter(1), ScalarValue::Timestamp(5)] {
        let change = put(&document, actor(1), "count", value);
        assert!(matches!(
            refusal(&document, &change, &reporter_sends()),
            Refusal::BadValue { .. }
        ));
    }
}

#[test]
fn values_of_the_wrong_kind_or_size_are_refused() {
    let (document, _) = opened();
    let long = |chars: usize| ScalarValue::Str("长".repeat(chars).into());
    let cases = [
        ("text", long(limit::DESCRIPTION_CHARS_MAX + 1)),
        ("done", long(limit::RESULT_CHARS_MAX + 1)),
        ("where", long(limit::PLACE_TEXT_CHARS_MAX + 1)),
        ("q/field", long(limit::ANSWER_CHARS_MAX + 1)),
        ("weather", long(limit::UNKNOWN_VALUE_BYTES_MAX / 3 + 1)),
        ("text", ScalarValue::Int(1)),
        ("grid", "no code".into()),
        ("cat", "without-version".into()),
        ("cat", "zeros@01".into()),
        ("urg", "whatever".into()),
        ("time", "yesterday".into()),
        ("place", ScalarValue::Bytes(vec![1, 2, 3])),
        (
            "place",
            ScalarValue::Bytes(vec![0x86, 0x1a, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0xf4, 0]),
        ),
        ("q/field", ScalarValue::F64(f64::NAN)),
        ("p/MDEyMzQ1Njc4OWFiY2RlZg", ScalarValue::Uint(9)),
        ("a/MDEyMzQ1Njc4OWFiY2RlZg", ScalarValue::Bytes(vec![0x80])),
    ];
    for (key, value) in cases {
        let change = put(&document, actor(1), key, value.clone());
        let refused = refusal(&document, &change, &reporter_sends());
        assert!(matches!(refused, Refusal::BadValue { .. }), "{key}: {refused:?}");
    }
}

#[test]
fn a_newer_programs_fields_pass_in_bounded_number() {
    let (mut document, _) = opened();
    let change = put(&document, actor(1), "weather", "雨".into());
    assert!(word(&document, &change, &reporter_sends()).is_accepted());
    let many = foreign(&document, actor(1), |tx| {
        for number in 0..limit::UNKNOWN_MAX {
            tx.put(ROOT, format!("new_{number}"), 1).unwrap();
        }
    });
    assert!(word(&document, &many, &reporter_sends()).is_accepted());
    document.apply([many.bytes.as_slice()]).unwrap();
    let one_more = put(&document, actor(1), "one_more", 1.into());
    assert!(matches!(
        refusal(&document, &one_more, &reporter_sends()),
        Refusal::TooMany { .. }
    ));
    // What is there may be written again, and the server's word counts on a phone.
    let again = put(&document, actor(1), "new_1", 2.into());
    assert!(word(&document, &again, &reporter_sends()).is_accepted());
    let base = Snapshot::of(&document);
    let prepared = check_incoming(report(), Some(&base), &[&one_more.bytes]).unwrap();
    assert!(prepared.verdicts[0].is_accepted());
    let odd = put(&document, actor(1), "urg", "critical".into());
    let prepared = check_incoming(report(), Some(&base), &[&odd.bytes]).unwrap();
    assert!(prepared.verdicts[0].is_accepted());
    assert_eq!(prepared.content.unwrap().unknown["urgency"], "critical");
    let long_key = put(
        &document,
        actor(1),
        &"k".repeat(limit::UNKNOWN_KEY_BYTES_MAX + 1),
        1.into(),
    );
    assert!(matches!(
        refusal(&document, &long_key, &reporter_sends()),
        Refusal::Malformed(_)
    ));
}

#[test]
fn numbers_that_leave_no_room_for_others_are_refused() {
    let (document, _) = opened();
    let honest = document.inner.get_changes(&[]).remove(0).decode();
    let mut later = put(&document, actor(9), "n/x", 1.into());
    for (seq, start_op) in [
        (3, honest.operations.len() as u64 + 1),
        (1, 4_000_000_000),
        (1, 5),
    ] {
        let change = automerge::Change::try_from(later.bytes.as_slice()).unwrap();
        let mut expanded = change.decode();
        expanded.seq = seq;
        expanded.start_op = start_op.try_into().unwrap();
        later = crate::document::plain(&automerge::Change::from(expanded));
        let refused = refusal(&document, &later, &colleague_sends());
        match seq {
            3 => assert_eq!(
                refused,
                Refusal::SequenceGap {
                    expected: 1,
                    found: 3
                }
            ),
            _ => assert!(matches!(refused, Refusal::Malformed(_)), "{refused:?}"),
        }
    }
}

#[test]
fn a_change_rests_on_its_actors_change_before_it() {
    let (first, opening) = opened();
    let mut a = copy(&first);
    let own = a
        .edit(&[FieldEdit::SetResult("甲".into())], actor(2), TIME_S)
        .unwrap()
        .unwrap();
    let next = edited(&a, FieldEdit::SetResult("乙".into()), actor(2));
    let mut expanded = automerge::Change::try_from(next.bytes.as_slice())
        .unwrap()
        .decode();
    assert_eq!(expanded.deps.len(), 1);
    expanded.deps = vec![automerge::ChangeHash(opening.hash.0)];
    let forked = crate::document::plain(&automerge::Change::from(expanded));
    let mut base = copy(&first);
    base.apply([own.bytes.as_slice()]).unwrap();
    assert!(matches!(
        refusal(&base, &forked, &reporter_sends()),
        Refusal::Malformed(_)
    ));
    assert!(word(&base, &next, &reporter_sends()).is_accepted());
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
