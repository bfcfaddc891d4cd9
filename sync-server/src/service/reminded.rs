//! What the server reminded somebody of, and what still waits: for his first page.

use serde::Serialize;
use xunge_core::id::{ReportId, UnitId};
use xunge_core::time::Timestamp;
use xunge_core::workflow::{Nudge, Stage, deadlines};

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::open_report::OpenReport;

/// A reminder that still holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RemindedOf {
    /// The report.
    pub report: ReportId,
    /// What for.
    pub stage: Stage,
    /// How.
    pub nudge: Nudge,
    /// When.
    pub at: Timestamp,
}

impl Service {
    /// Of these reports of a feed, those of which the server reminded the caller and whose stage still runs, the latest reminder of each.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a feed that the caller does not follow.
    pub fn reminded(
        &self,
        caller: &Caller,
        feed: &UnitId,
        reports: &[ReportId],
    ) -> Result<Vec<RemindedOf>, ServiceError> {
        let Some(person) = caller.person() else {
            return Ok(Vec::new());
        };
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        let unit = feeds.get(feed).ok_or(ServiceError::NotFound("feed"))?;
        self.ledger.read(|tx| {
            let feed = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
            let scope = self.reader(tx, caller, &feed, now)?;
            let (_, directory) = self.ledger.directory(tx)?;
            let mut found = Vec::new();
            for row in tx.reports(feed.no, reports)? {
                let grants = tx.grants(feed.no, &[row.no])?;
                if scope.sees_since(&row, &grants).is_none() {
                    continue;
                }
                let mut open = OpenReport::open(&self.ledger, row)?;
                if open.is_erased() {
                    continue;
                }
                let report = open.row.report;
                let Some(matter) = open.story(&self.ledger, tx)?.matter.as_ref() else {
                    continue;
                };
                let running = deadlines(matter, &directory, now);
                let told = matter.reminded.iter().rev().find(|told| {
                    let is_running = running.iter().any(|d| d.stage == told.stage && told.at >= d.from);
                    told.owner == *person && is_running
                });
                found.extend(told.map(|told| RemindedOf {
                    report,
                    stage: told.stage.clone(),
                    nudge: told.nudge,
                    at: told.at,
                }));
            }
            Ok(found)
        })
    }
}
