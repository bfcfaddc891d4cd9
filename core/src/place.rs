//! Places as claims: a position with its error, never a bare pair of numbers.
//!
//! WGS 84 degrees, latitude and longitude by name. GeoJSON's `[lon, lat]` is converted in this module and nowhere else, and GCJ-02 is
//! spoken only at the edge of a map that asks for it.

use serde::{Deserialize, Serialize};

mod gcj;
mod micro;
mod wait;

pub use gcj::{gcj02_to_wgs84, is_in_china, wgs84_to_gcj02};
pub use micro::MicroPosition;
pub use wait::{Advice, FAIR_AFTER_MS, TIMEOUT_MS, Wait};

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

/// Why a position cannot be one.
#[derive(Clone, Copy, PartialEq, Debug, thiserror::Error)]
pub enum InvalidPosition {
    /// A coordinate is not a number.
    #[error("a coordinate is not a number")]
    NotANumber,
    /// The latitude lies beyond a pole; the usual cause is that the two were swapped.
    #[error("the latitude {lat_deg} is not within -90..=90: are latitude and longitude swapped?")]
    Latitude {
        /// What was given.
        lat_deg: f64,
    },
    /// The longitude is out of range.
    #[error("the longitude {lon_deg} is not within -180..=180")]
    Longitude {
        /// What was given.
        lon_deg: f64,
    },
}

/// The Earth's mean radius in metres (IUGG), for distances on a sphere.
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_008.8;

impl Position {
    /// The position after checking it.
    pub fn new(lat_deg: f64, lon_deg: f64) -> Result<Self, InvalidPosition> {
        let position = Self { lat_deg, lon_deg };
        position.check()?;
        Ok(position)
    }

    /// Whether the numbers can be a position at all. One that was read from a file or a wire may hold anything.
    pub fn check(&self) -> Result<(), InvalidPosition> {
        let Self { lat_deg, lon_deg } = *self;
        if !lat_deg.is_finite() || !lon_deg.is_finite() {
            Err(InvalidPosition::NotANumber)
        } else if !(-90.0..=90.0).contains(&lat_deg) {
            Err(InvalidPosition::Latitude { lat_deg })
        } else if !(-180.0..=180.0).contains(&lon_deg) {
            Err(InvalidPosition::Longitude { lon_deg })
        } else {
            Ok(())
        }
    }

    /// The distance to another position along the ground in metres, on a sphere (haversine; within 0.6 % of the ellipsoid).
    pub fn distance_m(&self, other: &Self) -> f64 {
        let (lat, other_lat) = (self.lat_deg.to_radians(), other.lat_deg.to_radians());
        let half_lat = (other_lat - lat) / 2.0;
        let half_lon = (other.lon_deg - self.lon_deg).to_radians() / 2.0;
        let chord = half_lat.sin().powi(2) + lat.cos() * other_lat.cos() * half_lon.sin().powi(2);
        2.0 * EARTH_RADIUS_M * chord.sqrt().min(1.0).asin()
    }

    /// The position in GeoJSON's order, `[lon, lat]`.
    pub fn to_geojson(self) -> [f64; 2] {
        [self.lon_deg, self.lat_deg]
    }

    /// The position of a GeoJSON coordinate, `[lon, lat]`, after checking it.
    pub fn from_geojson([lon_deg, lat_deg]: [f64; 2]) -> Result<Self, InvalidPosition> {
        Self::new(lat_deg, lon_deg)
    }
}

/// How good a claim is, in words that a worker understands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Within 10 m: the right door.
    Good,
    /// Within 30 m: the right house.
    Fair,
    /// Within 100 m: the right lane.
    Poor,
    /// Beyond: the right village at best.
    Bad,
    /// The phone does not say.
    Unknown,
}

/// Beyond this age in ms a fix says where the phone was, not where it is.
pub const STALE_AGE_MS: i64 = 60_000;

impl PlaceClaim {
    /// The quality of the claim, from its accuracy alone. Not a number, 0 and less are [`Quality::Unknown`].
    pub fn quality(&self) -> Quality {
        match self.accuracy_m {
            m if !m.is_finite() || m <= 0.0 => Quality::Unknown,
            m if m <= 10.0 => Quality::Good,
            m if m <= 30.0 => Quality::Fair,
            m if m <= 100.0 => Quality::Poor,
            _ => Quality::Bad,
        }
    }

    /// Whether the fix was older than [`STALE_AGE_MS`] when it was attached. A negative age, from a clock that was set, is not stale.
    pub fn is_stale(&self) -> bool {
        self.age_ms > STALE_AGE_MS
    }
}

#[cfg(test)]
mod tests;
