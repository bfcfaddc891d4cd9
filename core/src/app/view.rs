//! What the shells show: lines of lists, one whole report, the state of sending. Plain data, no behaviour.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::attachment::{AttachmentKind, BlobHash};
use crate::command::{Action, ActionKind, Outcome, Reason, State, Urgency};
use crate::directory::{Category, Level};
use crate::field::{Amendment, FieldDispute};
use crate::id::{AttachmentId, CategoryId, CommandId, PersonId, PersonRecordId, PostId, ReportId, UnitId};
use crate::report::{AttachmentRef, PersonPart, ReportContent};
use crate::sync::failure::SyncFailure;
use crate::time::{JudgedTime, Timestamp};
use crate::workflow::{Holder, Matter, Stage};

/// Which reports a list shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Begun by this person.
    #[default]
    Mine,
    /// Waits for this person: to approve, to correct, to answer, to handle.
    Todo,
    /// Everything in scope that has not ended.
    Open,
    /// Everything in scope that has ended.
    Finished,
    /// Everything in scope.
    All,
}

/// Where a page of a list ends; opaque.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageKey(pub String);

/// Asks for a page of a list, the latest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ListQuery {
    /// Which reports.
    pub tab: Tab,
    /// The page behind this key; the first page where `None`.
    pub after: Option<PageKey>,
    /// The most lines, 1 to [`LIST_LIMIT_MAX`]; 0 stands for [`LIST_LIMIT_DEFAULT`].
    pub limit: u32,
}

/// The most lines of a page.
pub const LIST_LIMIT_MAX: u32 = 200;
/// The lines of a page where nothing else is asked for.
pub const LIST_LIMIT_DEFAULT: u32 = 50;

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Page<T> {
    /// The lines.
    pub items: Vec<T>,
    /// The key of the next page; `None` at the end.
    pub next: Option<PageKey>,
}

/// A report's line in a list. Names are as the directory of this phone has them now; codes stand in for what it does not have.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReportRow {
    /// The report.
    pub report: ReportId,
    /// The readable code.
    pub code: String,
    /// The title that wrote itself.
    pub title: String,
    /// The category: the room's word, else the reporter's.
    pub category: Option<CategoryId>,
    /// Its name.
    pub category_name: String,
    /// The grid: the room's word, else the reporter's.
    pub grid: Option<UnitId>,
    /// Its name.
    pub grid_name: String,
    /// The state as the server last said, with this phone's own waiting acts laid over it.
    pub state: State,
    /// The level at which it lies.
    pub level: Level,
    /// How pressing.
    pub urgency: Urgency,
    /// Who reports.
    pub reporter: Option<PersonId>,
    /// The name.
    pub reporter_name: String,
    /// Whether this profile's person reports.
    pub is_own: bool,
    /// Who holds it; `None` until the server has it.
    pub holder: Option<Holder>,
    /// The holder as people say it.
    pub holder_name: String,
    /// Since when, by the server's receipt.
    pub held_since: Option<Timestamp>,
    /// Why it came back or stands still, while nothing has answered that.
    pub why: Option<Reason>,
    /// When it was handed in: the server's receipt, else this phone's claim.
    pub at: Timestamp,
    /// The last own act that waits to be sent ("waiting to be sent").
    pub pending: Option<ActionKind>,
    /// Items of it that wait to be sent, without attachments.
    pub unsent_count: u32,
    /// Pictures and voice notes.
    pub attachment_count: u32,
    /// … of which the server has verified the bytes.
    pub attachment_received_count: u32,
    /// The thumbnail of the first picture, where there is one.
    pub thumbnail: Option<BlobHash>,
    /// Whether the reporter changed it after the last approval.
    pub is_amended: bool,
    /// Whether it was urged, listed, or called together on.
    pub is_pressed: bool,
    /// Fields that were written apart and not settled yet.
    pub disputed_count: u32,
    /// The end of the nearest deadline that runs, as of the last change; `None` where none runs.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// Whether that is past.
    #[serde(default)]
    pub is_late: bool,
    /// Whether something of it stands under "needs attention".
    pub needs_attention: bool,
    /// Whether its content was erased by law.
    pub is_erased: bool,
}

