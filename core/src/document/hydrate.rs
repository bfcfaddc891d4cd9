//! From the document to the content, and what each field may hold.
//!
//! Reading never fails over a single value: what a newer program wrote and this one cannot read stands under `unknown`, to be shown and
//! left alone.

use automerge::{Automerge, ROOT, ReadDoc, ScalarValue, Value, ValueRef};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::DocumentError;
use super::key::Key;
use super::limit::{self, ValueError};
use super::packed::{Origin, PackedAttachment, PackedNote, PackedPlace, unpack};
use crate::command::Urgency;
use crate::id::{CategoryId, UnitId};
use crate::json;
use crate::report::{Answer, Channel, DisputedField, PersonPart, ReportContent, Source};
use crate::time::Timestamp;

/// The content now, or at `heads`, which must be known.
pub(super) fn content(
    doc: &Automerge,
    heads: Option<&[automerge::ChangeHash]>,
) -> Result<ReportContent, DocumentError> {
    let origin = origin(doc, heads).ok_or(DocumentError::NoOrigin)?;
    let Origin {
        schema,
        report,
        code,
        reporter,
        township,
        created_at,
    } = origin;
    let mut content = ReportContent::begin(report, code, township, reporter, created_at);
    content.schema = schema;
    let items = match heads {
        None => doc.map_range(ROOT, ..),
        Some(heads) => doc.map_range_at(ROOT, .., heads),
    };
    for item in items {
        let key = Key::parse(&item.key);
        let Some(value) = scalar(&item.value) else {
            content.unknown.insert(key.path(), Json::Null);
            continue;
        };
        if !put(&mut content, &key, &value) {
            content.unknown.insert(key.path(), plain_json(&value));
        }
        let may_be_disputed = key.is_words() && key != Key::Origin;
        if item.conflict && may_be_disputed {
            content.disputed.extend(dispute(doc, heads, &item.key, &key)?);
        }
    }
    Ok(content)
}

/// What was written once, if it is there and readable.
pub(super) fn origin(doc: &Automerge, heads: Option<&[automerge::ChangeHash]>) -> Option<Origin> {
    let key = Key::Origin.to_string();
    let found = match heads {
        None => doc.get(ROOT, key),
        Some(heads) => doc.get_at(ROOT, key, heads),
    };
    match found.ok()?? {
        (Value::Scalar(value), _) => match value.as_ref() {
            ScalarValue::Bytes(bytes) => unpack(bytes),
            _ => None,
        },
        _ => None,
    }
}

fn scalar(value: &ValueRef<'_>) -> Option<ScalarValue> {
    match value {
        ValueRef::Scalar(value) => Some(ScalarValue::from(value)),
        ValueRef::Object(_) => None,
    }
}

