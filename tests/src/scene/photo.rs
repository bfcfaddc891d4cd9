//! Writes drawn pixels as a phone's camera would: JPEG 4:2:0 with an EXIF block that says when, where and how held.

use chrono::NaiveDateTime;
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use image::{DynamicImage, RgbaImage};
use xunge_core::attachment::{Orientation, camera_jpeg};

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
    let block = claims.map(exif_block);
    let turned = claims.and_then(|claims| stored(pixels, claims.orientation));
    let stored = turned.as_ref().unwrap_or(pixels);
    let size_px = (stored.width_px, stored.height_px);
    camera_jpeg(&stored.rgba, size_px, 88, block.as_deref())
        .expect("as many pixels as it says, and a short block")
}

/// Lays upright pixels so that `orientation` brings them back; `None` where they lie right already.
fn stored(shown: &Pixels, orientation: Orientation) -> Option<Pixels> {
    use image::metadata::Orientation as Turn;
    let turn = match orientation {
        Orientation::Upright => return None,
        Orientation::MirroredAcross => Turn::FlipHorizontal,
        Orientation::Rotated180 => Turn::Rotate180,
        Orientation::MirroredDown => Turn::FlipVertical,
        Orientation::Transposed => Turn::Rotate90FlipH,
        Orientation::Needs90Clockwise => Turn::Rotate270,
        Orientation::Transversed => Turn::Rotate270FlipH,
        Orientation::Needs90Counterclockwise => Turn::Rotate90,
    };
    let pixels = RgbaImage::from_raw(shown.width_px.into(), shown.height_px.into(), shown.rgba.clone());
    let mut picture = DynamicImage::ImageRgba8(pixels.expect("as many pixels as it says"));
    picture.apply_orientation(turn);
    let (width_px, height_px) = if orientation.swaps_sides() {
        (shown.height_px, shown.width_px)
    } else {
        (shown.width_px, shown.height_px)
    };
    Some(Pixels {
        rgba: picture.into_bytes(),
        width_px,
        height_px,
    })
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
