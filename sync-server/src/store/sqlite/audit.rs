//! The audit chain's lines.

use rusqlite::params;
use rusqlite::types::Value;
use xunge_core::time::Timestamp;

use super::SqliteTx;
use super::ledger_read::{hash32, signed, unsigned};
use crate::store::{AuditLine, FeedNo, StoreResult};

impl SqliteTx<'_> {
    pub(super) fn read_audit(&self, feed: FeedNo, from: u64, limit: u32) -> StoreResult<Vec<AuditLine>> {
        let sql = "SELECT number, at, actor, kind, detail, hash FROM audit \
                   WHERE feed_no = ? AND number >= ? ORDER BY number LIMIT ?";
        let values = [feed.0, signed(from), i64::from(limit)].map(Value::Integer);
        self.list(sql, values, |row| {
            Ok(AuditLine {
                number: unsigned(row.get(0)?),
                at: Timestamp(row.get(1)?),
                actor: row.get(2)?,
                kind: row.get(3)?,
                detail: row.get(4)?,
                hash: hash32(row.get(5)?)?,
            })
        })
    }

    pub(super) fn write_audit(&self, feed: FeedNo, lines: &[AuditLine]) -> StoreResult<()> {
        let sql =
            "INSERT INTO audit (feed_no, number, at, actor, kind, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)";
        for line in lines {
            let (number, at) = (signed(line.number), line.at.as_millis());
            self.run(
                sql,
                params![feed.0, number, at, line.actor, line.kind, line.detail, line.hash],
            )?;
        }
        Ok(())
    }
}
