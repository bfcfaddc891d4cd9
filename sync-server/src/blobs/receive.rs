//! Takes in a piece of an upload: streams it into staging, makes it durable step by step, and only then moves the offset.
//!
//! Runs in a task of its own, so that a client's hang-up ends the stream and nothing else: whatever arrived is kept. The step that
//! completes a file counts only after the whole file was checked and stored as a blob.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use xunge_core::attachment::{AttachmentKind, BlobHash, check_uploaded};
use xunge_core::id::UploadId;

use super::checksum::Checksum;
use super::slot::Turn;
use super::staging::{DoneMark, PartWriter, StagingProblem};
use crate::Caller;
use crate::app::App;
use crate::body::next_piece;
use crate::problem::{ErrorCode, Problem};
use crate::service::Upload;

/// A piece of an upload on its way.
pub(crate) struct Piece {
    /// The upload.
    pub(crate) id: UploadId,
    /// Where the client believes that it stands.
    pub(crate) offset_bytes: u64,
    /// How many bytes the client announces, where it does.
    pub(crate) announced_bytes: Option<u64>,
    /// The piece's checksum, where one was sent.
    pub(crate) checksum: Option<Checksum>,
    /// The bytes.
    pub(crate) body: Body,
}

/// Where an upload stands, as `HEAD` and `PATCH` answer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Bytes that are kept.
    pub(crate) offset_bytes: u64,
    /// Bytes of the whole.
    pub(crate) size_bytes: u64,
    /// When it is dropped unless it goes on; `None` where it is done.
    pub(crate) expires_at: Option<xunge_core::time::Timestamp>,
}

/// Asks where an upload stands. A writer whose connection died is ended first, so that the answer stays true.
pub(crate) async fn standing(app: &App, caller: &Caller, id: UploadId) -> Result<Standing, Problem> {
    let _turn = take_turn(app, id).await?;
    find(app, caller, id).await.map(|(standing, _)| standing)
}

/// Takes a piece in and answers where the upload then stands.
pub(crate) async fn receive(app: App, caller: Caller, piece: Piece) -> Result<Standing, Problem> {
    let task = tokio::spawn(async move {
        let turn = take_turn(&app, piece.id).await?;
        let (standing, upload) = find(&app, &caller, piece.id).await?;
        if standing.offset_bytes != piece.offset_bytes {
            return Err(Problem::new(
                ErrorCode::WrongOffset,
                format!("the upload stands at {}", standing.offset_bytes),
            ));
        }
        // A done upload takes an empty piece at its end, as the protocol has it.
        let Some(upload) = upload else {
            return if piece.announced_bytes.unwrap_or(0) == 0 {
                Ok(standing)
            } else {
                Err(beyond(standing.size_bytes))
            };
        };
        let Piece {
            announced_bytes,
            checksum,
            body,
            ..
        } = piece;
        Intake::begin(app, caller, upload, turn, announced_bytes, checksum)
            .await?
            .run(body)
            .await
    });
    task.await
        .unwrap_or_else(|error| Err(Problem::internal("taking in an upload", &error)))
}

/// Ends an upload at its client's wish.
pub(crate) async fn terminate(app: &App, caller: &Caller, id: UploadId) -> Result<(), Problem> {
    let _turn = take_turn(app, id).await?;
    let (_, upload) = find(app, caller, id).await?;
    if upload.is_some() {
        drop_upload(app, id).await?;
    }
    Ok(())
}

async fn take_turn(app: &App, id: UploadId) -> Result<Turn, Problem> {
    app.slots
        .take(id)
        .await
        .ok_or_else(|| Problem::plain(ErrorCode::UploadBusy))
}

/// The upload's standing; the row is `None` where it is done.
async fn find(app: &App, caller: &Caller, id: UploadId) -> Result<(Standing, Option<Upload>), Problem> {
    let (staging, caller) = (app.staging.clone(), caller.clone());
    app.blocking(move |service| -> Result<_, Problem> {
        if let Some(mark) = staging.done(id, &caller.audit_name())? {
            let done = Standing {
                offset_bytes: mark.size_bytes,
                size_bytes: mark.size_bytes,
                expires_at: None,
            };
            return Ok((done, None));
        }
        let upload = service.upload(&caller, id)?;
        let standing = Standing {
            offset_bytes: upload.offset_bytes,
            size_bytes: upload.declared.size_bytes,
            expires_at: Some(upload.expires_at),
        };
        Ok((standing, Some(upload)))
    })
    .await
}

