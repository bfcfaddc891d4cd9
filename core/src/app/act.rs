//! Acts on reports that are handed in: edits of the content, notes, decisions.

use serde::{Deserialize, Serialize};

use super::device::Context;
use super::{Device, project};
use crate::command::{Action, ActionKind, Command, Outcome, Reason, Refusal, SignedCommand};
use crate::document::gate::Snapshot;
use crate::document::{Document, FieldEdit};
use crate::error::Error;
use crate::id::{ActorId, AttachmentId, ChangeHash, CommandId, NoteId, PostId, ReportId};
use crate::in_order::InOrder;
use crate::report::{Note, ReportContent};
use crate::store::{CommandRow, OutboxKind, OwnChange, Tx};
use crate::workflow;

/// One act before it has its name, its clocks and its signature.
pub(super) struct Act {
    pub(super) action: Action,
    pub(super) reason: Option<Reason>,
    pub(super) text: Option<String>,
    pub(super) post: Option<PostId>,
}

impl Act {
    pub(super) fn plain(action: Action) -> Self {
        Self {
            action,
            reason: None,
            text: None,
            post: None,
        }
    }
}

/// What was typed behind a change: kept so that it can be issued again under another actor.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Typed {
    /// The first change: the whole content.
    Opening(Box<ReportContent>),
    /// A later one: the edits of one act.
    Edits(Vec<FieldEdit>),
}

pub(super) fn opening_json(content: &ReportContent) -> String {
    let typed = Typed::Opening(Box::new(content.clone()));
    serde_json::to_string(&typed).expect("content is plain JSON")
}

impl Device {
    /// Writes on a report that was handed in, as one change. The reporter writes words; everybody in scope may add.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] where words are somebody else's.
    pub fn edit(&self, report: ReportId, edits: &[FieldEdit]) -> Result<(), Error> {
        self.write(|tx, context| write_edits(tx, context, &report, edits))
    }

    /// Adds a note.
    pub fn add_note(&self, report: ReportId, text: &str) -> Result<NoteId, Error> {
        self.write(|tx, context| {
            let id = context.fresh(|rng| NoteId::random(rng));
            let note = Note {
                by: context.me().clone(),
                text: text.trim().to_owned(),
                written_at: context.now(),
            };
            let edit = [FieldEdit::AddNote { id, note }];
            if tx.draft(&report)?.is_some() {
                super::draft::save_edits(tx, &report, &edit, context.now_ms())?;
            } else {
                write_edits(tx, context, &report, &edit)?;
            }
            Ok(id)
        })
    }

    /// Decides, flags, remarks: durable when this returns, shown as waiting to be sent until the server has decided. Which pictures were
    /// on this phone is noted with it.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] with the reason where this phone can tell already that it will be refused; nothing is kept then.
    pub fn decide(
        &self,
        report: ReportId,
        action: Action,
        reason: Option<Reason>,
        text: Option<String>,
    ) -> Result<CommandId, Error> {
        self.decide_as(report, action, reason, text, None)
    }

    /// As [`decide`](Self::decide), in a given post: for somebody whose several posts would clash here.
    pub fn decide_as(
        &self,
        report: ReportId,
        action: Action,
        reason: Option<Reason>,
        text: Option<String>,
        post: Option<PostId>,
    ) -> Result<CommandId, Error> {
        let new = Act {
            action,
            reason,
            text,
            post,
        };
        self.write(|tx, context| act(tx, context, &report, new))
    }

    /// What this profile's person may do with a report now: what buttons offer.
    pub fn permitted(&self, report: ReportId) -> Result<Vec<ActionKind>, Error> {
        self.read(|tx, context| {
            if tx.draft(&report)?.is_some() {
                return Ok(vec![ActionKind::Submit, ActionKind::Settle]);
            }
            let held = project::load(tx, context, &report)?.ok_or(Error::NotFound("report"))?;
            Ok(held.permitted(context))
        })
    }

    /// The acts of a kind that this profile's person may do with a report now, ready for [`Device::decide`]: one for each level or unit
    /// that it may name. Empty where the kind is not permitted, or carries what somebody has to fill in.
    pub fn actions(&self, report: ReportId, kind: ActionKind) -> Result<Vec<Action>, Error> {
        self.read(|tx, context| {
            let held = project::load(tx, context, &report)?.ok_or(Error::NotFound("report"))?;
            Ok(held.actions(context, kind))
        })
    }
}

