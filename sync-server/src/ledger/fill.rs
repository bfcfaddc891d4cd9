//! What older layouts did not keep of a report is filled in once, from what they kept: what became of it, and where it is claimed to be.
//! A step of a migration that SQL cannot take, since summaries are sealed and outcomes follow from the story.

use xunge_core::time::Timestamp;

use super::open_report::OpenReport;
use super::{Ledger, meta, project};
use crate::ServiceError;
use crate::store::{ReadTx, ReportNo, ReportRow};

/// Reports in one transaction.
const AT_ONCE: u32 = 200;

impl Ledger {
    /// Fills in what is missing, unless that was done before.
    pub(crate) fn fill_old(&self, now: Timestamp) -> Result<(), ServiceError> {
        let (is_done, feeds) = self.read(|tx| Ok((tx.meta(meta::FILLED)?.is_some(), tx.feeds()?)))?;
        if is_done {
            return Ok(());
        }
        for feed in feeds {
            let mut after = ReportNo(0);
            loop {
                let last = self.write(Some(feed.no), |tx| {
                    let rows = tx.reports_all(feed.no, after, AT_ONCE)?;
                    let last = rows.last().map(|row| row.no);
                    let mut filled = Vec::new();
                    for row in rows {
                        filled.extend(self.filled(tx, row, now)?);
                    }
                    tx.reports_update(&filled)?;
                    Ok(last)
                })?;
                let Some(last) = last else { break };
                after = last;
            }
        }
        self.write(None, |tx| Ok(tx.meta_put(meta::FILLED, &[1])?))
    }

    /// The row with what it lacked; `None` where it lacks nothing.
    fn filled(
        &self,
        tx: &mut dyn ReadTx,
        row: ReportRow,
        now: Timestamp,
    ) -> Result<Option<ReportRow>, ServiceError> {
        let (_, directory) = self.directory(tx)?;
        let before = row.clone();
        let mut open = OpenReport::open(self, row)?;
        if open.is_erased() {
            return Ok(None);
        }
        let outcome = open
            .story(self, tx)?
            .matter
            .as_ref()
            .map(|matter| project::outcome(matter, &directory, now));
        open.fill_place(tx)?;
        open.row.outcome = outcome.unwrap_or_else(|| before.outcome.clone());
        Ok((open.row != before).then_some(open.row))
    }
}
