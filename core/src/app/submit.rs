//! Handing in: in one transaction the draft becomes a document, a signed command, and what waits to be sent.

use super::act::{self, Act};
use super::device::Context;
use super::{Device, draft as drafts, project};
use crate::attachment::{AttachmentKind, AttachmentRole};
use crate::command::{Action, Opening, Reason, TEXT_CHARS_MAX};
use crate::directory::Level;
use crate::document::gate::Snapshot;
use crate::document::{Document, FieldEdit};
use crate::draft::{self, SubmitKind};
use crate::error::Error;
use crate::id::{CommandId, ReportId};
use crate::report::{PersonRecord, ReportContent};
use crate::store::{OutboxKind, OwnChange, PersonRow, ReportRecord, Tx};

impl Device {
    /// 上报: hands a draft in, or a returned report again. Durable when this returns; it goes out with the next sync. Calling it again
    /// for a report that was handed in already is refused and changes nothing.
    ///
    /// # Errors
    /// [`Error::Incomplete`] with everything that is missing; [`Error::NotAllowed`].
    pub fn submit(&self, report: ReportId) -> Result<CommandId, Error> {
        self.hand_in(report, SubmitKind::Submit, None)
    }

    /// 当场处置: hands in what the worker has settled himself; `result` says what was done and may be empty where there is a picture of
    /// the result.
    pub fn settle(&self, report: ReportId, result: &str) -> Result<CommandId, Error> {
        let words = (!result.trim().is_empty()).then(|| FieldEdit::SetResult(result.trim().to_owned()));
        let is_draft = self.read(|tx, _| Ok(tx.draft(&report)?.is_some()))?;
        if is_draft && let Some(edit) = &words {
            // What was typed stays in the draft, whatever else is missing.
            self.edit_draft(report, std::slice::from_ref(edit))?;
        }
        self.hand_in(report, SubmitKind::Settle, words.as_ref().filter(|_| !is_draft))
    }

    /// Hands in; `words` are written into a report that was handed in before, and only where it may be handed in again.
    fn hand_in(
        &self,
        report: ReportId,
        kind: SubmitKind,
        words: Option<&FieldEdit>,
    ) -> Result<CommandId, Error> {
        self.write(|tx, context| {
            if tx.draft(&report)?.is_some() {
                first_time(tx, context, &report, kind)
            } else {
                if let Some(edit) = words {
                    act::write_edits(tx, context, &report, std::slice::from_ref(edit))?;
                }
                let held = project::load(tx, context, &report)?.ok_or(Error::NotFound("report"))?;
                let content = held.content.as_ref().ok_or(Error::NotFound("content"))?;
                draft::validate(content, context.directory, context.now(), kind)
                    .map_err(Error::Incomplete)?;
                let act = handing_in(context, content, kind)?;
                act::act(tx, context, &report, act)
            }
        })
    }
}

fn first_time(
    tx: &Tx<'_>,
    context: &Context<'_>,
    report: &ReportId,
    kind: SubmitKind,
) -> Result<CommandId, Error> {
    let draft = drafts::load(tx, context, report)?.ok_or(Error::NotFound("draft"))?;
    draft::validate(&draft.content, context.directory, context.now(), kind).map_err(Error::Incomplete)?;
    let handing_in = handing_in(context, &draft.content, kind)?;
    let mut record = ReportRecord::new(*report, context.identity.township.clone());
    record.is_own = true;
    tx.put_report(&record)?;
    let actor = tx.current_actor()?.ok_or(Error::NotEnrolled)?.actor;
    let (document, change) = Document::create(&draft.content, actor, context.now_ms() / 1000)?;
    tx.put_document(report, &Snapshot::of(&document), &document.content()?)?;
    tx.insert_own_change(&OwnChange {
        hash: change.hash,
        report: *report,
        bytes: change.bytes,
        edits: act::opening_json(&draft.content),
        made_at_ms: context.now_ms(),
        is_acked: false,
        is_known: false,
    })?;
    tx.enqueue(OutboxKind::Change, &change.hash.0, report, None, context.now_ms())?;
    for person in &draft.people {
        if draft.content.people.contains_key(&person.id) {
            keep_person(tx, person, context.now_ms())?;
        }
    }
    tx.delete_draft(report)?;
    let is_urgent = draft.content.urgency == crate::command::Urgency::Urgent;
    tx.ready_uploads(report, is_urgent)?;
    act::act(tx, context, report, handing_in)
}

/// Keeps a person's record and puts it in line.
pub(super) fn keep_person(tx: &Tx<'_>, record: &PersonRecord, now_ms: i64) -> Result<(), Error> {
    let bytes = minicbor::to_vec(record).expect("encoding to memory cannot fail");
    tx.insert_person(&PersonRow {
        id: record.id,
        report: record.report,
        bytes,
        is_own: true,
        is_known: false,
    })?;
    Ok(tx.enqueue(
        OutboxKind::Person,
        record.id.as_bytes(),
        &record.report,
        None,
        now_ms,
    )?)
}

/// The act of handing in. Where no picture shows what was settled, the words about it stand as the reason, which the table asks for.
fn handing_in(context: &Context<'_>, content: &ReportContent, kind: SubmitKind) -> Result<Act, Error> {
    let opening = opening(context, content)?;
    let SubmitKind::Settle = kind else {
        return Ok(Act::plain(Action::Submit { opening }));
    };
    let has_after = content
        .attachments
        .values()
        .any(|a| a.kind == AttachmentKind::Picture && a.role == AttachmentRole::After);
    let words: String = content.result.trim().chars().take(TEXT_CHARS_MAX).collect();
    Ok(Act {
        reason: (!has_after).then(|| Reason::words(words)),
        ..Act::plain(Action::Settle { opening })
    })
}

/// What the workflow must know of the content. A chief's own report, and what the room enters, goes straight to the township.
fn opening(context: &Context<'_>, content: &ReportContent) -> Result<Opening, Error> {
    let now = context.now();
    let grid = content.grid.clone().ok_or(Error::NotFound("grid"))?;
    let is_chief = context
        .directory
        .chiefs_of(&grid, now)
        .iter()
        .any(|post| post.person == *context.me());
    let is_room = context
        .directory
        .posts_of(context.me(), now)
        .iter()
        .any(|post| post.role.is_room());
    Ok(Opening {
        grid,
        category: content.category.clone().ok_or(Error::NotFound("category"))?,
        category_version: content.category_version,
        urgency: content.urgency,
        code: content.code.clone(),
        level: if is_chief || is_room {
            Level::Township
        } else {
            Level::Grid
        },
    })
}
