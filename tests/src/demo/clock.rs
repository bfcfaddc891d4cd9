//! The compressed day's clock: server and phones read one time that runs hundreds of times too fast.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeZone, Weekday};
use xunge_core::coverage::CoveragePeriod;
use xunge_core::time::{Clock, ClockReading, Timestamp};

/// A day from 08:00 on, `factor` times as fast as the real one.
#[derive(Clone, Debug)]
pub(super) struct DayClock {
    started: Arc<Instant>,
    begins_at: Timestamp,
    factor: i64,
}

/// How long the working day lasts, in minutes from 08:00.
pub(super) const DAY_MIN: i64 = 10 * 60;

impl DayClock {
    /// The last working day before `today`, compressed so that the whole of it takes `real`. Days that the township's calendar frees are
    /// passed over by the caller's `is_worked`.
    pub(super) fn new(today: NaiveDate, is_worked: impl Fn(NaiveDate) -> bool, real: Duration) -> Self {
        let mut day = today - Days::new(1);
        while !is_worked(day) {
            day = day - Days::new(1);
        }
        let eight = NaiveTime::from_hms_opt(8, 0, 0).expect("eight o'clock exists");
        let begins = chrono_tz_shanghai().from_local_datetime(&day.and_time(eight));
        let begins = begins.single().expect("Shanghai has no summer time");
        Self {
            started: Arc::new(Instant::now()),
            begins_at: Timestamp(begins.timestamp_millis()),
            factor: DAY_MIN * 60_000 / i64::try_from(real.as_millis()).unwrap_or(i64::MAX).max(1),
        }
    }

    /// Minutes of the compressed day that are over.
    pub(super) fn minute(&self) -> i64 {
        self.now().ms_since(self.begins_at) / 60_000
    }

    /// The instant in the compressed day.
    pub(super) fn now(&self) -> Timestamp {
        let real = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.begins_at.plus_ms(real.saturating_mul(self.factor))
    }

    /// How long to wait, really, until a minute of the compressed day.
    pub(super) fn until(&self, minute: i64) -> Duration {
        let ms = self.begins_at.plus_ms(minute * 60_000).ms_since(self.now()) / self.factor.max(1);
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }

    /// `HH:MM` of the compressed day.
    pub(super) fn label(&self) -> String {
        let minute = 8 * 60 + self.minute();
        format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
    }

    /// The day, for coverage.
    pub(super) fn day(&self) -> CoveragePeriod {
        let day = self
            .begins_at
            .to_utc()
            .with_timezone(&chrono_tz_shanghai())
            .date_naive();
        CoveragePeriod::Day(day)
    }

    /// The share of the day that is over, 0..=1.
    pub(super) fn share(&self) -> f64 {
        (self.minute() as f64 / DAY_MIN as f64).clamp(0.0, 1.0)
    }
}

impl Clock for DayClock {
    fn read(&self) -> ClockReading {
        ClockReading {
            wall_at: self.now(),
            monotonic_ms: self.now().ms_since(self.begins_at),
            boot: 1,
        }
    }
}

/// A phone's clock in the compressed day: some are minutes or hours wrong.
#[derive(Clone, Debug)]
pub(super) struct SkewedClock {
    /// The right time.
    pub(super) day: DayClock,
    /// How far the phone's wall clock is ahead, in ms.
    pub(super) error_ms: i64,
}

impl Clock for SkewedClock {
    fn read(&self) -> ClockReading {
        let right = self.day.read();
        ClockReading {
            wall_at: right.wall_at.plus_ms(self.error_ms),
            ..right
        }
    }
}

fn chrono_tz_shanghai() -> chrono::FixedOffset {
    chrono::FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset")
}

/// Monday to Friday.
pub(super) fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_before_a_monday_is_a_friday_at_eight() {
        let monday = NaiveDate::from_ymd_opt(2026, 3, 9).expect("a day");
        let clock = DayClock::new(monday, is_weekday, Duration::from_secs(60));
        assert_eq!(clock.begins_at.to_string(), "2026-03-06T00:00:00.000Z");
        assert_eq!(clock.factor, 600);
    }
}
