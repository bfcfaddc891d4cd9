//! Walkers: a plausible way through a grid, and what a phone's receiver says along it, with the faults that real receivers have. From a
//! seed, so that every walk can be walked again.
//!
//! The true position drifts away from the reported one slowly, as multipath does, not by independent noise: that is what filters have to
//! live with.

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::grid::Coordinates;
use xunge_core::patrol::RawFix;
use xunge_core::place::{Position, Provider};
use xunge_core::time::{ClockReading, DeviceTime, Timestamp};

mod route;

pub use route::route;

/// What goes wrong with a receiver, each as the chance per reading that it begins.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Faults {
    /// A narrow lane: for some minutes the error is tens of metres, and the phone says so.
    pub canyon: f64,
    /// No readings for some minutes.
    pub silence: f64,
    /// One reading some hundred metres away, and back.
    pub leap: f64,
    /// The same reading twice.
    pub repeat: f64,
    /// A position from the mobile network between those from satellites.
    pub network: f64,
    /// The walker stands and talks for some minutes.
    pub stop: f64,
}

impl Faults {
    /// A good phone under an open sky.
    pub const NONE: Self = Self {
        canyon: 0.0,
        silence: 0.0,
        leap: 0.0,
        repeat: 0.0,
        network: 0.0,
        stop: 0.0,
    };
    /// A four-year-old phone in a village.
    pub const USUAL: Self = Self {
        canyon: 0.004,
        silence: 0.002,
        leap: 0.003,
        repeat: 0.01,
        network: 0.01,
        stop: 0.004,
    };
}

/// One reading of a receiver.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reading {
    /// Milliseconds after the beginning of the walk.
    pub after_ms: i64,
    /// Where the receiver says that the phone is, WGS 84.
    pub position: Position,
    /// Its radius of 68 % belief in metres.
    pub accuracy_m: f64,
    /// Metres per second.
    pub speed_mps: f64,
    /// Where the reading came from.
    pub provider: Provider,
    /// The battery in percent.
    pub battery_percent: u8,
}

impl Reading {
    /// The fix as a phone's system gives it that was read at `at`, true time, when the phone's clocks showed `shown`.
    pub fn fix(&self, at: Timestamp, shown: ClockReading) -> RawFix {
        RawFix {
            taken: DeviceTime {
                wall_at: shown.wall_at,
                monotonic_ms: shown.monotonic_ms,
                boot: shown.boot,
                server_offset_ms: None,
                server_offset_age_ms: None,
            },
            satellite_at: (self.provider == Provider::Satellite).then_some(at),
            lat_deg: self.position.lat_deg,
            lon_deg: self.position.lon_deg,
            accuracy_m: self.accuracy_m,
            speed_mps: Some(self.speed_mps),
            bearing_deg: None,
            provider: self.provider,
            is_mock: false,
            battery_percent: Some(self.battery_percent),
        }
    }
}

/// The speed of somebody who looks around while walking, in metres per second.
const WALK_MPS: f64 = 1.2;
/// The error drifts with about this memory in seconds.
const DRIFT_MEMORY_S: f64 = 60.0;

/// The readings along a route, one every `every_ms`, for at most `ms_max`.
pub fn readings(
    route: &[Position],
    every_ms: i64,
    ms_max: i64,
    faults: &Faults,
    rng: &mut StdRng,
) -> Vec<Reading> {
    let mut walk = Walk::new(route, rng);
    let mut readings = Vec::new();
    let mut after_ms = 0;
    while after_ms <= ms_max && !walk.is_over() {
        walk.step(every_ms, faults, rng);
        if walk.silent_ms > 0 {
            walk.silent_ms -= every_ms;
        } else {
            let reading = walk.reading(after_ms, faults, rng);
            readings.push(reading);
            if rng.random_bool(faults.repeat) {
                readings.push(reading);
            }
        }
        after_ms += every_ms;
    }
    readings
}

/// Somebody on the way.
struct Walk<'a> {
    route: &'a [Position],
    /// The leg, and metres walked on it.
    leg: usize,
    on_leg_m: f64,
    standing_ms: i64,
    silent_ms: i64,
    canyon_ms: i64,
    /// The receiver's error in metres north and east.
    drift_m: [f64; 2],
    /// The battery in thousandths of a percent.
    battery: u32,
}

impl<'a> Walk<'a> {
    fn new(route: &'a [Position], rng: &mut StdRng) -> Self {
        Self {
            route,
            leg: 0,
            on_leg_m: 0.0,
            standing_ms: 0,
            silent_ms: 0,
            canyon_ms: 0,
            drift_m: [0.0; 2],
            battery: rng.random_range(40_000..100_000),
        }
    }