/// One whole report.
#[derive(Clone, PartialEq, Debug)]
pub struct ReportView {
    /// Its line.
    pub row: ReportRow,
    /// The content after all merges, unsent edits included; `None` where it has not arrived or was erased.
    pub content: Option<ReportContent>,
    /// The category in the version that was filled in, else the newest known.
    pub category: Option<Category>,
    /// Where it stands by the server's word; `None` until the server has decided its submission.
    pub matter: Option<Matter>,
    /// Where it would stand with this phone's own waiting acts.
    pub expected: Option<Matter>,
    /// The story in the server's order, then what waits.
    pub story: Vec<StoryLine>,
    /// Pictures and voice notes.
    pub attachments: Vec<AttachmentView>,
    /// People concerned, masked.
    pub people: Vec<PersonView>,
    /// Who can be asked now, with names and telephones.
    pub holders: Vec<HolderView>,
    /// What this person may do now.
    pub permitted: Vec<ActionKind>,
    /// The deadlines that run now, the nearest first.
    pub deadlines: Vec<DeadlineView>,
    /// Fields that were written apart: every value, each with what writes it.
    pub disputes: Vec<FieldDispute>,
    /// What the reporter changed after the last approval, as it was approved and as it is.
    pub amendments: Vec<Amendment>,
}

/// A deadline that runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeadlineView {
    /// What is to be done.
    pub stage: Stage,
    /// The unit that has to do it, for a stage of a unit; empty for the others.
    pub unit_name: String,
    /// From when it counts.
    pub from: Timestamp,
    /// When it ends (exclusive).
    pub ends_at: Timestamp,
    /// Whether that is past.
    pub is_late: bool,
    /// Whose word it is: `default`, `policy`, `category`, `emergency` or `room`.
    pub source: String,
    /// Every time in which it stood still, in order.
    pub stops: Vec<StopView>,
}

/// A time in which a deadline stood still.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StopView {
    /// Its first instant.
    pub from: Timestamp,
    /// Its end (exclusive).
    pub to: Timestamp,
    /// The stable word for why: `outside_hours`, `free_days` by the calendar; `held`, `returned`, `withdrawn` by an act.
    pub cause: String,
    /// What was said with the act.
    pub reason: Option<Reason>,
}

/// One act in a report's story.
#[derive(Clone, PartialEq, Debug)]
pub struct StoryLine {
    /// The command.
    pub command: CommandId,
    /// What was done.
    pub action: Action,
    /// Who did it.
    pub by: PersonId,
    /// The name.
    pub by_name: String,
    /// In which post.
    pub post: Option<PostId>,
    /// Why.
    pub reason: Option<Reason>,
    /// Text that went with it.
    pub text: Option<String>,
    /// When, as the device claims, and how far to believe it.
    pub at: JudgedTime,
    /// When the server received it; `None` while it waits to be sent.
    pub received_at: Option<Timestamp>,
    /// What the server made of it; `None` while it waits.
    pub outcome: Option<Outcome>,
    /// Which of the pictures were on the device when it was done.
    pub attachments_seen: Vec<AttachmentId>,
}

/// A picture or voice note of a report.
#[derive(Clone, PartialEq, Debug)]
pub struct AttachmentView {
    /// Its name in the report.
    pub id: AttachmentId,
    /// What it is.
    pub reference: AttachmentRef,
    /// Whether the thumbnail is on this phone.
    pub is_thumbnail_here: bool,
    /// Whether the file is on this phone, else it is still to be fetched ([`Device::want_attachment`](super::Device::want_attachment)).
    /// [`Device::attachment_bytes`](super::Device::attachment_bytes) gives what is in it.
    pub is_here: bool,
    /// The thumbnail's file, where it is here and lies there plain; `None` beside an encrypted database.
    pub thumbnail_path: Option<PathBuf>,
    /// The file, where it is here and lies there plain; `None` beside an encrypted database.
    pub path: Option<PathBuf>,
    /// Whether the server has it, whole and verified.
    pub is_received: bool,
    /// How much the server has of one that this phone sends, in bytes.
    pub sent_bytes: u64,
}

/// A person concerned, masked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonView {
    /// The record.
    pub id: PersonRecordId,
    /// The part.
    pub part: PersonPart,
    /// The name, masked.
    pub name: String,
    /// The telephone, masked.
    pub telephone: Option<String>,
    /// Role or remark.
    pub remark: Option<String>,
}

/// Somebody who holds a report now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HolderView {
    /// The person.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The telephone to tap.
    pub telephone: Option<String>,
}

