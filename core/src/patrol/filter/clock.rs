//! The clock of a track: satellite time where there is one, else estimated time, carried on by the monotonic clock.
//!
//! The phone's wall clock may leap while somebody walks; the monotonic clock cannot. So the wall clock is looked at once in a run of the
//! phone, and again only when something better is known.

use serde::{Deserialize, Serialize};

use crate::patrol::fix::{Fix, FixClock, RawFix};
use crate::time::{DeviceTime, TimeQuality, Timestamp};

/// The satellites' week number rolls over after so long, in ms: 1,024 weeks. Old receivers are then off by just that.
const ROLLOVER_MS: i64 = 1_024 * 7 * 86_400_000;

/// No fix is older than this program: 2025-01-01, in ms.
const EARLIEST_MS: i64 = 1_735_689_600_000;

/// Nor from beyond the next rollover but one of the receivers in use: 2036-01-01, in ms. Where a phone claims that, its date is broken.
const LATEST_MS: i64 = 2_082_758_400_000;

/// Times that differ by no more than this are one clock, in ms.
const SAME_CLOCK_MS: i64 = 2_000;

/// A phone whose corrected clock is at most this far from the satellites' confirms them, in ms.
const CONFIRMED_MS: i64 = 86_400_000;

/// The instant that was believed last in this run of the phone, and the monotonic clock then.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(in crate::patrol) struct PatrolClock {
    anchor: Option<Anchor>,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Anchor {
    at: Timestamp,
    monotonic_ms: i64,
    boot: u64,
    /// What the anchor itself was read from.
    source: FixClock,
}

impl PatrolClock {
    /// How far the instants of this clock may be believed.
    pub(super) fn kind(&self) -> FixClock {
        match self.anchor.map(|anchor| anchor.source) {
            None | Some(FixClock::Unknown) => FixClock::Unknown,
            Some(_) => FixClock::Estimated,
        }
    }

    /// Looks at the phone's clock where nothing is known yet in this run of the phone, so that a leap before the first fix changes nothing.
    pub(super) fn look(&mut self, reading: &DeviceTime) {
        if self.carried(reading).is_none() {
            let (at, source) = judged(reading);
            self.anchor = Some(Anchor {
                at,
                monotonic_ms: reading.monotonic_ms,
                boot: reading.boot,
                source,
            });
        }
    }

    /// Sets the clock by a fix that was kept before the app went away.
    pub(super) fn resume_from(&mut self, fix: &Fix, monotonic_ms: i64, boot: u64) {
        self.anchor = Some(Anchor {
            at: fix.at,
            monotonic_ms,
            boot,
            source: fix.clock,
        });
    }

    /// The best instant for a reading of the phone's clocks.
    pub(super) fn instant(&self, reading: &DeviceTime) -> (Timestamp, FixClock) {
        let (own_at, own_source) = judged(reading);
        match self.carried(reading) {
            Some(at) if self.kind() <= own_source => (tenth(at), self.kind()),
            _ => (tenth(own_at), own_source),
        }
    }

    /// The instant of a fix, how far it may be believed, and by how many ms it differs from what the clock said before, where that is
    /// more than a trifle. Becomes the clock that the next fixes are read by.
    pub(super) fn read(&mut self, raw: &RawFix) -> (Timestamp, FixClock, Option<i64>) {
        let carried = self.carried(&raw.taken);
        let (own_at, own_source) = judged(&raw.taken);
        let satellite = raw.satellite_at.and_then(|at| {
            let known = carried
                .filter(|_| self.kind() != FixClock::Unknown)
                .or((own_source == FixClock::Estimated).then_some(own_at));
            satellite_time(at, known)
        });
        let held = self.anchor.filter(|_| carried.is_some());
        let (at, clock, source) = match (satellite, carried, held) {
            (Some(at), ..) => (at, FixClock::Satellite, FixClock::Satellite),
            (None, Some(at), Some(held)) if held.source <= own_source => (at, self.kind(), held.source),
            _ => (own_at, own_source, own_source),
        };
        let moved_ms = carried
            .map(|carried| at.ms_since(carried))
            .filter(|ms| ms.abs() > SAME_CLOCK_MS);
        self.anchor = Some(Anchor {
            at,
            monotonic_ms: raw.taken.monotonic_ms,
            boot: raw.taken.boot,
            source,
        });
        (tenth(at), clock, moved_ms)
    }

    /// The anchor carried on to this reading by the monotonic clock; `None` in another run of the phone.
    fn carried(&self, reading: &DeviceTime) -> Option<Timestamp> {
        let anchor = self.anchor.filter(|anchor| anchor.boot == reading.boot)?;
        let passed_ms = reading.monotonic_ms.checked_sub(anchor.monotonic_ms)?;
        Some(anchor.at.plus_ms(passed_ms))
    }
}

/// What the phone's own clock is worth.
fn judged(reading: &DeviceTime) -> (Timestamp, FixClock) {
    let judged = reading.judge();
    let is_plausible = (EARLIEST_MS..LATEST_MS).contains(&judged.at.as_millis());
    match judged.quality {
        TimeQuality::Verified | TimeQuality::Estimated if is_plausible => (judged.at, FixClock::Estimated),
        _ => (judged.at, FixClock::Unknown),
    }
}

/// The satellites' time, corrected where the receiver is whole rollovers off; `None` where it makes no sense.
fn satellite_time(at: Timestamp, known: Option<Timestamp>) -> Option<Timestamp> {
    let candidates = [0, 1, 2, -1].map(|rollovers| at.plus_ms(rollovers * ROLLOVER_MS));
    let confirmed = known.and_then(|known| {
        let mut near = candidates.into_iter();
        near.find(|candidate| candidate.ms_since(known).abs() <= CONFIRMED_MS)
    });
    // Unconfirmed, a rollover shows only by lying before this program. A stamp of 1970 is no rollover but no time.
    let is_receiver_time = at.as_millis() >= EARLIEST_MS - ROLLOVER_MS;
    let is_plausible = |at: &Timestamp| (EARLIEST_MS..LATEST_MS).contains(&at.as_millis());
    confirmed.or_else(|| {
        let mut plausible = candidates.into_iter().take(2);
        plausible.find(|candidate| is_receiver_time && is_plausible(candidate))
    })
}

/// The instant in whole tenths of a second, downward, kept between 1970 and 2200 so that any clock fits into a track.
pub(super) fn tenth(at: Timestamp) -> Timestamp {
    let ms = at.as_millis().clamp(0, 7_258_118_300_000);
    Timestamp(ms - ms % 100)
}
