//! Reports for a file: those of a list, page by page, each with what became of it. People are masked unless a reason is given; each export
//! is recorded before its first row leaves.

use xunge_core::command::State;
use xunge_core::person::{mask_name, mask_telephone};
use xunge_core::report::PersonRecord;
use xunge_core::time::Timestamp;

use super::queue::Narrowed;
use super::{Caller, QueueQuery, QueueRow, Service};
use crate::ServiceError;
use crate::ledger::audit;
use crate::ledger::open_report::OpenReport;
use crate::store::{FeedNo, OutcomeRow, QueueFilter, ReadTx, ReportNo, ReportRow, RowKind};

/// Rows read at a time.
const AT_ONCE: u32 = 400;

/// One report as it leaves.
#[derive(Clone, PartialEq, Debug)]
pub struct ExportRow {
    /// The line that lists show.
    pub row: QueueRow,
    /// Place, words and result, cut to what a search looks through.
    pub words: String,
    /// What became of it.
    pub outcome: OutcomeRow,
    /// Names and telephones of people concerned: masked unless the export was given a reason.
    pub people: Vec<(String, Option<String>)>,
}

/// Where an export stands: the state that is read, and the last row of it.
struct Cursor {
    state: usize,
    after: Option<(u8, Timestamp, ReportNo)>,
    /// Whether the reports that were granted singly have been given.
    has_granted: bool,
}

impl Service {
    /// Gives the reports of a query in pieces, until `take` answers `false`. `reason` leaves names and telephones as they are.
    ///
    /// # Errors
    /// As [`Service::queue`]; [`ServiceError::Forbidden`] for installs.
    pub fn export(
        &self,
        caller: &Caller,
        query: &QueueQuery,
        format: &str,
        reason: Option<&str>,
        take: &mut dyn FnMut(Vec<ExportRow>) -> bool,
    ) -> Result<(), ServiceError> {
        if matches!(caller, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("installs do not export"));
        }
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        let unit = query.feed.as_ref().map_or(feeds.first(), |feed| feeds.get(feed));
        let unit = unit.ok_or(ServiceError::NotFound("feed"))?;
        let feed = self.ledger.read(|tx| {
            let feed = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
            // Whoever sees nothing here learns it before anything is written down.
            self.reader(tx, caller, &feed, now)?;
            Ok(feed.no)
        })?;
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        let how = if reason.is_some() { "unmasked" } else { "masked" };
        let detail = format!("{format} of {unit}, {how}: {}", reason.unwrap_or("-"));
        self.ledger.write(Some(feed), |tx| {
            let by = caller.audit_name();
            Ok(audit::note(tx, feed, now, &by, "export", &detail)?)
        })?;
        let mut cursor = Cursor {
            state: 0,
            after: None,
            has_granted: false,
        };
        // Each piece is read on its own, so that a slow reader holds no view of the database open.
        loop {
            let piece = self.ledger.read(|tx| {
                let state = tx.feed_by_no(feed)?.ok_or(ServiceError::NotFound("feed"))?;
                let scope = self.reader(tx, caller, &state, now)?;
                let (_, directory) = self.ledger.directory(tx)?;
                let narrowed = query.narrow(&scope, &directory, now);
                let rows = self.next_rows(tx, feed, query, &narrowed, &mut cursor, |tx| {
                    self.granted_rows(tx, &state, &scope, query, &narrowed)
                })?;
                rows.map(|rows| self.export_rows(tx, rows, reason.is_some()))
                    .transpose()
            })?;
            match piece {
                None => return Ok(()),
                Some(rows) if rows.is_empty() => {}
                Some(rows) => {
                    if !take(rows) {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// The next rows of an export; `None` at its end.
    fn next_rows(
        &self,
        tx: &mut dyn ReadTx,
        feed: FeedNo,
        query: &QueueQuery,
        narrowed: &Narrowed,
        cursor: &mut Cursor,
        granted: impl FnOnce(&mut dyn ReadTx) -> Result<Vec<ReportRow>, ServiceError>,
    ) -> Result<Option<Vec<ReportRow>>, ServiceError> {
        if !cursor.has_granted {
            cursor.has_granted = true;
            let mut rows = granted(tx)?;
            // What lies in the reader's grids comes with them.
            rows.retain(|row| {
                row.scope
                    .as_ref()
                    .is_some_and(|key| !narrowed.scopes.contains(key))
            });
            return Ok(Some(rows));
        }
        while let Some(state) = State::ALL.get(cursor.state) {
            if !query.wants(*state) || narrowed.scopes.is_empty() {
                cursor.state += 1;
                continue;
            }
            let filter = QueueFilter {
                after: cursor.after,
                limit: AT_ONCE,
                ..query.filter(*state, narrowed)
            };
            let rows = tx.queue(feed, &filter)?;
            match rows.last() {
                Some(last) => {
                    cursor.after = Some((last.rank, last.held_since, last.no));
                    return Ok(Some(rows));
                }
                None => {
                    cursor.state += 1;
                    cursor.after = None;
                }
            }
        }
        Ok(None)
    }

    fn export_rows(
        &self,
        tx: &mut dyn ReadTx,
        rows: Vec<ReportRow>,
        is_unmasked: bool,
    ) -> Result<Vec<ExportRow>, ServiceError> {
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let open = OpenReport::open(&self.ledger, row.clone())?;
            let mut people = Vec::new();
            if row.people > 0 {
                for line in tx.rows_of_report(row.feed, row.no, &[RowKind::Person])? {
                    if let Some(plain) = open.plain(&line)? {
                        let bad = |_| ServiceError::Damaged(format!("row {}", line.seq));
                        let record: PersonRecord = minicbor::decode(&plain).map_err(bad)?;
                        people.push(person(record, is_unmasked));
                    }
                }
            }
            all.push(ExportRow {
                words: open.summary.words.clone().unwrap_or_default(),
                outcome: row.outcome.clone(),
                row: self.queue_row(row)?,
                people,
            });
        }
        Ok(all)
    }
}

fn person(record: PersonRecord, is_unmasked: bool) -> (String, Option<String>) {
    match is_unmasked {
        true => (record.name, record.telephone),
        false => (
            mask_name(&record.name),
            record.telephone.as_deref().map(mask_telephone),
        ),
    }
}
