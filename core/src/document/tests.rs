//! What documents promise: field by field, in any order, nothing lost.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rand::RngExt;

use super::sample::{actor, answer, attachment, content, copy, note, opened, place, rng, some_edit, take};
use super::*;
use crate::id::{AttachmentId, NoteId, UnitId};
use crate::report::Answer;

const NOW_S: i64 = sample::TIME_S;

#[test]
fn what_is_written_is_read() {
    let (document, change) = opened();
    assert_eq!(document.content().unwrap(), content());
    assert_eq!(document.heads(), [change.hash]);
    assert_eq!(document.changes(), std::slice::from_ref(&change));
    let again = Document::load(&document.save()).unwrap();
    assert_eq!(again.content().unwrap(), content());
    assert_eq!(again.heads(), [change.hash]);
}

#[test]
fn the_same_writing_gives_the_same_bytes() {
    assert_eq!(opened().1, opened().1);
}

#[test]
fn the_first_change_is_set_in_stone() {
    // A newer automerge, another key or another packed form would change the bytes that phones have signed for.
    assert_eq!(opened().1.hash.to_string(), FIRST_CHANGE);
}

/// The name that the first version of this program gave the first change of the sample.
const FIRST_CHANGE: &str = "fdccb0e69dffb3d1654e2184e5a54ddc30d48b4a009fc71a9b8b865aeb72b441";

#[test]
fn a_first_change_is_small() {
    let (mut document, first) = opened();
    let edit = [FieldEdit::SetPlaceText("王家桥西".to_owned())];
    let later = document.edit(&edit, actor(1), NOW_S).unwrap().unwrap();
    assert!(first.bytes.len() <= 860, "{} bytes", first.bytes.len());
    assert!(later.bytes.len() <= 130, "{} bytes", later.bytes.len());
}

#[test]
fn numbers_come_back_as_they_were() {
    for number in [0.0, 1.0, -3.0, 2.5, -0.125, 9_007_199_254_740_991.0, 1e300] {
        let (mut document, _) = opened();
        let edit = answer("n", Some(Answer::Number(number)));
        document.edit(&[edit], actor(1), NOW_S).unwrap().unwrap();
        let read = document.content().unwrap().answers;
        assert_eq!(read[&"n".parse().unwrap()], Answer::Number(number));
    }
    let (mut document, _) = opened();
    for number in [f64::NAN, f64::INFINITY] {
        let edit = answer("n", Some(Answer::Number(number)));
        let refused = document.edit(&[edit], actor(1), NOW_S);
        assert!(matches!(refused, Err(DocumentError::NotWritable { .. })));
    }
}

#[test]
fn a_place_is_kept_to_a_centimetre() {
    let (mut document, _) = opened();
    let asked = place(28.123_456_789, -0.000_000_04);
    document
        .edit(&[FieldEdit::SetPlace(Some(asked))], actor(1), NOW_S)
        .unwrap();
    let kept = document.content().unwrap().place.unwrap();
    assert!((kept.position.lat_deg - asked.position.lat_deg).abs() <= 5.1e-8);
    assert!((kept.position.lon_deg - asked.position.lon_deg).abs() <= 5.1e-8);
    assert_eq!((kept.accuracy_m, kept.age_ms), (8.5, 1200));
}

#[test]
fn one_act_is_one_change_and_no_act_is_none() {
    let (mut document, first) = opened();
    let edits = [
        FieldEdit::SetDescription("短".to_owned()),
        FieldEdit::SetResult("已清".to_owned()),
        FieldEdit::SetGrid(None),
    ];
    let change = document.edit(&edits, actor(1), NOW_S).unwrap().unwrap();
    let facts = Document::change_facts(&change.bytes).unwrap();
    assert_eq!((facts.hash, facts.seq, facts.actor), (change.hash, 2, actor(1)));
    assert_eq!(facts.deps, [first.hash]);
    assert_eq!(facts.time_s, NOW_S);
    let fields: Vec<_> = facts.touches.iter().map(|touch| touch.field.as_str()).collect();
    assert_eq!(fields, ["description", "result", "grid"]);
    assert!(facts.touches_words && !facts.touches_attachments);
    assert_eq!(document.edit(&edits, actor(1), NOW_S).unwrap(), None);
    assert_eq!(document.content().unwrap().grid, None);
}

