//! Writes drawn pixels as a phone's camera would: JPEG 4:2:0 with an EXIF block that says when, where and how held.

use chrono::NaiveDateTime;
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use xunge_core::attachment::Orientation;

use super::Pixels;

/// What the EXIF block claims. The offset is always +08:00, China's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExifClaims {
    /// The camera's wall clock.
    pub taken_at_local: NaiveDateTime,
    /// WGS-84, north positive; no position is written where `None`.
    pub lat_lon_deg: Option<(f64, f64)>,
    /// How the pixels are stored: they are turned or mirrored so that a viewer that obeys shows them upright.
    pub orientation: Orientation,
}

/// The picture as a phone would store it. `None` writes no EXIF block at all, as a chat program would.
pub fn jpeg(pixels: &Pixels, claims: Option<&ExifClaims>) -> Vec<u8> {
    let orientation = claims.map(|claims| claims.orientation).unwrap_or_default();
    let turned;
    let stored = if orientation == Orientation::Upright {
        pixels
    } else {
        turned = stored(pixels, orientation);
        &turned
    };
    let mut bytes = Vec::with_capacity(stored.rgb.len() / 6);
    let mut encoder = Encoder::new(&mut bytes, 88);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    if let Some(claims) = claims {
        encoder
            .add_exif_metadata(&exif_block(claims))
            .expect("the block has some hundred bytes");
    }
    encoder
        .encode(&stored.rgb, stored.width_px, stored.height_px, ColorType::Rgb)
        .expect("as many pixels as it says");
    bytes
}

/// Lays upright pixels so that `orientation` brings them back.
fn stored(shown: &Pixels, orientation: Orientation) -> Pixels {
    let (shown_width, shown_height) = (usize::from(shown.width_px), usize::from(shown.height_px));
    let (width_px, height_px) = if orientation.swaps_sides() {
        (shown.height_px, shown.width_px)
    } else {
        (shown.width_px, shown.height_px)
    };
    let (right, bottom) = (shown_width - 1, shown_height - 1);
    let mut rgb = Vec::with_capacity(shown.rgb.len());
    for y in 0..usize::from(height_px) {
        for x in 0..usize::from(width_px) {
            let (shown_x, shown_y) = match orientation {
                Orientation::Upright => (x, y),
                Orientation::MirroredAcross => (right - x, y),
                Orientation::Rotated180 => (right - x, bottom - y),
                Orientation::MirroredDown => (x, bottom - y),
                Orientation::Transposed => (y, x),
                Orientation::Needs90Clockwise => (right - y, x),
                Orientation::Transversed => (right - y, bottom - x),
                Orientation::Needs90Counterclockwise => (y, bottom - x),
            };
            let at = (shown_y * shown_width + shown_x) * 3;
            rgb.extend_from_slice(&shown.rgb[at..at + 3]);
        }
    }
    Pixels {
        rgb,
        width_px,
        height_px,
    }
}

fn exif_block(claims: &ExifClaims) -> Vec<u8> {
    let number = Orientation::ALL
        .iter()
        .position(|one| *one == claims.orientation)
        .map_or(1, |index| index + 1);
    let number = u16::try_from(number).expect("there are eight orientations");
    let text = |text: &str| Value::Ascii(vec![text.as_bytes().to_vec()]);
    let time = claims.taken_at_local.format("%Y:%m:%d %H:%M:%S").to_string();
    let mut fields = vec![
        (Tag::Orientation, Value::Short(vec![number])),
        (Tag::Make, text("Xunge")),
        (Tag::Model, text("Drawn scene")),
        (Tag::DateTimeOriginal, text(&time)),
        (Tag::OffsetTimeOriginal, text("+08:00")),
    ];
    if let Some((lat_deg, lon_deg)) = claims.lat_lon_deg {
        fields.push((Tag::GPSLatitudeRef, text(if lat_deg < 0.0 { "S" } else { "N" })));
        fields.push((Tag::GPSLatitude, degrees(lat_deg)));
        fields.push((Tag::GPSLongitudeRef, text(if lon_deg < 0.0 { "W" } else { "E" })));
        fields.push((Tag::GPSLongitude, degrees(lon_deg)));
    }
    let fields: Vec<Field> = fields
        .into_iter()
        .map(|(tag, value)| Field {
            tag,
            ifd_num: In::PRIMARY,
            value,
        })
        .collect();
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut block = std::io::Cursor::new(Vec::new());
    writer.write(&mut block, true).expect("a vector takes all");
    block.into_inner()
}

/// Degrees, minutes and seconds, the last in 1/10000: 3 mm.
fn degrees(signed_deg: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "360 degrees fit, and a cast saturates"
    )]
    let units = (signed_deg.abs() * 36_000_000.0).round() as u64;
    let part = |value: u64, denom: u32| Rational {
        num: u32::try_from(value).unwrap_or(u32::MAX),
        denom,
    };
    Value::Rational(vec![
        part(units / 36_000_000, 1),
        part(units / 600_000 % 60, 1),
        part(units % 600_000, 10_000),
    ])
}
