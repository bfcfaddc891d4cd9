//! What is kept of the fixes that the system hands over, and why the rest is not.
//!
//! Nothing is left out silently: every verdict that drops a fix has a reason, and the reasons are counted in the segment. The filter never
//! moves a position; it only keeps or drops.

use serde::{Deserialize, Serialize};

use super::fix::{ACCURACY_M_MAX, Fix, FixClock, GAP_AFTER_MS, GapCause, RawFix};
use crate::coverage::Cell;
use crate::place::{MicroPosition, Position};
use crate::time::{DeviceTime, Timestamp};

mod clock;

pub(super) use clock::PatrolClock;

/// A resting phone is heard at least this often, in ms, so that its silence is not taken for a gap.
const HEARTBEAT_MS: i64 = 20_000;

/// So many fixes in a row that agree with each other, but not with the one before them, are believed after all.
const STRAYS_BELIEVED: usize = 3;

/// The speed that nobody exceeds where none was measured, in metres per second.
const SPEED_MPS_MAX: f64 = 25.0;

/// Why a fix was left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// A coordinate is not a number.
    NotANumber,
    /// No position on the globe, or far from China (0–60° N, 70–140° E).
    OutOfRange,
    /// An error of more than [`ACCURACY_M_MAX`] metres.
    Inaccurate,
    /// The same stamp as the last kept one.
    Duplicate,
    /// Made before the last kept one.
    OutOfOrder,
    /// Farther away than anybody moves in that time: a jump, and if it goes back at once, only that.
    Jump,
    /// Within the error of the last kept one, shortly after it: the jitter of a resting phone.
    Still,
}

impl DropReason {
    /// All reasons, by their numbers in segments. A new one goes to the end.
    pub const ALL: [Self; 7] = [
        Self::NotANumber,
        Self::OutOfRange,
        Self::Inaccurate,
        Self::Duplicate,
        Self::OutOfOrder,
        Self::Jump,
        Self::Still,
    ];

    /// The reason in Chinese and in English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotANumber => ("坐标不是数字", "not a number"),
            Self::OutOfRange => ("坐标超出范围", "out of range"),
            Self::Inaccurate => ("误差太大", "too inaccurate"),
            Self::Duplicate => ("重复", "duplicate"),
            Self::OutOfOrder => ("时间次序颠倒", "out of order"),
            Self::Jump => ("位置跳变", "impossible jump"),
            Self::Still => ("静止抖动", "standing still"),
        }
    }
}

/// How many fixes were left out, by reason.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct DropCounts([u32; DropReason::ALL.len()]);

impl DropCounts {
    /// Counts one.
    pub fn add(&mut self, reason: DropReason) {
        self.add_many(reason, 1);
    }

    /// Counts so many; stops at the greatest number there is.
    pub fn add_many(&mut self, reason: DropReason, count: u32) {
        let place = &mut self.0[reason as usize];
        *place = place.saturating_add(count);
    }

    /// Adds another count to this one.
    pub fn join(&mut self, other: &Self) {
        for (reason, count) in other.iter() {
            self.add_many(reason, count);
        }
    }

    /// How many for this reason.
    pub fn of(&self, reason: DropReason) -> u32 {
        self.0[reason as usize]
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|count| u64::from(*count)).sum()
    }

    /// The reasons that occurred, with their counts, by number.
    pub fn iter(&self) -> impl Iterator<Item = (DropReason, u32)> + '_ {
        let counts = DropReason::ALL.iter().zip(&self.0);
        counts
            .filter(|(_, count)| **count > 0)
            .map(|(reason, count)| (*reason, *count))
    }
}

/// What becomes of a fix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is kept.
    Kept {
        /// The fix, with the gap before it where there is one.
        fix: Fix,
        /// Whether the clock of the track was corrected before it, by so many ms: times before and after do not compare.
        clock_moved_ms: Option<i64>,
    },
    /// It is left out.
    Dropped(DropReason),
}

/// Keeps or drops fixes as they come, for one patrol on one phone.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct FixFilter {
    clock: PatrolClock,
    last: Option<Kept>,
    /// Fixes that agree with each other but not with the last kept one.
    strays: Vec<Kept>,
    /// What the patrol knows of the time since the last kept fix.
    gap: Option<GapCause>,
    /// Whether fixes came since the last kept one that were too inaccurate or jumped.
    was_poor: bool,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Kept {
    fix: Fix,
    monotonic_ms: i64,
    boot: u64,
}

