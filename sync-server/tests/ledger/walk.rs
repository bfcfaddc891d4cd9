//! Walks by hand: segments of tracks, check-ups, outlines, and what phones get of them.

use xunge_core::coverage::CellSet;
use xunge_core::directory::{DirectoryRecord, KeyPlace, Often, Unit, UnitKind, VisitRule};
use xunge_core::id::{PatrolId, UnitId};
use xunge_core::key_place::{VisitClaim, VisitKind, VisitRecord};
use xunge_core::patrol::{CloseCause, DropCounts, Fix, FixClock, PatrolKind, Segment, SegmentHeader};
use xunge_core::place::{MicroPosition, Provider};
use xunge_core::sync::message::{GridCoverage, Item, Payload, SyncAnswer};
use xunge_core::time::{DeviceTime, Timestamp};

use crate::phone::Phone;
use crate::world::{World, change, operator, unit};

/// The south-western corner of the first grid, in millionths of a degree.
pub(crate) const SOUTH: i32 = 28_300_000;
pub(crate) const WEST: i32 = 120_900_000;

/// The width and height of a grid, in millionths of a degree: about 490 m by 500 m.
pub(crate) const SIDE_E6: i32 = 5_000;

/// A rectangle from its corner.
pub(crate) fn outline(west: i32, south: i32, width: i32, height: i32) -> Vec<Vec<Vec<[f64; 2]>>> {
    let at = |x: i32, y: i32| [f64::from(west + x) / 1e6, f64::from(south + y) / 1e6];
    vec![vec![vec![
        at(0, 0),
        at(width, 0),
        at(width, height),
        at(0, height),
        at(0, 0),
    ]]]
}

pub(crate) fn drawn(id: &str, boundary: Option<Vec<Vec<Vec<[f64; 2]>>>>) -> DirectoryRecord {
    DirectoryRecord::Unit(Unit {
        id: unit(id),
        name: id.into(),
        kind: UnitKind::Grid,
        parent: Some(unit("V1")),
        boundary,
        telephone: None,
        has_accounts: true,
    })
}

/// A township whose first two grids are drawn side by side.
pub(crate) fn drawn_world() -> World {
    let world = World::new();
    let records = [
        drawn("G1", Some(outline(WEST, SOUTH, SIDE_E6, SIDE_E6))),
        drawn("G2", Some(outline(WEST + SIDE_E6, SOUTH, SIDE_E6, SIDE_E6))),
    ]
    .map(change);
    let by = operator("room");
    world.service.directory_apply(&by, &records).unwrap();
    world
}

/// A walk to the east: one fix in five seconds, six metres each.
pub(crate) struct Walk {
    pub(crate) patrol: PatrolId,
    pub(crate) grids: Vec<UnitId>,
    pub(crate) begun_at: Timestamp,
    pub(crate) lat_e6: i32,
    pub(crate) lon_e6: i32,
    pub(crate) clock: FixClock,
    pub(crate) step_e6: i32,
}

impl Walk {
    /// Through the middle of a grid, some metres within it.
    pub(crate) fn new(phone: &mut Phone, grid: &str, begun_at: Timestamp) -> Self {
        let west = if grid == "G2" { WEST + SIDE_E6 } else { WEST };
        Self {
            patrol: PatrolId::random(&mut phone.rng),
            grids: vec![unit(grid)],
            begun_at,
            lat_e6: SOUTH + SIDE_E6 / 2,
            lon_e6: west + 500,
            clock: FixClock::Satellite,
            step_e6: 60,
        }
    }

    /// The segment with this number, `count` fixes long; segments follow each other without a gap.
    pub(crate) fn segment(&self, phone: &Phone, number: u32, count: u32) -> Segment {
        let first = i64::from(number) * i64::from(count);
        let fix = |i: i64| Fix {
            at: self.begun_at.plus_ms(i * 5_000),
            clock: self.clock,
            position: MicroPosition {
                lat_e6: self.lat_e6,
                lon_e6: self.lon_e6 + self.step_e6 * i32::try_from(i).unwrap(),
            },
            accuracy_m: Some(6),
            speed_dmps: Some(12),
            bearing_deg: Some(90),
            provider: Provider::Satellite,
            is_mock: false,
            battery_percent: Some(80),
            gap_before: None,
        };
        let fixes: Vec<Fix> = (first..first + i64::from(count)).map(fix).collect();
        let begun_at = self.begun_at.plus_ms(first * 5_000);
        Segment {
            header: SegmentHeader {
                patrol: self.patrol,
                install: phone.install,
                person: phone.person.clone(),
                grids: self.grids.clone(),
                kind: PatrolKind::Routine,
                order: None,
                index: number,
                boot: 7,
                begun_monotonic_ms: 1_000 + first * 5_000,
                begun_at,
                closed_at: fixes.last().map_or(begun_at, |fix| fix.at),
                clock: self.clock,
            },
            lead: (number > 0).then(|| xunge_core::patrol::Lead::of(&fix(first - 1))),
            fixes,
            dropped: DropCounts::default(),
            closed: CloseCause::Full,
        }
    }

    /// The items of so many segments.
    pub(crate) fn items(&self, phone: &Phone, numbers: std::ops::Range<u32>, count: u32) -> Vec<Item> {
        numbers.map(|n| track(&self.segment(phone, n, count))).collect()
    }
}

pub(crate) fn track(segment: &Segment) -> Item {
    let (_, bytes) = segment.encode().unwrap();
    Item::Track { bytes: bytes.into() }
}

pub(crate) fn visit(
    phone: &Phone,
    place: &str,
    at: Timestamp,
    kind: VisitKind,
    claim: Option<VisitClaim>,
) -> Item {
    let record = VisitRecord {
        place: place.into(),
        person: phone.person.clone(),
        install: phone.install,
        at: DeviceTime {
            wall_at: at,
            monotonic_ms: 5,
            boot: 1,
            server_offset_ms: Some(0),
            server_offset_age_ms: Some(0),
        },
        claim,
        kind,
    };
    Item::Visit {
        bytes: record.encode().into(),
    }
}

/// A school in a grid that must be visited every week.
pub(crate) fn school(grid: &str, lat_e6: i32, lon_e6: i32) -> DirectoryRecord {
    DirectoryRecord::KeyPlace(KeyPlace {
        id: "school".into(),
        name: "学校".into(),
        grid: unit(grid),
        lat_deg: f64::from(lat_e6) / 1e6,
        lon_deg: f64::from(lon_e6) / 1e6,
        category: Some("学校".into()),
        outline: None,
        rule: Some(VisitRule {
            often: Often::EveryDays { days: 7 },
            season: None,
            is_daily_in_emergency: false,
        }),
        excuses: Vec::new(),
    })
}

/// The coverage that an answer brings, by grid and day, the rows of the feed first.
pub(crate) fn coverage(answer: &SyncAnswer) -> Vec<GridCoverage> {
    let rows = answer.pages.iter().flat_map(|page| &page.rows);
    let rows = rows.filter_map(|row| match &row.payload {
        Payload::Coverage { coverage } => Some(coverage.clone()),
        _ => None,
    });
    let pages = answer.backfill.iter().filter_map(|page| page.coverage.clone());
    rows.chain(pages.flatten()).collect()
}

pub(crate) fn cells(coverage: &GridCoverage) -> CellSet {
    CellSet::decode(&coverage.seen).unwrap()
}
