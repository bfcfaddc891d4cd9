//! The store: rows in, rows out. The only place with SQL, and without a single rule of the domain.
//!
//! One [`Store`] trait, over two engines, the embedded SQLite and PostgreSQL: synchronous and object-safe (the network engine
//! blocks on runtimes of its own), a write is one transaction under a feed's row lock, operations take and give batches, and every key
//! begins with the feed. The conformance suite in `tests/store_conformance.rs` says what both must do.

use xunge_core::attachment::BlobHash;
use xunge_core::directory::DirectoryRow;
use xunge_core::id::{InstallId, PersonId, ReportId, UnitId, UploadId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;

pub mod bulk;
mod desk;
mod outcome;
mod part;
mod patrol;
mod place;
mod postgres;
mod row;
mod sqlite;

pub use desk::{Account, BlobRow, CountRow, EnrolmentRow, InstallRow, ReviewRow, Session, UploadRow};
pub use outcome::{Cohort, FigureRow, OutcomeKind, OutcomeRow};
pub use part::{MarkRow, PartStore};
pub use patrol::{CoverageRow, PatrolRead, PatrolWrite, SegmentPlace, TrackKind, TrackRow, TrackStanding};
pub use place::DatabasePlace;
pub(crate) use place::restoring_mark;
pub use postgres::{AddressProblem, PostgresAddress, PostgresStore};
pub use row::{
    AuditLine, DigestRow, FeedNo, FeedState, GrantRow, InstallNo, LedgerRow, ManifestRow, QueueFilter,
    ReportNo, ReportRow, RowHead, RowKind, SERVER_FEED, flag,
};
pub use sqlite::SqliteStore;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process held the database for too long: try again.
    #[error("the database is busy")]
    Busy,
    /// The database was written by a newer program.
    #[error("the database has layout {found}, this program knows {known}: install the newer program")]
    Newer {
        /// The layout found.
        found: u32,
        /// The newest layout known.
        known: u32,
    },
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The folder or file cannot be written.
    #[error("the database cannot be written")]
    ReadOnly,
    /// The database is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A copy into this database was begun and not ended.
    #[error("a copy into this database was cut off: run the same command again")]
    Unfinished,
    /// The job gave up; nothing was written.
    #[error("the job was given up")]
    Aborted,
    /// Anything else that the engine said.
    #[error("the database failed: {0}")]
    Engine(String),
}

impl StoreError {
    /// Whether the same call may well succeed in a moment.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

/// What store calls return.
pub type StoreResult<T> = Result<T, StoreError>;

/// What is done with a hint of another node; an empty one says that some were missed.
pub type Hear = dyn Fn(&str) + Send + Sync;

/// A database.
pub trait Store: Send + Sync {
    /// Runs a job on one consistent view. The job may run again where the engine must start over.
    fn read(&self, job: &mut dyn FnMut(&mut dyn ReadTx) -> StoreResult<()>) -> StoreResult<()>;

    /// Runs a job in one transaction that no other writer of the feed (`None`: of any feed) runs beside. Durable when it returns `Ok`;
    /// where the job errs nothing was written.
    fn write(
        &self,
        feed: Option<FeedNo>,
        job: &mut dyn FnMut(&mut dyn WriteTx) -> StoreResult<()>,
    ) -> StoreResult<()>;

    /// Runs a job in one transaction beside any other writer: for rows on which no order depends, each changed by itself or by compare and
    /// set (uploads, sessions, what an install last said). What is written to a feed fails.
    fn write_beside(&self, job: &mut dyn FnMut(&mut dyn WriteTx) -> StoreResult<()>) -> StoreResult<()>;

    /// Lets a hint of any other node on this database be heard from now on. A hint may be lost, and nothing may rest on it. Where there is
    /// one node only, nothing is ever heard.
    fn listen(&self, _hear: std::sync::Arc<Hear>) -> StoreResult<()> {
        Ok(())
    }

    /// Tells the other nodes a hint, some time after this returns.
    fn tell(&self, _hint: String) {}

    /// Where nodes share the bytes of unfinished uploads; `None` where the one node keeps them in its folder.
    fn part_store(&self) -> Option<&dyn PartStore> {
        None
    }

    /// Copies the whole database to a new file of the embedded engine while it serves.
    fn backup(&self, to: &std::path::Path) -> StoreResult<()>;

