//! "Already reported? Add yours": a draft becomes notes and attachments of another report.

use super::device::Context;
use super::{Device, act, draft as drafts, project, submit};
use crate::command::Refusal;
use crate::document::FieldEdit;
use crate::draft::Draft;
use crate::error::Error;
use crate::id::{NoteId, PersonRecordId, ReportId};
use crate::report::{ATTACHMENTS_MAX, NOTE_CHARS_MAX, Note, PersonRecord};
use crate::store::{AttachmentRow, Tx};

impl Device {
    /// Adds what a draft shows and says to a report that is there already: its words become a note, its pictures and voice notes
    /// attachments of that report, the people concerned its people. The draft ends. All in one transaction, durable when this returns.
    ///
    /// # Errors
    /// [`Error::NotFound`] where one of the two is not here; [`Error::NotAllowed`] for a report that has ended or that is full;
    /// [`Error::Incomplete`] for a draft that neither shows nor says anything.
    pub fn join_report(&self, draft: ReportId, into: ReportId) -> Result<(), Error> {
        self.write(|tx, context| {
            let held = drafts::load(tx, context, &draft)?.ok_or(Error::NotFound("draft"))?;
            let other = project::load(tx, context, &into)?.ok_or(Error::NotFound("report"))?;
            let is_open = other
                .story
                .expected
                .as_ref()
                .is_some_and(|matter| matter.state.is_open());
            let attached = other
                .content
                .as_ref()
                .ok_or(Error::NotFound("content"))?
                .attachments
                .len();
            let is_full = attached + held.content.attachments.len() > ATTACHMENTS_MAX;
            if !is_open || is_full {
                return Err(Error::NotAllowed(Refusal::WrongState));
            }
            let people = people(context, &held, into);
            let edits = edits(context, &held, &people);
            if edits.is_empty() {
                return Err(Error::Incomplete(vec![crate::draft::Problem {
                    field: "description".to_owned(),
                    rule: crate::draft::Rule::NothingShown,
                }]));
            }
            act::write_edits(tx, context, &into, &edits)?;
            move_files(tx, &draft, &into)?;
            let is_urgent = other
                .content
                .is_some_and(|c| c.urgency == crate::command::Urgency::Urgent);
            tx.ready_uploads(&into, is_urgent)?;
            for person in &people {
                submit::keep_person(tx, person, context.now_ms())?;
            }
            tx.delete_draft(&draft)?;
            project::project(tx, context, &into)?;
            Ok(())
        })
    }
}

/// What the draft says and shows, as additions that anybody in scope may make.
fn edits(context: &Context<'_>, draft: &Draft, people: &[PersonRecord]) -> Vec<FieldEdit> {
    let content = &draft.content;
    let words = [&content.description, &content.place_text, &content.result];
    let words: Vec<&str> = words
        .into_iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    let mut texts: Vec<String> = content.notes.values().map(|note| note.text.clone()).collect();
    let all: Vec<char> = words.join("；").chars().collect();
    texts.extend(all.chunks(NOTE_CHARS_MAX).map(|part| part.iter().collect()));
    let note = |text: String| FieldEdit::AddNote {
        id: context.fresh(|rng| NoteId::random(rng)),
        note: Note {
            by: context.me().clone(),
            text,
            written_at: context.now(),
        },
    };
    let attachments = content
        .attachments
        .iter()
        .map(|(id, attachment)| FieldEdit::AddAttachment {
            id: *id,
            attachment: attachment.clone(),
        });
    let people = people.iter().map(|person| FieldEdit::AddPerson {
        id: person.id,
        part: person.part,
    });
    texts
        .into_iter()
        .map(note)
        .chain(attachments)
        .chain(people)
        .collect()
}

/// The people of the draft as people of the other report, under names of their own.
fn people(context: &Context<'_>, draft: &Draft, into: ReportId) -> Vec<PersonRecord> {
    let held = draft.people.iter();
    let held = held.filter(|person| draft.content.people.contains_key(&person.id));
    held.map(|person| PersonRecord {
        id: context.fresh(|rng| PersonRecordId::random(rng)),
        report: into,
        corrects: None,
        ..person.clone()
    })
    .collect()
}

/// The files go with their attachments: the rows name the other report from now on.
fn move_files(tx: &Tx<'_>, draft: &ReportId, into: &ReportId) -> Result<(), Error> {
    for row in tx.attachments(draft)? {
        tx.put_attachment(&AttachmentRow { report: *into, ..row })?;
    }
    tx.move_uploads(draft, into)?;
    Ok(tx.forget_attachments(draft)?)
}
