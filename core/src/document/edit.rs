//! What can be written into a report, one field at a time.
//!
//! The same words serve drafts (plain rows on the phone), documents and bindings. An edit says what a person did, never how it is
//! stored. Set in stone: the JSON names; drafts lie in databases under them.

use serde::{Deserialize, Serialize};

use crate::command::Urgency;
use crate::id::{AttachmentId, CategoryId, FieldId, NoteId, PersonRecordId, UnitId};
use crate::place::PlaceClaim;
use crate::report::{Answer, AttachmentRef, Channel, Note, PersonPart, ReportContent, Source};
use crate::time::Timestamp;

/// One act of writing on one field. JSON: `{"edit": "set_description", "to": "…"}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "edit", content = "to", rename_all = "snake_case")]
pub enum FieldEdit {
    /// The category together with the version that was filled in: they merge as one.
    SetCategory {
        /// The category.
        category: CategoryId,
        /// Its version.
        version: u32,
    },
    /// The grid; `None` empties it.
    SetGrid(Option<UnitId>),
    /// The words.
    SetDescription(String),
    /// When it happened; `None` empties it.
    SetOccurredAt(Option<Timestamp>),
    /// Where, as measured, always as a whole; `None` empties it.
    SetPlace(Option<PlaceClaim>),
    /// Where, as people say it.
    SetPlaceText(String),
    /// How pressing.
    SetUrgency(Urgency),
    /// How the reporter came to know.
    SetSource(Source),
    /// Through what it entered.
    SetChannel(Channel),
    /// What was done.
    SetResult(String),
    /// An answer to a field of the category; `None` empties it.
    SetAnswer {
        /// The field.
        field: FieldId,
        /// The answer.
        answer: Option<Answer>,
    },
    /// A picture or voice note more. Immutable once added.
    AddAttachment {
        /// Its name in the report.
        id: AttachmentId,
        /// What it is.
        attachment: AttachmentRef,
    },
    /// An attachment less. Only who added it may take it away again; everybody else's act is refused by the gate.
    RemoveAttachment(AttachmentId),
    /// A note more. Immutable once added.
    AddNote {
        /// Its name in the report.
        id: NoteId,
        /// The note.
        note: Note,
    },
    /// A person concerned more; the record itself lies beside the document.
    AddPerson {
        /// The record's name.
        id: PersonRecordId,
        /// The person's part.
        part: PersonPart,
    },
    /// A person less. Only who added the person may take it away again.
    RemovePerson(PersonRecordId),
}

impl FieldEdit {
    /// Applies the edit to plain content, as a draft does before there is a document. What is added twice under one name stays as it was
    /// first.
    pub fn apply_to(&self, content: &mut ReportContent) {
        match self {
            Self::SetCategory { category, version } => {
                content.category = Some(category.clone());
                content.category_version = *version;
            }
            Self::SetGrid(grid) => content.grid.clone_from(grid),
            Self::SetDescription(words) => content.description.clone_from(words),
            Self::SetOccurredAt(at) => content.occurred_at = *at,
            Self::SetPlace(place) => content.place = *place,
            Self::SetPlaceText(words) => content.place_text.clone_from(words),
            Self::SetUrgency(urgency) => content.urgency = *urgency,
            Self::SetSource(source) => content.source = *source,
            Self::SetChannel(channel) => content.channel = *channel,
            Self::SetResult(words) => content.result.clone_from(words),
            Self::SetAnswer {
                field,
                answer: Some(answer),
            } => {
                content.answers.insert(field.clone(), answer.clone());
            }
            Self::SetAnswer { field, answer: None } => {
                content.answers.remove(field);
            }
            Self::AddAttachment { id, attachment } => {
                content
                    .attachments
                    .entry(*id)
                    .or_insert_with(|| attachment.clone());
            }
            Self::RemoveAttachment(id) => {
                content.attachments.remove(id);
            }
            Self::AddNote { id, note } => {
                content.notes.entry(*id).or_insert_with(|| note.clone());
            }
            Self::AddPerson { id, part } => {
                content.people.entry(*id).or_insert(*part);
            }
            Self::RemovePerson(id) => {
                content.people.remove(id);
            }
        }
    }

    /// Whether the edit writes the reporter's words (as against adding or taking away notes, attachments and people).
    pub const fn touches_words(&self) -> bool {
        !matches!(
            self,
            Self::AddAttachment { .. }
                | Self::RemoveAttachment(_)
                | Self::AddNote { .. }
                | Self::AddPerson { .. }
                | Self::RemovePerson(_)
        )
    }
}
