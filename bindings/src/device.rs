//! One open profile: capture, decide, list, send.

use std::sync::Arc;

use xunge_core::app::{
    AttentionItem, Device as Core, DraftRow, ListQuery, MediaSource, PersonEntry, ProfileInfo, RescueSummary,
    Tab,
};
use xunge_core::attachment::{AttachmentRole, BlobHash};
use xunge_core::command::{Action, ActionKind, Reason};
use xunge_core::directory::Category;
use xunge_core::document::FieldEdit;
use xunge_core::grid::{Candidate, GridAnswer};
use xunge_core::id::{AttachmentId, CommandId, NoteId, PersonRecordId, ReportId, UnitId};
use xunge_core::place::PlaceClaim;
use xunge_core::sync::transport::HttpTransport;

use crate::error::CoreError;
use crate::report::ReportContent;
use crate::sync::{CancelToken, Relay, StatusObserver, Subscription, SyncOptions, SyncReport, SyncStatus};
use crate::view::{ReportPage, ReportRow, ReportView};

/// A grid with its distance from a position.
#[uniffi::remote(Record)]
pub struct Candidate {
    /// The grid.
    pub grid: UnitId,
    /// Whether the middle of the error circle lies in it.
    pub is_inside: bool,
    /// How far the middle is from the grid's border, in metres.
    pub border_m: f64,
}

/// What is known about the grid of a position.
#[uniffi::remote(Enum)]
pub enum GridAnswer {
    /// The whole error circle lies in this grid alone.
    Inside {
        /// The grid.
        grid: UnitId,
    },
    /// The error circle touches more than this: ask.
    Ask {
        /// The grids, the likeliest first.
        candidates: Vec<Candidate>,
    },
    /// In no drawn grid.
    Outside {
        /// The nearest drawn grid, if one is near.
        nearest: Option<Candidate>,
    },
    /// There is no position to go by: choose by name.
    NoPosition,
}

/// What a rescue file holds.
#[uniffi::remote(Record)]
pub struct RescueSummary {
    /// Reports, decisions and people that were not sent.
    pub item_count: u32,
    /// Attachments that the server had not confirmed.
    pub blob_count: u32,
    /// Drafts.
    pub draft_count: u32,
    /// Words begun beside a report or a task and not sent.
    pub words_count: u32,
    /// The file's length in bytes.
    pub size_bytes: u64,
}

/// One profile, open. Every call that writes returns after the data is durable.
#[derive(uniffi::Object)]
pub struct Device {
    pub(crate) inner: Arc<Core>,
    pub(crate) transport: Arc<HttpTransport>,
}

#[uniffi::export]
impl Device {
    /// Whose profile it is.
    pub fn info(&self) -> ProfileInfo {
        self.inner.info().clone()
    }

    /// Begins a draft: its id, and its readable code, made without a network.
    pub fn begin_draft(&self) -> Result<ReportId, CoreError> {
        Ok(self.inner.begin_draft()?)
    }

    /// All drafts, the last touched first.
    pub fn drafts(&self) -> Result<Vec<DraftRow>, CoreError> {
        Ok(self.inner.drafts()?)
    }

    /// What is filled in so far.
    pub fn draft(&self, report: ReportId) -> Result<ReportContent, CoreError> {
        Ok(self.inner.draft(report)?.content.into())
    }

    /// Saves fields of a draft.
    pub fn edit_draft(&self, report: ReportId, edits: Vec<FieldEdit>) -> Result<(), CoreError> {
        Ok(self.inner.edit_draft(report, &edits)?)
    }

    /// Saves the position, and the grid where it is certain and none was chosen.
    pub fn set_place(&self, report: ReportId, claim: PlaceClaim) -> Result<(), CoreError> {
        Ok(self.inner.set_place(report, claim)?)
    }

    /// In which grid a position lies.
    pub fn locate(&self, claim: PlaceClaim) -> Result<GridAnswer, CoreError> {
        Ok(self.inner.locate(&claim)?)
    }

    /// Adds a picture from a file, which stays where it is.
    pub fn add_picture(
        &self,
        report: ReportId,
        path: String,
        role: AttachmentRole,
    ) -> Result<AttachmentId, CoreError> {
        Ok(self
            .inner
            .add_picture(report, &MediaSource::Path(path.into()), role)?)
    }

    /// Adds a picture that is in memory.
    pub fn add_picture_bytes(
        &self,
        report: ReportId,
        bytes: Vec<u8>,
        role: AttachmentRole,
    ) -> Result<AttachmentId, CoreError> {
        Ok(self.inner.add_picture(report, &MediaSource::Bytes(bytes), role)?)
    }

    /// Adds a voice note from a file, which stays where it is.
    pub fn add_voice_note(
        &self,
        report: ReportId,
        path: String,
        role: AttachmentRole,
    ) -> Result<AttachmentId, CoreError> {
        Ok(self
            .inner
            .add_voice_note(report, &MediaSource::Path(path.into()), role)?)
    }

    /// Takes an own attachment away.
    pub fn remove_attachment(&self, report: ReportId, attachment: AttachmentId) -> Result<(), CoreError> {
        Ok(self.inner.remove_attachment(report, attachment)?)
    }

    /// Adds a person concerned.
    pub fn add_person(&self, report: ReportId, entry: PersonEntry) -> Result<PersonRecordId, CoreError> {
        Ok(self.inner.add_person(report, &entry)?)
    }

    /// Takes a person away again.
    pub fn remove_person(&self, report: ReportId, person: PersonRecordId) -> Result<(), CoreError> {
        Ok(self.inner.remove_person(report, person)?)
    }

