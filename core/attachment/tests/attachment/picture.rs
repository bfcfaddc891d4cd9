//! What becomes of sound pictures.

use std::io::Cursor;

use chrono::NaiveDate;
use exif::{Tag, Value};
use image::{ImageReader, RgbImage};
use jpeg_encoder::{ColorType, SamplingFactor};
use xunge_attachment::{
    BlobHash, Orientation, PictureFormat, PictureOptions, PreparedPicture, THUMBNAIL_BYTES_MAX, TakenAtClaim,
    prepare_picture, prepare_picture_file,
};

use crate::samples::{BLUE, GREEN, PALE, Pixels, RED, exif_block, orientation, rationals, text};

fn prepare(bytes: &[u8]) -> PreparedPicture {
    prepare_picture(Cursor::new(bytes), &PictureOptions::default()).expect("the picture is sound")
}

fn decode(bytes: &[u8]) -> RgbImage {
    let reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .expect("memory is readable");
    reader.decode().expect("what we made is sound").into_rgb8()
}

fn assert_quarters(bytes: &[u8], colors: [[u8; 3]; 4], what: &str) {
    let shown = decode(bytes);
    let (width, height) = shown.dimensions();
    let places = [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| (width * x / 4, height * y / 4));
    for ((x, y), expected) in places.into_iter().zip(colors) {
        let found = shown.get_pixel(x, y).0;
        let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 16);
        assert!(near, "{what}: {found:?} at {x},{y} instead of {expected:?}");
    }
}

const SHOWN: [[u8; 3]; 4] = [RED, GREEN, BLUE, PALE];

#[test]
fn a_large_picture_comes_out_at_the_asked_size_with_a_small_thumbnail() {
    let source = Pixels::quarters(2400, 1800, SHOWN).jpeg();
    for (long_side_px, size) in [(1600, (1600, 1200)), (1024, (1024, 768)), (2048, (2048, 1536))] {
        let options = PictureOptions {
            long_side_px,
            ..PictureOptions::default()
        };
        let made = prepare_picture(Cursor::new(&source), &options).unwrap();
        assert_eq!((made.width_px, made.height_px), size);
        assert_eq!(decode(&made.bytes).dimensions(), size);
        assert_quarters(&made.bytes, SHOWN, "picture");
        assert_quarters(&made.thumbnail, SHOWN, "thumbnail");
        assert_eq!(decode(&made.thumbnail).dimensions(), (320, 240));
        assert_eq!((made.source_width_px, made.source_height_px), (2400, 1800));
        let facts = made.facts();
        assert_eq!(facts.sha256, BlobHash::of(&made.bytes));
        assert_eq!(facts.thumbnail_sha256, BlobHash::of(&made.thumbnail));
        assert_eq!(facts.size_bytes, made.bytes.len() as u64);
    }
}

#[test]
fn a_small_picture_is_not_enlarged_but_loses_its_metadata_all_the_same() {
    let block = exif_block(&[(Tag::Make, text("Somebody")), orientation(1)]);
    let source = Pixels::quarters(120, 90, SHOWN).jpeg_with(Some(&block), |encoder| {
        encoder
            .add_app_segment(1, b"http://ns.adobe.com/xap/1.0/\0<secret/>".to_vec())
            .unwrap();
        encoder.add_icc_profile(&[7; 200]).unwrap();
    });
    let made = prepare(&source);
    assert_eq!((made.width_px, made.height_px), (120, 90));
    for bytes in [&made.bytes, &made.thumbnail] {
        for trace in [&b"Exif"[..], b"Somebody", b"secret", b"ICC_PROFILE"] {
            assert!(
                !bytes.windows(trace.len()).any(|window| window == trace),
                "{trace:?} is still there"
            );
        }
    }
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    let source = Pixels::noise(700, 500).jpeg();
    assert_eq!(prepare(&source), prepare(&source));
}

#[test]
fn all_eight_orientations_are_applied_and_told() {
    // Where the first row and the first column lie as shown, from the EXIF standard: 6 is "right, top".
    // Quarters as stored, by their index as shown (0 top left, 1 top right, 2 bottom left, 3 bottom right).
    let stored: [[usize; 4]; 8] = [
        [0, 1, 2, 3],
        [1, 0, 3, 2],
        [3, 2, 1, 0],
        [2, 3, 0, 1],
        [0, 2, 1, 3],
        [1, 3, 0, 2],
        [3, 1, 2, 0],
        [2, 0, 3, 1],
    ];
    for (index, quarters) in stored.into_iter().enumerate() {
        let number = u16::try_from(index).unwrap() + 1;
        let (width, height) = if number < 5 { (320, 192) } else { (192, 320) };
        let pixels = Pixels::quarters(width, height, quarters.map(|quarter| SHOWN[quarter]));
        let made = prepare(&pixels.jpeg_with(Some(&exif_block(&[orientation(number)])), |_| {}));
        assert_eq!(
            (made.width_px, made.height_px),
            (320, 192),
            "orientation {number}"
        );
        assert_eq!(made.source_orientation, Orientation::from_exif(number.into()));
        assert_quarters(&made.bytes, SHOWN, &format!("orientation {number}"));
        assert_quarters(
            &made.thumbnail,
            SHOWN,
            &format!("thumbnail of orientation {number}"),
        );
    }
}

