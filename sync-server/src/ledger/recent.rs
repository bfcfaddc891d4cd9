//! The newest rows of each feed and the standing of the reports in them, in memory: what a page is chosen from.
//!
//! Most pages start near the end of a feed, and of most rows most readers see nothing. So rows are chosen by their heads alone, and only
//! what somebody gets to see is read and opened. Everything here can be forgotten at any time: whatever decides who sees a report changes
//! only together with a row of that report, so the rows that are new since the last look say exactly what must be read again.

use std::collections::{BTreeMap, HashMap, VecDeque};
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
    /// Looked up for every row of every reader, never walked through.
    standings: Standings,
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

    /// Where the rows after a row begin in memory; `None` where memory does not reach back so far.
    fn place_after(&self, after: u64) -> Option<usize> {
        let first = self.rows.front().map_or(self.head + 1, |row| row.seq);
        usize::try_from((after + 1).checked_sub(first)?).ok()
    }

    /// The reports of these rows whose standing is not in memory.
    fn lacking<'r>(&self, rows: impl Iterator<Item = &'r RowHead>) -> Vec<ReportNo> {
        let mut lacking = Vec::new();
        let mut last = None;
        for no in rows.filter_map(|row| row.report) {
            // Rows of one report often stand together.
            if last != Some(no) && !self.standings.contains_key(&no) {
                lacking.push(no);
            }
            last = Some(no);
        }
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }

    /// Keeps the standings of these reports in memory, if the view is the newest; else gives them back.
    fn know(
        &mut self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        lacking: &[ReportNo],
    ) -> StoreResult<Standings> {
        let read = read_standings(tx, feed.no, lacking)?;
        // An older view must not be remembered as the newest.
        if self.head != feed.head {
            return Ok(read.into_iter().collect());
        }
        self.standings.extend(read);
        Ok(Standings::new())
    }
}

/// Reports by number, each with where it stands.
type Standings = HashMap<ReportNo, Arc<Standing>>;

/// A stretch of a feed, and what of it the reader is shown.
pub(crate) struct Stretch {
    /// Heads with the standing of their reports, in the feed's order.
    pub(crate) shown: Vec<(RowHead, Option<Arc<Standing>>)>,
    /// The last row that was looked at; `None` where there was none.
    pub(crate) last: Option<u64>,
}

impl Recent {
    fn feed(&self, feed: FeedNo) -> Arc<Mutex<FeedRecent>> {
        Arc::clone(locked(&self.feeds).entry(feed).or_default())
    }

    /// The next rows after a row of which `is_shown` says that the reader is shown something. It is told a head and the standing of its
    /// report, where it concerns one.
    pub(crate) fn stretch(
        &self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        after: u64,
        is_shown: &mut dyn FnMut(&RowHead, Option<&Standing>) -> bool,
    ) -> StoreResult<Stretch> {
        let recent = self.feed(feed.no);
        let mut recent = locked(&recent);
        recent.catch_up(tx, feed)?;
        let limit = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        let (read, place) = match recent.place_after(after) {
            Some(place) => (Vec::new(), place),
            None => (
                tx.row_heads_after(feed.no, after, feed.head, AT_ONCE)?,
                usize::MAX,
            ),
        };
        let kept = |recent: &FeedRecent| {
            let skipped = place.min(recent.rows.len());
            let upto = recent
                .rows
                .range(skipped..)
                .take_while(|row| row.seq <= feed.head);
            skipped..skipped + upto.take(limit).count()
        };
        let range = kept(&recent);
        let lacking = |recent: &FeedRecent| {
            let rows = read.iter().chain(recent.rows.range(range.clone()));
            recent.lacking(rows)
        };
        let mut unknown = lacking(&recent);
        if recent.standings.len() + unknown.len() > REPORTS_KEPT {
            recent.standings.clear();
            unknown = lacking(&recent);
        }
        let extra = recent.know(tx, feed, &unknown)?;
        let mut stretch = Stretch {
            shown: Vec::new(),
            last: None,
        };
        // Rows of one report often stand together.
        let mut last: Option<(ReportNo, Option<&Arc<Standing>>)> = None;
        for row in read.iter().chain(recent.rows.range(range)) {
            stretch.last = Some(row.seq);
            let standing = row.report.and_then(|no| match last {
                Some((held, standing)) if held == no => standing,
                _ => {
                    let standing = recent.standings.get(&no).or_else(|| extra.get(&no));
                    last = Some((no, standing));
                    standing
                }
            });
            if is_shown(row, standing.map(Arc::as_ref)) {
                stretch.shown.push((row.clone(), standing.cloned()));
            }
        }
        Ok(stretch)
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
