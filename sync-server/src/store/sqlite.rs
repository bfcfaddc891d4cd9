//! The embedded engine: one SQLite file, one writer, a few readers.
//!
//! WAL with `synchronous=FULL`: what a write has returned survives a power cut. Writes begin with `BEGIN IMMEDIATE`, so that a second
//! process (the command line beside a running server) waits its turn instead of failing half-way. A database of a newer layout is
//! refused untouched.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::{FeedNo, ReadTx, Store, StoreError, StoreResult, WriteTx};

mod audit;
mod bulk;
mod desk_read;
mod desk_write;
mod install;
mod ledger_read;
mod ledger_write;
mod outcome;
mod patrol;
mod report;

/// The layouts, in order: number n is `PRAGMA user_version` n.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_init.sql"),
    include_str!("../../migrations/sqlite/0002_patrol.sql"),
    include_str!("../../migrations/sqlite/0003_clocks.sql"),
    include_str!("../../migrations/sqlite/0004_outcomes.sql"),
];

/// Prepared statements kept for each connection.
const STATEMENTS: usize = 96;

/// Pages kept in memory for each reader, in KiB: the system keeps the file in memory as well, once for all.
const READER_CACHE_KIB: i64 = 768;

/// A SQLite database.
pub struct SqliteStore {
    path: PathBuf,
    // The readers are closed before the writer: the last connection to close puts the write-ahead log into the file, and one that may only
    // read cannot. A restored file is moved to its place afterwards, so that nothing may be left in a log beside it.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    returned: Condvar,
}

impl SqliteStore {
    /// Opens or makes the database and brings it to the newest layout. `readers` connections stay open for reading; a write waits at most
    /// `busy_ms` for another process.
    pub fn open(path: &Path, readers: usize, busy_ms: u32) -> StoreResult<Self> {
        let mut writer = Connection::open(path).map_err(from_sqlite)?;
        prepare(&writer, busy_ms)?;
        writer
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(from_sqlite)?;
        writer
            .pragma_update(None, "synchronous", "FULL")
            .map_err(from_sqlite)?;
        // What is deleted or replaced is written over with zeros: a track that went must not lie on in a free page.
        writer
            .pragma_update(None, "secure_delete", "ON")
            .map_err(from_sqlite)?;
        migrate(&mut writer)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut pool = Vec::new();
        for _ in 0..readers.max(1) {
            let reader = Connection::open_with_flags(path, flags).map_err(from_sqlite)?;
            prepare(&reader, busy_ms)?;
            reader
                .pragma_update(None, "cache_size", -READER_CACHE_KIB)
                .map_err(from_sqlite)?;
            pool.push(reader);
        }
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(pool),
            returned: Condvar::new(),
        })
    }

    /// Lets the database grow to this many pages and no further: beyond it, writes err with [`StoreError::DiskFull`]. What it has already
    /// stays, whatever the number.
    pub fn limit_pages(&self, pages_max: u32) -> StoreResult<()> {
        let writer = self.writer.lock().expect("no job panics under this lock");
        // The pragma answers with the bound that now holds.
        writer
            .pragma_update_and_check(None, "max_page_count", pages_max, |_| Ok(()))
            .map_err(from_sqlite)
    }

    fn take_reader(&self) -> Connection {
        let mut readers = self.readers.lock().expect("no job runs under this lock");
        loop {
            if let Some(reader) = readers.pop() {
                return reader;
            }
            readers = self.returned.wait(readers).expect("no job runs under this lock");
        }
    }
}

/// Gives a reader back to the pool, also when a job panics.
struct Borrowed<'a> {
    store: &'a SqliteStore,
    connection: Option<Connection>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let (Some(connection), Ok(mut readers)) = (self.connection.take(), self.store.readers.lock()) {
            readers.push(connection);
            self.store.returned.notify_one();
        }
    }
}

impl Store for SqliteStore {
    fn read(&self, job: &mut dyn FnMut(&mut dyn ReadTx) -> StoreResult<()>) -> StoreResult<()> {
        let mut borrowed = Borrowed {
            store: self,
            connection: Some(self.take_reader()),
        };
        let connection = borrowed.connection.as_mut().expect("taken a line above");
        let tx = connection.transaction().map_err(from_sqlite)?;
        job(&mut SqliteTx { tx })
    }

