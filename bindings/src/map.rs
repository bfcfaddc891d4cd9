//! The map drawn from the phone's own data, and the coverage of all grids in scope.

use xunge_core::app as core;
use xunge_core::app::{
    CoverageRow, MapCellKind, MapCells, MapOutline, MapPlace, MapPoint, MapScene, MapTrack,
};
use xunge_core::id::UnitId;
use xunge_core::patrol::GapCause;
use xunge_core::place::Position;

use crate::device::Device;
use crate::error::CoreError;

/// What is to be drawn.
#[derive(Clone, Debug, uniffi::Record)]
pub struct MapQuery {
    /// The middle.
    pub centre: Position,
    /// How far around it, in metres, 50..=5,000.
    pub radius_m: f64,
    /// Of which period (`2026-11-22`, `2026-W47`, `2026-11`; `None`: this week) cells and track are shown.
    pub period: Option<String>,
}

/// A point in metres east and north of the middle.
#[uniffi::remote(Record)]
pub struct MapPoint {
    /// Metres east.
    pub x: f64,
    /// Metres north.
    pub y: f64,
}

/// A grid's outline.
#[uniffi::remote(Record)]
pub struct MapOutline {
    /// The grid.
    pub grid: UnitId,
    /// Its name.
    pub name: String,
    /// Its rings, each closed by going back to its first point; holes too.
    pub rings: Vec<Vec<MapPoint>>,
}

/// What is known of cells.
#[uniffi::remote(Enum)]
pub enum MapCellKind {
    /// Seen in the period.
    Seen,
    /// Nobody can tell.
    Unknown,
    /// Not seen.
    Unseen,
}

/// Cells beside each other in one row, as one rectangle in metres.
#[uniffi::remote(Record)]
pub struct MapCells {
    /// What is known of them.
    pub kind: MapCellKind,
    /// The western edge.
    pub west: f64,
    /// The southern edge.
    pub south: f64,
    /// The eastern edge.
    pub east: f64,
    /// The northern edge.
    pub north: f64,
}

/// A key place.
#[uniffi::remote(Record)]
pub struct MapPlace {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where.
    pub at: MapPoint,
    /// Whether somebody should go there.
    pub is_open: bool,
}

/// A stretch of the own track without a gap.
#[uniffi::remote(Record)]
pub struct MapTrack {
    /// Why nothing is known of the time before it; `None` for the beginning of a patrol.
    pub gap_before: Option<GapCause>,
    /// Its points in order.
    pub points: Vec<MapPoint>,
}

/// What a shell draws.
#[uniffi::remote(Record)]
pub struct MapScene {
    /// How far it reaches around the middle, in metres.
    pub radius_m: f64,
    /// The outlines of the grids in scope that touch it.
    pub outlines: Vec<MapOutline>,
    /// Cells, by row from the south.
    pub cells: Vec<MapCells>,
    /// Key places of the grids in scope, overdue ones first.
    pub key_places: Vec<MapPlace>,
    /// The own track of the period.
    pub track: Vec<MapTrack>,
    /// Where the last kept fix was, while a patrol is under way.
    pub me: Option<MapPoint>,
}

/// The coverage of one grid among all that somebody answers for.
#[uniffi::remote(Record)]
pub struct CoverageRow {
    /// The grid.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The village that it belongs to; empty where it belongs to none.
    pub village: String,
    /// Whether it has an outline; without one all numbers of cells are 0.
    pub has_outline: bool,
    /// Reachable cells that were seen in the period.
    pub seen: u64,
    /// … of which nobody can tell.
    pub unknown: u64,
    /// … that were not seen.
    pub unseen: u64,
    /// All cells that count.
    pub reachable: u64,
    /// How many days ago anything of it was seen, 0 for today; `None` where not within 42 days.
    pub unseen_days: Option<i64>,
    /// Places that nobody saw in the last four weeks.
    pub blind_spot_count: u32,
    /// Key places that are due or overdue.
    pub key_places_due: u32,
}

#[uniffi::export]
impl Device {
    /// What lies around a position: the grids in scope with what was seen of them in the period.
    pub fn map(&self, query: MapQuery) -> Result<MapScene, CoreError> {
        let MapQuery {
            centre,
            radius_m,
            period,
        } = query;
        Ok(self.inner.map(&core::MapQuery {
            centre,
            radius_m,
            period: self.period(period)?,
        })?)
    }

    /// The coverage of every grid in scope (`None`: this week): what was not seen for longest first, then by the least share seen.
    pub fn coverage_rows(&self, period: Option<String>) -> Result<Vec<CoverageRow>, CoreError> {
        let period = self.period(period)?;
        Ok(self.inner.coverage_rows(period)?)
    }
}
