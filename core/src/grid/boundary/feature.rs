//! Collections of outlines, as they are imported.

use geojson::{GeoJson, GeometryValue};

use super::{Boundary, BoundaryProblem, check_system, parse};

/// One feature of a collection.
#[derive(Clone, PartialEq, Debug)]
pub struct OutlinedFeature {
    /// Its place in the file, counting from 1.
    pub number: usize,
    /// Its properties; empty where it has none.
    pub properties: serde_json::Map<String, serde_json::Value>,
    /// Its outline; `Ok(None)` where the feature has no geometry, which is how a grid without polygon is listed.
    pub boundary: Result<Option<Boundary>, Vec<BoundaryProblem>>,
    /// The point where the geometry is one, `[lon, lat]` as written and unchecked; such a feature has no outline, which `boundary` says.
    pub point: Option<[f64; 2]>,
}

fn point(value: &GeometryValue) -> Option<[f64; 2]> {
    match value {
        GeometryValue::Point { coordinates } => match coordinates.as_slice() {
            [lon, lat, ..] => Some([*lon, *lat]),
            _ => None,
        },
        _ => None,
    }
}

/// Reads a collection (or a single feature or geometry) in the order of the file. Only a file that cannot be read at all, or that names
/// another coordinate system, is an error as a whole; each feature carries its own problems.
pub fn read_features(text: &str) -> Result<Vec<OutlinedFeature>, Vec<BoundaryProblem>> {
    let geojson = parse(text)?;
    check_system(&geojson).map_err(|problem| vec![problem])?;
    let features = match geojson {
        GeoJson::FeatureCollection(all) => all.features,
        GeoJson::Feature(feature) => vec![feature],
        GeoJson::Geometry(geometry) => vec![geojson::Feature::from(geometry)],
    };
    let outlined = |(index, feature): (usize, geojson::Feature)| OutlinedFeature {
        number: index + 1,
        point: feature
            .geometry
            .as_ref()
            .and_then(|geometry| point(&geometry.value)),
        properties: feature.properties.unwrap_or_default(),
        boundary: feature
            .geometry
            .map(|geometry| Boundary::from_geometry(&geometry.value))
            .transpose(),
    };
    Ok(features.into_iter().enumerate().map(outlined).collect())
}
