//! From edits to keys and scalars.
//!
//! A single field that is emptied becomes a null, not a deletion, so that emptying and writing apart are both seen. What may be many is
//! added once and taken away by deletion.

use automerge::ScalarValue;
use serde::Serialize;

use super::key::Key;
use super::packed::{Origin, PackedAttachment, PackedNote, PackedPlace, pack};
use super::{DocumentError, EMPTIED, FieldEdit, hydrate};
use crate::json;
use crate::report::{Answer, PersonPart, ReportContent};

/// One scalar to be put under a key, or taken away (`None`).
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Write {
    pub(super) key: Key,
    pub(super) value: Option<ScalarValue>,
    /// Whether a value that is there already stays.
    pub(super) is_once: bool,
}

/// What an edit writes.
pub(super) fn one(edit: &FieldEdit) -> Result<Write, DocumentError> {
    let write = raw(edit);
    if let Some(value) = &write.value {
        hydrate::check(&write.key, value).map_err(|reason| DocumentError::NotWritable {
            field: write.key.path(),
            reason,
        })?;
    }
    Ok(write)
}

/// What the first change writes: the origin and everything that differs from an empty report.
pub(super) fn opening(content: &ReportContent) -> Result<Vec<Write>, DocumentError> {
    let origin = Origin {
        schema: crate::report::SCHEMA,
        report: content.id,
        code: content.code.clone(),
        reporter: content.reporter.clone(),
        township: content.township.clone(),
        created_at: content.created_at,
    };
    let origin = ScalarValue::Bytes(pack(&origin));
    let mut writes = vec![Write {
        key: Key::Origin,
        value: Some(origin),
        is_once: true,
    }];
    for edit in edits_of(content) {
        writes.push(one(&edit)?);
    }
    Ok(writes)
}

/// The edits that turn an empty report into `content`.
fn edits_of(content: &ReportContent) -> Vec<FieldEdit> {
    let mut edits = Vec::new();
    if let Some(category) = &content.category {
        let category = category.clone();
        edits.push(FieldEdit::SetCategory {
            category,
            version: content.category_version,
        });
    }
    edits.extend(single_fields(content));
    edits.extend(added_things(content));
    edits
}

/// The edits of the single fields that differ from an empty report's.
fn single_fields(content: &ReportContent) -> Vec<FieldEdit> {
    let empty = ReportContent::begin(
        content.id,
        content.code.clone(),
        content.township.clone(),
        content.reporter.clone(),
        content.created_at,
    );
    let single = [
        (
            content.grid != empty.grid,
            FieldEdit::SetGrid(content.grid.clone()),
        ),
        (
            content.description != empty.description,
            FieldEdit::SetDescription(content.description.clone()),
        ),
        (
            content.occurred_at != empty.occurred_at,
            FieldEdit::SetOccurredAt(content.occurred_at),
        ),
        (content.place != empty.place, FieldEdit::SetPlace(content.place)),
        (
            content.place_text != empty.place_text,
            FieldEdit::SetPlaceText(content.place_text.clone()),
        ),
        (
            content.urgency != empty.urgency,
            FieldEdit::SetUrgency(content.urgency),
        ),
        (
            content.source != empty.source,
            FieldEdit::SetSource(content.source),
        ),
        (
            content.channel != empty.channel,
            FieldEdit::SetChannel(content.channel),
        ),
        (
            content.result != empty.result,
            FieldEdit::SetResult(content.result.clone()),
        ),
    ];
    let written = single
        .into_iter()
        .filter_map(|(is_written, edit)| is_written.then_some(edit));
    written.collect()
}

