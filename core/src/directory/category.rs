//! The category tree with the fields that each kind declares.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{CategoryId, FieldId, UnitId};
use crate::report::Answer;

/// One version of one category. A report names the version that it was filled in with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Category {
    /// The category's code, the same through all versions.
    pub id: CategoryId,
    /// Counts from 1; greater is newer.
    pub version: u32,
    /// The class above; `None` for one of the top classes.
    #[serde(default)]
    pub parent: Option<CategoryId>,
    /// The name on tiles and in lists.
    pub name: String,
    /// Fields to fill in, at most 6.
    #[serde(default)]
    pub fields: Vec<FieldSpec>,
    /// Closes on receipt (走访).
    #[serde(default)]
    pub is_record_only: bool,
    /// Seen only by its holders (信访、家庭纠纷).
    #[serde(default)]
    pub is_sensitive: bool,
    /// Reports of this kind are urgent unless the worker says otherwise.
    #[serde(default)]
    pub is_urgent: bool,
    /// False for classes and for kinds that are no longer offered.
    #[serde(default = "offered")]
    pub is_offered: bool,
    /// The department that usually handles it; the room decides.
    #[serde(default)]
    pub department: Option<UnitId>,
    /// The long side of its pictures in pixels, where it differs from the policy.
    #[serde(default)]
    pub picture_long_side_px: Option<u32>,
}

fn offered() -> bool {
    true
}

/// A field that a category declares.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FieldSpec {
    /// The key under `answers`.
    pub id: FieldId,
    /// The label.
    pub name: String,
    /// What may be entered.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Whether submission asks for it.
    #[serde(default)]
    pub is_required: bool,
}

/// What may be entered into a field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// One of the options, stored as its text.
    Choice {
        /// The options in their order on screen.
        options: Vec<String>,
    },
    /// A whole or decimal number within bounds (inclusive).
    Number {
        /// The least value.
        #[serde(default)]
        min: Option<f64>,
        /// The greatest value.
        #[serde(default)]
        max: Option<f64>,
    },
    /// A civil day, `YYYY-MM-DD`.
    Date,
    /// Words.
    Text {
        /// The most characters (default 200).
        #[serde(default)]
        chars_max: Option<u32>,
    },
    /// Yes or no.
    YesNo,
}

/// The most fields that one version of a category may declare.
pub const FIELDS_MAX: usize = 6;

/// The most characters of a text answer where the field does not say.
pub const ANSWER_CHARS_MAX: u32 = 200;

/// The most characters of any answer, whatever its field says: no document takes a longer one.
pub const ANY_ANSWER_CHARS_MAX: u32 = 500;

/// The most answers in one report, known or not.
pub const ANSWERS_MAX: usize = 32;

/// What does not fit in an answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum AnswerProblem {
    /// The field must be answered.
    #[error("must be answered")]
    Missing,
    /// Another kind of value is expected.
    #[error("another kind of answer is expected")]
    WrongKind,
    /// None of the options.
    #[error("is none of the choices")]
    NotAnOption,
    /// Below the least value.
    #[error("is less than {min}")]
    TooSmall {
        /// The least value.
        min: f64,
    },
    /// Above the greatest value.
    #[error("is more than {max}")]
    TooLarge {
        /// The greatest value.
        max: f64,
    },
    /// No civil day `YYYY-MM-DD`.
    #[error("is not a day")]
    NotADay,
    /// Longer than allowed.
    #[error("is longer than {chars_max} characters")]
    TooLong {
        /// The most characters.
        chars_max: u32,
    },
    /// More answers than [`ANSWERS_MAX`].
    #[error("more answers than {ANSWERS_MAX}")]
    TooMany,
}

/// Checks answers against the fields of a version: every problem, in the order of the fields, then those of answers to fields that this
/// version does not declare. Such answers are kept; only their size is bounded.
pub fn check_answers(
    category: &Category,
    answers: &BTreeMap<FieldId, Answer>,
) -> Vec<(FieldId, AnswerProblem)> {
    let mut problems = Vec::new();
    for field in &category.fields {
        let found = match answers.get(&field.id) {
            Some(answer) if !is_blank(answer) => field.kind.check(answer),
            _ if field.is_required => Some(AnswerProblem::Missing),
            _ => None,
        };
        problems.extend(found.map(|problem| (field.id.clone(), problem)));
    }
    for (id, answer) in answers {
        if category.fields.iter().all(|field| field.id != *id) {
            let found = match answer {
                Answer::Text(text) => too_long(text, ANY_ANSWER_CHARS_MAX),
                Answer::Number(number) if !number.is_finite() => Some(AnswerProblem::WrongKind),
                _ => None,
            };
            problems.extend(found.map(|problem| (id.clone(), problem)));
        }
    }
    if answers.len() > ANSWERS_MAX {
        let last = answers.keys().next_back().expect("there are more than none");
        problems.push((last.clone(), AnswerProblem::TooMany));
    }
    problems
}

fn is_blank(answer: &Answer) -> bool {
    matches!(answer, Answer::Text(text) if text.trim().is_empty())
}

fn too_long(text: &str, chars_max: u32) -> Option<AnswerProblem> {
    (text.chars().count() > chars_max as usize).then_some(AnswerProblem::TooLong { chars_max })
}

impl FieldKind {
    /// What does not fit in this answer, if anything.
    pub fn check(&self, answer: &Answer) -> Option<AnswerProblem> {
        match (self, answer) {
            (Self::Choice { options }, Answer::Text(text)) => {
                (!options.contains(text)).then_some(AnswerProblem::NotAnOption)
            }
            (Self::Number { min, max }, Answer::Number(number)) => match (min, max) {
                _ if !number.is_finite() => Some(AnswerProblem::WrongKind),
                (Some(min), _) if number < min => Some(AnswerProblem::TooSmall { min: *min }),
                (_, Some(max)) if number > max => Some(AnswerProblem::TooLarge { max: *max }),
                _ => None,
            },
            (Self::Date, Answer::Text(text)) => {
                let is_day = text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok();
                (!is_day).then_some(AnswerProblem::NotADay)
            }
            (Self::Text { chars_max }, Answer::Text(text)) => too_long(
                text,
                chars_max.unwrap_or(ANSWER_CHARS_MAX).min(ANY_ANSWER_CHARS_MAX),
            ),
            (Self::YesNo, Answer::YesNo(_)) => None,
            _ => Some(AnswerProblem::WrongKind),
        }
    }
}

#[cfg(test)]
mod tests;
