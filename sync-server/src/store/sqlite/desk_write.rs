//! Writing what stands beside the ledger.

use rusqlite::params;
use xunge_core::directory::DirectoryRow;
use xunge_core::id::UploadId;
use xunge_core::time::Timestamp;

use super::SqliteTx;
use super::ledger_read::signed;
use crate::store::{
    Account, BlobRow, DeskRead, DeskWrite, EnrolmentRow, FeedNo, InstallNo, InstallRow, ReviewRow, Session,
    StoreResult, UploadRow,
};

impl DeskWrite for SqliteTx<'_> {
    fn meta_to_change(&mut self, key: &str) -> StoreResult<Option<Vec<u8>>> {
        // There is one writer.
        self.meta(key)
    }

    fn meta_drop(&mut self, key: &str) -> StoreResult<()> {
        self.run("DELETE FROM meta WHERE key = ?", [key])?;
        Ok(())
    }

    fn meta_put(&mut self, key: &str, value: &[u8]) -> StoreResult<()> {
        self.run(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
            params![key, value],
        )?;
        Ok(())
    }

    fn directory_put(&mut self, feed: FeedNo, rows: &[(u64, DirectoryRow)]) -> StoreResult<()> {
        let sql = "INSERT OR REPLACE INTO directory (feed_no, seq, kind, key, valid_from, valid_to, version, json) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        for (seq, row) in rows {
            self.run(
                sql,
                params![
                    feed.0,
                    signed(*seq),
                    row.kind,
                    row.key,
                    row.valid_from.as_millis(),
                    row.valid_to.map(Timestamp::as_millis),
                    signed(row.version),
                    row.json
                ],
            )?;
        }
        Ok(())
    }

    fn install_insert(&mut self, install: &InstallRow) -> StoreResult<InstallNo> {
        self.insert_install(install)
    }

    fn install_update(&mut self, install: &InstallRow) -> StoreResult<()> {
        self.update_install(install)
    }

    fn enrolment_put(&mut self, e: &EnrolmentRow) -> StoreResult<()> {
        let sql = "INSERT OR REPLACE INTO enrolments (secret_hash, person, township, created_at, expires_at, install) \
                   VALUES (?, ?, ?, ?, ?, ?)";
        let install = e.install.map(|i| i.as_bytes().to_vec());
        let (created, expires) = (e.created_at.as_millis(), e.expires_at.as_millis());
        self.run(
            sql,
            params![
                e.secret_hash,
                e.person.as_str(),
                e.township.as_str(),
                created,
                expires,
                install
            ],
        )?;
        Ok(())
    }

    fn account_put(&mut self, a: &Account) -> StoreResult<()> {
        let sql = "INSERT OR REPLACE INTO accounts (name, person, password_hash, is_enabled, created_at) \
                   VALUES (?, ?, ?, ?, ?)";
        let at = a.created_at.as_millis();
        self.run(
            sql,
            params![a.name, a.person.as_str(), a.password_hash, a.is_enabled, at],
        )?;
        Ok(())
    }

    fn session_put(&mut self, s: &Session) -> StoreResult<()> {
        let sql = "INSERT OR REPLACE INTO sessions (token_hash, account, person, csrf, created_at, used_at) \
                   VALUES (?, ?, ?, ?, ?, ?)";
        let (created, used) = (s.created_at.as_millis(), s.used_at.as_millis());
        self.run(
            sql,
            params![s.token_hash, s.account, s.person.as_str(), s.csrf, created, used],
        )?;
        Ok(())
    }

    fn session_drop(&mut self, token_hash: &[u8; 32]) -> StoreResult<()> {
        self.run("DELETE FROM sessions WHERE token_hash = ?", [token_hash])?;
        Ok(())
    }

    fn blob_put(&mut self, b: &BlobRow) -> StoreResult<()> {
        let sql = "INSERT OR REPLACE INTO blobs (feed_no, report_no, sha, size_bytes, media_type, stored_at, is_erased) \
                   VALUES (?, ?, ?, ?, ?, ?, ?)";
        let (size, at) = (signed(b.size_bytes), b.stored_at.as_millis());
        self.run(
            sql,
            params![
                b.feed.0,
                b.report.0,
                b.blob.as_bytes(),
                size,
                b.media_type,
                at,
                b.is_erased
            ],
        )?;
        Ok(())
    }

    fn upload_put(&mut self, u: &UploadRow) -> StoreResult<()> {
        let sql = "INSERT OR REPLACE INTO uploads (upload, feed_no, install, report, sha, size_bytes, media_type, \
                   offset_bytes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.run(
            sql,
            params![
                u.upload.as_bytes(),
                u.feed.0,
                u.install.map(|i| i.as_bytes().to_vec()),
                u.report.as_bytes(),
                u.blob.as_bytes(),
                signed(u.size_bytes),
                u.media_type,
                signed(u.offset_bytes),
                u.created_at.as_millis(),
                u.expires_at.as_millis(),
            ],
        )?;
        Ok(())
    }

    fn upload_advance(
        &mut self,
        upload: &UploadId,
        from: u64,
        to: u64,
        expires_at: Timestamp,
    ) -> StoreResult<bool> {
        let sql = "UPDATE uploads SET offset_bytes = ?, expires_at = ? WHERE upload = ? AND offset_bytes = ?";
        let values = params![
            signed(to),
            expires_at.as_millis(),
            upload.as_bytes(),
            signed(from)
        ];
        Ok(self.run(sql, values)? == 1)
    }

    fn upload_drop(&mut self, upload: &UploadId) -> StoreResult<()> {
        self.run("DELETE FROM uploads WHERE upload = ?", [upload.as_bytes()])?;
        Ok(())
    }

    fn review_insert(&mut self, r: &ReviewRow) -> StoreResult<bool> {
        let sql = "INSERT OR IGNORE INTO review (feed_no, install, person, report, name, kind, why, received_at, body, \
                   settled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let added = self.run(
            sql,
            params![
                r.feed.0,
                r.install.as_bytes(),
                r.person.as_str(),
                r.report.map(|id| id.as_bytes().to_vec()),
                r.name,
                r.kind,
                r.why,
                r.received_at.as_millis(),
                r.body,
                r.settled_at.map(Timestamp::as_millis),
            ],
        )?;
        Ok(added == 1)
    }

    fn review_settle(&mut self, number: u64, at: Timestamp) -> StoreResult<()> {
        let sql = "UPDATE review SET settled_at = ? WHERE number = ?";
        self.run(sql, params![at.as_millis(), signed(number)])?;
        Ok(())
    }
}
