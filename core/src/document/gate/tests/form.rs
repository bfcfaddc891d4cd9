//! What a change may look like.

use super::*;

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
fn a_change_that_is_too_large_is_refused_before_it_is_read() {
    let bytes = vec![0; limit::CHANGE_BYTES_MAX + 1];
    let prepared = prepare(report(), None, &[&bytes], &reporter_sends()).unwrap();
    assert!(matches!(
        prepared.verdicts[0],
        Verdict::Refused(Refusal::TooLarge { .. })
    ));
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
