//! One fix: as the phone's system gives it, and as it is kept.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::place::{MicroPosition, Provider};
use crate::time::{DeviceTime, Timestamp};

/// Up to this error in metres a fix says what was seen; beyond it, what may have been.
pub const ACCURACY_GOOD_M: u16 = 30;

/// Beyond this error in metres a fix says nothing and is left out.
pub const ACCURACY_M_MAX: u16 = 100;

/// Two fixes farther apart than this in time have a gap between them, in ms: nothing is drawn there.
pub const GAP_AFTER_MS: i64 = 30_000;

/// A fix as the system hands it over. Nothing in it is trusted.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct RawFix {
    /// Both clocks of the phone when the fix arrived.
    pub taken: DeviceTime,
    /// The satellites' time, UTC, where the system gives it.
    pub satellite_at: Option<Timestamp>,
    /// Degrees north, WGS 84.
    pub lat_deg: f64,
    /// Degrees east, WGS 84.
    pub lon_deg: f64,
    /// Radius in metres of 68 % belief; 0, less and not a number mean unknown.
    pub accuracy_m: f64,
    /// Metres per second, where measured.
    pub speed_mps: Option<f64>,
    /// Degrees clockwise from north, where measured.
    pub bearing_deg: Option<f64>,
    /// Where it came from.
    pub provider: Provider,
    /// Whether the system says that a test provider made it up.
    pub is_mock: bool,
    /// The battery in percent.
    pub battery_percent: Option<u8>,
}

/// Which clock the instant of a fix comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixClock {
    /// The satellites' time.
    Satellite,
    /// The phone's clock as corrected by an earlier sync, or carried on from satellite time by the monotonic clock.
    Estimated,
    /// Only the phone's wall clock speaks for it: the day is unknown.
    Unknown,
}

/// Why nothing is known of the time before a fix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapCause {
    /// The worker paused. Nothing is claimed for that time, and nothing is asked.
    Paused,
    /// The system ended the app.
    Killed,
    /// The phone was restarted or had no power.
    Reboot,
    /// No fix arrived.
    NoSignal,
    /// Location was switched off or its permission taken away.
    LocationOff,
    /// Fixes arrived, but none that was good enough.
    PoorReception,
}

impl GapCause {
    /// Whether the worker may have seen places in such a gap. In a pause nobody asks.
    pub fn may_have_seen(self) -> bool {
        self != Self::Paused
    }

    /// The cause in Chinese and in English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Paused => ("已暂停", "paused"),
            Self::Killed => ("应用被系统关闭", "the system closed the app"),
            Self::Reboot => ("手机重启或没电", "the phone restarted or had no power"),
            Self::NoSignal => ("没有卫星信号", "no satellite signal"),
            Self::LocationOff => ("定位被关闭", "location was switched off"),
            Self::PoorReception => ("卫星信号差", "poor satellite reception"),
        }
    }
}

/// A fix that was kept: what tracks, coverage and maps are made of, the same on the phone and on the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fix {
    /// When, UTC, in whole tenths of a second.
    pub at: Timestamp,
    /// How far `at` may be believed.
    pub clock: FixClock,
    /// Where.
    pub position: MicroPosition,
    /// Radius in metres of 68 % belief, rounded up, 1..=[`ACCURACY_M_MAX`]; `None` where the phone did not say.
    pub accuracy_m: Option<u16>,
    /// Tenths of a metre per second, at most 2,000.
    pub speed_dmps: Option<u16>,
    /// Whole even degrees clockwise from north, 0..=358.
    pub bearing_deg: Option<u16>,
    /// Where it came from.
    pub provider: Provider,
    /// Whether a test provider is said to have made it up.
    pub is_mock: bool,
    /// The battery in percent, 0..=100.
    pub battery_percent: Option<u8>,
    /// Why nothing is known between the fix before and this one; `None` where the walk simply went on.
    pub gap_before: Option<GapCause>,
}

impl Fix {
    /// Whether it says what was seen: an honest provider, and an error of at most [`ACCURACY_GOOD_M`].
    pub fn is_good(&self) -> bool {
        !self.is_mock
            && self
                .accuracy_m
                .is_some_and(|accuracy_m| accuracy_m <= ACCURACY_GOOD_M)
    }

    /// The civil day of the fix in the township's zone, where its time is known.
    pub fn day_in(&self, zone: chrono_tz::Tz) -> FixDay {
        match self.clock {
            FixClock::Satellite | FixClock::Estimated => FixDay::On(self.at.day_in(zone)),
            FixClock::Unknown => FixDay::Unknown,
        }
    }
}

/// The civil day that a fix counts for. As text `2026-11-22` or `unknown`; unknown sorts last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum FixDay {
    /// This day in the township's zone.
    On(NaiveDate),
    /// Neither satellites nor an earlier sync tell the day.
    Unknown,
}

/// A text that is no day.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is neither a day like 2026-11-22 nor `unknown`")]
pub struct InvalidDay(String);

impl FixDay {
    /// The day, where it is known.
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            Self::On(day) => Some(day),
            Self::Unknown => None,
        }
    }
}

impl fmt::Display for FixDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(day) => write!(f, "{day}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl FromStr for FixDay {
    type Err = InvalidDay;
    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        if text == "unknown" {
            return Ok(Self::Unknown);
        }
        let day = text
            .parse()
            .map_err(|_| InvalidDay(text.chars().take(40).collect()))?;
        Ok(Self::On(day))
    }
}

impl From<FixDay> for String {
    fn from(day: FixDay) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for FixDay {
    type Error = InvalidDay;
    fn try_from(text: String) -> Result<Self, InvalidDay> {
        text.parse()
    }
}
