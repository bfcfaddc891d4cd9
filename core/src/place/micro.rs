//! Positions in whole millionths of a degree: what tracks keep and what coverage is reckoned from.

use serde::{Deserialize, Serialize};

use super::{EARTH_RADIUS_M, InvalidPosition, Position};

/// A WGS 84 position in whole millionths of a degree (0.11 m of latitude): finer than any phone's error, the same on every platform.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct MicroPosition {
    /// Millionths of a degree north, -90,000,000..=90,000,000.
    pub lat_e6: i32,
    /// Millionths of a degree east, -180,000,000..=180,000,000.
    pub lon_e6: i32,
}

impl MicroPosition {
    /// The nearest such position; halves go away from zero.
    pub fn of(position: Position) -> Result<Self, InvalidPosition> {
        position.check()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a checked position is within 180 degrees, which fits"
        )]
        let micro = |degrees: f64| (degrees * 1e6).round() as i32;
        Ok(Self {
            lat_e6: micro(position.lat_deg),
            lon_e6: micro(position.lon_deg),
        })
    }

    /// Whether both numbers are within a globe's range: what was decoded may hold anything.
    pub fn is_on_earth(self) -> bool {
        (-90_000_000..=90_000_000).contains(&self.lat_e6)
            && (-180_000_000..=180_000_000).contains(&self.lon_e6)
    }

    /// The position in degrees.
    pub fn to_position(self) -> Position {
        Position {
            lat_deg: f64::from(self.lat_e6) / 1e6,
            lon_deg: f64::from(self.lon_e6) / 1e6,
        }
    }

    /// The distance to another position in metres, as on a plane: within 0.2 % up to 50 km, and the same to the bit on every platform.
    pub fn distance_m(self, other: Self) -> f64 {
        let middle_lat = (f64::from(self.lat_e6) + f64::from(other.lat_e6)) / 2e6;
        let narrowing = libm::cos(middle_lat * RADIAN);
        let north = f64::from(other.lat_e6) - f64::from(self.lat_e6);
        let east = (f64::from(other.lon_e6) - f64::from(self.lon_e6)) * narrowing;
        (north * north + east * east).sqrt() * (EARTH_RADIUS_M * RADIAN / 1e6)
    }
}

/// A degree.
const RADIAN: f64 = std::f64::consts::PI / 180.0;
