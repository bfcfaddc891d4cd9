//! Outlines of units: read from GeoJSON and checked before anything relies on them.
//!
//! Holes are honoured. Everything that is wrong is named at once with what to do about it. Coordinates are `[lon, lat]` in degrees,
//! WGS 84 (CGCS2000 is the same within centimetres); nothing is repaired silently but doubled points.

use geojson::{GeoJson, GeometryValue, Position as GeoPosition};
use serde::{Deserialize, Serialize};

use crate::place::{EARTH_RADIUS_M, Position};

mod edge;
mod feature;
mod overlap;
mod rings;
mod shift;

pub use edge::{edges, holds};
pub use feature::{OutlinedFeature, read_features};
pub use shift::Reference;

/// The most points of one outline.
pub const POINTS_MAX: usize = 10_000;

/// The least area of an outline in square metres.
pub const AREA_M2_MIN: f64 = 100.0;

/// The least mean width of an outline in metres: below it, two borders that should be one left a sliver between them.
pub const WIDTH_M_MIN: f64 = 2.0;

/// The coordinates of an outline: polygons of rings (the outer one first, then holes) of `[lon, lat]`.
pub type Coordinates = Vec<Vec<Vec<[f64; 2]>>>;

/// An outline that was checked: closed, simple rings with holes inside, somewhere in China.
#[derive(Clone, PartialEq, Debug)]
pub struct Boundary {
    polygons: Coordinates,
}

/// Which ring of an outline, counting from 1 as people do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct RingPlace {
    /// The polygon.
    pub polygon: usize,
    /// The ring within it; 1 is the outer one, the others are holes.
    pub ring: usize,
}

impl std::fmt::Display for RingPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "polygon {}, ring {}", self.polygon, self.ring)
    }
}

/// What is wrong with an outline, and what to do about it.
#[derive(Clone, PartialEq, Debug, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum BoundaryProblem {
    /// The text is no GeoJSON.
    #[error("not readable as GeoJSON ({detail}): export the layer again as GeoJSON")]
    NotGeojson {
        /// Where and why reading ended.
        detail: String,
    },
    /// Another geometry than an area.
    #[error("a {found} is not an area: a Polygon or MultiPolygon is needed")]
    NotAnArea {
        /// The geometry's type.
        found: String,
    },
    /// One outline was expected.
    #[error("{count} features stand where one outline is expected: import them as a collection")]
    NotOne {
        /// How many there are.
        count: usize,
    },
    /// There are no coordinates.
    #[error("the outline is empty: leave it out, and the grid is chosen by name")]
    Empty,
    /// Another coordinate system is named.
    #[error(
        "the coordinate system is {name}: convert the layer to WGS 84 (EPSG:4326) or CGCS2000 (EPSG:4490)"
    )]
    OtherSystem {
        /// Its name.
        name: String,
    },
    /// Coordinates are metres of some projection.
    #[error(
        "the coordinates ({x}, {y}) are not degrees: export the layer in WGS 84 (EPSG:4326), not projected"
    )]
    NotDegrees {
        /// The first number of the first such pair.
        x: f64,
        /// The second.
        y: f64,
    },
    /// Latitude stands before longitude.
    #[error("latitude stands before longitude ({x}, {y}): GeoJSON wants longitude first, swap them")]
    Swapped {
        /// The first number of the first pair.
        x: f64,
        /// The second.
        y: f64,
    },
    /// A point outside China.
    #[error("the point {lat_deg}° N, {lon_deg}° E lies outside China: correct the point")]
    OutsideChina {
        /// Degrees north.
        lat_deg: f64,
        /// Degrees east.
        lon_deg: f64,
    },
    /// A coordinate is not a number.
    #[error("{place}: a coordinate is not a number")]
    NotANumber {
        /// The ring.
        place: RingPlace,
    },
    /// Fewer than three different points.
    #[error("{place}: a ring needs at least three different points")]
    TooFewPoints {
        /// The ring.
        place: RingPlace,
    },
    /// More than [`POINTS_MAX`] points.
    #[error("{count} points are more than {POINTS_MAX}: simplify the outline")]
    TooManyPoints {
        /// How many there are.
        count: usize,
    },
    /// The last point is not the first.
    #[error(
        "{place}: the ring is not closed, its ends are {gap_m:.1} m apart: repeat the first point at the end"
    )]
    NotClosed {
        /// The ring.
        place: RingPlace,
        /// The distance between its ends in metres.
        gap_m: f64,
    },
    /// The ring crosses or touches itself.
    #[error("{place}: the ring meets itself near {lat_deg:.6}° N, {lon_deg:.6}° E: redraw it there")]
    SelfIntersection {
        /// The ring.
        place: RingPlace,
        /// Degrees north of the first such point.
        lat_deg: f64,
        /// Degrees east.
        lon_deg: f64,
    },
    /// Two rings cross or share a stretch.
    #[error("{place} crosses {other} near {lat_deg:.6}° N, {lon_deg:.6}° E: redraw one of them there")]
    RingsCross {
        /// One ring.
        place: RingPlace,
        /// The other.
        other: RingPlace,
        /// Degrees north.
        lat_deg: f64,
        /// Degrees east.
        lon_deg: f64,
    },
    /// A hole outside its polygon.
    #[error("{place}: the hole lies outside its polygon: make it a polygon of its own or take it out")]
    HoleOutside {
        /// The hole.
        place: RingPlace,
    },
    /// One polygon or hole lies within another.
    #[error("{place} lies within {other}: take it out")]
    Nested {
        /// The inner ring.
        place: RingPlace,
        /// The outer ring.
        other: RingPlace,
    },
    /// Too small or too thin to be an area.
    #[error("{area_m2:.0} m² and {width_m:.1} m wide on average: a sliver, not an area; take it out")]
    Sliver {
        /// The area in square metres.
        area_m2: f64,
        /// Twice the area by the length of the border, in metres.
        width_m: f64,
    },
    /// The coordinates fit their neighbours after a shift back from GCJ-02.
    #[error(
        "the outline lies {apart_m:.0} m off its neighbours and fits them when shifted back from GCJ-02: convert it to WGS 84"
    )]
    LooksLikeGcj02 {
        /// How far off it lies as it is, in metres (median).
        apart_m: f64,
        /// How far off it lies after the shift, in metres (median).
        apart_shifted_m: f64,
    },
}