    /// Bytes on disk.
    fn size_bytes(&self) -> StoreResult<u64>;

    /// Lets the engine clear away dead rows and count the others anew, by which it chooses how to find them: after many came at once.
    /// Else it does so by itself.
    fn tidy(&self) -> StoreResult<()>;

    /// What the engine finds wrong with its own pages and indexes; empty where all is well.
    fn self_check(&self) -> StoreResult<Vec<String>>;
}

/// What can be read of the ledger.
pub trait LedgerRead {
    /// The feed of a unit.
    fn feed(&mut self, unit: &UnitId) -> StoreResult<Option<FeedState>>;
    /// The feed with this number.
    fn feed_by_no(&mut self, feed: FeedNo) -> StoreResult<Option<FeedState>>;
    /// All feeds by unit, without the server's own.
    fn feeds(&mut self) -> StoreResult<Vec<FeedState>>;
    /// Rows after `after` up to and including `upto`, at most `limit`, ascending.
    fn rows_after(&mut self, feed: FeedNo, after: u64, upto: u64, limit: u32) -> StoreResult<Vec<LedgerRow>>;
    /// As [`Self::rows_after`], without the bytes.
    fn row_heads_after(
        &mut self,
        feed: FeedNo,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> StoreResult<Vec<RowHead>>;
    /// The rows with these numbers; those that are not there are left out.
    fn rows_by_seq(&mut self, feed: FeedNo, seqs: &[u64]) -> StoreResult<Vec<LedgerRow>>;
    /// The rows of a report of these kinds, ascending.
    fn rows_of_report(
        &mut self,
        feed: FeedNo,
        report: ReportNo,
        kinds: &[RowKind],
    ) -> StoreResult<Vec<LedgerRow>>;
    /// The rows with these names, in any order.
    fn rows_by_name(&mut self, feed: FeedNo, names: &[&[u8]]) -> StoreResult<Vec<LedgerRow>>;
    /// Reports by name; those that are not there are left out.
    fn reports(&mut self, feed: FeedNo, reports: &[ReportId]) -> StoreResult<Vec<ReportRow>>;
    /// Reports by number; those that are not there are left out.
    fn reports_by_no(&mut self, feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<ReportRow>>;
    /// A report by its code: the first that came with it.
    fn report_by_code(&mut self, feed: FeedNo, code: &str) -> StoreResult<Option<ReportRow>>;
    /// Reports by name, whatever their feed; those that are not there are left out. Where two feeds know a name, the first by unit holds.
    fn reports_anywhere(&mut self, reports: &[ReportId]) -> StoreResult<Vec<ReportRow>>;
    /// In which feed a report lives.
    fn feed_of_report(&mut self, report: &ReportId) -> StoreResult<Option<FeedNo>>;
    /// Reports under any of these scope keys, by name after `after`, at most `limit`.
    fn reports_in_scopes(
        &mut self,
        feed: FeedNo,
        scopes: &[String],
        after: Option<ReportId>,
        limit: u32,
    ) -> StoreResult<Vec<ReportRow>>;
    /// Reports that a person began or that are granted to any of these holders, by name after `after`, at most `limit`.
    fn reports_granted(
        &mut self,
        feed: FeedNo,
        person: &PersonId,
        holders: &[String],
        after: Option<ReportId>,
        limit: u32,
    ) -> StoreResult<Vec<ReportRow>>;
    /// The digests of all reports under these scope keys, or begun by the person, or granted to the holders, by name in
    /// (`after`, `upto`], each once.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call is one round trip to a network engine"
    )]
    fn digests_of_reports(
        &mut self,
        feed: FeedNo,
        scopes: &[String],
        person: &PersonId,
        holders: &[String],
        after: Option<ReportId>,
        upto: Option<ReportId>,
        limit: u32,
    ) -> StoreResult<Vec<DigestRow>>;
    /// The summed digest of each scope key; keys without reports are left out.
    fn digests(&mut self, feed: FeedNo) -> StoreResult<Vec<(String, Digest)>>;
    /// A page of the queue in its order.
    fn queue(&mut self, feed: FeedNo, filter: &QueueFilter) -> StoreResult<Vec<ReportRow>>;
    /// How many reports the filter lets through, whatever its page and limit.
    fn queue_count(&mut self, feed: FeedNo, filter: &QueueFilter) -> StoreResult<u64>;
    /// Reports under any of these scope keys that were handed in from the first instant on and before the second, in any order.
    fn figures(
        &mut self,
        feed: FeedNo,
        scopes: &[String],
        from: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Vec<FigureRow>>;
    /// Reports at which the server has to look at or before `now`, the longest waiting first.
    fn reports_due(&mut self, feed: FeedNo, now: Timestamp, limit: u32) -> StoreResult<Vec<ReportRow>>;
    /// All reports by number after `after`: for verification.
    fn reports_all(&mut self, feed: FeedNo, after: ReportNo, limit: u32) -> StoreResult<Vec<ReportRow>>;
    /// The grants of these reports.
    fn grants(&mut self, feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<GrantRow>>;
    /// The saved document of a report, sealed, with the number of changes in it.
    fn snapshot(&mut self, feed: FeedNo, report: ReportNo) -> StoreResult<Option<(u32, Vec<u8>)>>;
    /// All manifests of a feed after a number, with their numbers.
    fn manifests(&mut self, feed: FeedNo, after: i64, limit: u32) -> StoreResult<Vec<(i64, ManifestRow)>>;
    /// Audit lines with numbers from `from`, ascending.
    fn audit_lines(&mut self, feed: FeedNo, from: u64, limit: u32) -> StoreResult<Vec<AuditLine>>;
}

/// What can be written to the ledger.
pub trait LedgerWrite {
    /// Makes a feed.
    fn feed_insert(&mut self, unit: &UnitId) -> StoreResult<FeedNo>;
    /// Moves the ends of the feed's order and audit chain.
    fn feed_update(&mut self, feed: &FeedState) -> StoreResult<()>;
    /// Adds rows; their numbers follow the feed's end, which the caller moves.
    fn rows_insert(&mut self, feed: FeedNo, rows: &[LedgerRow]) -> StoreResult<()>;
    /// Replaces the bytes of a row: erasure.
    fn row_body_replace(&mut self, feed: FeedNo, seq: u64, body: &[u8]) -> StoreResult<()>;
    /// Adds reports of one feed and gives their numbers, in their order.
    fn reports_insert(&mut self, reports: &[&ReportRow]) -> StoreResult<Vec<ReportNo>>;
    /// Writes reports that are there.
    fn reports_update(&mut self, reports: &[ReportRow]) -> StoreResult<()>;
    /// Adds grants; those that are there already stay as they are.
    fn grants_insert(&mut self, feed: FeedNo, grants: &[GrantRow]) -> StoreResult<()>;
    /// Takes grants away, by report and holder; those that are not there are passed over.
    fn grants_end(&mut self, feed: FeedNo, ended: &[(ReportNo, String)]) -> StoreResult<()>;
    /// Writes the digests of scope keys.
    fn digests_put(&mut self, feed: FeedNo, digests: &[(String, Digest)]) -> StoreResult<()>;
    /// Keeps a saved document.
    fn snapshot_put(&mut self, feed: FeedNo, report: ReportNo, changes: u32, body: &[u8]) -> StoreResult<()>;
    /// Drops a saved document.
    fn snapshot_drop(&mut self, feed: FeedNo, report: ReportNo) -> StoreResult<()>;
    /// Keeps a manifest.
    fn manifest_insert(&mut self, manifest: &ManifestRow) -> StoreResult<()>;
    /// Adds lines to an audit chain.
    fn audit_insert(&mut self, feed: FeedNo, lines: &[AuditLine]) -> StoreResult<()>;
}

/// What can be read beside the ledger.
pub trait DeskRead {
    /// A named value.
    fn meta(&mut self, key: &str) -> StoreResult<Option<Vec<u8>>>;
    /// The directory of a feed: the rows with numbers in (`after`, `upto`], ascending.
    fn directory_after(
        &mut self,
        feed: FeedNo,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> StoreResult<Vec<(u64, DirectoryRow)>>;
    /// An install.
    fn install(&mut self, install: &InstallId) -> StoreResult<Option<InstallRow>>;
    /// An install by number.
    fn install_by_no(&mut self, install: InstallNo) -> StoreResult<Option<InstallRow>>;
    /// Installs of one person or of all, newest first.
    fn installs(&mut self, person: Option<&PersonId>) -> StoreResult<Vec<InstallRow>>;
    /// A one-time code by the hash of its secret.
    fn enrolment(&mut self, secret_hash: &[u8; 32]) -> StoreResult<Option<EnrolmentRow>>;
    /// An account.
    fn account(&mut self, name: &str) -> StoreResult<Option<Account>>;
    /// All accounts by name.
    fn accounts(&mut self) -> StoreResult<Vec<Account>>;
    /// A session.
    fn session(&mut self, token_hash: &[u8; 32]) -> StoreResult<Option<Session>>;
    /// The blobs of these reports, erased ones too.
    fn blobs_of_reports(&mut self, feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<BlobRow>>;
    /// The rows of one blob in all reports.
    fn blobs_by_hash(&mut self, blob: &BlobHash) -> StoreResult<Vec<BlobRow>>;
    /// All blobs after a hash, each hash once: for verification.
    fn blobs_all(&mut self, after: Option<BlobHash>, limit: u32) -> StoreResult<Vec<BlobRow>>;
    /// An upload.
    fn upload(&mut self, upload: &UploadId) -> StoreResult<Option<UploadRow>>;
    /// The uploads that an install began for a blob; all of an install where no blob is named.
    fn uploads_of(&mut self, install: &InstallId, blob: Option<&BlobHash>) -> StoreResult<Vec<UploadRow>>;
    /// Uploads that may be dropped.
    fn uploads_expired(&mut self, now: Timestamp, limit: u32) -> StoreResult<Vec<UploadId>>;
    /// Open things on the review list, oldest first.
    fn review_open(&mut self, limit: u32) -> StoreResult<Vec<ReviewRow>>;
    /// A thing on the review list.
    fn review(&mut self, number: u64) -> StoreResult<Option<ReviewRow>>;
    /// Counts.
    fn counts(&mut self) -> StoreResult<CountRow>;
}

/// What can be written beside the ledger.
pub trait DeskWrite {
    /// A named value that nobody else changes before this transaction ends: for counters.
    fn meta_to_change(&mut self, key: &str) -> StoreResult<Option<Vec<u8>>>;
    /// Drops a named value.
    fn meta_drop(&mut self, key: &str) -> StoreResult<()>;
    /// Writes a named value.
    fn meta_put(&mut self, key: &str, value: &[u8]) -> StoreResult<()>;
    /// Writes directory rows with their numbers in the feed.
    fn directory_put(&mut self, feed: FeedNo, rows: &[(u64, DirectoryRow)]) -> StoreResult<()>;
    /// Adds an install and gives its number.
    fn install_insert(&mut self, install: &InstallRow) -> StoreResult<InstallNo>;
    /// Writes an install that is there.
    fn install_update(&mut self, install: &InstallRow) -> StoreResult<()>;
    /// Writes a one-time code.
    fn enrolment_put(&mut self, enrolment: &EnrolmentRow) -> StoreResult<()>;
    /// Writes an account.
    fn account_put(&mut self, account: &Account) -> StoreResult<()>;
    /// Writes a session.
    fn session_put(&mut self, session: &Session) -> StoreResult<()>;
    /// Drops a session.
    fn session_drop(&mut self, token_hash: &[u8; 32]) -> StoreResult<()>;
    /// Writes a blob row.
    fn blob_put(&mut self, blob: &BlobRow) -> StoreResult<()>;
    /// Writes an upload.
    fn upload_put(&mut self, upload: &UploadRow) -> StoreResult<()>;
    /// Moves an upload's offset if it stands at `from`; says whether it did.
    fn upload_advance(
        &mut self,
        upload: &UploadId,
        from: u64,
        to: u64,
        expires_at: Timestamp,
    ) -> StoreResult<bool>;
    /// Drops an upload.
    fn upload_drop(&mut self, upload: &UploadId) -> StoreResult<()>;
    /// Adds a thing to the review list unless its name is there; says whether it was added.
    fn review_insert(&mut self, item: &ReviewRow) -> StoreResult<bool>;
    /// Marks a thing of the review list as dealt with.
    fn review_settle(&mut self, number: u64, at: Timestamp) -> StoreResult<()>;
}

/// A consistent view.
pub trait ReadTx: LedgerRead + DeskRead + PatrolRead + bulk::BulkRead {}

/// A transaction.
pub trait WriteTx: ReadTx + LedgerWrite + DeskWrite + PatrolWrite + bulk::BulkWrite {}