#[test]
fn time_and_place_come_back_as_claims() {
    let block = exif_block(&[
        (Tag::DateTimeOriginal, text("2026:11:21 09:30:05")),
        (Tag::OffsetTimeOriginal, text("+08:00")),
        (Tag::GPSLatitudeRef, text("N")),
        (Tag::GPSLatitude, rationals(&[(28, 1), (7, 1), (3050, 100)])),
        (Tag::GPSLongitudeRef, text("E")),
        (Tag::GPSLongitude, rationals(&[(120, 1), (57, 1), (1525, 100)])),
        (Tag::GPSHPositioningError, rationals(&[(47, 10)])),
        (Tag::GPSMapDatum, text("WGS-84")),
    ]);
    let made = prepare(&Pixels::quarters(64, 48, SHOWN).jpeg_with(Some(&block), |_| {}));
    let local = NaiveDate::from_ymd_opt(2026, 11, 21)
        .unwrap()
        .and_hms_opt(9, 30, 5)
        .unwrap();
    assert_eq!(
        made.taken_at_claim,
        Some(TakenAtClaim {
            local,
            utc_offset_minutes: Some(480)
        })
    );
    assert_eq!(
        made.taken_at_claim.unwrap().instant(0).unwrap().to_rfc3339(),
        "2026-11-21T01:30:05+00:00"
    );
    let place = made.position_claim.unwrap();
    assert!((place.lat_deg - (28.0 + 7.0 / 60.0 + 30.5 / 3600.0)).abs() < 1e-9);
    assert!((place.lon_deg - (120.0 + 57.0 / 60.0 + 15.25 / 3600.0)).abs() < 1e-9);
    assert_eq!(place.accuracy_m, Some(4.7));
}

fn place_of(lat: (&str, &[(u32, u32)]), lon: (&str, &[(u32, u32)]), datum: &str) -> Option<(f64, f64)> {
    let block = exif_block(&[
        (Tag::GPSLatitudeRef, text(lat.0)),
        (Tag::GPSLatitude, rationals(lat.1)),
        (Tag::GPSLongitudeRef, text(lon.0)),
        (Tag::GPSLongitude, rationals(lon.1)),
        (Tag::GPSMapDatum, text(datum)),
    ]);
    let made = prepare(&Pixels::quarters(32, 32, SHOWN).jpeg_with(Some(&block), |_| {}));
    made.position_claim.map(|claim| (claim.lat_deg, claim.lon_deg))
}

#[test]
fn south_and_west_are_negative_and_unsound_positions_are_no_claims() {
    let (lat, lon): (&[_], &[_]) = (&[(33, 1), (30, 1), (0, 1)], &[(70, 1), (45, 1), (0, 1)]);
    assert_eq!(place_of(("S", lat), ("W", lon), ""), Some((-33.5, -70.75)));
    assert_eq!(place_of(("N", lat), ("E", lon), "wgs 84"), Some((33.5, 70.75)));
    assert_eq!(place_of(("N", lat), ("E", lon), "TOKYO"), None);
    assert_eq!(place_of(("X", lat), ("E", lon), ""), None);
    assert_eq!(place_of(("N", &[(33, 0), (0, 1), (0, 1)]), ("E", lon), ""), None);
    assert_eq!(place_of(("N", &[(33, 1), (75, 1), (0, 1)]), ("E", lon), ""), None);
    assert_eq!(place_of(("N", &[(91, 1), (0, 1), (0, 1)]), ("E", lon), ""), None);
    assert_eq!(place_of(("N", &[(33, 1), (30, 1)]), ("E", lon), ""), None);
    let zero: &[_] = &[(0, 1), (0, 1), (0, 1)];
    assert_eq!(place_of(("N", zero), ("E", zero), ""), None);
}

#[test]
fn times_that_no_calendar_has_are_no_claims() {
    for time in [
        "2026:02:30 10:00:00",
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "yesterday",
    ] {
        let block = exif_block(&[
            (Tag::DateTimeOriginal, text(time)),
            (Tag::XResolution, Value::Short(vec![1])),
        ]);
        let made = prepare(&Pixels::quarters(32, 32, SHOWN).jpeg_with(Some(&block), |_| {}));
        assert_eq!(made.taken_at_claim, None, "{time}");
    }
}

