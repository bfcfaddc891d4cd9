//! What the worker must be told once.

use std::path::Path;

use rusqlite::Connection;

use super::{StoreError, Tx};
use crate::time::Timestamp;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoreNoticeKind {
    /// The database was damaged: it was set aside and what could be read was taken over. The text is `<file>: <rows> rows`.
    DatabaseSalvaged,
    /// The phone was restored from a backup: it goes on under another actor. The text is the number of reports issued again.
    Restored,
}

/// Something that the worker must be told once, and may then dismiss.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoreNotice {
    /// For dismissing it.
    pub id: i64,
    /// What happened.
    pub kind: StoreNoticeKind,
    /// When, on the phone's wall clock.
    pub at: Timestamp,
    /// Details for a support person.
    pub text: String,
}

impl StoreNoticeKind {
    const fn word(self) -> &'static str {
        match self {
            Self::DatabaseSalvaged => "database_salvaged",
            Self::Restored => "restored",
        }
    }
}

pub(super) fn add_salvage(conn: &Connection, now_ms: i64, aside: &Path, rows: u64) -> Result<(), StoreError> {
    let name = aside.file_name().unwrap_or_default().to_string_lossy();
    let text = format!("{name}: {rows} rows");
    Tx { conn }.add_notice(StoreNoticeKind::DatabaseSalvaged, Timestamp(now_ms), &text)
}

impl Tx<'_> {
    pub(crate) fn add_notice(
        &self,
        kind: StoreNoticeKind,
        at: Timestamp,
        text: &str,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO notice (kind, at, text) VALUES (?1, ?2, ?3)",
            (kind.word(), at.as_millis(), text),
        )?;
        Ok(())
    }

    /// Notices that nobody dismissed, the oldest first.
    pub(crate) fn notices(&self) -> Result<Vec<StoreNotice>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, kind, at, text FROM notice ORDER BY id")?;
        let mut rows = statement.query([])?;
        let mut notices = Vec::new();
        while let Some(row) = rows.next()? {
            let word: String = row.get(1)?;
            let kind = if word == StoreNoticeKind::Restored.word() {
                StoreNoticeKind::Restored
            } else {
                StoreNoticeKind::DatabaseSalvaged
            };
            notices.push(StoreNotice {
                id: row.get(0)?,
                kind,
                at: Timestamp(row.get(2)?),
                text: row.get(3)?,
            });
        }
        Ok(notices)
    }

    pub(crate) fn delete_notice(&self, id: i64) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM notice WHERE id = ?1", [id])?;
        Ok(())
    }
}
