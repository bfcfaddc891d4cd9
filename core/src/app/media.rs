//! Pictures and voice notes: prepared, written durably beside the database, then noted in draft or document.

use std::io::Cursor;

use super::device::Context;
use super::{Device, MediaSource, act, draft as drafts};
use crate::attachment::{
    AttachmentKind, AttachmentRole, BlobHash, Link, PictureOptions, PreparedPicture, inspect_voice_note,
    long_side_for, prepare_picture, prepare_picture_file, voice_note_file,
};
use crate::command::Urgency;
use crate::document::FieldEdit;
use crate::error::Error;
use crate::id::{AttachmentId, ReportId};
use crate::report::AttachmentRef;
use crate::store::{AttachmentRow, BlobState, StoreError, Tx, UploadRow};
use crate::time::Timestamp;

/// A file with what it is, ready to be noted.
struct Prepared {
    reference: AttachmentRef,
    /// Hash, kind and length of each file, the thumbnail first.
    files: Vec<(BlobHash, &'static str, u64)>,
}

impl Device {
    /// Adds a picture to a draft or to a report that was handed in. It is made upright and small, its metadata is taken out, and it is on
    /// disk when this returns. The original is left where it is; one that came as bytes and cannot be made is kept in `originals/`.
    ///
    /// # Errors
    /// [`Error::Picture`] says what to do; [`Error::Store`] with a full disk leaves everything as it was.
    pub fn add_picture(
        &self,
        report: ReportId,
        source: &MediaSource,
        role: AttachmentRole,
    ) -> Result<AttachmentId, Error> {
        let options = PictureOptions {
            long_side_px: self.long_side_px(report)?,
            ..PictureOptions::default()
        };
        let made = match source {
            MediaSource::Path(path) => prepare_picture_file(path, &options),
            MediaSource::Bytes(bytes) => prepare_picture(Cursor::new(bytes), &options),
        };
        let picture = match made {
            Ok(picture) => picture,
            Err(error) => {
                self.keep_original(source)?;
                return Err(error.into());
            }
        };
        self.put_file(&picture.thumbnail_sha256, &picture.thumbnail)?;
        self.put_file(&picture.sha256, &picture.bytes)?;
        self.note(report, of_picture(&picture, role, self.now()))
    }

    /// Adds a voice note (AAC-LC in `.m4a`, or as a recorder's stream that may be cut off, at most 60 s), as
    /// [`add_picture`](Self::add_picture) does a picture.
    pub fn add_voice_note(
        &self,
        report: ReportId,
        source: &MediaSource,
        role: AttachmentRole,
    ) -> Result<AttachmentId, Error> {
        let bytes = match source {
            MediaSource::Bytes(bytes) => bytes.clone(),
            MediaSource::Path(path) => std::fs::read(path).map_err(|e| StoreError::file(path, e))?,
        };
        let made = voice_note_file(&bytes).and_then(|file| Ok((inspect_voice_note(&file)?, file)));
        let (facts, bytes) = match made {
            Ok(made) => made,
            Err(error) => {
                self.keep_original(source)?;
                return Err(error.into());
            }
        };
        self.put_file(&facts.sha256, &bytes)?;
        let prepared = Prepared {
            reference: AttachmentRef {
                kind: AttachmentKind::VoiceNote,
                role,
                blob: facts.sha256,
                size_bytes: facts.size_bytes,
                thumbnail: None,
                width_px: 0,
                height_px: 0,
                duration_ms: facts.duration_ms,
                taken_at: Some(self.now()),
            },
            files: vec![(facts.sha256, AttachmentKind::VoiceNote.word(), facts.size_bytes)],
        };
        self.note(report, prepared)
    }

    /// Takes an attachment away again: from a draft with its file, from a report that was handed in by an edit of the content.
    pub fn remove_attachment(&self, report: ReportId, attachment: AttachmentId) -> Result<(), Error> {
        let orphans = self.write(|tx, context| {
            let edit = [FieldEdit::RemoveAttachment(attachment)];
            if tx.draft(&report)?.is_some() {
                drafts::save_edits(tx, &report, &edit, context.now_ms())?;
                return Ok(tx.drop_attachment(&report, &attachment)?);
            }
            act::write_edits(tx, context, &report, &edit)?;
            Ok(Vec::new())
        })?;
        self.remove_files(&orphans)
    }