#[test]
fn notes_and_attachments_are_no_words_of_the_reporter() {
    let (mut document, _) = opened();
    let note = FieldEdit::AddNote {
        id: NoteId::from_bytes([1; 16]),
        note: note("w-0999", "我也看到了"),
    };
    let change = document.edit(&[note], actor(9), NOW_S).unwrap().unwrap();
    let facts = Document::change_facts(&change.bytes).unwrap();
    assert!(!facts.touches_words && !facts.touches_attachments);
    let picture = FieldEdit::AddAttachment {
        id: AttachmentId::from_bytes([1; 16]),
        attachment: attachment(3),
    };
    let change = document.edit(&[picture], actor(9), NOW_S).unwrap().unwrap();
    let facts = Document::change_facts(&change.bytes).unwrap();
    assert!(!facts.touches_words && facts.touches_attachments);
}

#[test]
fn one_field_edited_apart_shows_both_values_until_somebody_settles_it() {
    let (first, _) = opened();
    let (mut a, mut b) = (copy(&first), copy(&first));
    a.edit(&[FieldEdit::SetDescription("甲".to_owned())], actor(1), NOW_S)
        .unwrap();
    b.edit(&[FieldEdit::SetDescription("乙".to_owned())], actor(2), NOW_S)
        .unwrap();
    take(&mut a, &b);
    let content = a.content().unwrap();
    let [dispute] = content.disputed.as_slice() else {
        panic!("one dispute: {:?}", content.disputed)
    };
    assert_eq!(dispute.field, "description");
    assert_eq!(dispute.values.len(), 2);
    assert_eq!(dispute.values[0], content.description);
    assert!(dispute.values.contains(&"甲".into()) && dispute.values.contains(&"乙".into()));
    // Settled by the one that shows, by the other, and by a third: each ends the dispute.
    for settled in [content.description.as_str(), "甲", "乙", "丙"] {
        let mut c = copy(&a);
        let change = c
            .edit(&[FieldEdit::SetDescription(settled.to_owned())], actor(1), NOW_S)
            .unwrap();
        assert!(change.is_some());
        assert_eq!(c.content().unwrap().disputed, []);
        assert_eq!(c.content().unwrap().description, settled);
        take(&mut c, &b);
        assert_eq!(c.content().unwrap().disputed, []);
    }
}

#[test]
fn emptying_and_writing_apart_are_both_seen() {
    let (first, _) = opened();
    let (mut a, mut b) = (copy(&first), copy(&first));
    a.edit(&[FieldEdit::SetPlace(None)], actor(1), NOW_S).unwrap();
    b.edit(&[FieldEdit::SetPlace(Some(place(29.0, 121.0)))], actor(2), NOW_S)
        .unwrap();
    take(&mut a, &b);
    let disputed = a.content().unwrap().disputed;
    assert_eq!(disputed[0].field, "place");
    assert!(disputed[0].values.contains(&serde_json::Value::Null));
}

#[test]
fn a_category_never_gets_the_version_of_another() {
    let (first, _) = opened();
    let (mut a, mut b) = (copy(&first), copy(&first));
    let set = |id: &str, version| FieldEdit::SetCategory {
        category: id.parse().unwrap(),
        version,
    };
    a.edit(&[set("road", 1)], actor(1), NOW_S).unwrap();
    b.edit(&[set("water", 9)], actor(2), NOW_S).unwrap();
    take(&mut a, &b);
    let content = a.content().unwrap();
    let pair = (content.category.unwrap().to_string(), content.category_version);
    assert!([("road".to_owned(), 1), ("water".to_owned(), 9)].contains(&pair));
    assert_eq!(
        content.disputed[0].values[0],
        serde_json::json!({"category": pair.0, "version": pair.1})
    );
}

#[test]
fn the_same_value_written_apart_is_no_dispute() {
    let (first, _) = opened();
    let (mut a, mut b) = (copy(&first), copy(&first));
    a.edit(&[FieldEdit::SetResult("已清".to_owned())], actor(1), NOW_S)
        .unwrap();
    b.edit(&[FieldEdit::SetResult("已清".to_owned())], actor(2), NOW_S)
        .unwrap();
    take(&mut a, &b);
    assert_eq!(a.content().unwrap().disputed, []);
}

