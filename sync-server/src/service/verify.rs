//! Verification, backup and restore.

use std::path::{Path, PathBuf};

use serde::Serialize;
use xunge_core::attachment::BlobHash;
use xunge_core::id::GenerationId;
use xunge_core::time::{Clock, SystemClock, Timestamp};

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::{meta, restore};
use crate::store::{DatabasePlace, PostgresAddress, PostgresStore, SERVER_FEED, SqliteStore, Store, bulk};

/// How verification looks at blobs' bytes, which are elsewhere.
pub trait BlobCheck {
    /// Hashes the blob's bytes as they lie. `None` where there are none.
    fn hash(&self, blob: &BlobHash) -> Option<(BlobHash, u64)>;
}

/// What verification found.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct VerifyReport {
    /// Reports rebuilt and compared.
    pub reports: u64,
    /// Changes read.
    pub changes: u64,
    /// Commands and results whose signatures were checked.
    pub commands: u64,
    /// Manifests whose signatures were checked.
    pub manifests: u64,
    /// Links of the audit chain.
    pub audit_rows: u64,
    /// Segments of tracks and check-ups that were read and folded anew.
    pub tracks: u64,
    /// Units and days of coverage that were opened.
    pub coverage: u64,
    /// Blobs hashed.
    pub blobs: u64,
    /// Everything wrong, the first wrong record first; empty where all is well.
    pub problems: Vec<String>,
}

impl Service {
    /// Rebuilds projections, digests and coverage from received bytes and compares, checks the audit chain, every signature and every
    /// deletion of tracks, and hashes blobs where `blobs` is given.
    pub fn verify(&self, blobs: Option<&dyn BlobCheck>) -> Result<VerifyReport, ServiceError> {
        self.ledger.verify(blobs)
    }

    /// Copies the database, while it serves, to a new file.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] where the file is there already.
    pub fn backup(&self, by: &Caller, to: &Path) -> Result<(), ServiceError> {
        if to.exists() {
            return Err(ServiceError::Conflict("the backup's file is there already"));
        }
        let now = self.now();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            Ok(self.ledger.note(tx, now, &by.audit_name(), "backup", "")?)
        })?;
        Ok(self.ledger.store.backup(to)?)
    }

    /// Puts a backup in the place of a database, under a new generation. Nothing may have the database open. What stood there before is
    /// set aside beside it (a file, or a schema), never deleted.
    ///
    /// # Errors
    /// [`ServiceError::Store`] where the backup is no database of this program, [`ServiceError::File`] where files cannot be moved.
    pub fn restore(
        database: &DatabasePlace,
        from: &Path,
        rng: &mut dyn rand::Rng,
    ) -> Result<(), ServiceError> {
        match database {
            DatabasePlace::File(path) => restore_file(path, from, rng),
            DatabasePlace::Postgres(address) => restore_postgres(address, from, rng),
        }
    }
}

fn restore_file(database: &Path, from: &Path, rng: &mut dyn rand::Rng) -> Result<(), ServiceError> {
    let now = SystemClock.read().wall_at;
    let part = beside(database, &format!("restoring-{}", now.as_millis()));
    let file = |path: &Path| {
        let path = path.display().to_string();
        move |source| ServiceError::File { path, source }
    };
    std::fs::copy(from, &part).map_err(file(from))?;
    {
        let store = SqliteStore::open(&part, 1, 1_000)?;
        begin_generation(&store, now, rng)?;
    }
    // The store has closed and written its log back; a log that is still there would be left behind.
    if beside_suffix(&part, "-wal").exists() {
        return Err(ServiceError::Conflict("the restored database is open elsewhere"));
    }
    std::fs::File::open(&part)
        .and_then(|opened| opened.sync_all())
        .map_err(file(&part))?;
    for suffix in ["", "-wal", "-shm"] {
        let old = beside_suffix(database, suffix);
        if old.exists() {
            let aside = beside(database, &format!("before-restore-{}{suffix}", now.as_millis()));
            std::fs::rename(&old, &aside).map_err(file(&old))?;
        }
    }
    std::fs::rename(&part, database).map_err(file(&part))
}

/// Begins a new generation on what was put back.
fn begin_generation(store: &dyn Store, now: Timestamp, rng: &mut dyn rand::Rng) -> Result<(), ServiceError> {
    let mut held = None;
    store.read(&mut |tx| {
        held = tx.meta(meta::GENERATION)?;
        Ok(())
    })?;
    let from = held
        .and_then(|bytes| GenerationId::from_slice(&bytes))
        .ok_or_else(|| ServiceError::Damaged("the backup has no generation".into()))?;
    let to = later_generation(from, now, rng);
    store.write(None, &mut |tx| restore::begin(tx, from, to, now))?;
    Ok(())
}

/// The new generation begins in a copy of the backup beside it, so that what comes into the database is whole or marked as unfinished.
fn restore_postgres(
    address: &PostgresAddress,
    from: &Path,
    rng: &mut dyn rand::Rng,
) -> Result<(), ServiceError> {
    let now = SystemClock.read().wall_at;
    let part = beside(from, &format!("restoring-{}", now.as_millis()));
    let file = |path: &Path| {
        let path = path.display().to_string();
        move |source| ServiceError::File { path, source }
    };
    std::fs::copy(from, &part).map_err(file(from))?;
    let done = (|| {
        let source = SqliteStore::open(&part, 1, 1_000)?;
        begin_generation(&source, now, rng)?;
        PostgresStore::set_aside(address, &format!("before_restore_{}", now.as_millis()))?;
        let target = PostgresStore::open(address, 2, 15_000)?;
        bulk::copy(&source, &target, &mut |_| {})?;
        Ok(())
    })();
    for suffix in ["", "-wal", "-shm"] {
        let path = beside_suffix(&part, suffix);
        if path.exists() {
            std::fs::remove_file(&path).map_err(file(&path))?;
        }
    }
    done
}

/// A generation that sorts after `from`, also where the clock stands before it.
fn later_generation(from: GenerationId, now: Timestamp, rng: &mut dyn rand::Rng) -> GenerationId {
    let (head, _) = from.as_bytes().split_first_chunk::<8>().expect("16 bytes");
    let before = Timestamp(i64::try_from(u64::from_be_bytes(*head)).unwrap_or(i64::MAX - 1));
    GenerationId::begun_at(now.max(before.plus_ms(1)), rng)
}

fn beside(database: &Path, name: &str) -> PathBuf {
    beside_suffix(database, &format!(".{name}"))
}

fn beside_suffix(database: &Path, suffix: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(suffix);
    PathBuf::from(path)
}
