//! Patrols of the demo's workers: one walk a worker and day through one of his grids, on an old phone's receiver.

use std::sync::Arc;

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::app::{Device, PatrolStep};
use xunge_core::error::Error;
use xunge_core::id::UnitId;
use xunge_core::patrol::{PatrolKind, RawFix};
use xunge_core::place::Position;
use xunge_core::time::{Clock, Timestamp};

use super::clock::DayClock;
use super::phone::Surroundings;
use crate::township::{TOWNSHIP, unit_id};
use crate::walker::{Faults, Reading, readings, route};

/// How often the demo's phones take a fix, in ms.
const FIX_EVERY_MS: i64 = 10_000;

/// One worker's walk of the day.
pub(super) struct Round {
    /// Whose profile on the phone.
    pub(super) profile: usize,
    /// The minute of the day in which it begins.
    begins_minute: i64,
    walk_ms: i64,
    walk: Option<Walk>,
    is_over: bool,
}

struct Walk {
    begun_at: Timestamp,
    readings: std::vec::IntoIter<Reading>,
    next: Option<Reading>,
}

impl Round {
    /// When somebody will walk, and for how long.
    pub(super) fn draw(profile: usize, rng: &mut StdRng) -> Self {
        Self {
            profile,
            begins_minute: rng.random_range(30..420),
            walk_ms: rng.random_range(20..50) * 60_000,
            walk: None,
            is_over: false,
        }
    }

    /// The minute for which the phone has to look after it next; `None` where it is over.
    pub(super) fn wants(&self, now_minute: i64) -> Option<i64> {
        match (&self.walk, self.is_over) {
            (_, true) => None,
            (None, false) => Some(self.begins_minute),
            (Some(_), false) => Some(now_minute + 5),
        }
    }

    /// Walks on until now. What the receiver said since the last look is taken with the clocks of its own moment.
    pub(super) fn go_on(
        &mut self,
        shared: &Surroundings,
        device: &Arc<Device>,
        clock: &DayClock,
        phones: &dyn Clock,
        rng: &mut StdRng,
    ) -> Result<(), Error> {
        if self.is_over || clock.minute() < self.begins_minute {
            return Ok(());
        }
        if self.walk.is_none() {
            self.begin(shared, device, clock, rng)?;
        }
        let Some(walk) = &mut self.walk else {
            return Ok(());
        };
        let now = clock.now();
        while let Some(reading) = walk.next {
            let at = walk.begun_at.plus_ms(reading.after_ms);
            if at.ms_since(now) > 0 {
                return Ok(());
            }
            if is_over(device.add_fix(&fix(&reading, at, now, phones)))? {
                self.is_over = true;
                return Ok(());
            }
            walk.next = walk.readings.next();
        }
        self.is_over = true;
        is_over(device.patrol_end()).map(|_| ())
    }

    /// Ends the walk with the day.
    pub(super) fn end(&mut self, device: &Arc<Device>) -> Result<(), Error> {
        if self.walk.is_some() && !self.is_over {
            is_over(device.patrol_end())?;
        }
        self.is_over = true;
        Ok(())
    }

    fn begin(
        &mut self,
        shared: &Surroundings,
        device: &Arc<Device>,
        clock: &DayClock,
        rng: &mut StdRng,
    ) -> Result<(), Error> {
        let now = clock.now();
        let directory = device.directory()?;
        let grids: Vec<UnitId> = directory
            .scope_grids(&device.info().person, &unit_id(TOWNSHIP), now)
            .into_iter()
            .collect();
        if grids.is_empty() {
            // The directory has not come yet: a quarter of an hour later it may have.
            self.begins_minute += 15;
            return Ok(());
        }
        let grid = grids[rng.random_range(0..grids.len())].clone();
        let way_m = self.walk_ms as f64 / 1_000.0 * 1.2;
        let way = match directory.unit(&grid, now).and_then(|unit| unit.boundary.as_ref()) {
            Some(outline) => route(outline, way_m, rng),
            // A grid without an outline: up and down the village street.
            None => street(&shared.township.middle_of(&grid)),
        };
        device.patrol_start(PatrolKind::Routine, &[grid], None, None)?;
        let mut readings = readings(&way, FIX_EVERY_MS, self.walk_ms, &Faults::USUAL, rng).into_iter();
        self.walk = Some(Walk {
            begun_at: now,
            next: readings.next(),
            readings,
        });
        Ok(())
    }
}

/// Whether the patrol had ended by itself: nobody had looked at the phone for long.
fn is_over(step: Result<PatrolStep, Error>) -> Result<bool, Error> {
    match step {
        Ok(_) => Ok(false),
        Err(Error::NotFound(_)) => Ok(true),
        Err(other) => Err(other),
    }
}

fn street(middle: &Position) -> Vec<Position> {
    let at = |n: i32| Position {
        lat_deg: middle.lat_deg,
        lon_deg: middle.lon_deg + f64::from(n % 2) * 0.003,
    };
    (0..20).map(at).collect()
}

/// The reading as the system hands it over at `at`, on a phone whose clocks `phones` shows at `now`.
fn fix(reading: &Reading, at: Timestamp, now: Timestamp, phones: &dyn Clock) -> RawFix {
    let ago_ms = now.ms_since(at);
    let mut shown = phones.read();
    shown.wall_at = shown.wall_at.plus_ms(-ago_ms);
    shown.monotonic_ms -= ago_ms;
    reading.fix(at, shown)
}
