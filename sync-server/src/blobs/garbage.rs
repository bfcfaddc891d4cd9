//! Bytes that no report names: of uploads whose end was never written down, and of what was forgotten. They go after 90 days and not
//! before, shelf by shelf, so that no sweep lists a whole bucket.

use chrono::{DateTime, Utc};
use object_store::{ListResult, ObjectMeta, ObjectStore};
use xunge_core::attachment::BlobHash;
use xunge_core::time::Timestamp;

use super::{BlobProblem, Blobs};

/// How long bytes are kept that no report names, in ms: 90 days.
pub const KEPT_MS: i64 = 90 * 86_400_000;

/// From which age on what is written again becomes young again, in ms: a month before it may go.
const SOON_MS: i64 = KEPT_MS - 30 * 86_400_000;

/// Shelves: the first two digits of a name.
const SHELVES: i64 = 256;

fn age_ms(held: &ObjectMeta, now: DateTime<Utc>) -> i64 {
    (now - held.last_modified).num_milliseconds()
}

/// Whether an object is so old that it may soon be taken for garbage.
pub(super) fn is_soon(held: &ObjectMeta) -> bool {
    age_ms(held, Utc::now()) >= SOON_MS
}

impl Blobs {
    /// The names of all objects on one shelf (0 to 255) that were written 90 days ago or longer.
    pub async fn aged(&self, shelf: u8, now: Timestamp) -> Result<Vec<BlobHash>, BlobProblem> {
        let found = self.shelf(shelf).await?;
        let old = found
            .objects
            .iter()
            .filter(|held| age_ms(held, now.to_utc()) >= KEPT_MS);
        Ok(old.filter_map(name).collect())
    }

    /// The names of all objects on one shelf, with their sizes in bytes.
    pub async fn shelved(&self, shelf: u8) -> Result<Vec<(BlobHash, u64)>, BlobProblem> {
        let found = self.shelf(shelf).await?;
        let named = found
            .objects
            .iter()
            .filter_map(|held| Some((name(held)?, held.size)));
        Ok(named.collect())
    }

    async fn shelf(&self, shelf: u8) -> Result<ListResult, BlobProblem> {
        let prefix = object_store::path::Path::from(format!("{shelf:02x}"));
        Ok(self.store.list_with_delimiter(Some(&prefix)).await?)
    }
}

/// Which shelf is looked through in this minute: each comes about every four hours.
pub(crate) fn shelf_of(now: Timestamp) -> u8 {
    u8::try_from((now.as_millis() / 60_000).rem_euclid(SHELVES)).unwrap_or(0)
}

fn name(held: &ObjectMeta) -> Option<BlobHash> {
    held.location.filename()?.parse().ok()
}