#[test]
fn grey_cmyk_and_ycck_jpegs_keep_their_colours() {
    let pixels = Pixels::quarters(400, 300, SHOWN);
    assert_quarters(&prepare(&pixels.jpeg_as(ColorType::Cmyk)).bytes, SHOWN, "CMYK");
    assert_quarters(
        &prepare(&pixels.jpeg_as(ColorType::CmykAsYcck)).bytes,
        SHOWN,
        "YCCK",
    );
    let grey = SHOWN.map(|[_, green, _]| [green; 3]);
    assert_quarters(&prepare(&pixels.jpeg_as(ColorType::Luma)).bytes, grey, "grey");
}

#[test]
fn progressive_unsampled_and_restarted_jpegs_are_read() {
    let pixels = Pixels::quarters(1000, 700, SHOWN);
    let progressive = pixels.jpeg_with(None, |encoder| encoder.set_progressive(true));
    assert_quarters(&prepare(&progressive).bytes, SHOWN, "progressive");
    let full_chroma = pixels.jpeg_with(None, |encoder| encoder.set_sampling_factor(SamplingFactor::F_1_1));
    assert_quarters(&prepare(&full_chroma).bytes, SHOWN, "4:4:4");
    let restarted = pixels.jpeg_with(None, |encoder| encoder.set_restart_interval(7));
    assert_quarters(&prepare(&restarted).bytes, SHOWN, "with restart markers");
}

#[test]
fn png_and_webp_are_read_with_their_claims() {
    use png::{BitDepth, ColorType};
    let pixels = Pixels::quarters(300, 200, SHOWN);
    let white = [RED, GREEN, BLUE, [255; 3]];
    let block = exif_block(&[
        (Tag::DateTimeOriginal, text("2026:11:21 09:30:05")),
        orientation(3),
    ]);
    let turned = prepare(&pixels.png(ColorType::Rgb, BitDepth::Eight, Some(&block)));
    assert_quarters(&turned.bytes, [PALE, BLUE, GREEN, RED], "PNG upside down");
    assert_eq!(turned.source_format, PictureFormat::Png);
    assert!(turned.taken_at_claim.is_some());
    let deep = prepare(&pixels.png(ColorType::Rgb, BitDepth::Sixteen, None));
    assert_quarters(&deep.bytes, SHOWN, "PNG of 16 bits");
    let clear = prepare(&pixels.png(ColorType::Rgba, BitDepth::Eight, None));
    assert_quarters(&clear.bytes, white, "PNG with transparency over white");
    let grey = SHOWN.map(|[_, green, _]| [green; 3]);
    assert_quarters(
        &prepare(&pixels.png(ColorType::Grayscale, BitDepth::Eight, None)).bytes,
        grey,
        "grey PNG",
    );
    let webp = prepare(&pixels.webp());
    assert_quarters(&webp.bytes, SHOWN, "WebP");
    assert_eq!(webp.source_format, PictureFormat::WebP);
}

#[test]
fn thumbnails_of_pure_noise_still_fit() {
    for (width, height) in [(1600, 1600), (320, 320), (1600, 900), (320, 4000)] {
        let made = prepare(&Pixels::noise(width, height).jpeg());
        assert!(
            made.thumbnail.len() <= THUMBNAIL_BYTES_MAX,
            "{} bytes",
            made.thumbnail.len()
        );
        decode(&made.thumbnail);
    }
}

#[test]
fn very_narrow_pictures_keep_at_least_one_pixel() {
    for (width, height, size) in [
        (1, 2000, (1, 1600)),
        (30_000, 2, (1600, 1)),
        (1, 1, (1, 1)),
        (2001, 3, (1600, 2)),
    ] {
        let made = prepare(&Pixels::quarters(width, height, [RED; 4]).jpeg());
        assert_eq!((made.width_px, made.height_px), size, "{width} x {height}");
        assert_eq!(decode(&made.bytes).dimensions(), size);
        decode(&made.thumbnail);
    }
}

#[test]
fn what_cameras_append_behind_the_picture_is_ignored() {
    let mut bytes = Pixels::quarters(64, 48, SHOWN).jpeg();
    bytes.extend(b"a short film in another format");
    assert_quarters(&prepare(&bytes).bytes, SHOWN, "motion photo");
}

#[test]
fn a_persons_own_photographs_are_prepared_upright() {
    let Some(folder) = std::env::var_os("XUNGE_TEST_PHOTOS") else {
        return;
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let made = prepare_picture_file(&path, &PictureOptions::default()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("Landscape") {
            assert!(made.width_px > made.height_px, "{name}");
        }
        if name.starts_with("Portrait") {
            assert!(made.width_px < made.height_px, "{name}");
        }
    }
}
