//! Serving coverage: the cells of grids in scope, whole, the latest row of each grid and day alone. Tracks are never served.

use chrono::Days;
use xunge_core::id::{ReportId, UnitId};
use xunge_core::sync::message::{GridCoverage, Payload};

use super::cover::wire_bytes;
use super::serve::{Shown, View};
use crate::ServiceError;
use crate::store::{ReadTx, RowHead};

/// How many days of coverage come with the first page of a grid's backfill, today included: six weeks.
pub(crate) const BACKFILLED_DAYS: u64 = 42;

/// Where a backfill of a grid stands before its coverage was sent. No report has this name.
pub(crate) const BEFORE_COVERAGE: ReportId = ReportId::from_bytes([0; 16]);

/// Where a backfill of a grid stands after its coverage and before its first report. No report has this name.
pub(crate) const AFTER_COVERAGE: ReportId = {
    let mut bytes = [0; 16];
    bytes[15] = 1;
    ReportId::from_bytes(bytes)
};

impl View<'_> {
    /// What a row of coverage is to this reader. Also the install whose walk it was gets it: the row holds what others saw before.
    pub(super) fn shown_coverage(&self, head: &RowHead) -> Shown {
        // Every grid in scope is a key by its plain code.
        match head.moved_from.as_deref() {
            Some(grid) if self.scope.has_key(grid) => Shown::Row,
            _ => Shown::Nothing,
        }
    }

    /// The coverage that a row brings; nothing where a later row brings it.
    pub(super) fn coverage_payload(
        &self,
        tx: &mut dyn ReadTx,
        seq: u64,
    ) -> Result<Option<(Payload, usize)>, ServiceError> {
        let Some(row) = tx.coverage_by_seq(self.feed.no, seq)? else {
            return Ok(None);
        };
        if !self.scope.grids.contains(&row.unit) {
            return Ok(None);
        }
        let open = self.ledger.open_day(&self.feed.unit, &row)?;
        let coverage = open.for_phones(&row.unit, &row.day);
        let bytes = wire_bytes(&coverage);
        Ok(Some((Payload::Coverage { coverage }, bytes)))
    }

    /// The coverage that goes with the first page of a grid, with its bytes; `None` where the reader does not see the grid.
    pub(super) fn coverage_of_grid(
        &self,
        tx: &mut dyn ReadTx,
        grid: &UnitId,
    ) -> Result<Option<(Vec<GridCoverage>, usize)>, ServiceError> {
        if !self.scope.grids.contains(grid) {
            return Ok(None);
        }
        let (_, directory) = self.ledger.directory(tx)?;
        let zone = directory.policy(&self.feed.unit, self.now).zone;
        let from = self.now.day_in(zone) - Days::new(BACKFILLED_DAYS - 1);
        let rows = tx.coverage_between(self.feed.no, Some(grid), &from.to_string(), "unknown")?;
        let mut all = Vec::with_capacity(rows.len());
        let mut bytes = 0;
        for row in rows {
            let open = self.ledger.open_day(&self.feed.unit, &row)?;
            let coverage = open.for_phones(grid, &row.day);
            bytes += wire_bytes(&coverage);
            all.push(coverage);
        }
        Ok(Some((all, bytes)))
    }
}
