//! Names: text on the other side. What is no such name is `InvalidInput`.

use xunge_core::attachment::BlobHash;
use xunge_core::id::{
    AttachmentId, CategoryId, ChangeHash, CommandId, FieldId, InstallId, NoteId, PatrolId, PersonId,
    PersonRecordId, PostId, ReportId, UnitId,
};
use xunge_core::time::Timestamp;

use crate::error::CoreError;

macro_rules! names {
    ($($name:ident),+ $(,)?) => {
        $(uniffi::custom_type!($name, String, {
            remote,
            try_lift: |text| Ok(text.parse().map_err(|_| CoreError::bad_text(stringify!($name)))?),
            lower: |name| name.to_string(),
        });)+
    };
}

names!(
    AttachmentId,
    BlobHash,
    CategoryId,
    ChangeHash,
    CommandId,
    FieldId,
    InstallId,
    NoteId,
    PatrolId,
    PersonId,
    PersonRecordId,
    PostId,
    ReportId,
    UnitId,
);

uniffi::custom_type!(Timestamp, i64, {
    remote,
    try_lift: |ms| Ok(Timestamp(ms)),
    lower: |at| at.as_millis(),
});
