//! Which report uses which file, what is still to be sent and what is still to be fetched.

use rusqlite::{OptionalExtension, Row};

use super::{StoreError, Tx, column};
use crate::attachment::BlobHash;
use crate::id::{AttachmentId, ReportId};

/// A file's use in a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct AttachmentRow {
    pub(crate) report: ReportId,
    pub(crate) attachment: AttachmentId,
    pub(crate) blob: BlobHash,
    /// `picture`, `voice_note` or `thumbnail`.
    pub(crate) kind: String,
    pub(crate) is_wanted: bool,
}

/// What is known of a file.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct BlobState {
    pub(crate) size_bytes: u64,
    /// Whole and verified on this phone.
    pub(crate) is_present: bool,
    /// Whole and verified on the server, for some report: it can be fetched.
    pub(crate) is_received: bool,
}

/// A file still to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct UploadRow {
    pub(crate) blob: BlobHash,
    pub(crate) report: ReportId,
    pub(crate) attachment: AttachmentId,
    pub(crate) kind: String,
    pub(crate) size_bytes: u64,
    pub(crate) url: Option<String>,
    pub(crate) sent_bytes: u64,
    pub(crate) is_urgent: bool,
    pub(crate) made_at_ms: i64,
}

/// How much is still to be sent.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct UploadSum {
    pub(crate) count: u32,
    pub(crate) bytes: u64,
}

const UPLOAD_COLUMNS: &str =
    "blob, report, attachment, kind, size_bytes, url, sent_bytes, is_urgent, made_at";

/// Thumbnails before files, urgent ones first, then the latest.
const UPLOAD_ORDER: &str = "ORDER BY kind <> 'thumbnail', is_urgent DESC, made_at DESC, blob, report";

