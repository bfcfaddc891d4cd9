//! A damaged database: set aside under a new name, and every row that can be read is copied into a fresh one.
//!
//! Unsent reports are evidence: nothing is deleted here, not even the damaged file.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::{StoreError, cipher, file};

/// Tables in the order of their references.
const TABLES: [&str; 18] = [
    "setting",
    "actor",
    "feed",
    "scope_grid",
    "directory_row",
    "draft",
    "draft_edit",
    "report",
    "document",
    "own_change",
    "command",
    "vouch",
    "person",
    "erasure",
    "outbox",
    "attention",
    "blob",
    "attachment",
];
/// … and those that stand alone.
const TABLES_LAST: [&str; 14] = [
    "upload",
    "quarantine",
    "receipt",
    "news",
    "kept_words",
    "notice",
    "patrol",
    "patrol_fix",
    "patrol_event",
    "trail",
    "coverage_cells",
    "coverage_patrol",
    "coverage_visit",
    "file_key",
];

impl super::Tx<'_> {
    /// Empties every table.
    pub(crate) fn delete_everything(&self) -> Result<(), StoreError> {
        for table in TABLES.into_iter().chain(TABLES_LAST).rev() {
            self.conn.execute(&format!("DELETE FROM {table}"), [])?;
        }
        Ok(())
    }
}

/// Renames the database and its journals; answers the new name of the database.
pub(super) fn set_aside(path: &Path, now_ms: i64) -> Result<PathBuf, StoreError> {
    let aside = path.with_extension(format!("damaged-{now_ms}.sqlite3"));
    for suffix in ["-wal", "-shm", ""] {
        let from = file::with_suffix(path, suffix);
        if from.exists() {
            let to = file::with_suffix(&aside, suffix);
            std::fs::rename(&from, &to).map_err(|e| StoreError::file(&from, e))?;
        }
    }
    Ok(aside)
}

/// Copies what can be read, from both ends of each table, and asks for everything again from the server. Answers how many rows came
/// over.
pub(super) fn copy_rows(
    aside: &Path,
    fresh: &mut Connection,
    key: Option<&[u8; 32]>,
) -> Result<u64, StoreError> {
    let mut copied = 0;
    // Held to the end, so that none of those below is the last to close, which would take the journal in.
    let _held = open_aside(aside, key);
    // References may point into what was lost; the rows are worth more than the references.
    fresh.pragma_update(None, "foreign_keys", false)?;
    let transaction = fresh.transaction()?;
    for table in TABLES.into_iter().chain(TABLES_LAST) {
        for direction in ["ASC", "DESC"] {
            // Each time anew: on a connection that has met a page whose seal is broken, SQLCipher gives nothing any more.
            if let Some(old) = open_aside(aside, key) {
                copied += copy_table(&old, &transaction, table, direction)?;
            }
        }
    }
    transaction.execute_batch(
        "INSERT OR IGNORE INTO draft (report, code, created_at, updated_at)
             SELECT DISTINCT report, '', 0, 0 FROM draft_edit;
         DELETE FROM scope_grid WHERE feed NOT IN (SELECT feed FROM feed);
         UPDATE feed SET cursor = 0, scope_tag = NULL, is_repairing = 0, repair_after = NULL, diverged_at = NULL,
             repaired_at = NULL;
         UPDATE scope_grid SET is_filled = 0, after = NULL;
         DELETE FROM setting WHERE name = 'backup_count';",
    )?;
    // What waits is in two places: where the line lost it, the thing itself still says that the server has not answered.
    transaction.execute_batch(
        "INSERT OR IGNORE INTO outbox (kind, name, report, made_at)
             SELECT 'change', hash, report, made_at FROM own_change WHERE acked_at IS NULL ORDER BY position;
         INSERT OR IGNORE INTO outbox (kind, name, report, made_at)
             SELECT 'command', id, report, 0 FROM command WHERE is_own = 1 AND result IS NULL ORDER BY position;
         INSERT OR IGNORE INTO outbox (kind, name, report, made_at)
             SELECT 'person', id, report, 0 FROM person WHERE is_own = 1 AND is_known = 0;",
    )?;
    super::Tx { conn: &transaction }.recount_digests()?;
    transaction.commit()?;
    fresh.pragma_update(None, "foreign_keys", true)?;
    Ok(copied)
}

/// Opens what was set aside, to be read alone; `None` where it is no database at all.
fn open_aside(aside: &Path, key: Option<&[u8; 32]>) -> Option<Connection> {
    let old = Connection::open_with_flags(aside, OpenFlags::SQLITE_OPEN_READ_WRITE).ok()?;
    // One that was set aside on its way into encryption is plain still.
    if let Some(key) = key.filter(|_| !cipher::is_plain(aside)) {
        cipher::unlock(&old, key).ok()?;
    }
    // The damaged file keeps what it has: nothing is written back, journals are only read.
    old.pragma_update(None, "query_only", true).ok()?;
    Some(old)
}

fn copy_table(old: &Connection, fresh: &Connection, table: &str, direction: &str) -> Result<u64, StoreError> {
    let key = primary_key(fresh, table)?;
    let sql = format!(
        "SELECT * FROM {table} ORDER BY {} {direction}",
        key.join(&format!(" {direction}, "))
    );
    let Ok(mut select) = old.prepare(&sql) else {
        return Ok(0);
    };
    let names: Vec<String> = select.column_names().map(str::to_owned).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let mut insert = fresh.prepare(&format!(
        "INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})",
        names.join(", ")
    ))?;
    let Ok(mut rows) = select.query([]) else {
        return Ok(0);
    };
    let mut copied = 0;
    // The first row that cannot be read ends this direction; the other one comes from the far end.
    while let Ok(Some(row)) = rows.next() {
        let values: Result<Vec<Value>, _> = (0..names.len()).map(|i| row.get::<_, Value>(i)).collect();
        let Ok(values) = values else { continue };
        match insert.execute(params_from_iter(values)) {
            Ok(count) => copied += count as u64,
            Err(error) => match StoreError::from(error) {
                StoreError::Full => return Err(StoreError::Full),
                // A row that the fresh table refuses is damaged itself; it stays in the file set aside.
                _ => continue,
            },
        }
    }
    Ok(copied)
}

fn primary_key(conn: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_schema_is_salvaged() {
        let conn = Connection::open_in_memory().expect("memory");
        for (_, sql) in super::super::migrate::STEPS {
            conn.execute_batch(sql).expect("the schema is good");
        }
        let mut found: Vec<String> = conn
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
            .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
            .expect("readable");
        found.sort();
        let mut listed: Vec<&str> = TABLES.into_iter().chain(TABLES_LAST).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
    }
}
