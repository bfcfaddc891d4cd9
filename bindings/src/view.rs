//! What lists and screens show.

use xunge_core::app as core;
use xunge_core::app::{DeadlineView, DraftRow, HolderView, ListQuery, PageKey, PersonEntry, PersonView, Tab};
use xunge_core::attachment::BlobHash;
use xunge_core::command::{Action, ActionKind, Holder, Outcome, Reason, State, Urgency};
use xunge_core::directory::{Category, Level};
use xunge_core::field::{Amendment, FieldDispute};
use xunge_core::id::{
    AttachmentId, CategoryId, CommandId, PersonId, PersonRecordId, PostId, ReportId, UnitId,
};
use xunge_core::report::{AttachmentRef, PersonPart};
use xunge_core::time::{JudgedTime, TimeQuality, Timestamp};

use crate::report::ReportContent;

uniffi::custom_type!(PageKey, String, {
    remote,
    try_lift: |text| Ok(PageKey(text)),
    lower: |key| key.0,
});

/// How far an act's time may be believed.
#[uniffi::remote(Enum)]
pub enum TimeQuality {
    /// Wall clock and server agreed within two minutes.
    Verified,
    /// Reckoned from an earlier sync, or corrected.
    Estimated,
    /// Only the phone's wall clock speaks for it.
    Unverified,
}

/// The best reading of a device's time.
#[uniffi::remote(Record)]
pub struct JudgedTime {
    /// The instant to show.
    pub at: Timestamp,
    /// How far to believe it.
    pub quality: TimeQuality,
}

/// Which reports a list shows.
#[uniffi::remote(Enum)]
pub enum Tab {
    /// Begun by this person.
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

/// Asks for a page of a list, the latest first.
#[uniffi::remote(Record)]
pub struct ListQuery {
    /// Which reports.
    pub tab: Tab,
    /// The page behind this key; the first page where `None`.
    pub after: Option<PageKey>,
    /// The most lines, 1 to [`LIST_LIMIT_MAX`]; 0 stands for [`LIST_LIMIT_DEFAULT`].
    pub limit: u32,
}

/// A report's line in a list. Names are as the directory of this phone has them now; codes stand in for what it does not have.
#[derive(Clone, Debug, uniffi::Record)]
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
    /// The end of the nearest deadline that runs; `None` where none runs.
    pub due_at: Option<Timestamp>,
    /// Whether that is past.
    pub is_late: bool,
    /// Whether something of it stands under "needs attention".
    pub needs_attention: bool,
    /// Whether its content was erased by law.
    pub is_erased: bool,
}

impl From<core::ReportRow> for ReportRow {
    fn from(core: core::ReportRow) -> Self {
        let core::ReportRow {
            report,
            code,
            title,
            category,
            category_name,
            grid,
            grid_name,
            state,
            level,
            urgency,
            reporter,
            reporter_name,
            is_own,
            holder,
            holder_name,
            held_since,
            why,
            at,
            pending,
            unsent_count,
            attachment_count,
            attachment_received_count,
            thumbnail,
            is_amended,
            is_pressed,
            disputed_count,
            due_at,
            is_late,
            needs_attention,
            is_erased,
        } = core;
        Self {
            report,
            code,
            title,
            category,
            category_name,
            grid,
            grid_name,
            state,
            level,
            urgency,
            reporter,
            reporter_name,
            is_own,
            holder,
            holder_name,
            held_since,
            why,
            at,
            pending,
            unsent_count,
            attachment_count,
            attachment_received_count,
            thumbnail,
            is_amended,
            is_pressed,
            disputed_count,
            due_at,
            is_late,
            needs_attention,
            is_erased,
        }
    }
}

/// A page of reports.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ReportPage {
    /// The lines.
    pub items: Vec<ReportRow>,
    /// The key of the next page; `None` at the end.
    pub next: Option<PageKey>,
}

impl From<core::Page<core::ReportRow>> for ReportPage {
    fn from(core: core::Page<core::ReportRow>) -> Self {
        let core::Page { items, next } = core;
        Self {
            items: items.into_iter().map(Into::into).collect(),
            next,
        }
    }
}

/// One whole report.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ReportView {
    /// Its line.
    pub row: ReportRow,
    /// The content after all merges, unsent edits included; `None` where it has not arrived or was erased.
    pub content: Option<ReportContent>,
    /// The category in the version that was filled in, else the newest known.
    pub category: Option<Category>,
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
    /// What the reporter changed after the last approval.
    pub amendments: Vec<Amendment>,
}

impl From<core::ReportView> for ReportView {
    fn from(core: core::ReportView) -> Self {
        let core::ReportView {
            row,
            content,
            category,
            matter: _,
            expected: _,
            story,
            attachments,
            people,
            holders,
            permitted,
            deadlines,
            disputes,
            amendments,
        } = core;
        Self {
            row: row.into(),
            content: content.map(Into::into),
            category,
            story: story.into_iter().map(Into::into).collect(),
            attachments: attachments.into_iter().map(Into::into).collect(),
            people,
            holders,
            permitted,
            deadlines,
            disputes,
            amendments,
        }
    }
}

/// One act in a report's story.
#[derive(Clone, Debug, uniffi::Record)]
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

impl From<core::StoryLine> for StoryLine {
    fn from(core: core::StoryLine) -> Self {
        let core::StoryLine {
            command,
            action,
            by,
            by_name,
            post,
            reason,
            text,
            at,
            received_at,
            outcome,
            attachments_seen,
        } = core;
        Self {
            command,
            action,
            by,
            by_name,
            post,
            reason,
            text,
            at,
            received_at,
            outcome,
            attachments_seen,
        }
    }
}

/// A picture or voice note of a report.
#[derive(Clone, Debug, uniffi::Record)]
pub struct AttachmentView {
    /// Its name in the report.
    pub id: AttachmentId,
    /// What it is.
    pub reference: AttachmentRef,
    /// Whether the thumbnail is on this phone.
    pub is_thumbnail_here: bool,
    /// Whether the file is on this phone, else it is still to be fetched (`Device::want_attachment`). `Device::attachment_bytes` gives
    /// what is in it.
    pub is_here: bool,
    /// The thumbnail's file, where it is here and lies there plain; `None` beside an encrypted database.
    pub thumbnail_path: Option<String>,
    /// The file, where it is here and lies there plain; `None` beside an encrypted database.
    pub path: Option<String>,
    /// Whether the server has it, whole and verified.
    pub is_received: bool,
    /// How much the server has of one that this phone sends, in bytes.
    pub sent_bytes: u64,
}

impl From<core::AttachmentView> for AttachmentView {
    fn from(core: core::AttachmentView) -> Self {
        let core::AttachmentView {
            id,
            reference,
            is_thumbnail_here,
            is_here,
            thumbnail_path,
            path,
            is_received,
            sent_bytes,
        } = core;
        Self {
            id,
            reference,
            is_thumbnail_here,
            is_here,
            thumbnail_path: thumbnail_path.map(|path| path.to_string_lossy().into_owned()),
            path: path.map(|path| path.to_string_lossy().into_owned()),
            is_received,
            sent_bytes,
        }
    }
}

/// A person concerned, masked.
#[uniffi::remote(Record)]
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
#[uniffi::remote(Record)]
pub struct HolderView {
    /// The person.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The telephone to tap.
    pub telephone: Option<String>,
}

/// A draft's line.
#[uniffi::remote(Record)]
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

/// A person concerned, as entered.
#[uniffi::remote(Record)]
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