async fn drop_upload(app: &App, id: UploadId) -> Result<(), Problem> {
    let staging = app.staging.clone();
    app.blocking(move |service| -> Result<(), Problem> {
        service.upload_drop(id)?;
        Ok(staging.discard(id)?)
    })
    .await
}

fn beyond(size_bytes: u64) -> Problem {
    Problem::new(
        ErrorCode::TooLarge,
        format!("the upload was declared with {size_bytes} bytes"),
    )
}

/// How a piece ended.
enum End {
    /// The client sent all that it wanted.
    Whole,
    /// The connection broke, fell silent, or was overtaken.
    Cut,
}

/// One piece being taken in.
struct Intake {
    app: App,
    caller: Caller,
    upload: Upload,
    turn: Turn,
    writer: Option<PartWriter>,
    /// Where the row's offset stands.
    committed_bytes: u64,
    /// How far the part file is written and durable.
    written_bytes: u64,
    checksum: Option<Checksum>,
}

impl Intake {
    async fn begin(
        app: App,
        caller: Caller,
        upload: Upload,
        turn: Turn,
        announced_bytes: Option<u64>,
        checksum: Option<Checksum>,
    ) -> Result<Self, Problem> {
        let left = upload.declared.size_bytes - upload.offset_bytes;
        if announced_bytes.is_some_and(|bytes| bytes > left) {
            return Err(beyond(upload.declared.size_bytes));
        }
        let (staging, id, offset) = (app.staging.clone(), upload.id, upload.offset_bytes);
        let writer = app
            .blocking(move |_| match staging.writer(id, offset) {
                Err(StagingProblem::Short) => Ok(None),
                writer => writer.map(Some),
            })
            .await?;
        let Some(writer) = writer else {
            // The disk lost counted bytes: without them the upload can never be whole, so that it begins anew.
            drop_upload(&app, id).await?;
            return Err(Problem::plain(ErrorCode::UploadGone));
        };
        Ok(Self {
            checksum,
            committed_bytes: offset,
            written_bytes: offset,
            writer: Some(writer),
            app,
            caller,
            upload,
            turn,
        })
    }

    async fn run(mut self, mut body: Body) -> Result<Standing, Problem> {
        let end = self.stream(&mut body).await?;
        if self.checksum.is_some() {
            let is_whole = matches!(end, End::Whole);
            let fits = self.checksum.take().is_some_and(Checksum::fits);
            // What cannot be verified does not count: the bytes stay behind the offset and are cut off by the next piece.
            if !is_whole || !fits {
                return Err(Problem::plain(ErrorCode::ChecksumMismatch));
            }
        }
        if self.written_bytes == self.upload.declared.size_bytes {
            return self.complete().await;
        }
        self.commit().await?;
        match end {
            End::Whole => Ok(self.standing()),
            End::Cut => Err(Problem::plain(ErrorCode::TooSlow)),
        }
    }

    /// Writes the body step by step until it ends, in whichever way.
    async fn stream(&mut self, body: &mut Body) -> Result<End, Problem> {
        let limits = self.app.config.limits.clone();
        let idle = Duration::from_millis(limits.upload_idle_ms_max);
        let size_bytes = self.upload.declared.size_bytes;
        let mut buffer = BytesMut::new();
        let end = loop {
            let arrived = tokio::select! {
                () = self.turn.overtaken() => break End::Cut,
                arrived = tokio::time::timeout(idle, next_piece(body)) => arrived,
            };
            match arrived {
                Ok(Some(Ok(bytes))) => buffer.extend_from_slice(&bytes),
                Ok(None) => break End::Whole,
                Ok(Some(Err(_))) | Err(_) => break End::Cut,
            }
            if self.written_bytes + buffer.len() as u64 > size_bytes {
                return Err(beyond(size_bytes));
            }
            if buffer.len() as u64 >= limits.upload_step_bytes {
                self.write(buffer.split().freeze()).await?;
                if self.checksum.is_none() && self.written_bytes < size_bytes {
                    self.commit().await?;
                }
            }
        };
        if !buffer.is_empty() {
            self.write(buffer.freeze()).await?;
        }
        Ok(end)
    }