impl FixFilter {
    /// A filter at the beginning of a patrol.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last fix that was kept, with its time as the clock of the track has it now.
    pub fn last(&self) -> Option<&Fix> {
        self.last.as_ref().map(|kept| &kept.fix)
    }

    /// When the last fix was kept by the monotonic clock, in ms; `None` where none was in this run of the phone.
    pub(super) fn last_kept_ms(&self, boot: u64) -> Option<i64> {
        let last = self.last.filter(|last| last.boot == boot);
        last.map(|last| last.monotonic_ms)
    }

    /// Whether fixes came since the last kept one that were too inaccurate or jumped.
    pub(super) fn is_poor(&self) -> bool {
        self.was_poor
    }

    /// Says that the time until the next fix is a gap. The first cause stands, but a pause always does.
    pub fn begin_gap(&mut self, cause: GapCause) {
        if self.gap.is_none() || cause == GapCause::Paused {
            self.gap = Some(cause);
        }
        self.strays.clear();
    }

    /// Goes on after the app was away, from the last row of the open segment, which began at `begun_at` by the reading `begun`.
    pub(super) fn resume_from(&mut self, row: Option<&Fix>, begun: &DeviceTime, begun_at: Timestamp) {
        if let Some(fix) = row {
            let monotonic_ms = begun.monotonic_ms.saturating_add(fix.at.ms_since(begun_at));
            self.clock.resume_from(fix, monotonic_ms, begun.boot);
            self.last = Some(Kept {
                fix: *fix,
                monotonic_ms,
                boot: begun.boot,
            });
            self.strays.clear();
        }
    }

    /// Sets the clock by a reading where nothing is known yet in this run of the phone.
    pub(super) fn look_at_clock(&mut self, reading: &DeviceTime) {
        self.clock.look(reading);
    }

    /// The best instant for a reading of the phone's clocks, in whole tenths of a second: satellite time carried on where there was one.
    pub fn instant(&self, reading: &DeviceTime) -> (Timestamp, FixClock) {
        self.clock.instant(reading)
    }

    /// Judges the next fix.
    pub fn offer(&mut self, raw: &RawFix) -> Verdict {
        match self.judge(raw) {
            Ok(verdict) => verdict,
            Err(reason) => {
                self.was_poor |= matches!(reason, DropReason::Inaccurate | DropReason::Jump);
                Verdict::Dropped(reason)
            }
        }
    }

    fn judge(&mut self, raw: &RawFix) -> Result<Verdict, DropReason> {
        let position = position_of(raw)?;
        let accuracy_m = accuracy_of(raw)?;
        let is_same_run = self.last.is_some_and(|last| last.boot == raw.taken.boot);
        if let Some(last) = self.last.filter(|_| is_same_run) {
            match raw.taken.monotonic_ms.cmp(&last.monotonic_ms) {
                std::cmp::Ordering::Less => return Err(DropReason::OutOfOrder),
                std::cmp::Ordering::Equal => return Err(DropReason::Duplicate),
                std::cmp::Ordering::Greater => {}
            }
        }
        let before = (self.clock, self.last);
        let (at, clock, clock_moved_ms) = self.clock.read(raw);
        if let Some(last) = self.last.as_mut().filter(|_| is_same_run) {
            last.fix.at = clock::tenth(last.fix.at.plus_ms(clock_moved_ms.unwrap_or(0)));
            if last.fix.clock == FixClock::Unknown {
                last.fix.clock = clock;
            }
        }
        let mut kept = Kept {
            fix: Fix {
                at,
                clock,
                position,
                accuracy_m,
                speed_dmps: bounded(raw.speed_mps.map(|mps| mps * 10.0), 2_000),
                bearing_deg: bounded(raw.bearing_deg, 360).map(|deg| deg / 2 * 2 % 360),
                provider: raw.provider,
                is_mock: raw.is_mock,
                battery_percent: raw.battery_percent.filter(|percent| *percent <= 100),
                gap_before: None,
            },
            monotonic_ms: raw.taken.monotonic_ms,
            boot: raw.taken.boot,
        };
        match self.judge_against_last(&mut kept) {
            Ok(()) => {
                self.last = Some(kept);
                self.strays.clear();
                self.gap = None;
                self.was_poor = false;
                Ok(Verdict::Kept {
                    fix: kept.fix,
                    clock_moved_ms,
                })
            }
            Err(reason) => {
                // A fix that is not kept does not set the clock either.
                (self.clock, self.last) = before;
                Err(reason)
            }
        }
    }

