//! Photos handed over to the system: an app that sleeps lets the system send one request at a time and is woken with the answer.
//!
//! The state machine is the same as in a sync; what it remembers between two answers lies in memory, and where the app was killed the
//! server is asked again where the file stands. Nothing is done before the server has the last byte and has checked the hash.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{MutexGuard, PoisonError};

use super::identity::setting;
use super::sync::rest_path;
use super::{Device, file};
use crate::attachment::BlobHash;
use crate::error::Error;
use crate::store::{StoredFile, UploadRow, attachment_path, durable_write, remove_file};
use crate::sync::failure::SyncFailure;
use crate::sync::transport::{HttpResponse, TransportError};
use crate::sync::upload::{Upload, UploadFile, UploadStep};

/// One request for the system to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadHandOver {
    /// The whole address.
    pub url: String,
    /// `POST`, `HEAD` or `PATCH`.
    pub method: String,
    /// Names in lower case, and values; the token is among them.
    pub headers: Vec<(String, String)>,
    /// The file that is the body, from its first byte to its last; `None` for a request without one.
    pub file: Option<PathBuf>,
    /// Where in the attachment that file begins, in bytes.
    pub offset: u64,
    /// The attachment, for saying what was answered.
    pub blob: BlobHash,
}

/// Uploads that were handed over, by file.
pub(super) type HandedOver = BTreeMap<BlobHash, Upload>;

impl Device {
    /// The next request of the next photo or voice note that waits; `None` where nothing does, or what does waits for Wi-Fi. The same
    /// until it was answered. Not beside a running sync, which sends the same files: sync without attachments first.
    pub fn next_upload(&self, is_metered: bool) -> Result<Option<UploadHandOver>, Error> {
        let next = self.read(|tx, context| {
            let wifi_only = tx.setting_int(setting::WIFI_ONLY)?.is_some();
            if tx.setting_int(setting::IS_REVOKED)?.is_some() {
                return Ok(None);
            }
            let row = tx.next_upload(is_metered && wifi_only, &[])?;
            Ok(row.map(|row| (row, context.identity.bearer())))
        })?;
        let Some((row, bearer)) = next else {
            return Ok(None);
        };
        let stored = self.read(|tx, context| Ok(file::open_whole(tx, context, &row.blob)?))?;
        let Some(mut stored) = stored else {
            self.refuse_upload(&row, "file_damaged")?;
            return self.next_upload(is_metered);
        };
        let mut handed = self.handed_over();
        let upload = handed
            .entry(row.blob)
            .or_insert_with(|| Upload::new(file_of(&row, stored.length_bytes()), row.url.clone()).in_whole());
        match upload.next_step() {
            UploadStep::Send { mut request, piece } => {
                request.headers.push(("authorization".into(), bearer));
                let start = piece.map_or(0, |(start, _)| start);
                let file = match piece {
                    None => None,
                    Some((0, _)) if !self.is_encrypted => Some(attachment_path(&self.folder, &row.blob)),
                    Some((start, _)) => Some(self.rest_of(&row.blob, &mut stored, start)?),
                };
                Ok(Some(UploadHandOver {
                    url: format!("{}{}", self.info.base_url, request.path),
                    method: request.method.as_str().to_owned(),
                    headers: request.headers,
                    file,
                    offset: start,
                    blob: row.blob,
                }))
            }
            ended => {
                handed.remove(&row.blob);
                drop(handed);
                self.end_handed(&row, ended)?;
                self.next_upload(is_metered)
            }
        }
    }

    /// What the system was answered to what [`next_upload`](Self::next_upload) gave; `status` is `None` where no answer came. Answers
    /// whether the file is done: the server has it, whole and verified.
    ///
    /// # Errors
    /// [`Error::Sync`] where it does not go on now and the shell should wait for a better network.
    pub fn upload_answered(
        &self,
        blob: &BlobHash,
        status: Option<u16>,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<bool, Error> {
        let row = self.read(|tx, _| Ok(tx.first_upload_of(blob)?))?;
        let Some(row) = row else { return Ok(true) };
        let mut handed = self.handed_over();
        let mut upload = handed
            .remove(blob)
            .unwrap_or_else(|| Upload::new(file_of(&row, row.size_bytes), row.url.clone()).in_whole());
        let response = status.map(|status| HttpResponse {
            status,
            headers: lower(headers),
            body,
        });
        let lost = TransportError::Broken("the system brought no answer".into());
        let ended = upload.take(response.as_ref().ok_or(&lost));
        let (url, sent_bytes) = (upload.url().map(str::to_owned), upload.sent_bytes());
        let ended = match ended {
            None if upload.is_verified() => Some(UploadStep::Verified),
            other => other,
        };
        if ended.is_none() {
            handed.insert(*blob, upload);
        }
        drop(handed);
        self.write(|tx, _| Ok(tx.set_upload_progress(&row.report, blob, url.as_deref(), sent_bytes)?))?;
        match ended {
            None => Ok(false),
            Some(ended) => self.end_handed(&row, ended),
        }
    }

    fn end_handed(&self, row: &UploadRow, ended: UploadStep) -> Result<bool, Error> {
        remove_file(&rest_path(&self.folder, &row.blob))?;
        match ended {
            UploadStep::Verified => {
                self.finish_upload(row)?;
                Ok(true)
            }
            UploadStep::Refused(code) => {
                self.refuse_upload(row, &code)?;
                Ok(false)
            }
            UploadStep::Failed(failure) => Err(failure.into()),
            UploadStep::Send { .. } => Err(SyncFailure::Protocol("an upload ended in its middle").into()),
        }
    }

    /// The rest of a file from a byte on, as a file of its own, since the system sends whole files only. It lies there in clear, for the
    /// system to read, until the file was answered for.
    fn rest_of(&self, blob: &BlobHash, stored: &mut StoredFile, start: u64) -> Result<PathBuf, Error> {
        if start > stored.length_bytes() {
            return Err(SyncFailure::Protocol("an offset beyond the file").into());
        }
        let path = rest_path(&self.folder, blob);
        durable_write(&path, &stored.read_at(start, usize::MAX)?)?;
        Ok(path)
    }

    fn handed_over(&self) -> MutexGuard<'_, HandedOver> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn file_of(row: &UploadRow, size_bytes: u64) -> UploadFile {
    UploadFile {
        blob: row.blob,
        report: row.report,
        attachment: row.attachment,
        kind: row.kind.clone(),
        size_bytes,
    }
}

fn lower(headers: Vec<(String, String)>) -> Vec<(String, String)> {
    let lower = headers.into_iter();
    lower
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect()
}
