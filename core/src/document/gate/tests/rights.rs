//! Who may write what.

use super::*;

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
fn an_actor_of_somebody_else_is_refused() {
    let (document, _) = opened();
    let change = edited(&document, FieldEdit::SetResult("x".into()), actor(5));
    assert_eq!(refusal(&document, &change, &reporter_sends()), Refusal::NotYours);
}
