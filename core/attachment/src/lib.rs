//! Pictures and voice notes: what is taken in, what is made of it, and what is refused with which words.
//!
//! A picture comes in as JPEG, PNG or WebP and leaves as one upright JPEG without any metadata plus a small
//! thumbnail; what its EXIF said about time and place comes back beside it as a *claim*, which nobody has verified.
//! A voice note is AAC-LC in `.m4a`, checked and stored as it is; a recorder's stream of frames is put into one first.
//!
//! This module is pure: it reads the bytes, the reader or the path that the caller gives and nothing else. It must
//! not read a clock, draw random numbers, open the network or touch the store; it must never panic on hostile bytes
//! and never need more memory than [`PictureOptions`] and the limits beside it say.
//!
//! Set in stone: the id of an attachment is the SHA-256 of exactly the bytes that are uploaded, and the integers
//! behind [`AttachmentKind`] and [`AttachmentRole`]; both are in signed messages and in stored documents.

mod adts;
mod blob;
mod claims;
mod decode;
mod encode;
mod format;
mod kind;
mod mp4;
mod orientation;
mod outline;
mod picture;
mod pixelate;
mod qr;
mod raster;
mod resize;
mod size;
mod upload;
mod voice;

pub use adts::voice_note_file;
pub use blob::{BlobHash, BlobHashError};
pub use claims::{PictureClaims, PositionClaim, TakenAtClaim};
pub use encode::camera_jpeg;
pub use format::PictureFormat;
pub use kind::{AttachmentKind, AttachmentRole, PictureFacts};
pub use orientation::Orientation;
pub use picture::{
    FILE_BYTES_MAX, OTHER_PIXELS_MAX, PictureError, PictureOptions, PreparedPicture, SEQUENTIAL_PIXELS_MAX,
    THUMBNAIL_BYTES_MAX, THUMBNAIL_LONG_SIDE_PX, prepare_picture, prepare_picture_file,
};
pub use pixelate::{BLOCKS_ACROSS_MAX, Region, pixelate};
pub use qr::{decode_qr, decode_qr_picture};
pub use size::{
    LONG_SIDE_DEFAULT_PX, LONG_SIDE_FINE_PX, LONG_SIDE_SLOW_LINK_PX, Link, PictureDetail, long_side_for,
};
pub use upload::{UploadLie, check_uploaded, check_uploaded_picture, check_uploaded_voice_note};
pub use voice::{VOICE_NOTE_BYTES_MAX, VOICE_NOTE_MS_MAX, VoiceError, VoiceFacts, inspect_voice_note};
