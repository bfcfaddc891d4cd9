//! What is to be told to the person by a notification, and what was told.

use super::{StoreError, Tx, column};
use crate::id::{CommandId, PersonId, ReportId};

/// One piece of news.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NewsRow {
    /// 0 for one that is not kept yet.
    pub(crate) id: i64,
    pub(crate) command: CommandId,
    pub(crate) report: ReportId,
    pub(crate) kind: String,
    pub(crate) by: PersonId,
    pub(crate) words: String,
    pub(crate) at_ms: i64,
}

impl Tx<'_> {
    /// Keeps a piece of news; one of the same act stays as it was, told or not.
    pub(crate) fn add_news(&self, row: &NewsRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO news (command, report, kind, by_whom, words, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                row.command.as_bytes(),
                row.report.as_bytes(),
                &row.kind,
                row.by.as_str(),
                &row.words,
                row.at_ms,
            ))?;
        Ok(())
    }

    /// What was not told yet, the earliest first.
    pub(crate) fn untold_news(&self, limit: u32) -> Result<Vec<NewsRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, command, report, kind, by_whom, words, at FROM news WHERE told_at IS NULL ORDER BY id LIMIT ?1",
        )?;
        let mut rows = statement.query([limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(NewsRow {
                id: row.get(0)?,
                command: column::bytes(row, 1, "command", CommandId::from_slice)?,
                report: column::bytes(row, 2, "report", ReportId::from_slice)?,
                kind: row.get(3)?,
                by: column::text(row, 4, "person")?,
                words: row.get(5)?,
                at_ms: row.get(6)?,
            });
        }
        Ok(found)
    }

    /// The person was told.
    pub(crate) fn told_news(&self, id: i64, now_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE news SET told_at = ?2 WHERE id = ?1 AND told_at IS NULL")?
            .execute((id, now_ms))?;
        Ok(())
    }

    /// Lets go of what was told before, and of what nobody was told for so long that it is no news.
    pub(crate) fn trim_news(&self, before_ms: i64) -> Result<(), StoreError> {
        self.conn.execute(
            "DELETE FROM news WHERE at < ?1 AND COALESCE(told_at, 0) < ?1",
            [before_ms],
        )?;
        Ok(())
    }
}
