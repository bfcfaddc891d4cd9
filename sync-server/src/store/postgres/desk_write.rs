//! Writing what stands beside the ledger.

use xunge_core::directory::DirectoryRow;
use xunge_core::id::UploadId;
use xunge_core::time::Timestamp;

use super::cells::{Cells, damaged, signed, text};
use super::connection::params;
use super::tx::PgTx;
use crate::store::{
    Account, BlobRow, DeskWrite, EnrolmentRow, FeedNo, InstallNo, InstallRow, ReviewRow, Session,
    StoreResult, UploadRow,
};

impl DeskWrite for PgTx<'_> {
    fn meta_to_change(&mut self, key: &str) -> StoreResult<Option<Vec<u8>>> {
        // The row may not be there yet, so the lock is on its name.
        let sql = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || 'meta'), hashtext($1))";
        self.send(sql, params![key.to_owned()])?;
        let sql = "SELECT value FROM meta WHERE key = $1";
        self.one(sql, params![key.to_owned()], |row| Cells::of(row).next())
    }

    fn meta_drop(&mut self, key: &str) -> StoreResult<()> {
        self.send("DELETE FROM meta WHERE key = $1", params![key.to_owned()])
    }

    fn meta_put(&mut self, key: &str, value: &[u8]) -> StoreResult<()> {
        let sql = "INSERT INTO meta (key, value) VALUES ($1, $2) \
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.send(sql, params![key.to_owned(), value.to_vec()])
    }

    fn directory_put(&mut self, feed: FeedNo, rows: &[(u64, DirectoryRow)]) -> StoreResult<()> {
        self.must_hold(feed)?;
        let sql = "INSERT INTO directory (feed_no, seq, kind, key, valid_from, valid_to, version, json) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (feed_no, kind, key, valid_from) \
                   DO UPDATE SET seq = excluded.seq, valid_to = excluded.valid_to, version = excluded.version, \
                   json = excluded.json";
        for (seq, row) in rows {
            let values = params![
                feed.0,
                signed(*seq),
                row.kind.clone(),
                text(&row.key),
                row.valid_from.as_millis(),
                row.valid_to.map(Timestamp::as_millis),
                signed(row.version),
                text(&row.json),
            ];
            self.send(sql, values)?;
        }
        Ok(())
    }

    fn install_insert(&mut self, i: &InstallRow) -> StoreResult<InstallNo> {
        let sql = "INSERT INTO installs (install, person, township, public_key, token_hash, actors, feeds, device_label, \
                   app_version, enrolled_at, revoked_at, last_sync_at, health) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING install_no";
        let values = params![
            i.install.as_bytes().to_vec(),
            i.person.as_str().to_owned(),
            i.township.as_str().to_owned(),
            i.public_key.clone(),
            i.token_hash.to_vec(),
            i.actors.clone(),
            i.feeds.clone(),
            text(&i.device_label),
            text(&i.app_version),
            i.enrolled_at.as_millis(),
            i.revoked_at.map(Timestamp::as_millis),
            i.last_sync_at.map(Timestamp::as_millis),
            i.health.clone(),
        ];
        let made = self.one(sql, values, |row| Ok(InstallNo(Cells::of(row).next()?)))?;
        made.ok_or_else(|| damaged("the table of installs"))
    }

    fn install_update(&mut self, i: &InstallRow) -> StoreResult<()> {
        let sql = "UPDATE installs SET token_hash = $2, actors = $3, feeds = $4, app_version = $5, revoked_at = $6, \
                   last_sync_at = $7, health = $8 WHERE install_no = $1";
        let values = params![
            i.no.0,
            i.token_hash.to_vec(),
            i.actors.clone(),
            i.feeds.clone(),
            text(&i.app_version),
            i.revoked_at.map(Timestamp::as_millis),
            i.last_sync_at.map(Timestamp::as_millis),
            i.health.clone(),
        ];
        self.send(sql, values)
    }

    fn enrolment_put(&mut self, e: &EnrolmentRow) -> StoreResult<()> {
        let sql = "INSERT INTO enrolments (secret_hash, person, township, created_at, expires_at, install) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (secret_hash) DO UPDATE SET person = excluded.person, \
                   township = excluded.township, created_at = excluded.created_at, \
                   expires_at = excluded.expires_at, install = excluded.install";
        let values = params![
            e.secret_hash.to_vec(),
            e.person.as_str().to_owned(),
            e.township.as_str().to_owned(),
            e.created_at.as_millis(),
            e.expires_at.as_millis(),
            e.install.map(|install| install.as_bytes().to_vec()),
        ];
        self.send(sql, values)
    }

    fn account_put(&mut self, a: &Account) -> StoreResult<()> {
        let sql = "INSERT INTO accounts (name, person, password_hash, is_enabled, created_at) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET person = excluded.person, \
                   password_hash = excluded.password_hash, is_enabled = excluded.is_enabled, \
                   created_at = excluded.created_at";
        let values = params![
            text(&a.name),
            a.person.as_str().to_owned(),
            a.password_hash.clone(),
            i64::from(a.is_enabled),
            a.created_at.as_millis(),
        ];
        self.send(sql, values)
    }

    fn session_put(&mut self, s: &Session) -> StoreResult<()> {
        let sql = "INSERT INTO sessions (token_hash, account, person, csrf, created_at, used_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (token_hash) DO UPDATE SET \
                   account = excluded.account, person = excluded.person, csrf = excluded.csrf, \
                   created_at = excluded.created_at, used_at = excluded.used_at";
        let values = params![
            s.token_hash.to_vec(),
            text(&s.account),
            s.person.as_str().to_owned(),
            s.csrf.clone(),
            s.created_at.as_millis(),
            s.used_at.as_millis(),
        ];
        self.send(sql, values)
    }

    fn session_drop(&mut self, token_hash: &[u8; 32]) -> StoreResult<()> {
        self.send(
            "DELETE FROM sessions WHERE token_hash = $1",
            params![token_hash.to_vec()],
        )
    }

    fn blob_put(&mut self, b: &BlobRow) -> StoreResult<()> {
        let sql = "INSERT INTO blobs (feed_no, report_no, sha, size_bytes, media_type, stored_at, is_erased) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (feed_no, report_no, sha) DO UPDATE SET \
                   size_bytes = excluded.size_bytes, media_type = excluded.media_type, \
                   stored_at = excluded.stored_at, is_erased = excluded.is_erased";
        let values = params![
            b.feed.0,
            b.report.0,
            b.blob.as_bytes().to_vec(),
            signed(b.size_bytes),
            text(&b.media_type),
            b.stored_at.as_millis(),
            i64::from(b.is_erased),
        ];
        self.send(sql, values)
    }

    fn upload_put(&mut self, u: &UploadRow) -> StoreResult<()> {
        let sql = "INSERT INTO uploads (upload, feed_no, install, report, sha, size_bytes, media_type, offset_bytes, \
                   created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                   ON CONFLICT (upload) DO UPDATE SET offset_bytes = excluded.offset_bytes, \
                   expires_at = excluded.expires_at";
        let values = params![
            u.upload.as_bytes().to_vec(),
            u.feed.0,
            u.install.map(|install| install.as_bytes().to_vec()),
            u.report.as_bytes().to_vec(),
            u.blob.as_bytes().to_vec(),
            signed(u.size_bytes),
            text(&u.media_type),
            signed(u.offset_bytes),
            u.created_at.as_millis(),
            u.expires_at.as_millis(),
        ];
        self.send(sql, values)
    }

    fn upload_advance(
        &mut self,
        upload: &UploadId,
        from: u64,
        to: u64,
        expires_at: Timestamp,
    ) -> StoreResult<bool> {
        let sql = "UPDATE uploads SET offset_bytes = $3, expires_at = $4 WHERE upload = $1 AND offset_bytes = $2 \
                   RETURNING 1";
        let values = params![
            upload.as_bytes().to_vec(),
            signed(from),
            signed(to),
            expires_at.as_millis()
        ];
        Ok(self.changed(sql, values)? == 1)
    }

    fn upload_drop(&mut self, upload: &UploadId) -> StoreResult<()> {
        let values = params![upload.as_bytes().to_vec()];
        self.send("DELETE FROM uploads WHERE upload = $1", values)
    }

    fn review_insert(&mut self, r: &ReviewRow) -> StoreResult<bool> {
        let sql = "INSERT INTO review (feed_no, install, person, report, name, kind, why, received_at, body, settled_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (name) DO NOTHING RETURNING 1";
        let values = params![
            r.feed.0,
            r.install.as_bytes().to_vec(),
            r.person.as_str().to_owned(),
            r.report.map(|report| report.as_bytes().to_vec()),
            r.name.clone(),
            r.kind.clone(),
            r.why.clone(),
            r.received_at.as_millis(),
            r.body.clone(),
            r.settled_at.map(Timestamp::as_millis),
        ];
        Ok(self.changed(sql, values)? == 1)
    }

    fn review_settle(&mut self, number: u64, at: Timestamp) -> StoreResult<()> {
        let sql = "UPDATE review SET settled_at = $2 WHERE number = $1";
        self.send(sql, params![signed(number), at.as_millis()])
    }
}
