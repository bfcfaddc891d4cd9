//! Pictures and voice notes: after the text, one at a time, thumbnails before originals, urgent ones first; verified at both ends.

use std::path::{Path, PathBuf};

use super::{Run, Stop};
use crate::app::identity::setting;
use crate::app::{Device, attention, file, project};
use crate::attachment::BlobHash;
use crate::error::Error;
use crate::store::{
    BlobState, StoreError, StoredFile, UploadRow, attachment_name, attachment_path, remove_file,
};
use crate::sync::failure::SyncFailure;
use crate::sync::http;
use crate::sync::transport::{HttpRequest, Method};
use crate::sync::upload::{Upload, UploadFile, UploadStep, with_piece};

/// Files fetched in one sync at most, so that a first sync of a large scope comes to an end.
const FETCH_MAX: u32 = 400;
/// The longest wait for a piece of a download, in ms.
const FETCH_MS_MAX: u64 = 120_000;
/// The largest piece of a download in bytes.
const FETCH_PIECE_BYTES: u64 = 512 * 1024;
/// The largest file that is fetched, in bytes.
const FETCH_BYTES_MAX: u64 = 64 * 1024 * 1024;

impl Run<'_> {
    /// Sends what waits, then fetches what is wanted.
    pub(super) fn attachments(&mut self, is_metered: bool) -> Result<(), Stop> {
        let (wifi_only, is_revoked) = self.device.read(|tx, _| {
            let is_set = |name| Ok::<_, Error>(tx.setting_int(name)?.is_some());
            Ok((is_set(setting::WIFI_ONLY)?, is_set(setting::IS_REVOKED)?))
        })?;
        let thumbnails_only = is_metered && wifi_only;
        let mut passed_over = Vec::new();
        while let Some(row) = self
            .device
            .read(|tx, _| Ok(tx.next_upload(thumbnails_only, &passed_over)?))?
        {
            passed_over.push((row.report, row.blob));
            self.upload(&row, is_revoked)?;
        }
        if is_revoked {
            // It gets nothing any more; what it began it may hand over.
            return Ok(());
        }
        let wanted = self.device.read(|tx, _| Ok(tx.wanted_blobs(FETCH_MAX)?))?;
        for blob in wanted {
            self.fetch(&blob)?;
        }
        Ok(())
    }

    fn upload(&mut self, row: &UploadRow, is_revoked: bool) -> Result<(), Stop> {
        let stored = self
            .device
            .read(|tx, context| Ok(file::open_whole(tx, context, &row.blob)?))?;
        let Some(mut stored) = stored else {
            // The file was lost or changed on this phone: a person has to know.
            return Ok(self.device.refuse_upload(row, "file_damaged")?);
        };
        let declared = UploadFile {
            blob: row.blob,
            report: row.report,
            attachment: row.attachment,
            kind: row.kind.clone(),
            size_bytes: stored.length_bytes(),
        };
        let mut upload = Upload::new(declared, row.url.clone());
        loop {
            let (request, piece) = match upload.next_step() {
                UploadStep::Send { request, piece } => (request, piece),
                ended => return self.end_upload(row, is_revoked, ended),
            };
            let request = match piece {
                None => request,
                Some((start, length)) => {
                    let length = usize::try_from(length).unwrap_or(usize::MAX);
                    let piece = stored.read_at(start, length)?;
                    if piece.len() != length {
                        return Err(SyncFailure::Protocol("an offset beyond the file").into());
                    }
                    with_piece(request, piece)
                }
            };
            let answer = self.send(request);
            let ended = match &answer {
                Ok(response) => upload.take(Ok(response)),
                Err(Stop::Failure(SyncFailure::Transport(error))) => upload.take(Err(error)),
                Err(_) => return answer.map(|_| ()),
            };
            self.device.write(|tx, _| {
                Ok(tx.set_upload_progress(&row.report, &row.blob, upload.url(), upload.sent_bytes())?)
            })?;
            if let Some(ended) = ended {
                return self.end_upload(row, is_revoked, ended);
            }
        }
    }

    fn end_upload(&mut self, row: &UploadRow, is_revoked: bool, ended: UploadStep) -> Result<(), Stop> {
        match ended {
            UploadStep::Verified => {
                self.device.finish_upload(row)?;
                self.report.blobs_sent += 1;
                Ok(())
            }
            // Its report waits on the review list for a person; it is offered again at every sync.
            UploadStep::Refused(code) if is_revoked && code == "not_found" => Ok(()),
            UploadStep::Refused(code) => Ok(self.device.refuse_upload(row, &code)?),
            UploadStep::Failed(failure) => Err(failure.into()),
            UploadStep::Send { .. } => Ok(()),
        }
    }

    /// Fetches a file from where it stands; it is taken only whole and with its hash.
    fn fetch(&mut self, blob: &BlobHash) -> Result<(), Stop> {
        let part = attachment_path(&self.device.folder, blob).with_extension("fetch");
        let mut bytes = self.device.fetched(blob, &part)?;
        loop {
            let start = bytes.len() as u64;
            let mut headers = Vec::new();
            let end = start + FETCH_PIECE_BYTES - 1;
            headers.push(("range".to_owned(), format!("bytes={start}-{end}")));
            let response = self.send(HttpRequest {
                method: Method::Get,
                path: format!("/v1/blobs/{blob}"),
                headers,
                body: Vec::new(),
                timeout_ms: FETCH_MS_MAX,
            })?;
            let is_whole = match response.status {
                // Not there (any more), or not for this install: it is asked for again when somebody wants it.
                403 | 404 | 410 if http::error_code(&response).is_some() => return Ok(()),
                416 => true,
                200 => {
                    bytes = response.body;
                    true
                }
                206 => {
                    let total = total_of(response.header("content-range"));
                    bytes.extend_from_slice(&response.body);
                    total.is_none_or(|total| bytes.len() as u64 >= total) || response.body.is_empty()
                }
                _ => {
                    http::check_status(&response)?;
                    return Err(SyncFailure::NotTheServer.into());
                }
            };
            if BlobHash::of(&bytes) == *blob {
                return self.keep(blob, &bytes);
            }
            if is_whole || bytes.len() as u64 > FETCH_BYTES_MAX {
                // Damaged on the way, or not the file that was asked for: from the beginning at the next sync.
                remove_file(&part)?;
                return Ok(());
            }
            self.device.write_file(&part, &attachment_name(blob), &bytes)?;
        }
    }

    fn keep(&mut self, blob: &BlobHash, bytes: &[u8]) -> Result<(), Stop> {
        let path = attachment_path(&self.device.folder, blob);
        self.device.write_file(&path, &attachment_name(blob), bytes)?;
        remove_file(&path.with_extension("fetch"))?;
        self.device.write(|tx, context| {
            let state = BlobState {
                size_bytes: bytes.len() as u64,
                is_present: true,
                is_received: true,
            };
            tx.put_blob(blob, state)?;
            tx.unset_wanted(blob)?;
            for report in tx.reports_of_blob(blob)? {
                project::project(tx, context, &report)?;
            }
            Ok(())
        })?;
        self.report.blobs_fetched += 1;
        Ok(())
    }
}

