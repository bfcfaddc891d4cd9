//! What the receiving end checks before it keeps an upload: that the bytes are what their facts say.
//!
//! Reads headers and tables only; it never decodes, so that a server spends no more than a hash on a picture.

use super::{
    AttachmentKind, BlobHash, PictureError, PictureFacts, VoiceError, VoiceFacts, inspect_voice_note, outline,
};

/// Uploaded bytes that are not what was announced. The sender keeps its copy and sends it again.
#[derive(Debug, thiserror::Error)]
pub enum UploadLie {
    /// Another length.
    #[error("announced with {declared_bytes} bytes but has {found_bytes}; send it again from the start")]
    Size {
        /// What the facts say.
        declared_bytes: u64,
        /// What arrived.
        found_bytes: u64,
    },
    /// Another content.
    #[error("announced as {declared} but hashes to {found}; send it again from the start")]
    Hash {
        /// What the facts say.
        declared: BlobHash,
        /// What arrived.
        found: BlobHash,
    },
    /// A picture of another size.
    #[error("announced as {declared_px:?} pixels but has {found_px:?}; prepare it again from the original")]
    Dimensions {
        /// Width and height in the facts.
        declared_px: (u32, u32),
        /// Width and height in the file.
        found_px: (u32, u32),
    },
    /// A playing time other than announced.
    #[error("announced with {declared_ms} ms but plays {found_ms}; inspect the recording again")]
    Duration {
        /// What the facts say.
        declared_ms: u32,
        /// What the tables say.
        found_ms: u32,
    },
    /// Metadata that preparing would have removed.
    #[error("carries EXIF metadata, which must not be sent; prepare it again from the original")]
    Metadata,
    /// Not a sound JPEG.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Not a sound voice note.
    #[error(transparent)]
    Voice(#[from] VoiceError),
}

/// Checks an uploaded picture against its facts. Errors as [`UploadLie`] lists them, cheapest check first.
pub fn check_uploaded_picture(bytes: &[u8], facts: &PictureFacts) -> Result<(), UploadLie> {
    check_bytes(bytes, facts.size_bytes, facts.sha256)?;
    let outline = outline::read(bytes)?;
    if outline.exif.is_some() {
        return Err(UploadLie::Metadata);
    }
    let declared_px = (facts.width_px, facts.height_px);
    let found_px = (outline.width_px, outline.height_px);
    if declared_px == found_px {
        Ok(())
    } else {
        Err(UploadLie::Dimensions {
            declared_px,
            found_px,
        })
    }
}

/// Checks an uploaded voice note against its facts. Errors as [`UploadLie`] lists them, cheapest check first.
pub fn check_uploaded_voice_note(bytes: &[u8], facts: &VoiceFacts) -> Result<(), UploadLie> {
    check_bytes(bytes, facts.size_bytes, facts.sha256)?;
    let found_ms = inspect_voice_note(bytes)?.duration_ms;
    let declared_ms = facts.duration_ms;
    if declared_ms == found_ms {
        Ok(())
    } else {
        Err(UploadLie::Duration {
            declared_ms,
            found_ms,
        })
    }
}

/// Checks an upload of which only the kind, the length and the hash are declared: for a server that has not got the report's facts at hand.
pub fn check_uploaded(
    bytes: &[u8],
    kind: AttachmentKind,
    size_bytes: u64,
    sha256: BlobHash,
) -> Result<(), UploadLie> {
    check_bytes(bytes, size_bytes, sha256)?;
    match kind {
        AttachmentKind::VoiceNote => inspect_voice_note(bytes).map(|_| ()).map_err(UploadLie::from),
        AttachmentKind::Picture if outline::read(bytes)?.exif.is_some() => Err(UploadLie::Metadata),
        AttachmentKind::Picture => Ok(()),
    }
}

fn check_bytes(bytes: &[u8], declared_bytes: u64, declared: BlobHash) -> Result<(), UploadLie> {
    let found_bytes = bytes.len() as u64;
    if declared_bytes != found_bytes {
        return Err(UploadLie::Size {
            declared_bytes,
            found_bytes,
        });
    }
    let found = BlobHash::of(bytes);
    if declared == found {
        Ok(())
    } else {
        Err(UploadLie::Hash { declared, found })
    }
}
