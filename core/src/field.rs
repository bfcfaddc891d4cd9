//! Single fields of a report by their path: what a value reads like, the edit that writes it, and what changed between two contents.
//!
//! Paths are those of [`DisputedField`](crate::report::DisputedField) and of validation: `description`, `answers/people_count`. Values of
//! fields that have words of their own in every shell (urgency, source, channel) stay their stable word. Nothing here decides anything.

use serde_json::{Value, json};

use crate::directory::Directory;
use crate::document::FieldEdit;
use crate::id::{CategoryId, FieldId, UnitId};
use crate::json;
use crate::place::PlaceClaim;
use crate::report::{Answer, ReportContent};
use crate::time::Timestamp;

/// A value of a field, for somebody who is to choose between two.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldValue {
    /// As people read it; empty where the value empties the field.
    pub text: String,
    /// What writes this very value; `None` for a field that this program cannot write.
    pub edit: Option<FieldEdit>,
}

/// A field that was written apart and not settled yet. Whoever may write it settles it by writing one of the values.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldDispute {
    /// The field's path.
    pub field: String,
    /// Its name in the category, for an answer; empty for the fields that every report has.
    pub field_name: String,
    /// Every value; the first is the one that the content shows.
    pub values: Vec<FieldValue>,
}

/// A field that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amendment {
    /// The field's path; `attachments` and `notes` as wholes.
    pub field: String,
    /// Its name in the category, for an answer.
    pub field_name: String,
    /// As it was; of attachments and notes how many.
    pub before: String,
    /// As it is.
    pub now: String,
}

/// Reads values aloud: names from the directory, days and times in the township's zone.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Where names are from.
    pub directory: &'a Directory,
    /// As of when.
    pub at: Timestamp,
    /// The zone of days and times.
    pub zone: chrono_tz::Tz,
}

/// The edit that writes a value into the field of this path; `None` where there is none, or the value does not fit.
pub fn edit_of(field: &str, value: &Value) -> Option<FieldEdit> {
    let edit = match field.split_once('/') {
        Some(("answers", id)) => json!({"edit": "set_answer", "to": {"field": id, "answer": value}}),
        Some(_) => return None,
        None => json!({"edit": format!("set_{field}"), "to": value}),
    };
    json::read_value(&edit).ok()
}

