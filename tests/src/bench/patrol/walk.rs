//! Walks of the bench: a worker goes along the lanes of a village, lane after lane, and the receiver drifts a few metres as receivers do.

use std::f64::consts::PI;

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::id::{InstallId, PatrolId, PersonId, UnitId};
use xunge_core::patrol::{Effect, Input, Patrol, PatrolKind, PatrolPlan, RawFix};
use xunge_core::place::{MicroPosition, Position, Provider};
use xunge_core::time::{DeviceTime, Timestamp};

use crate::bench::Problem;

/// Metres between two crossings of lanes.
const LANE_M: f64 = 125.0;

/// Metres between two fixes: five seconds of a walk.
const STEP_M: f64 = 6.0;

/// Milliseconds between two fixes.
pub(super) const FIX_EVERY_MS: i64 = 5_000;

/// Ground around a place as a plane in metres, by the ellipsoid's curvature there: what exact areas are reckoned in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    south_west: Position,
    lat_m: f64,
    lon_m: f64,
}

impl Plane {
    /// The plane whose origin is that corner, right in the middle of a square of that side.
    pub(super) fn new(lat_deg: f64, lon_deg: f64, side_m: f64) -> Self {
        const A_M: f64 = 6_378_137.0;
        const E2: f64 = 0.006_694_379_990_141_317;
        let middle = (lat_deg + side_m / 2.0 / 111_000.0).to_radians();
        let root = (1.0 - E2 * middle.sin().powi(2)).sqrt();
        Self {
            south_west: Position { lat_deg, lon_deg },
            lat_m: A_M * (1.0 - E2) / root.powi(3) * PI / 180.0,
            lon_m: A_M / root * middle.cos() * PI / 180.0,
        }
    }

    pub(super) fn position(&self, (east_m, north_m): (f64, f64)) -> Position {
        Position {
            lat_deg: self.south_west.lat_deg + north_m / self.lat_m,
            lon_deg: self.south_west.lon_deg + east_m / self.lon_m,
        }
    }

    pub(super) fn micro(&self, at: (f64, f64)) -> MicroPosition {
        MicroPosition::of(self.position(at)).expect("the bench stays in China")
    }

    pub(super) fn metres(&self, at: Position) -> (f64, f64) {
        (
            (at.lon_deg - self.south_west.lon_deg) * self.lon_m,
            (at.lat_deg - self.south_west.lat_deg) * self.lat_m,
        )
    }

    /// A square from the origin as an outline.
    pub(super) fn square(&self, side_m: f64) -> Vec<Vec<Vec<[f64; 2]>>> {
        let corners = [
            (0.0, 0.0),
            (side_m, 0.0),
            (side_m, side_m),
            (0.0, side_m),
            (0.0, 0.0),
        ];
        vec![vec![
            corners.iter().map(|at| self.position(*at).to_geojson()).collect(),
        ]]
    }
}

/// So many fixes along the lanes of a square, in metres from its corner. The lanes run at some angle to north, as they do: along the rows
/// of cells every lane would be off by the same part of a cell.
pub(super) fn lanes(rng: &mut StdRng, fixes: usize, side_m: f64) -> Vec<(f64, f64)> {
    let angle = rng.random_range(0.2..1.3f64);
    let (sin, cos) = angle.sin_cos();
    let middle_m = side_m / 2.0;
    let turned = |(x, y): (f64, f64)| {
        let (x, y) = (x - middle_m, y - middle_m);
        (middle_m + x * cos - y * sin, middle_m + x * sin + y * cos)
    };
    straight_lanes(rng, fixes, side_m)
        .into_iter()
        .map(turned)
        .collect()
}

