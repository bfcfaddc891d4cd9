//! Writing the ledger.

use rusqlite::params;
use xunge_core::id::UnitId;
use xunge_core::sync::message::Digest;

use super::SqliteTx;
use super::ledger_read::{row_id, signed};
use crate::store::{
    AuditLine, FeedNo, FeedState, GrantRow, LedgerRow, LedgerWrite, ManifestRow, ReportNo, ReportRow,
    StoreResult,
};

impl LedgerWrite for SqliteTx<'_> {
    fn feed_insert(&mut self, unit: &UnitId) -> StoreResult<FeedNo> {
        let sql = "INSERT INTO feeds (unit, audit_hash) VALUES (?, ?)";
        self.run(sql, params![unit.as_str(), [0u8; 32]])?;
        Ok(FeedNo(self.tx.last_insert_rowid()))
    }

    fn feed_update(&mut self, feed: &FeedState) -> StoreResult<()> {
        let sql = "UPDATE feeds SET head = ?, audit_count = ?, audit_hash = ? WHERE feed_no = ?";
        let (head, count) = (signed(feed.head), signed(feed.audit_count));
        self.run(sql, params![head, count, feed.audit_hash, feed.no.0])?;
        Ok(())
    }

    fn rows_insert(&mut self, feed: FeedNo, rows: &[LedgerRow]) -> StoreResult<()> {
        let sql = "INSERT INTO ledger (row_id, kind, report_no, name, install_no, moved_from, body) \
                   VALUES (?, ?, ?, ?, ?, ?, ?)";
        for row in rows {
            let (report, install) = (row.report.map(|r| r.0), row.install.map(|i| i.0));
            self.run(
                sql,
                params![
                    row_id(feed, row.seq),
                    row.kind as i64,
                    report,
                    row.name,
                    install,
                    row.moved_from,
                    row.body
                ],
            )?;
        }
        Ok(())
    }

    fn row_body_replace(&mut self, feed: FeedNo, seq: u64, body: &[u8]) -> StoreResult<()> {
        let sql = "UPDATE ledger SET body = ? WHERE row_id = ?";
        self.run(sql, params![body, row_id(feed, seq)])?;
        Ok(())
    }

    fn reports_insert(&mut self, reports: &[&ReportRow]) -> StoreResult<Vec<ReportNo>> {
        reports.iter().map(|report| self.insert_report(report)).collect()
    }

    fn reports_update(&mut self, reports: &[ReportRow]) -> StoreResult<()> {
        reports.iter().try_for_each(|report| self.update_report(report))
    }

    fn grants_insert(&mut self, feed: FeedNo, grants: &[GrantRow]) -> StoreResult<()> {
        let sql = "INSERT OR IGNORE INTO grants (report_no, feed_no, holder, seq) VALUES (?, ?, ?, ?)";
        for grant in grants {
            self.run(
                sql,
                params![grant.report.0, feed.0, grant.holder, signed(grant.seq)],
            )?;
        }
        Ok(())
    }

    fn grants_end(&mut self, _feed: FeedNo, ended: &[(ReportNo, String)]) -> StoreResult<()> {
        for (report, holder) in ended {
            let sql = "DELETE FROM grants WHERE report_no = ? AND holder = ?";
            self.run(sql, params![report.0, holder])?;
        }
        Ok(())
    }

    fn digests_put(&mut self, feed: FeedNo, digests: &[(String, Digest)]) -> StoreResult<()> {
        let sql =
            "INSERT OR REPLACE INTO digests (feed_no, scope, digest_count, digest_xor) VALUES (?, ?, ?, ?)";
        for (scope, digest) in digests {
            self.run(sql, params![feed.0, scope, signed(digest.count), digest.xor])?;
        }
        Ok(())
    }

    fn snapshot_put(
        &mut self,
        _feed: FeedNo,
        report: ReportNo,
        changes: u32,
        body: &[u8],
    ) -> StoreResult<()> {
        let sql = "INSERT OR REPLACE INTO snapshots (report_no, changes, body) VALUES (?, ?, ?)";
        self.run(sql, params![report.0, changes, body])?;
        Ok(())
    }

    fn snapshot_drop(&mut self, _feed: FeedNo, report: ReportNo) -> StoreResult<()> {
        self.run("DELETE FROM snapshots WHERE report_no = ?", [report.0])?;
        Ok(())
    }

    fn manifest_insert(&mut self, m: &ManifestRow) -> StoreResult<()> {
        let sql = "INSERT INTO manifests (feed_no, install_no, received_at, at, names, signature) \
                   VALUES (?, ?, ?, ?, ?, ?)";
        let at = m.received_at.as_millis();
        self.run(
            sql,
            params![m.feed.0, m.install.0, at, m.at, m.names, m.signature],
        )?;
        Ok(())
    }

    fn audit_insert(&mut self, feed: FeedNo, lines: &[AuditLine]) -> StoreResult<()> {
        self.write_audit(feed, lines)
    }
}
