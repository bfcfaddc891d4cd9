//! A clock that is some time behind the real one, and jumps forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use xunge_core::time::{Clock, ClockReading, SystemClock, Timestamp};

/// The real time less an amount that the history shortens; 0 once it is told.
#[derive(Clone, Debug, Default)]
pub(super) struct StageClock {
    behind_ms: Arc<AtomicI64>,
}

impl StageClock {
    /// The instant that it shows.
    pub(super) fn now(&self) -> Timestamp {
        self.read().wall_at
    }

    /// Jumps to an instant, which never lies in the real future.
    pub(super) fn jump(&self, to: Timestamp) {
        let behind_ms = SystemClock.read().wall_at.ms_since(to).max(0);
        self.behind_ms.store(behind_ms, Ordering::SeqCst);
    }

    /// Shows the real time from now on.
    pub(super) fn catch_up(&self) {
        self.behind_ms.store(0, Ordering::SeqCst);
    }
}

impl Clock for StageClock {
    fn read(&self) -> ClockReading {
        let real = SystemClock.read();
        let behind_ms = self.behind_ms.load(Ordering::SeqCst);
        ClockReading {
            wall_at: real.wall_at.plus_ms(-behind_ms),
            monotonic_ms: real.wall_at.as_millis() - behind_ms,
            boot: 1,
        }
    }
}
