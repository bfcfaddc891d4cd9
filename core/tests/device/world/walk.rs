//! A worker who walks with a phone: fixes by the handset's own clock, with satellite time.

use xunge_core::app::PatrolStep;
use xunge_core::coverage::CoveragePeriod;
use xunge_core::patrol::{Fix, PatrolKind, RawFix, Segment};
use xunge_core::place::Provider;
use xunge_core::time::{Clock, DeviceTime, Timestamp};

use super::{Handset, unit};

/// The south-western corner of the first grid.
pub(crate) const CORNER: (f64, f64) = (30.0, 104.0);

/// A degree of latitude in metres, near enough for a walk.
const DEGREE_M: f64 = 110_900.0;

impl Handset {
    /// What the system gives now, so many metres north and east of the corner.
    pub(crate) fn fix_at(&self, north_m: f64, east_m: f64) -> RawFix {
        let reading = self.clock.read();
        RawFix {
            taken: DeviceTime {
                wall_at: reading.wall_at,
                monotonic_ms: reading.monotonic_ms,
                boot: reading.boot,
                server_offset_ms: None,
                server_offset_age_ms: None,
            },
            satellite_at: Some(self.satellite_at()),
            lat_deg: CORNER.0 + north_m / DEGREE_M,
            lon_deg: CORNER.1 + east_m / (DEGREE_M * CORNER.0.to_radians().cos()),
            accuracy_m: 6.0,
            speed_mps: Some(1.2),
            bearing_deg: Some(90.0),
            provider: Provider::Satellite,
            is_mock: false,
            battery_percent: Some(80),
        }
    }

    /// True time: what was walked so far, whatever the wall clock says.
    fn satellite_at(&self) -> Timestamp {
        Timestamp(super::MONDAY_MS + self.clock.read().monotonic_ms - 1_000_000)
    }

    /// Starts a routine patrol of the first grid.
    pub(crate) fn start(&self) -> PatrolStep {
        let grids = [unit("G1")];
        self.device()
            .patrol_start(PatrolKind::Routine, &grids, None, None)
            .unwrap()
    }

    /// Five seconds pass, and the system gives a fix.
    pub(crate) fn walk_to(&self, north_m: f64, east_m: f64) -> PatrolStep {
        self.clock.forward_ms(5_000);
        self.device().add_fix(&self.fix_at(north_m, east_m)).unwrap()
    }

    /// Walks east along a line: `count` fixes, six metres apart. Answers how many were kept.
    pub(crate) fn walk(&self, north_m: f64, east_m: f64, count: u32) -> usize {
        let steps = (0..count).map(|n| self.walk_to(north_m, east_m + 6.0 * f64::from(n)));
        steps.filter(|step| step.is_kept).count()
    }

    /// What the phone shows of a grid's day.
    pub(crate) fn coverage(&self, grid: &str, day: &str) -> xunge_core::coverage::DayCoverage {
        let period: CoveragePeriod = day.parse().unwrap();
        self.device().coverage(&unit(grid), period).unwrap().coverage
    }
}

/// All fixes of segments, in order.
pub(crate) fn fixes(segments: &[Segment]) -> Vec<Fix> {
    segments
        .iter()
        .flat_map(|segment| segment.fixes.iter().copied())
        .collect()
}
