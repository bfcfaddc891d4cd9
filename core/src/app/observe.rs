//! Observers: told the current state first, then after every change, until their subscription is dropped.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::{Device, SyncStatus};

/// Told whenever something on the device changed. Called on the thread that made the change, outside all locks; must not block.
pub trait Observer: Send + Sync {
    /// The state of sending now; lists and views may have changed too and are to be read again.
    fn changed(&self, status: &SyncStatus);
}

type Listeners = Mutex<BTreeMap<u64, Arc<dyn Observer>>>;

/// Everybody who listens to a device.
#[derive(Default)]
pub(super) struct Observers {
    listeners: Arc<Listeners>,
    next: Mutex<u64>,
}

/// Keeps an observer listening; dropping it ends that.
pub struct Subscription {
    listeners: Weak<Listeners>,
    name: u64,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subscription({})", self.name)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(listeners) = self.listeners.upgrade() {
            listeners
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&self.name);
        }
    }
}

impl Observers {
    fn current(&self) -> Vec<Arc<dyn Observer>> {
        let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.values().map(Arc::clone).collect()
    }

    fn add(&self, observer: Arc<dyn Observer>) -> Subscription {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next += 1;
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(*next, observer);
        Subscription {
            listeners: Arc::downgrade(&self.listeners),
            name: *next,
        }
    }
}

impl Device {
    /// Listens: the observer is told the current state before this returns, then after every change until the subscription is
    /// dropped.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Subscription {
        let subscription = self.observers.add(Arc::clone(&observer));
        observer.changed(&self.status().unwrap_or_default());
        subscription
    }

    /// Tells everybody who listens. A state that cannot be read is not told; the next call that reads it gives the error.
    pub(super) fn announce(&self) {
        let listeners = self.observers.current();
        if listeners.is_empty() {
            return;
        }
        if let Ok(status) = self.status() {
            for listener in listeners {
                listener.changed(&status);
            }
        }
    }
}