    /// Asks for the full bytes of an attachment: the next sync fetches them.
    pub fn want_attachment(&self, report: ReportId, attachment: AttachmentId) -> Result<(), Error> {
        self.write(|tx, _| {
            let found = tx
                .attachments(&report)?
                .into_iter()
                .filter(|row| row.attachment == attachment);
            let mut is_known = false;
            for row in found {
                tx.set_wanted(&row.blob)?;
                is_known = true;
            }
            if is_known {
                Ok(())
            } else {
                Err(Error::NotFound("attachment"))
            }
        })
    }

    fn long_side_px(&self, report: ReportId) -> Result<u32, Error> {
        self.read(|tx, context| {
            let draft = drafts::load(tx, context, &report)?;
            let category = draft.and_then(|draft| {
                let id = draft.content.category?;
                let version = draft.content.category_version;
                context
                    .directory
                    .category(&id, version)
                    .and_then(|category| category.picture_long_side_px)
            });
            let policy = context
                .directory
                .policy(&context.identity.township, context.now());
            let detail = crate::attachment::PictureDetail::Normal;
            let by_link = long_side_for(detail, Link::Normal);
            Ok(category.unwrap_or_else(|| policy.picture_long_side_px.min(by_link)))
        })
    }

    fn keep_original(&self, source: &MediaSource) -> Result<(), Error> {
        let MediaSource::Bytes(bytes) = source else {
            return Ok(());
        };
        self.put_original(bytes)
    }

    /// Notes a file that is on disk; where that fails the file goes again, since nothing refers to it.
    fn note(&self, report: ReportId, prepared: Prepared) -> Result<AttachmentId, Error> {
        let noted = self.write(|tx, context| note(tx, context, &report, &prepared));
        if noted.is_err() {
            let known = self.read(|tx, _| {
                let mut unknown = Vec::new();
                for (blob, ..) in &prepared.files {
                    if !tx.blob_state(blob)?.is_present {
                        unknown.push(*blob);
                    }
                }
                Ok(unknown)
            });
            self.remove_files(&known.unwrap_or_default())?;
        }
        noted
    }
}

fn of_picture(picture: &PreparedPicture, role: AttachmentRole, now: Timestamp) -> Prepared {
    let claimed = picture
        .taken_at_claim
        .as_ref()
        .and_then(|claim| claim.instant(8 * 60))
        .map(|instant| Timestamp(instant.timestamp_millis()));
    let size_bytes = picture.bytes.len() as u64;
    Prepared {
        reference: AttachmentRef {
            kind: AttachmentKind::Picture,
            role,
            blob: picture.sha256,
            size_bytes,
            thumbnail: Some(picture.thumbnail_sha256),
            width_px: picture.width_px,
            height_px: picture.height_px,
            duration_ms: 0,
            taken_at: claimed.or(Some(now)),
        },
        files: vec![
            (
                picture.thumbnail_sha256,
                "thumbnail",
                picture.thumbnail.len() as u64,
            ),
            (picture.sha256, AttachmentKind::Picture.word(), size_bytes),
        ],
    }
}

fn note(
    tx: &Tx<'_>,
    context: &Context<'_>,
    report: &ReportId,
    prepared: &Prepared,
) -> Result<AttachmentId, Error> {
    let id = context.fresh(|rng| AttachmentId::random(rng));
    let draft = tx.draft(report)?;
    let is_urgent = match &draft {
        Some(_) => false,
        None => super::project::load(tx, context, report)?
            .ok_or(Error::NotFound("report"))?
            .content
            .is_some_and(|content| content.urgency == Urgency::Urgent),
    };
    for (blob, kind, size_bytes) in &prepared.files {
        let state = tx.blob_state(blob)?;
        tx.put_blob(
            blob,
            BlobState {
                size_bytes: *size_bytes,
                is_present: true,
                ..state
            },
        )?;
        tx.put_attachment(&AttachmentRow {
            report: *report,
            attachment: id,
            blob: *blob,
            kind: (*kind).to_owned(),
            is_wanted: false,
        })?;
        if !tx.is_received(report, blob)? {
            let upload = UploadRow {
                blob: *blob,
                report: *report,
                attachment: id,
                kind: (*kind).to_owned(),
                size_bytes: *size_bytes,
                url: None,
                sent_bytes: 0,
                is_urgent,
                made_at_ms: context.now_ms(),
            };
            tx.insert_upload(&upload, draft.is_none())?;
        }
    }
    let edit = [FieldEdit::AddAttachment {
        id,
        attachment: prepared.reference.clone(),
    }];
    match draft {
        Some(_) => drafts::save_edits(tx, report, &edit, context.now_ms())?,
        None => act::write_edits(tx, context, report, &edit)?,
    }
    Ok(id)
}