/// The edits that add what there may be many of: answers, attachments, notes, people.
fn added_things(content: &ReportContent) -> Vec<FieldEdit> {
    let mut edits = Vec::new();
    edits.extend(
        content
            .answers
            .iter()
            .map(|(field, answer)| FieldEdit::SetAnswer {
                field: field.clone(),
                answer: Some(answer.clone()),
            }),
    );
    edits.extend(
        content
            .attachments
            .iter()
            .map(|(id, attachment)| FieldEdit::AddAttachment {
                id: *id,
                attachment: attachment.clone(),
            }),
    );
    let notes = content.notes.iter();
    edits.extend(notes.map(|(id, note)| FieldEdit::AddNote {
        id: *id,
        note: note.clone(),
    }));
    let people = content.people.iter();
    edits.extend(people.map(|(id, part)| FieldEdit::AddPerson { id: *id, part: *part }));
    edits
}

fn raw(edit: &FieldEdit) -> Write {
    let set = |key, value| Write {
        key,
        value: Some(value),
        is_once: false,
    };
    let add = |key, value| Write {
        key,
        value: Some(value),
        is_once: true,
    };
    let remove = |key| Write {
        key,
        value: None,
        is_once: false,
    };
    match edit {
        FieldEdit::SetCategory { category, version } => {
            set(Key::Category, text(&format!("{category}@{version}")))
        }
        FieldEdit::SetGrid(grid) => set(Key::Grid, grid.as_ref().map_or(EMPTIED, |g| text(g.as_str()))),
        FieldEdit::SetDescription(words) => set(Key::Description, text(words)),
        FieldEdit::SetOccurredAt(at) => set(
            Key::OccurredAt,
            at.map_or(EMPTIED, |at| ScalarValue::Int(at.as_millis())),
        ),
        FieldEdit::SetPlace(place) => {
            let packed = place.as_ref().map(|place| pack(&PackedPlace::new(place)));
            set(Key::Place, packed.map_or(EMPTIED, ScalarValue::Bytes))
        }
        FieldEdit::SetPlaceText(words) => set(Key::PlaceText, text(words)),
        FieldEdit::SetUrgency(urgency) => set(Key::Urgency, word(urgency)),
        FieldEdit::SetSource(source) => set(Key::Source, word(source)),
        FieldEdit::SetChannel(channel) => set(Key::Channel, word(channel)),
        FieldEdit::SetResult(words) => set(Key::Result, text(words)),
        FieldEdit::SetAnswer { field, answer } => set(
            Key::Answer(field.clone()),
            answer.as_ref().map_or(EMPTIED, answered),
        ),
        FieldEdit::AddAttachment { id, attachment } => add(
            Key::Attachment(*id),
            ScalarValue::Bytes(pack(&PackedAttachment::from(attachment))),
        ),
        FieldEdit::RemoveAttachment(id) => remove(Key::Attachment(*id)),
        FieldEdit::AddNote { id, note } => {
            add(Key::Note(*id), ScalarValue::Bytes(pack(&PackedNote::from(note))))
        }
        FieldEdit::AddPerson { id, part } => add(
            Key::Person(*id),
            ScalarValue::Uint(match part {
                PersonPart::Informant => 0,
                PersonPart::Party => 1,
            }),
        ),
        FieldEdit::RemovePerson(id) => remove(Key::Person(*id)),
    }
}

fn text(text: &str) -> ScalarValue {
    ScalarValue::Str(text.into())
}

/// The word of an enum in its JSON form.
fn word<T: Serialize>(value: &T) -> ScalarValue {
    json::word(value).map_or(EMPTIED, |word| text(&word))
}

/// Whole numbers are kept as integers: one or two bytes for eight.
fn answered(answer: &Answer) -> ScalarValue {
    match answer {
        Answer::YesNo(is_so) => ScalarValue::Boolean(*is_so),
        Answer::Text(words) => text(words),
        Answer::Number(number) if number.fract() == 0.0 && number.abs() < WHOLE_MAX => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole and below 2^53, as just checked"
            )]
            let whole = *number as i64;
            ScalarValue::Int(whole)
        }
        Answer::Number(number) => ScalarValue::F64(*number),
    }
}

/// 2^53: below it every whole `f64` is exact.
pub(super) const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