/// Signs an act, keeps it and puts it in line.
pub(super) fn act(
    tx: &Tx<'_>,
    context: &Context<'_>,
    report: &ReportId,
    new: Act,
) -> Result<CommandId, Error> {
    let held = project::load(tx, context, report)?.ok_or(Error::NotFound("report"))?;
    let command = Command {
        id: context.fresh(|rng| CommandId::random(rng)),
        report: *report,
        action: new.action,
        by: context.me().clone(),
        post: new.post,
        install: context.identity.install,
        saw: held.story.expected.as_ref().map(|matter| matter.version),
        heads: held.heads.clone(),
        attachments: attachments_present(tx, &held)?,
        reason: new.reason.filter(Reason::is_given),
        at: context.device_time(tx)?,
        text: new.text.filter(|text| !text.trim().is_empty()),
    };
    let known = held.story.known();
    let known = |id: &CommandId| known.get(id).copied();
    let weighed = held.decision_context(context, &known);
    let decision = workflow::decide(held.story.expected.as_ref(), &command, &weighed);
    if let Outcome::Refused(refusal) = decision.outcome {
        return Err(Error::NotAllowed(refusal));
    }
    tx.insert_command(&CommandRow {
        id: command.id,
        report: *report,
        signed: SignedCommand::sign(&command, &context.identity.key),
        is_own: true,
        result: None,
    })?;
    tx.enqueue(
        OutboxKind::Command,
        command.id.as_bytes(),
        report,
        None,
        context.now_ms(),
    )?;
    project::project(tx, context, report)?;
    Ok(command.id)
}

fn attachments_present(tx: &Tx<'_>, held: &project::Held) -> Result<Vec<AttachmentId>, Error> {
    let mut present = Vec::new();
    let attachments = held.content.as_ref().map(|content| &content.attachments);
    for (id, reference) in attachments.into_iter().flatten() {
        let mut is_present = tx.blob_state(&reference.blob)?.is_present;
        if let Some(thumbnail) = &reference.thumbnail {
            is_present |= tx.blob_state(thumbnail)?.is_present;
        }
        if is_present {
            present.push(*id);
        }
    }
    present.order_by(Ord::cmp);
    Ok(present)
}

/// Writes edits into the document as one change and puts it in line.
pub(super) fn write_edits(
    tx: &Tx<'_>,
    context: &Context<'_>,
    report: &ReportId,
    edits: &[FieldEdit],
) -> Result<(), Error> {
    let record = tx.report(report)?.ok_or(Error::NotFound("report"))?;
    let snapshot = tx.document(report)?.ok_or(Error::NotFound("content"))?;
    let mut document = Document::load(&snapshot.bytes)?;
    if edits.iter().any(FieldEdit::touches_words) && document.content()?.reporter != *context.me() {
        return Err(Error::NotAllowed(Refusal::NotYourPost));
    }
    let actor = tx.current_actor()?.ok_or(Error::NotEnrolled)?.actor;
    let typed = Typed::Edits(edits.to_vec());
    if issue(tx, &mut document, report, &typed, actor, context.now_ms())?.is_some() {
        tx.put_document(report, &Snapshot::of(&document), &document.content()?)?;
        project::project(tx, context, &record.report)?;
    }
    Ok(())
}

/// Makes one change of what was typed, keeps it and puts it in line; `None` where it changes nothing.
pub(super) fn issue(
    tx: &Tx<'_>,
    document: &mut Document,
    report: &ReportId,
    typed: &Typed,
    actor: ActorId,
    now_ms: i64,
) -> Result<Option<ChangeHash>, Error> {
    let change = match typed {
        Typed::Opening(content) => {
            let (fresh, change) = Document::create(content, actor, now_ms / 1000)?;
            *document = fresh;
            Some(change)
        }
        Typed::Edits(edits) => document.edit(edits, actor, now_ms / 1000)?,
    };
    let Some(change) = change else { return Ok(None) };
    tx.insert_own_change(&OwnChange {
        hash: change.hash,
        report: *report,
        bytes: change.bytes,
        edits: serde_json::to_string(typed).expect("edits are plain JSON"),
        made_at_ms: now_ms,
        is_acked: false,
        is_known: false,
    })?;
    tx.enqueue(OutboxKind::Change, &change.hash.0, report, None, now_ms)?;
    Ok(Some(change.hash))
}
