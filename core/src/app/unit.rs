//! Grids and other units by name, and one category in one version: what forms and lists put beside a code.

use super::Device;
use crate::directory::{Category, Unit};
use crate::error::Error;
use crate::id::{CategoryId, UnitId};
use crate::in_order::InOrder;
use crate::initials::fit;

/// The most grids that a search answers.
const FOUND_MAX: usize = 50;

/// A grid as people call it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GridName {
    /// The grid.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The name of its village; empty where it has none.
    pub village: String,
}

impl Device {
    /// The grids that this person's posts let him see, by code. Empty before the first sync.
    pub fn own_grids(&self) -> Result<Vec<GridName>, Error> {
        let (person, township) = (self.info().person.clone(), self.info().township.clone());
        self.read(|_, context| {
            let (directory, now) = (context.directory, context.now());
            let scope = directory.scope_grids(&person, &township, now);
            let units = scope
                .iter()
                .filter_map(|grid| directory.last_known_unit(grid, now));
            let village = |unit: &Unit| {
                directory
                    .village_of(&unit.id, now)
                    .map(|village| village.name.clone())
            };
            Ok(units.map(|unit| grid_name(unit, village(unit))).collect())
        })
    }

    /// The township's grids whose name or village fits what is typed (signs, pinyin, initials), the best first; all by code where nothing
    /// is typed.
    pub fn search_grids(&self, text: &str) -> Result<Vec<GridName>, Error> {
        let township = self.info().township.clone();
        self.read(|_, context| {
            let (directory, now) = (context.directory, context.now());
            let mut found = Vec::new();
            for id in directory.grids_under(&township, now) {
                let Some(unit) = directory.unit(&id, now) else {
                    continue;
                };
                let village = directory.village_of(&id, now).map(|village| village.name.clone());
                let grid = grid_name(unit, village);
                let by_name = fit(&grid.name, text).map(|fit| (false, fit));
                let rank = by_name.or_else(|| fit(&grid.village, text).map(|fit| (true, fit)));
                if text.is_empty() || rank.is_some() {
                    found.push((rank, grid));
                }
            }
            found.order_by(|(a, one), (b, other)| (a, &one.unit).cmp(&(b, &other.unit)));
            found.truncate(FOUND_MAX);
            Ok(found.into_iter().map(|(_, grid)| grid).collect())
        })
    }

    /// The name of a unit as this phone last knew it; its code where it never did.
    pub fn unit_name(&self, unit: &UnitId) -> Result<String, Error> {
        self.read(|_, context| {
            let known = context.directory.last_known_unit(unit, context.now());
            Ok(known.map_or_else(|| unit.to_string(), |unit| unit.name.clone()))
        })
    }

    /// One version of a category, or its newest where this phone does not have that one.
    pub fn category(&self, id: &CategoryId, version: u32) -> Result<Option<Category>, Error> {
        self.read(|_, context| {
            let exact = context.directory.category(id, version);
            Ok(exact.or_else(|| context.directory.category_newest(id)).cloned())
        })
    }
}

fn grid_name(unit: &Unit, village: Option<String>) -> GridName {
    GridName {
        unit: unit.id.clone(),
        name: unit.name.clone(),
        village: village.unwrap_or_default(),
    }
}
