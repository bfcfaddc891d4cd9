//! Waking those who wait for a feed to grow.

use std::collections::BTreeMap;
use std::sync::Mutex;

use tokio::sync::watch;
use xunge_core::id::UnitId;

use super::locked;

/// One channel per feed that somebody ever waited for.
#[derive(Default)]
pub(crate) struct Wakers {
    feeds: Mutex<BTreeMap<UnitId, watch::Sender<u64>>>,
}

impl Wakers {
    /// A receiver that changes when the feed grows.
    pub(crate) fn subscribe(&self, feed: &UnitId) -> watch::Receiver<u64> {
        let mut feeds = locked(&self.feeds);
        feeds
            .entry(feed.clone())
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }

    /// Wakes everybody: what grew is not known.
    pub(crate) fn wake_all(&self) {
        for sender in locked(&self.feeds).values() {
            sender.send_modify(|_| ());
        }
    }

    /// Says that the feed has grown to this number.
    pub(crate) fn wake(&self, feed: &UnitId, head: u64) {
        if let Some(sender) = locked(&self.feeds).get(feed) {
            sender.send_replace(head);
        }
    }
}
