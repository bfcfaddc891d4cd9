//! Where the phone stands in each feed: cursor, generation, scope, how far backfills and repairs are; and the directory's copy.

use super::{StoreError, Tx, column, report};
use crate::directory::DirectoryRow;
use crate::id::{GenerationId, ReportId, UnitId};
use crate::sync::message::{Digest, ScopeTag};
use crate::time::Timestamp;

/// One feed's standing.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct FeedRowState {
    pub(crate) feed: UnitId,
    pub(crate) generation: Option<GenerationId>,
    pub(crate) cursor: u64,
    pub(crate) scope: Option<ScopeTag>,
    pub(crate) digest: Digest,
    /// When the last repair ended; forgotten once the digests differ again.
    pub(crate) repaired_at_ms: Option<i64>,
    /// When the digests last differed although a repair had just ended.
    pub(crate) diverged_at_ms: Option<i64>,
    pub(crate) is_repairing: bool,
    pub(crate) repair_after: Option<ReportId>,
}

/// A grid in scope and how far it is filled; `grid` is `None` for reports granted singly.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct GridFill {
    pub(crate) grid: Option<UnitId>,
    pub(crate) is_filled: bool,
    pub(crate) after: Option<ReportId>,
}

const COLUMNS: &str =
    "feed, generation, cursor, scope_tag, digest_count, digest_xor, diverged_at, is_repairing,
     repair_after, repaired_at";

