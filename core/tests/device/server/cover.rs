//! What the little server makes of tracks and words about key places: rows of coverage, by the same fold as everybody's.

use std::collections::BTreeSet;

use xunge_core::coverage::{CoverageFold, DayCoverage, GridGround, join_rows};
use xunge_core::id::UnitId;
use xunge_core::key_place::{VisitKind, VisitRecord};
use xunge_core::patrol::{FixDay, Segment};
use xunge_core::signature::sha256;
use xunge_core::sync::message::*;
use xunge_core::time::Timestamp;

use super::{Install, Kept, Server, State};
use crate::world::unit;

impl Server {
    /// A fold over the grids as the directory draws them.
    pub(crate) fn fold(&self) -> CoverageFold {
        let at = Timestamp(i64::MAX / 2);
        let (township, directory) = (unit("T1"), &self.directory);
        let policy = directory.policy(&township, at);
        let drawn = directory
            .grids_under(&township, at)
            .into_iter()
            .filter_map(|grid| {
                let ground = GridGround::of_unit(directory, directory.unit(&grid, at)?, at)?;
                Some((ground, directory.policy(&grid, at).sight))
            })
            .collect();
        CoverageFold::new(township, policy.sight, policy.zone, drawn)
    }

    /// What the server knows of a grid's day.
    pub(crate) fn coverage(&self, grid: &str, day: &str) -> DayCoverage {
        let key = (unit(grid), day.parse::<FixDay>().unwrap());
        self.kept().coverage.get(&key).cloned().unwrap_or_default()
    }

    /// The segments that the server has, by patrol and number.
    pub(crate) fn segments(&self) -> Vec<Segment> {
        let mut segments: Vec<Segment> = self
            .kept()
            .tracks
            .values()
            .map(|bytes| Segment::decode(bytes).unwrap())
            .collect();
        segments.sort_by_key(|segment| (segment.header.patrol, segment.header.index));
        segments
    }

    pub(super) fn track(&self, state: &mut State, install: &Install, bytes: &[u8]) -> ItemResult {
        let refused = |code, text: String| ItemResult::Refused { code, text };
        let segment = match Segment::decode(bytes) {
            Ok(segment) => segment,
            Err(error) => return refused(RefusedCode::Malformed, error.to_string()),
        };
        if state.kept.tracks.contains_key(&sha256(bytes)) {
            return ItemResult::Duplicate;
        }
        if state.tracks_expire {
            return ItemResult::Expired;
        }
        if let Err(error) = segment.check_sender(&install.id, &install.person) {
            return refused(RefusedCode::NotYours, error.to_string());
        }
        let others: Vec<Segment> = state
            .kept
            .tracks
            .values()
            .map(|bytes| Segment::decode(bytes).unwrap())
            .collect();
        if let Err(error) = segment.check_beside(others.iter().map(|other| &other.header)) {
            return refused(RefusedCode::NameReused, error.to_string());
        }
        state.kept.tracks.insert(sha256(bytes), bytes.to_vec());
        let rows = self.fold().rows(&segment);
        join_rows(&mut state.kept.coverage, &rows);
        for (grid, day) in rows.keys() {
            let coverage = wire(&state.kept, grid, *day);
            state.kept.rows.push(Payload::Coverage { coverage });
        }
        ItemResult::Stored
    }

    pub(super) fn visit(&self, state: &mut State, bytes: &[u8]) -> ItemResult {
        let record = VisitRecord::decode(bytes).unwrap();
        if !state.kept.visits.insert(bytes.to_vec()) {
            return ItemResult::Duplicate;
        }
        let at = record.at.judge().at;
        let day = at.day_in(chrono_tz::Asia::Shanghai);
        let place = self
            .directory
            .key_places(at)
            .find(|place| place.id == record.place);
        let grid = place.unwrap().grid.clone();
        let how = match record.kind {
            VisitKind::CheckUp { .. } => "check_up",
            VisitKind::Excused { .. } => "excused",
        };
        let visits = state.kept.place_visits.entry((grid.clone(), FixDay::On(day)));
        visits.or_default().insert(PlaceVisit {
            place: record.place,
            at,
            how: how.to_owned(),
            reason: None,
        });
        let coverage = wire(&state.kept, &grid, FixDay::On(day));
        state.kept.rows.push(Payload::Coverage { coverage });
        ItemResult::Stored
    }

    pub(super) fn coverage_of(&self, state: &State, grid: &UnitId) -> Vec<GridCoverage> {
        let kept = &state.kept;
        let keys: BTreeSet<_> = kept.coverage.keys().chain(kept.place_visits.keys()).collect();
        let keys = keys.into_iter().filter(|(unit, _)| unit == grid);
        keys.map(|(grid, day)| wire(kept, grid, *day)).collect()
    }
}

fn wire(kept: &Kept, grid: &UnitId, day: FixDay) -> GridCoverage {
    let key = (grid.clone(), day);
    let coverage = kept.coverage.get(&key).cloned().unwrap_or_default();
    let visits = kept.place_visits.get(&key).cloned().unwrap_or_default();
    let maybe = coverage.maybe.iter().map(|(cause, cells)| MaybeCells {
        why: serde_json::to_value(cause).unwrap().as_str().unwrap().to_owned(),
        cells: cells.encode().into(),
    });
    GridCoverage {
        grid: grid.clone(),
        on: day.to_string(),
        seen: coverage.seen.encode().into(),
        maybe: maybe.collect(),
        patrols: Vec::new(),
        visits: visits.into_iter().collect(),
    }
}
