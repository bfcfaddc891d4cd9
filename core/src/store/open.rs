//! Opening a database: pragmas, version, migrations, the check after a crash.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{DATABASE_NAME, Store, StoreError, cipher, encrypt, file, migrate, notice, salvage};

/// How long one process waits for another's transaction, in ms.
const BUSY_MS_MAX: u64 = 10_000;

/// The file that stands beside the database while somebody has it open.
const MARKER_NAME: &str = "xunge.open";

pub(super) fn open(folder: &Path, key: Option<&[u8; 32]>, now_ms: i64) -> Result<Store, StoreError> {
    if key.is_some() && !cipher::HAS_CIPHER {
        return Err(StoreError::NoCipher);
    }
    file::make_folder(folder)?;
    file::make_folder(&folder.join(file::ATTACHMENTS))?;
    let path = folder.join(DATABASE_NAME);
    let marker = folder.join(MARKER_NAME);
    let was_unclean = marker.exists();
    cipher::admit(folder, &path, key)?;
    if let Some(key) = key {
        encrypt::bring_over(&path, key)?;
    }
    let mut salvaged = None;
    let mut conn = match open_checked(&path, key, was_unclean) {
        Err(StoreError::Damaged(_)) if cipher::may_be_other_key(folder, &path, key)? => {
            return Err(StoreError::WrongKey);
        }
        Err(StoreError::Damaged(_)) => {
            let aside = salvage::set_aside(&path, now_ms)?;
            let mut fresh = open_checked(&path, key, false)?;
            migrate::run(&mut fresh, &path)?;
            let rows = salvage::copy_rows(&aside, &mut fresh, key)?;
            salvaged = Some((aside, rows));
            fresh
        }
        other => other?,
    };
    migrate::run(&mut conn, &path)?;
    if let Some((aside, rows)) = salvaged {
        notice::add_salvage(&conn, now_ms, &aside, rows)?;
    }
    if let Some(key) = key {
        cipher::note_opened(folder, key)?;
    }
    std::fs::write(&marker, b"").map_err(|e| StoreError::file(&marker, e))?;
    Ok(Store {
        conn,
        folder: folder.to_owned(),
        marker: Some(marker),
        is_encrypted: key.is_some(),
    })
}

pub(super) fn open_checked(
    path: &Path,
    key: Option<&[u8; 32]>,
    check: bool,
) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|e| at(path, e))?;
    if let Some(key) = key {
        cipher::unlock(&conn, key)?;
    }
    set_pragmas(&conn).map_err(|e| at(path, e))?;
    let found = migrate::version(&conn).map_err(|e| at(path, e))?;
    if found > migrate::SCHEMA_VERSION {
        return Err(StoreError::Newer {
            found,
            known: migrate::SCHEMA_VERSION,
        });
    }
    if check {
        quick_check(&conn)?;
    }
    Ok(conn)
}

/// The one place that sets pragmas.
fn set_pragmas(conn: &Connection) -> Result<(), rusqlite::Error> {
    conn.busy_timeout(Duration::from_millis(BUSY_MS_MAX))?;
    conn.set_prepared_statement_cache_capacity(128);
    // Else every statement on a table with a partial index is planned again at each execution, in case a parameter fits the index.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: with NORMAL a committed transaction might be rolled back by a power loss.
    conn.pragma_update(None, "synchronous", "FULL")?;
    // On iOS a plain fsync leaves data in the drive's cache.
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    // Android has no folder for temporary files that SQLite would find.
    conn.pragma_update(None, "temp_store", 2)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // A lost phone is the threat: what was purged shall not be readable in free pages.
    conn.pragma_update(None, "secure_delete", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cache_size", -8192)?;
    conn.pragma_update(None, "journal_size_limit", 4 * 1024 * 1024)?;
    Ok(())
}

pub(super) fn quick_check(conn: &Connection) -> Result<(), StoreError> {
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(StoreError::Damaged(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(verdict),
        )))
    }
}

fn at(path: &Path, error: rusqlite::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::ReadOnly(_) => StoreError::ReadOnly(path.to_owned()),
        other => other,
    }
}
