//! Reading the ledger.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Row;
use xunge_core::id::{PersonId, ReportId, UnitId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;

use super::cells::{Cells, damaged, signed};
use super::connection::params;
use super::report::{COLUMNS, from_row};
use super::tx::PgTx;
use crate::store::{
    AuditLine, DigestRow, FeedNo, FeedState, FigureRow, GrantRow, InstallNo, LedgerRead, LedgerRow,
    ManifestRow, QueueFilter, ReportNo, ReportRow, RowHead, RowKind, SERVER_FEED, StoreResult,
};

const LEDGER: &str = "SELECT seq, kind, report_no, name, install_no, moved_from, body FROM ledger";
const FEED: &str = "SELECT feed_no, unit, head, audit_count, audit_hash, reports FROM feeds";

fn kind(c: &mut Cells<'_>) -> StoreResult<RowKind> {
    RowKind::from_number(c.next()?).ok_or_else(|| damaged("a row's kind"))
}

fn ledger_row(row: &Row) -> StoreResult<LedgerRow> {
    let mut c = Cells::of(row);
    Ok(LedgerRow {
        seq: c.number()?,
        kind: kind(&mut c)?,
        report: c.next::<Option<i64>>()?.map(ReportNo),
        name: c.next()?,
        install: c.next::<Option<i64>>()?.map(InstallNo),
        moved_from: c.next()?,
        body: c.next()?,
    })
}

fn row_head(row: &Row) -> StoreResult<RowHead> {
    let mut c = Cells::of(row);
    Ok(RowHead {
        seq: c.number()?,
        kind: kind(&mut c)?,
        report: c.next::<Option<i64>>()?.map(ReportNo),
        install: c.next::<Option<i64>>()?.map(InstallNo),
        moved_from: c.next()?,
    })
}

/// A feed, and how many report numbers it has given out.
fn feed_row(row: &Row) -> StoreResult<(FeedState, i64)> {
    let mut c = Cells::of(row);
    let state = FeedState {
        no: FeedNo(c.next()?),
        unit: c.unit()?,
        head: c.number()?,
        audit_count: c.number()?,
        audit_hash: c.hash()?,
    };
    Ok((state, c.next()?))
}

fn digest_row(row: &Row) -> StoreResult<DigestRow> {
    let mut c = Cells::of(row);
    Ok(DigestRow {
        no: ReportNo(c.next()?),
        report: c.report()?,
        digest: c.digest()?,
        scope: c.next()?,
    })
}

/// What was found, in the order in which it was asked for.
fn arranged<T, K: Ord>(mut found: Vec<T>, wanted: impl Iterator<Item = K>, key: impl Fn(&T) -> K) -> Vec<T> {
    let places: BTreeMap<K, usize> = wanted.zip(0..).collect();
    found.sort_by_key(|one| places.get(&key(one)).copied());
    found
}

fn numbers(reports: &[ReportNo]) -> Vec<i64> {
    reports.iter().map(|no| no.0).collect()
}

fn name(report: Option<ReportId>) -> Vec<u8> {
    report.map_or(Vec::new(), |report| report.as_bytes().to_vec())
}

/// What somebody may see by his scope keys ($2), by name in ($3, $4], at most $5: each key and the whole are cut at the limit, so that a
/// page reads no more than a page of each key.
fn in_scopes(columns: &str) -> String {
    format!(
        "(SELECT {columns} FROM unnest($2::text[]) AS k(held) CROSS JOIN LATERAL (SELECT * FROM reports \
         WHERE feed_no = $1 AND scope = k.held AND report > $3 AND report <= $4 ORDER BY report LIMIT $5) r)"
    )
}

/// What somebody may see because he began it ($6) or because it was granted to one of these holders ($7).
fn by_person(columns: &str) -> String {
    format!(
        "(SELECT {columns} FROM reports r WHERE feed_no = $1 AND reporter = $6 AND report > $3 AND report <= $4 \
         ORDER BY report LIMIT $5) UNION (SELECT {columns} FROM reports r WHERE feed_no = $1 AND report_no IN \
         (SELECT report_no FROM grants WHERE feed_no = $1 AND holder = ANY($7)) AND report > $3 AND report <= $4 \
         ORDER BY report LIMIT $5)"
    )
}

impl PgTx<'_> {
    fn one_feed(
        &mut self,
        sql: &str,
        values: Vec<super::connection::Param>,
    ) -> StoreResult<Option<FeedState>> {
        let Some((state, reports)) = self.one(sql, values, feed_row)? else {
            return Ok(None);
        };
        self.note_reports(state.no, reports);
        Ok(Some(state))
    }
}

