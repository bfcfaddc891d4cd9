//! A table with a heading: `time,lat,lon` and what else is known, separated by commas, in any order.

use xunge_core::place::Provider;
use xunge_core::time::Timestamp;

use super::{FileFix, TrackFileError, bad, instant, number};

/// Whether this is how a table begins.
pub(super) fn is_heading(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let names: Vec<&str> = first.split(',').map(str::trim).collect();
    ["time", "lat", "lon"].iter().all(|name| names.contains(name))
}

pub(super) fn read(text: &str) -> Result<Vec<FileFix>, TrackFileError> {
    let mut lines = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty());
    let Some((heading_line, heading)) = lines.next() else {
        return Ok(Vec::new());
    };
    let names: Vec<&str> = heading.split(',').map(str::trim).collect();
    let mut fixes = Vec::new();
    for (line, text) in lines {
        let values: Vec<&str> = text.split(',').map(str::trim).collect();
        if values.len() != names.len() {
            let what = format!("{} columns and not {}", values.len(), names.len());
            return Err(bad(line, what));
        }
        let mut fix = FileFix::at(Timestamp(0), f64::NAN, f64::NAN);
        for (name, value) in names.iter().zip(values) {
            if !take(&mut fix, name, value, line)? {
                return Err(bad(heading_line, format!("there is no column `{name}`")));
            }
        }
        fixes.push(fix);
    }
    Ok(fixes)
}

/// Takes a value; `false` for a column that fixes do not have.
fn take(fix: &mut FileFix, name: &str, value: &str, line: usize) -> Result<bool, TrackFileError> {
    let optional = || (!value.is_empty()).then(|| number(value, line)).transpose();
    match name {
        "time" => {
            fix.at = match value.parse() {
                Ok(ms) => Timestamp(ms),
                Err(_) => instant(value, line)?,
            };
        }
        "lat" => fix.lat_deg = number(value, line)?,
        "lon" => fix.lon_deg = number(value, line)?,
        "accuracy_m" => fix.accuracy_m = optional()?,
        "speed_mps" => fix.speed_mps = optional()?,
        "bearing_deg" => fix.bearing_deg = optional()?,
        "provider" => {
            let word = serde_json::Value::String(value.to_owned());
            let provider: Result<Provider, _> = serde_json::from_value(word);
            fix.provider = provider.map_err(|_| bad(line, format!("`{value}` is no provider")))?;
        }
        "is_mock" => {
            let is_mock = value.parse();
            fix.is_mock = is_mock.map_err(|_| bad(line, format!("`{value}` is neither true nor false")))?;
        }
        "battery_percent" if value.is_empty() => {}
        "battery_percent" => {
            let percent = value.parse();
            fix.battery_percent =
                Some(percent.map_err(|_| bad(line, format!("`{value}` is no percentage")))?);
        }
        _ => return Ok(false),
    }
    Ok(true)
}