impl Tx<'_> {
    pub(crate) fn put_attachment(&self, row: &AttachmentRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO attachment (report, attachment, blob, kind, is_wanted) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (report, attachment, kind) DO NOTHING",
            )?
            .execute((
                row.report.as_bytes(),
                row.attachment.as_bytes(),
                row.blob.as_bytes().as_slice(),
                &row.kind,
                row.is_wanted,
            ))?;
        Ok(())
    }

    pub(crate) fn attachments(&self, report: &ReportId) -> Result<Vec<AttachmentRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT report, attachment, blob, kind, is_wanted FROM attachment WHERE report = ?1
             ORDER BY attachment, kind",
        )?;
        let mut rows = statement.query([report.as_bytes()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(AttachmentRow {
                report: column::bytes(row, 0, "report", ReportId::from_slice)?,
                attachment: column::bytes(row, 1, "attachment", AttachmentId::from_slice)?,
                blob: blob_column(row, 2)?,
                kind: row.get(3)?,
                is_wanted: row.get(4)?,
            });
        }
        Ok(found)
    }

    /// Takes one attachment of a report away with its uploads; answers blobs that nothing refers to any more.
    pub(crate) fn drop_attachment(
        &self,
        report: &ReportId,
        attachment: &AttachmentId,
    ) -> Result<Vec<BlobHash>, StoreError> {
        let used: Vec<BlobHash> = self
            .attachments(report)?
            .into_iter()
            .filter(|row| row.attachment == *attachment)
            .map(|row| row.blob)
            .collect();
        self.conn.execute(
            "DELETE FROM attachment WHERE report = ?1 AND attachment = ?2",
            (report.as_bytes(), attachment.as_bytes()),
        )?;
        self.orphans(report, used)
    }

    pub(super) fn drop_attachments(&self, report: &ReportId) -> Result<Vec<BlobHash>, StoreError> {
        let used: Vec<BlobHash> = self
            .attachments(report)?
            .into_iter()
            .map(|row| row.blob)
            .collect();
        self.conn
            .prepare_cached("DELETE FROM attachment WHERE report = ?1")?
            .execute([report.as_bytes()])?;
        self.orphans(report, used)
    }

    /// Takes a blob that was erased by law out of a report; answers it where nothing else refers to it.
    pub(crate) fn erase_blob(&self, report: &ReportId, blob: &BlobHash) -> Result<Vec<BlobHash>, StoreError> {
        self.conn.execute(
            "DELETE FROM attachment WHERE report = ?1 AND blob = ?2",
            (report.as_bytes(), blob.as_bytes().as_slice()),
        )?;
        self.orphans(report, vec![*blob])
    }

    /// What is left of files that a report used: nothing under that report where it uses them no more, nothing at all where nobody does.
    fn orphans(&self, report: &ReportId, used: Vec<BlobHash>) -> Result<Vec<BlobHash>, StoreError> {
        let mut orphans = Vec::new();
        for blob in used {
            let bytes = blob.as_bytes().as_slice();
            let place = (bytes, report.as_bytes());
            for table in ["upload", "receipt"] {
                self.conn
                    .prepare_cached(&format!(
                        "DELETE FROM {table} WHERE blob = ?1 AND report = ?2 AND NOT EXISTS
                             (SELECT 1 FROM attachment WHERE blob = ?1 AND report = ?2)"
                    ))?
                    .execute(place)?;
            }
            let is_used = self
                .conn
                .prepare_cached("SELECT 1 FROM attachment WHERE blob = ?1")?
                .exists([bytes])?;
            if !is_used {
                self.conn.execute("DELETE FROM blob WHERE blob = ?1", [bytes])?;
                orphans.push(blob);
            }
        }
        Ok(orphans)
    }

    pub(crate) fn blob_state(&self, blob: &BlobHash) -> Result<BlobState, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT size_bytes, is_present, is_received FROM blob WHERE blob = ?1")?
            .query_row([blob.as_bytes().as_slice()], |row| {
                Ok(BlobState {
                    size_bytes: column::unsigned(row.get(0)?),
                    is_present: row.get(1)?,
                    is_received: row.get(2)?,
                })
            })
            .optional()?
            .unwrap_or_default())
    }

    pub(crate) fn put_blob(&self, blob: &BlobHash, state: BlobState) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO blob (blob, size_bytes, is_present, is_received) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (blob) DO UPDATE SET size_bytes = excluded.size_bytes,
                     is_present = excluded.is_present, is_received = excluded.is_received",
            )?
            .execute((
                blob.as_bytes().as_slice(),
                column::signed(state.size_bytes),
                state.is_present,
                state.is_received,
            ))?;
        Ok(())
    }

    /// Whether the server has a file, whole and verified, for a report.
    pub(crate) fn is_received(&self, report: &ReportId, blob: &BlobHash) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM receipt WHERE report = ?1 AND blob = ?2")?
            .exists((report.as_bytes(), blob.as_bytes().as_slice()))?)
    }

    /// Notes that the server has a file for a report, or has it no more.
    pub(crate) fn set_received(
        &self,
        report: &ReportId,
        blob: &BlobHash,
        is_received: bool,
    ) -> Result<(), StoreError> {
        let sql = match is_received {
            true => "INSERT OR IGNORE INTO receipt (report, blob) VALUES (?1, ?2)",
            false => "DELETE FROM receipt WHERE report = ?1 AND blob = ?2",
        };
        self.conn
            .prepare_cached(sql)?
            .execute((report.as_bytes(), blob.as_bytes().as_slice()))?;
        self.conn
            .prepare_cached(
                "UPDATE blob SET is_received = EXISTS (SELECT 1 FROM receipt WHERE receipt.blob = ?1) WHERE blob = ?1",
            )?
            .execute([blob.as_bytes().as_slice()])?;
        Ok(())
    }

    /// Notes that a blob is spoken of; what is known of it already stays.
    pub(crate) fn know_blob(&self, blob: &BlobHash, size_bytes: u64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO blob (blob, size_bytes) VALUES (?1, ?2)
                 ON CONFLICT (blob) DO UPDATE SET size_bytes = MAX(size_bytes, excluded.size_bytes)",
            )?
            .execute((blob.as_bytes().as_slice(), column::signed(size_bytes)))?;
        Ok(())
    }

    /// Puts a file in line for sending; it stays out of the line until its report is submitted.
    pub(crate) fn insert_upload(&self, row: &UploadRow, is_ready: bool) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO upload (blob, report, attachment, kind, size_bytes, is_urgent, made_at, is_ready)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                row.blob.as_bytes().as_slice(),
                row.report.as_bytes(),
                row.attachment.as_bytes(),
                &row.kind,
                column::signed(row.size_bytes),
                row.is_urgent,
                row.made_at_ms,
                is_ready,
            ))?;
        Ok(())
    }

    /// The report was submitted: its files may go.
    pub(crate) fn ready_uploads(&self, report: &ReportId, is_urgent: bool) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE upload SET is_ready = 1, is_urgent = ?2 WHERE report = ?1")?
            .execute((report.as_bytes(), is_urgent))?;
        Ok(())
    }

    /// The files of one report are sent for another from now on.
    pub(crate) fn move_uploads(&self, from: &ReportId, to: &ReportId) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE OR REPLACE upload SET report = ?2 WHERE report = ?1",
            (from.as_bytes(), to.as_bytes()),
        )?;
        Ok(())
    }

    /// Forgets which files a report uses, whose rows stand under another by now.
    pub(crate) fn forget_attachments(&self, report: &ReportId) -> Result<(), StoreError> {
        self.conn
            .execute("DELETE FROM attachment WHERE report = ?1", [report.as_bytes()])?;
        Ok(())
    }

    /// The next file: thumbnails first, then urgent ones, then the latest. `thumbnails_only` leaves the large ones.
    pub(crate) fn next_upload(
        &self,
        thumbnails_only: bool,
        passed_over: &[(ReportId, BlobHash)],
    ) -> Result<Option<UploadRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {UPLOAD_COLUMNS} FROM upload
             WHERE is_ready = 1 AND refused IS NULL AND (kind = 'thumbnail' OR NOT ?1)
               AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.report = upload.report)
             {UPLOAD_ORDER}"
        ))?;
        let mut rows = statement.query([thumbnails_only])?;
        while let Some(row) = rows.next()? {
            let upload = upload_row(row)?;
            if !passed_over.contains(&(upload.report, upload.blob)) {
                return Ok(Some(upload));
            }
        }
        Ok(None)
    }

    pub(crate) fn set_upload_progress(
        &self,
        report: &ReportId,
        blob: &BlobHash,
        url: Option<&str>,
        sent_bytes: u64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE upload SET url = ?3, sent_bytes = ?4 WHERE blob = ?1 AND report = ?2")?
            .execute((
                blob.as_bytes().as_slice(),
                report.as_bytes(),
                url,
                column::signed(sent_bytes),
            ))?;
        Ok(())
    }

    pub(crate) fn set_upload_refused(
        &self,
        report: &ReportId,
        blob: &BlobHash,
        why: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE upload SET refused = ?3 WHERE blob = ?1 AND report = ?2")?
            .execute((blob.as_bytes().as_slice(), report.as_bytes(), why))?;
        Ok(())
    }

    /// Puts a refused file in line again, for every report that has it.
    pub(crate) fn retry_upload(&self, blob: &[u8]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE upload SET refused = NULL, url = NULL, sent_bytes = 0 WHERE blob = ?1")?
            .execute([blob])?;
        Ok(())
    }

    /// Lets what waits of a report begin from its first byte: the server's uploads are not those of before.
    pub(crate) fn restart_uploads(&self, report: &ReportId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE upload SET url = NULL, sent_bytes = 0 WHERE report = ?1")?
            .execute([report.as_bytes()])?;
        Ok(())
    }

    /// Takes a verified file of a report out of the line.
    pub(crate) fn finish_upload(&self, report: &ReportId, blob: &BlobHash) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM upload WHERE blob = ?1 AND report = ?2")?
            .execute((blob.as_bytes().as_slice(), report.as_bytes()))?;
        self.set_received(report, blob, true)
    }

    /// Every file still to be sent, also of drafts.
    pub(crate) fn uploads(&self) -> Result<Vec<UploadRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {UPLOAD_COLUMNS} FROM upload ORDER BY made_at, blob, report"
        ))?;
        let mut rows = statement.query([])?;
        let mut uploads = Vec::new();
        while let Some(row) = rows.next()? {
            uploads.push(upload_row(row)?);
        }
        Ok(uploads)
    }

    /// What waits to be sent of a file for a report.
    pub(crate) fn upload_of(
        &self,
        report: &ReportId,
        blob: &BlobHash,
    ) -> Result<Option<UploadRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {UPLOAD_COLUMNS} FROM upload WHERE blob = ?1 AND report = ?2"
        ))?;
        let mut rows = statement.query((blob.as_bytes().as_slice(), report.as_bytes()))?;
        rows.next()?.map(upload_row).transpose()
    }

    /// The first of the reports for which a file waits, in the order of [`next_upload`](Self::next_upload).
    pub(crate) fn first_upload_of(&self, blob: &BlobHash) -> Result<Option<UploadRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {UPLOAD_COLUMNS} FROM upload WHERE blob = ?1 AND is_ready = 1 AND refused IS NULL {UPLOAD_ORDER}"
        ))?;
        let mut rows = statement.query([blob.as_bytes().as_slice()])?;
        rows.next()?.map(upload_row).transpose()
    }

    pub(crate) fn upload_sum(&self) -> Result<UploadSum, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT COUNT(*), COALESCE(SUM(size_bytes - sent_bytes), 0) FROM upload WHERE is_ready = 1",
            )?
            .query_row([], |row| {
                Ok(UploadSum {
                    count: row.get(0)?,
                    bytes: column::unsigned(row.get(1)?),
                })
            })?)
    }

    /// Files to fetch: wanted, not here, and on the server as far as known.
    pub(crate) fn wanted_blobs(&self, limit: u32) -> Result<Vec<BlobHash>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT attachment.blob FROM attachment JOIN blob USING (blob)
             WHERE attachment.is_wanted = 1 AND blob.is_present = 0 AND blob.is_received = 1 LIMIT ?1",
        )?;
        let mut rows = statement.query([limit])?;
        let mut blobs = Vec::new();
        while let Some(row) = rows.next()? {
            blobs.push(blob_column(row, 0)?);
        }
        Ok(blobs)
    }

    pub(crate) fn set_wanted(&self, blob: &BlobHash) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE attachment SET is_wanted = 1 WHERE blob = ?1")?
            .execute([blob.as_bytes().as_slice()])?;
        Ok(())
    }

    /// The file is here: nothing is to be fetched any more.
    pub(crate) fn unset_wanted(&self, blob: &BlobHash) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE attachment SET is_wanted = 0 WHERE blob = ?1")?
            .execute([blob.as_bytes().as_slice()])?;
        Ok(())
    }

    /// What is held that refers to a blob, whatever the report.
    pub(crate) fn reports_of_blob(&self, blob: &BlobHash) -> Result<Vec<ReportId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT DISTINCT report FROM attachment WHERE blob = ?1 ORDER BY report")?;
        let mut rows = statement.query([blob.as_bytes().as_slice()])?;
        let mut reports = Vec::new();
        while let Some(row) = rows.next()? {
            reports.push(column::bytes(row, 0, "report", ReportId::from_slice)?);
        }
        Ok(reports)
    }
}

