//! Backfill of what has newly come into scope, and repair of what differs: whole reports, page by page, without any state between.

use std::collections::BTreeMap;

use xunge_core::id::ReportId;
use xunge_core::sync::message::{
    BackfillPage, BackfillPosition, Digest, FeedRow, Payload, Repair, SyncAnswer,
};

use super::scope::keys_of;
use super::serve::{Budget, View};
use super::serve_cover::{AFTER_COVERAGE, BEFORE_COVERAGE};
use crate::ServiceError;
use crate::store::{ReadTx, ReportNo, ReportRow};

/// Reports read at a time while a page is filled.
const REPORTS_AT_ONCE: u32 = 64;

impl View<'_> {
    /// Fills the pages of this feed that the request asks for.
    pub(crate) fn backfill(
        &self,
        tx: &mut dyn ReadTx,
        answer: &mut SyncAnswer,
        budget: &mut Budget,
    ) -> Result<(), ServiceError> {
        let asked = self.request.backfill.iter().take(self.ledger.limits.backfills);
        for position in asked.filter(|p| p.feed == self.feed.unit) {
            let page = self.backfill_page(tx, position, budget)?;
            answer.more |= page.next.is_some();
            answer.backfill.push(page);
        }
        Ok(())
    }

    fn backfill_page(
        &self,
        tx: &mut dyn ReadTx,
        position: &BackfillPosition,
        budget: &mut Budget,
    ) -> Result<BackfillPage, ServiceError> {
        let mut page = BackfillPage {
            feed: position.feed.clone(),
            grid: position.grid.clone(),
            bundles: Vec::new(),
            next: None,
            coverage: None,
        };
        let mut after = position.after.filter(|after| *after != BEFORE_COVERAGE);
        if let (Some(grid), None) = (&position.grid, after)
            && let Some((coverage, bytes)) = self.coverage_of_grid(tx, grid)?
        {
            if !budget.take(bytes) {
                page.next = Some(BEFORE_COVERAGE);
                return Ok(page);
            }
            page.coverage = Some(coverage);
            after = Some(AFTER_COVERAGE);
        }
        loop {
            let rows = self.backfill_rows(tx, position, after)?;
            for row in &rows {
                let (bundle, bytes) = self.ledger.bundle(tx, row)?;
                if !budget.take(bytes) {
                    // Nothing fitted at all: the phone asks again from where it stood.
                    page.next = Some(after.unwrap_or(BEFORE_COVERAGE));
                    return Ok(page);
                }
                after = Some(row.report);
                page.bundles.push(bundle);
            }
            if rows.is_empty() {
                return Ok(page);
            }
        }
    }

    fn backfill_rows(
        &self,
        tx: &mut dyn ReadTx,
        position: &BackfillPosition,
        after: Option<ReportId>,
    ) -> Result<Vec<ReportRow>, ServiceError> {
        let Some(grid) = &position.grid else {
            let rows = tx.reports_granted(
                self.feed.no,
                &self.scope.person,
                &self.scope.holders,
                after,
                REPORTS_AT_ONCE,
            )?;
            return Ok(rows);
        };
        let mut keys = keys_of(grid).to_vec();
        keys.retain(|key| self.scope.has_key(key));
        Ok(tx.reports_in_scopes(self.feed.no, &keys, after, REPORTS_AT_ONCE)?)
    }

    /// Compares the digests that the phone sent with what it should hold, and sends what differs.
    pub(crate) fn repair(
        &self,
        tx: &mut dyn ReadTx,
        answer: &mut SyncAnswer,
        budget: &mut Budget,
    ) -> Result<(), ServiceError> {
        let Some(repair) = self.request.repair.as_ref().filter(|r| r.feed == self.feed.unit) else {
            return Ok(());
        };
        let mut held: BTreeMap<ReportId, Digest> = repair
            .reports
            .iter()
            .take(self.ledger.limits.repair_reports)
            .map(|r| (r.report, r.digest))
            .collect();
        let differing = self.differing(tx, repair, &mut held)?;
        let seq = answer
            .pages
            .iter()
            .find(|p| p.feed == self.feed.unit)
            .map_or(self.feed.head, |p| p.cursor);
        // What is left in `held` is nothing that this reader may see.
        if let Some(page) = answer.pages.iter_mut().find(|p| p.feed == self.feed.unit) {
            page.rows.extend(held.keys().map(|report| FeedRow {
                seq,
                payload: Payload::Leave { report: *report },
            }));
        }
        for row in tx.reports_by_no(self.feed.no, &differing)? {
            let (bundle, bytes) = self.ledger.bundle(tx, &row)?;
            if !budget.take(bytes) {
                answer.more = true;
                return Ok(());
            }
            answer.repaired.push(bundle);
        }
        Ok(())
    }

    fn differing(
        &self,
        tx: &mut dyn ReadTx,
        repair: &Repair,
        held: &mut BTreeMap<ReportId, Digest>,
    ) -> Result<Vec<ReportNo>, ServiceError> {
        let rows = tx.digests_of_reports(
            self.feed.no,
            &self.scope.keys,
            &self.scope.person,
            &self.scope.holders,
            repair.after,
            repair.upto,
            u32::MAX,
        )?;
        let differs = |row: &crate::store::DigestRow, held: Option<Digest>| held != Some(row.digest);
        Ok(rows
            .into_iter()
            .filter(|row| {
                let held = held.remove(&row.report);
                differs(row, held)
            })
            .map(|row| row.no)
            .collect())
    }
}
