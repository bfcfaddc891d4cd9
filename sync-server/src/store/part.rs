//! The bytes of unfinished uploads, where the nodes of one database share them.

use xunge_core::id::UploadId;
use xunge_core::time::Timestamp;

use super::StoreResult;

/// What a finished upload leaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarkRow {
    /// The upload.
    pub upload: UploadId,
    /// Whose it was.
    pub owner: String,
    /// How many bytes it had.
    pub size_bytes: u64,
    /// When it was done.
    pub done_at: Timestamp,
}

/// Pieces of uploads. Every call is a transaction of its own and durable when it returns.
pub trait PartStore {
    /// Drops what lies at or behind an offset. `false` where there are fewer bytes before it than it says.
    fn parts_cut(&self, upload: &UploadId, offset_bytes: u64) -> StoreResult<bool>;
    /// Writes a piece in place of one that begins at the same byte.
    fn part_put(&self, upload: &UploadId, start_bytes: u64, bytes: &[u8]) -> StoreResult<()>;
    /// All bytes up to the first gap.
    fn parts(&self, upload: &UploadId) -> StoreResult<Vec<u8>>;
    /// Drops all pieces of an upload.
    fn parts_drop(&self, upload: &UploadId) -> StoreResult<()>;
    /// Leaves the mark of a finished upload and drops its pieces.
    fn mark_put(&self, mark: &MarkRow) -> StoreResult<()>;
    /// The mark of a finished upload.
    fn mark(&self, upload: &UploadId) -> StoreResult<Option<MarkRow>>;
    /// Drops marks older than an instant. Returns how many.
    fn marks_sweep(&self, before: Timestamp) -> StoreResult<usize>;
}
