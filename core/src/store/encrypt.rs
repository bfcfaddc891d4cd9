//! Bringing a database under a key, or under another one: a whole copy is made beside it, checked, and put in its place by one rename.
//!
//! Cut anywhere, either the old database or the new one stands under the name, whole; a copy that was begun is thrown away and made
//! again. Each step is an event of its own, at which a test ends the process. Files beside the database are sealed afterwards, one by
//! one, by whoever has the randomness for their keys.

use std::path::Path;

use rusqlite::Connection;

use super::{StoreError, cipher, file, migrate, open};

/// Brings a plain database under `key`; anything else stays as it is. A damaged one stays plain: opening it with the key sets it aside
/// and salvages it.
pub(super) fn bring_over(path: &Path, key: &[u8; 32]) -> Result<(), StoreError> {
    if !cipher::is_plain(path) {
        return Ok(());
    }
    match copy_and_replace(path, None, key) {
        Err(StoreError::Damaged(_)) => Ok(()),
        other => other,
    }
}

/// Brings a database from one key under another. Until it is opened the next time, the key file lets both in.
pub(crate) fn change_key(path: &Path, from: &[u8; 32], to: &[u8; 32]) -> Result<(), StoreError> {
    if let Some(folder) = path.parent() {
        cipher::note_going_over(folder, from, to)?;
    }
    copy_and_replace(path, Some(from), to)
}

fn copy_and_replace(path: &Path, from: Option<&[u8; 32]>, to: &[u8; 32]) -> Result<(), StoreError> {
    let copy = path.with_extension("encrypting.sqlite3");
    for suffix in ["", "-journal", "-wal", "-shm"] {
        file::remove_file(&file::with_suffix(&copy, suffix))?;
    }
    let old = open::open_checked(path, from, true)?;
    fold(&old)?;
    tracing::debug!("the journal was taken into the database's file");
    copy_all(&old, &copy, to)?;
    tracing::debug!("the database's copy has every row");
    check(&old, &copy, to)?;
    drop(old);
    file::sync(&copy)?;
    tracing::debug!("the database's copy was checked and is on the disk");
    // The old journals went when the last connection let go; one that stayed would be read as the new file's.
    for suffix in ["-wal", "-shm"] {
        file::remove_file(&file::with_suffix(path, suffix))?;
    }
    std::fs::rename(&copy, path).map_err(|e| StoreError::file(path, e))?;
    path.parent().map_or(Ok(()), file::sync)?;
    tracing::debug!("the database's copy stands in its place");
    Ok(())
}

/// Takes the journal into the file and keeps others from writing.
fn fold(old: &Connection) -> Result<(), StoreError> {
    old.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let mode: String = old.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    if mode != "delete" {
        return Err(StoreError::Busy);
    }
    old.execute_batch("BEGIN EXCLUSIVE; COMMIT;")?;
    Ok(())
}

fn copy_all(old: &Connection, copy: &Path, key: &[u8; 32]) -> Result<(), StoreError> {
    let version = migrate::version(old)?;
    let arguments = (copy.to_string_lossy(), cipher::literal(key));
    old.execute("ATTACH DATABASE ?1 AS copy KEY ?2", arguments)?;
    old.query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()))?;
    old.pragma_update(Some("copy"), "user_version", version)?;
    old.execute("DETACH DATABASE copy", [])?;
    Ok(())
}

/// The copy opens under its key, is sound, and has as many rows in every table.
fn check(old: &Connection, copy: &Path, key: &[u8; 32]) -> Result<(), StoreError> {
    let new = open::open_checked(copy, Some(key), true)?;
    let is_same = migrate::version(&new)? == migrate::version(old)? && counts(&new)? == counts(old)?;
    new.close().map_err(|(_, error)| error)?;
    if is_same {
        Ok(())
    } else {
        Err(StoreError::Unreadable { what: "copy" })
    }
}

fn counts(conn: &Connection) -> Result<Vec<(String, i64)>, StoreError> {
    let mut tables = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut counts = Vec::new();
    for name in names {
        let sql = format!("SELECT COUNT(*) FROM \"{name}\"");
        counts.push((name, conn.query_row(&sql, [], |row| row.get(0))?));
    }
    Ok(counts)
}
