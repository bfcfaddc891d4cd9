//! What a picture's EXIF block says about time, place and orientation. All of it is a claim: anybody can write it,
//! many phones leave it out, and a sent-on picture carries somebody else's. It never becomes a fact by itself.

use std::io::{BufRead, Seek};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use exif::{Exif, Field, In, Rational, Tag, Value};

use super::Orientation;

/// When the camera says that the picture was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenAtClaim {
    /// The camera's wall clock, in no time zone of its own.
    pub local: NaiveDateTime,
    /// East of UTC; most cameras do not write it.
    pub utc_offset_minutes: Option<i32>,
}

impl TakenAtClaim {
    /// The instant, in UTC, with `assumed_utc_offset_minutes` (480 in China) where the camera wrote no offset.
    /// `None` where the calendar ends.
    pub fn instant(&self, assumed_utc_offset_minutes: i32) -> Option<DateTime<Utc>> {
        let offset = self.utc_offset_minutes.unwrap_or(assumed_utc_offset_minutes);
        Some(
            self.local
                .checked_sub_signed(TimeDelta::minutes(offset.into()))?
                .and_utc(),
        )
    }
}

/// Where the camera says that the picture was taken, WGS-84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionClaim {
    /// North is positive, -90 to 90.
    pub lat_deg: f64,
    /// East is positive, -180 to 180.
    pub lon_deg: f64,
    /// Radius of the camera's own error estimate, if it wrote one.
    pub accuracy_m: Option<f64>,
}

/// Everything that is kept of a picture's metadata; the uploaded bytes carry none of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PictureClaims {
    /// How the original was stored; already applied to the prepared pixels.
    pub orientation: Orientation,
    /// When, if a sound time was written.
    pub taken_at: Option<TakenAtClaim>,
    /// Where, if a sound position was written.
    pub position: Option<PositionClaim>,
}

/// Reads the claims from a TIFF block, as JPEG carries it. A damaged block gives what is still readable.
pub(super) fn of_block(block: Vec<u8>) -> PictureClaims {
    let read = exif::Reader::new().continue_on_error(true).read_raw(block);
    read.or_else(|error| error.distill_partial_result(drop))
        .map_or_else(|_| PictureClaims::default(), |exif| of(&exif))
}

/// Reads the claims from a PNG or WebP file.
pub(super) fn of_container<R: BufRead + Seek>(reader: &mut R) -> PictureClaims {
    let read = exif::Reader::new()
        .continue_on_error(true)
        .read_from_container(reader);
    read.or_else(|error| error.distill_partial_result(drop))
        .map_or_else(|_| PictureClaims::default(), |exif| of(&exif))
}

fn of(exif: &Exif) -> PictureClaims {
    let orientation = field(exif, Tag::Orientation).and_then(|field| field.value.get_uint(0));
    PictureClaims {
        orientation: orientation.map(Orientation::from_exif).unwrap_or_default(),
        taken_at: taken_at(exif),
        position: position(exif),
    }
}

fn field(exif: &Exif, tag: Tag) -> Option<&Field> {
    exif.get_field(tag, In::PRIMARY)
}

fn text(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &field(exif, tag)?.value {
        Value::Ascii(lines) => lines.first().map(|line| line.as_slice().trim_ascii()),
        _ => None,
    }
}

fn taken_at(exif: &Exif) -> Option<TakenAtClaim> {
    let times = [
        (Tag::DateTimeOriginal, Tag::OffsetTimeOriginal),
        (Tag::DateTimeDigitized, Tag::OffsetTimeDigitized),
    ];
    times.into_iter().find_map(|(time, offset)| {
        let read = exif::DateTime::from_ascii(text(exif, time)?).ok()?;
        let date = NaiveDate::from_ymd_opt(read.year.into(), read.month.into(), read.day.into())?;
        let local = date.and_hms_opt(read.hour.into(), read.minute.into(), read.second.into())?;
        Some(TakenAtClaim {
            local,
            utc_offset_minutes: text(exif, offset).and_then(offset_minutes),
        })
    })
}

