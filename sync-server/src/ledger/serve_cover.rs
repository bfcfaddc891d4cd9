//! Serving coverage: the cells of grids in scope, whole, the latest row of each grid and day alone. Tracks are never served.

use chrono::Days;
use xunge_core::id::{ReportId, UnitId};
use xunge_core::sync::message::{FeedPosition, GridCoverage, Payload, SyncAnswer};

use super::cover::{VisitHow, wire_bytes};
use super::serve::{Budget, Shown, View};
use crate::ServiceError;
use crate::store::{CoverageRow, ReadTx, RowHead};

/// The most grids of one look at what a phone holds: more than a township has.
const GRIDS_CHECKED_MAX: usize = 1_000;

/// After every day, before `unknown`: what counts for no day is not compared.
const LAST_DAY: &str = "9999-12-31";

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
        let coverage = self.for_phone(tx, &row)?;
        let bytes = wire_bytes(&coverage);
        Ok(Some((Payload::Coverage { coverage }, bytes)))
    }

    /// A stored day as phones get it.
    fn for_phone(&self, tx: &mut dyn ReadTx, row: &CoverageRow) -> Result<GridCoverage, ServiceError> {
        let open = self.ledger.open_day(&self.feed.unit, row)?;
        let excused = open.visits.keys().filter(|key| key.how == VisitHow::Excused);
        let halves: Vec<[u8; 16]> = excused.map(|key| key.by).collect();
        let reasons = self.ledger.excuse_reasons(tx, self.feed.no, halves)?;
        Ok(open.for_phones(&row.unit, &row.day, &reasons))
    }

    /// Compares what the phone holds of coverage with what is stored, where it stands at the feed's end, and gives the days of the grids
    /// that differ. One that does not fit any more comes with the next look.
    pub(super) fn check_coverage(
        &self,
        tx: &mut dyn ReadTx,
        position: &FeedPosition,
        answer: &mut SyncAnswer,
        budget: &mut Budget,
    ) -> Result<(), ServiceError> {
        let check = self.request.coverage.as_ref();
        let Some(check) = check.filter(|check| check.feed == self.feed.unit) else {
            return Ok(());
        };
        let is_at_end = position.cursor == self.feed.head && position.scope == Some(self.scope.tag);
        if !is_at_end || check.from.parse::<chrono::NaiveDate>().is_err() {
            return Ok(());
        }
        let mut differing = Vec::new();
        for asked in check.grids.iter().take(GRIDS_CHECKED_MAX) {
            if !self.scope.grids.contains(&asked.grid) {
                continue;
            }
            let rows = tx.coverage_between(self.feed.no, Some(&asked.grid), &check.from, LAST_DAY)?;
            let days: Vec<GridCoverage> = rows
                .iter()
                .map(|row| self.for_phone(tx, row))
                .collect::<Result<_, _>>()?;
            if GridCoverage::digest(&days) == asked.digest {
                continue;
            }
            if !budget.take(days.iter().map(wire_bytes).sum()) {
                answer.more = true;
                break;
            }
            differing.extend(days);
        }
        answer.coverage = Some(differing);
        Ok(())
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
            let coverage = self.for_phone(tx, &row)?;
            bytes += wire_bytes(&coverage);
            all.push(coverage);
        }
        Ok(Some((all, bytes)))
    }
}
