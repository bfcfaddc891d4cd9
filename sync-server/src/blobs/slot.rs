//! One writer at a time for each upload; a newer request takes over from one whose connection died without anybody noticing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedMutexGuard, watch};
use xunge_core::id::UploadId;

/// How long a newer request waits for the older one to put its bytes away.
const TAKE_OVER_WAIT: Duration = Duration::from_secs(10);

/// Who is writing where.
#[derive(Debug, Default, Clone)]
pub struct Slots {
    slots: Arc<Mutex<BTreeMap<UploadId, Slot>>>,
}

#[derive(Debug, Clone)]
struct Slot {
    writer: Arc<tokio::sync::Mutex<()>>,
    arrivals: watch::Sender<u64>,
}

/// The right to write to one upload. Dropping it lets the next one in.
#[derive(Debug)]
pub struct Turn {
    id: UploadId,
    slots: Slots,
    ticket: u64,
    arrivals: watch::Receiver<u64>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Slots {
    /// Waits for the upload's turn and asks whoever has it to finish; `None` where that takes too long.
    pub async fn take(&self, id: UploadId) -> Option<Turn> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots
                .entry(id)
                .or_insert_with(|| Slot {
                    writer: Arc::default(),
                    arrivals: watch::Sender::new(0),
                })
                .clone()
        };
        let mut ticket = 0;
        slot.arrivals.send_modify(|count| {
            *count += 1;
            ticket = *count;
        });
        let arrivals = slot.arrivals.subscribe();
        let guard = tokio::time::timeout(TAKE_OVER_WAIT, slot.writer.lock_owned())
            .await
            .ok()?;
        Some(Turn {
            id,
            slots: self.clone(),
            ticket,
            arrivals,
            guard: Some(guard),
        })
    }
}

impl Turn {
    /// Returns when a newer request for the same upload has arrived.
    pub async fn overtaken(&mut self) {
        let ticket = self.ticket;
        if self.arrivals.wait_for(|count| *count > ticket).await.is_err() {
            std::future::pending().await
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.guard = None;
        let mut slots = self.slots.slots.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waits holds the slot's lock by a clone; with nobody left, the slot goes.
        if slots
            .get(&self.id)
            .is_some_and(|slot| Arc::strong_count(&slot.writer) == 1)
        {
            slots.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_newer_request_takes_over_and_the_slot_goes_with_the_last() {
        let slots = Slots::default();
        let id = UploadId::from_bytes([1; 16]);
        let mut old = slots.take(id).await.unwrap();
        let newer = tokio::spawn({
            let slots = slots.clone();
            async move { slots.take(id).await.is_some() }
        });
        old.overtaken().await;
        drop(old);
        assert!(newer.await.unwrap());
        assert!(slots.slots.lock().unwrap().is_empty());
    }
}