    async fn write(&mut self, bytes: Bytes) -> Result<(), Problem> {
        if let Some(checksum) = &mut self.checksum {
            checksum.update(&bytes);
        }
        let count = bytes.len() as u64;
        let mut writer = self
            .writer
            .take()
            .ok_or_else(|| Problem::plain(ErrorCode::Internal))?;
        let (writer, outcome) = self
            .app
            .blocking(move |_| -> Result<_, Problem> {
                let outcome = writer.write_durably(&bytes);
                Ok((writer, outcome))
            })
            .await?;
        self.writer = Some(writer);
        outcome?;
        self.written_bytes += count;
        metrics::counter!("xunge_upload_bytes_total").increment(count);
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), Problem> {
        let (id, from, to) = (self.upload.id, self.committed_bytes, self.written_bytes);
        if from == to {
            return Ok(());
        }
        self.app
            .blocking(move |service| service.upload_advance(id, from, to))
            .await?;
        self.committed_bytes = to;
        Ok(())
    }

    /// Checks the whole file, stores it as a blob, tells the service, and leaves the mark.
    async fn complete(&mut self) -> Result<Standing, Problem> {
        let id = self.upload.id;
        let declared = self.upload.declared.clone();
        let staging = self.app.staging.clone();
        let kind = kind_of(&declared.media_type);
        let checked = self
            .app
            .blocking(move |_| -> Result<_, Problem> {
                let bytes = staging.bytes(id)?;
                let lie = check_uploaded(&bytes, kind, declared.size_bytes, declared.blob).err();
                let hash = BlobHash::of(&bytes);
                Ok((Bytes::from(bytes), hash == declared.blob, lie))
            })
            .await?;
        let (bytes, is_declared, lie) = checked;
        if let Some(lie) = lie {
            drop_upload(&self.app, id).await?;
            let code = if is_declared {
                ErrorCode::AttachmentUnreadable
            } else {
                ErrorCode::HashMismatch
            };
            return Err(Problem::new(code, lie.to_string()));
        }
        // The law may have been faster than the last byte: then nothing of it stays.
        let is_erased = self
            .app
            .blocking(move |service| service.upload_is_erased(id))
            .await?;
        if is_erased {
            drop_upload(&self.app, id).await?;
            return Err(Problem::plain(ErrorCode::Erased));
        }
        self.app.blobs.put(declared.blob, bytes).await?;
        let staging = self.app.staging.clone();
        let owner = self.caller.audit_name();
        self.app
            .blocking(move |service| -> Result<(), Problem> {
                service.upload_finish(id)?;
                let mark = DoneMark {
                    owner,
                    size_bytes: declared.size_bytes,
                    done_at: service.now(),
                };
                Ok(staging.mark_done(id, &mark)?)
            })
            .await?;
        metrics::counter!("xunge_blobs_total").increment(1);
        Ok(Standing {
            offset_bytes: declared.size_bytes,
            size_bytes: declared.size_bytes,
            expires_at: None,
        })
    }

    fn standing(&self) -> Standing {
        Standing {
            offset_bytes: self.committed_bytes,
            size_bytes: self.upload.declared.size_bytes,
            expires_at: Some(self.upload.expires_at),
        }
    }
}

/// The kind behind a media type that [`kind_from`] has let through.
fn kind_of(media_type: &str) -> AttachmentKind {
    if media_type == AttachmentKind::VoiceNote.mime() {
        AttachmentKind::VoiceNote
    } else {
        AttachmentKind::Picture
    }
}

/// The kind that `kind` (our word) or `filetype` (a media type, as stock clients send it) names.
pub(crate) fn kind_from(word: &str) -> Option<AttachmentKind> {
    match word {
        "picture" | "thumbnail" | "image/jpeg" => Some(AttachmentKind::Picture),
        "voice_note" | "audio/mp4" | "audio/x-m4a" => Some(AttachmentKind::VoiceNote),
        _ => None,
    }
}
