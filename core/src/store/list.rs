//! Lists: pages by key from the projection, never a document.

use rusqlite::Row;

use super::{StoreError, Tx, column};
use crate::id::{CategoryId, ReportId, UnitId};

/// Which reports a list shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TabFilter {
    All,
    Own,
    Todo,
    Open,
    Finished,
}

impl TabFilter {
    /// The condition, in the words of the partial indexes.
    const fn condition(self) -> &'static str {
        match self {
            Self::All => "1",
            Self::Own => "is_own = 1",
            Self::Todo => "is_todo = 1",
            Self::Open => "is_finished = 0",
            Self::Finished => "is_finished = 1",
        }
    }
}

/// Where a page ends: the next one starts behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ListKey {
    pub(crate) sort_at_ms: i64,
    pub(crate) report: ReportId,
}

/// A line of a list with its key.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ListRow {
    pub(crate) key: ListKey,
    pub(crate) row_json: String,
}

/// A report that may be about the same matter.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct NearRow {
    pub(crate) report: ReportId,
    pub(crate) category: Option<CategoryId>,
    pub(crate) grid: Option<UnitId>,
    pub(crate) occurred_at_ms: Option<i64>,
    pub(crate) lat_deg: Option<f64>,
    pub(crate) lon_deg: Option<f64>,
    pub(crate) row_json: String,
}

impl Tx<'_> {
    /// Lines behind `after`, the latest first.
    pub(crate) fn list(
        &self,
        filter: TabFilter,
        after: Option<&ListKey>,
        limit: u32,
    ) -> Result<Vec<ListRow>, StoreError> {
        let sql = format!(
            "SELECT sort_at, report, row_json FROM report
             WHERE {} AND (sort_at, report) < (?1, ?2) ORDER BY sort_at DESC, report DESC LIMIT ?3",
            filter.condition()
        );
        let (sort_at_ms, name) = after.map_or((i64::MAX, [0xff; 17].to_vec()), |key| {
            (key.sort_at_ms, key.report.as_bytes().to_vec())
        });
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query((sort_at_ms, name, limit))?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(ListRow {
                key: ListKey {
                    sort_at_ms: row.get(0)?,
                    report: column::bytes(row, 1, "report", ReportId::from_slice)?,
                },
                row_json: row.get(2)?,
            });
        }
        Ok(lines)
    }

    /// One report's line.
    pub(crate) fn list_row(&self, report: &ReportId) -> Result<Option<String>, StoreError> {
        use rusqlite::OptionalExtension;
        Ok(self
            .conn
            .prepare_cached("SELECT row_json FROM report WHERE report = ?1")?
            .query_row([report.as_bytes()], |row| row.get(0))
            .optional()?)
    }

    /// How many reports a list has.
    pub(crate) fn count(&self, filter: TabFilter) -> Result<u32, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM report WHERE {}", filter.condition());
        Ok(self.conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
    }

    pub(crate) fn report_by_code(&self, code: &str) -> Result<Option<ReportId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT report FROM report WHERE code = ?1 LIMIT 1")?;
        let mut rows = statement.query([code])?;
        rows.next()?
            .map(|row| column::bytes(row, 0, "report", ReportId::from_slice))
            .transpose()
    }

    /// Reports of a category that happened since, for duplicate hints; at most `limit`, the latest first.
    pub(crate) fn near(
        &self,
        category: &CategoryId,
        since_ms: i64,
        limit: u32,
    ) -> Result<Vec<NearRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT report, category, grid, occurred_at, lat_deg, lon_deg, row_json FROM report
             WHERE category = ?1 AND occurred_at >= ?2 ORDER BY occurred_at DESC LIMIT ?3",
        )?;
        let mut rows = statement.query((category.as_str(), since_ms, limit))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(near_row(row)?);
        }
        Ok(found)
    }
}

fn near_row(row: &Row<'_>) -> Result<NearRow, StoreError> {
    let category: Option<String> = row.get(1)?;
    let grid: Option<String> = row.get(2)?;
    Ok(NearRow {
        report: column::bytes(row, 0, "report", ReportId::from_slice)?,
        category: category.and_then(|c| CategoryId::new(c).ok()),
        grid: grid.and_then(|g| UnitId::new(g).ok()),
        occurred_at_ms: row.get(3)?,
        lat_deg: row.get(4)?,
        lon_deg: row.get(5)?,
        row_json: row.get(6)?,
    })
}