#[test]
fn content_at_the_heads_of_an_approval_stays_what_it_was() {
    let (mut document, first) = opened();
    let approved = document.heads();
    let later = document
        .edit(&[FieldEdit::SetDescription("改".to_owned())], actor(1), NOW_S)
        .unwrap()
        .unwrap();
    assert_eq!(document.content_at(&approved).unwrap(), content());
    assert!(document.covers(&approved, first.hash));
    assert!(!document.covers(&approved, later.hash));
    assert!(document.covers(&document.heads(), first.hash));
    let uncovered = document.uncovered(&approved);
    assert_eq!(
        uncovered.iter().map(|facts| facts.hash).collect::<Vec<_>>(),
        [later.hash]
    );
    let unknown = [ChangeHash([3; 32])];
    assert!(matches!(
        document.content_at(&unknown),
        Err(DocumentError::UnknownHeads)
    ));
    assert!(!document.covers(&unknown, first.hash));
}

#[test]
fn a_newer_program_s_fields_are_kept_and_shown() {
    let (first, _) = opened();
    let mut newer = copy(&first);
    let mut writes = vec![("weather", automerge::ScalarValue::Str("雨".into()))];
    writes.push(("q/new_kind", automerge::ScalarValue::Bytes(vec![1, 2])));
    writes.push(("urg", automerge::ScalarValue::Str("critical".into())));
    newer.inner.set_actor(AmActor::from(*actor(2).as_bytes()));
    let mut tx = newer.inner.transaction();
    for (key, value) in writes {
        tx.put(ROOT, key, value).unwrap();
    }
    tx.commit();
    let mut older = copy(&newer);
    let seen = older.content().unwrap().unknown;
    assert_eq!(seen["unknown/weather"], "雨");
    assert_eq!(seen["answers/new_kind"], "0102");
    assert_eq!(seen["urgency"], "critical");
    older
        .edit(&[FieldEdit::SetResult("已清".to_owned())], actor(1), NOW_S)
        .unwrap();
    assert_eq!(copy(&older).content().unwrap().unknown, seen);
}

#[test]
fn words_longer_than_the_gate_takes_are_not_written() {
    let (mut document, _) = opened();
    let heads = document.heads();
    let long = "长".repeat(limit::DESCRIPTION_CHARS_MAX + 1);
    let refused = document
        .edit(&[FieldEdit::SetDescription(long)], actor(1), NOW_S)
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "write `description`: longer than 5000 characters"
    );
    assert_eq!(document.heads(), heads);
}

#[test]
fn a_damaged_or_lacking_document_is_an_error() {
    let (mut document, _) = opened();
    let later = document
        .edit(&[FieldEdit::SetGrid(None)], actor(1), NOW_S)
        .unwrap()
        .unwrap();
    let saved = document.save();
    assert!(Document::load(&saved[..saved.len() - 3]).is_err());
    let mut flipped = saved.clone();
    flipped[saved.len() / 2] ^= 1;
    assert!(Document::load(&flipped).is_err());
    let mut damaged = later.bytes.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert!(document.clone().apply([damaged.as_slice()]).is_err());
    assert!(Document::change_facts(&damaged).is_err());
    let lacking = Document::from_changes([later.bytes.as_slice()]);
    assert!(matches!(lacking, Err(DocumentError::MissingDeps)));
}

#[test]
fn edits_read_the_same_from_drafts_and_from_documents() {
    for seed in 0..40 {
        let mut rng = rng(seed);
        let (mut document, _) = opened();
        let mut plain = content();
        for _ in 0..12 {
            let edit = some_edit(&mut rng);
            edit.apply_to(&mut plain);
            document.edit(&[edit], actor(1), NOW_S).unwrap();
        }
        assert_eq!(document.content().unwrap(), plain, "seed {seed}");
    }
}

