//! Instants, civil days and the honesty of clocks.
//!
//! Nothing is ever ordered or merged by a phone's clock: order is the township's sequence, causality is in the documents, deadlines run
//! on the server's receipt. A phone's times are kept as claims, with all that is needed to judge them later.
//!
//! Set in stone: `Timestamp` is UTC milliseconds since 1970 on the wire and in every database.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// An instant: UTC, milliseconds since 1970-01-01T00:00:00Z. RFC 3339 with `Z` in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

/// 0001-01-01T00:00:00Z.
const FIRST_SHOWN_MS: i64 = -62_135_596_800_000;
/// 9999-12-30T00:00:00Z: a day before the last with four digits, so that it is still one in any zone.
const LAST_SHOWN_MS: i64 = 253_402_128_000_000;

impl Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
    /// The instant `ms` milliseconds later (earlier where negative); saturates.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
    /// Milliseconds from `earlier` to `self`; negative where `self` is earlier.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    /// The instant as chrono has it. Instants that no calendar on a wall shows become the first or last that one could: days can still be
    /// counted from there, in any zone.
    pub fn to_utc(self) -> DateTime<Utc> {
        let shown = self.0.clamp(FIRST_SHOWN_MS, LAST_SHOWN_MS);
        DateTime::from_timestamp_millis(shown).expect("the bounds are dates")
    }
    /// The civil day of this instant in a township's zone.
    pub fn day_in(self, zone: chrono_tz::Tz) -> NaiveDate {
        self.to_utc().with_timezone(&zone).date_naive()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_utc().format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let instant = DateTime::parse_from_rfc3339(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(instant.timestamp_millis()))
    }
}

/// What a phone can say about the moment of an act. Nothing in it is trusted; nothing in it is ever refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct DeviceTime {
    /// The phone's wall clock, as it stood.
    #[n(0)]
    pub wall_at: Timestamp,
    /// Milliseconds since the phone started, counting sleep; cannot be set by anybody.
    #[n(1)]
    pub monotonic_ms: i64,
    /// Names one run of the phone from start to shut-down (a hash is enough); monotonic times compare only within it.
    #[n(2)]
    pub boot: u64,
    /// Server time minus wall time, in ms, as of the last sync; `None` before the first.
    #[n(3)]
    pub server_offset_ms: Option<i64>,
    /// How old that offset was at the act, in ms on the monotonic clock; `None` where the phone was restarted since.
    #[n(4)]
    pub server_offset_age_ms: Option<i64>,
}

/// How far an act's time may be believed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeQuality {
    /// Wall clock and server agreed within two minutes at a sync in the same run of the phone.
    Verified,
    /// Reckoned from an earlier sync and the monotonic clock, or corrected by the known offset.
    Estimated,
    /// Only the phone's wall clock speaks for it.
    Unverified,
}

/// The best reading of a [`DeviceTime`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JudgedTime {
    /// The instant to show.
    pub at: Timestamp,
    /// How far to believe it.
    pub quality: TimeQuality,
}

/// Beyond this difference between a phone's wall clock and the server the phone's time is called wrong, in ms.
pub const CLOCK_SKEW_MS_MAX: i64 = 120_000;

impl DeviceTime {
    /// Reads the claim: the wall clock corrected by the server offset where one is known.
    pub fn judge(&self) -> JudgedTime {
        match (self.server_offset_ms, self.server_offset_age_ms) {
            (Some(offset), Some(_)) if offset.abs() <= CLOCK_SKEW_MS_MAX => JudgedTime {
                at: self.wall_at.plus_ms(offset),
                quality: TimeQuality::Verified,
            },
            (Some(offset), Some(_)) => JudgedTime {
                at: self.wall_at.plus_ms(offset),
                quality: TimeQuality::Estimated,
            },
            (Some(offset), None) if offset.abs() <= CLOCK_SKEW_MS_MAX => JudgedTime {
                at: self.wall_at.plus_ms(offset),
                quality: TimeQuality::Estimated,
            },
            _ => JudgedTime {
                at: self.wall_at,
                quality: TimeQuality::Unverified,
            },
        }
    }
}

