//! Reading QR codes: from the brightness that a camera hands over frame by frame, or from a picture.
//!
//! Nobody here knows what a code says; the text is handed on as it is. Frames are looked at one by one and nothing is kept.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::PictureError;
use super::picture::upright_pixels;

/// Frames are looked at with at most so many pixels on the long side: a code that fills a third of it still has 4 pixels a module.
const LOOKED_AT_PX_MAX: usize = 1_200;
/// Below this a code cannot be told from noise.
const SIDE_PX_MIN: usize = 21;

/// The text of the first QR code in a frame of brightness (0 black, 255 white), rows from the top with `row_stride` bytes from one to the
/// next; `None` where there is none that can be read, or the numbers do not fit the bytes.
///
/// Android's `ImageProxy` plane Y and iOS's luma plane are such frames as they come, whichever way the phone is held.
pub fn decode_qr(luminance: &[u8], width_px: u32, height_px: u32, row_stride: u32) -> Option<String> {
    let [width, height, stride] = [width_px, height_px, row_stride].map(|side| side as usize);
    let needed = stride.checked_mul(height.checked_sub(1)?)?.checked_add(width)?;
    if width < SIDE_PX_MIN || height < SIDE_PX_MIN || stride < width || luminance.len() < needed {
        return None;
    }
    let step = width.max(height).div_ceil(LOOKED_AT_PX_MAX);
    // A blurred code is often read at half the size, a distant one only at the full.
    [step, step * 2].into_iter().find_map(|step| {
        let (width, height) = (width / step, height / step);
        if width < SIDE_PX_MIN || height < SIDE_PX_MIN {
            return None;
        }
        let at = |x: usize, y: usize| mean(luminance, stride, x * step, y * step, step);
        // The reader parses what strangers print: a panic in it is no code.
        catch_unwind(AssertUnwindSafe(|| read(width, height, at))).ok()?
    })
}

/// The mean of a square of `step` pixels.
fn mean(luminance: &[u8], stride: usize, left: usize, top: usize, step: usize) -> u8 {
    let rows = (top..top + step).map(|y| &luminance[y * stride + left..y * stride + left + step]);
    let sum: usize = rows.flatten().map(|&light| usize::from(light)).sum();
    u8::try_from(sum / (step * step)).unwrap_or(u8::MAX)
}

fn read(width: usize, height: usize, at: impl Fn(usize, usize) -> u8) -> Option<String> {
    let light: Vec<u8> = (0..width * height)
        .map(|place| at(place % width, place / width))
        .collect();
    let mut reader = quircs::Quirc::default();
    let mut codes = reader.identify(width, height, &light);
    codes.find_map(|code| String::from_utf8(code.ok()?.decode().ok()?.payload).ok())
}

/// The text of the first QR code in a picture (JPEG, PNG or WebP); `None` where there is none that can be read.
///
/// # Errors
/// As [`prepare_picture`](super::prepare_picture), for what is no picture.
pub fn decode_qr_picture(bytes: &[u8]) -> Result<Option<String>, PictureError> {
    let picture = upright_pixels(Cursor::new(bytes), 2_000)?;
    let light: Vec<u8> = picture
        .pixels
        .chunks_exact(3)
        .map(|rgb| {
            let weighted = u32::from(rgb[0]) * 299 + u32::from(rgb[1]) * 587 + u32::from(rgb[2]) * 114;
            u8::try_from(weighted / 1_000).unwrap_or(u8::MAX)
        })
        .collect();
    Ok(decode_qr(
        &light,
        picture.width_px,
        picture.height_px,
        picture.width_px,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;
    use crate::raster::Raster;

    const TEXT: &str = "xunge:1:http://10.11.12.13:8080:5f2c7d90a1b2c3d4e5f60718";

    /// A code drawn with `scale` pixels a module and a quiet zone, and its side.
    fn drawn(text: &str, scale: usize) -> (Vec<u8>, usize) {
        let code = fast_qr::QRBuilder::new(text).build().expect("it fits");
        let side = (code.size + 8) * scale;
        let light = |at: usize| {
            let (x, y) = (at % side / scale, at / side / scale);
            let inside = |v: usize| (4..code.size + 4).contains(&v);
            let is_dark = inside(x) && inside(y) && code[y - 4][x - 4].value();
            if is_dark { 20 } else { 235 }
        };
        ((0..side * side).map(light).collect(), side)
    }

    fn read_frame(light: &[u8], width: usize, height: usize, stride: usize) -> Option<String> {
        let [width, height, stride] = [width, height, stride].map(|v| u32::try_from(v).expect("small"));
        decode_qr(light, width, height, stride)
    }

    /// The frame turned by 90 degrees.
    fn turned(light: &[u8], side: usize) -> Vec<u8> {
        (0..side * side)
            .map(|at| light[(side - 1 - at % side) * side + at / side])
            .collect()
    }

    #[test]
    fn a_code_is_read_at_any_size_and_whichever_way_the_phone_is_held() {
        for scale in [3, 5, 11, 40] {
            let (mut light, side) = drawn(TEXT, scale);
            for _ in 0..4 {
                assert_eq!(
                    read_frame(&light, side, side, side).as_deref(),
                    Some(TEXT),
                    "{scale}"
                );
                light = turned(&light, side);
            }
        }
    }

    #[test]
    fn the_cameras_padding_between_rows_is_passed_over() {
        let (light, side) = drawn(TEXT, 4);
        let stride = side + 37;
        let mut padded: Vec<u8> = light
            .chunks(side)
            .flat_map(|row| [row, &[0; 37]].concat())
            .collect();
        // The last row of a plane often comes without its padding.
        padded.truncate(padded.len() - 37);
        assert_eq!(read_frame(&padded, side, side, stride).as_deref(), Some(TEXT));
    }

    #[test]
    fn frames_without_a_code_and_numbers_that_do_not_fit_give_nothing() {
        let noise: Vec<u8> = (0..640u32 * 480)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        assert_eq!(decode_qr(&noise, 640, 480, 640), None);
        assert_eq!(decode_qr(&[], 0, 0, 0), None);
        assert_eq!(decode_qr(&[0; 100], 640, 480, 640), None, "too few bytes");
        assert_eq!(
            decode_qr(&[0; 4_096], 64, 64, 32),
            None,
            "rows shorter than the frame is wide"
        );
        assert_eq!(decode_qr(&[0; 64], u32::MAX, u32::MAX, u32::MAX), None);
    }

    #[test]
    fn a_picture_of_a_code_is_read_and_what_is_no_picture_is_named() {
        let (light, side) = drawn(TEXT, 6);
        let side_px = u32::try_from(side).expect("small");
        let picture = Raster {
            pixels: light.iter().flat_map(|&grey| [grey; 3]).collect(),
            width_px: side_px,
            height_px: side_px,
        };
        let jpeg = encode::jpeg(&picture, 80).expect("encoded");
        assert_eq!(
            decode_qr_picture(&jpeg).expect("a picture").as_deref(),
            Some(TEXT)
        );
        assert!(decode_qr_picture(b"text").is_err());
        assert!(matches!(decode_qr_picture(b""), Err(PictureError::Empty)));
    }
}
