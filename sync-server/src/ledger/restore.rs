//! Restores: where each feed stood when a backup was put back, so that cursors of earlier generations still mean something.

use serde::{Deserialize, Serialize};
use xunge_core::id::GenerationId;
use xunge_core::sync::message::FeedPosition;
use xunge_core::time::Timestamp;

use crate::ServiceError;
use crate::store::{FeedNo, ReadTx, StoreResult, WriteTx};

/// How long after a restore a command that was made on something unknown is held back instead of being decided, in ms: 14 days, in which
/// every phone that still works will have synced.
pub(crate) const REPLAY_MS: i64 = 14 * 86_400_000;

/// One restore of one feed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Restore {
    /// The generation before.
    pub(crate) from: GenerationId,
    /// The generation since.
    pub(crate) to: GenerationId,
    /// The end of the feed in the backup: up to here both generations are the same.
    pub(crate) head: u64,
    /// When a server first stood on it; `None` until then.
    pub(crate) at: Option<Timestamp>,
}

fn key(feed: FeedNo) -> String {
    format!("restores:{}", feed.0)
}

/// The restores of a feed, oldest first.
pub(crate) fn restores(tx: &mut dyn ReadTx, feed: FeedNo) -> Result<Vec<Restore>, ServiceError> {
    match tx.meta(&key(feed))? {
        None => Ok(Vec::new()),
        Some(bytes) => {
            serde_json::from_slice(&bytes).map_err(|_| ServiceError::Damaged("the record of restores".into()))
        }
    }
}

/// Whether the last restore is so fresh that phones may still bring back what it lost.
pub(crate) fn is_recent(restores: &[Restore], now: Timestamp) -> bool {
    let last = restores.last();
    last.is_some_and(|r| r.at.is_none_or(|at| now.ms_since(at) < REPLAY_MS))
}

/// Where a cursor stands now, and whether the phone should offer again what may be lost.
pub(crate) fn place(
    position: &FeedPosition,
    head: u64,
    current: GenerationId,
    restores: &[Restore],
) -> (u64, bool) {
    match position.generation {
        Some(generation) if generation == current => (position.cursor.min(head), false),
        None => (0, false),
        Some(generation) => match restores.iter().position(|r| r.from == generation) {
            Some(first) => {
                let common = restores[first..].iter().map(|r| r.head).min().unwrap_or(0);
                (position.cursor.min(common).min(head), true)
            }
            None => (0, true),
        },
    }
}

/// Notes when a server first stands on a restored database.
pub(crate) fn stand(tx: &mut dyn WriteTx, now: Timestamp) -> StoreResult<()> {
    for feed in tx.feeds()? {
        let Some(bytes) = tx.meta(&key(feed.no))? else {
            continue;
        };
        let mut all: Vec<Restore> = serde_json::from_slice(&bytes).unwrap_or_default();
        if let Some(last) = all.last_mut().filter(|last| last.at.is_none()) {
            last.at = Some(now);
            let bytes = serde_json::to_vec(&all).expect("a list of numbers is JSON");
            tx.meta_put(&key(feed.no), &bytes)?;
        }
    }
    Ok(())
}

/// Begins a new generation after a backup was put back.
pub(crate) fn begin(
    tx: &mut dyn WriteTx,
    from: GenerationId,
    to: GenerationId,
    now: Timestamp,
) -> StoreResult<()> {
    for feed in tx.feeds()? {
        let mut all: Vec<Restore> = tx
            .meta(&key(feed.no))?
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        all.push(Restore {
            from,
            to,
            head: feed.head,
            at: None,
        });
        let bytes = serde_json::to_vec(&all).expect("a list of numbers is JSON");
        tx.meta_put(&key(feed.no), &bytes)?;
        let detail = format!("restored at row {} under generation {to}", feed.head);
        super::audit::note(tx, feed.no, now, "operator", "restore", &detail)?;
    }
    tx.meta_put(super::meta::GENERATION, to.as_bytes())
}
