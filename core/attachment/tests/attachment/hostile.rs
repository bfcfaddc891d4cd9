//! What becomes of broken, lying and hostile files: always a typed error or a picture, never a panic.

use std::io::Cursor;

use proptest::prelude::*;
use xunge_attachment::{PictureError, PictureFormat, PictureOptions, prepare_picture};

use crate::samples::{BLUE, GREEN, PALE, Pixels, RED, exif_block, orientation};

fn try_prepare(bytes: &[u8]) -> Result<(), PictureError> {
    prepare_picture(Cursor::new(bytes), &PictureOptions::default()).map(drop)
}

fn small() -> Pixels {
    Pixels::quarters(48, 40, [RED, GREEN, BLUE, PALE])
}

fn files() -> [Vec<u8>; 4] {
    let block = exif_block(&[orientation(6)]);
    [
        small().jpeg_with(Some(&block), |_| {}),
        small().jpeg_with(None, |encoder| encoder.set_progressive(true)),
        small().png(png::ColorType::Rgb, png::BitDepth::Eight, Some(&block)),
        small().webp(),
    ]
}

/// The place of the frame header's marker in a JPEG.
fn frame_header(jpeg: &[u8]) -> usize {
    jpeg.windows(2)
        .position(|pair| matches!(pair, [0xFF, 0xC0 | 0xC2]))
        .expect("a JPEG has a frame header")
}

fn with_size(mut jpeg: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let at = frame_header(&jpeg);
    jpeg[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

#[test]
fn a_file_cut_at_any_byte_is_told_to_be_cut() {
    for file in files() {
        assert!(try_prepare(&file).is_ok());
        assert!(matches!(try_prepare(&[]), Err(PictureError::Empty)));
        for length in 1..file.len() {
            let cut = try_prepare(&file[..length]);
            assert!(
                matches!(cut, Err(PictureError::Truncated)),
                "{length} of {}: {cut:?}",
                file.len()
            );
        }
    }
}

#[test]
fn a_file_cut_near_its_start_and_closed_again_is_refused() {
    let file = Pixels::noise(640, 480).jpeg();
    let mut closed = file[..1_000].to_vec();
    closed.extend([0xFF, 0xD9]);
    assert!(matches!(
        try_prepare(&closed),
        Err(PictureError::Hollow {
            width_px: 640,
            height_px: 480
        })
    ));
}

#[test]
fn a_jpeg_that_lies_about_its_size_is_refused_before_it_costs_anything() {
    for (width, height) in [(65_500, 65_500), (16_000, 16_000), (4_000, 3_000)] {
        for jpeg in &files()[..2] {
            let lied = try_prepare(&with_size(jpeg.clone(), width, height));
            assert!(matches!(lied, Err(PictureError::Hollow { .. })), "{lied:?}");
        }
    }
    let none = try_prepare(&with_size(small().jpeg(), 0, 40));
    assert!(
        matches!(
            none,
            Err(PictureError::Broken {
                format: PictureFormat::Jpeg,
                ..
            })
        ),
        "{none:?}"
    );
}

#[test]
fn png_and_webp_with_too_many_pixels_are_refused_by_their_header() {
    let mut png = small().png(png::ColorType::Rgb, png::BitDepth::Eight, None);
    png[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let refused = try_prepare(&png);
    assert!(
        matches!(refused, Err(PictureError::TooManyPixels { width_px: 16_384, .. })),
        "{refused:?}"
    );

    let mut webp = small().webp();
    assert_eq!(&webp[12..16], b"VP8L");
    // 14 bits of width and of height, each less one, stand behind the signature byte.
    webp[21..25].copy_from_slice(&(9_999_u32 << 14 | 9_999).to_le_bytes());
    let refused = try_prepare(&webp);
    assert!(
        matches!(
            refused,
            Err(PictureError::TooManyPixels {
                height_px: 10_000,
                ..
            })
        ),
        "{refused:?}"
    );
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

#[test]
fn a_declared_type_must_be_the_true_one() {
    for (file, format) in
        files()
            .into_iter()
            .zip([PictureFormat::Jpeg, PictureFormat::Jpeg, PictureFormat::Png])
    {
        let declare = |declared| PictureOptions {
            declared: Some(declared),
            ..PictureOptions::default()
        };
        assert!(prepare_picture(Cursor::new(&file), &declare(format)).is_ok());
        let lied = prepare_picture(Cursor::new(&file), &declare(PictureFormat::WebP));
        assert!(matches!(lied, Err(PictureError::NotWhatItSays { found, .. }) if found == format));
    }
}

#[test]
fn heic_and_strange_files_are_named() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic and more";
    assert!(matches!(try_prepare(heic), Err(PictureError::Heic)));
    assert!(matches!(
        try_prepare(b"<html>log in first</html>"),
        Err(PictureError::UnknownFormat)
    ));
    let mut arithmetic = small().jpeg();
    let at = frame_header(&arithmetic);
    arithmetic[at + 1] = 0xC9;
    assert!(matches!(
        try_prepare(&arithmetic),
        Err(PictureError::Unsupported { .. })
    ));
}

/// One flat macroblock whose first component has three lines of blocks where the others have `lines`.
fn three_lines_to(lines: u8) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).expect("short").to_be_bytes();
        [&[0xFF, marker], &length[..], body].concat()
    };
    let sampling = |id: u8, lines: u8| [id, 0x10 | lines, 0];
    let frame = [
        &[8, 0, 24, 0, 8, 3][..],
        &sampling(1, 3),
        &sampling(2, lines),
        &sampling(3, lines),
    ]
    .concat();
    // Each table has one code, a zero, which says "nothing": a block is two bits.
    let table = |class: u8| [&[class, 1][..], &[0; 16]].concat();
    let blocks = usize::from(3 + 2 * lines);
    let scan: Vec<u8> = (0..blocks.div_ceil(4))
        .map(|at| {
            if at == blocks / 4 {
                0xFF >> (blocks % 4 * 2)
            } else {
                0
            }
        })
        .collect();
    [
        vec![0xFF, 0xD8],
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC0, &frame),
        segment(0xC4, &table(0x00)),
        segment(0xC4, &table(0x10)),
        segment(0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
        scan,
        vec![0xFF, 0xD9],
    ]
    .concat()
}

