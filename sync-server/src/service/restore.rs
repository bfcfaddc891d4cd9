//! Putting a backup back. A restore that is killed leaves what was there before whole, and is ended by running it again; until then no
//! server opens the half of it.

use std::path::{Path, PathBuf};

use xunge_core::id::GenerationId;
use xunge_core::time::{Clock, SystemClock, Timestamp};

use super::Service;
use crate::ServiceError;
use crate::config::{sync_folder, write_durably};
use crate::ledger::{meta, restore};
use crate::store::{DatabasePlace, PostgresAddress, PostgresStore, SqliteStore, Store, bulk, restoring_mark};

impl Service {
    /// Puts a backup in the place of a database, under a new generation. Nothing may have the database open. What stood there before is
    /// set aside beside it (a file, or a schema), never deleted; answers where, if there was anything.
    ///
    /// # Errors
    /// [`ServiceError::Store`] where the backup is no database of this program, [`ServiceError::File`] where files cannot be moved.
    pub fn restore(
        database: &DatabasePlace,
        from: &Path,
        rng: &mut dyn rand::Rng,
    ) -> Result<Option<DatabasePlace>, ServiceError> {
        match database {
            DatabasePlace::File(path) => restore_file(path, from, rng),
            DatabasePlace::Postgres(address) => restore_postgres(address, from, rng),
        }
    }
}

fn restore_file(
    database: &Path,
    from: &Path,
    rng: &mut dyn rand::Rng,
) -> Result<Option<DatabasePlace>, ServiceError> {
    let now = SystemClock.read().wall_at;
    let mark = restoring_mark(database);
    let folder = database.parent().unwrap_or_else(|| Path::new("."));
    let file = |path: &Path| {
        let path = path.display().to_string();
        move |source| ServiceError::File { path, source }
    };
    // One that was cut off goes on under its own number, so that what it had set aside stays together.
    let stamp = match std::fs::read_to_string(&mark) {
        Ok(begun) => begun,
        Err(_) => now.as_millis().to_string(),
    };
    let part = beside(database, &format!("restoring-{stamp}"));
    remove_database(&part).map_err(file(&part))?;
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
    write_durably(&mark, stamp.as_bytes(), 0o600).map_err(file(&mark))?;
    sync_folder(folder).map_err(file(folder))?;
    for suffix in ["", "-wal", "-shm"] {
        let old = beside_suffix(database, suffix);
        let aside = beside(database, &format!("before-restore-{stamp}{suffix}"));
        if old.exists() && !aside.exists() {
            std::fs::rename(&old, &aside).map_err(file(&old))?;
        }
    }
    std::fs::rename(&part, database).map_err(file(&part))?;
    sync_folder(folder).map_err(file(folder))?;
    std::fs::remove_file(&mark).map_err(file(&mark))?;
    let aside = beside(database, &format!("before-restore-{stamp}"));
    Ok(aside.exists().then_some(DatabasePlace::File(aside)))
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

/// The backup is copied beside the tables that are there, under a new generation, and takes their place in one transaction.
fn restore_postgres(
    address: &PostgresAddress,
    from: &Path,
    rng: &mut dyn rand::Rng,
) -> Result<Option<DatabasePlace>, ServiceError> {
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
        let fresh = address.beside(&format!("restoring_{}", now.as_millis()));
        let target = PostgresStore::open(&fresh, 2, 15_000)?;
        bulk::copy(&source, &target, &mut |_| {})?;
        drop(target);
        let suffix = format!("before_restore_{}", now.as_millis());
        let was_there = PostgresStore::put_in_place(&fresh, address, &suffix)?;
        Ok(was_there.then(|| DatabasePlace::Postgres(address.beside(&suffix))))
    })();
    remove_database(&part).map_err(file(&part))?;
    done
}

/// Removes a database file with its log, which must not come upon another file of that name.
fn remove_database(path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let path = beside_suffix(path, suffix);
        if path.exists() {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
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