/// One reading of both clocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockReading {
    /// Wall clock, UTC.
    pub wall_at: Timestamp,
    /// Milliseconds since the device started, counting sleep.
    pub monotonic_ms: i64,
    /// Names the run of the device in which `monotonic_ms` counts.
    pub boot: u64,
}

/// Where a device's time comes from. The shells and [`SystemClock`] implement it; tests bring their own.
pub trait Clock: Send + Sync {
    /// Reads both clocks at once.
    fn read(&self) -> ClockReading;
}

/// The machine's own clocks: the only place in core that reads them.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn read(&self) -> ClockReading {
        let wall = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        ClockReading {
            wall_at: Timestamp(wall),
            monotonic_ms: monotonic_ms(wall),
            boot: boot(),
        }
    }
}

/// Milliseconds since the device started where the system says so (Linux, Android), else since the process started.
fn monotonic_ms(wall_ms: i64) -> i64 {
    let uptime = std::fs::read_to_string("/proc/uptime").ok();
    let seconds = uptime
        .as_deref()
        .and_then(|t| t.split_whitespace().next())
        .and_then(|t| t.parse::<f64>().ok());
    match seconds {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "an uptime fits i64 milliseconds for ever"
        )]
        Some(seconds) => (seconds * 1000.0) as i64,
        None => {
            static START: std::sync::OnceLock<(std::time::Instant, i64)> = std::sync::OnceLock::new();
            let (start, _) = START.get_or_init(|| (std::time::Instant::now(), wall_ms));
            i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX)
        }
    }
}

/// A name for this run of the device; without one from the system, of this process.
fn boot() -> u64 {
    static BOOT: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *BOOT.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_else(|_| {
            format!(
                "process {} {:?}",
                std::process::id(),
                std::time::SystemTime::now()
            )
        });
        let digest = <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
        u64::from_be_bytes([
            digest[0] & 0x7f,
            digest[1],
            digest[2],
            digest[3],
            digest[4],
            digest[5],
            digest[6],
            digest[7],
        ])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(offset: Option<i64>, age: Option<i64>) -> DeviceTime {
        DeviceTime {
            wall_at: Timestamp(1_000_000),
            monotonic_ms: 5,
            boot: 1,
            server_offset_ms: offset,
            server_offset_age_ms: age,
        }
    }

    #[test]
    fn a_clock_set_to_another_year_is_corrected_and_called_estimated() {
        let judged = claim(Some(-40_000_000_000), Some(60_000)).judge();
        assert_eq!(judged.at, Timestamp(1_000_000 - 40_000_000_000));
        assert_eq!(judged.quality, TimeQuality::Estimated);
    }

    #[test]
    fn without_any_sync_a_time_is_unverified_but_kept() {
        let judged = claim(None, None).judge();
        assert_eq!(
            (judged.at, judged.quality),
            (Timestamp(1_000_000), TimeQuality::Unverified)
        );
    }

    #[test]
    fn the_day_of_any_number_of_milliseconds_is_a_day_from_which_one_can_count() {
        for ms in [
            i64::MIN,
            -9_000_000_000_000_000,
            0,
            9_000_000_000_000_000,
            i64::MAX,
        ] {
            for zone in [
                chrono_tz::Asia::Shanghai,
                chrono_tz::Pacific::Kiritimati,
                chrono_tz::Pacific::Niue,
            ] {
                let day = Timestamp(ms).day_in(zone);
                assert!(day.checked_sub_days(chrono::Days::new(400)).is_some(), "{ms}");
                assert!(Timestamp(ms).to_string().len() < 30, "{ms}");
            }
        }
    }

    #[test]
    fn instants_are_rfc_3339_in_json() {
        let json = serde_json::to_string(&Timestamp(1_795_305_600_123)).expect("serialises");
        assert_eq!(json, "\"2026-11-22T00:00:00.123Z\"");
        assert_eq!(
            serde_json::from_str::<Timestamp>(&json).expect("parses"),
            Timestamp(1_795_305_600_123)
        );
    }
}