impl Tx<'_> {
    /// The feeds that are followed, ascending.
    pub(crate) fn feeds(&self) -> Result<Vec<FeedRowState>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM feed ORDER BY feed"))?;
        let mut rows = statement.query([])?;
        let mut feeds = Vec::new();
        while let Some(row) = rows.next()? {
            feeds.push(feed_row(row)?);
        }
        Ok(feeds)
    }

    pub(crate) fn feed(&self, feed: &UnitId) -> Result<Option<FeedRowState>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM feed WHERE feed = ?1"))?;
        let mut rows = statement.query([feed.as_str()])?;
        rows.next()?.map(feed_row).transpose()
    }

    pub(crate) fn add_feed(&self, feed: &UnitId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR IGNORE INTO feed (feed) VALUES (?1)")?
            .execute([feed.as_str()])?;
        Ok(())
    }

    pub(crate) fn remove_feed(&self, feed: &UnitId) -> Result<(), StoreError> {
        self.conn
            .execute("DELETE FROM feed WHERE feed = ?1", [feed.as_str()])?;
        Ok(())
    }

    /// Writes the standing; digests are kept by the reports' own writes.
    pub(crate) fn put_feed(&self, row: &FeedRowState) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE feed SET generation = ?2, cursor = ?3, scope_tag = ?4, diverged_at = ?5,
                     is_repairing = ?6, repair_after = ?7, repaired_at = ?8 WHERE feed = ?1",
            )?
            .execute((
                row.feed.as_str(),
                row.generation.as_ref().map(|g| g.as_bytes().as_slice()),
                column::signed(row.cursor),
                row.scope.as_ref().map(|s| s.0.as_slice()),
                row.diverged_at_ms,
                row.is_repairing,
                row.repair_after.as_ref().map(|r| r.as_bytes().as_slice()),
                row.repaired_at_ms,
            ))?;
        Ok(())
    }

    /// Grids in scope of a feed, ascending; the singly granted first.
    pub(crate) fn scope_grids(&self, feed: &UnitId) -> Result<Vec<GridFill>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT grid, is_filled, after FROM scope_grid WHERE feed = ?1 ORDER BY grid")?;
        let mut rows = statement.query([feed.as_str()])?;
        let mut grids = Vec::new();
        while let Some(row) = rows.next()? {
            let grid: String = row.get(0)?;
            grids.push(GridFill {
                grid: (!grid.is_empty())
                    .then(|| UnitId::new(grid))
                    .transpose()
                    .map_err(|_| StoreError::Unreadable { what: "grid" })?,
                is_filled: row.get(1)?,
                after: column::bytes_opt(row, 2, "report", ReportId::from_slice)?,
            });
        }
        Ok(grids)
    }

    pub(crate) fn put_scope_grid(&self, feed: &UnitId, fill: &GridFill) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO scope_grid (feed, grid, is_filled, after) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (feed, grid) DO UPDATE SET is_filled = excluded.is_filled, after = excluded.after",
            )?
            .execute((
                feed.as_str(),
                fill.grid.as_ref().map_or("", UnitId::as_str),
                fill.is_filled,
                fill.after.as_ref().map(|r| r.as_bytes().as_slice()),
            ))?;
        Ok(())
    }

    pub(crate) fn remove_scope_grid(&self, feed: &UnitId, grid: &UnitId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM scope_grid WHERE feed = ?1 AND grid = ?2")?
            .execute((feed.as_str(), grid.as_str()))?;
        Ok(())
    }

    /// Keeps a directory row; an earlier version of the same name never replaces a later one.
    pub(crate) fn put_directory_row(&self, feed: &UnitId, row: &DirectoryRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO directory_row (feed, kind, key, valid_from, valid_to, version, json)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (kind, key, valid_from) DO UPDATE SET
                     feed = excluded.feed, valid_to = excluded.valid_to, version = excluded.version,
                     json = excluded.json
                 WHERE excluded.version >= version",
            )?
            .execute((
                feed.as_str(),
                &row.kind,
                &row.key,
                row.valid_from.as_millis(),
                row.valid_to.map(Timestamp::as_millis),
                column::signed(row.version),
                &row.json,
            ))?;
        Ok(())
    }

    /// Hands every directory row to `take`.
    pub(crate) fn each_directory_row(&self, mut take: impl FnMut(&DirectoryRow)) -> Result<(), StoreError> {
        let mut statement = self
            .conn
            .prepare("SELECT kind, key, valid_from, valid_to, version, json FROM directory_row")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(&DirectoryRow {
                kind: row.get(0)?,
                key: row.get(1)?,
                valid_from: Timestamp(row.get(2)?),
                valid_to: row.get::<_, Option<i64>>(3)?.map(Timestamp),
                version: column::unsigned(row.get(4)?),
                json: row.get(5)?,
            });
        }
        Ok(())
    }

    /// Keeps an incoming thing that failed its checks.
    pub(crate) fn quarantine(
        &self,
        name: &[u8],
        feed: &UnitId,
        report: &ReportId,
        bytes: &[u8],
        why: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO quarantine (name, feed, report, bytes, why, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((name, feed.as_str(), report.as_bytes(), bytes, why, now_ms))?;
        Ok(())
    }

    /// How many incoming things failed their checks and are kept aside.
    pub(crate) fn quarantine_count(&self) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT COUNT(*) FROM quarantine", [], |row| row.get(0))?)
    }

    /// Lets go of the quarantined changes of a report that were taken in after all.
    pub(crate) fn release_quarantine(&self, name: &[u8]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM quarantine WHERE name = ?1")?
            .execute([name])?;
        Ok(())
    }
}

fn feed_row(row: &rusqlite::Row<'_>) -> Result<FeedRowState, StoreError> {
    Ok(FeedRowState {
        feed: column::text(row, 0, "feed")?,
        generation: column::bytes_opt(row, 1, "generation", GenerationId::from_slice)?,
        cursor: column::unsigned(row.get(2)?),
        scope: column::bytes_opt(row, 3, "scope", |b| Some(ScopeTag(b.try_into().ok()?)))?,
        digest: report::digest(row, 4)?,
        diverged_at_ms: row.get(6)?,
        is_repairing: row.get(7)?,
        repair_after: column::bytes_opt(row, 8, "report", ReportId::from_slice)?,
        repaired_at_ms: row.get(9)?,
    })
}
