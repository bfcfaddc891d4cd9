//! NMEA 0183: `RMC` sentences are fixes; the `GGA` of the same instant tells their error.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use xunge_core::time::Timestamp;

use super::{FileFix, TrackFileError, bad, number};

/// Metres of error for each unit of dilution.
const M_PER_HDOP: f64 = 5.0;

/// Metres per second in a knot.
const MPS_PER_KNOT: f64 = 0.514_444;

pub(super) fn read(text: &str) -> Result<Vec<FileFix>, TrackFileError> {
    let mut fixes = Vec::new();
    let mut dilution: Option<(String, f64)> = None;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let fields: Vec<&str> = checked(text, line)?.split(',').collect();
        match fields[0].get(2..) {
            Some("GGA") if fields.len() > 8 && !fields[8].is_empty() => {
                dilution = Some((fields[1].to_owned(), number(fields[8], line)?));
            }
            Some("RMC") => {
                let hdop = dilution
                    .as_ref()
                    .filter(|(time, _)| Some(&time.as_str()) == fields.get(1));
                let accuracy_m = hdop.map(|(_, hdop)| hdop * M_PER_HDOP);
                let fix = rmc(&fields, line)?;
                fixes.extend(fix.map(|fix| FileFix { accuracy_m, ..fix }));
            }
            _ => {}
        }
    }
    Ok(fixes)
}

/// The sentence without `$` and sum, once the sum is right.
fn checked(text: &str, line: usize) -> Result<&str, TrackFileError> {
    let body = text
        .strip_prefix('$')
        .ok_or_else(|| bad(line, "a sentence begins with `$`"))?;
    let (body, sum) = body
        .rsplit_once('*')
        .ok_or_else(|| bad(line, "the sentence has no sum"))?;
    let reckoned = body.bytes().fold(0, |sum, byte| sum ^ byte);
    match u8::from_str_radix(sum.trim(), 16) {
        Ok(sum) if sum == reckoned => Ok(body),
        _ => Err(bad(
            line,
            format!("the sum is {sum} and should be {reckoned:02X}"),
        )),
    }
}

/// `None` where the receiver says that it has no fix.
fn rmc(fields: &[&str], line: usize) -> Result<Option<FileFix>, TrackFileError> {
    if fields.len() < 10 {
        return Err(bad(line, "the sentence is too short"));
    }
    if fields[2] != "A" {
        return Ok(None);
    }
    let lat_deg = degrees(fields[3], fields[4], 2, line)?;
    let lon_deg = degrees(fields[5], fields[6], 3, line)?;
    let optional = |text: &str| (!text.is_empty()).then(|| number(text, line)).transpose();
    Ok(Some(FileFix {
        speed_mps: optional(fields[7])?.map(|knots| knots * MPS_PER_KNOT),
        bearing_deg: optional(fields[8])?,
        ..FileFix::at(instant(fields[1], fields[9], line)?, lat_deg, lon_deg)
    }))
}

/// `hhmmss.ss` and `ddmmyy`; years are of this century.
fn instant(time: &str, date: &str, line: usize) -> Result<Timestamp, TrackFileError> {
    let no_time = || bad(line, format!("`{time}` of `{date}` is no time"));
    let part = |text: &str, from: usize| text.get(from..from + 2)?.parse::<u32>().ok();
    let clock = || {
        let seconds: f64 = time.get(4..)?.parse().ok()?;
        let midnight = NaiveTime::from_hms_opt(part(time, 0)?, part(time, 2)?, 0)?;
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a minute are few")]
        let ms = (0.0..61.0)
            .contains(&seconds)
            .then(|| (seconds * 1000.0).round() as i64)?;
        let day = NaiveDate::from_ymd_opt(
            2000 + part(date, 4)?.cast_signed(),
            part(date, 2)?,
            part(date, 0)?,
        )?;
        Some(day.and_time(midnight) + TimeDelta::milliseconds(ms))
    };
    let at = clock().ok_or_else(no_time)?;
    Ok(Timestamp(at.and_utc().timestamp_millis()))
}

/// `ddmm.mmm` with its side of the globe.
fn degrees(text: &str, side: &str, digits: usize, line: usize) -> Result<f64, TrackFileError> {
    let no_angle = || bad(line, format!("`{text} {side}` is no position"));
    let whole = number(text.get(..digits).ok_or_else(no_angle)?, line)?;
    let minutes = number(text.get(digits..).ok_or_else(no_angle)?, line)?;
    match side {
        "N" | "E" => Ok(whole + minutes / 60.0),
        "S" | "W" => Ok(-(whole + minutes / 60.0)),
        _ => Err(no_angle()),
    }
}
