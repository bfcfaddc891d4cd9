//! One transaction: what has been asked so far, and what it must remember until it ends.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use super::Lock;
use super::connection::{Connection, Param, params};
use crate::store::{FeedNo, ReadTx, ReportNo, StoreError, StoreResult, WriteTx};

/// Bits of a report's number that count within its feed.
const NUMBER_BITS: u32 = 40;

/// One transaction.
pub(super) struct PgTx<'c> {
    connection: &'c mut Connection,
    /// `None` where it only reads.
    lock: Option<Lock>,
    /// Whether anything went to the server.
    has_begun: bool,
    /// Report numbers given out in each feed, and whether that must be written.
    reports: BTreeMap<FeedNo, (i64, bool)>,
}

impl ReadTx for PgTx<'_> {}
impl WriteTx for PgTx<'_> {}

impl<'c> PgTx<'c> {
    pub(super) fn new(connection: &'c mut Connection, lock: Option<Lock>) -> Self {
        Self {
            connection,
            lock,
            has_begun: false,
            reports: BTreeMap::new(),
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// ` FOR NO KEY UPDATE` where what is read is read to be written.
    pub(super) fn for_update(&self) -> &'static str {
        match self.lock {
            Some(_) => " FOR NO KEY UPDATE",
            None => "",
        }
    }

    /// All rows of a query.
    pub(super) fn list<T>(
        &mut self,
        sql: &str,
        values: Vec<Param>,
        read: impl Fn(&Row) -> StoreResult<T>,
    ) -> StoreResult<Vec<T>> {
        self.has_begun = true;
        let rows = self.connection.query(sql, values)?;
        rows.iter().map(read).collect()
    }

    /// The first row of a query.
    pub(super) fn one<T>(
        &mut self,
        sql: &str,
        values: Vec<Param>,
        read: impl Fn(&Row) -> StoreResult<T>,
    ) -> StoreResult<Option<T>> {
        self.has_begun = true;
        let rows = self.connection.query(sql, values)?;
        rows.first().map(read).transpose()
    }

    /// Queues a statement; what is wrong with it shows at the next answer or at the commit.
    pub(super) fn send(&mut self, sql: &str, values: Vec<Param>) -> StoreResult<()> {
        self.has_begun = true;
        self.connection.send(sql, values, None)
    }

    /// As [`Self::send`], for a statement that must change exactly so many rows.
    pub(super) fn send_exactly(&mut self, count: usize, sql: &str, values: Vec<Param>) -> StoreResult<()> {
        self.has_begun = true;
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.connection.send(sql, values, Some(count))
    }

    /// Runs a statement that returns a row for each row that it changed, and gives how many.
    pub(super) fn changed(&mut self, sql: &str, values: Vec<Param>) -> StoreResult<usize> {
        self.list(sql, values, |_| Ok(())).map(|rows| rows.len())
    }

    /// Errs where the job writes to a feed whose lock it does not have: its caller has a mistake that would break an order.
    pub(super) fn must_hold(&self, feed: FeedNo) -> StoreResult<()> {
        match self.lock {
            Some(Lock::All) => Ok(()),
            Some(Lock::Feed(held)) if held == feed => Ok(()),
            _ => Err(StoreError::Engine(format!(
                "feed {} is written to without its lock",
                feed.0
            ))),
        }
    }

    /// Notes how many report numbers a feed has given out, as its row says.
    pub(super) fn note_reports(&mut self, feed: FeedNo, count: i64) {
        if self.lock.is_some() {
            self.reports.entry(feed).or_insert((count, false));
        }
    }

    /// The next report number of a feed: ascending within it, and unlike any of another feed.
    pub(super) fn next_report(&mut self, feed: FeedNo) -> StoreResult<ReportNo> {
        if !self.reports.contains_key(&feed) {
            let sql = "SELECT reports FROM feeds WHERE feed_no = $1";
            let count = self.one(sql, params![feed.0], |row| super::cells::Cells::of(row).next())?;
            let count = count.ok_or_else(|| StoreError::Engine(format!("there is no feed {}", feed.0)))?;
            self.note_reports(feed, count);
        }
        let (count, is_changed) = self.reports.entry(feed).or_insert((0, false));
        *count += 1;
        *is_changed = true;
        Ok(ReportNo((feed.0 << NUMBER_BITS) | *count))
    }

    /// Sends what is left, and ends the transaction. Durable when it returns `Ok`.
    pub(super) fn commit(&mut self) -> StoreResult<()> {
        let moved: Vec<(FeedNo, i64)> = self
            .reports
            .iter()
            .filter(|(_, (_, is_changed))| *is_changed)
            .map(|(feed, (count, _))| (*feed, *count))
            .collect();
        for (feed, count) in moved {
            let sql = "UPDATE feeds SET reports = $2 WHERE feed_no = $1";
            self.send_exactly(1, sql, params![feed.0, count])?;
        }
        self.connection.batch("COMMIT");
        self.connection.flush()
    }
}
