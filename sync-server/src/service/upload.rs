//! Rows of uploads and blobs. The bytes are the edge's: staging, hashing and `object_store`.

use serde::Serialize;
use xunge_core::attachment::BlobHash;
use xunge_core::id::{InstallId, ReportId, UnitId, UploadId};
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::turn::{NewRow, Turn};
use crate::store::{BlobRow, FeedState, ReadTx, ReportRow, RowKind, UploadRow};

/// What a phone declares when it begins an upload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewUpload {
    /// The report to which the blob belongs.
    pub report: ReportId,
    /// The SHA-256 of the whole.
    pub blob: BlobHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// The media type (`image/jpeg`, `audio/mp4` …).
    pub media_type: String,
}

/// An upload under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// Names it.
    pub id: UploadId,
    /// Who began it; `None` for an account.
    pub install: Option<InstallId>,
    /// The feed of the report.
    pub feed: UnitId,
    /// What was declared.
    pub declared: NewUpload,
    /// Bytes that are durably in staging.
    pub offset_bytes: u64,
    /// When it began.
    pub created_at: Timestamp,
    /// When it is dropped unless it goes on.
    pub expires_at: Timestamp,
}

/// A blob whose bytes are on the server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BlobInfo {
    /// Its hash.
    pub blob: BlobHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// The media type.
    pub media_type: String,
    /// When it was complete.
    pub stored_at: Timestamp,
}

impl From<BlobRow> for BlobInfo {
    fn from(row: BlobRow) -> Self {
        Self {
            blob: row.blob,
            size_bytes: row.size_bytes,
            media_type: row.media_type,
            stored_at: row.stored_at,
        }
    }
}