/// `+08:00` as 480; `None` for anything that is not an offset in use on Earth.
fn offset_minutes(text: &[u8]) -> Option<i32> {
    let [sign, h1, h0, b':', m1, m0] = text else {
        return None;
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let minutes = (digit(h1)? * 10 + digit(h0)?) * 60 + digit(m1)? * 10 + digit(m0)?;
    let signed = match sign {
        b'+' => minutes,
        b'-' => -minutes,
        _ => return None,
    };
    (-12 * 60..=14 * 60).contains(&signed).then_some(signed)
}

fn position(exif: &Exif) -> Option<PositionClaim> {
    let lat_deg = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, *b"NS", 90.0)?;
    let lon_deg = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, *b"EW", 180.0)?;
    // Cameras without a fix write zeros; nobody of ours photographs in the Gulf of Guinea.
    if lat_deg == 0.0 && lon_deg == 0.0 {
        return None;
    }
    // Another datum is off by up to hundreds of metres, so its numbers are worse than none.
    let datum = text(exif, Tag::GPSMapDatum).unwrap_or_default();
    let datum: Vec<u8> = datum.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    if !(datum.is_empty() || datum.eq_ignore_ascii_case(b"WGS84")) {
        return None;
    }
    let accuracy_m = rationals(exif, Tag::GPSHPositioningError).and_then(|r| finite(r.first()?));
    Some(PositionClaim {
        lat_deg,
        lon_deg,
        accuracy_m: accuracy_m.filter(|m| *m > 0.0),
    })
}

/// Degrees, minutes and seconds as signed degrees; `refs` are the letters of the positive and the negative half.
fn degrees(exif: &Exif, tag: Tag, tag_ref: Tag, refs: [u8; 2], limit_deg: f64) -> Option<f64> {
    let parts = rationals(exif, tag)?;
    let [degrees, minutes, seconds] = parts else {
        return None;
    };
    let (minutes, seconds) = (finite(minutes)?, finite(seconds)?);
    if minutes >= 60.0 || seconds >= 60.0 {
        return None;
    }
    let unsigned = finite(degrees)? + minutes / 60.0 + seconds / 3600.0;
    let letter = text(exif, tag_ref)?.first()?.to_ascii_uppercase();
    let signed = if letter == refs[0] {
        unsigned
    } else if letter == refs[1] {
        -unsigned
    } else {
        return None;
    };
    (unsigned <= limit_deg).then_some(signed)
}

fn rationals(exif: &Exif, tag: Tag) -> Option<&[Rational]> {
    match &field(exif, tag)?.value {
        Value::Rational(parts) => Some(parts),
        _ => None,
    }
}

fn finite(rational: &Rational) -> Option<f64> {
    (rational.denom != 0).then(|| rational.to_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_and_nonsense_is_not() {
        assert_eq!(offset_minutes(b"+08:00"), Some(480));
        assert_eq!(offset_minutes(b"-03:30"), Some(-210));
        for text in [&b""[..], b"08:00", b"+8:00", b"+99:00", b"+0a:00", b"Z"] {
            assert_eq!(offset_minutes(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_instant_uses_the_written_offset_before_the_assumed_one() {
        let local = NaiveDate::from_ymd_opt(2026, 11, 21)
            .unwrap()
            .and_hms_opt(7, 30, 0)
            .unwrap();
        let at = |utc_offset_minutes| {
            TakenAtClaim {
                local,
                utc_offset_minutes,
            }
            .instant(480)
            .unwrap()
            .to_rfc3339()
        };
        assert_eq!(at(None), "2026-11-20T23:30:00+00:00");
        assert_eq!(at(Some(0)), "2026-11-21T07:30:00+00:00");
    }

    #[test]
    fn random_blocks_give_no_claims_and_no_panic() {
        for length in 0..200_usize {
            let block: Vec<u8> = (0..length).map(|i| u8::try_from(i * 37 % 251).unwrap()).collect();
            let tiff = [b"II*\0\x08\0\0\0".to_vec(), block.clone()].concat();
            assert_eq!(of_block(block), PictureClaims::default());
            of_block(tiff);
        }
    }
}
