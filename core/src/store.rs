//! The phone's own storage: one SQLite file per profile, attachments as files beside it. SQLite is named here and nowhere else in core.
//!
//! Every act is one transaction that is durable when the call returns (WAL, `synchronous=FULL`). A page of a feed and its cursor are one
//! transaction; outbox rows leave by their own result. Two processes on one folder are safe: SQLite's locks order them, and each waits a
//! bounded time for the other. A damaged file is set aside and salvaged, never deleted. With a key from the platform's keystore the
//! database lies under SQLCipher, and the files are sealed under keys that lie in it.
//!
//! What must not be here: rules of the domain, networks, clocks, randomness. Set in stone: released migration files.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

mod attachment;
mod attention;
mod change;
mod cipher;
mod column;
mod command;
mod coverage;
mod document;
mod draft;
mod encrypt;
mod error;
mod feed;
mod file;
mod file_key;
mod kept;
mod list;
mod migrate;
mod news;
mod notice;
mod open;
mod outbox;
mod patrol;
mod person;
mod report;
mod salvage;
mod setting;
mod trail;
mod usage;
mod vouch;

pub use cipher::HAS_CIPHER;
pub use error::StoreError;
pub use migrate::SCHEMA_VERSION;
pub use notice::{StoreNotice, StoreNoticeKind};

pub(crate) use attachment::{AttachmentRow, BlobState, UploadRow};
pub(crate) use attention::AttentionRow;
pub(crate) use change::OwnChange;
pub(crate) use cipher::lay_down;
pub(crate) use command::CommandRow;
pub(crate) use coverage::{CellsRow, CoverageKey, SEEN};
pub(crate) use document::SavedContent;
pub(crate) use draft::DraftState;
pub(crate) use encrypt::change_key;
pub(crate) use feed::{FeedRowState, GridFill};
pub(crate) use file::{StoredFile, attachment_path, durable_seal, durable_write, read_file, remove_file};
pub(crate) use file_key::attachment_name;
pub(crate) use list::{ListKey, NearRow, TabFilter};
pub(crate) use news::NewsRow;
pub(crate) use outbox::{OutboxKind, OutboxRow};
pub(crate) use patrol::PatrolRow;
pub(crate) use person::PersonRow;
pub(crate) use report::{Projection, ReportRecord};
pub(crate) use trail::{TrailKind, TrailRow};

/// The name of the database in a profile's folder.
pub const DATABASE_NAME: &str = "xunge.sqlite3";

/// An open store of one profile.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    folder: PathBuf,
    marker: Option<PathBuf>,
    is_encrypted: bool,
}

/// One transaction's view of the rows.
pub(crate) struct Tx<'a> {
    conn: &'a Connection,
}

impl Store {
    /// Opens the database in `folder`, makes it where there is none, brings an older one up to date (a copy is made first), checks it
    /// after a crash, and sets a damaged one aside, salvaging every row that can be read. `now_ms` (UTC) names set-aside files.
    ///
    /// With a `key` the database lies under SQLCipher; a plain one of an earlier release is brought over first. A key that does not fit
    /// changes nothing: what is there stays for whoever finds the right one.
    ///
    /// # Errors
    /// [`StoreError::Newer`], [`StoreError::ReadOnly`], [`StoreError::Full`], [`StoreError::WrongKey`], [`StoreError::KeyMissing`],
    /// [`StoreError::NoCipher`] where a `key` is given and this build has no cipher.
    pub fn open(folder: &Path, key: Option<&[u8; 32]>, now_ms: i64) -> Result<Self, StoreError> {
        open::open(folder, key, now_ms)
    }

    /// Bounds the database to so many pages of 4 KiB; writes beyond fail with [`StoreError::Full`]. For shells that keep a quota.
    pub fn limit_pages(&self, pages_max: u32) -> Result<(), StoreError> {
        self.conn
            .pragma_update(None, "max_page_count", pages_max)
            .map_err(StoreError::from)
    }

    /// The profile's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the database lies under a key, and so the files beside it.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Runs `job` in one transaction that takes the write lock at once. An error rolls everything back.
    pub(crate) fn write<T, E: From<StoreError>>(
        &mut self,
        job: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let out = job(&Tx { conn: &transaction })?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(out)
    }

    /// Runs `job` on one consistent state of the rows.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.conn.unchecked_transaction().map_err(StoreError::from)?;
        job(&Tx { conn: &transaction })
    }

    /// A number that changes whenever another process has written.
    pub(crate) fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self
            .conn
            .pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Keeps the mark of an unclean end, so that the next opening checks the file.
    pub(crate) fn suspect_damage(&mut self) {
        self.marker = None;
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some(marker) = self.marker.take() {
            // A mark that stays only costs a check at the next opening.
            let _ = std::fs::remove_file(marker);
        }
    }
}
