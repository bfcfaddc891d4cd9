//! Writing the ledger. Statements are queued and go out together with the commit.

use xunge_core::id::UnitId;
use xunge_core::sync::message::Digest;

use super::cells::{Cells, damaged, signed};
use super::connection::params;
use super::tx::PgTx;
use crate::store::{
    AuditLine, FeedNo, FeedState, GrantRow, LedgerRow, LedgerWrite, ManifestRow, ReportNo, ReportRow,
    StoreResult,
};

impl LedgerWrite for PgTx<'_> {
    fn feed_insert(&mut self, unit: &UnitId) -> StoreResult<FeedNo> {
        let sql = "INSERT INTO feeds (feed_no, unit, audit_hash) SELECT max(feed_no) + 1, $1, $2 FROM feeds \
                   RETURNING feed_no";
        let values = params![unit.as_str().to_owned(), vec![0_u8; 32]];
        let made = self.one(sql, values, |row| Ok(FeedNo(Cells::of(row).next()?)))?;
        made.ok_or_else(|| damaged("the table of feeds"))
    }

    fn feed_update(&mut self, feed: &FeedState) -> StoreResult<()> {
        self.must_hold(feed.no)?;
        let sql = "UPDATE feeds SET head = $2, audit_count = $3, audit_hash = $4 WHERE feed_no = $1";
        let (head, count) = (signed(feed.head), signed(feed.audit_count));
        self.send_exactly(1, sql, params![feed.no.0, head, count, feed.audit_hash.to_vec()])
    }

    fn rows_insert(&mut self, feed: FeedNo, rows: &[LedgerRow]) -> StoreResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.must_hold(feed)?;
        let sql = "INSERT INTO ledger (feed_no, seq, kind, report_no, name, install_no, moved_from, body) \
                   SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bigint[], \
                   $7::text[], $8::bytea[])";
        let seqs: Vec<i64> = rows.iter().map(|row| signed(row.seq)).collect();
        let kinds: Vec<i64> = rows.iter().map(|row| row.kind as i64).collect();
        let reports: Vec<Option<i64>> = rows.iter().map(|row| row.report.map(|no| no.0)).collect();
        let names: Vec<Option<Vec<u8>>> = rows.iter().map(|row| row.name.clone()).collect();
        let installs: Vec<Option<i64>> = rows.iter().map(|row| row.install.map(|no| no.0)).collect();
        let moved: Vec<Option<String>> = rows.iter().map(|row| row.moved_from.clone()).collect();
        let bodies: Vec<Option<Vec<u8>>> = rows.iter().map(|row| row.body.clone()).collect();
        let values = params![feed.0, seqs, kinds, reports, names, installs, moved, bodies];
        self.send_exactly(rows.len(), sql, values)
    }

    fn row_body_replace(&mut self, feed: FeedNo, seq: u64, body: &[u8]) -> StoreResult<()> {
        self.must_hold(feed)?;
        let sql = "UPDATE ledger SET body = $3 WHERE feed_no = $1 AND seq = $2";
        self.send(sql, params![feed.0, signed(seq), body.to_vec()])
    }

    fn reports_insert(&mut self, reports: &[&ReportRow]) -> StoreResult<Vec<ReportNo>> {
        for report in reports {
            self.must_hold(report.feed)?;
        }
        self.insert_reports(reports)
    }

    fn reports_update(&mut self, reports: &[ReportRow]) -> StoreResult<()> {
        for report in reports {
            self.must_hold(report.feed)?;
            self.update_report(report)?;
        }
        Ok(())
    }

    fn grants_insert(&mut self, feed: FeedNo, grants: &[GrantRow]) -> StoreResult<()> {
        let sql = "INSERT INTO grants (feed_no, report_no, holder, seq) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (feed_no, report_no, holder) DO NOTHING";
        for grant in grants {
            let values = params![feed.0, grant.report.0, grant.holder.clone(), signed(grant.seq)];
            self.send(sql, values)?;
        }
        Ok(())
    }

    fn grants_end(&mut self, feed: FeedNo, ended: &[(ReportNo, String)]) -> StoreResult<()> {
        for (report, holder) in ended {
            let sql = "DELETE FROM grants WHERE feed_no = $1 AND report_no = $2 AND holder = $3";
            self.send(sql, params![feed.0, report.0, holder.clone()])?;
        }
        Ok(())
    }

    fn digests_put(&mut self, feed: FeedNo, digests: &[(String, Digest)]) -> StoreResult<()> {
        let sql = "INSERT INTO digests (feed_no, scope, digest_count, digest_xor) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (feed_no, scope) DO UPDATE SET digest_count = excluded.digest_count, \
                   digest_xor = excluded.digest_xor";
        for (scope, digest) in digests {
            let values = params![feed.0, scope.clone(), signed(digest.count), digest.xor.to_vec()];
            self.send(sql, values)?;
        }
        Ok(())
    }

    fn snapshot_put(&mut self, feed: FeedNo, report: ReportNo, changes: u32, body: &[u8]) -> StoreResult<()> {
        let sql = "INSERT INTO snapshots (feed_no, report_no, changes, body) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (feed_no, report_no) DO UPDATE SET changes = excluded.changes, body = excluded.body";
        self.send(sql, params![feed.0, report.0, i64::from(changes), body.to_vec()])
    }

    fn snapshot_drop(&mut self, feed: FeedNo, report: ReportNo) -> StoreResult<()> {
        let sql = "DELETE FROM snapshots WHERE feed_no = $1 AND report_no = $2";
        self.send(sql, params![feed.0, report.0])
    }

    fn manifest_insert(&mut self, m: &ManifestRow) -> StoreResult<()> {
        let sql = "INSERT INTO manifests (feed_no, install_no, received_at, at, names, signature) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let at = m.received_at.as_millis();
        let values = params![
            m.feed.0,
            m.install.0,
            at,
            m.at.clone(),
            m.names.clone(),
            m.signature.clone()
        ];
        self.send(sql, values)
    }

    fn audit_insert(&mut self, feed: FeedNo, lines: &[AuditLine]) -> StoreResult<()> {
        self.must_hold(feed)?;
        let sql = "INSERT INTO audit (feed_no, number, at, actor, kind, detail, hash) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        for line in lines {
            let values = params![
                feed.0,
                signed(line.number),
                line.at.as_millis(),
                line.actor.clone(),
                line.kind.clone(),
                line.detail.clone(),
                line.hash.to_vec(),
            ];
            self.send(sql, values)?;
        }
        Ok(())
    }
}
