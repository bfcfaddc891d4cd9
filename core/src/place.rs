//! Places as claims: a position with its error, never a bare pair of numbers.
//!
//! WGS 84 degrees, latitude and longitude by name. GeoJSON's `[lon, lat]` is converted in this module and nowhere else.

use serde::{Deserialize, Serialize};

/// Where a position came from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Satellites.
    Satellite,
    /// Mobile network or Wi-Fi.
    Network,
    /// The system's mixture.
    Fused,
    /// Set by hand on a map.
    Hand,
    /// Read from a picture.
    Picture,
}

/// A position on the ground, WGS 84.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north, -90..=90.
    pub lat_deg: f64,
    /// Degrees east, -180..=180.
    pub lon_deg: f64,
}

/// What a phone says about where it is.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlaceClaim {
    /// The position.
    pub position: Position,
    /// Radius in metres within which the phone believes to be with 68 %; 0 or less means unknown.
    pub accuracy_m: f64,
    /// Where it came from.
    pub provider: Provider,
    /// Whether the system says that a test provider made it up. Flagged, never refused.
    pub is_mock: bool,
    /// How old the fix was when it was attached, in ms.
    pub age_ms: i64,
}