/// Every value of a field that was written apart, the one that shows first; nothing where all wrote the same.
fn dispute(
    doc: &Automerge,
    heads: Option<&[automerge::ChangeHash]>,
    name: &str,
    key: &Key,
) -> Result<Option<DisputedField>, DocumentError> {
    let all = match heads {
        None => doc.get_all(ROOT, name)?,
        Some(heads) => doc.get_all_at(ROOT, name, heads)?,
    };
    let mut values: Vec<Json> = Vec::new();
    for (value, _) in all.iter().rev() {
        let value = match value {
            Value::Scalar(value) => field_json(key, value),
            Value::Object(_) => Json::Null,
        };
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok((values.len() > 1).then(|| DisputedField {
        field: key.path(),
        values,
    }))
}

/// Writes one value into the content; false where this program cannot read it.
fn put(content: &mut ReportContent, key: &Key, value: &ScalarValue) -> bool {
    match (key, value) {
        (Key::Origin, _) => true,
        (Key::Category | Key::Grid | Key::OccurredAt | Key::Place | Key::Answer(_), ScalarValue::Null) => {
            true
        }
        (Key::Category, _) => category(value)
            .map(|(category, version)| {
                content.category = Some(category);
                content.category_version = version;
            })
            .is_some(),
        (Key::Grid, _) => words(value)
            .and_then(|t| UnitId::new(t).ok())
            .map(|grid| content.grid = Some(grid))
            .is_some(),
        (Key::Description, _) => words(value).map(|t| content.description = t.to_owned()).is_some(),
        (Key::PlaceText, _) => words(value).map(|t| content.place_text = t.to_owned()).is_some(),
        (Key::Result, _) => words(value).map(|t| content.result = t.to_owned()).is_some(),
        (Key::OccurredAt, ScalarValue::Int(ms)) => {
            content.occurred_at = Some(Timestamp(*ms));
            true
        }
        (Key::Place, ScalarValue::Bytes(bytes)) => unpack::<PackedPlace>(bytes)
            .and_then(|place| place.place())
            .map(|place| content.place = Some(place))
            .is_some(),
        (Key::Urgency, _) => word::<Urgency>(value).map(|w| content.urgency = w).is_some(),
        (Key::Source, _) => word::<Source>(value).map(|w| content.source = w).is_some(),
        (Key::Channel, _) => word::<Channel>(value).map(|w| content.channel = w).is_some(),
        (Key::Answer(field), _) => answer(value)
            .map(|answer| content.answers.insert(field.clone(), answer))
            .is_some(),
        (Key::Attachment(id), ScalarValue::Bytes(bytes)) => unpack::<PackedAttachment>(bytes)
            .map(|a| content.attachments.insert(*id, a.into()))
            .is_some(),
        (Key::Note(id), ScalarValue::Bytes(bytes)) => unpack::<PackedNote>(bytes)
            .map(|note| content.notes.insert(*id, note.into()))
            .is_some(),
        (Key::Person(id), _) => person(value)
            .map(|part| content.people.insert(*id, part))
            .is_some(),
        (Key::Unknown(_) | Key::OccurredAt | Key::Place | Key::Attachment(_) | Key::Note(_), _) => false,
    }
}

fn words(value: &ScalarValue) -> Option<&str> {
    match value {
        ScalarValue::Str(text) => Some(text),
        _ => None,
    }
}

fn word<T: DeserializeOwned>(value: &ScalarValue) -> Option<T> {
    json::of_word(words(value)?)
}

fn category(value: &ScalarValue) -> Option<(CategoryId, u32)> {
    let (id, version) = words(value)?.split_once('@')?;
    let is_canonical = version == "0" || !version.starts_with(['0', '+']);
    Some((
        CategoryId::new(id).ok()?,
        version.parse().ok().filter(|_| is_canonical)?,
    ))
}

fn answer(value: &ScalarValue) -> Option<Answer> {
    match value {
        ScalarValue::Boolean(is_so) => Some(Answer::YesNo(*is_so)),
        ScalarValue::Str(text) => Some(Answer::Text(text.to_string())),
        #[expect(clippy::cast_precision_loss, reason = "writers keep whole numbers below 2^53")]
        ScalarValue::Int(whole) => Some(Answer::Number(*whole as f64)),
        ScalarValue::F64(number) if number.is_finite() => Some(Answer::Number(*number)),
        _ => None,
    }
}

fn person(value: &ScalarValue) -> Option<PersonPart> {
    match value {
        ScalarValue::Uint(0) => Some(PersonPart::Informant),
        ScalarValue::Uint(1) => Some(PersonPart::Party),
        _ => None,
    }
}

/// A value as JSON in the shape that the matching [`super::FieldEdit`] takes, so that a choice between two can be written back.
fn field_json(key: &Key, value: &ScalarValue) -> Json {
    let shaped = match (key, value) {
        (Key::Category, _) => {
            category(value).map(|(category, version)| json!({"category": category, "version": version}))
        }
        (Key::OccurredAt, ScalarValue::Int(ms)) => json::to_value(&Timestamp(*ms)).ok(),
        (Key::Place, ScalarValue::Bytes(bytes)) => unpack::<PackedPlace>(bytes)
            .and_then(|place| place.place())
            .and_then(|place| json::to_value(&place).ok()),
        (Key::Answer(_), _) => answer(value).and_then(|answer| json::to_value(&answer).ok()),
        _ => None,
    };
    shaped.unwrap_or_else(|| plain_json(value))
}

fn plain_json(value: &ScalarValue) -> Json {
    match value {
        ScalarValue::Bytes(bytes) => Json::String(hex::encode(bytes)),
        ScalarValue::Str(text) => Json::String(text.to_string()),
        ScalarValue::Int(number) | ScalarValue::Timestamp(number) => json!(number),
        ScalarValue::Uint(number) => json!(number),
        ScalarValue::F64(number) => json!(number),
        ScalarValue::Boolean(is_so) => Json::Bool(*is_so),
        ScalarValue::Counter(_) | ScalarValue::Unknown { .. } | ScalarValue::Null => Json::Null,
    }
}

/// Whether a value is of the field's kind and within its bounds, as this program knows them: writers and the server's gate ask.
pub(super) fn check(key: &Key, value: &ScalarValue) -> Result<(), ValueError> {
    let chars_max = match key {
        Key::Description => limit::DESCRIPTION_CHARS_MAX,
        Key::Result => limit::RESULT_CHARS_MAX,
        Key::PlaceText => limit::PLACE_TEXT_CHARS_MAX,
        Key::Answer(_) => limit::ANSWER_CHARS_MAX,
        _ => limit::UNKNOWN_VALUE_BYTES_MAX,
    };
    match value {
        ScalarValue::Str(text) if text.chars().nth(chars_max).is_some() => {
            return Err(ValueError::TooLong { chars_max });
        }
        ScalarValue::F64(number) if !number.is_finite() => return Err(ValueError::NotFinite),
        _ => {}
    }
    match (key, value) {
        (Key::Origin, ScalarValue::Bytes(bytes)) => {
            let origin = unpack::<Origin>(bytes).ok_or(ValueError::WrongKind)?;
            within(origin.code.len(), limit::CODE_BYTES_MAX)
        }
        (Key::Unknown(_), _) => check_unknown(value),
        (Key::Note(_), ScalarValue::Bytes(bytes)) => {
            let note = unpack::<PackedNote>(bytes).ok_or(ValueError::WrongKind)?;
            let chars_max = limit::NOTE_CHARS_MAX;
            match crate::report::Note::from(note).text.chars().nth(chars_max) {
                Some(_) => Err(ValueError::TooLong { chars_max }),
                None => Ok(()),
            }
        }
        (Key::Origin, _) => Err(ValueError::WrongKind),
        _ => {
            // The value is readable exactly where it can be put into a content.
            let mut scratch = scratch();
            put(&mut scratch, key, value)
                .then_some(())
                .ok_or(ValueError::WrongKind)
        }
    }
}

/// Whether a value that this program cannot read is at least small and a scalar.
pub(super) fn check_unknown(value: &ScalarValue) -> Result<(), ValueError> {
    match value {
        ScalarValue::Str(text) => within(text.len(), limit::UNKNOWN_VALUE_BYTES_MAX),
        ScalarValue::Bytes(bytes) => within(bytes.len(), limit::UNKNOWN_VALUE_BYTES_MAX),
        ScalarValue::Counter(_) | ScalarValue::Timestamp(_) | ScalarValue::Unknown { .. } => {
            Err(ValueError::WrongKind)
        }
        _ => Ok(()),
    }
}

fn within(bytes: usize, bytes_max: usize) -> Result<(), ValueError> {
    if bytes <= bytes_max {
        Ok(())
    } else {
        Err(ValueError::TooLarge { bytes_max })
    }
}

fn scratch() -> ReportContent {
    let unit = UnitId::new("x").expect("a letter is a code");
    let person = crate::id::PersonId::new("x").expect("a letter is a code");
    let report = crate::id::ReportId::from_bytes([0; 16]);
    ReportContent::begin(report, String::new(), unit, person, Timestamp(0))
}
