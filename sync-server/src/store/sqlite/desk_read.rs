//! Reading what stands beside the ledger.

use rusqlite::types::Value;
use rusqlite::{Row, params};
use xunge_core::attachment::BlobHash;
use xunge_core::directory::DirectoryRow;
use xunge_core::id::{InstallId, PersonId, UploadId};
use xunge_core::time::Timestamp;

use super::install::{INSTALL, install_id, install_row, person, unit};
use super::ledger_read::{hash32, signed, unsigned};
use super::report::report_id;
use super::{SqliteTx, damaged};
use crate::store::{
    Account, BlobRow, CountRow, DeskRead, EnrolmentRow, FeedNo, InstallNo, InstallRow, ReportNo, ReviewRow,
    Session, StoreResult, UploadRow,
};

fn blob_hash(bytes: Vec<u8>) -> rusqlite::Result<BlobHash> {
    hash32(bytes).map(BlobHash::from_bytes)
}

const BLOB: &str = "SELECT feed_no, report_no, sha, size_bytes, media_type, stored_at, is_erased FROM blobs";

fn blob_row(row: &Row<'_>) -> rusqlite::Result<BlobRow> {
    Ok(BlobRow {
        feed: FeedNo(row.get(0)?),
        report: ReportNo(row.get(1)?),
        blob: blob_hash(row.get(2)?)?,
        size_bytes: unsigned(row.get(3)?),
        media_type: row.get(4)?,
        stored_at: Timestamp(row.get(5)?),
        is_erased: row.get(6)?,
    })
}

const UPLOAD: &str = "SELECT upload, feed_no, install, report, sha, size_bytes, media_type, offset_bytes, created_at, \
     expires_at FROM uploads";

fn upload_row(row: &Row<'_>) -> rusqlite::Result<UploadRow> {
    Ok(UploadRow {
        upload: UploadId::from_slice(&row.get::<_, Vec<u8>>(0)?).ok_or_else(|| damaged("an upload"))?,
        feed: FeedNo(row.get(1)?),
        install: row.get::<_, Option<Vec<u8>>>(2)?.map(install_id).transpose()?,
        report: report_id(row.get(3)?)?,
        blob: blob_hash(row.get(4)?)?,
        size_bytes: unsigned(row.get(5)?),
        media_type: row.get(6)?,
        offset_bytes: unsigned(row.get(7)?),
        created_at: Timestamp(row.get(8)?),
        expires_at: Timestamp(row.get(9)?),
    })
}

const REVIEW: &str = "SELECT number, feed_no, install, person, report, name, kind, why, received_at, body, settled_at \
     FROM review";

fn review_row(row: &Row<'_>) -> rusqlite::Result<ReviewRow> {
    Ok(ReviewRow {
        number: unsigned(row.get(0)?),
        feed: FeedNo(row.get(1)?),
        install: install_id(row.get(2)?)?,
        person: person(row.get(3)?)?,
        report: row.get::<_, Option<Vec<u8>>>(4)?.map(report_id).transpose()?,
        name: row.get(5)?,
        kind: row.get(6)?,
        why: row.get(7)?,
        received_at: Timestamp(row.get(8)?),
        body: row.get(9)?,
        settled_at: row.get::<_, Option<i64>>(10)?.map(Timestamp),
    })
}

const ACCOUNT: &str = "SELECT name, person, password_hash, is_enabled, created_at FROM accounts";

fn account_row(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        name: row.get(0)?,
        person: person(row.get(1)?)?,
        password_hash: row.get(2)?,
        is_enabled: row.get(3)?,
        created_at: Timestamp(row.get(4)?),
    })
}

