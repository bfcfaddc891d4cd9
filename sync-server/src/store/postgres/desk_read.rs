//! Reading what stands beside the ledger.

use tokio_postgres::Row;
use xunge_core::attachment::BlobHash;
use xunge_core::directory::DirectoryRow;
use xunge_core::id::{InstallId, PersonId, UploadId};
use xunge_core::time::Timestamp;

use super::cells::{Cells, damaged, signed, text};
use super::connection::params;
use super::tx::PgTx;
use crate::store::{
    Account, BlobRow, CountRow, DeskRead, EnrolmentRow, FeedNo, InstallNo, InstallRow, ReportNo, ReviewRow,
    Session, StoreResult, UploadRow,
};

const BLOB: &str = "SELECT feed_no, report_no, sha, size_bytes, media_type, stored_at, is_erased FROM blobs";

const UPLOAD: &str = "SELECT upload, feed_no, install, report, sha, size_bytes, media_type, offset_bytes, created_at, \
     expires_at FROM uploads";

const REVIEW: &str = "SELECT number, feed_no, install, person, report, name, kind, why, received_at, body, settled_at \
     FROM review";

const ACCOUNT: &str = "SELECT name, person, password_hash, is_enabled, created_at FROM accounts";

const INSTALL: &str = "SELECT install_no, install, person, township, public_key, token_hash, actors, feeds, \
     device_label, app_version, enrolled_at, revoked_at, last_sync_at, health FROM installs";

fn blob_row(row: &Row) -> StoreResult<BlobRow> {
    let mut c = Cells::of(row);
    Ok(BlobRow {
        feed: FeedNo(c.next()?),
        report: ReportNo(c.next()?),
        blob: c.blob()?,
        size_bytes: c.number()?,
        media_type: c.next()?,
        stored_at: c.at()?,
        is_erased: c.is()?,
    })
}

fn upload_id(c: &mut Cells<'_>) -> StoreResult<UploadId> {
    UploadId::from_slice(c.next()?).ok_or_else(|| damaged("an upload"))
}

fn upload_row(row: &Row) -> StoreResult<UploadRow> {
    let mut c = Cells::of(row);
    Ok(UploadRow {
        upload: upload_id(&mut c)?,
        feed: FeedNo(c.next()?),
        install: c.install_maybe()?,
        report: c.report()?,
        blob: c.blob()?,
        size_bytes: c.number()?,
        media_type: c.next()?,
        offset_bytes: c.number()?,
        created_at: c.at()?,
        expires_at: c.at()?,
    })
}

fn review_row(row: &Row) -> StoreResult<ReviewRow> {
    let mut c = Cells::of(row);
    Ok(ReviewRow {
        number: c.number()?,
        feed: FeedNo(c.next()?),
        install: c.install()?,
        person: c.person()?,
        report: c.report_maybe()?,
        name: c.next()?,
        kind: c.next()?,
        why: c.next()?,
        received_at: c.at()?,
        body: c.next()?,
        settled_at: c.at_maybe()?,
    })
}

fn account_row(row: &Row) -> StoreResult<Account> {
    let mut c = Cells::of(row);
    Ok(Account {
        name: c.next()?,
        person: c.person()?,
        password_hash: c.next()?,
        is_enabled: c.is()?,
        created_at: c.at()?,
    })
}

fn install_row(row: &Row) -> StoreResult<InstallRow> {
    let mut c = Cells::of(row);
    Ok(InstallRow {
        no: InstallNo(c.next()?),
        install: c.install()?,
        person: c.person()?,
        township: c.unit()?,
        public_key: c.next()?,
        token_hash: c.hash()?,
        actors: c.next()?,
        feeds: c.next()?,
        device_label: c.next()?,
        app_version: c.next()?,
        enrolled_at: c.at()?,
        revoked_at: c.at_maybe()?,
        last_sync_at: c.at_maybe()?,
        health: c.next()?,
    })
}