    fn write(
        &self,
        _feed: Option<FeedNo>,
        job: &mut dyn FnMut(&mut dyn WriteTx) -> StoreResult<()>,
    ) -> StoreResult<()> {
        // A job that panicked was rolled back by its transaction, so the connection is as good as before.
        let mut writer = self
            .writer
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let tx = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(from_sqlite)?;
        let mut tx = SqliteTx { tx };
        job(&mut tx)?;
        tx.tx.commit().map_err(from_sqlite)
    }

    fn write_beside(&self, job: &mut dyn FnMut(&mut dyn WriteTx) -> StoreResult<()>) -> StoreResult<()> {
        // There is one writer.
        self.write(None, job)
    }

    fn backup(&self, to: &Path) -> StoreResult<()> {
        let mut borrowed = Borrowed {
            store: self,
            connection: Some(self.take_reader()),
        };
        let source = borrowed.connection.as_mut().expect("taken a line above");
        let mut target = Connection::open(to).map_err(from_sqlite)?;
        let backup = rusqlite::backup::Backup::new(source, &mut target).map_err(from_sqlite)?;
        backup
            .run_to_completion(1_000, Duration::ZERO, None)
            .map_err(from_sqlite)
    }

    fn size_bytes(&self) -> StoreResult<u64> {
        let mut total = 0;
        for suffix in ["", "-wal"] {
            let mut name = self.path.as_os_str().to_owned();
            name.push(suffix);
            total += std::fs::metadata(PathBuf::from(name)).map_or(0, |facts| facts.len());
        }
        Ok(total)
    }

    fn tidy(&self) -> StoreResult<()> {
        // It keeps no dead rows, and its plans rest on the indexes alone: nothing was ever counted that could be out of date.
        Ok(())
    }

    fn self_check(&self) -> StoreResult<Vec<String>> {
        let mut found = Vec::new();
        let mut borrowed = Borrowed {
            store: self,
            connection: Some(self.take_reader()),
        };
        let connection = borrowed.connection.as_mut().expect("taken a line above");
        let mut statement = connection
            .prepare("PRAGMA integrity_check(20)")
            .map_err(from_sqlite)?;
        let mut rows = statement.query([]).map_err(from_sqlite)?;
        while let Some(row) = rows.next().map_err(from_sqlite)? {
            let text: String = row.get(0).map_err(from_sqlite)?;
            if text != "ok" {
                found.push(text);
            }
        }
        Ok(found)
    }
}

/// One transaction; reading ones never commit.
struct SqliteTx<'c> {
    tx: Transaction<'c>,
}

impl ReadTx for SqliteTx<'_> {}
impl WriteTx for SqliteTx<'_> {}

fn prepare(connection: &Connection, busy_ms: u32) -> StoreResult<()> {
    connection
        .busy_timeout(Duration::from_millis(u64::from(busy_ms)))
        .map_err(from_sqlite)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else every statement on a table with a partial index is planned again at each execution, in case a parameter fits the index.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(from_sqlite)?;
    connection
        .pragma_update(None, "foreign_keys", "OFF")
        .map_err(from_sqlite)?;
    connection
        .pragma_update(None, "cache_size", -4_096)
        .map_err(from_sqlite)
}

fn migrate(connection: &mut Connection) -> StoreResult<()> {
    let known = u32::try_from(MIGRATIONS.len()).expect("there are few layouts");
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(from_sqlite)?;
    let found: u32 = tx
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(from_sqlite)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (number, sql) in (1u32..).zip(MIGRATIONS) {
        if number > found {
            tx.execute_batch(sql).map_err(from_sqlite)?;
            tx.pragma_update(None, "user_version", number)
                .map_err(from_sqlite)?;
        }
    }
    tx.commit().map_err(from_sqlite)
}

/// What the engine says, in the words of the store.
fn from_sqlite(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::DiskFull) => StoreError::DiskFull,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged(error.to_string()),
        _ => StoreError::Engine(error.to_string()),
    }
}

/// A stored value that no version of this program wrote.
fn damaged(what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        0,
        rusqlite::types::Type::Blob,
        format!("{what} is not readable").into(),
    )
}
