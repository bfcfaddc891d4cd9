//! Pictures and voice notes: ids, words, facts, and the pipeline that makes what is uploaded.
//!
//! A crate of its own, `xunge-attachment`, because the codecs' generic code is compiled where it is called: there it
//! is optimised in every profile, while the rest of the core stays quick to build. Named through this module only.

#[cfg(feature = "testing")]
pub use xunge_attachment::camera_jpeg;
pub use xunge_attachment::{
    AttachmentKind, AttachmentRole, BLOCKS_ACROSS_MAX, BlobHash, BlobHashError, FILE_BYTES_MAX,
    LONG_SIDE_DEFAULT_PX, LONG_SIDE_FINE_PX, LONG_SIDE_SLOW_LINK_PX, Link, OTHER_PIXELS_MAX, Orientation,
    PictureClaims, PictureDetail, PictureError, PictureFacts, PictureFormat, PictureOptions, PositionClaim,
    PreparedPicture, Region, SEQUENTIAL_PIXELS_MAX, THUMBNAIL_BYTES_MAX, THUMBNAIL_LONG_SIDE_PX,
    TakenAtClaim, UploadLie, VOICE_NOTE_BYTES_MAX, VOICE_NOTE_MS_MAX, VoiceError, VoiceFacts, check_uploaded,
    check_uploaded_picture, check_uploaded_voice_note, decode_qr, decode_qr_picture, inspect_voice_note,
    long_side_for, pixelate, prepare_picture, prepare_picture_file, voice_note_file,
};
