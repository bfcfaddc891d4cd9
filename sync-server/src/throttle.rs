//! Bounds on how often. [`Throttle`] counts tries under a name within a sliding window, bounded in memory, and tells the other nodes of a
//! database, so that guessing is as slow on all of them together. It forgets everything at a restart, which is good enough: it slows
//! guessing down and is no ledger. Names are kept as hashes: what was typed for a name may be a password. [`Pace`] bounds how fast a
//! device asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use xunge_core::id::InstallId;
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
    under_way: Arc<Mutex<BTreeMap<String, u64>>>,
    tell: Option<Arc<Tell>>,
}

/// A try that is under way; it counts until it is dropped, so that many at once are no more than as many one after another.
pub struct Admission {
    name: String,
    under_way: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.name);
            }
        }
    }
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
            under_way: Arc::default(),
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
        self.wait_after(&self.recent(&hashed(name), now), now)
    }

    /// How many seconds to wait after these tries, the oldest first.
    fn wait_after(&self, recent: &[Timestamp], now: Timestamp) -> Option<u64> {
        if (recent.len() as u64) < self.tries_max {
            return None;
        }
        let left_ms = self.window_ms - now.ms_since(*recent.first()?);
        Some(u64::try_from(left_ms.max(0)).unwrap_or(0).div_ceil(1_000).max(1))
    }

    /// Lets a try begin, or says how many seconds to wait. Whoever counts it as failed does so before he drops what he was given.
    pub fn admit(&self, name: &str, now: Timestamp) -> Result<Admission, u64> {
        let hash = hashed(name);
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = self.recent(&hash, now);
        if let Some(seconds) = self.wait_after(&recent, now) {
            return Err(seconds);
        }
        let begun = under_way.get(&hash).copied().unwrap_or(0);
        if recent.len() as u64 + begun >= self.tries_max {
            return Err(1);
        }
        under_way.insert(hash.clone(), begun + 1);
        Ok(Admission {
            name: hash,
            under_way: Arc::clone(&self.under_way),
        })
    }

    /// The tries within the window under the hash of a name, the oldest first.
    fn recent(&self, hash: &str, now: Timestamp) -> Vec<Timestamp> {
        let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let of_name = tries.get(hash).map(Vec::as_slice).unwrap_or_default();
        let is_recent = |at: &&Timestamp| now.ms_since(**at) < self.window_ms;
        of_name.iter().filter(is_recent).copied().collect()
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

/// A bound on how fast each of many devices may ask, whatever address they come from: so many requests at once, and then one in each
/// step of the window. One instant a device is kept; where they are many, those of quiet devices go once a window. Each node counts for
/// itself.
#[derive(Clone)]
pub struct Pace {
    step_us: i64,
    window_us: i64,
    spoken_for: Arc<Mutex<SpokenFor>>,
}

#[derive(Default)]
struct SpokenFor {
    /// Until when each device's requests are spoken for, in µs: as far ahead of now as it has asked faster than its pace.
    until_us: BTreeMap<InstallId, i64>,
    trimmed_us: i64,
}

impl Pace {
    /// At most `requests_max` at once, and no more on the long run within each `window_ms`.
    pub fn new(requests_max: u64, window_ms: i64) -> Self {
        let window_us = window_ms.saturating_mul(1_000);
        let requests_max = i64::try_from(requests_max.max(1)).unwrap_or(i64::MAX);
        Self {
            step_us: (window_us / requests_max).max(1),
            window_us,
            spoken_for: Arc::default(),
        }
    }

    /// Lets a request of a device through, or says how many seconds it has to wait. What has to wait counts for nothing.
    pub fn admit(&self, device: InstallId, now: Timestamp) -> Result<(), u64> {
        let now_us = now.as_millis().saturating_mul(1_000);
        let last_us = now_us.saturating_add(self.window_us);
        let mut all = self.spoken_for.lock().unwrap_or_else(PoisonError::into_inner);
        if all.until_us.len() >= NAMES_MAX && (now_us - all.trimmed_us).abs() >= self.window_us {
            all.until_us.retain(|_, until_us| *until_us > now_us);
            all.trimmed_us = now_us;
        }
        // A clock that was set back makes nobody wait for longer than a step.
        let until_us = all
            .until_us
            .get(&device)
            .map_or(now_us, |until_us| (*until_us).clamp(now_us, last_us));
        let next_us = until_us.saturating_add(self.step_us);
        if next_us > last_us {
            let wait_s = u64::try_from(next_us - last_us).unwrap_or(0).div_ceil(1_000_000);
            return Err(wait_s.max(1));
        }
        all.until_us.insert(device, next_us);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_may_ask_in_a_burst_then_at_its_pace_and_keeps_no_other_waiting() {
        let pace = Pace::new(3, 60_000);
        let [one, other] = [1, 2].map(|byte| InstallId::from_bytes([byte; 16]));
        let ask = |device, at_ms| pace.admit(device, Timestamp(at_ms));
        for _ in 0..3 {
            assert_eq!(ask(one, 1_000), Ok(()));
        }
        assert_eq!(ask(one, 1_000), Err(20));
        assert_eq!(ask(one, 11_000), Err(10), "what waited counts for nothing");
        assert_eq!(ask(other, 11_000), Ok(()));
        assert_eq!(ask(one, 21_000), Ok(()));
        assert_eq!(ask(one, 21_000), Err(20));
        for _ in 0..3 {
            assert_eq!(ask(one, 200_000), Ok(()));
        }
        // The clock goes back by a day.
        assert_eq!(ask(one, 200_000 - 86_400_000), Err(20));
    }

    #[test]
    fn a_thousand_requests_within_a_minute_are_a_thousand_and_no_more() {
        let pace = Pace::new(1_000, 60_000);
        let device = InstallId::from_bytes([1; 16]);
        let let_through = (0..5_000).filter(|_| pace.admit(device, Timestamp(7)).is_ok());
        assert_eq!(let_through.count(), 1_000);
    }

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
