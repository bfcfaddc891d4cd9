//! What the server knows of the coverage of grids in scope. Rows only grow; joining cells is the caller's.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;

use super::{StoreError, Tx, column};
use crate::coverage::CellSet;
use crate::id::{PatrolId, UnitId};
use crate::sync::message::{GridCoverage, MaybeCells, PlaceVisit};
use crate::time::Timestamp;

/// The word under which seen cells are kept beside those that may have been.
pub(crate) const SEEN: &str = "seen";

/// After every day, before `unknown`.
const LAST_DAY: &str = "9999-12-31";

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
    /// Why it did not have to be visited.
    pub(crate) reason: Option<String>,
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

    /// Notes a patrol of the day; says whether it was new.
    pub(crate) fn add_coverage_patrol(
        &self,
        key: &CoverageKey<'_>,
        patrol: &PatrolId,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let count = self
            .conn
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
        Ok(count > 0)
    }

    /// Notes a visit of the day, or the reason of one that had none; says whether anything was new.
    pub(crate) fn add_coverage_visit(
        &self,
        key: &CoverageKey<'_>,
        visit: &PlaceVisit,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let count = self
            .conn
            .prepare_cached(
                "INSERT INTO coverage_visit (feed, grid, on_day, place, visited_at, how, at, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (feed, grid, on_day, place, visited_at, how) DO UPDATE SET reason = excluded.reason
                     WHERE reason IS NULL AND excluded.reason IS NOT NULL",
            )?
            .execute((
                key.feed.as_str(),
                key.grid.as_str(),
                key.on_day,
                &visit.place,
                visit.at.as_millis(),
                &visit.how,
                now_ms,
                &visit.reason,
            ))?;
        Ok(count > 0)
    }

    /// What is held of a grid from a day on, by day, as the server would send it. What counts for no day is left out.
    pub(crate) fn coverage_days(
        &self,
        feed: &UnitId,
        grid: &UnitId,
        from: &str,
    ) -> Result<Vec<GridCoverage>, StoreError> {
        let mut days: BTreeMap<String, GridCoverage> = BTreeMap::new();
        for row in self.cells_of(grid, from, LAST_DAY)? {
            let day = day_of(&mut days, grid, row.on_day);
            match row.why.as_str() {
                SEEN => day.seen = row.cells.into(),
                _ => day.maybe.push(MaybeCells {
                    why: row.why,
                    cells: row.cells.into(),
                }),
            }
        }
        let which = "WHERE feed = ?1 AND grid = ?2 AND on_day >= ?3 AND on_day <= ?4";
        let key = (feed.as_str(), grid.as_str(), from, LAST_DAY);
        let sql = format!("SELECT on_day, patrol FROM coverage_patrol {which} ORDER BY on_day, patrol");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(key)?;
        while let Some(row) = rows.next()? {
            let patrol = column::bytes(row, 1, "patrol", PatrolId::from_slice)?;
            day_of(&mut days, grid, row.get(0)?).patrols.push(patrol);
        }
        let sql = format!(
            "SELECT on_day, place, visited_at, how, reason FROM coverage_visit {which} ORDER BY place, visited_at, how"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(key)?;
        while let Some(row) = rows.next()? {
            day_of(&mut days, grid, row.get(0)?).visits.push(PlaceVisit {
                place: row.get(1)?,
                at: Timestamp(row.get(2)?),
                how: row.get(3)?,
                reason: row.get(4)?,
            });
        }
        Ok(days.into_values().collect())
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
            "SELECT on_day, place, visited_at, how, reason FROM coverage_visit
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
                reason: row.get(4)?,
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

fn day_of<'a>(
    days: &'a mut BTreeMap<String, GridCoverage>,
    grid: &UnitId,
    on_day: String,
) -> &'a mut GridCoverage {
    days.entry(on_day.clone()).or_insert_with(|| GridCoverage {
        grid: grid.clone(),
        on: on_day,
        seen: CellSet::new().encode().into(),
        maybe: Vec::new(),
        patrols: Vec::new(),
        visits: Vec::new(),
    })
}
