//! Which grid a position lies in, and how sure that is.
//!
//! A position is a circle, not a point: where it crosses a border the app must ask, with the likely grids first. A grid without a polygon
//! is chosen by name. All distances are metres on the ground.

use std::sync::Arc;

use geo::{Intersects, LineString, MultiPolygon, Point, Polygon};
use rstar::{AABB, RTree, RTreeObject};
use serde::{Deserialize, Serialize};

use crate::directory::{Directory, Unit};
use crate::id::UnitId;
use crate::in_order::InOrder;
use crate::place::{EARTH_RADIUS_M, PlaceClaim, Position};
use crate::time::Timestamp;

mod boundary;

pub use boundary::{
    AREA_M2_MIN, Boundary, BoundaryProblem, Coordinates, OutlinedFeature, POINTS_MAX, Reference, RingPlace,
    WIDTH_M_MIN, edges, holds, read_features,
};

/// The error that is assumed where the phone does not say its own, in metres.
pub const UNKNOWN_ACCURACY_M: f64 = 100.0;

/// The farthest at which a grid is still named as the nearest or offered as a candidate, in metres.
pub const NEAREST_M_MAX: f64 = 2_000.0;

/// The most grids that are offered at once.
pub const CANDIDATES_MAX: usize = 8;

/// A grid with its distance from a position.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// The grid.
    pub grid: UnitId,
    /// Whether the middle of the error circle lies in it.
    pub is_inside: bool,
    /// How far the middle of the error circle is from the grid's border, in metres: inside as well as outside.
    pub border_m: f64,
}

/// What is known about the grid of a position.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum GridAnswer {
    /// The whole error circle lies in this grid alone.
    Inside {
        /// The grid.
        grid: UnitId,
    },
    /// The error circle touches more than this: ask. Grids that hold the middle come first, then the nearest.
    Ask {
        /// The grids, at most [`CANDIDATES_MAX`]. Where there is one only, the circle also reaches beyond all drawn grids.
        candidates: Vec<Candidate>,
    },
    /// In no drawn grid.
    Outside {
        /// The nearest drawn grid, if one is within [`NEAREST_M_MAX`].
        nearest: Option<Candidate>,
    },
    /// The claim is no position.
    NoPosition,
}

/// The drawn grids of a directory at one instant, ready for thousands of questions.
#[derive(Clone, Debug)]
pub struct GridIndex {
    tree: RTree<Outline>,
    undrawn: Vec<UnitId>,
}

#[derive(Clone, Debug)]
struct Outline {
    grid: UnitId,
    area: Arc<MultiPolygon>,
    bounds: AABB<[f64; 2]>,
}

impl RTreeObject for Outline {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        self.bounds
    }
}

impl GridIndex {
    /// The grids that stand at the instant. Outlines without a usable ring count as not drawn.
    pub fn new(directory: &Directory, at: Timestamp) -> Self {
        Self::of_units(directory.units(at).filter(|unit| unit.kind.is_grid()))
    }

