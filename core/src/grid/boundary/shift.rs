//! Whether an outline was drawn on a shifted map (GCJ-02): seen by comparing it with borders that are known to be right.

use rstar::primitives::{GeomWithData, Line as TreeLine};
use rstar::{PointDistance, RTree};

use super::{Boundary, BoundaryProblem, Coordinates, apart_m};
use crate::place::{EARTH_RADIUS_M, Position, gcj02_to_wgs84};

/// An outline of which a quarter lies within this distance of known borders is not suspected, in metres.
const APART_M_MIN: f64 = 20.0;

/// A shift back must bring that quarter to this part of the distance before.
const FITS_SHARE_MAX: f64 = 0.25;

/// How far apart the points are that are compared along an outline, in metres.
const STEP_M: f64 = 25.0;

/// The most points that are compared along one edge.
const STEPS_MAX: f64 = 40.0;

/// Borders that are known to be WGS 84: of neighbouring grids, of the village or township above.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The edges in metres around `origin`.
    edges: RTree<GeomWithData<TreeLine<[f64; 2]>, ()>>,
    origin: [f64; 2],
}

impl Reference {
    /// The borders of these outlines; `None` where there is not a single edge.
    pub fn new<'a>(outlines: impl IntoIterator<Item = &'a Coordinates>) -> Option<Self> {
        let rings: Vec<&Vec<[f64; 2]>> = outlines.into_iter().flatten().flatten().collect();
        let origin = *rings.iter().find_map(|ring| ring.first())?;
        let edge = |pair: &[[f64; 2]]| {
            GeomWithData::new(TreeLine::new(flat(pair[0], origin), flat(pair[1], origin)), ())
        };
        let edges: Vec<_> = rings.iter().flat_map(|ring| ring.windows(2).map(edge)).collect();
        (!edges.is_empty()).then(|| Self {
            edges: RTree::bulk_load(edges),
            origin,
        })
    }

    /// The quarter of these points that lies nearest to the known borders lies within this distance, in metres. A quarter, since a grid
    /// at the edge of what is known shares only a part of its border with it.
    fn apart_m(&self, points: impl Iterator<Item = [f64; 2]>) -> Option<f64> {
        let mut apart: Vec<f64> = points
            .filter_map(|at| {
                let at = flat(at, self.origin);
                let nearest = self.edges.nearest_neighbor(&at)?;
                Some(nearest.distance_2(&at).sqrt())
            })
            .collect();
        apart.sort_by(f64::total_cmp);
        apart.get(apart.len().checked_sub(1)? / 4).copied()
    }

    /// Says so where the outline does not fit these borders as it is, and does when it is shifted back from GCJ-02.
    pub fn check(&self, boundary: &Boundary) -> Result<(), BoundaryProblem> {
        let points = points_along(boundary.coordinates());
        let Some(apart_m) = self.apart_m(points.iter().copied()) else {
            return Ok(());
        };
        if apart_m < APART_M_MIN {
            return Ok(());
        }
        let back = |[lon_deg, lat_deg]: &[f64; 2]| {
            let gcj = Position {
                lat_deg: *lat_deg,
                lon_deg: *lon_deg,
            };
            gcj02_to_wgs84(gcj).to_geojson()
        };
        let apart_shifted_m = self.apart_m(points.iter().map(back)).unwrap_or(f64::INFINITY);
        if apart_shifted_m <= apart_m * FITS_SHARE_MAX {
            Err(BoundaryProblem::LooksLikeGcj02 {
                apart_m,
                apart_shifted_m,
            })
        } else {
            Ok(())
        }
    }
}

/// Points along all rings, [`STEP_M`] apart.
fn points_along(outline: &Coordinates) -> Vec<[f64; 2]> {
    let mut points = Vec::new();
    for pair in outline.iter().flatten().flat_map(|ring| ring.windows(2)) {
        let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
        let steps = (apart_m(pair[0], pair[1]) / STEP_M).ceil().clamp(1.0, STEPS_MAX);
        let mut step = 0.0;
        while step < steps {
            let part = step / steps;
            points.push([ax + (bx - ax) * part, ay + (by - ay) * part]);
            step += 1.0;
        }
    }
    points
}

/// Metres east and north of an origin.
fn flat([lon, lat]: [f64; 2], [lon0, lat0]: [f64; 2]) -> [f64; 2] {
    let scale = EARTH_RADIUS_M.to_radians();
    [
        (lon - lon0) * scale * lat0.to_radians().cos(),
        (lat - lat0) * scale,
    ]
}
