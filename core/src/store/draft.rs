//! Drafts: one row per field, written when the field is left.

use super::{StoreError, Tx, column};
use crate::id::ReportId;

/// What stands in a draft's own row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct DraftState {
    pub(crate) report: ReportId,
    pub(crate) code: String,
    pub(crate) created_at_ms: i64,
    pub(crate) updated_at_ms: i64,
}

impl Tx<'_> {
    pub(crate) fn insert_draft(&self, row: &DraftState) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO draft (report, code, created_at, updated_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((
                row.report.as_bytes(),
                &row.code,
                row.created_at_ms,
                row.updated_at_ms,
            ))?;
        Ok(())
    }

    /// Drafts, the last touched first.
    pub(crate) fn drafts(&self) -> Result<Vec<DraftState>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT report, code, created_at, updated_at FROM draft ORDER BY updated_at DESC, report",
        )?;
        let mut rows = statement.query([])?;
        let mut drafts = Vec::new();
        while let Some(row) = rows.next()? {
            drafts.push(draft_row(row)?);
        }
        Ok(drafts)
    }

    pub(crate) fn draft(&self, report: &ReportId) -> Result<Option<DraftState>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT report, code, created_at, updated_at FROM draft WHERE report = ?1")?;
        let mut rows = statement.query([report.as_bytes()])?;
        rows.next()?.map(draft_row).transpose()
    }

    /// The draft's fields with their edits as JSON, in the order of the fields.
    pub(crate) fn draft_edits(&self, report: &ReportId) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT field, edit FROM draft_edit WHERE report = ?1 ORDER BY field")?;
        let edits = statement.query_map([report.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(edits.collect::<Result<_, _>>()?)
    }

    pub(crate) fn put_draft_edit(
        &self,
        report: &ReportId,
        field: &str,
        edit: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO draft_edit (report, field, edit) VALUES (?1, ?2, ?3)
                 ON CONFLICT (report, field) DO UPDATE SET edit = excluded.edit",
            )?
            .execute((report.as_bytes(), field, edit))?;
        Ok(())
    }

    pub(crate) fn delete_draft_edit(&self, report: &ReportId, field: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM draft_edit WHERE report = ?1 AND field = ?2")?
            .execute((report.as_bytes(), field))?;
        Ok(())
    }

    pub(crate) fn touch_draft(&self, report: &ReportId, now_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE draft SET updated_at = ?2 WHERE report = ?1")?
            .execute((report.as_bytes(), now_ms))?;
        Ok(())
    }

    pub(crate) fn draft_count(&self) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT COUNT(*) FROM draft")?
            .query_row([], |row| row.get(0))?)
    }

    /// Removes the draft with its fields.
    pub(crate) fn delete_draft(&self, report: &ReportId) -> Result<bool, StoreError> {
        let count = self
            .conn
            .prepare_cached("DELETE FROM draft WHERE report = ?1")?
            .execute([report.as_bytes()])?;
        Ok(count > 0)
    }
}

fn draft_row(row: &rusqlite::Row<'_>) -> Result<DraftState, StoreError> {
    Ok(DraftState {
        report: column::bytes(row, 0, "draft", ReportId::from_slice)?,
        code: row.get(1)?,
        created_at_ms: row.get(2)?,
        updated_at_ms: row.get(3)?,
    })
}