impl Reader<'_> {
    /// The disputes of a content.
    pub fn disputes(&self, content: &ReportContent) -> Vec<FieldDispute> {
        let dispute = |disputed: &crate::report::DisputedField| FieldDispute {
            field_name: self.field_name(content, &disputed.field),
            values: disputed
                .values
                .iter()
                .map(|value| FieldValue {
                    text: self.text(&disputed.field, value),
                    edit: edit_of(&disputed.field, value),
                })
                .collect(),
            field: disputed.field.clone(),
        };
        content.disputed.iter().map(dispute).collect()
    }

    /// What differs between two states of one content, in the order of the form.
    pub fn amendments(&self, before: &ReportContent, now: &ReportContent) -> Vec<Amendment> {
        let (old, new) = (values(before), values(now));
        let mut found = Vec::new();
        let mut fields: Vec<&String> = old.iter().chain(&new).map(|(field, _)| field).collect();
        let mut seen = std::collections::BTreeSet::new();
        fields.retain(|field| seen.insert(*field));
        for field in fields {
            let of = |all: &[(String, Value)]| {
                let held = all.iter().find(|(name, _)| name == field);
                held.map_or(Value::Null, |(_, value)| value.clone())
            };
            let (before, after) = (of(&old), of(&new));
            if before != after {
                found.push(Amendment {
                    field: field.clone(),
                    field_name: self.field_name(now, field),
                    before: self.text(field, &before),
                    now: self.text(field, &after),
                });
            }
        }
        let counts = [
            (
                "attachments",
                before.attachments.keys().eq(now.attachments.keys()),
            ),
            ("notes", before.notes.keys().eq(now.notes.keys())),
        ];
        for (field, is_same) in counts {
            let count = |content: &ReportContent| match field {
                "notes" => content.notes.len().to_string(),
                _ => content.attachments.len().to_string(),
            };
            if !is_same {
                found.push(Amendment {
                    field: field.to_owned(),
                    field_name: String::new(),
                    before: count(before),
                    now: count(now),
                });
            }
        }
        found
    }

    /// The label of an answer's field.
    fn field_name(&self, content: &ReportContent, field: &str) -> String {
        let name = || {
            let id = FieldId::new(field.strip_prefix("answers/")?).ok()?;
            let category = content.category.as_ref()?;
            let category = self
                .directory
                .category(category, content.category_version)
                .or_else(|| self.directory.category_newest(category))?;
            let spec = category.fields.iter().find(|spec| spec.id == id)?;
            Some(spec.name.clone())
        };
        name().unwrap_or_default()
    }

    /// A value as people read it.
    fn text(&self, field: &str, value: &Value) -> String {
        let named = match field {
            "category" => value.get("category").and_then(Value::as_str).and_then(|id| {
                let id = CategoryId::new(id).ok()?;
                Some(self.directory.category_newest(&id)?.name.clone())
            }),
            "grid" => value.as_str().and_then(|id| {
                let id = UnitId::new(id).ok()?;
                Some(self.directory.last_known_unit(&id, self.at)?.name.clone())
            }),
            "occurred_at" => json::read_value::<Timestamp>(value)
                .ok()
                .map(|at| self.instant(at)),
            "place" => json::read_value::<PlaceClaim>(value).ok().map(|place| {
                let position = place.position;
                format!("{:.6}, {:.6}", position.lat_deg, position.lon_deg)
            }),
            _ => None,
        };
        named.unwrap_or_else(|| plain(value))
    }

    fn instant(&self, at: Timestamp) -> String {
        at.to_utc()
            .with_timezone(&self.zone)
            .format("%Y-%m-%d %H:%M")
            .to_string()
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The words of a content by path, in the order of the form; empty fields are left out.
fn values(content: &ReportContent) -> Vec<(String, Value)> {
    let text = |text: &String| if text.is_empty() { Value::Null } else { json!(text) };
    let category = content.category.as_ref().map_or(
        Value::Null,
        |id| json!({"category": id, "version": content.category_version}),
    );
    let single = [
        ("category", category),
        ("grid", json!(content.grid)),
        ("description", text(&content.description)),
        ("occurred_at", json!(content.occurred_at)),
        ("place", json!(content.place)),
        ("place_text", text(&content.place_text)),
        ("urgency", json!(content.urgency)),
        ("source", json!(content.source)),
        ("result", text(&content.result)),
    ];
    let answer = |(id, answer): (&FieldId, &Answer)| (format!("answers/{id}"), json!(answer));
    let single = single.into_iter().map(|(field, value)| (field.to_owned(), value));
    single
        .chain(content.answers.iter().map(answer))
        .filter(|(_, value)| !value.is_null())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::sample::{NOW, county, unit_id};
    use crate::id::{PersonId, ReportId};
    use crate::report::DisputedField;

    fn content() -> ReportContent {
        let person = PersonId::new("w1").expect("a code");
        let report = ReportId::from_bytes([1; 16]);
        ReportContent::begin(report, "X-1".into(), unit_id("T1"), person, NOW)
    }

    fn reader(directory: &Directory) -> Reader<'_> {
        Reader {
            directory,
            at: NOW,
            zone: chrono_tz::Asia::Shanghai,
        }
    }

    #[test]
    fn choosing_a_disputed_value_writes_that_very_value() {
        let directory = county();
        let mut content = content();
        for (field, values) in [
            ("description", vec![json!("甲"), json!("乙")]),
            ("grid", vec![json!("G1"), Value::Null]),
            ("occurred_at", vec![json!(NOW), Value::Null]),
            ("answers/people_count", vec![json!(3.0), json!(5.0)]),
            ("urgency", vec![json!("urgent"), json!("normal")]),
            (
                "category",
                vec![
                    json!({"category": "A", "version": 2}),
                    json!({"category": "B", "version": 1}),
                ],
            ),
        ] {
            content.disputed.push(DisputedField {
                field: field.to_owned(),
                values,
            });
        }
        let disputes = reader(&directory).disputes(&content);
        assert_eq!(disputes.len(), 6);
        for (dispute, disputed) in disputes.iter().zip(&content.disputed) {
            for (choice, value) in dispute.values.iter().zip(&disputed.values) {
                let mut settled = content.clone();
                choice
                    .edit
                    .as_ref()
                    .expect("it can be written")
                    .apply_to(&mut settled);
                let written = values(&settled);
                let held = written.iter().find(|(name, _)| *name == dispute.field);
                assert_eq!(held.map_or(&Value::Null, |(_, v)| v), value, "{}", dispute.field);
            }
        }
        let grid = directory.unit(&unit_id("G1"), NOW).expect("it is there");
        assert_eq!(
            disputes[1].values[0].text, grid.name,
            "units are read by their name"
        );
        assert_eq!(disputes[2].values[1].text, "");
    }

    #[test]
    fn what_this_program_cannot_write_has_no_edit() {
        assert_eq!(edit_of("unknown/mood", &json!("good")), None);
        assert_eq!(edit_of("notes/1", &json!("good")), None);
        assert_eq!(edit_of("urgency", &json!("soon")), None);
    }

    #[test]
    fn amendments_name_each_field_that_changed_once_and_nothing_else() {
        let directory = county();
        let (before, mut now) = (content(), content());
        assert_eq!(reader(&directory).amendments(&before, &now), []);
        now.description = "两条横幅".into();
        now.answers
            .insert(FieldId::new("scale").expect("a code"), Answer::Text("大".into()));
        now.disputed.push(DisputedField {
            field: "grid".into(),
            values: Vec::new(),
        });
        let found = reader(&directory).amendments(&before, &now);
        let fields: Vec<_> = found
            .iter()
            .map(|a| (a.field.as_str(), a.before.as_str(), a.now.as_str()))
            .collect();
        assert_eq!(
            fields,
            [("description", "", "两条横幅"), ("answers/scale", "", "大")]
        );
        let back = reader(&directory).amendments(&now, &before);
        assert_eq!(back[0].now, "");
    }
}
