//! What an attachment is and what it shows, and the facts about a picture that travel in the report's document.
//!
//! Set in stone: the integers; they are written in signed messages. New values get new integers at the end.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::BlobHash;

/// What kind of file an attachment is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A JPEG made by [`prepare_picture`](super::prepare_picture).
    #[n(0)]
    Picture,
    /// AAC-LC, at most 60 s long: an `.m4a`, or a recorder's stream (`.aac`), which is put into one.
    #[n(1)]
    VoiceNote,
}

impl AttachmentKind {
    /// The media type of the uploaded bytes; one per kind.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Picture => "image/jpeg",
            Self::VoiceNote => "audio/mp4",
        }
    }

    /// The word in JSON, in documents and in rows.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::VoiceNote => "voice_note",
        }
    }
}

/// What an attachment shows, in the words of the trade.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentRole {
    /// The place as it was found (现场).
    #[n(0)]
    Scene,
    /// From near by, so that the matter itself is seen (近景).
    #[n(1)]
    Near,
    /// From afar, so that the place is known again (远景).
    #[n(2)]
    Far,
    /// Before the handling (处置前).
    #[n(3)]
    Before,
    /// After the handling (处置后).
    #[n(4)]
    After,
    /// Why a report was returned or sent back (退回).
    #[n(5)]
    Return,
    /// Anything else.
    #[n(6)]
    Other,
}

impl AttachmentRole {
    /// All roles, in the order of their integers.
    pub const ALL: [Self; 7] = [
        Self::Scene,
        Self::Near,
        Self::Far,
        Self::Before,
        Self::After,
        Self::Return,
        Self::Other,
    ];

    /// The word in JSON, in documents and in rows.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Scene => "scene",
            Self::Near => "near",
            Self::Far => "far",
            Self::Before => "before",
            Self::After => "after",
            Self::Return => "return",
            Self::Other => "other",
        }
    }

    /// The role behind a word of [`word`](Self::word); `None` for a word of a newer version.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// What everybody knows about an uploaded picture without having its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct PictureFacts {
    /// SHA-256 of the uploaded JPEG: its id.
    #[n(0)]
    pub sha256: BlobHash,
    /// Length of the uploaded JPEG.
    #[n(1)]
    pub size_bytes: u64,
    /// Width as shown, that is after the orientation was applied.
    #[n(2)]
    pub width_px: u32,
    /// Height as shown.
    #[n(3)]
    pub height_px: u32,
    /// SHA-256 of the thumbnail, a JPEG as well.
    #[n(4)]
    pub thumbnail_sha256: BlobHash,
    /// Length of the thumbnail, at most [`THUMBNAIL_BYTES_MAX`](super::THUMBNAIL_BYTES_MAX).
    #[n(5)]
    pub thumbnail_size_bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_words_of_the_roles_are_set_in_stone() {
        let words = ["scene", "near", "far", "before", "after", "return", "other"];
        for (index, role) in AttachmentRole::ALL.into_iter().enumerate() {
            assert_eq!(minicbor::to_vec(role).unwrap(), [u8::try_from(index).unwrap()]);
            assert_eq!(serde_json::to_value(role).unwrap(), words[index]);
            assert_eq!(AttachmentRole::from_word(words[index]), Some(role));
            assert_eq!(role.word(), words[index]);
        }
        assert_eq!(AttachmentRole::from_word("panorama"), None);
        assert!(minicbor::decode::<AttachmentRole>(&[7]).is_err());
    }

    #[test]
    fn integers_and_words_of_the_kinds_are_set_in_stone() {
        for (index, kind) in [AttachmentKind::Picture, AttachmentKind::VoiceNote]
            .into_iter()
            .enumerate()
        {
            assert_eq!(minicbor::to_vec(kind).unwrap(), [u8::try_from(index).unwrap()]);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }
}
