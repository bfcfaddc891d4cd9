//! What the server knows of the coverage of grids in scope. Rows only grow; joining cells is the caller's.

use rusqlite::OptionalExtension;

use super::{StoreError, Tx, column};
use crate::id::{PatrolId, UnitId};

/// A grid's day in a feed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CoverageKey<'a> {
    pub(crate) feed: &'a UnitId,
    pub(crate) grid: &'a UnitId,
    /// `2026-11-22` or `unknown`.
    pub(crate) on_day: &'a str,
}

/// Cells of one day, by reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CellsRow {
    pub(crate) on_day: String,
    /// `seen`, or why it is not known.
    pub(crate) why: String,
    pub(crate) cells: Vec<u8>,
}

/// A visit of a key place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct VisitRow {
    pub(crate) on_day: String,
    pub(crate) place: String,
    pub(crate) visited_at_ms: i64,
    pub(crate) how: String,
}

/// The tables of this module.
const TABLES: [&str; 3] = ["coverage_cells", "coverage_patrol", "coverage_visit"];

impl Tx<'_> {
    /// The cells that are kept of a day for one reason.
    pub(crate) fn cells(&self, key: &CoverageKey<'_>, why: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT cells FROM coverage_cells WHERE feed = ?1 AND grid = ?2 AND on_day = ?3 AND why = ?4",
            )?
            .query_row((key.feed.as_str(), key.grid.as_str(), key.on_day, why), |row| {
                row.get(0)
            })
            .optional()?)
    }

    /// Keeps cells of a day in place of those that were there.
    pub(crate) fn put_cells(
        &self,
        key: &CoverageKey<'_>,
        why: &str,
        cells: &[u8],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO coverage_cells (feed, grid, on_day, why, cells, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (feed, grid, on_day, why) DO UPDATE SET cells = excluded.cells, at = excluded.at",
            )?
            .execute((key.feed.as_str(), key.grid.as_str(), key.on_day, why, cells, now_ms))?;
        Ok(())
    }

    pub(crate) fn add_coverage_patrol(
        &self,
        key: &CoverageKey<'_>,
        patrol: &PatrolId,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO coverage_patrol (feed, grid, on_day, patrol, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                key.feed.as_str(),
                key.grid.as_str(),
                key.on_day,
                patrol.as_bytes(),
                now_ms,
            ))?;
        Ok(())
    }

    pub(crate) fn add_coverage_visit(
        &self,
        key: &CoverageKey<'_>,
        place: &str,
        visited_at_ms: i64,
        how: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO coverage_visit (feed, grid, on_day, place, visited_at, how, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                key.feed.as_str(),
                key.grid.as_str(),
                key.on_day,
                place,
                visited_at_ms,
                how,
                now_ms,
            ))?;
        Ok(())
    }

    /// The cells of a grid over days `first..=last`, by day and reason.
    pub(crate) fn cells_of(
        &self,
        grid: &UnitId,
        first: &str,
        last: &str,
    ) -> Result<Vec<CellsRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT on_day, why, cells FROM coverage_cells
             WHERE grid = ?1 AND on_day >= ?2 AND on_day <= ?3 ORDER BY on_day, why",
        )?;
        let mut rows = statement.query((grid.as_str(), first, last))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(CellsRow {
                on_day: row.get(0)?,
                why: row.get(1)?,
                cells: row.get(2)?,
            });
        }
        Ok(found)
    }

    /// The patrols that served a grid over days `first..=last`, each once, ascending.
    pub(crate) fn coverage_patrols(
        &self,
        grid: &UnitId,
        first: &str,
        last: &str,
    ) -> Result<Vec<PatrolId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT patrol FROM coverage_patrol
             WHERE grid = ?1 AND on_day >= ?2 AND on_day <= ?3 ORDER BY patrol",
        )?;
        let mut rows = statement.query((grid.as_str(), first, last))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(column::bytes(row, 0, "patrol", PatrolId::from_slice)?);
        }
        Ok(found)
    }

    /// The visits of key places of a grid, by day, place and time.
    pub(crate) fn coverage_visits(&self, grid: &UnitId) -> Result<Vec<VisitRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT on_day, place, visited_at, how FROM coverage_visit
             WHERE grid = ?1 ORDER BY on_day, place, visited_at, how",
        )?;
        let mut rows = statement.query([grid.as_str()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(VisitRow {
                on_day: row.get(0)?,
                place: row.get(1)?,
                visited_at_ms: row.get(2)?,
                how: row.get(3)?,
            });
        }
        Ok(found)
    }

    /// The grid left the scope.
    pub(crate) fn drop_coverage(&self, feed: &UnitId, grid: &UnitId) -> Result<(), StoreError> {
        for table in TABLES {
            self.conn.execute(
                &format!("DELETE FROM {table} WHERE feed = ?1 AND grid = ?2"),
                (feed.as_str(), grid.as_str()),
            )?;
        }
        Ok(())
    }

    /// Lets go of days before `first`, and of what counts for no day and did not change since `before_ms`.
    pub(crate) fn trim_coverage(&self, first: &str, before_ms: i64) -> Result<(), StoreError> {
        for table in TABLES {
            self.conn
                .prepare_cached(&format!(
                    "DELETE FROM {table} WHERE on_day < ?1 OR (on_day = 'unknown' AND at < ?2)"
                ))?
                .execute((first, before_ms))?;
        }
        Ok(())
    }
}
