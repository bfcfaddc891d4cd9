//! The rows of the ledger, as the engines keep them. Plain data: nothing here decides anything.

use xunge_core::id::{ChangeHash, PersonId, ReportId, UnitId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;

use super::outcome::{Cohort, OutcomeRow};

/// A feed's number in this database: the first part of every key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FeedNo(pub i64);

/// The server's own audit chain (enrolments, accounts): a feed without rows.
pub const SERVER_FEED: FeedNo = FeedNo(0);

/// A report's number in this database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReportNo(pub i64);

/// An install's number in this database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct InstallNo(pub i64);

/// A feed with the end of its order and of its audit chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedState {
    /// Its number.
    pub no: FeedNo,
    /// The township or county desk.
    pub unit: UnitId,
    /// The last sequence number given out.
    pub head: u64,
    /// Lines in the audit chain.
    pub audit_count: u64,
    /// The hash of the last of them; zeros at first.
    pub audit_hash: [u8; 32],
}

/// What a ledger row holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RowKind {
    /// A change of a document.
    Change = 1,
    /// A command with its result.
    Event = 2,
    /// A person record.
    Person = 3,
    /// Something was erased.
    Erased = 4,
    /// A record of the directory (its text is in the directory's own table).
    Directory = 5,
    /// A blob's bytes are here; the body is its size, 8 bytes big-endian.
    Blob = 6,
    /// The report was granted to somebody by an act on another report.
    Grant = 7,
    /// The coverage of a grid and day grew (its cells are in a table of their own; the name is the grid, a line break and the day).
    Coverage = 8,
}

impl RowKind {
    /// The kind with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        [
            Self::Change,
            Self::Event,
            Self::Person,
            Self::Erased,
            Self::Directory,
            Self::Blob,
            Self::Grant,
            Self::Coverage,
        ]
        .into_iter()
        .find(|kind| *kind as i64 == number)
    }
}

/// One row of a feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerRow {
    /// Its place in the feed's order.
    pub seq: u64,
    /// What it holds.
    pub kind: RowKind,
    /// The report, where it concerns one.
    pub report: Option<ReportNo>,
    /// The name of the thing (change hash, command id, person record id, blob hash).
    pub name: Option<Vec<u8>>,
    /// The install that sent it.
    pub install: Option<InstallNo>,
    /// The scope key before this row, where the row changed it (empty for none before); of coverage, the grid.
    pub moved_from: Option<String>,
    /// The sealed bytes.
    pub body: Option<Vec<u8>>,
}

/// A row without its bytes: what says who gets to see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowHead {
    /// Its place in the feed's order.
    pub seq: u64,
    /// What it holds.
    pub kind: RowKind,
    /// The report, where it concerns one.
    pub report: Option<ReportNo>,
    /// The install that sent it.
    pub install: Option<InstallNo>,
    /// As in [`LedgerRow::moved_from`].
    pub moved_from: Option<String>,
}

/// Bits of [`ReportRow::flags`].
pub mod flag {
    /// Passed by its chief.
    pub const PASSED_BY: u32 = 1;
    /// Words changed after they were approved.
    pub const AMENDED: u32 = 2;
    /// The content was erased by law.
    pub const ERASED: u32 = 4;
    /// Where the number of the nearest deadline's stage begins: four bits, 0 for none.
    pub const STAGE_SHIFT: u32 = 8;
}

/// Where a report stands, and what is needed to open it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportRow {
    /// Its number; 0 before it was inserted.
    pub no: ReportNo,
    /// The feed.
    pub feed: FeedNo,
    /// The report.
    pub report: ReportId,
    /// The readable code.
    pub code: String,
    /// The report's key under the master key; `None` once erased.
    pub key: Option<Vec<u8>>,
    /// Who began it.
    pub reporter: PersonId,
    /// The scope key: the effective grid, marked where the category is sensitive; `None` until a submission is accepted.
    pub scope: Option<String>,
    /// The row since which the scope key holds.
    pub scope_seq: u64,
    /// The digest of all names.
    pub digest: Digest,
    /// The heads of the document, sorted.
    pub heads: Vec<ChangeHash>,
    /// How many changes.
    pub changes: u32,
    /// How many commands.
    pub events: u32,
    /// How many person records.
    pub people: u32,
    /// The last row that concerns it.
    pub last_seq: u64,
    /// The state's number.
    pub state: u8,
    /// 0 for urgent, 1 for normal.
    pub rank: u8,
    /// The level's number.
    pub level: u8,
    /// The effective category.
    pub category: Option<String>,
    /// The unit that holds it, and in what part (the number).
    pub holder: Option<(UnitId, u8)>,
    /// Since when.
    pub held_since: Timestamp,
    /// When it was first handed in.
    pub submitted_at: Option<Timestamp>,
    /// The nearest deadline.
    pub due_at: Option<Timestamp>,
    /// When the server has to look at it again by itself.
    pub look_at: Option<Timestamp>,
    /// See [`flag`].
    pub flags: u32,
    /// Blobs that the content names, thumbnails not counted.
    pub attachments_named: u32,
    /// How many of these are here.
    pub attachments_stored: u32,
    /// Sealed: title and content facts.
    pub summary: Vec<u8>,
    /// What became of it.
    pub outcome: OutcomeRow,
}

/// A single report granted to a unit or person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GrantRow {
    /// The report.
    pub report: ReportNo,
    /// `u:` and a unit, or `p:` and a person.
    pub holder: String,
    /// The row that granted it.
    pub seq: u64,
}

/// The digest of one report, for repair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DigestRow {
    /// The report's number.
    pub no: ReportNo,
    /// The report.
    pub report: ReportId,
    /// Its scope key.
    pub scope: Option<String>,
    /// Its digest.
    pub digest: Digest,
}

/// A signed list of names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManifestRow {
    /// The feed that it was sent with.
    pub feed: FeedNo,
    /// Who signed.
    pub install: InstallNo,
    /// When it came.
    pub received_at: Timestamp,
    /// The CBOR of the device time in it.
    pub at: Vec<u8>,
    /// The names, 32 bytes each.
    pub names: Vec<u8>,
    /// The signature's 64 bytes.
    pub signature: Vec<u8>,
}

/// A page of the queue.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QueueFilter {
    /// One state's number.
    pub state: u8,
    /// Any of these scope keys; empty lets all through that have one.
    pub scopes: Vec<String>,
    /// Any of these effective categories; empty lets all through.
    pub categories: Vec<String>,
    /// By receipt, lead and outcome.
    pub cohort: Cohort,
    /// The unit that holds it.
    pub holder: Option<UnitId>,
    /// The rank.
    pub rank: Option<u8>,
    /// After this (rank, held since, number).
    pub after: Option<(u8, Timestamp, ReportNo)>,
    /// How many rows.
    pub limit: u32,
}

/// A line of the audit chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditLine {
    /// Its number in the chain, from 1.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What kind of thing.
    pub kind: String,
    /// What.
    pub detail: String,
    /// The hash over the line before and this one.
    pub hash: [u8; 32],
}
