//! Patrols: the machine as it was last stored, the fixes of the open segment, and what happened.

use rusqlite::OptionalExtension;

use super::{StoreError, Tx, column};
use crate::id::PatrolId;

/// One patrol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PatrolRow {
    pub(crate) patrol: PatrolId,
    /// Counts the writes of `json`.
    pub(crate) revision: i64,
    pub(crate) is_over: bool,
    pub(crate) json: String,
}

const COLUMNS: &str = "patrol, revision, is_over, json";

impl Tx<'_> {
    /// Writes a patrol, a new one behind all others.
    pub(crate) fn put_patrol(&self, patrol: &PatrolId, is_over: bool, json: &str) -> Result<i64, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "INSERT INTO patrol (patrol, ordinal, is_over, json)
                 VALUES (?1, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM patrol), ?2, ?3)
                 ON CONFLICT (patrol) DO UPDATE SET
                     revision = revision + 1, is_over = excluded.is_over, json = excluded.json
                 RETURNING revision",
            )?
            .query_row((patrol.as_bytes(), is_over, json), |row| row.get(0))?)
    }

    /// The patrol that is not over.
    pub(crate) fn live_patrol(&self) -> Result<Option<PatrolRow>, StoreError> {
        self.one_patrol("WHERE is_over = 0 ORDER BY ordinal DESC LIMIT 1")
    }

    /// The patrol that was started last.
    pub(crate) fn last_patrol(&self) -> Result<Option<PatrolRow>, StoreError> {
        self.one_patrol("ORDER BY ordinal DESC LIMIT 1")
    }

    fn one_patrol(&self, which: &str) -> Result<Option<PatrolRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM patrol {which}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(PatrolRow {
            patrol: column::bytes(row, 0, "patrol", PatrolId::from_slice)?,
            revision: row.get(1)?,
            is_over: row.get(2)?,
            json: row.get(3)?,
        }))
    }

    /// A patrol goes on under another name, with its open fixes and its history.
    pub(crate) fn rename_patrol(&self, from: &PatrolId, to: &PatrolId, json: &str) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE patrol SET patrol = ?2, json = ?3, revision = revision + 1 WHERE patrol = ?1",
            (from.as_bytes(), to.as_bytes(), json),
        )?;
        for table in ["patrol_fix", "patrol_event"] {
            self.conn.execute(
                &format!("UPDATE {table} SET patrol = ?2 WHERE patrol = ?1"),
                (from.as_bytes(), to.as_bytes()),
            )?;
        }
        Ok(())
    }

    /// Keeps a fix of the open segment.
    pub(crate) fn add_fix(&self, patrol: &PatrolId, json: &str) -> Result<(), StoreError> {
        self.append("patrol_fix", patrol, json)
    }

    /// The fixes of the open segment as they were kept, in order.
    pub(crate) fn fixes(&self, patrol: &PatrolId) -> Result<Vec<String>, StoreError> {
        self.lines("patrol_fix", patrol)
    }

    /// How many fixes the open segment has.
    pub(crate) fn fix_count(&self, patrol: &PatrolId) -> Result<usize, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached("SELECT COUNT(*) FROM patrol_fix WHERE patrol = ?1")?
            .query_row([patrol.as_bytes()], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The segment was closed: its fixes lie in it.
    pub(crate) fn clear_fixes(&self, patrol: &PatrolId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM patrol_fix WHERE patrol = ?1")?
            .execute([patrol.as_bytes()])?;
        Ok(())
    }

    /// Keeps what happened on a patrol.
    pub(crate) fn add_patrol_event(&self, patrol: &PatrolId, json: &str) -> Result<(), StoreError> {
        self.append("patrol_event", patrol, json)
    }

    /// What happened on a patrol, in order.
    pub(crate) fn patrol_events(&self, patrol: &PatrolId) -> Result<Vec<String>, StoreError> {
        self.lines("patrol_event", patrol)
    }

    fn append(&self, table: &str, patrol: &PatrolId, json: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(&format!(
                "INSERT INTO {table} (patrol, position, json)
                 VALUES (?1, (SELECT COALESCE(MAX(position) + 1, 0) FROM {table} WHERE patrol = ?1), ?2)"
            ))?
            .execute((patrol.as_bytes(), json))?;
        Ok(())
    }

    fn lines(&self, table: &str, patrol: &PatrolId) -> Result<Vec<String>, StoreError> {
        let sql = format!("SELECT json FROM {table} WHERE patrol = ?1 ORDER BY position");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let lines = statement.query_map([patrol.as_bytes()], |row| row.get(0))?;
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// Lets go of patrols that are over and of which no segment is left, but for the last one.
    pub(crate) fn trim_patrols(&self) -> Result<(), StoreError> {
        let last: Option<i64> = self
            .conn
            .query_row("SELECT MAX(ordinal) FROM patrol", [], |row| row.get(0))
            .optional()?
            .flatten();
        self.conn.execute(
            "DELETE FROM patrol WHERE is_over = 1 AND ordinal < ?1
                 AND NOT EXISTS (SELECT 1 FROM trail WHERE trail.patrol = patrol.patrol)",
            [last.unwrap_or(0)],
        )?;
        for table in ["patrol_fix", "patrol_event"] {
            self.conn.execute(
                &format!("DELETE FROM {table} WHERE patrol NOT IN (SELECT patrol FROM patrol)"),
                [],
            )?;
        }
        Ok(())
    }
}