/// Three phones write and exchange in some order; every write is remembered.
fn scattered(seed: u64) -> (Vec<Document>, BTreeMap<ChangeHash, Vec<u8>>) {
    let mut rng = rng(seed);
    let (first, opening) = opened();
    let mut phones: Vec<Document> = (0..3).map(|_| copy(&first)).collect();
    let mut all = BTreeMap::from([(opening.hash, opening.bytes)]);
    for _ in 0..rng.random_range(3..14) {
        let at = rng.random_range(0..3usize);
        if rng.random_range(0..4) == 0 {
            let from = phones[rng.random_range(0..3usize)].clone();
            take(&mut phones[at], &from);
        } else {
            let edits: Vec<_> = (0..rng.random_range(1..3)).map(|_| some_edit(&mut rng)).collect();
            let writer = actor(u8::try_from(at).unwrap() + 1);
            if let Some(change) = phones[at].edit(&edits, writer, NOW_S).unwrap() {
                all.insert(change.hash, change.bytes);
            }
        }
    }
    (phones, all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn phones_agree_whatever_the_order_and_repetition(seed: u64, shuffle: u64) {
        let (phones, all) = scattered(seed);
        let mut order: Vec<&[u8]> = all.values().map(Vec::as_slice).collect();
        order.extend(order.clone().iter().step_by(2));
        let mut rng = rng(shuffle);
        for index in (1..order.len()).rev() {
            order.swap(index, rng.random_range(0..=index));
        }
        let gathered = Document::from_changes(order).unwrap();
        // Two by two, in both directions and grouped either way.
        let [a, b, c] = phones.as_slice() else { unreachable!() };
        let mut left = a.clone();
        take(&mut left, b);
        take(&mut left, c);
        let mut right = c.clone();
        let mut inner = b.clone();
        take(&mut inner, a);
        take(&mut right, &inner);
        take(&mut right, &inner);
        for merged in [&left, &right] {
            prop_assert_eq!(merged.heads(), gathered.heads());
            prop_assert_eq!(merged.content().unwrap(), gathered.content().unwrap());
        }
        // Nothing is lost: every change is there with its own bytes.
        let kept: BTreeMap<_, _> = left.changes().into_iter().map(|c| (c.hash, c.bytes)).collect();
        prop_assert_eq!(kept, all);
        let again = Document::load(&left.save()).unwrap();
        prop_assert_eq!(again.content().unwrap(), left.content().unwrap());
    }

    #[test]
    fn a_field_that_one_alone_wrote_has_his_value(seed: u64) {
        // A small reference: for fields that are written by at most one phone after the first change, the last write stands.
        let mut rng = rng(seed);
        let (first, _) = opened();
        let mut reference = content();
        let mut phones: Vec<Document> = (0..3).map(|_| copy(&first)).collect();
        for _ in 0..rng.random_range(1..20) {
            let at = rng.random_range(0..3usize);
            let text = format!("{}", rng.random_range(0..100));
            let edit = match at {
                0 => FieldEdit::SetDescription(text),
                1 => FieldEdit::SetGrid(Some(UnitId::new(text).unwrap())),
                _ => answer("scale", Some(Answer::Text(text))),
            };
            edit.apply_to(&mut reference);
            phones[at].edit(&[edit], actor(u8::try_from(at).unwrap() + 1), NOW_S).unwrap();
            if rng.random_range(0..3) == 0 {
                let from = phones[rng.random_range(0..3usize)].clone();
                take(&mut phones[at], &from);
            }
        }
        let [mut merged, b, c] = <[Document; 3]>::try_from(phones).unwrap();
        take(&mut merged, &b);
        take(&mut merged, &c);
        prop_assert_eq!(merged.content().unwrap(), reference);
    }

    #[test]
    fn notes_and_pictures_of_all_phones_survive(seed: u64) {
        let mut rng = rng(seed);
        let (first, _) = opened();
        let mut merged = copy(&first);
        let mut phones: Vec<Document> = (0..3).map(|_| copy(&first)).collect();
        let (mut notes, mut pictures) = (0, 1);
        for _ in 0..rng.random_range(2..12) {
            let at = rng.random_range(0..3usize);
            let edit = if rng.random() {
                notes += 1;
                FieldEdit::AddNote { id: NoteId::random(&mut rng), note: note("w-0412", "看") }
            } else {
                pictures += 1;
                FieldEdit::AddAttachment { id: AttachmentId::random(&mut rng), attachment: attachment(2) }
            };
            phones[at].edit(&[edit], actor(u8::try_from(at).unwrap() + 1), NOW_S).unwrap();
        }
        for phone in &phones {
            take(&mut merged, phone);
        }
        let content = merged.content().unwrap();
        prop_assert_eq!((content.notes.len(), content.attachments.len()), (notes, pictures));
        prop_assert_eq!(content.disputed, []);
    }
}