/// The same along rows and columns.
fn straight_lanes(rng: &mut StdRng, fixes: usize, side_m: f64) -> Vec<(f64, f64)> {
    let lanes = (side_m / LANE_M).floor().max(1.0);
    let margin_m = (side_m - (lanes - 1.0) * LANE_M) / 2.0;
    let mut crossing = ((lanes / 2.0).floor(), (lanes / 2.0).floor());
    let mut heading = 0u8;
    let (mut on_m, mut drift) = (LANE_M, (0.0f64, 0.0f64));
    let mut walk = Vec::with_capacity(fixes);
    let step_of = |heading: u8| match heading {
        0 => (1.0, 0.0),
        1 => (0.0, 1.0),
        2 => (-1.0, 0.0),
        _ => (0.0, -1.0),
    };
    while walk.len() < fixes {
        if on_m >= LANE_M {
            on_m -= LANE_M;
            let (dx, dy) = step_of(heading);
            let ahead = (crossing.0 + dx, crossing.1 + dy);
            let is_lane = |(x, y): (f64, f64)| (0.0..lanes).contains(&x) && (0.0..lanes).contains(&y);
            if is_lane(ahead) {
                crossing = ahead;
            }
            // A lane on, a turn, and back only where nothing else is left.
            let turn = [0, 1, 3, 0][rng.random_range(0..4)];
            for tried in [turn, 1, 3, 0, 2] {
                let (dx, dy) = step_of((heading + tried) % 4);
                if is_lane((crossing.0 + dx, crossing.1 + dy)) {
                    heading = (heading + tried) % 4;
                    break;
                }
            }
        }
        let (dx, dy) = step_of(heading);
        drift = (
            drift.0 * 0.95 + rng.random_range(-0.8..0.8),
            drift.1 * 0.95 + rng.random_range(-0.8..0.8),
        );
        walk.push((
            margin_m + crossing.0 * LANE_M + dx * on_m + drift.0,
            margin_m + crossing.1 * LANE_M + dy * on_m + drift.1,
        ));
        on_m += STEP_M;
    }
    walk
}

/// A receiver's fix so long after the beginning of a walk.
pub(super) fn raw_fix(begun_at: Timestamp, after_ms: i64, at: Position, rng: &mut StdRng) -> RawFix {
    let wall_at = begun_at.plus_ms(after_ms);
    RawFix {
        taken: DeviceTime {
            wall_at,
            monotonic_ms: 3_600_000 + after_ms,
            boot: 7,
            server_offset_ms: Some(40),
            server_offset_age_ms: Some(60_000),
        },
        satellite_at: Some(wall_at.plus_ms(40)),
        lat_deg: at.lat_deg,
        lon_deg: at.lon_deg,
        accuracy_m: rng.random_range(3.5..8.5),
        speed_mps: Some(rng.random_range(0.9..1.5)),
        bearing_deg: Some(rng.random_range(0.0..360.0)),
        provider: Provider::Satellite,
        is_mock: false,
        battery_percent: Some(80),
    }
}

/// Who walks, on which phone, and where.
pub(super) struct Walker {
    pub(super) patrol: PatrolId,
    pub(super) install: InstallId,
    pub(super) person: PersonId,
    pub(super) grid: UnitId,
}

/// The segments that a phone closes over a walk along these points, as bytes, and how many fixes it kept: the real filter and machine.
pub(super) fn segments(
    walker: Walker,
    begun_at: Timestamp,
    points: impl Iterator<Item = Position>,
    rng: &mut StdRng,
) -> Result<(Vec<Vec<u8>>, usize), Problem> {
    let plan = PatrolPlan {
        patrol: walker.patrol,
        install: walker.install,
        person: walker.person,
        grids: vec![walker.grid],
        kind: PatrolKind::Routine,
        order: None,
        shift_ends_at: None,
    };
    let first = raw_fix(
        begun_at,
        0,
        Position {
            lat_deg: 0.0,
            lon_deg: 0.0,
        },
        rng,
    )
    .taken;
    let (mut patrol, _) = Patrol::start(plan, first)?;
    let (mut segments, mut kept, mut last) = (Vec::new(), 0, first);
    let mut carry_out = |effects: Vec<Effect>| {
        for effect in effects {
            match effect {
                Effect::KeepFix(_) => kept += 1,
                Effect::Close(closed) => segments.push(closed.bytes),
                _ => {}
            }
        }
    };
    let mut after_ms = 0;
    for at in points {
        let raw = raw_fix(begun_at, after_ms, at, rng);
        carry_out(patrol.step(&Input::Fix(raw), raw.taken));
        last = raw.taken;
        after_ms += FIX_EVERY_MS;
    }
    carry_out(patrol.step(&Input::End, last));
    Ok((segments, kept))
}
