//! GCJ-02, the shifted datum of maps published in China: to it and back.
//!
//! Used at the edge of a map that asks for it, and to recognise coordinates that were shifted by mistake. Nothing is stored in it.

use super::Position;

/// The semi-major axis of the Krasovsky 1940 ellipsoid in metres, on which the shift is defined.
const AXIS_M: f64 = 6_378_245.0;

/// Its first eccentricity squared.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// Whether a position lies in the box within which the shift is applied (72–137.9° E, 0.8–55.9° N, wider than China). Outside it both
/// datums are the same.
pub fn is_in_china(at: Position) -> bool {
    (72.004..=137.8347).contains(&at.lon_deg) && (0.8293..=55.8271).contains(&at.lat_deg)
}

/// WGS 84 to GCJ-02; the same outside China.
pub fn wgs84_to_gcj02(wgs: Position) -> Position {
    if !is_in_china(wgs) {
        return wgs;
    }
    let (lat_shift, lon_shift) = shift(wgs);
    Position {
        lat_deg: wgs.lat_deg + lat_shift,
        lon_deg: wgs.lon_deg + lon_shift,
    }
}

/// GCJ-02 to WGS 84, by iteration, to better than a millimetre; the same outside China.
pub fn gcj02_to_wgs84(gcj: Position) -> Position {
    if !is_in_china(gcj) {
        return gcj;
    }
    let mut wgs = gcj;
    for _ in 0..8 {
        let (lat_shift, lon_shift) = shift(wgs);
        wgs = Position {
            lat_deg: gcj.lat_deg - lat_shift,
            lon_deg: gcj.lon_deg - lon_shift,
        };
    }
    wgs
}

/// The shift at a position, in degrees of latitude and longitude.
fn shift(at: Position) -> (f64, f64) {
    let (x, y) = (at.lon_deg - 105.0, at.lat_deg - 35.0);
    let pi = std::f64::consts::PI;
    let wave = |t: f64, period: f64, height: f64| (t * pi / period).sin() * height;
    let ripple = (wave(x, 1.0 / 6.0, 20.0) + wave(x, 0.5, 20.0)) * 2.0 / 3.0;
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    let north = north + ripple;
    let north = north + (wave(y, 1.0, 20.0) + wave(y, 3.0, 40.0)) * 2.0 / 3.0;
    let north = north + (wave(y, 12.0, 160.0) + wave(y, 30.0, 320.0)) * 2.0 / 3.0;
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    let east = east + ripple;
    let east = east + (wave(x, 1.0, 20.0) + wave(x, 3.0, 40.0)) * 2.0 / 3.0;
    let east = east + (wave(x, 12.0, 150.0) + wave(x, 30.0, 300.0)) * 2.0 / 3.0;
    let lat = at.lat_deg.to_radians();
    let root = (1.0 - ECCENTRICITY_SQUARED * lat.sin().powi(2)).sqrt();
    let meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / root.powi(3);
    let parallel_m = AXIS_M / root * lat.cos();
    (
        (north / meridian_m).to_degrees(),
        (east / parallel_m).to_degrees(),
    )
}
