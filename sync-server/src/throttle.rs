//! Counts tries under a name within a sliding window, bounded in memory, and tells the other nodes of a database, so that guessing is as
//! slow on all of them together. Forgets everything at a restart, which is good enough: it slows guessing down and is no ledger. Names are
//! kept as hashes: what was typed for a name may be a password.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use xunge_core::signature::sha256;
use xunge_core::time::Timestamp;

/// The most names that are remembered at once; those whose last try is longest ago are forgotten first.
const NAMES_MAX: usize = 10_000;

/// Who is told of a try: the hash of its name, and when; `None` where the tries under it are forgotten.
pub type Tell = dyn Fn(&str, Option<Timestamp>) + Send + Sync;

/// A bound on tries.
#[derive(Clone)]
pub struct Throttle {
    tries_max: u64,
    window_ms: i64,
    tries: Arc<Mutex<BTreeMap<String, Vec<Timestamp>>>>,
    tell: Option<Arc<Tell>>,
}

fn hashed(name: &str) -> String {
    hex::encode(sha256(name.as_bytes()))
}

impl Throttle {
    /// At most `tries_max` tries under one name within `window_ms`.
    pub fn new(tries_max: u64, window_ms: i64) -> Self {
        Self {
            tries_max,
            window_ms,
            tries: Arc::default(),
            tell: None,
        }
    }

    /// As [`Self::new`], and tells others of each try.
    pub fn telling(tries_max: u64, window_ms: i64, tell: Arc<Tell>) -> Self {
        Self {
            tell: Some(tell),
            ..Self::new(tries_max, window_ms)
        }
    }

    /// The same counts for whom tries of other nodes are told: it tells nobody in turn, and keeps nobody alive.
    pub fn unheard(other: &Self) -> Self {
        Self {
            tell: None,
            ..other.clone()
        }
    }

    /// How many seconds to wait before the next try; `None` where it may be made now. Counts nothing.
    pub fn wait_s(&self, name: &str, now: Timestamp) -> Option<u64> {
        let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let recent: Vec<_> = tries
            .get(&hashed(name))?
            .iter()
            .filter(|at| now.ms_since(**at) < self.window_ms)
            .collect();
        if (recent.len() as u64) < self.tries_max {
            return None;
        }
        let left_ms = self.window_ms - now.ms_since(**recent.first()?);
        Some(u64::try_from(left_ms.max(0)).unwrap_or(0).div_ceil(1_000).max(1))
    }

    /// Counts a try.
    pub fn count(&self, name: &str, now: Timestamp) {
        let name = hashed(name);
        self.hear(&name, Some(now));
        if let Some(tell) = &self.tell {
            tell(&name, Some(now));
        }
    }

    /// Counts a try under the hash of its name, or forgets them.
    pub fn hear(&self, name: &str, at: Option<Timestamp>) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(now) = at else {
            tries.remove(name);
            return;
        };
        if tries.len() >= NAMES_MAX {
            let window_ms = self.window_ms;
            tries.retain(|_, at| at.last().is_some_and(|at| now.ms_since(*at) < window_ms));
            if tries.len() >= NAMES_MAX
                && let Some(oldest) = tries
                    .iter()
                    .min_by_key(|(_, at)| at.last().copied())
                    .map(|(name, _)| name.clone())
            {
                tries.remove(&oldest);
            }
        }
        let of_name = tries.entry(name.to_owned()).or_default();
        of_name.retain(|at| now.ms_since(*at) < self.window_ms);
        of_name.push(now);
    }

    /// Forgets the tries under a name, after a success.
    pub fn forget(&self, name: &str) {
        let name = hashed(name);
        self.hear(&name, None);
        if let Some(tell) = &self.tell {
            tell(&name, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_other_names_does_not_wash_a_recent_one_away() {
        let throttle = Throttle::new(1, 1_000_000);
        throttle.count("0 an old one", Timestamp(0));
        for n in 0..NAMES_MAX - 2 {
            throttle.count(&format!("name {n}"), Timestamp(1));
        }
        throttle.count("a recent one", Timestamp(2));
        for n in 0..50 {
            throttle.count(&format!("z {n}"), Timestamp(3));
        }
        assert!(throttle.wait_s("a recent one", Timestamp(4)).is_some());
        assert_eq!(throttle.wait_s("0 an old one", Timestamp(4)), None);
    }

    #[test]
    fn tries_beyond_the_bound_wait_until_the_window_has_passed() {
        let throttle = Throttle::new(2, 60_000);
        assert_eq!(throttle.wait_s("a", Timestamp(0)), None);
        throttle.count("a", Timestamp(0));
        throttle.count("a", Timestamp(10_000));
        assert_eq!(throttle.wait_s("a", Timestamp(20_000)), Some(40));
        assert_eq!(throttle.wait_s("b", Timestamp(20_000)), None);
        assert_eq!(throttle.wait_s("a", Timestamp(60_000)), None);
        throttle.forget("a");
        assert_eq!(throttle.wait_s("a", Timestamp(20_000)), None);
    }
}
