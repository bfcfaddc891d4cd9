//! Reports: the digest of each, and the columns that lists read.

use rusqlite::Row;

use super::{StoreError, Tx, column};
use crate::id::{CategoryId, PersonId, ReportId, UnitId};
use crate::sync::message::Digest;

/// What the phone holds of a report, apart from what lists show.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ReportRecord {
    pub(crate) report: ReportId,
    pub(crate) feed: UnitId,
    /// Of what the server has too.
    pub(crate) digest: Digest,
    pub(crate) is_own: bool,
    pub(crate) is_granted: bool,
    pub(crate) is_leaving: bool,
    pub(crate) is_erased: bool,
}

/// What lists show of a report: rebuilt from document and story after every change.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Projection {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) category: Option<CategoryId>,
    pub(crate) grid: Option<UnitId>,
    pub(crate) state: String,
    pub(crate) urgency: &'static str,
    pub(crate) reporter: Option<PersonId>,
    pub(crate) held_since_ms: Option<i64>,
    pub(crate) pending: Option<String>,
    pub(crate) is_todo: bool,
    pub(crate) is_finished: bool,
    pub(crate) sort_at_ms: i64,
    pub(crate) occurred_at_ms: Option<i64>,
    pub(crate) lat_deg: Option<f64>,
    pub(crate) lon_deg: Option<f64>,
    pub(crate) row_json: String,
}

const RECORD_COLUMNS: &str =
    "report, feed, digest_count, digest_xor, is_own, is_granted, is_leaving, is_erased";

impl ReportRecord {
    /// A report of which nothing is held yet.
    pub(crate) fn new(report: ReportId, feed: UnitId) -> Self {
        Self {
            report,
            feed,
            digest: Digest::default(),
            is_own: false,
            is_granted: false,
            is_leaving: false,
            is_erased: false,
        }
    }
}

/// The parameters of a line, numbered from the report's name as the first; what follows the line comes after them.
macro_rules! shown {
    ($report:expr, $p:expr $(, $more:expr)* $(,)?) => {
        rusqlite::params![
            $report.as_bytes(), $p.code, $p.title, $p.category.as_ref().map(CategoryId::as_str),
            $p.grid.as_ref().map(UnitId::as_str), $p.state, $p.urgency,
            $p.reporter.as_ref().map(PersonId::as_str), $p.held_since_ms, $p.pending, $p.is_todo,
            $p.is_finished, $p.sort_at_ms, $p.occurred_at_ms, $p.lat_deg, $p.lon_deg, $p.row_json
            $(, $more)*
        ]
    };
}