    fn is_over(&self) -> bool {
        self.leg + 1 >= self.route.len()
    }

    fn step(&mut self, every_ms: i64, faults: &Faults, rng: &mut StdRng) {
        let begins = |chance: f64, rng: &mut StdRng| rng.random_bool(chance);
        if self.standing_ms <= 0 && begins(faults.stop, rng) {
            self.standing_ms = rng.random_range(60_000..300_000);
        }
        if self.silent_ms <= 0 && begins(faults.silence, rng) {
            self.silent_ms = rng.random_range(40_000..240_000);
        }
        if self.canyon_ms <= 0 && begins(faults.canyon, rng) {
            self.canyon_ms = rng.random_range(60_000..240_000);
        }
        self.canyon_ms -= every_ms;
        let seconds = every_ms as f64 / 1_000.0;
        // A percent in about seven minutes.
        let spent = u32::try_from(every_ms / 400).unwrap_or(u32::MAX);
        self.battery = self.battery.saturating_sub(spent).max(3_000);
        let sigma_m = if self.canyon_ms > 0 { 22.0 } else { 3.0 };
        let keep = (-seconds / DRIFT_MEMORY_S).exp();
        let fresh = sigma_m * (1.0 - keep * keep).sqrt();
        for axis in &mut self.drift_m {
            *axis = *axis * keep + fresh * normal(rng);
        }
        if self.standing_ms > 0 {
            self.standing_ms -= every_ms;
            return;
        }
        self.on_leg_m += WALK_MPS * seconds;
        while !self.is_over() {
            let length_m = self.route[self.leg].distance_m(&self.route[self.leg + 1]);
            if self.on_leg_m < length_m {
                break;
            }
            self.on_leg_m -= length_m;
            self.leg += 1;
        }
    }

    /// Where the walker truly is.
    fn at(&self) -> Position {
        let from = self.route[self.leg];
        let Some(to) = self.route.get(self.leg + 1) else {
            return from;
        };
        let length_m = from.distance_m(to).max(0.01);
        let part = (self.on_leg_m / length_m).min(1.0);
        Position {
            lat_deg: from.lat_deg + (to.lat_deg - from.lat_deg) * part,
            lon_deg: from.lon_deg + (to.lon_deg - from.lon_deg) * part,
        }
    }

    fn reading(&self, after_ms: i64, faults: &Faults, rng: &mut StdRng) -> Reading {
        let is_in_canyon = self.canyon_ms > 0;
        let mut error_m = self.drift_m;
        if rng.random_bool(faults.leap) {
            error_m[0] += rng.random_range(300.0..900.0);
        }
        let is_network = rng.random_bool(faults.network);
        if is_network {
            error_m = [normal(rng) * 60.0, normal(rng) * 60.0];
        }
        let accuracy_m = match (is_network, is_in_canyon) {
            (true, _) => rng.random_range(60.0..400.0),
            (false, true) => rng.random_range(25.0..70.0),
            (false, false) => rng.random_range(3.5..11.0),
        };
        Reading {
            after_ms,
            position: moved(self.at(), error_m),
            accuracy_m,
            speed_mps: if self.standing_ms > 0 { 0.0 } else { WALK_MPS },
            provider: if is_network {
                Provider::Network
            } else {
                Provider::Satellite
            },
            battery_percent: u8::try_from(self.battery / 1_000).unwrap_or(100),
        }
    }
}

/// A position moved by metres north and east.
fn moved(from: Position, by_m: [f64; 2]) -> Position {
    let per_degree_m = 111_320.0;
    Position {
        lat_deg: from.lat_deg + by_m[0] / per_degree_m,
        lon_deg: from.lon_deg + by_m[1] / (per_degree_m * from.lat_deg.to_radians().cos()),
    }
}

/// A standard normal draw, by twelve uniform ones: enough for a receiver's error.
fn normal(rng: &mut StdRng) -> f64 {
    (0..12).map(|_| rng.random_range(0.0..1.0)).sum::<f64>() - 6.0
}

/// A whole walk through an outline: its route and its readings every five seconds.
pub fn walk_through(outline: &Coordinates, ms_max: i64, faults: &Faults, rng: &mut StdRng) -> Vec<Reading> {
    let length_m = ms_max as f64 / 1_000.0 * WALK_MPS;
    let route = route(outline, length_m, rng);
    readings(&route, 5_000, ms_max, faults, rng)
}

#[cfg(test)]
mod tests;