impl Boundary {
    /// Reads one outline: a Polygon or MultiPolygon, a Feature of one, or a collection of a single Feature.
    pub fn from_geojson(text: &str) -> Result<Self, Vec<BoundaryProblem>> {
        let geojson: GeoJson = parse(text)?;
        check_system(&geojson).map_err(|problem| vec![problem])?;
        let geometry = match geojson {
            GeoJson::Geometry(geometry) => Some(geometry),
            GeoJson::Feature(feature) => feature.geometry,
            GeoJson::FeatureCollection(mut all) if all.features.len() == 1 => all.features.remove(0).geometry,
            GeoJson::FeatureCollection(all) if all.features.is_empty() => None,
            GeoJson::FeatureCollection(all) => {
                let count = all.features.len();
                return Err(vec![BoundaryProblem::NotOne { count }]);
            }
        };
        let geometry = geometry.ok_or_else(|| vec![BoundaryProblem::Empty])?;
        Self::from_geometry(&geometry.value)
    }

    /// Reads the outline of one geometry.
    pub(crate) fn from_geometry(value: &GeometryValue) -> Result<Self, Vec<BoundaryProblem>> {
        let pair = |at: &GeoPosition| match at.as_slice() {
            [lon, lat, ..] => [*lon, *lat],
            _ => [f64::NAN; 2],
        };
        let ring = |ring: &Vec<GeoPosition>| ring.iter().map(pair).collect::<Vec<_>>();
        let polygon = |rings: &Vec<Vec<GeoPosition>>| rings.iter().map(ring).collect::<Vec<_>>();
        match value {
            GeometryValue::Polygon { coordinates } => Self::new(vec![polygon(coordinates)]),
            GeometryValue::MultiPolygon { coordinates } => {
                Self::new(coordinates.iter().map(polygon).collect())
            }
            other => Err(vec![BoundaryProblem::NotAnArea {
                found: other.type_name().to_owned(),
            }]),
        }
    }

    /// The outline after checking it. Doubled points are dropped; everything else that is wrong is named, all at once where one problem
    /// does not hide another.
    pub fn new(mut polygons: Coordinates) -> Result<Self, Vec<BoundaryProblem>> {
        polygons.retain(|rings| !rings.is_empty());
        check_numbers(&polygons)?;
        for ring in polygons.iter_mut().flatten() {
            ring.dedup();
        }
        rings::check(&polygons)?;
        let boundary = Self { polygons };
        let (area_m2, width_m) = (boundary.area_m2(), boundary.width_m());
        if area_m2 < AREA_M2_MIN || width_m < WIDTH_M_MIN {
            return Err(vec![BoundaryProblem::Sliver { area_m2, width_m }]);
        }
        Ok(boundary)
    }

    /// The coordinates, as a [`Unit`](crate::directory::Unit) holds them.
    pub fn into_coordinates(self) -> Coordinates {
        self.polygons
    }

    /// The coordinates.
    pub fn coordinates(&self) -> &Coordinates {
        &self.polygons
    }

    /// The area on the ground without holes, in square metres (within 1 %).
    pub fn area_m2(&self) -> f64 {
        let of_rings = |rings: &Vec<Vec<[f64; 2]>>| {
            let mut areas = rings.iter().map(|ring| ring_area_m2(ring));
            areas.next().unwrap_or(0.0) - areas.sum::<f64>()
        };
        self.polygons.iter().map(of_rings).sum()
    }

