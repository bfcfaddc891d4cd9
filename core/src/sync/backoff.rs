//! When to try again: 60 s at first, doubling to half an hour, each with jitter, back to the start after a success.
//!
//! A hundred phones that lost the same server must not come back in the same second.

use rand::{Rng, RngExt};

/// The first wait, in ms.
pub const RETRY_MS_MIN: u64 = 60_000;
/// The longest wait, in ms.
pub const RETRY_MS_MAX: u64 = 30 * 60_000;

/// Counts failures in a row.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// After a success: the next failure waits the least again.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// After a failure: how long to wait before the next try, in ms, between half and the whole of the step.
    pub fn failed(&mut self, rng: &mut dyn Rng) -> u64 {
        let step = RETRY_MS_MIN
            .saturating_mul(1 << self.failures.min(16))
            .min(RETRY_MS_MAX);
        self.failures = self.failures.saturating_add(1);
        step / 2 + rng.random_range(0..=step / 2)
    }

    /// How many tries failed in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn waits_grow_to_a_bound_and_start_again_after_a_success() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let mut backoff = Backoff::default();
        let first = backoff.failed(&mut rng);
        assert!((RETRY_MS_MIN / 2..=RETRY_MS_MIN).contains(&first));
        for _ in 0..40 {
            assert!(backoff.failed(&mut rng) <= RETRY_MS_MAX);
        }
        assert!(backoff.failed(&mut rng) >= RETRY_MS_MAX / 2);
        backoff.succeeded();
        assert!(backoff.failed(&mut rng) <= RETRY_MS_MIN);
    }
}