    /// Marks the gap before the fix where there is one, or says why the fix is left out.
    fn judge_against_last(&mut self, kept: &mut Kept) -> Result<(), DropReason> {
        let Some(last) = self.last else { return Ok(()) };
        let is_same_run = last.boot == kept.boot;
        let passed_ms = kept.fix.at.ms_since(last.fix.at);
        if is_same_run && passed_ms <= 0 {
            // Tenths of a second are what a track can tell apart.
            return Err(DropReason::Duplicate);
        }
        if !is_same_run {
            kept.fix.gap_before = Some(self.gap.unwrap_or(GapCause::Reboot));
            return Ok(());
        }
        if is_impossible(&last.fix, &kept.fix, passed_ms) {
            if !self.is_believed_after_all(*kept) {
                return Err(DropReason::Jump);
            }
            kept.fix.gap_before = Some(self.gap.unwrap_or(GapCause::PoorReception));
            return Ok(());
        }
        kept.fix.gap_before = match self.gap {
            Some(cause) => Some(cause),
            None if passed_ms <= GAP_AFTER_MS => None,
            None if self.was_poor => Some(GapCause::PoorReception),
            None => Some(GapCause::NoSignal),
        };
        let is_gap = kept.fix.gap_before.is_some();
        let moved_m = last.fix.position.distance_m(kept.fix.position);
        if !is_gap && passed_ms < HEARTBEAT_MS && moved_m < still_m(&kept.fix) {
            return Err(DropReason::Still);
        }
        Ok(())
    }

    /// Whether this one and the strays before it make a row that is believed. Where it does not go on from them, a new row begins.
    fn is_believed_after_all(&mut self, kept: Kept) -> bool {
        let goes_on = self.strays.last().is_some_and(|stray| {
            let passed_ms = kept.fix.at.ms_since(stray.fix.at);
            stray.boot == kept.boot && passed_ms > 0 && !is_impossible(&stray.fix, &kept.fix, passed_ms)
        });
        if !goes_on {
            self.strays.clear();
        }
        self.strays.push(kept);
        self.strays.len() >= STRAYS_BELIEVED
    }
}

/// Whether nobody gets from one fix to the other in that time, whatever their errors. The same on every platform: the phone's filter and
/// the server's check must agree.
pub(super) fn is_impossible(from: &Fix, to: &Fix, passed_ms: i64) -> bool {
    let error_m = |fix: &Fix| f64::from(fix.accuracy_m.unwrap_or(ACCURACY_M_MAX));
    let measured = from.speed_dmps.max(to.speed_dmps);
    let speed_mps = measured.map_or(SPEED_MPS_MAX, |dmps| (12.0 + 0.15 * f64::from(dmps)).min(60.0));
    #[expect(
        clippy::cast_precision_loss,
        reason = "a time between two fixes is far below 2^52 ms"
    )]
    let passed_s = passed_ms.max(0) as f64 / 1000.0;
    let way_m = from.position.distance_m(to.position);
    way_m > speed_mps * passed_s + error_m(from) + error_m(to)
}

/// Within this distance of the last kept fix nothing can be said to have moved, in metres.
fn still_m(fix: &Fix) -> f64 {
    (f64::from(fix.accuracy_m.unwrap_or(ACCURACY_M_MAX)) / 2.0).clamp(3.0, 10.0)
}

fn position_of(raw: &RawFix) -> Result<MicroPosition, DropReason> {
    if raw.lat_deg.is_nan() || raw.lon_deg.is_nan() {
        return Err(DropReason::NotANumber);
    }
    let position = Position::new(raw.lat_deg, raw.lon_deg).map_err(|_| DropReason::OutOfRange)?;
    let position = MicroPosition::of(position).map_err(|_| DropReason::OutOfRange)?;
    Cell::at(position).ok_or(DropReason::OutOfRange)?;
    Ok(position)
}

fn accuracy_of(raw: &RawFix) -> Result<Option<u16>, DropReason> {
    match raw.accuracy_m {
        m if m.is_nan() || m <= 0.0 => Ok(None),
        m => match bounded(Some(m.ceil()), ACCURACY_M_MAX) {
            Some(whole) => Ok(Some(whole.max(1))),
            None => Err(DropReason::Inaccurate),
        },
    }
}

/// The nearest whole number, where it is one from 0 to the greatest that is taken.
fn bounded(value: Option<f64>, max: u16) -> Option<u16> {
    let value = value?.round();
    if !(0.0..=f64::from(max)).contains(&value) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was just checked"
    )]
    Some(value as u16)
}

#[cfg(test)]
mod tests;