impl Upload {
    fn of(row: UploadRow, feed: UnitId) -> Self {
        Self {
            id: row.upload,
            install: row.install,
            feed,
            declared: NewUpload {
                report: row.report,
                blob: row.blob,
                size_bytes: row.size_bytes,
                media_type: row.media_type,
            },
            offset_bytes: row.offset_bytes,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

impl Service {
    /// Begins an upload, or finds the one that the same install began for the same blob and report. A revoked install may still bring
    /// the pictures of what it reported.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the report is not there or not the caller's to add to, [`ServiceError::BadRequest`] above the
    /// size limit, [`ServiceError::Erased`] where the blob was erased, [`ServiceError::Conflict`] with `stored` where it is here already.
    pub fn upload_begin(&self, caller: &Caller, new: &NewUpload) -> Result<Upload, ServiceError> {
        if new.size_bytes == 0 || new.size_bytes > self.ledger.limits.attachment_bytes {
            let text = format!(
                "an attachment has 1 to {} bytes",
                self.ledger.limits.attachment_bytes
            );
            return Err(ServiceError::BadRequest(text));
        }
        let now = self.now();
        let install = match caller {
            Caller::Install { install, .. } => Some(*install),
            _ => None,
        };
        self.ledger.write_beside(|tx| {
            let (feed, row) = self.report_to_add_to(tx, caller, new.report, now)?;
            if row.key.is_none() {
                return Err(ServiceError::Erased);
            }
            let held = tx.blobs_of_reports(feed.no, &[row.no])?;
            match held.iter().find(|b| b.blob == new.blob) {
                Some(blob) if blob.is_erased => return Err(ServiceError::Erased),
                Some(_) => return Err(ServiceError::Conflict("stored")),
                None => {}
            }
            if let Some(install) = &install {
                let open = tx.uploads_of(install, Some(&new.blob))?;
                let same = |u: &UploadRow| u.report == new.report && u.size_bytes == new.size_bytes;
                if let Some(found) = open.into_iter().find(same) {
                    return Ok(Upload::of(found, feed.unit));
                }
                let count = tx.uploads_of(install, None)?.len();
                if u64::try_from(count).unwrap_or(u64::MAX) >= self.ledger.limits.uploads_open {
                    return Err(ServiceError::BadRequest("too many unfinished uploads".into()));
                }
            }
            let upload = UploadRow {
                upload: self.ledger.draw(UploadId::random),
                feed: feed.no,
                install,
                report: new.report,
                blob: new.blob,
                size_bytes: new.size_bytes,
                media_type: new.media_type.chars().take(80).collect(),
                offset_bytes: 0,
                created_at: now,
                expires_at: now.plus_ms(self.ledger.limits.upload_kept_ms),
            };
            tx.upload_put(&upload)?;
            Ok(Upload::of(upload, feed.unit))
        })
    }

    /// The report, if the caller may add to it: he sees it or began it.
    fn report_to_add_to(
        &self,
        tx: &mut dyn ReadTx,
        caller: &Caller,
        report: ReportId,
        now: Timestamp,
    ) -> Result<(FeedState, ReportRow), ServiceError> {
        let missing = || ServiceError::NotFound("report");
        let feed = tx.feed_of_report(&report)?.ok_or_else(missing)?;
        let feed = tx.feed_by_no(feed)?.ok_or_else(missing)?;
        let row = tx.reports(feed.no, &[report])?.pop().ok_or_else(missing)?;
        let is_own = caller.person() == Some(&row.reporter);
        let is_operator = matches!(caller, Caller::Operator { .. });
        let is_revoked = matches!(caller, Caller::Install { is_revoked: true, .. });
        if !is_own && !is_operator {
            let grants = tx.grants(feed.no, &[row.no])?;
            let scope = self.reader(tx, caller, &feed, now)?;
            if is_revoked || scope.sees_since(&row, &grants).is_none() {
                return Err(missing());
            }
        }
        Ok((feed, row))
    }

    /// An upload of the caller's.
    pub fn upload(&self, caller: &Caller, id: UploadId) -> Result<Upload, ServiceError> {
        self.ledger.read(|tx| {
            let missing = || ServiceError::NotFound("upload");
            let row = tx.upload(&id)?.ok_or_else(missing)?;
            let is_own = match caller {
                Caller::Install { install, .. } => row.install == Some(*install),
                Caller::Account { .. } => row.install.is_none(),
                Caller::Operator { .. } => true,
            };
            let feed = tx.feed_by_no(row.feed)?.filter(|_| is_own).ok_or_else(missing)?;
            Ok(Upload::of(row, feed.unit))
        })
    }

    /// Moves the offset by compare and set, after the bytes are durable. `Conflict` where it was not `from`.
    pub fn upload_advance(&self, id: UploadId, from: u64, to: u64) -> Result<(), ServiceError> {
        let expires_at = self.now().plus_ms(self.ledger.limits.upload_kept_ms);
        self.ledger.write_beside(|tx| {
            let row = tx.upload(&id)?.ok_or(ServiceError::NotFound("upload"))?;
            if to < from || to > row.size_bytes {
                return Err(ServiceError::BadRequest(
                    "the offset lies outside the upload".into(),
                ));
            }
            match tx.upload_advance(&id, from, to, expires_at)? {
                true => Ok(()),
                false => Err(ServiceError::Conflict("offset")),
            }
        })
    }

    /// Marks the blob as stored after its hash was verified and its bytes are in place: the blob row, the feed row and the end of the
    /// upload in one transaction. The offset is never moved to the end before: whoever asks where the upload stands must not read
    /// "done" while it is not.
    pub fn upload_finish(&self, id: UploadId) -> Result<(), ServiceError> {
        let now = self.now();
        let row = self
            .ledger
            .read(|tx| tx.upload(&id)?.ok_or(ServiceError::NotFound("upload")))?;
        let done = self.ledger.write(Some(row.feed), |tx| {
            let row = tx.upload(&id)?.ok_or(ServiceError::NotFound("upload"))?;
            let mut turn = Turn::begin(&self.ledger, tx, row.feed, now)?;
            turn.take_blob(&row)?;
            turn.tx.upload_drop(&id)?;
            let actor = row
                .install
                .map_or("account".to_owned(), |i| format!("install:{i}"));
            turn.finish(&actor)
        })?;
        done.settle(&self.ledger);
        Ok(())
    }

    /// Whether what is being uploaded was erased since the upload began.
    pub fn upload_is_erased(&self, id: UploadId) -> Result<bool, ServiceError> {
        self.ledger.read(|tx| {
            let upload = tx.upload(&id)?.ok_or(ServiceError::NotFound("upload"))?;
            let Some(report) = tx.reports(upload.feed, &[upload.report])?.pop() else {
                return Ok(false);
            };
            let held = tx.blobs_of_reports(upload.feed, &[report.no])?;
            let is_erased = held.iter().any(|held| held.blob == upload.blob && held.is_erased);
            Ok(report.key.is_none() || is_erased)
        })
    }

    /// Drops an upload (the phone ended it, or its bytes do not fit its hash).
    pub fn upload_drop(&self, id: UploadId) -> Result<(), ServiceError> {
        self.ledger.write_beside(|tx| Ok(tx.upload_drop(&id)?))
    }

    /// Uploads past their time, whose staging may go.
    pub fn uploads_expired(&self, now: Timestamp) -> Result<Vec<UploadId>, ServiceError> {
        self.ledger
            .read(|tx| Ok(tx.uploads_expired(now, EXPIRED_AT_ONCE)?))
    }

    /// Whether any report has the blob, erased ones aside.
    pub fn blob_is_named(&self, blob: BlobHash) -> Result<bool, ServiceError> {
        let rows = self.ledger.read(|tx| Ok(tx.blobs_by_hash(&blob)?))?;
        Ok(rows.iter().any(|row| !row.is_erased))
    }

    /// The blob, if a report that the caller may see has it. Otherwise as if it were not there.
    pub fn blob(&self, caller: &Caller, blob: BlobHash) -> Result<BlobInfo, ServiceError> {
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        self.ledger.read(|tx| {
            for row in tx.blobs_by_hash(&blob)? {
                let feed = tx.feed_by_no(row.feed)?.filter(|f| feeds.contains(&f.unit));
                let (Some(feed), false) = (feed, row.is_erased) else {
                    continue;
                };
                let Some(report) = tx.reports_by_no(feed.no, &[row.report])?.pop() else {
                    continue;
                };
                let grants = tx.grants(feed.no, &[report.no])?;
                let is_operator = matches!(caller, Caller::Operator { .. });
                let scope = self.reader(tx, caller, &feed, now)?;
                if is_operator || scope.sees_since(&report, &grants).is_some() {
                    return Ok(BlobInfo::from(row));
                }
            }
            Err(ServiceError::NotFound("blob"))
        })
    }
}

/// Uploads dropped at once.
const EXPIRED_AT_ONCE: u32 = 500;

impl Turn<'_> {
    /// Takes a blob in whose bytes are in place.
    fn take_blob(&mut self, upload: &UploadRow) -> Result<(), ServiceError> {
        let mut open = self
            .take(upload.report)?
            .ok_or(ServiceError::NotFound("report"))?;
        let held = self.tx.blobs_of_reports(self.feed.no, &[open.row.no])?;
        let held = held.iter().find(|b| b.blob == upload.blob);
        if open.is_erased() || held.is_some_and(|b| b.is_erased) {
            return Err(ServiceError::Erased);
        }
        if held.is_none() {
            self.tx.blob_put(&BlobRow {
                feed: self.feed.no,
                report: open.row.no,
                blob: upload.blob,
                size_bytes: upload.size_bytes,
                media_type: upload.media_type.clone(),
                stored_at: self.now,
                is_erased: false,
            })?;
            let row = NewRow {
                kind: RowKind::Blob,
                name: Some(upload.blob.as_bytes().to_vec()),
                install: None,
                moved_from: None,
                body: Some(upload.size_bytes.to_be_bytes().to_vec()),
            };
            self.append(&mut open, row);
            if open.row.changes > 0 {
                open.content(self.tx)?;
                self.count_attachments(&mut open)?;
            }
        }
        self.put(open);
        Ok(())
    }
}