impl Device {
    /// What was fetched of a file before the link was cut; nothing where that does not open any more.
    fn fetched(&self, blob: &BlobHash, part: &Path) -> Result<Vec<u8>, Error> {
        let name = attachment_name(blob);
        let key = self.read(|tx, _| Ok(tx.file_key(&name)?))?;
        match StoredFile::open(part, &name, key.as_ref()) {
            Ok(Some(mut file)) => Ok(file.read_all().unwrap_or_default()),
            Ok(None) | Err(StoreError::DamagedFile { .. }) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// The server has the whole file, verified.
    pub(in crate::app) fn finish_upload(&self, row: &UploadRow) -> Result<(), Error> {
        // The system's copy of it, where it was handed over before.
        remove_file(&rest_path(&self.folder, &row.blob))?;
        self.write(|tx, context| {
            tx.finish_upload(&row.report, &row.blob)?;
            project::project(tx, context, &row.report)?;
            Ok(())
        })
    }

    /// The server does not take the file: it stays on the phone and under "needs attention".
    pub(in crate::app) fn refuse_upload(&self, row: &UploadRow, code: &str) -> Result<(), Error> {
        self.write(|tx, context| {
            tx.set_upload_refused(&row.report, &row.blob, code)?;
            let content = serde_json::json!({
                "attachment": row.attachment.to_string(),
                "sha256": row.blob.to_string(),
                "kind": row.kind,
                "size_bytes": row.size_bytes,
            });
            tx.add_attention(&attention::entry(
                "attachment",
                row.blob.as_bytes(),
                &row.report,
                code,
                content.to_string(),
                context.now_ms(),
            ))?;
            project::project(tx, context, &row.report)?;
            Ok(())
        })
    }
}

/// Where a file lies in clear while the system sends it.
pub(in crate::app) fn rest_path(folder: &Path, blob: &BlobHash) -> PathBuf {
    attachment_path(folder, blob).with_extension("rest")
}

/// The whole length in `bytes 0-99/1234`.
fn total_of(content_range: Option<&str>) -> Option<u64> {
    content_range?.rsplit('/').next()?.trim().parse().ok()
}
