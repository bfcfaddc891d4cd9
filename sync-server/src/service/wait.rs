//! Wake-ups for `/v1/wait`: a hint to sync, nothing more.

use std::collections::BTreeSet;

use tokio::sync::watch;
use xunge_core::id::UnitId;

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::scope;
use crate::store::{FeedState, ReadTx, RowKind};

/// Rows looked at together.
const ROWS_AT_ONCE: u32 = 1_024;

/// Wakes when one of some feeds has grown.
pub struct Waiter {
    receivers: Vec<watch::Receiver<u64>>,
}

impl Waiter {
    /// Returns when any of the feeds has grown since the waiter was made or last woke. Never returns for a waiter without feeds.
    pub async fn changed(&mut self) {
        if self.receivers.is_empty() {
            return std::future::pending().await;
        }
        let waits = self
            .receivers
            .iter_mut()
            .map(|r| Box::pin(async move { r.changed().await }));
        first(waits.collect()).await;
    }
}

/// Finishes with the first of the futures that does.
async fn first<F: Future + Unpin>(mut futures: Vec<F>) {
    std::future::poll_fn(|cx| {
        if futures
            .iter_mut()
            .any(|f| std::pin::Pin::new(f).poll(cx).is_ready())
        {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

impl Service {
    /// A waiter for the feeds that the caller follows. Whether something came between the caller's last sync and this call is answered by
    /// [`Service::is_behind`].
    pub fn waiter(&self, caller: &Caller) -> Result<Waiter, ServiceError> {
        let receivers = self
            .feeds_of(caller)?
            .iter()
            .map(|feed| self.ledger.wakers.subscribe(feed))
            .collect();
        Ok(Waiter { receivers })
    }

    /// Whether any of these feeds has rows after the cursor that stands beside it. Rows of coverage do not count: they come all day long,
    /// mostly for grids that the caller does not see or from his own walk, and can wait for the next sync.
    pub fn is_behind(&self, caller: &Caller, cursors: &[(UnitId, u64)]) -> Result<bool, ServiceError> {
        let feeds = self.feeds_of(caller)?;
        self.ledger.read(|tx| {
            for (unit, cursor) in cursors {
                let feed = tx.feed(unit)?.filter(|f| feeds.contains(&f.unit));
                if let Some(feed) = feed
                    && has_news(tx, &feed, *cursor)?
                {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Where the feeds that the caller follows end, by feed.
    pub fn heads(&self, caller: &Caller) -> Result<Vec<u64>, ServiceError> {
        let feeds = self.feeds_of(caller)?;
        self.ledger.read(|tx| {
            let mut heads = Vec::with_capacity(feeds.len());
            for unit in &feeds {
                heads.extend(tx.feed(unit)?.map(|feed| feed.head));
            }
            Ok(heads)
        })
    }

    /// The feeds that the caller follows: an install's own, those of an account's person, all for the operator.
    pub fn feeds_of(&self, caller: &Caller) -> Result<BTreeSet<UnitId>, ServiceError> {
        let now = self.now();
        self.ledger.read(|tx| match caller {
            Caller::Install { is_revoked: true, .. } => Err(ServiceError::Revoked),
            Caller::Install { install, .. } => {
                let row = tx.install(install)?.ok_or(ServiceError::BadToken)?;
                self.ledger.feeds_followed(tx, &row, now)
            }
            Caller::Account { person, .. } => {
                let all: Vec<UnitId> = tx.feeds()?.into_iter().map(|f| f.unit).collect();
                let (_, directory) = self.ledger.directory(tx)?;
                Ok(scope::feeds_of(&directory, person, &all, now))
            }
            Caller::Operator { .. } => Ok(tx.feeds()?.into_iter().map(|f| f.unit).collect()),
        })
    }
}

/// Whether anything but coverage came after a cursor.
fn has_news(tx: &mut dyn ReadTx, feed: &FeedState, cursor: u64) -> Result<bool, ServiceError> {
    let mut after = cursor;
    while after < feed.head {
        let heads = tx.row_heads_after(feed.no, after, feed.head, ROWS_AT_ONCE)?;
        if heads.iter().any(|head| head.kind != RowKind::Coverage) {
            return Ok(true);
        }
        let Some(last) = heads.last() else { break };
        after = last.seq;
    }
    Ok(false)
}
