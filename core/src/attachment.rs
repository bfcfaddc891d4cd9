//! Pictures and voice notes.

mod blob;
mod kind;

pub use blob::{BlobHash, BlobHashError};
pub use kind::{AttachmentKind, AttachmentRole, PictureFacts};
