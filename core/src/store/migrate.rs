//! Bringing an older database up to date, step by step. A file's number is the `user_version` that it leads to.

use std::path::Path;

use rusqlite::Connection;

use super::StoreError;

/// The steps in order. A released file is never edited.
const STEPS: [(u32, &str); 1] = [(1, include_str!("../../migrations/0001_init.sql"))];

/// The version that this program writes.
pub const SCHEMA_VERSION: u32 = STEPS[STEPS.len() - 1].0;

/// The database's version; 0 for a new file.
pub(super) fn version(conn: &Connection) -> Result<u32, rusqlite::Error> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Runs the missing steps, each in its own transaction together with its number. A copy of an existing file is made first and stays
/// until the next migration.
pub(super) fn run(conn: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let found = version(conn)?;
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    if found > 0 {
        let copy = path.with_extension(format!("before-{SCHEMA_VERSION}.sqlite3"));
        if copy.exists() {
            std::fs::remove_file(&copy).map_err(|e| StoreError::file(&copy, e))?;
        }
        conn.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    }
    for (number, sql) in STEPS {
        let transaction = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Read inside the transaction: another process may have done the step meanwhile.
        if version(&transaction)? < number {
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "user_version", number)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_without_holes_as_their_files_are() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the migrations are there")
            .map(|entry| {
                entry
                    .expect("readable")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        assert_eq!(names.len(), STEPS.len());
        for (index, (number, sql)) in STEPS.into_iter().enumerate() {
            assert_eq!(number as usize, index + 1);
            assert!(
                names[index].starts_with(&format!("{number:04}_")),
                "{}",
                names[index]
            );
            let file = std::fs::read_to_string(format!("{folder}/{}", names[index])).expect("readable");
            assert_eq!(file, sql);
        }
    }
}
