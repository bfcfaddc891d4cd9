//! The draft: what a worker fills in before handing in.
//!
//! A draft lives on one phone as plain rows, saved field by field, and is cleared by nobody but its worker. It becomes a document and a
//! command in one step when it is handed in. Nothing here decides who may hand in; that is the workflow's.

use serde::{Deserialize, Serialize};

use crate::command::Urgency;
use crate::id::{PersonId, ReportId, UnitId};
use crate::report::{Channel, PersonRecord, ReportContent, SCHEMA, Source};
use crate::time::Timestamp;

mod facts;
mod title;
mod validate;

pub use facts::facts;
pub use title::{TITLE_CHARS_MAX, title};
pub use validate::{Problem, Rule, SubmitKind, validate};

/// A report that is not handed in yet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Draft {
    /// What is filled in so far; code, reporter, township and time of beginning are in it and never change.
    pub content: ReportContent,
    /// The people concerned, who will be kept apart from the content.
    #[serde(default)]
    pub people: Vec<PersonRecord>,
    /// When a field was last saved, by the phone's wall clock.
    pub saved_at: Timestamp,
}

impl Draft {
    /// An empty draft with its name and code.
    pub fn begin(
        id: ReportId,
        code: String,
        township: UnitId,
        reporter: PersonId,
        created_at: Timestamp,
    ) -> Self {
        Self {
            content: ReportContent::begin(id, code, township, reporter, created_at),
            people: Vec::new(),
            saved_at: created_at,
        }
    }
}

impl ReportContent {
    /// A content with nothing filled in.
    pub fn begin(
        id: ReportId,
        code: String,
        township: UnitId,
        reporter: PersonId,
        created_at: Timestamp,
    ) -> Self {
        Self {
            schema: SCHEMA,
            id,
            code,
            reporter,
            township,
            created_at,
            category: None,
            category_version: 0,
            grid: None,
            description: String::new(),
            occurred_at: None,
            place: None,
            place_text: String::new(),
            urgency: Urgency::Normal,
            source: Source::Seen,
            channel: Channel::Phone,
            result: String::new(),
            answers: Default::default(),
            attachments: Default::default(),
            notes: Default::default(),
            people: Default::default(),
            disputed: Vec::new(),
            unknown: Default::default(),
        }
    }
}

#[cfg(test)]
mod tests;