    /// The outlines of these units, whatever their kind.
    pub fn of_units<'a>(units: impl Iterator<Item = &'a Unit>) -> Self {
        let mut outlines = Vec::new();
        let mut undrawn = Vec::new();
        for unit in units {
            match unit
                .boundary
                .as_deref()
                .and_then(|polygons| outline(&unit.id, polygons))
            {
                Some(outline) => outlines.push(outline),
                None => undrawn.push(unit.id.clone()),
            }
        }
        Self {
            tree: RTree::bulk_load(outlines),
            undrawn,
        }
    }

    /// The grids without a polygon, by code: offered by name wherever the answer is not [`GridAnswer::Inside`].
    pub fn undrawn(&self) -> &[UnitId] {
        &self.undrawn
    }

    /// Which grid the claim lies in.
    pub fn locate(&self, claim: &PlaceClaim) -> GridAnswer {
        if claim.position.check().is_err() {
            return GridAnswer::NoPosition;
        }
        let radius_m = if claim.accuracy_m.is_finite() && claim.accuracy_m > 0.0 {
            claim.accuracy_m.min(NEAREST_M_MAX)
        } else {
            UNKNOWN_ACCURACY_M
        };
        let mut touched = self.near(claim.position, radius_m);
        match touched.as_slice() {
            [] => GridAnswer::Outside {
                nearest: self.near(claim.position, NEAREST_M_MAX).into_iter().next(),
            },
            [only] if only.is_inside && only.border_m >= radius_m => GridAnswer::Inside {
                grid: only.grid.clone(),
            },
            [..] => {
                touched.truncate(CANDIDATES_MAX);
                GridAnswer::Ask { candidates: touched }
            }
        }
    }

    /// The grids that hold the position, by code; several where outlines overlap or share the border on which it lies.
    pub fn holding(&self, position: Position) -> Vec<UnitId> {
        let mut grids: Vec<UnitId> = self
            .near(position, 0.0)
            .into_iter()
            .filter(|candidate| candidate.is_inside)
            .map(|candidate| candidate.grid)
            .collect();
        grids.order_by(Ord::cmp);
        grids
    }

    /// The grids that a circle touches: those that hold its middle first (the deepest inside first), then by distance, then by code.
    fn near(&self, position: Position, radius_m: f64) -> Vec<Candidate> {
        let [lon, lat] = position.to_geojson();
        let reach_lat = (radius_m / EARTH_RADIUS_M).to_degrees() * 1.001 + 1e-9;
        let reach_lon = reach_lat / lat.to_radians().cos().max(0.01);
        let reach = AABB::from_corners(
            [lon - reach_lon, lat - reach_lat],
            [lon + reach_lon, lat + reach_lat],
        );
        let mut candidates: Vec<Candidate> = self
            .tree
            .locate_in_envelope_intersecting(&reach)
            .map(|outline| Candidate {
                grid: outline.grid.clone(),
                is_inside: outline.area.intersects(&Point::new(lon, lat)),
                border_m: border_m(&outline.area, position),
            })
            .filter(|candidate| candidate.is_inside || candidate.border_m <= radius_m)
            .collect();
        let deep = |c: &Candidate| if c.is_inside { -c.border_m } else { c.border_m };
        candidates.order_by(|a, b| deep(a).total_cmp(&deep(b)).then_with(|| a.grid.cmp(&b.grid)));
        candidates
    }
}

fn outline(grid: &UnitId, polygons: &[Vec<Vec<[f64; 2]>>]) -> Option<Outline> {
    let ring = |ring: &Vec<[f64; 2]>| ring.iter().map(|[lon, lat]| (*lon, *lat)).collect::<LineString>();
    let usable = |ring: &&Vec<[f64; 2]>| ring.len() >= 4 && ring.iter().flatten().all(|x| x.is_finite());
    let area: MultiPolygon = polygons
        .iter()
        .filter(|rings| rings.first().filter(usable).is_some())
        .map(|rings| {
            Polygon::new(
                ring(&rings[0]),
                rings[1..].iter().filter(usable).map(ring).collect(),
            )
        })
        .collect();
    let corners: Vec<[f64; 2]> = area
        .iter()
        .flat_map(|polygon| polygon.exterior().coords())
        .map(|c| [c.x, c.y])
        .collect();
    (!corners.is_empty()).then(|| Outline {
        grid: grid.clone(),
        area: Arc::new(area),
        bounds: AABB::from_points(&corners),
    })
}

/// The distance from a position to the nearest border of an outline in metres, holes included.
fn border_m(area: &MultiPolygon, from: Position) -> f64 {
    let scale_lat = EARTH_RADIUS_M.to_radians();
    let scale_lon = scale_lat * from.lat_deg.to_radians().cos();
    let flat = |c: &geo::Coord| ((c.x - from.lon_deg) * scale_lon, (c.y - from.lat_deg) * scale_lat);
    let rings = area
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let mut least = f64::INFINITY;
    for ring in rings {
        for pair in ring.0.windows(2) {
            least = least.min(origin_to_segment(flat(&pair[0]), flat(&pair[1])));
        }
    }
    least
}

/// The distance from the origin to the segment between two points, in their unit.
fn origin_to_segment((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length_squared = dx * dx + dy * dy;
    let along = if length_squared > 0.0 {
        (-(ax * dx + ay * dy) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (ax + along * dx).hypot(ay + along * dy)
}

#[cfg(test)]
mod tests;
