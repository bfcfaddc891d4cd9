//! Changes that this install made: kept with the edits behind them until long after the server has them.

use super::{StoreError, Tx, column};
use crate::id::{ChangeHash, ReportId};

/// One own change.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct OwnChange {
    pub(crate) hash: ChangeHash,
    pub(crate) report: ReportId,
    pub(crate) bytes: Vec<u8>,
    /// JSON of what was typed.
    pub(crate) edits: String,
    pub(crate) made_at_ms: i64,
    pub(crate) is_acked: bool,
    pub(crate) is_known: bool,
}

impl Tx<'_> {
    pub(crate) fn insert_own_change(&self, change: &OwnChange) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO own_change (hash, report, position, bytes, edits, made_at, acked_at, is_known)
                 VALUES (?1, ?2, (SELECT COALESCE(MAX(position), 0) + 1 FROM own_change WHERE report = ?2),
                         ?3, ?4, ?5, NULL, 0)",
            )?
            .execute((
                change.hash.0.as_slice(),
                change.report.as_bytes(),
                &change.bytes,
                &change.edits,
                change.made_at_ms,
            ))?;
        Ok(())
    }

    pub(crate) fn own_change(&self, hash: &ChangeHash) -> Result<Option<OwnChange>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT hash, report, bytes, edits, made_at, acked_at IS NOT NULL, is_known
             FROM own_change WHERE hash = ?1",
        )?;
        let mut rows = statement.query([hash.0.as_slice()])?;
        rows.next()?.map(own_change).transpose()
    }

    /// The report's own changes in the order of making.
    pub(crate) fn own_changes(&self, report: &ReportId) -> Result<Vec<OwnChange>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT hash, report, bytes, edits, made_at, acked_at IS NOT NULL, is_known
             FROM own_change WHERE report = ?1 ORDER BY position",
        )?;
        let mut rows = statement.query([report.as_bytes()])?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            changes.push(own_change(row)?);
        }
        Ok(changes)
    }

    /// Marks a change as stored by the server.
    pub(crate) fn set_change_acked(&self, hash: &ChangeHash, now_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE own_change SET acked_at = COALESCE(acked_at, ?2) WHERE hash = ?1")?
            .execute((hash.0.as_slice(), now_ms))?;
        Ok(())
    }

    /// Marks a change as counted in the digest.
    pub(crate) fn set_change_known(&self, hash: &ChangeHash) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE own_change SET is_known = 1 WHERE hash = ?1")?
            .execute([hash.0.as_slice()])?;
        Ok(())
    }

    pub(crate) fn delete_own_change(&self, hash: &ChangeHash) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM own_change WHERE hash = ?1")?
            .execute([hash.0.as_slice()])?;
        Ok(())
    }

    /// Lets go of bytes and edits that the server has had since before `before_ms`; the documents keep their content.
    pub(crate) fn trim_own_changes(&self, before_ms: i64) -> Result<usize, StoreError> {
        Ok(self
            .conn
            .prepare_cached("DELETE FROM own_change WHERE acked_at < ?1")?
            .execute([before_ms])?)
    }

    /// Reports with own changes that the server has not acknowledged.
    pub(crate) fn reports_with_unsent_changes(&self) -> Result<Vec<ReportId>, StoreError> {
        let mut statement = self
            .conn
            .prepare("SELECT DISTINCT report FROM own_change WHERE acked_at IS NULL ORDER BY report")?;
        let mut rows = statement.query([])?;
        let mut reports = Vec::new();
        while let Some(row) = rows.next()? {
            reports.push(column::bytes(row, 0, "report", ReportId::from_slice)?);
        }
        Ok(reports)
    }
}

fn own_change(row: &rusqlite::Row<'_>) -> Result<OwnChange, StoreError> {
    Ok(OwnChange {
        hash: column::bytes(row, 0, "change", ChangeHash::from_slice)?,
        report: column::bytes(row, 1, "report", ReportId::from_slice)?,
        bytes: row.get(2)?,
        edits: row.get(3)?,
        made_at_ms: row.get(4)?,
        is_acked: row.get(5)?,
        is_known: row.get(6)?,
    })
}