fn directory_row(row: &Row) -> StoreResult<(u64, DirectoryRow)> {
    let mut c = Cells::of(row);
    let seq = c.number()?;
    let directory = DirectoryRow {
        kind: c.next()?,
        key: c.next()?,
        valid_from: c.at()?,
        valid_to: c.at_maybe()?,
        version: c.number()?,
        json: c.next()?,
    };
    Ok((seq, directory))
}

impl DeskRead for PgTx<'_> {
    fn meta(&mut self, key: &str) -> StoreResult<Option<Vec<u8>>> {
        let sql = "SELECT value FROM meta WHERE key = $1";
        self.one(sql, params![key.to_owned()], |row| Cells::of(row).next())
    }

    fn directory_after(
        &mut self,
        feed: FeedNo,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> StoreResult<Vec<(u64, DirectoryRow)>> {
        let sql = "SELECT seq, kind, key, valid_from, valid_to, version, json FROM directory \
                   WHERE feed_no = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
        let values = params![feed.0, signed(after), signed(upto), i64::from(limit)];
        self.list(sql, values, directory_row)
    }

    fn install(&mut self, install: &InstallId) -> StoreResult<Option<InstallRow>> {
        let sql = format!("{INSTALL} WHERE install = $1{}", self.for_update());
        self.one(&sql, params![install.as_bytes().to_vec()], install_row)
    }

    fn install_by_no(&mut self, install: InstallNo) -> StoreResult<Option<InstallRow>> {
        let sql = format!("{INSTALL} WHERE install_no = $1");
        self.one(&sql, params![install.0], install_row)
    }

    fn installs(&mut self, person: Option<&PersonId>) -> StoreResult<Vec<InstallRow>> {
        match person {
            Some(person) => {
                let sql = format!("{INSTALL} WHERE person = $1 ORDER BY install_no DESC");
                self.list(&sql, params![person.as_str().to_owned()], install_row)
            }
            None => {
                let sql = format!("{INSTALL} ORDER BY install_no DESC");
                self.list(&sql, Vec::new(), install_row)
            }
        }
    }

    fn enrolment(&mut self, secret_hash: &[u8; 32]) -> StoreResult<Option<EnrolmentRow>> {
        let sql = "SELECT secret_hash, person, township, created_at, expires_at, install FROM enrolments \
                   WHERE secret_hash = $1";
        self.one(sql, params![secret_hash.to_vec()], |row| {
            let mut c = Cells::of(row);
            Ok(EnrolmentRow {
                secret_hash: c.hash()?,
                person: c.person()?,
                township: c.unit()?,
                created_at: c.at()?,
                expires_at: c.at()?,
                install: c.install_maybe()?,
            })
        })
    }

    fn account(&mut self, name: &str) -> StoreResult<Option<Account>> {
        self.one(
            &format!("{ACCOUNT} WHERE name = $1"),
            params![text(name)],
            account_row,
        )
    }

    fn accounts(&mut self) -> StoreResult<Vec<Account>> {
        self.list(&format!("{ACCOUNT} ORDER BY name"), Vec::new(), account_row)
    }

    fn session(&mut self, token_hash: &[u8; 32]) -> StoreResult<Option<Session>> {
        let sql = format!(
            "SELECT token_hash, account, person, csrf, created_at, used_at FROM sessions WHERE token_hash = $1{}",
            self.for_update()
        );
        self.one(&sql, params![token_hash.to_vec()], |row| {
            let mut c = Cells::of(row);
            Ok(Session {
                token_hash: c.hash()?,
                account: c.next()?,
                person: c.person()?,
                csrf: c.next()?,
                created_at: c.at()?,
                used_at: c.at()?,
            })
        })
    }

    fn blobs_of_reports(&mut self, feed: FeedNo, reports: &[ReportNo]) -> StoreResult<Vec<BlobRow>> {
        let reports: Vec<i64> = reports.iter().map(|no| no.0).collect();
        let sql = format!("{BLOB} WHERE feed_no = $1 AND report_no = ANY($2) ORDER BY report_no, sha");
        self.list(&sql, params![feed.0, reports], blob_row)
    }

    fn blobs_by_hash(&mut self, blob: &BlobHash) -> StoreResult<Vec<BlobRow>> {
        let sql = format!("{BLOB} WHERE sha = $1 ORDER BY report_no");
        self.list(&sql, params![blob.as_bytes().to_vec()], blob_row)
    }

    fn blobs_all(&mut self, after: Option<BlobHash>, limit: u32) -> StoreResult<Vec<BlobRow>> {
        let after = after.map_or(Vec::new(), |after| after.as_bytes().to_vec());
        let sql = BLOB.replacen("SELECT", "SELECT DISTINCT ON (sha)", 1);
        let sql = format!("{sql} WHERE sha > $1 AND is_erased = 0 ORDER BY sha, report_no LIMIT $2");
        self.list(&sql, params![after, i64::from(limit)], blob_row)
    }

    fn upload(&mut self, upload: &UploadId) -> StoreResult<Option<UploadRow>> {
        let sql = format!("{UPLOAD} WHERE upload = $1{}", self.for_update());
        self.one(&sql, params![upload.as_bytes().to_vec()], upload_row)
    }

    fn uploads_of(&mut self, install: &InstallId, blob: Option<&BlobHash>) -> StoreResult<Vec<UploadRow>> {
        let install = install.as_bytes().to_vec();
        match blob {
            Some(blob) => {
                let sql = format!("{UPLOAD} WHERE install = $1 AND sha = $2 ORDER BY created_at, upload");
                self.list(&sql, params![install, blob.as_bytes().to_vec()], upload_row)
            }
            None => {
                let sql = format!("{UPLOAD} WHERE install = $1 ORDER BY created_at, upload");
                self.list(&sql, params![install], upload_row)
            }
        }
    }

    fn uploads_expired(&mut self, now: Timestamp, limit: u32) -> StoreResult<Vec<UploadId>> {
        let sql = "SELECT upload FROM uploads WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
        let values = params![now.as_millis(), i64::from(limit)];
        self.list(sql, values, |row| upload_id(&mut Cells::of(row)))
    }

    fn review_open(&mut self, limit: u32) -> StoreResult<Vec<ReviewRow>> {
        let sql = format!("{REVIEW} WHERE settled_at IS NULL ORDER BY received_at, number LIMIT $1");
        self.list(&sql, params![i64::from(limit)], review_row)
    }

    fn review(&mut self, number: u64) -> StoreResult<Option<ReviewRow>> {
        self.one(
            &format!("{REVIEW} WHERE number = $1"),
            params![signed(number)],
            review_row,
        )
    }

    fn counts(&mut self) -> StoreResult<CountRow> {
        let sql = "SELECT r.reports, r.changes, r.events, (SELECT count(*) FROM blobs WHERE is_erased = 0), \
                   (SELECT count(*) FROM installs WHERE revoked_at IS NULL), \
                   (SELECT count(*) FROM review WHERE settled_at IS NULL), \
                   (SELECT count(*) FROM tracks WHERE body IS NOT NULL), (SELECT count(*) FROM coverage) \
                   FROM (SELECT count(*) AS reports, coalesce(sum(changes), 0)::bigint AS changes, \
                   coalesce(sum(events), 0)::bigint AS events FROM reports) r";
        let counts = self.one(sql, Vec::new(), |row| {
            let mut c = Cells::of(row);
            Ok(CountRow {
                reports: c.number()?,
                changes: c.number()?,
                commands: c.number()?,
                blobs: c.number()?,
                installs: c.number()?,
                review_items: c.number()?,
                tracks: c.number()?,
                coverage: c.number()?,
            })
        })?;
        Ok(counts.unwrap_or_default())
    }
}