fn blob_column(row: &Row<'_>, index: usize) -> Result<BlobHash, StoreError> {
    column::bytes(row, index, "blob", |b| {
        Some(BlobHash::from_bytes(b.try_into().ok()?))
    })
}

fn upload_row(row: &Row<'_>) -> Result<UploadRow, StoreError> {
    Ok(UploadRow {
        blob: blob_column(row, 0)?,
        report: column::bytes(row, 1, "report", ReportId::from_slice)?,
        attachment: column::bytes(row, 2, "attachment", AttachmentId::from_slice)?,
        kind: row.get(3)?,
        size_bytes: column::unsigned(row.get(4)?),
        url: row.get(5)?,
        sent_bytes: column::unsigned(row.get(6)?),
        is_urgent: row.get(7)?,
        made_at_ms: row.get(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn a_file_that_one_report_lost_is_still_there_for_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = Store::open(folder.path(), None, 0).expect("a new database");
        let blob = BlobHash::of(b"a picture of two reports");
        let [one, other] = [1, 2].map(|byte| ReportId::from_bytes([byte; 16]));
        store
            .write(|tx| {
                tx.know_blob(&blob, 24)?;
                tx.set_received(&one, &blob, true)?;
                tx.set_received(&other, &blob, true)?;
                tx.set_received(&one, &blob, false)?;
                assert!(!tx.is_received(&one, &blob)? && tx.is_received(&other, &blob)?);
                assert!(tx.blob_state(&blob)?.is_received, "it can be fetched");
                tx.set_received(&other, &blob, false)?;
                assert!(!tx.blob_state(&blob)?.is_received);
                Ok::<_, StoreError>(())
            })
            .expect("written");
    }
}