impl DeskRead for SqliteTx<'_> {
    fn meta(&mut self, key: &str) -> StoreResult<Option<Vec<u8>>> {
        self.one("SELECT value FROM meta WHERE key = ?", [key], |row| row.get(0))
    }

    fn directory_after(
        &mut self,
        feed: FeedNo,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> StoreResult<Vec<(u64, DirectoryRow)>> {
        let sql = "SELECT seq, kind, key, valid_from, valid_to, version, json FROM directory \
                   WHERE feed_no = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?";
        let values = [feed.0, signed(after), signed(upto), i64::from(limit)].map(Value::Integer);
        self.list(sql, values, |row| {
            let directory = DirectoryRow {
                kind: row.get(1)?,
                key: row.get(2)?,
                valid_from: Timestamp(row.get(3)?),
                valid_to: row.get::<_, Option<i64>>(4)?.map(Timestamp),
                version: unsigned(row.get(5)?),
                json: row.get(6)?,
            };
            Ok((unsigned(row.get(0)?), directory))
        })
    }

    fn install(&mut self, install: &InstallId) -> StoreResult<Option<InstallRow>> {
        self.one(
            &format!("{INSTALL} WHERE install = ?"),
            [install.as_bytes()],
            install_row,
        )
    }

    fn install_by_no(&mut self, install: InstallNo) -> StoreResult<Option<InstallRow>> {
        self.one(
            &format!("{INSTALL} WHERE install_no = ?"),
            [install.0],
            install_row,
        )
    }

    fn installs(&mut self, person: Option<&PersonId>) -> StoreResult<Vec<InstallRow>> {
        match person {
            Some(person) => self.list(
                &format!("{INSTALL} WHERE person = ? ORDER BY install_no DESC"),
                [Value::Text(person.to_string())],
                install_row,
            ),
            None => self.list(&format!("{INSTALL} ORDER BY install_no DESC"), [], install_row),
        }
    }

    fn enrolment(&mut self, secret_hash: &[u8; 32]) -> StoreResult<Option<EnrolmentRow>> {
        let sql =
            "SELECT person, township, created_at, expires_at, install FROM enrolments WHERE secret_hash = ?";
        self.one(sql, [secret_hash], |row| {
            Ok(EnrolmentRow {
                secret_hash: *secret_hash,
                person: person(row.get(0)?)?,
                township: unit(row.get(1)?)?,
                created_at: Timestamp(row.get(2)?),
                expires_at: Timestamp(row.get(3)?),
                install: row.get::<_, Option<Vec<u8>>>(4)?.map(install_id).transpose()?,
            })
        })
    }

    fn account(&mut self, name: &str) -> StoreResult<Option<Account>> {
        self.one(&format!("{ACCOUNT} WHERE name = ?"), [name], account_row)
    }

    fn accounts(&mut self) -> StoreResult<Vec<Account>> {
        self.list(&format!("{ACCOUNT} ORDER BY name"), [], account_row)
    }

    fn session(&mut self, token_hash: &[u8; 32]) -> StoreResult<Option<Session>> {
        let sql = "SELECT account, person, csrf, created_at, used_at FROM sessions WHERE token_hash = ?";
        self.one(sql, [token_hash], |row| {
            Ok(Session {
                token_hash: *token_hash,
                account: row.get(0)?,
                person: person(row.get(1)?)?,
                csrf: row.get(2)?,
                created_at: Timestamp(row.get(3)?),
                used_at: Timestamp(row.get(4)?),
            })
        })
    }

    fn blobs_of_reports(&mut self, _feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<BlobRow>> {
        let mut found = Vec::new();
        for report in reports {
            let sql = format!("{BLOB} WHERE report_no = ? ORDER BY sha");
            found.extend(self.list(&sql, [Value::Integer(report.0)], blob_row)?);
        }
        Ok(found)
    }

    fn blobs_by_hash(&mut self, blob: &BlobHash) -> StoreResult<Vec<BlobRow>> {
        let sha = Value::Blob(blob.as_bytes().to_vec());
        self.list(
            &format!("{BLOB} WHERE sha = ? ORDER BY report_no"),
            [sha],
            blob_row,
        )
    }

    fn blobs_all(&mut self, after: Option<BlobHash>, limit: u32) -> StoreResult<Vec<BlobRow>> {
        let after = Value::Blob(after.map_or(Vec::new(), |a| a.as_bytes().to_vec()));
        let sql = format!("{BLOB} WHERE sha > ? AND is_erased = 0 GROUP BY sha ORDER BY sha LIMIT ?");
        self.list(&sql, [after, Value::Integer(i64::from(limit))], blob_row)
    }

    fn upload(&mut self, upload: &UploadId) -> StoreResult<Option<UploadRow>> {
        self.one(
            &format!("{UPLOAD} WHERE upload = ?"),
            [upload.as_bytes()],
            upload_row,
        )
    }

    fn uploads_of(&mut self, install: &InstallId, blob: Option<&BlobHash>) -> StoreResult<Vec<UploadRow>> {
        let install = Value::Blob(install.as_bytes().to_vec());
        match blob {
            Some(blob) => {
                let sha = Value::Blob(blob.as_bytes().to_vec());
                self.list(
                    &format!("{UPLOAD} WHERE install = ? AND sha = ?"),
                    [install, sha],
                    upload_row,
                )
            }
            None => self.list(&format!("{UPLOAD} WHERE install = ?"), [install], upload_row),
        }
    }

    fn uploads_expired(&mut self, now: Timestamp, limit: u32) -> StoreResult<Vec<UploadId>> {
        let sql = "SELECT upload FROM uploads WHERE expires_at <= ? LIMIT ?";
        let values = [now.as_millis(), i64::from(limit)].map(Value::Integer);
        self.list(sql, values, |row| {
            UploadId::from_slice(&row.get::<_, Vec<u8>>(0)?).ok_or_else(|| damaged("an upload"))
        })
    }

    fn review_open(&mut self, limit: u32) -> StoreResult<Vec<ReviewRow>> {
        let sql = format!("{REVIEW} WHERE settled_at IS NULL ORDER BY received_at, number LIMIT ?");
        self.list(&sql, [Value::Integer(i64::from(limit))], review_row)
    }

    fn review(&mut self, number: u64) -> StoreResult<Option<ReviewRow>> {
        self.one(
            &format!("{REVIEW} WHERE number = ?"),
            params![signed(number)],
            review_row,
        )
    }

    fn counts(&mut self) -> StoreResult<CountRow> {
        let sql = "SELECT (SELECT count(*) FROM reports), (SELECT coalesce(sum(changes), 0) FROM reports), \
                   (SELECT coalesce(sum(events), 0) FROM reports), (SELECT count(*) FROM blobs WHERE is_erased = 0), \
                   (SELECT count(*) FROM installs WHERE revoked_at IS NULL), \
                   (SELECT count(*) FROM review WHERE settled_at IS NULL), \
                   (SELECT count(*) FROM tracks WHERE body IS NOT NULL), (SELECT count(*) FROM coverage)";
        let counts = self.one(sql, [], |row| {
            Ok(CountRow {
                reports: unsigned(row.get(0)?),
                changes: unsigned(row.get(1)?),
                commands: unsigned(row.get(2)?),
                blobs: unsigned(row.get(3)?),
                installs: unsigned(row.get(4)?),
                review_items: unsigned(row.get(5)?),
                tracks: unsigned(row.get(6)?),
                coverage: unsigned(row.get(7)?),
            })
        })?;
        Ok(counts.unwrap_or_default())
    }
}
