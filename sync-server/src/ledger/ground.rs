//! The outlines of a township as cells, in memory: what tracks are folded onto, and what shares are shares of.
//!
//! Everything here is reckoned from the directory and can be forgotten at any time. It is named by the hash of the outlines it was made
//! from, so that a day whose outlines are those of another day shares its cells.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use chrono::{Days, NaiveDate, TimeZone};
use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};
use xunge_core::coverage::{CoverageFold, CoverageRows, GridGround};
use xunge_core::directory::Directory;
use xunge_core::id::UnitId;
use xunge_core::patrol::{FixDay, Segment};
use xunge_core::time::Timestamp;

use super::locked;

/// Folds kept in memory; beyond it the memory is emptied.
const FOLDS_KEPT: usize = 64;

/// Grounds kept in memory: more than a county has grids.
const GROUNDS_KEPT: usize = 8_192;

/// Answers to "which fold at this instant" that are kept.
const INSTANTS_KEPT: usize = 256;

type Hash = [u8; 32];

/// The memory of cells.
#[derive(Default)]
pub(crate) struct Grounds {
    folds: Mutex<BTreeMap<Hash, Arc<CoverageFold>>>,
    grounds: Mutex<BTreeMap<Hash, Option<Arc<GridGround>>>>,
    instants: Mutex<BTreeMap<(UnitId, u64, Timestamp), Arc<CoverageFold>>>,
}

impl Grounds {
    /// The fold over a township's drawn grids as they stand at the instant.
    pub(crate) fn fold(
        &self,
        (version, directory): (u64, &Directory),
        township: &UnitId,
        at: Timestamp,
    ) -> Arc<CoverageFold> {
        let instant = (township.clone(), version, at);
        if let Some(fold) = locked(&self.instants).get(&instant) {
            return Arc::clone(fold);
        }
        let hash = outlines_hash(directory, township, at);
        let held = locked(&self.folds).get(&hash).map(Arc::clone);
        let fold = held.unwrap_or_else(|| {
            let fold = Arc::new(new_fold(directory, township, at));
            let mut folds = locked(&self.folds);
            if folds.len() >= FOLDS_KEPT {
                folds.clear();
            }
            folds.insert(hash, Arc::clone(&fold));
            fold
        });
        let mut instants = locked(&self.instants);
        if instants.len() >= INSTANTS_KEPT {
            instants.clear();
        }
        instants.insert(instant, Arc::clone(&fold));
        fold
    }

    /// The ground of a grid as the directory has it at the instant; `None` where no outline is drawn.
    pub(crate) fn ground(
        &self,
        directory: &Directory,
        grid: &UnitId,
        at: Timestamp,
    ) -> Option<Arc<GridGround>> {
        let unit = directory.unit(grid, at)?;
        let outline = unit.boundary.as_ref()?;
        let mut hash = Sha256::new();
        hash_text(&mut hash, grid.as_str());
        hash_outline(&mut hash, outline);
        for area in directory.excluded_areas(at) {
            if area.unit == *grid || directory.is_within(grid, &area.unit, at) {
                hash_text(&mut hash, &format!("{:?}", area.reason));
                hash_outline(&mut hash, &area.outline);
            }
        }
        let hash: Hash = hash.finalize().into();
        if let Some(held) = locked(&self.grounds).get(&hash) {
            return held.clone();
        }
        let ground = GridGround::of_unit(directory, unit, at).map(Arc::new);
        let mut grounds = locked(&self.grounds);
        if grounds.len() >= GROUNDS_KEPT {
            grounds.clear();
        }
        grounds.insert(hash, ground.clone());
        ground
    }

    /// The rows of a segment that was received at an instant, each day upon the outlines of that day as they were known then.
    pub(crate) fn rows(
        &self,
        directory: (u64, &Directory),
        township: &UnitId,
        segment: &Segment,
        received_at: Timestamp,
    ) -> CoverageRows {
        let zone = directory.1.policy(township, received_at).zone;
        let days: BTreeSet<FixDay> = segment.fixes.iter().map(|fix| fix.day_in(zone)).collect();
        let mut rows = CoverageRows::new();
        for day in days {
            let fold = self.fold(directory, township, known_at(day, received_at, zone));
            for ((unit, on), cells) in fold.rows(segment) {
                if on == day {
                    let key = (unit, believable(on, received_at, zone));
                    rows.entry(key).or_default().join(&cells);
                }
            }
        }
        rows
    }
}

/// The instant as of which the directory says how a day's outlines stood: the end of the day, or receipt where that was earlier.
pub(crate) fn known_at(day: FixDay, received_at: Timestamp, zone: Tz) -> Timestamp {
    match day {
        FixDay::On(day) => day_end(day, zone).min(received_at),
        FixDay::Unknown => received_at,
    }
}

/// A day that lies after the day of receipt (and one for the zones) is no day of a walk: nobody knows which it was.
pub(crate) fn believable(day: FixDay, received_at: Timestamp, zone: Tz) -> FixDay {
    let latest = received_at.day_in(zone) + Days::new(1);
    match day {
        FixDay::On(day) if day > latest => FixDay::Unknown,
        day => day,
    }
}

/// The first instant of a civil day.
pub(crate) fn day_start(day: NaiveDate, zone: Tz) -> Timestamp {
    let midnight = day.and_hms_opt(0, 0, 0).expect("midnight is a time of day");
    let instant = zone.from_local_datetime(&midnight).earliest();
    Timestamp(instant.map_or_else(
        || midnight.and_utc().timestamp_millis(),
        |at| at.timestamp_millis(),
    ))
}

/// The last instant of a civil day.
pub(crate) fn day_end(day: NaiveDate, zone: Tz) -> Timestamp {
    let next = day.succ_opt().unwrap_or(NaiveDate::MAX);
    day_start(next, zone).plus_ms(-1)
}

fn new_fold(directory: &Directory, township: &UnitId, at: Timestamp) -> CoverageFold {
    let policy = directory.policy(township, at);
    let grids = directory.grids_under(township, at);
    let ground = |grid: &UnitId| {
        let outline = directory.unit(grid, at)?.boundary.as_ref()?;
        let ground = GridGround::new(grid.clone(), outline, []).ok()?;
        Some((ground, directory.policy(grid, at).sight))
    };
    let drawn = grids.iter().filter_map(ground).collect();
    CoverageFold::new(township.clone(), policy.sight, policy.zone, drawn)
}

/// Names how a township's ground stands: its grids with their outlines and sights, and its zone.
pub(crate) fn outlines_hash(directory: &Directory, township: &UnitId, at: Timestamp) -> Hash {
    let policy = directory.policy(township, at);
    let mut hash = Sha256::new();
    hash_text(&mut hash, township.as_str());
    hash_text(&mut hash, policy.zone.name());
    hash_text(&mut hash, &format!("{:?}", policy.sight));
    for grid in directory.grids_under(township, at) {
        let outline = directory.unit(&grid, at).and_then(|unit| unit.boundary.as_ref());
        if let Some(outline) = outline {
            hash_text(&mut hash, grid.as_str());
            hash_text(&mut hash, &format!("{:?}", directory.policy(&grid, at).sight));
            hash_outline(&mut hash, outline);
        }
    }
    hash.finalize().into()
}

fn hash_text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

fn hash_outline(hash: &mut Sha256, outline: &[Vec<Vec<[f64; 2]>>]) {
    for ring in outline.iter().flatten() {
        hash.update((ring.len() as u64).to_be_bytes());
        for point in ring {
            hash.update(point[0].to_be_bytes());
            hash.update(point[1].to_be_bytes());
        }
    }
}