#[test]
fn colour_in_a_proportion_that_the_decoder_never_learnt_is_named() {
    assert_eq!(try_prepare(&three_lines_to(1)).ok(), Some(()));
    assert_eq!(try_prepare(&three_lines_to(3)).ok(), Some(()));
    assert!(matches!(
        try_prepare(&three_lines_to(2)),
        Err(PictureError::Unsupported {
            format: PictureFormat::Jpeg,
            ..
        })
    ));
}

#[test]
fn damaged_pictures_are_refused_and_not_filled_with_grey() {
    let mut jpeg = Pixels::noise(200, 200).jpeg();
    let middle = jpeg.len() / 2;
    // Ones alone are no code word of any table; within a scan, 0xFF is written with a zero behind it.
    for (index, byte) in jpeg[middle..middle + 40].iter_mut().enumerate() {
        *byte = if index % 2 == 0 { 0xFF } else { 0 };
    }
    let refused = try_prepare(&jpeg);
    assert!(
        matches!(
            refused,
            Err(PictureError::Broken {
                format: PictureFormat::Jpeg,
                ..
            })
        ),
        "{refused:?}"
    );
}

#[test]
fn errors_say_what_to_do() {
    for bytes in [
        &b""[..],
        b"\xff\xd8\xff",
        b"GIF89a",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    ] {
        let said = try_prepare(bytes).unwrap_err().to_string();
        assert!(said.contains(';'), "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_files_never_panic(
        which in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut file = files()[which].clone();
        for (place, byte) in changes {
            let at = place.index(file.len());
            file[at] = byte;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        // Either is right; what a changed byte must not do is to stop the phone.
        if let Err(error) = try_prepare(&file) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn random_bytes_behind_a_true_signature_are_never_a_picture(
        which in 0..3_usize,
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let signature: &[u8] = [&b"\xff\xd8\xff\xe0"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8L"][which];
        prop_assert!(try_prepare(&[signature, &rest].concat()).is_err());
    }
}
