//! The newest rows of each feed and the standing of the reports in them, in memory: what a page is chosen from.
//!
//! Most pages start near the end of a feed, and of most rows most readers see nothing. So rows are chosen by their heads alone, and only
//! what somebody gets to see is read and opened. Everything here can be forgotten at any time: whatever decides who sees a report changes
//! only together with a row of that report, so the rows that are new since the last look say exactly what must be read again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use xunge_core::id::{PersonId, ReportId};

use super::locked;
use super::scope::{ReaderScope, by_report};
use crate::store::{FeedNo, FeedState, ReadTx, ReportNo, RowHead, StoreResult};

/// Rows kept of each feed: about a month of a township.
const ROWS_KEPT: usize = 32_768;

/// Reports whose standing is kept of each feed.
const REPORTS_KEPT: usize = 32_768;

/// Heads looked at in one go.
const AT_ONCE: u32 = 1_024;

/// Who sees a report.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) report: ReportId,
    reporter: PersonId,
    scope: Option<(String, u64)>,
    grants: Vec<(String, u64)>,
}

impl Standing {
    /// Since which row the reader sees the report.
    pub(crate) fn since(&self, reader: &ReaderScope) -> Option<u64> {
        let scope = self.scope.as_ref().map(|(key, seq)| (key.as_str(), *seq));
        let grants = self.grants.iter().map(|(holder, seq)| (holder.as_str(), *seq));
        reader.since(&self.reporter, scope, grants)
    }
}

#[derive(Default)]
struct FeedRecent {
    /// Ascending, without gaps, up to `head`.
    rows: VecDeque<RowHead>,
    head: u64,
    standings: BTreeMap<ReportNo, Arc<Standing>>,
}

/// The memory of all feeds.
#[derive(Default)]
pub(crate) struct Recent {
    feeds: Mutex<BTreeMap<FeedNo, Arc<Mutex<FeedRecent>>>>,
}

impl FeedRecent {
    /// Takes in what is new up to the end of the feed as this view shows it.
    fn catch_up(&mut self, tx: &mut dyn ReadTx, feed: &FeedState) -> StoreResult<()> {
        if self.head == 0 {
            self.head = feed.head;
        }
        while self.head < feed.head {
            let rows = tx.row_heads_after(feed.no, self.head, feed.head, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            self.head = last.seq;
            for row in rows {
                if let Some(report) = row.report {
                    self.standings.remove(&report);
                }
                self.rows.push_back(row);
            }
            let surplus = self.rows.len().saturating_sub(ROWS_KEPT);
            self.rows.drain(..surplus);
        }
        Ok(())
    }

    /// Heads after a row from memory; `None` where memory does not reach back so far.
    fn heads(&self, after: u64, upto: u64) -> Option<Vec<RowHead>> {
        let first = self.rows.front().map_or(self.head + 1, |row| row.seq);
        let skipped = usize::try_from((after + 1).checked_sub(first)?).ok()?;
        let rows = self.rows.iter().skip(skipped);
        let limit = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        Some(
            rows.take_while(|row| row.seq <= upto)
                .take(limit)
                .cloned()
                .collect(),
        )
    }
}

/// Reports by number, each with where it stands.
pub(crate) type Standings = BTreeMap<ReportNo, Arc<Standing>>;

impl Recent {
    fn feed(&self, feed: FeedNo) -> Arc<Mutex<FeedRecent>> {
        Arc::clone(locked(&self.feeds).entry(feed).or_default())
    }

    /// The next heads after a row, and the standing of every report in them.
    pub(crate) fn page(
        &self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        after: u64,
    ) -> StoreResult<(Vec<RowHead>, Standings)> {
        let recent = self.feed(feed.no);
        let mut recent = locked(&recent);
        recent.catch_up(tx, feed)?;
        let heads = match recent.heads(after, feed.head) {
            Some(heads) => heads,
            None => tx.row_heads_after(feed.no, after, feed.head, AT_ONCE)?,
        };
        let numbers: BTreeSet<ReportNo> = heads.iter().filter_map(|row| row.report).collect();
        let mut found = BTreeMap::new();
        let mut missing = Vec::new();
        for number in numbers {
            match recent.standings.get(&number) {
                Some(standing) => {
                    found.insert(number, Arc::clone(standing));
                }
                None => missing.push(number),
            }
        }
        let read = read_standings(tx, feed.no, &missing)?;
        // An older view must not be remembered as the newest.
        if recent.head == feed.head {
            if recent.standings.len() + read.len() > REPORTS_KEPT {
                recent.standings.clear();
            }
            recent
                .standings
                .extend(read.iter().map(|(no, s)| (*no, Arc::clone(s))));
        }
        found.extend(read);
        Ok((heads, found))
    }
}

fn read_standings(
    tx: &mut dyn ReadTx,
    feed: FeedNo,
    reports: &[ReportNo],
) -> StoreResult<Vec<(ReportNo, Arc<Standing>)>> {
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let mut grants = by_report(tx.grants(feed, reports)?);
    let rows = tx.reports_by_no(feed, reports)?.into_iter();
    let standing = |row: crate::store::ReportRow| {
        let granted = grants.remove(&row.no).unwrap_or_default();
        let standing = Standing {
            report: row.report,
            reporter: row.reporter,
            scope: row.scope.map(|key| (key, row.scope_seq)),
            grants: granted.into_iter().map(|g| (g.holder, g.seq)).collect(),
        };
        (row.no, Arc::new(standing))
    };
    Ok(rows.map(standing).collect())
}
