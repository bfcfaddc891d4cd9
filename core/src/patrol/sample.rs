//! Walks for tests: readings of clocks and fixes of phones, good and bad.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{Effect, Input, Patrol, PatrolKind, PatrolPlan, RawFix, Segment};
use crate::id::{InstallId, PatrolId, PersonId, UnitId};
use crate::place::{Position, Provider};
use crate::time::{DeviceTime, Timestamp};

/// 2026-11-22 08:00 in Shanghai.
pub(crate) const MORNING: Timestamp = Timestamp(1_795_305_600_000);

/// The middle of the ground that walks are on.
pub(crate) const MIDDLE: Position = Position {
    lat_deg: 28.372,
    lon_deg: 121.385,
};

/// Seconds as whole ms.
#[expect(clippy::cast_possible_truncation, reason = "tests stay within some weeks")]
pub(crate) fn ms(after_s: f64) -> i64 {
    (after_s * 1000.0) as i64
}

/// The clocks of a phone so many seconds after [`MORNING`], that synced a while ago.
pub(crate) fn reading(after_s: f64) -> DeviceTime {
    let after_ms = ms(after_s);
    DeviceTime {
        wall_at: MORNING.plus_ms(after_ms),
        monotonic_ms: 5_000_000 + after_ms,
        boot: 7,
        server_offset_ms: Some(300),
        server_offset_age_ms: Some(600_000),
    }
}

/// The same phone before its first sync: its date is worth nothing.
pub(crate) fn reading_never_synced(after_s: f64) -> DeviceTime {
    DeviceTime {
        server_offset_ms: None,
        server_offset_age_ms: None,
        ..reading(after_s)
    }
}

pub(crate) fn position(east_m: f64, north_m: f64) -> Position {
    Position {
        lat_deg: MIDDLE.lat_deg + north_m / 110_830.0,
        lon_deg: MIDDLE.lon_deg + east_m / 98_020.0,
    }
}

/// A good fix so many seconds after [`MORNING`], so many metres east and north of [`MIDDLE`].
pub(crate) fn raw(after_s: f64, east_m: f64, north_m: f64) -> RawFix {
    let taken = reading(after_s);
    let Position { lat_deg, lon_deg } = position(east_m, north_m);
    RawFix {
        taken,
        satellite_at: Some(taken.wall_at.plus_ms(300)),
        lat_deg,
        lon_deg,
        accuracy_m: 6.0,
        speed_mps: None,
        bearing_deg: None,
        provider: Provider::Satellite,
        is_mock: false,
        battery_percent: Some(80),
    }
}

pub(crate) fn plan() -> PatrolPlan {
    PatrolPlan {
        patrol: PatrolId::from_bytes([1; 16]),
        install: InstallId::from_bytes([2; 16]),
        person: PersonId::new("P-0042").expect("a code"),
        grids: vec![UnitId::new("SH-LQ-A1").expect("a code")],
        kind: PatrolKind::Routine,
        order: None,
        shift_ends_at: None,
    }
}

/// A worker's walk as a phone records it: one fix in 5 s at walking pace with stops, an error that drifts as that of satellites does,
/// accuracy, speed and bearing as phones give them.
pub(crate) fn real_walk(seed: u64, fixes: usize) -> Vec<RawFix> {
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut x, mut y, mut heading) = (0.0f64, 0.0f64, 0.0f64);
    let (mut drift_x, mut drift_y) = (0.0f64, 0.0f64);
    let mut rest = 0;
    (0..fixes)
        .map(|n| {
            if rest == 0 && rng.random_bool(0.01) {
                rest = rng.random_range(4..30);
            }
            let pace_mps = if rest > 0 { 0.0 } else { rng.random_range(0.9..1.5) };
            rest = rest.max(1) - 1;
            heading += rng.random_range(-0.4..0.4);
            if x.hypot(y) > 600.0 {
                heading = (-y).atan2(-x);
            }
            x += 5.0 * pace_mps * heading.sin();
            y += 5.0 * pace_mps * heading.cos();
            drift_x = drift_x * 0.9 + rng.random_range(-1.2..1.2);
            drift_y = drift_y * 0.9 + rng.random_range(-1.2..1.2);
            let mut fix = raw(
                5.0 * n as f64 + rng.random_range(0.0..0.04),
                x + drift_x,
                y + drift_y,
            );
            fix.accuracy_m = 4.0 + drift_x.hypot(drift_y);
            fix.speed_mps = Some((pace_mps + rng.random_range(-0.1..0.1)).max(0.0));
            fix.bearing_deg = (pace_mps > 0.0).then(|| heading.to_degrees().rem_euclid(360.0));
            fix.battery_percent = u8::try_from(96_usize.saturating_sub(n / 100)).ok();
            fix
        })
        .collect()
}

/// The segments that a patrol closes over these fixes; it starts with the first and ends with the last.
pub(crate) fn patrolled(plan: PatrolPlan, raws: &[RawFix]) -> Vec<Segment> {
    let (Some(first), Some(last)) = (raws.first(), raws.last()) else {
        return Vec::new();
    };
    let (mut patrol, _) = Patrol::start(plan, first.taken).expect("a grid is named");
    let mut effects = Vec::new();
    for raw in raws {
        effects.extend(patrol.step(&Input::Fix(*raw), raw.taken));
    }
    effects.extend(patrol.step(&Input::End, last.taken));
    let closed = effects.iter().filter_map(|effect| match effect {
        Effect::Close(closed) => Some(Segment::decode(&closed.bytes).expect("own segments are valid")),
        _ => None,
    });
    closed.collect()
}

/// A straight walk east at 1.2 m/s, one fix in 5 s, from so many seconds after [`MORNING`] and metres north of [`MIDDLE`].
pub(crate) fn straight(from_s: f64, fixes: u32, north_m: f64) -> Vec<RawFix> {
    (0..fixes)
        .map(|n| {
            let way_s = 5.0 * f64::from(n);
            raw(from_s + way_s, 1.2 * way_s, north_m)
        })
        .collect()
}

/// A ring of `[lon, lat]` around a block, in metres east and north of [`MIDDLE`].
pub(crate) fn block(west_m: f64, south_m: f64, east_m: f64, north_m: f64) -> Vec<Vec<Vec<[f64; 2]>>> {
    let at = |east_m, north_m| position(east_m, north_m).to_geojson();
    vec![vec![vec![
        at(west_m, south_m),
        at(east_m, south_m),
        at(east_m, north_m),
        at(west_m, north_m),
        at(west_m, south_m),
    ]]]
}