/// A draft's line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftRow {
    /// The report that it will become.
    pub report: ReportId,
    /// The readable code, made at the beginning.
    pub code: String,
    /// The title that wrote itself so far.
    pub title: String,
    /// Pictures and voice notes.
    pub attachment_count: u32,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When a field was last saved.
    pub saved_at: Timestamp,
}

/// Something that the server did not take. It stays until a person clears it; what was typed can be exported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttentionItem {
    /// For clearing it.
    pub id: i64,
    /// `change`, `command`, `person` or `attachment`.
    pub what: String,
    /// The report.
    pub report: ReportId,
    /// Its readable code.
    pub code: String,
    /// The stable code of the refusal (`docs/errors.md`).
    pub refusal: String,
    /// For developers.
    pub detail: String,
    /// Everything that was typed or done, as JSON.
    pub content: String,
    /// When the refusal came, on the phone's wall clock.
    pub at: Timestamp,
}

/// How sending stands. Says "done" only for what the server has receipted.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SyncStatus {
    /// Reports, decisions and people that wait to be sent.
    pub unsent_count: u32,
    /// When the oldest of them was made.
    pub unsent_oldest_at: Option<Timestamp>,
    /// Segments of tracks that wait to be sent.
    pub unsent_track_count: u32,
    /// Check-ups of key places, and excuses, that wait to be sent.
    pub unsent_visit_count: u32,
    /// When the oldest of both was made.
    pub unsent_trail_oldest_at: Option<Timestamp>,
    /// Attachments that wait to be sent.
    pub unsent_attachment_count: u32,
    /// … in bytes.
    pub unsent_attachment_bytes: u64,
    /// Of the flush that is running, or ran last: how many items the server has receipted …
    pub sent_count: u32,
    /// … of how many ("12 of 12").
    pub to_send_count: u32,
    /// Whether a sync is running in this process.
    pub is_syncing: bool,
    /// When a sync last went through to the end, on the phone's wall clock.
    pub succeeded_at: Option<Timestamp>,
    /// Why the last one did not.
    pub failure: Option<SyncFailure>,
    /// When the next try is due, on the phone's wall clock.
    pub retry_at: Option<Timestamp>,
    /// Items under "needs attention".
    pub attention_count: u32,
    /// Whether the server revoked this install: what is unsent goes to a review list, nothing comes in.
    pub is_revoked: bool,
    /// Whether the app is too old to receive; it may still send.
    pub is_update_required: bool,
    /// How far the phone's clock is from the server's, in ms (server minus phone); beyond two minutes the worker should be told.
    pub clock_offset_ms: Option<i64>,
    /// Drafts that were begun and not handed in.
    pub draft_count: u32,
    /// Incoming changes that failed their checks and are kept aside.
    pub quarantine_count: u32,
}

/// What one sync did.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SyncReport {
    /// Requests sent, uploads and downloads included.
    pub requests: u32,
    /// Bytes of bodies sent.
    pub bytes_up: u64,
    /// Bytes of bodies received.
    pub bytes_down: u64,
    /// Items that the server receipted.
    pub items_sent: u32,
    /// Feed rows, backfilled and repaired reports taken in.
    pub rows_taken: u32,
    /// Attachments that the server verified.
    pub blobs_sent: u32,
    /// Attachments fetched.
    pub blobs_fetched: u32,
    /// Why it stopped before the end; `None` where it went through.
    pub failure: Option<SyncFailure>,
    /// Why the phone's storage stopped it, in words for a log.
    pub store_failure: Option<String>,
}

impl SyncReport {
    /// Whether everything went through.
    pub fn is_complete(&self) -> bool {
        self.failure.is_none() && self.store_failure.is_none()
    }
}

/// A person concerned, as entered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PersonEntry {
    /// The part.
    pub part: PersonPart,
    /// The name.
    pub name: String,
    /// The telephone.
    pub telephone: Option<String>,
    /// Role or remark.
    pub remark: Option<String>,
}

/// A picture or voice note to be added: a file that the caller keeps, or its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MediaSource {
    /// A file; it is read and left where it is.
    Path(PathBuf),
    /// The bytes.
    Bytes(Vec<u8>),
}

/// What a kind of attachment is called in the queue of uploads.
pub(crate) const fn upload_kind(kind: AttachmentKind) -> &'static str {
    kind.word()
}
