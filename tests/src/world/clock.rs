//! Time in a test: one true time, and phones whose clocks are wrong in their own ways.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use xunge_core::time::{Clock, ClockReading, Timestamp};

/// The true time, shared; it moves only when told.
#[derive(Clone, Debug)]
pub struct SharedTime(Arc<AtomicI64>);

impl SharedTime {
    /// Begins at an instant.
    pub fn new(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.as_millis())))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Acquire))
    }

    /// Lets time pass.
    pub fn pass_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::AcqRel);
    }
}

impl Clock for SharedTime {
    fn read(&self) -> ClockReading {
        ClockReading {
            wall_at: self.now(),
            monotonic_ms: self.now().as_millis(),
            boot: 1,
        }
    }
}

/// A phone's clock: the true time with an error that can be changed, and runs that end with a restart.
#[derive(Debug)]
pub struct PhoneClock {
    time: SharedTime,
    error_ms: AtomicI64,
    started_ms: AtomicI64,
    boot: AtomicU64,
}

impl PhoneClock {
    /// A right clock of a phone that starts now.
    pub fn new(time: SharedTime, boot: u64) -> Self {
        Self {
            started_ms: AtomicI64::new(time.now().as_millis()),
            time,
            error_ms: AtomicI64::new(0),
            boot: AtomicU64::new(boot),
        }
    }

    /// Sets how far the wall clock is ahead of the true time, in ms.
    pub fn set_error_ms(&self, ms: i64) {
        self.error_ms.store(ms, Ordering::Release);
    }

    /// How far the wall clock is ahead of the true time, in ms.
    pub fn error_ms(&self) -> i64 {
        self.error_ms.load(Ordering::Acquire)
    }

    /// The phone is switched off and on.
    pub fn restart(&self) {
        self.started_ms
            .store(self.time.now().as_millis(), Ordering::Release);
        self.boot.fetch_add(1, Ordering::AcqRel);
    }
}

impl Clock for PhoneClock {
    fn read(&self) -> ClockReading {
        let now = self.time.now();
        ClockReading {
            wall_at: now.plus_ms(self.error_ms.load(Ordering::Acquire)),
            monotonic_ms: now.as_millis() - self.started_ms.load(Ordering::Acquire),
            boot: self.boot.load(Ordering::Acquire),
        }
    }
}