    /// Reports that may be about the same matter.
    pub fn hints(&self, report: ReportId) -> Result<Vec<ReportRow>, CoreError> {
        Ok(self.inner.hints(report)?.into_iter().map(Into::into).collect())
    }

    /// "Already reported? Add yours": words, pictures, voice notes and people of a draft go to another report; the draft ends.
    pub fn join_report(&self, draft: ReportId, into: ReportId) -> Result<(), CoreError> {
        Ok(self.inner.join_report(draft, into)?)
    }

    /// 上报: hands a draft in, or a returned report again.
    pub fn submit(&self, report: ReportId) -> Result<CommandId, CoreError> {
        Ok(self.inner.submit(report)?)
    }

    /// 当场处置: hands in what was settled on the spot; `result` says what was done.
    pub fn settle(&self, report: ReportId, result: String) -> Result<CommandId, CoreError> {
        Ok(self.inner.settle(report, &result)?)
    }

    /// Throws a draft away, at the worker's own wish.
    pub fn discard_draft(&self, report: ReportId) -> Result<(), CoreError> {
        Ok(self.inner.discard_draft(report)?)
    }

    /// Writes fields of a report that was handed in.
    pub fn edit(&self, report: ReportId, edits: Vec<FieldEdit>) -> Result<(), CoreError> {
        Ok(self.inner.edit(report, &edits)?)
    }

    /// Adds a note.
    pub fn add_note(&self, report: ReportId, text: String) -> Result<NoteId, CoreError> {
        Ok(self.inner.add_note(report, &text)?)
    }

    /// Decides: approve, return, take on …; shows at once as waiting to be sent.
    pub fn decide(
        &self,
        report: ReportId,
        action: Action,
        reason: Option<Reason>,
        text: Option<String>,
    ) -> Result<CommandId, CoreError> {
        Ok(self.inner.decide(report, action, reason, text)?)
    }

    /// What this person may do with the report now.
    pub fn permitted(&self, report: ReportId) -> Result<Vec<ActionKind>, CoreError> {
        Ok(self.inner.permitted(report)?)
    }

    /// The acts of a kind that this person may do with the report now, ready for `decide`: one for each level or unit that it may name.
    /// Empty where the kind is not permitted, or carries what somebody has to fill in.
    pub fn actions(&self, report: ReportId, kind: ActionKind) -> Result<Vec<Action>, CoreError> {
        Ok(self.inner.actions(report, kind)?)
    }

    /// The categories that can be chosen now, in the order of the directory.
    pub fn categories(&self) -> Result<Vec<Category>, CoreError> {
        Ok(self.inner.categories()?)
    }

    /// A page of a list, the latest first.
    pub fn reports(&self, query: ListQuery) -> Result<ReportPage, CoreError> {
        Ok(self.inner.reports(&query)?.into())
    }

    /// How many lines a list has.
    pub fn report_count(&self, tab: Tab) -> Result<u32, CoreError> {
        Ok(self.inner.report_count(tab)?)
    }

    /// One whole report.
    pub fn report(&self, report: ReportId) -> Result<ReportView, CoreError> {
        Ok(self.inner.report(report)?.into())
    }

    /// Asks for a full picture, which the next sync fetches.
    pub fn want_attachment(&self, report: ReportId, attachment: AttachmentId) -> Result<(), CoreError> {
        Ok(self.inner.want_attachment(report, attachment)?)
    }

    /// The bytes of a picture, thumbnail or voice note, where they are on this phone.
    pub fn attachment_bytes(&self, blob: BlobHash) -> Result<Option<Vec<u8>>, CoreError> {
        Ok(self.inner.attachment_bytes(&blob)?)
    }

    /// What the server did not take.
    pub fn needs_attention(&self) -> Result<Vec<AttentionItem>, CoreError> {
        Ok(self.inner.needs_attention()?)
    }

    /// A person has dealt with it.
    pub fn clear_attention(&self, id: i64) -> Result<(), CoreError> {
        Ok(self.inner.clear_attention(id)?)
    }

    /// How sending stands.
    pub fn status(&self) -> Result<SyncStatus, CoreError> {
        Ok(self.inner.status()?.into())
    }

    /// Listens: the current state first, then after every change, until the subscription is dropped.
    pub fn observe(&self, observer: Arc<dyn StatusObserver>) -> Result<Arc<Subscription>, CoreError> {
        Ok(Arc::new(Subscription {
            _inner: self.inner.observe(Arc::new(Relay(observer))),
        }))
    }

    /// Sends and fetches until there is nothing more, the token is cancelled, or it fails; the report says which.
    pub fn sync(&self, cancel: &CancelToken) -> Result<SyncReport, CoreError> {
        Ok(self.inner.sync(self.transport.as_ref(), &cancel.inner).into())
    }

    /// As `sync`, with what it may do.
    pub fn sync_with(&self, options: SyncOptions, cancel: &CancelToken) -> Result<SyncReport, CoreError> {
        let report = self
            .inner
            .sync_with(self.transport.as_ref(), &cancel.inner, options.into());
        Ok(report.into())
    }

    /// Waits up to `timeout_ms` for news at the server; true where there is some. A hint to sync, nothing more.
    pub fn wait(&self, timeout_ms: u64) -> Result<bool, CoreError> {
        Ok(self.inner.wait(self.transport.as_ref(), timeout_ms)?)
    }

    /// Writes everything unsent into a file that only the township can open.
    pub fn rescue(&self, path: String) -> Result<RescueSummary, CoreError> {
        Ok(self.inner.rescue(path.as_ref())?)
    }
}
