//! The engine for many nodes: PostgreSQL 15 and later.
//!
//! Every write is one transaction that first takes the township's row lock, so that commit order is number order and sequences have no
//! gaps; a job without a feed waits for all others and lets none run beside it. Reads see one snapshot. The client is tokio-postgres with
//! a pool of ten lines, because the trait is synchronous: a pool of futures would put a hand-over between threads into every round trip.
//! Nothing here is a rule of the domain.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;

use super::{FeedNo, Hear, PartStore, ReadTx, Store, StoreError, StoreResult, WriteTx};
use connection::Connection;
use ears::Ears;
use tx::PgTx;

mod address;
mod bulk;
mod cells;
mod connection;
mod desk_read;
mod desk_write;
mod ears;
mod ledger_read;
mod ledger_write;
mod migrate;
mod parts;
mod patrol;
mod queue;
mod report;
mod tls;
mod tx;

pub use address::{AddressProblem, PostgresAddress};

/// A PostgreSQL database, or one schema of it.
pub struct PostgresStore {
    address: PostgresAddress,
    settings: String,
    /// Names this schema among advisory locks and channels.
    lock: i64,
    connections_max: usize,
    busy: Duration,
    pool: Mutex<Pool>,
    returned: Condvar,
    ears: OnceLock<Ears>,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    open: usize,
}

impl PostgresStore {
    /// Connects, and makes the tables or brings them to the newest layout. At most `connections_max` connections stay open; whoever waits
    /// for one, or for a lock, longer than `busy_ms` is told that the database is busy.
    ///
    /// # Errors
    /// [`StoreError::Newer`] where the database asks for a newer program, [`StoreError::Busy`] where nobody answers.
    pub fn open(address: &PostgresAddress, connections_max: usize, busy_ms: u32) -> StoreResult<Self> {
        let schema = &address.schema;
        // What was answered is durable whatever the server's default. Each statement is planned once a connection and not at each call:
        // a page of the queue asks a question a state, and planning them took three times as long as answering. All of them go by an
        // index, and a plan that was made while a table was small must do so too when it has grown: hence no scans where an index fits.
        let settings = format!(
            "SET search_path TO {schema}; SET synchronous_commit TO on; SET jit TO off; SET lock_timeout TO {busy_ms}; \
             SET plan_cache_mode TO force_generic_plan; SET enable_seqscan TO off; \
             SET idle_in_transaction_session_timeout TO '120s'; SET statement_timeout TO '300s'; \
             SET client_min_messages TO warning"
        );
        let mut first = Connection::open(address, &settings)?;
        migrate::migrate(&mut first, address)?;
        let rows = first.query("SELECT 'feeds'::regclass::oid::bigint", Vec::new())?;
        let row = rows.first().ok_or_else(|| cells::damaged("the tables"))?;
        let lock = cells::Cells::of(row).next()?;
        Ok(Self {
            address: address.clone(),
            settings,
            lock,
            connections_max: connections_max.max(1),
            busy: Duration::from_millis(u64::from(busy_ms)),
            pool: Mutex::new(Pool {
                idle: vec![first],
                open: 1,
            }),
            returned: Condvar::new(),
            ears: OnceLock::new(),
        })
    }

    /// Puts the tables of one address in the place of another's, whose own get another schema's name: both at once or neither. Says whether
    /// there were any.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where a server stands on them.
    pub fn put_in_place(
        fresh: &PostgresAddress,
        address: &PostgresAddress,
        suffix: &str,
    ) -> StoreResult<bool> {
        let (from, to) = (&fresh.schema, &address.schema);
        let mut connection = Connection::open(address, "SET client_min_messages TO warning")?;
        let sql = "SELECT 1::bigint FROM pg_namespace WHERE nspname = $1";
        let held = connection.query(sql, connection::params![to.clone()])?;
        let aside = match held.is_empty() {
            true => String::new(),
            false => format!("ALTER SCHEMA {to} RENAME TO {to}_{suffix};"),
        };
        connection.batch(format!(
            "BEGIN; {aside} ALTER SCHEMA {from} RENAME TO {to}; COMMIT"
        ));
        connection.flush()?;
        Ok(!held.is_empty())
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that is up; opens one where none is idle and there may be more.
    fn take(&self) -> StoreResult<Borrowed<'_>> {
        let until = Instant::now() + self.busy;
        let mut pool = self.pool();
        loop {
            if let Some(mut connection) = pool.idle.pop() {
                drop(pool);
                if connection.is_up() {
                    return Ok(Borrowed::of(self, connection));
                }
                pool = self.pool();
                pool.open -= 1;
                continue;
            }
            if pool.open < self.connections_max {
                pool.open += 1;
                drop(pool);
                return match self.connect() {
                    Ok(connection) => Ok(Borrowed::of(self, connection)),
                    Err(error) => {
                        self.pool().open -= 1;
                        self.returned.notify_one();
                        Err(error)
                    }
                };
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            let waited = self.returned.wait_timeout(pool, left);
            pool = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A new connection; the tables may have moved on since the last one.
    fn connect(&self) -> StoreResult<Connection> {
        let mut connection = Connection::open(&self.address, &self.settings)?;
        let (found, least) = migrate::standing(&mut connection)?;
        let known = migrate::known();
        if least > known {
            return Err(StoreError::Newer { found, known });
        }
        Ok(connection)
    }

    /// The words that begin a write: all writers share one lock, which a job of the whole store has to itself.
    fn begin(&self, lock: Lock) -> String {
        let no = self.lock;
        let shared = format!("BEGIN; SELECT pg_advisory_xact_lock_shared({no})");
        match lock {
            Lock::All => format!("BEGIN; SELECT pg_advisory_xact_lock({no})"),
            Lock::Beside => shared,
            Lock::Feed(FeedNo(feed)) => {
                format!("{shared}; SELECT 1 FROM feeds WHERE feed_no = {feed} FOR NO KEY UPDATE")
            }
        }
    }

    fn write_under(
        &self,
        lock: Lock,
        job: &mut dyn FnMut(&mut dyn WriteTx) -> StoreResult<()>,
    ) -> StoreResult<()> {
        let mut borrowed = self.take()?;
        borrowed.connection().batch(self.begin(lock));
        let mut tx = PgTx::new(borrowed.connection(), Some(lock));
        match job(&mut tx).and_then(|()| tx.commit()) {
            Ok(()) => {
                borrowed.give_back();
                Ok(())
            }
            Err(error) => {
                borrowed.end("ROLLBACK");
                Err(error)
            }
        }
    }
}

/// What a write keeps others from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lock {
    /// Every other write.
    All,
    /// Every other write of this feed.
    Feed(FeedNo),
    /// Nothing.
    Beside,
}

/// A connection out of the pool. Unless it is given back it is closed, and with it goes whatever it had begun.
struct Borrowed<'s> {
    store: &'s PostgresStore,
    connection: Option<Connection>,
}

impl<'s> Borrowed<'s> {
    fn of(store: &'s PostgresStore, connection: Connection) -> Self {
        Self {
            store,
            connection: Some(connection),
        }
    }

    fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("taken until it is given back")
    }

    fn end(mut self, sql: &'static str) {
        self.connection().end_unheard(sql);
        self.give_back();
    }

    fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            self.store.pool().idle.push(connection);
            self.store.returned.notify_one();
        }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if self.connection.take().is_some() {
            self.store.pool().open -= 1;
            self.store.returned.notify_one();
        }
    }
}

impl Store for PostgresStore {
    fn read(&self, job: &mut dyn FnMut(&mut dyn ReadTx) -> StoreResult<()>) -> StoreResult<()> {
        let mut borrowed = self.take()?;
        borrowed
            .connection()
            .batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        let mut tx = PgTx::new(borrowed.connection(), None);
        let done = job(&mut tx);
        let has_begun = tx.has_begun();
        if has_begun {
            borrowed.end("COMMIT");
        } else {
            borrowed.connection().forget();
            borrowed.give_back();
        }
        done
    }

    fn write(
        &self,
        feed: Option<FeedNo>,
        job: &mut dyn FnMut(&mut dyn WriteTx) -> StoreResult<()>,
    ) -> StoreResult<()> {
        self.write_under(feed.map_or(Lock::All, Lock::Feed), job)
    }

    fn write_beside(&self, job: &mut dyn FnMut(&mut dyn WriteTx) -> StoreResult<()>) -> StoreResult<()> {
        self.write_under(Lock::Beside, job)
    }

    fn listen(&self, hear: Arc<Hear>) -> StoreResult<()> {
        if self.ears.get().is_none() {
            let ears = Ears::open(&self.address, format!("xunge_{}", self.lock), hear)?;
            // Where two threads began at once, one of them is enough.
            drop(self.ears.set(ears));
        }
        Ok(())
    }

    fn tell(&self, hint: String) {
        if let Some(ears) = self.ears.get() {
            ears.tell(hint);
        }
    }

    fn part_store(&self) -> Option<&dyn PartStore> {
        Some(self)
    }

    fn backup(&self, to: &Path) -> StoreResult<()> {
        super::bulk::copy_to_file(self, to)
    }

    fn size_bytes(&self) -> StoreResult<u64> {
        let sql = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c \
                   WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'";
        let mut borrowed = self.take()?;
        let rows = borrowed.connection().query(sql, Vec::new())?;
        borrowed.give_back();
        let row = rows.first().ok_or_else(|| cells::damaged("the size"))?;
        cells::Cells::of(row).number()
    }

    fn tidy(&self) -> StoreResult<()> {
        let names: Vec<&str> = super::bulk::TABLES.iter().map(|table| table.name).collect();
        let mut borrowed = self.take()?;
        borrowed
            .connection()
            .query(&format!("VACUUM (ANALYZE) {}", names.join(", ")), Vec::new())?;
        borrowed.give_back();
        Ok(())
    }

    fn self_check(&self) -> StoreResult<Vec<String>> {
        // Indexes that a broken build left behind; pages are checked by the server itself where it was made with checksums.
        let sql = "SELECT 'index ' || c.relname || ' is not valid' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                   WHERE c.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready)";
        let mut borrowed = self.take()?;
        let rows = borrowed.connection().query(sql, Vec::new())?;
        borrowed.give_back();
        rows.iter().map(|row| cells::Cells::of(row).next()).collect()
    }
}

/// What the server says, in the words of the store.
fn from_postgres(error: tokio_postgres::Error) -> StoreError {
    let Some(state) = error.code() else {
        // The connection is gone or was never made: what was not answered may have been done, and may be asked again.
        return match error.is_closed()
            || std::error::Error::source(&error).is_some_and(|e| e.is::<std::io::Error>())
        {
            true => StoreError::Busy,
            false => StoreError::Engine(error.to_string()),
        };
    };
    let busy = [
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::QUERY_CANCELED,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    ];
    let damaged = [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED];
    if busy.contains(state) {
        StoreError::Busy
    } else if *state == SqlState::DISK_FULL {
        StoreError::DiskFull
    } else if *state == SqlState::READ_ONLY_SQL_TRANSACTION {
        StoreError::ReadOnly
    } else if damaged.contains(state) {
        StoreError::Damaged(said(&error))
    } else {
        StoreError::Engine(said(&error))
    }
}

/// The server's own words, without the values of the rows.
fn said(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None => error.to_string(),
    }
}