impl LedgerRead for PgTx<'_> {
    fn feed(&mut self, unit: &UnitId) -> StoreResult<Option<FeedState>> {
        self.one_feed(
            &format!("{FEED} WHERE unit = $1"),
            params![unit.as_str().to_owned()],
        )
    }

    fn feed_by_no(&mut self, feed: FeedNo) -> StoreResult<Option<FeedState>> {
        self.one_feed(&format!("{FEED} WHERE feed_no = $1"), params![feed.0])
    }

    fn feeds(&mut self) -> StoreResult<Vec<FeedState>> {
        let sql = format!("{FEED} WHERE feed_no <> $1 ORDER BY unit");
        self.list(&sql, params![SERVER_FEED.0], |row| Ok(feed_row(row)?.0))
    }

    fn rows_after(&mut self, feed: FeedNo, after: u64, upto: u64, limit: u32) -> StoreResult<Vec<LedgerRow>> {
        let sql = format!("{LEDGER} WHERE feed_no = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4");
        let values = params![feed.0, signed(after), signed(upto), i64::from(limit)];
        self.list(&sql, values, ledger_row)
    }

    fn row_heads_after(
        &mut self,
        feed: FeedNo,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> StoreResult<Vec<RowHead>> {
        let sql = "SELECT seq, kind, report_no, install_no, moved_from FROM ledger \
                   WHERE feed_no = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
        let values = params![feed.0, signed(after), signed(upto), i64::from(limit)];
        self.list(sql, values, row_head)
    }

    fn rows_by_seq(&mut self, feed: FeedNo, seqs: &[u64]) -> StoreResult<Vec<LedgerRow>> {
        let wanted: Vec<i64> = seqs.iter().map(|seq| signed(*seq)).collect();
        let sql = format!("{LEDGER} WHERE feed_no = $1 AND seq = ANY($2)");
        let found = self.list(&sql, params![feed.0, wanted], ledger_row)?;
        Ok(arranged(found, seqs.iter().copied(), |row| row.seq))
    }

    fn rows_of_report(
        &mut self,
        feed: FeedNo,
        report: ReportNo,
        kinds: &[RowKind],
    ) -> StoreResult<Vec<LedgerRow>> {
        let kinds: Vec<i64> = kinds.iter().map(|kind| *kind as i64).collect();
        let sql = format!("{LEDGER} WHERE feed_no = $1 AND report_no = $2 AND kind = ANY($3) ORDER BY seq");
        self.list(&sql, params![feed.0, report.0, kinds], ledger_row)
    }

    fn rows_by_name(&mut self, feed: FeedNo, names: &[&[u8]]) -> StoreResult<Vec<LedgerRow>> {
        let names: Vec<Vec<u8>> = names.iter().map(|name| name.to_vec()).collect();
        let sql = format!("{LEDGER} WHERE feed_no = $1 AND name = ANY($2) ORDER BY seq");
        self.list(&sql, params![feed.0, names], ledger_row)
    }

    fn reports(&mut self, feed: FeedNo, reports: &[ReportId]) -> StoreResult<Vec<ReportRow>> {
        let names: Vec<Vec<u8>> = reports.iter().map(|report| report.as_bytes().to_vec()).collect();
        let sql = format!("SELECT {COLUMNS} FROM reports WHERE feed_no = $1 AND report = ANY($2)");
        let found = self.list(&sql, params![feed.0, names], from_row)?;
        Ok(arranged(found, reports.iter().copied(), |row| row.report))
    }

    fn reports_by_no(&mut self, feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<ReportRow>> {
        let sql = format!("SELECT {COLUMNS} FROM reports WHERE feed_no = $1 AND report_no = ANY($2)");
        let found = self.list(&sql, params![feed.0, numbers(reports)], from_row)?;
        Ok(arranged(found, reports.iter().copied(), |row| row.no))
    }

    fn report_by_code(&mut self, feed: FeedNo, code: &str) -> StoreResult<Option<ReportRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM reports WHERE feed_no = $1 AND code = $2 ORDER BY report_no LIMIT 1"
        );
        self.one(&sql, params![feed.0, super::cells::text(code)], from_row)
    }

    fn reports_anywhere(&mut self, reports: &[ReportId]) -> StoreResult<Vec<ReportRow>> {
        let names: Vec<Vec<u8>> = reports.iter().map(|report| report.as_bytes().to_vec()).collect();
        // Feeds are few; each look-up is one step in the index.
        let sql = format!(
            "SELECT {COLUMNS} FROM (SELECT h.*, f.unit FROM feeds f CROSS JOIN LATERAL (SELECT * FROM reports r \
             WHERE r.feed_no = f.feed_no AND r.report = ANY($1)) h) found ORDER BY unit"
        );
        let mut found = self.list(&sql, params![names], from_row)?;
        let mut seen = BTreeSet::new();
        found.retain(|row| seen.insert(row.report));
        Ok(found)
    }

    fn feed_of_report(&mut self, report: &ReportId) -> StoreResult<Option<FeedNo>> {
        // Feeds are few; each look-up is one step in the index.
        let sql = "SELECT f.feed_no FROM feeds f CROSS JOIN LATERAL (SELECT 1 FROM reports r \
                   WHERE r.feed_no = f.feed_no AND r.report = $1 LIMIT 1) held ORDER BY f.unit LIMIT 1";
        let values = params![report.as_bytes().to_vec()];
        self.one(sql, values, |row| Ok(FeedNo(Cells::of(row).next()?)))
    }

    fn reports_in_scopes(
        &mut self,
        feed: FeedNo,
        scopes: &[String],
        after: Option<ReportId>,
        limit: u32,
    ) -> StoreResult<Vec<ReportRow>> {
        if scopes.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("{} ORDER BY report LIMIT $5", in_scopes(COLUMNS));
        let values = params![
            feed.0,
            scopes.to_vec(),
            name(after),
            vec![0xff_u8; 17],
            i64::from(limit)
        ];
        self.list(&sql, values, from_row)
    }

    fn reports_granted(
        &mut self,
        feed: FeedNo,
        person: &PersonId,
        holders: &[String],
        after: Option<ReportId>,
        limit: u32,
    ) -> StoreResult<Vec<ReportRow>> {
        // The second value keeps the places of the others.
        let sql = format!(
            "SELECT * FROM ({}) seen WHERE $2::text[] IS NOT NULL ORDER BY report LIMIT $5",
            by_person(COLUMNS)
        );
        let values = params![
            feed.0,
            Vec::<String>::new(),
            name(after),
            vec![0xff_u8; 17],
            i64::from(limit),
            person.as_str().to_owned(),
            holders.to_vec(),
        ];
        self.list(&sql, values, from_row)
    }

    fn digests_of_reports(
        &mut self,
        feed: FeedNo,
        scopes: &[String],
        person: &PersonId,
        holders: &[String],
        after: Option<ReportId>,
        upto: Option<ReportId>,
        limit: u32,
    ) -> StoreResult<Vec<DigestRow>> {
        let columns = "r.report_no, r.report, r.digest_count, r.digest_xor, r.scope";
        let sql = format!(
            "SELECT * FROM ({} UNION {}) seen ORDER BY report LIMIT $5",
            in_scopes(columns),
            by_person(columns)
        );
        let values = params![
            feed.0,
            scopes.to_vec(),
            name(after),
            upto.map_or(vec![0xff_u8; 17], |upto| upto.as_bytes().to_vec()),
            i64::from(limit),
            person.as_str().to_owned(),
            holders.to_vec(),
        ];
        self.list(&sql, values, digest_row)
    }

    fn digests(&mut self, feed: FeedNo) -> StoreResult<Vec<(String, Digest)>> {
        let sql = "SELECT scope, digest_count, digest_xor FROM digests WHERE feed_no = $1 ORDER BY scope";
        self.list(sql, params![feed.0], |row| {
            let mut c = Cells::of(row);
            Ok((c.next()?, c.digest()?))
        })
    }

    fn queue(&mut self, feed: FeedNo, filter: &QueueFilter) -> StoreResult<Vec<ReportRow>> {
        self.queue_rows(feed, filter)
    }

    fn queue_count(&mut self, feed: FeedNo, filter: &QueueFilter) -> StoreResult<u64> {
        self.count_queue(feed, filter)
    }

    fn figures(
        &mut self,
        feed: FeedNo,
        scopes: &[String],
        from: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Vec<FigureRow>> {
        self.figure_rows(feed, scopes, from, until)
    }

    fn reports_due(&mut self, feed: FeedNo, now: Timestamp, limit: u32) -> StoreResult<Vec<ReportRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM reports WHERE feed_no = $1 AND look_at <= $2 ORDER BY look_at, report_no LIMIT $3"
        );
        self.list(&sql, params![feed.0, now.as_millis(), i64::from(limit)], from_row)
    }

    fn reports_all(&mut self, feed: FeedNo, after: ReportNo, limit: u32) -> StoreResult<Vec<ReportRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM reports WHERE feed_no = $1 AND report_no > $2 ORDER BY report_no LIMIT $3"
        );
        self.list(&sql, params![feed.0, after.0, i64::from(limit)], from_row)
    }

    fn grants(&mut self, feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<GrantRow>> {
        let sql = "SELECT report_no, holder, seq FROM grants WHERE feed_no = $1 AND report_no = ANY($2) \
                   ORDER BY report_no, holder";
        self.list(sql, params![feed.0, numbers(reports)], |row| {
            let mut c = Cells::of(row);
            Ok(GrantRow {
                report: ReportNo(c.next()?),
                holder: c.next()?,
                seq: c.number()?,
            })
        })
    }

    fn snapshot(&mut self, feed: FeedNo, report: ReportNo) -> StoreResult<Option<(u32, Vec<u8>)>> {
        let sql = "SELECT changes, body FROM snapshots WHERE feed_no = $1 AND report_no = $2";
        self.one(sql, params![feed.0, report.0], |row| {
            let mut c = Cells::of(row);
            Ok((c.number()?, c.next()?))
        })
    }

    fn manifests(&mut self, feed: FeedNo, after: i64, limit: u32) -> StoreResult<Vec<(i64, ManifestRow)>> {
        let sql = "SELECT manifest_no, install_no, received_at, at, names, signature FROM manifests \
                   WHERE feed_no = $1 AND manifest_no > $2 ORDER BY manifest_no LIMIT $3";
        self.list(sql, params![feed.0, after, i64::from(limit)], |row| {
            let mut c = Cells::of(row);
            let number = c.next()?;
            let manifest = ManifestRow {
                feed,
                install: InstallNo(c.next()?),
                received_at: c.at()?,
                at: c.next()?,
                names: c.next()?,
                signature: c.next()?,
            };
            Ok((number, manifest))
        })
    }

    fn audit_lines(&mut self, feed: FeedNo, from: u64, limit: u32) -> StoreResult<Vec<AuditLine>> {
        let sql = "SELECT number, at, actor, kind, detail, hash FROM audit \
                   WHERE feed_no = $1 AND number >= $2 ORDER BY number LIMIT $3";
        self.list(sql, params![feed.0, signed(from), i64::from(limit)], |row| {
            let mut c = Cells::of(row);
            Ok(AuditLine {
                number: c.number()?,
                at: c.at()?,
                actor: c.next()?,
                kind: c.next()?,
                detail: c.next()?,
                hash: c.hash()?,
            })
        })
    }
}
