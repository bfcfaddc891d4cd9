//! The grounds of the township's grids, reckoned once for a directory and a day.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::device::State;
use crate::coverage::{CoverageFold, GridGround};
use crate::directory::Directory;
use crate::error::Error;
use crate::id::UnitId;
use crate::time::Timestamp;

/// The grids of a township as they are drawn on a day, ready to take segments.
#[derive(Debug)]
pub(in crate::app) struct Grounds {
    on: NaiveDate,
    /// The zone of civil days.
    pub(super) zone: Tz,
    /// Folds segments into rows.
    pub(super) fold: CoverageFold,
    /// The grids that have an outline.
    pub(super) by_grid: BTreeMap<UnitId, GridGround>,
}

impl Grounds {
    fn new(directory: &Directory, township: &UnitId, at: Timestamp) -> Self {
        let policy = directory.policy(township, at);
        let mut by_grid = BTreeMap::new();
        let mut drawn = Vec::new();
        for grid in directory.grids_under(township, at) {
            let unit = directory.unit(&grid, at);
            if let Some(ground) = unit.and_then(|unit| GridGround::of_unit(directory, unit, at)) {
                let sight = directory.policy(&grid, at).sight;
                drawn.push((ground.clone(), sight));
                by_grid.insert(grid, ground);
            }
        }
        Self {
            on: at.day_in(policy.zone),
            zone: policy.zone,
            fold: CoverageFold::new(township.clone(), policy.sight, policy.zone, drawn),
            by_grid,
        }
    }
}

impl State {
    /// The grounds of the profile's township as the directory has them now.
    pub(super) fn grounds(&mut self, now: Timestamp) -> Result<Arc<Grounds>, Error> {
        if let Some(grounds) = &self.grounds
            && grounds.on == now.day_in(grounds.zone)
        {
            return Ok(Arc::clone(grounds));
        }
        let township = self.identity.as_ref().ok_or(Error::NotEnrolled)?.township.clone();
        let grounds = Arc::new(Grounds::new(self.directory()?.as_ref(), &township, now));
        self.grounds = Some(Arc::clone(&grounds));
        Ok(grounds)
    }
}
