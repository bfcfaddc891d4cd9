//! Reading the ledger.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};
use xunge_core::id::{PersonId, ReportId, UnitId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;

use super::report::{COLUMNS, from_row, report_id};
use super::{SqliteTx, damaged, from_sqlite};
use crate::store::{
    AuditLine, DigestRow, FeedNo, FeedState, FigureRow, GrantRow, InstallNo, LedgerRead, LedgerRow,
    ManifestRow, QueueFilter, ReportNo, ReportRow, RowHead, RowKind, SERVER_FEED, StoreResult,
};

/// Bits of a row's number that count within its feed.
const SEQ_BITS: u32 = 40;

/// The number of a row in the table.
pub(super) fn row_id(feed: FeedNo, seq: u64) -> i64 {
    let seq = i64::try_from(seq).unwrap_or(i64::MAX).min((1 << SEQ_BITS) - 1);
    (feed.0 << SEQ_BITS) | seq
}

pub(super) fn seq_of(row_id: i64) -> u64 {
    u64::try_from(row_id & ((1 << SEQ_BITS) - 1)).expect("masked to 40 bits")
}

pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn hash32(bytes: Vec<u8>) -> rusqlite::Result<[u8; 32]> {
    bytes.try_into().map_err(|_| damaged("a hash"))
}

/// `?,?,?` for a list.
pub(super) fn marks(count: usize) -> String {
    vec!["?"; count].join(",")
}

pub(super) fn digest(count: i64, xor: Vec<u8>) -> rusqlite::Result<Digest> {
    Ok(Digest {
        count: unsigned(count),
        xor: xor.try_into().map_err(|_| damaged("a digest"))?,
    })
}

fn feed_row(row: &Row<'_>) -> rusqlite::Result<FeedState> {
    let unit: String = row.get(1)?;
    Ok(FeedState {
        no: FeedNo(row.get(0)?),
        unit: UnitId::new(unit).map_err(|_| damaged("a unit"))?,
        head: unsigned(row.get(2)?),
        audit_count: unsigned(row.get(3)?),
        audit_hash: hash32(row.get(4)?)?,
    })
}

fn ledger_row(row: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    Ok(LedgerRow {
        seq: seq_of(row.get(0)?),
        kind: RowKind::from_number(row.get(1)?).ok_or_else(|| damaged("a row's kind"))?,
        report: row.get::<_, Option<i64>>(2)?.map(ReportNo),
        name: row.get(3)?,
        install: row.get::<_, Option<i64>>(4)?.map(InstallNo),
        moved_from: row.get(5)?,
        body: row.get(6)?,
    })
}

const LEDGER: &str = "SELECT row_id, kind, report_no, name, install_no, moved_from, body FROM ledger";
const FEED: &str = "SELECT feed_no, unit, head, audit_count, audit_hash FROM feeds";

impl SqliteTx<'_> {
    pub(super) fn list<T>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> StoreResult<Vec<T>> {
        let mut statement = self.tx.prepare_cached(sql).map_err(from_sqlite)?;
        let rows = statement
            .query_map(params_from_iter(values), |row| read(row))
            .map_err(from_sqlite)?;
        rows.collect::<rusqlite::Result<_>>().map_err(from_sqlite)
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> StoreResult<Option<T>> {
        let mut statement = self.tx.prepare_cached(sql).map_err(from_sqlite)?;
        statement
            .query_row(values, |row| read(row))
            .optional()
            .map_err(from_sqlite)
    }

    pub(super) fn run(&self, sql: &str, values: impl rusqlite::Params) -> StoreResult<usize> {
        let mut statement = self.tx.prepare_cached(sql).map_err(from_sqlite)?;
        statement.execute(values).map_err(from_sqlite)
    }
}

pub(super) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// The query of a filter without its page, with its values.
fn queue_where(feed: FeedNo, columns: &str, filter: &QueueFilter) -> (String, Vec<Value>) {
    let mut sql =
        format!("SELECT {columns} FROM reports WHERE feed_no = ? AND state = ? AND scope IS NOT NULL");
    let mut values = vec![Value::Integer(feed.0), Value::Integer(i64::from(filter.state))];
    if !filter.scopes.is_empty() {
        sql.push_str(&format!(" AND scope IN ({})", marks(filter.scopes.len())));
        values.extend(filter.scopes.iter().map(|s| text(s)));
    }
    if !filter.categories.is_empty() {
        sql.push_str(&format!(" AND category IN ({})", marks(filter.categories.len())));
        values.extend(filter.categories.iter().map(|c| text(c)));
    }
    super::outcome::narrow(&filter.cohort, &mut sql, &mut values);
    if let Some(holder) = &filter.holder {
        sql.push_str(" AND holder_unit = ?");
        values.push(text(holder.as_str()));
    }
    if let Some(rank) = filter.rank {
        sql.push_str(" AND rank = ?");
        values.push(Value::Integer(i64::from(rank)));
    }
    (sql, values)
}

/// The part of a query that names what somebody may see, with its values.
fn visible(
    feed: FeedNo,
    columns: &str,
    scopes: &[String],
    granted: Option<(&PersonId, &[String])>,
    window: (&str, &[Value]),
) -> (String, Vec<Value>) {
    let mut parts = Vec::new();
    let mut values = Vec::new();
    let (limits, bounds) = window;
    if !scopes.is_empty() {
        parts.push(format!(
            "SELECT {columns} FROM reports WHERE feed_no = ? AND scope IN ({}){limits}",
            marks(scopes.len())
        ));
        values.push(Value::Integer(feed.0));
        values.extend(scopes.iter().map(|s| text(s)));
        values.extend_from_slice(bounds);
    }
    if let Some((person, holders)) = granted {
        parts.push(format!(
            "SELECT {columns} FROM reports WHERE feed_no = ? AND reporter = ?{limits}"
        ));
        values.extend([Value::Integer(feed.0), text(person.as_str())]);
        values.extend_from_slice(bounds);
        if !holders.is_empty() {
            parts.push(format!(
                "SELECT {columns} FROM reports WHERE report_no IN \
                 (SELECT report_no FROM grants WHERE feed_no = ? AND holder IN ({})){limits}",
                marks(holders.len())
            ));
            values.push(Value::Integer(feed.0));
            values.extend(holders.iter().map(|h| text(h)));
            values.extend_from_slice(bounds);
        }
    }
    (parts.join(" UNION "), values)
}

impl LedgerRead for SqliteTx<'_> {
    fn feed(&mut self, unit: &UnitId) -> StoreResult<Option<FeedState>> {
        self.one(&format!("{FEED} WHERE unit = ?"), [unit.as_str()], feed_row)
    }

    fn feed_by_no(&mut self, feed: FeedNo) -> StoreResult<Option<FeedState>> {
        self.one(&format!("{FEED} WHERE feed_no = ?"), [feed.0], feed_row)
    }

    fn feeds(&mut self) -> StoreResult<Vec<FeedState>> {
        let server = Value::Integer(SERVER_FEED.0);
        self.list(
            &format!("{FEED} WHERE feed_no <> ? ORDER BY unit"),
            [server],
            feed_row,
        )
    }

    fn rows_after(&mut self, feed: FeedNo, after: u64, upto: u64, limit: u32) -> StoreResult<Vec<LedgerRow>> {
        let sql = format!("{LEDGER} WHERE row_id > ? AND row_id <= ? ORDER BY row_id LIMIT ?");
        let values = [row_id(feed, after), row_id(feed, upto), i64::from(limit)].map(Value::Integer);
        self.list(&sql, values, ledger_row)
    }

    fn row_heads_after(
        &mut self,
        feed: FeedNo,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> StoreResult<Vec<RowHead>> {
        let sql = "SELECT row_id, kind, report_no, install_no, moved_from FROM ledger \
                   WHERE row_id > ? AND row_id <= ? ORDER BY row_id LIMIT ?";
        let values = [row_id(feed, after), row_id(feed, upto), i64::from(limit)].map(Value::Integer);
        self.list(sql, values, |row| {
            Ok(RowHead {
                seq: seq_of(row.get(0)?),
                kind: RowKind::from_number(row.get(1)?).ok_or_else(|| damaged("a row's kind"))?,
                report: row.get::<_, Option<i64>>(2)?.map(ReportNo),
                install: row.get::<_, Option<i64>>(3)?.map(InstallNo),
                moved_from: row.get(4)?,
            })
        })
    }

    fn rows_by_seq(&mut self, feed: FeedNo, seqs: &[u64]) -> StoreResult<Vec<LedgerRow>> {
        let sql = format!("{LEDGER} WHERE row_id = ?");
        let mut found = Vec::with_capacity(seqs.len());
        for seq in seqs {
            found.extend(self.one(&sql, [row_id(feed, *seq)], ledger_row)?);
        }
        Ok(found)
    }

    fn rows_of_report(
        &mut self,
        _feed: FeedNo,
        report: ReportNo,
        kinds: &[RowKind],
    ) -> StoreResult<Vec<LedgerRow>> {
        let sql = format!(
            "{LEDGER} WHERE report_no = ? AND kind IN ({}) ORDER BY row_id",
            marks(kinds.len())
        );
        let values = std::iter::once(report.0).chain(kinds.iter().map(|k| *k as i64));
        self.list(&sql, values.map(Value::Integer), ledger_row)
    }

    fn rows_by_name(&mut self, feed: FeedNo, names: &[&[u8]]) -> StoreResult<Vec<LedgerRow>> {
        let sql = format!("{LEDGER} WHERE name = ? AND row_id > ? AND row_id <= ?");
        let (from, to) = (row_id(feed, 0), row_id(feed, u64::MAX));
        let mut found = Vec::new();
        for name in names {
            let values = [
                Value::Blob(name.to_vec()),
                Value::Integer(from),
                Value::Integer(to),
            ];
            found.extend(self.list(&sql, values, ledger_row)?);
        }
        Ok(found)
    }

    fn reports(&mut self, feed: FeedNo, reports: &[ReportId]) -> StoreResult<Vec<ReportRow>> {
        let sql = format!("SELECT {COLUMNS} FROM reports WHERE feed_no = ? AND report = ?");
        let mut found = Vec::new();
        for report in reports {
            found.extend(self.one(&sql, params![feed.0, report.as_bytes()], from_row)?);
        }
        Ok(found)
    }

    fn reports_by_no(&mut self, _feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<ReportRow>> {
        let sql = format!("SELECT {COLUMNS} FROM reports WHERE report_no = ?");
        let mut found = Vec::new();
        for report in reports {
            found.extend(self.one(&sql, [report.0], from_row)?);
        }
        Ok(found)
    }

    fn report_by_code(&mut self, feed: FeedNo, code: &str) -> StoreResult<Option<ReportRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM reports WHERE feed_no = ? AND code = ? ORDER BY report_no LIMIT 1"
        );
        self.one(&sql, params![feed.0, code], from_row)
    }

    fn reports_anywhere(&mut self, reports: &[ReportId]) -> StoreResult<Vec<ReportRow>> {
        let feeds = self.feeds()?;
        let mut found = Vec::new();
        for report in reports {
            for feed in &feeds {
                let held = self.reports(feed.no, &[*report])?;
                if !held.is_empty() {
                    found.extend(held);
                    break;
                }
            }
        }
        Ok(found)
    }

    fn feed_of_report(&mut self, report: &ReportId) -> StoreResult<Option<FeedNo>> {
        // Feeds are few; each look-up is one step in the index.
        for feed in self.feeds()? {
            let sql = "SELECT 1 FROM reports WHERE feed_no = ? AND report = ?";
            if self
                .one(sql, params![feed.no.0, report.as_bytes()], |_| Ok(()))?
                .is_some()
            {
                return Ok(Some(feed.no));
            }
        }
        Ok(None)
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
        let after = Value::Blob(after.map_or(Vec::new(), |a| a.as_bytes().to_vec()));
        let (sql, mut values) = visible(feed, COLUMNS, scopes, None, (" AND report > ?", &[after]));
        values.push(Value::Integer(i64::from(limit)));
        self.list(&format!("{sql} ORDER BY report LIMIT ?"), values, from_row)
    }

    fn reports_granted(
        &mut self,
        feed: FeedNo,
        person: &PersonId,
        holders: &[String],
        after: Option<ReportId>,
        limit: u32,
    ) -> StoreResult<Vec<ReportRow>> {
        let after = Value::Blob(after.map_or(Vec::new(), |a| a.as_bytes().to_vec()));
        let window = (" AND report > ?", &[after][..]);
        let (sql, mut values) = visible(feed, COLUMNS, &[], Some((person, holders)), window);
        values.push(Value::Integer(i64::from(limit)));
        self.list(&format!("{sql} ORDER BY report LIMIT ?"), values, from_row)
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
        let after = Value::Blob(after.map_or(Vec::new(), |a| a.as_bytes().to_vec()));
        let upto = Value::Blob(upto.map_or(vec![0xff; 17], |u| u.as_bytes().to_vec()));
        let columns = "report_no, report, digest_count, digest_xor, scope";
        let window = (" AND report > ? AND report <= ?", &[after, upto][..]);
        let (sql, mut values) = visible(feed, columns, scopes, Some((person, holders)), window);
        values.push(Value::Integer(i64::from(limit)));
        self.list(&format!("{sql} ORDER BY report LIMIT ?"), values, |row| {
            Ok(DigestRow {
                no: ReportNo(row.get(0)?),
                report: report_id(row.get(1)?)?,
                digest: digest(row.get(2)?, row.get(3)?)?,
                scope: row.get(4)?,
            })
        })
    }

    fn digests(&mut self, feed: FeedNo) -> StoreResult<Vec<(String, Digest)>> {
        let sql = "SELECT scope, digest_count, digest_xor FROM digests WHERE feed_no = ?";
        self.list(sql, [Value::Integer(feed.0)], |row| {
            Ok((row.get(0)?, digest(row.get(1)?, row.get(2)?)?))
        })
    }

    fn queue(&mut self, feed: FeedNo, filter: &QueueFilter) -> StoreResult<Vec<ReportRow>> {
        let (mut sql, mut values) = queue_where(feed, COLUMNS, filter);
        if let Some((rank, since, no)) = filter.after {
            sql.push_str(" AND (rank, held_since, report_no) > (?, ?, ?)");
            values.extend([i64::from(rank), since.as_millis(), no.0].map(Value::Integer));
        }
        sql.push_str(" ORDER BY rank, held_since, report_no LIMIT ?");
        values.push(Value::Integer(i64::from(filter.limit)));
        self.list(&sql, values, from_row)
    }

    fn queue_count(&mut self, feed: FeedNo, filter: &QueueFilter) -> StoreResult<u64> {
        let (sql, values) = queue_where(feed, "count(*)", filter);
        let counted = self.one(&sql, params_from_iter(values), |row| row.get::<_, i64>(0))?;
        Ok(unsigned(counted.unwrap_or_default()))
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
            "SELECT {COLUMNS} FROM reports WHERE feed_no = ? AND look_at <= ? ORDER BY look_at, report_no LIMIT ?"
        );
        let values = [feed.0, now.as_millis(), i64::from(limit)].map(Value::Integer);
        self.list(&sql, values, from_row)
    }

    fn reports_all(&mut self, feed: FeedNo, after: ReportNo, limit: u32) -> StoreResult<Vec<ReportRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM reports WHERE feed_no = ? AND report_no > ? ORDER BY report_no LIMIT ?"
        );
        let values = [feed.0, after.0, i64::from(limit)].map(Value::Integer);
        self.list(&sql, values, from_row)
    }

    fn grants(&mut self, _feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<GrantRow>> {
        let mut found = Vec::new();
        for report in reports {
            let sql = "SELECT holder, seq FROM grants WHERE report_no = ?";
            found.extend(self.list(sql, [Value::Integer(report.0)], |row| {
                Ok(GrantRow {
                    report: *report,
                    holder: row.get(0)?,
                    seq: unsigned(row.get(1)?),
                })
            })?);
        }
        Ok(found)
    }

    fn snapshot(&mut self, _feed: FeedNo, report: ReportNo) -> StoreResult<Option<(u32, Vec<u8>)>> {
        let sql = "SELECT changes, body FROM snapshots WHERE report_no = ?";
        self.one(sql, [report.0], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn manifests(&mut self, feed: FeedNo, after: i64, limit: u32) -> StoreResult<Vec<(i64, ManifestRow)>> {
        let sql = "SELECT manifest_no, install_no, received_at, at, names, signature FROM manifests \
                   WHERE feed_no = ? AND manifest_no > ? ORDER BY manifest_no LIMIT ?";
        self.list(
            sql,
            [feed.0, after, i64::from(limit)].map(Value::Integer),
            |row| {
                let manifest = ManifestRow {
                    feed,
                    install: InstallNo(row.get(1)?),
                    received_at: Timestamp(row.get(2)?),
                    at: row.get(3)?,
                    names: row.get(4)?,
                    signature: row.get(5)?,
                };
                Ok((row.get(0)?, manifest))
            },
        )
    }

    fn audit_lines(&mut self, feed: FeedNo, from: u64, limit: u32) -> StoreResult<Vec<AuditLine>> {
        self.read_audit(feed, from, limit)
    }
}
