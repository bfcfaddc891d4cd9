//! What belongs to reports that ended long ago goes by itself, class by class, as the township's policy says: people concerned, pictures
//! and voice notes, the whole content. Each goes as by an order of erasure: tombstones stay and are counted, the audit chain says what
//! went and why, and a phone that offers it again is answered `erased`.

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::attachment::BlobHash;
use xunge_core::directory::KeepDays;
use xunge_core::id::{PersonRecordId, ReportId};
use xunge_core::time::Timestamp;

use super::Service;
use crate::ServiceError;
use crate::ledger::hint::Hint;
use crate::ledger::open_report::OpenReport;
use crate::ledger::turn::Turn;
use crate::ledger::{locked, project};
use crate::store::{FeedNo, ReadTx, ReportNo, ReportRow, RowKind, flag};

const DAY_MS: i64 = 86_400_000;

/// Reports looked at together, and of these erased in one transaction.
const AT_ONCE: u32 = 256;

/// What of a report is past its time.
#[derive(Clone, Copy)]
struct Due {
    people: Option<u32>,
    files: Option<u32>,
    content: Option<u32>,
}

impl Due {
    /// By what the policy says and how long ago the report ended; none where nothing is left that could go.
    fn of(row: &ReportRow, has_files: bool, keep: &KeepDays, now: Timestamp) -> Option<Self> {
        if !has_ended(row) {
            return None;
        }
        // A report that has ended moves no more: it is held since its end.
        let past = |days: Option<u32>| {
            days.filter(|days| now.ms_since(row.held_since) >= i64::from(*days).saturating_mul(DAY_MS))
        };
        let due = Self {
            people: past(keep.people).filter(|_| row.people > 0),
            files: past(keep.files).filter(|_| has_files),
            content: past(keep.content),
        };
        (due.people.is_some() || due.files.is_some() || due.content.is_some()).then_some(due)
    }
}

/// Whether a report has ended and is not erased as a whole.
fn has_ended(row: &ReportRow) -> bool {
    !project::state_of(row.state).is_open() && row.scope.is_some() && row.flags & flag::ERASED == 0
}

/// The files of reports that are here.
fn files_of(
    tx: &mut dyn ReadTx,
    feed: FeedNo,
    reports: &[ReportNo],
) -> Result<BTreeMap<ReportNo, BTreeSet<BlobHash>>, ServiceError> {
    let mut files: BTreeMap<ReportNo, BTreeSet<BlobHash>> = BTreeMap::new();
    for row in tx.blobs_of_reports(feed, reports)? {
        if !row.is_erased {
            files.entry(row.report).or_default().insert(row.blob);
        }
    }
    Ok(files)
}

impl Service {
    /// Erases what of reports is past its time, once a day for each township and once after a start. The caller deletes the bytes that
    /// are returned.
    pub fn expire_reports(&self, now: Timestamp) -> Result<Vec<BlobHash>, ServiceError> {
        let mut freed = Vec::new();
        for feed in self.ledger.read(|tx| Ok(tx.feeds()?))? {
            let keep = self.ledger.read(|tx| {
                let (_, directory) = self.ledger.directory(tx)?;
                Ok(directory.policy(&feed.unit, now).keep)
            })?;
            let today = (now.as_millis().div_euclid(DAY_MS), keep);
            if keep.is_empty() || locked(&self.ledger.reports_aged).get(&feed.no) == Some(&today) {
                continue;
            }
            let mut after = ReportNo(0);
            while let Some((last, due)) = self.due_after(feed.no, after, &keep, now)? {
                after = last;
                if !due.is_empty() {
                    freed.extend(self.expire(feed.no, &due, &keep, now)?);
                }
            }
            // Only now: what a failure cut off goes on a minute later, not on the next day.
            locked(&self.ledger.reports_aged).insert(feed.no, today);
        }
        Ok(freed)
    }

    /// Of the next reports those of which something is due, and the last that was looked at; none at the end.
    fn due_after(
        &self,
        feed: FeedNo,
        after: ReportNo,
        keep: &KeepDays,
        now: Timestamp,
    ) -> Result<Option<(ReportNo, Vec<ReportId>)>, ServiceError> {
        self.ledger.read(|tx| {
            let mut rows = tx.reports_all(feed, after, AT_ONCE)?;
            let Some(last) = rows.last().map(|row| row.no) else {
                return Ok(None);
            };
            rows.retain(has_ended);
            let numbers: Vec<ReportNo> = rows.iter().map(|row| row.no).collect();
            let held = files_of(tx, feed, &numbers)?;
            rows.retain(|row| Due::of(row, held.contains_key(&row.no), keep, now).is_some());
            Ok(Some((last, rows.iter().map(|row| row.report).collect())))
        })
    }

    fn expire(
        &self,
        feed: FeedNo,
        reports: &[ReportId],
        keep: &KeepDays,
        now: Timestamp,
    ) -> Result<Vec<BlobHash>, ServiceError> {
        let (freed, numbers, done) = self.ledger.write(Some(feed), |tx| {
            let mut turn = Turn::begin(&self.ledger, tx, feed, now)?;
            let (mut freed, mut numbers) = (Vec::new(), Vec::new());
            for report in reports {
                let Some(mut open) = turn.take(*report)? else {
                    continue;
                };
                let mut held = files_of(turn.tx, feed, &[open.row.no])?;
                let files = held.remove(&open.row.no).unwrap_or_default();
                // Somebody may have reopened it meanwhile.
                if let Some(due) = Due::of(&open.row, !files.is_empty(), keep, now) {
                    freed.extend(turn.expire(&mut open, &files, due)?);
                    numbers.push(open.row.no);
                }
                turn.put(open);
            }
            Ok((freed, numbers, turn.finish("server")?))
        })?;
        done.settle(&self.ledger);
        for no in numbers {
            self.ledger.forget(no);
            self.ledger.tell(&Hint::Erased { report: no.0 });
        }
        Ok(freed)
    }
}

impl Turn<'_> {
    fn expire(
        &mut self,
        open: &mut OpenReport,
        files: &BTreeSet<BlobHash>,
        due: Due,
    ) -> Result<Vec<BlobHash>, ServiceError> {
        let report = open.row.report;
        let say = |turn: &mut Self, class: &str, days: u32| {
            let detail = format!("of report {report}: {class}, kept for {days} days after its end");
            turn.note("erased", detail);
        };
        if let Some(days) = due.content {
            say(self, "everything", days);
            return self.erase_report(open);
        }
        let mut freed = Vec::new();
        if let Some(days) = due.files {
            for blob in files {
                freed.extend(self.erase_blob(open, *blob)?);
            }
            say(self, "files", days);
        }
        if let Some(days) = due.people {
            let (feed, no) = (self.feed.no, open.row.no);
            let rows = self.tx.rows_of_report(feed, no, &[RowKind::Person])?;
            let names = rows.iter().filter_map(|row| row.name.as_deref());
            for id in names.filter_map(PersonRecordId::from_slice) {
                self.erase_person(open, id)?;
            }
            say(self, "people", days);
        }
        Ok(freed)
    }
}
