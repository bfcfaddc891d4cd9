//! Whether a report can be handed in: everything that is wrong with it, at once.

use serde::{Deserialize, Serialize};

use crate::attachment::{AttachmentKind, AttachmentRole};
use crate::directory::{AnswerProblem, Directory, check_answers};
use crate::report::{
    ATTACHMENTS_MAX, DESCRIPTION_CHARS_MAX, NOTE_CHARS_MAX, NOTES_MAX, PEOPLE_MAX, PLACE_TEXT_CHARS_MAX,
    RESULT_CHARS_MAX, ReportContent,
};
use crate::time::Timestamp;

/// How a report is handed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmitKind {
    /// 上报.
    Submit,
    /// 当场处置: asks for an after-picture or for words about what was done.
    Settle,
}

/// One thing that is wrong: where, and which rule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct Problem {
    /// The field's path, as in [`DisputedField`](crate::report::DisputedField): `category`, `answers/people_count`, `notes/<id>`.
    pub field: String,
    /// The rule that is not kept.
    pub rule: Rule,
}

/// A rule of the content. Names are stable; the shells write the texts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// It must be filled in.
    #[error("must be filled in")]
    Missing,
    /// At least one of picture, voice note and words is needed.
    #[error("take a picture, speak or write: one of them is needed")]
    NothingShown,
    /// The directory does not know it.
    #[error("is not in the directory of this phone")]
    Unknown,
    /// A class was chosen where a kind is needed, or the kind was not offered in this version.
    #[error("cannot be chosen: choose a kind below it")]
    NotOffered,
    /// The unit is no grid.
    #[error("is not a grid")]
    NotAGrid,
    /// The grid lies in another township than the report.
    #[error("lies outside the township")]
    OutsideTownship,
    /// Settling asks for an after-picture or for what was done.
    #[error("take a picture of the result or say what was done")]
    ResultMissing,
    /// Longer than allowed.
    #[error("is longer than {chars_max} characters")]
    TooLong {
        /// The most characters.
        chars_max: usize,
    },
    /// More of them than allowed.
    #[error("more than {count_max} of them")]
    TooMany {
        /// The most of them.
        count_max: usize,
    },
    /// The position is not one.
    #[error("is not a position on the ground")]
    NotAPosition,
    /// An answer does not fit its field.
    #[error("{problem}")]
    Answer {
        /// What does not fit.
        problem: AnswerProblem,
    },
}

/// Checks a content against the directory as it stands at `at`: `Ok`, or every problem in the order of the form.
///
/// A version of a category that this directory does not hold is no problem: its answers stay as entered. A grid that has been re-drawn or
/// removed since is none either.
pub fn validate(
    content: &ReportContent,
    directory: &Directory,
    at: Timestamp,
    kind: SubmitKind,
) -> Result<(), Vec<Problem>> {
    let mut found = Found::default();
    found.category(content, directory);
    found.grid(content, directory, at);
    found.shown(content, kind);
    found.lengths(content);
    if content.place.is_some_and(|place| place.position.check().is_err()) {
        found.add("place", Rule::NotAPosition);
    }
    if found.0.is_empty() { Ok(()) } else { Err(found.0) }
}

#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn add(&mut self, field: impl Into<String>, rule: Rule) {
        self.0.push(Problem {
            field: field.into(),
            rule,
        });
    }

    fn category(&mut self, content: &ReportContent, directory: &Directory) {
        let Some(id) = &content.category else {
            return self.add("category", Rule::Missing);
        };
        let Some(category) = directory.category(id, content.category_version) else {
            if directory.category_newest(id).is_none() {
                self.add("category", Rule::Unknown);
            }
            return;
        };
        if !category.is_offered {
            self.add("category", Rule::NotOffered);
        }
        for (field, problem) in check_answers(category, &content.answers) {
            self.add(format!("answers/{field}"), Rule::Answer { problem });
        }
    }

    fn grid(&mut self, content: &ReportContent, directory: &Directory, at: Timestamp) {
        let Some(id) = &content.grid else {
            return self.add("grid", Rule::Missing);
        };
        match directory.last_known_unit(id, at) {
            None => self.add("grid", Rule::Unknown),
            Some(unit) if !unit.kind.is_grid() => self.add("grid", Rule::NotAGrid),
            Some(_) => {
                let once = [at, content.created_at];
                if !once
                    .iter()
                    .any(|t| directory.is_within(id, &content.township, *t))
                {
                    self.add("grid", Rule::OutsideTownship);
                }
            }
        }
    }

    fn shown(&mut self, content: &ReportContent, kind: SubmitKind) {
        if content.description.trim().is_empty() && content.attachments.is_empty() {
            self.add("attachments", Rule::NothingShown);
        }
        let has_after = content
            .attachments
            .values()
            .any(|a| a.kind == AttachmentKind::Picture && a.role == AttachmentRole::After);
        if kind == SubmitKind::Settle && content.result.trim().is_empty() && !has_after {
            self.add("result", Rule::ResultMissing);
        }
    }

    fn lengths(&mut self, content: &ReportContent) {
        self.text("description", &content.description, DESCRIPTION_CHARS_MAX);
        self.text("place_text", &content.place_text, PLACE_TEXT_CHARS_MAX);
        self.text("result", &content.result, RESULT_CHARS_MAX);
        for (id, note) in &content.notes {
            self.text(&format!("notes/{id}"), &note.text, NOTE_CHARS_MAX);
        }
        self.count("attachments", content.attachments.len(), ATTACHMENTS_MAX);
        self.count("notes", content.notes.len(), NOTES_MAX);
        self.count("people", content.people.len(), PEOPLE_MAX);
    }

    fn text(&mut self, field: &str, text: &str, chars_max: usize) {
        if text.chars().count() > chars_max {
            self.add(field, Rule::TooLong { chars_max });
        }
    }

    fn count(&mut self, field: &str, count: usize, count_max: usize) {
        if count > count_max {
            self.add(field, Rule::TooMany { count_max });
        }
    }
}
