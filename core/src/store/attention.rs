//! What the server did not take, with everything that was typed. A person clears it, nothing else.

use super::{StoreError, Tx, column};
use crate::id::ReportId;

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct AttentionRow {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) name: Vec<u8>,
    pub(crate) report: ReportId,
    pub(crate) code: String,
    pub(crate) detail: String,
    pub(crate) content: String,
    pub(crate) at_ms: i64,
}

impl Tx<'_> {
    /// Adds an entry (its `id` is given here); a later reason for the same thing replaces the earlier.
    pub(crate) fn add_attention(&self, row: &AttentionRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO attention (kind, name, report, code, detail, content, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (kind, name) DO UPDATE SET code = excluded.code, detail = excluded.detail",
            )?
            .execute((
                &row.kind,
                &row.name,
                row.report.as_bytes(),
                &row.code,
                &row.detail,
                &row.content,
                row.at_ms,
            ))?;
        Ok(())
    }

    /// All entries, the latest first.
    pub(crate) fn attention(&self) -> Result<Vec<AttentionRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, name, report, code, detail, content, at FROM attention ORDER BY id DESC",
        )?;
        let mut rows = statement.query([])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(attention_row(row)?);
        }
        Ok(entries)
    }

    pub(crate) fn attention_row(&self, id: i64) -> Result<Option<AttentionRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, name, report, code, detail, content, at FROM attention WHERE id = ?1",
        )?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(attention_row).transpose()
    }

    pub(crate) fn delete_attention(&self, id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM attention WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    pub(crate) fn attention_count(&self) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT COUNT(*) FROM attention")?
            .query_row([], |row| row.get(0))?)
    }

    pub(crate) fn needs_attention(&self, report: &ReportId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM attention WHERE report = ?1")?
            .exists([report.as_bytes()])?)
    }
}

fn attention_row(row: &rusqlite::Row<'_>) -> Result<AttentionRow, StoreError> {
    Ok(AttentionRow {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        report: column::bytes(row, 3, "report", ReportId::from_slice)?,
        code: row.get(4)?,
        detail: row.get(5)?,
        content: row.get(6)?,
        at_ms: row.get(7)?,
    })
}
