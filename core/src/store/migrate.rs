//! Bringing an older database up to date, step by step. A file's number is the `user_version` that it leads to.

use std::path::Path;

use rusqlite::Connection;

use super::StoreError;

/// The steps in order. A released file is never edited.
pub(super) const STEPS: [(u32, &str); 8] = [
    (1, include_str!("../../migrations/0001_init.sql")),
    (2, include_str!("../../migrations/0002_patrol.sql")),
    (3, include_str!("../../migrations/0003_vouch.sql")),
    (4, include_str!("../../migrations/0004_excuse_reason.sql")),
    (5, include_str!("../../migrations/0005_news.sql")),
    (6, include_str!("../../migrations/0006_kept_words.sql")),
    (7, include_str!("../../migrations/0007_file_key.sql")),
    (8, include_str!("../../migrations/0008_receipts.sql")),
];

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
    use crate::coverage::CellSet;
    use crate::patrol::sample::reading;
    use crate::patrol::{Fix, Patrol, PatrolEvent, PatrolState, Segment};
    use crate::store::Store;

    /// A database as the first release left it, with a setting, a draft and an item that waits.
    fn first_release(path: &Path) {
        let conn = Connection::open(path).expect("a new file");
        conn.execute_batch(STEPS[0].1).expect("the first step is good");
        conn.execute_batch(
            "INSERT INTO setting (name, value) VALUES ('person', x'7731');
             INSERT INTO draft (report, code, created_at, updated_at) VALUES (x'0102', 'G1-1', 5, 6);
             INSERT INTO draft_edit (report, field, edit) VALUES (x'0102', 'set_description', '{}');
             INSERT INTO outbox (kind, name, report, made_at) VALUES ('change', x'03', x'0102', 7);
             PRAGMA user_version = 1;",
        )
        .expect("the rows fit");
    }

    fn waiting(path: &Path) -> (u32, i64, i64) {
        let conn = Connection::open(path).expect("it is a database");
        let count = |table: &str| -> i64 {
            conn.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0))
                .expect("countable")
        };
        (
            version(&conn).expect("readable"),
            count("draft_edit"),
            count("outbox"),
        )
    }

    #[test]
    fn the_first_release_is_upgraded_with_its_rows_after_a_copy_was_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(crate::store::DATABASE_NAME);
        first_release(&path);
        drop(Store::open(folder.path(), None, 0).expect("it is upgraded"));
        assert_eq!(waiting(&path), (SCHEMA_VERSION, 1, 1));
        let copy = path.with_extension(format!("before-{SCHEMA_VERSION}.sqlite3"));
        assert_eq!(waiting(&copy), (1, 1, 1), "the copy is as it was before");
        drop(Store::open(folder.path(), None, 0).expect("a second opening changes nothing"));
        assert_eq!(waiting(&path), (SCHEMA_VERSION, 1, 1));
    }

    #[test]
    fn the_second_release_is_upgraded_and_its_patrol_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(crate::store::DATABASE_NAME);
        first_release(&path);
        let conn = Connection::open(&path).expect("it is there");
        conn.execute_batch(STEPS[1].1).expect("the second step is good");
        conn.execute_batch(include_str!("../../tests/fixtures/phone_0002.sql"))
            .expect("the rows fit");
        conn.pragma_update(None, "user_version", 2).expect("written");
        drop(conn);
        let store = Store::open(folder.path(), None, 0).expect("it is upgraded");
        assert_eq!(waiting(&path), (SCHEMA_VERSION, 1, 1));
        store
            .read(|tx| -> Result<(), StoreError> {
                let row = tx.live_patrol()?.expect("a patrol is under way");
                let rows: Vec<Fix> = tx
                    .fixes(&row.patrol)?
                    .iter()
                    .map(|json| serde_json::from_str(json).expect("a fix"))
                    .collect();
                assert_eq!(rows.len(), 6);
                let stored: Patrol = serde_json::from_str(&row.json).expect("a patrol");
                let (patrol, _) = stored.reopen(rows, reading(60.0));
                assert_eq!(patrol.state(), PatrolState::Running);
                assert_eq!(patrol.dropped().total(), 1);
                let events = tx.patrol_events(&row.patrol)?;
                assert!(serde_json::from_str::<PatrolEvent>(&events[0]).is_ok());
                let waiting = tx.trail_waiting(10)?;
                let segment = Segment::decode(&waiting[0].bytes).expect("a segment");
                assert!(segment.fixes.len() > 30);
                let (feed, grid) = ("T1".parse().expect("a code"), "G1".parse().expect("a code"));
                let days = tx.coverage_days(&feed, &grid, "2026-01-01")?;
                let seen = CellSet::decode(&days[0].seen).expect("cells");
                assert!(!seen.is_empty() && days[0].patrols.len() == 1);
                assert_eq!(days[0].visits[0].reason, None, "nobody had said why");
                Ok(())
            })
            .expect("readable");
    }

    #[test]
    fn an_upgrade_that_was_cut_off_before_its_step_is_done_at_the_next_opening() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(crate::store::DATABASE_NAME);
        first_release(&path);
        // Killed after the copy was begun: half a copy lies there.
        let copy = path.with_extension(format!("before-{SCHEMA_VERSION}.sqlite3"));
        std::fs::write(&copy, b"half").expect("written");
        drop(Store::open(folder.path(), None, 0).expect("it is upgraded"));
        assert_eq!(waiting(&path), (SCHEMA_VERSION, 1, 1));
        assert_eq!(waiting(&copy), (1, 1, 1));
    }

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
