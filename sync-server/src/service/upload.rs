//! Rows of uploads and blobs. The bytes are the edge's: staging, hashing and `object_store`.

use serde::Serialize;
use xunge_core::attachment::BlobHash;
use xunge_core::id::{InstallId, ReportId, UnitId, UploadId};
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;

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

impl Service {
    /// Begins an upload, or finds the one that the same install began for the same blob and report.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the report is not there or not the caller's to add to, [`ServiceError::BadRequest`] above the
    /// size limit, [`ServiceError::Erased`] where the blob was erased, [`ServiceError::Conflict`] with `stored` where it is here already.
    pub fn upload_begin(&self, caller: &Caller, new: &NewUpload) -> Result<Upload, ServiceError> {
        let (_, _) = (caller, new);
        Err(ServiceError::NotFound("report"))
    }
    /// An upload of the caller's.
    pub fn upload(&self, caller: &Caller, id: UploadId) -> Result<Upload, ServiceError> {
        let (_, _) = (caller, id);
        Err(ServiceError::NotFound("upload"))
    }
    /// Moves the offset by compare and set, after the bytes are durable. `Conflict` where it was not `from`.
    pub fn upload_advance(&self, id: UploadId, from: u64, to: u64) -> Result<(), ServiceError> {
        let (_, _, _) = (id, from, to);
        Err(ServiceError::NotFound("upload"))
    }
    /// Marks the blob as stored after its hash was verified and its bytes are in place: the blob row, the feed row and the end of the
    /// upload in one transaction.
    pub fn upload_finish(&self, id: UploadId) -> Result<(), ServiceError> {
        let _ = id;
        Err(ServiceError::NotFound("upload"))
    }
    /// Drops an upload (the phone ended it, or its bytes do not fit its hash).
    pub fn upload_drop(&self, id: UploadId) -> Result<(), ServiceError> {
        let _ = id;
        Err(ServiceError::NotFound("upload"))
    }
    /// Uploads past their time, whose staging may go.
    pub fn uploads_expired(&self, now: Timestamp) -> Result<Vec<UploadId>, ServiceError> {
        let _ = now;
        Err(ServiceError::Forbidden("not served yet"))
    }
    /// The blob, if a report that the caller may see names it. Otherwise as if it were not there.
    pub fn blob(&self, caller: &Caller, blob: BlobHash) -> Result<BlobInfo, ServiceError> {
        let (_, _) = (caller, blob);
        Err(ServiceError::NotFound("blob"))
    }
}