    /// Twice the area by the length of all borders: what a long shape measures across, in metres.
    fn width_m(&self) -> f64 {
        let length_m: f64 = self
            .polygons
            .iter()
            .flatten()
            .map(|ring| ring.windows(2).map(|pair| apart_m(pair[0], pair[1])).sum::<f64>())
            .sum();
        if length_m > 0.0 {
            2.0 * self.area_m2() / length_m
        } else {
            0.0
        }
    }
}

/// The distance between two `[lon, lat]` pairs in metres.
fn apart_m([lon, lat]: [f64; 2], [other_lon, other_lat]: [f64; 2]) -> f64 {
    let at = |lat_deg, lon_deg| Position { lat_deg, lon_deg };
    at(lat, lon).distance_m(&at(other_lat, other_lon))
}

fn parse(text: &str) -> Result<GeoJson, Vec<BoundaryProblem>> {
    // Files that Windows programs write begin with a byte order mark.
    text.trim_start_matches('\u{feff}')
        .parse()
        .map_err(|e: geojson::Error| {
            let detail = e.to_string().chars().take(200).collect();
            vec![BoundaryProblem::NotGeojson { detail }]
        })
}

/// GeoJSON is WGS 84; older files may name another system.
fn check_system(geojson: &GeoJson) -> Result<(), BoundaryProblem> {
    let members = match geojson {
        GeoJson::Geometry(x) => &x.foreign_members,
        GeoJson::Feature(x) => &x.foreign_members,
        GeoJson::FeatureCollection(x) => &x.foreign_members,
    };
    let Some(crs) = members
        .as_ref()
        .and_then(|m| m.get("crs"))
        .filter(|crs| !crs.is_null())
    else {
        return Ok(());
    };
    let name = crs.pointer("/properties/name").and_then(|name| name.as_str());
    let name: String = name.map_or_else(|| crs.to_string(), str::to_owned);
    if ["CRS84", "4326", "4490"]
        .iter()
        .any(|known| name.ends_with(known))
    {
        Ok(())
    } else {
        let name = name.chars().take(100).collect();
        Err(BoundaryProblem::OtherSystem { name })
    }
}

/// Whether the pair can be `[lon, lat]` of China, territorial sea and islands included.
fn is_chinese([lon, lat]: [f64; 2]) -> bool {
    (73.0..=136.0).contains(&lon) && (3.0..=54.0).contains(&lat)
}

/// Problems that would make every later check meaningless.
fn check_numbers(polygons: &Coordinates) -> Result<(), Vec<BoundaryProblem>> {
    let points = || polygons.iter().flatten().flatten();
    let count = points().count();
    if count == 0 {
        return Err(vec![BoundaryProblem::Empty]);
    }
    if count > POINTS_MAX {
        return Err(vec![BoundaryProblem::TooManyPoints { count }]);
    }
    if let Some(place) = rings::places(polygons)
        .find(|(_, ring)| ring.iter().flatten().any(|x| !x.is_finite()))
        .map(|(place, _)| place)
    {
        return Err(vec![BoundaryProblem::NotANumber { place }]);
    }
    if let Some([x, y]) = points().find(|[x, y]| x.abs() > 180.0 || y.abs() > 180.0) {
        return Err(vec![BoundaryProblem::NotDegrees { x: *x, y: *y }]);
    }
    if points().all(|[x, y]| is_chinese([*y, *x])) {
        let [x, y] = points().next().expect("there are points");
        return Err(vec![BoundaryProblem::Swapped { x: *x, y: *y }]);
    }
    if let Some([lon, lat]) = points().find(|pair| !is_chinese(**pair)) {
        return Err(vec![BoundaryProblem::OutsideChina {
            lat_deg: *lat,
            lon_deg: *lon,
        }]);
    }
    Ok(())
}

/// The area of a ring in square metres, whichever way it turns: planar, in metres around its first point.
fn ring_area_m2(ring: &[[f64; 2]]) -> f64 {
    let Some([lon0, lat0]) = ring.first().copied() else {
        return 0.0;
    };
    let scale_lat = EARTH_RADIUS_M.to_radians();
    let scale_lon = scale_lat * lat0.to_radians().cos();
    let flat = |[lon, lat]: [f64; 2]| ((lon - lon0) * scale_lon, (lat - lat0) * scale_lat);
    let cross = |pair: &[[f64; 2]]| {
        let ((ax, ay), (bx, by)) = (flat(pair[0]), flat(pair[1]));
        ax * by - bx * ay
    };
    (ring.windows(2).map(cross).sum::<f64>() / 2.0).abs()
}

#[cfg(test)]
mod tests;