impl Tx<'_> {
    pub(crate) fn report(&self, report: &ReportId) -> Result<Option<ReportRecord>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {RECORD_COLUMNS} FROM report WHERE report = ?1"))?;
        let mut rows = statement.query([report.as_bytes()])?;
        rows.next()?.map(record).transpose()
    }

    /// Writes the record, and keeps the feed's digest the sum of its reports'.
    pub(crate) fn put_report(&self, record: &ReportRecord) -> Result<(), StoreError> {
        let nothing = Digest::default();
        match self.report(&record.report)? {
            Some(old) if old.feed == record.feed => {
                self.shift_feed_digest(&record.feed, old.digest, record.digest)?;
            }
            old => {
                if let Some(old) = old {
                    self.shift_feed_digest(&old.feed, old.digest, nothing)?;
                }
                self.shift_feed_digest(&record.feed, nothing, record.digest)?;
            }
        }
        self.conn
            .prepare_cached(
                "INSERT INTO report (report, feed, digest_count, digest_xor, is_own, is_granted, is_leaving,
                                     is_erased)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (report) DO UPDATE SET
                     feed = excluded.feed, digest_count = excluded.digest_count,
                     digest_xor = excluded.digest_xor, is_own = excluded.is_own,
                     is_granted = excluded.is_granted, is_leaving = excluded.is_leaving,
                     is_erased = excluded.is_erased",
            )?
            .execute((
                record.report.as_bytes(),
                record.feed.as_str(),
                column::signed(record.digest.count),
                record.digest.xor.as_slice(),
                record.is_own,
                record.is_granted,
                record.is_leaving,
                record.is_erased,
            ))?;
        Ok(())
    }

    /// Notes whether the report is in scope by itself rather than through its grid.
    pub(crate) fn set_granted(&self, report: &ReportId, is_granted: bool) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE report SET is_granted = ?2 WHERE report = ?1 AND is_granted <> ?2")?
            .execute((report.as_bytes(), is_granted))?;
        Ok(())
    }

    pub(crate) fn put_projection(&self, report: &ReportId, p: &Projection) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE report SET code = ?2, title = ?3, category = ?4, grid = ?5, state = ?6, urgency = ?7,
                     reporter = ?8, held_since = ?9, pending = ?10, is_todo = ?11, is_finished = ?12,
                     sort_at = ?13, occurred_at = ?14, lat_deg = ?15, lon_deg = ?16, row_json = ?17
                 WHERE report = ?1",
            )?
            .execute(shown!(report, p))?;
        Ok(())
    }

    /// Writes a report of which nothing was held, record and line at once. The feed's digest is the caller's to move
    /// ([`Self::add_to_feed_digest`]).
    pub(crate) fn insert_report(&self, record: &ReportRecord, p: &Projection) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO report (report, code, title, category, grid, state, urgency, reporter, held_since,
                                     pending, is_todo, is_finished, sort_at, occurred_at, lat_deg, lon_deg,
                                     row_json, feed, digest_count, digest_xor, is_own, is_granted, is_leaving,
                                     is_erased)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                         ?20, ?21, ?22, ?23, ?24)",
            )?
            .execute(shown!(
                record.report,
                p,
                record.feed.as_str(),
                column::signed(record.digest.count),
                record.digest.xor.as_slice(),
                record.is_own,
                record.is_granted,
                record.is_leaving,
                record.is_erased,
            ))?;
        Ok(())
    }

    /// Adds names of new reports to what is held of a feed.
    pub(crate) fn add_to_feed_digest(&self, feed: &UnitId, names: Digest) -> Result<(), StoreError> {
        self.shift_feed_digest(feed, Digest::default(), names)
    }

    /// Names of a feed's reports after `after`, ascending, with their digests; those of which the server knows nothing are left out.
    pub(crate) fn report_digests(
        &self,
        feed: &UnitId,
        after: Option<&ReportId>,
        limit: u32,
    ) -> Result<Vec<(ReportId, Digest)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT report, digest_count, digest_xor FROM report
             WHERE feed = ?1 AND report > ?2 AND digest_count > 0 ORDER BY report LIMIT ?3",
        )?;
        let after = after.map_or(&[][..], |id| id.as_bytes().as_slice());
        let mut rows = statement.query((feed.as_str(), after, limit))?;
        let mut digests = Vec::new();
        while let Some(row) = rows.next()? {
            digests.push((
                column::bytes(row, 0, "report", ReportId::from_slice)?,
                digest(row, 1)?,
            ));
        }
        Ok(digests)
    }

    /// Reports of a feed that are neither own nor in `grids`; granted ones only where `with_granted`.
    pub(crate) fn reports_outside(
        &self,
        feed: &UnitId,
        grids: &[UnitId],
        with_granted: bool,
    ) -> Result<Vec<ReportId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT report, grid FROM report WHERE feed = ?1 AND is_own = 0 AND (?2 OR is_granted = 0)",
        )?;
        let mut rows = statement.query((feed.as_str(), with_granted))?;
        let mut outside = Vec::new();
        while let Some(row) = rows.next()? {
            let grid: Option<String> = row.get(1)?;
            if !grid.is_some_and(|grid| grids.iter().any(|g| g.as_str() == grid)) {
                outside.push(column::bytes(row, 0, "report", ReportId::from_slice)?);
            }
        }
        Ok(outside)
    }

    /// Names of reports, of one feed or of all, that have not ended; what a new directory may show differently.
    pub(crate) fn unfinished_reports(&self) -> Result<Vec<ReportId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT report FROM report WHERE is_finished = 0 ORDER BY report")?;
        let mut rows = statement.query([])?;
        let mut names = Vec::new();
        while let Some(row) = rows.next()? {
            names.push(column::bytes(row, 0, "report", ReportId::from_slice)?);
        }
        Ok(names)
    }

    /// Reports that left the scope and have nothing unsent any more.
    pub(crate) fn reports_ready_to_leave(&self) -> Result<Vec<ReportId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT report FROM report WHERE is_leaving = 1
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.report = report.report)
             AND NOT EXISTS (SELECT 1 FROM attention WHERE attention.report = report.report)
             AND NOT EXISTS (SELECT 1 FROM upload WHERE upload.report = report.report)",
        )?;
        let mut rows = statement.query([])?;
        let mut names = Vec::new();
        while let Some(row) = rows.next()? {
            names.push(column::bytes(row, 0, "report", ReportId::from_slice)?);
        }
        Ok(names)
    }

    /// Removes everything of a report. Answers the blobs that nothing refers to any more; their files are the caller's to remove after
    /// the commit.
    pub(crate) fn purge_report(
        &self,
        report: &ReportId,
    ) -> Result<Vec<crate::attachment::BlobHash>, StoreError> {
        let orphans = self.drop_attachments(report)?;
        if let Some(old) = self.report(report)? {
            self.shift_feed_digest(&old.feed, old.digest, Digest::default())?;
        }
        for table in [
            "document",
            "own_change",
            "command",
            "person",
            "erasure",
            "outbox",
            "quarantine",
            "report",
        ] {
            self.conn
                .prepare_cached(&format!("DELETE FROM {table} WHERE report = ?1"))?
                .execute([report.as_bytes()])?;
        }
        Ok(orphans)
    }

    /// Lets go of everything that an erasure by law takes: content, acts, people, files. The report's row and its tombstones stay.
    pub(crate) fn erase_report(
        &self,
        report: &ReportId,
    ) -> Result<Vec<crate::attachment::BlobHash>, StoreError> {
        let orphans = self.drop_attachments(report)?;
        for table in [
            "document",
            "own_change",
            "command",
            "person",
            "outbox",
            "attention",
            "quarantine",
        ] {
            self.conn
                .prepare_cached(&format!("DELETE FROM {table} WHERE report = ?1"))?
                .execute([report.as_bytes()])?;
        }
        Ok(orphans)
    }

    /// Takes a report's old digest out of its feed's and the new one in.
    fn shift_feed_digest(&self, feed: &UnitId, old: Digest, new: Digest) -> Result<(), StoreError> {
        if old == new {
            return Ok(());
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT digest_count, digest_xor FROM feed WHERE feed = ?1")?;
        let mut rows = statement.query([feed.as_str()])?;
        let Some(row) = rows.next()? else { return Ok(()) };
        let mut sum = digest(row, 0)?.plus(new).plus(Digest { count: 0, ..old });
        sum.count = sum.count.saturating_sub(old.count);
        self.set_feed_digest(feed, sum)
    }

    fn set_feed_digest(&self, feed: &UnitId, sum: Digest) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE feed SET digest_count = ?2, digest_xor = ?3 WHERE feed = ?1")?
            .execute((feed.as_str(), column::signed(sum.count), sum.xor.as_slice()))?;
        Ok(())
    }

    /// Adds the feeds' digests up again from their reports.
    pub(crate) fn recount_digests(&self) -> Result<(), StoreError> {
        for feed in self.feeds()? {
            let mut statement = self
                .conn
                .prepare("SELECT digest_count, digest_xor FROM report WHERE feed = ?1")?;
            let mut rows = statement.query([feed.feed.as_str()])?;
            let mut sum = Digest::default();
            while let Some(row) = rows.next()? {
                sum = sum.plus(digest(row, 0)?);
            }
            self.set_feed_digest(&feed.feed, sum)?;
        }
        Ok(())
    }
}

fn record(row: &Row<'_>) -> Result<ReportRecord, StoreError> {
    Ok(ReportRecord {
        report: column::bytes(row, 0, "report", ReportId::from_slice)?,
        feed: column::text(row, 1, "feed")?,
        digest: digest(row, 2)?,
        is_own: row.get(4)?,
        is_granted: row.get(5)?,
        is_leaving: row.get(6)?,
        is_erased: row.get(7)?,
    })
}

pub(super) fn digest(row: &Row<'_>, index: usize) -> Result<Digest, StoreError> {
    Ok(Digest {
        count: column::unsigned(row.get(index)?),
        xor: column::bytes(row, index + 1, "digest", |b| b.try_into().ok())?,
    })
}
