//! Faces, number plates and door numbers made unrecognisable before a picture is given to anybody.
//!
//! A region is replaced by a few flat blocks: nothing of what was there can be worked out from them, which a blur would not promise. The
//! result carries no metadata.

use std::io::Cursor;

use super::picture::{PictureError, upright_pixels};
use super::raster::Raster;
use super::{LONG_SIDE_DEFAULT_PX, encode};

/// The most blocks across the long side of a region: a face of five blocks is nobody's.
pub const BLOCKS_ACROSS_MAX: u32 = 5;

/// A part of a picture as it is shown, in parts of its width and height: 0 is left and top, 1 right and bottom.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Region {
    /// The left edge, 0..=1.
    pub x: f64,
    /// The upper edge, 0..=1.
    pub y: f64,
    /// The width, 0..=1.
    pub w: f64,
    /// The height, 0..=1.
    pub h: f64,
}

/// The picture as an upright JPEG without metadata, with every region in at most [`BLOCKS_ACROSS_MAX`] flat blocks across. What of a
/// region lies outside the picture is left out; one that is no region at all (not a number) covers the whole picture, to be safe.
///
/// # Errors
/// As [`prepare_picture`](super::prepare_picture).
pub fn pixelate(bytes: &[u8], regions: &[Region]) -> Result<Vec<u8>, PictureError> {
    let mut picture = upright_pixels(Cursor::new(bytes), LONG_SIDE_DEFAULT_PX)?;
    for region in regions {
        cover(&mut picture, region);
    }
    encode::jpeg(&picture, 80)
}

fn cover(picture: &mut Raster, region: &Region) {
    let is_region = [region.x, region.y, region.w, region.h]
        .iter()
        .all(|v| v.is_finite());
    let whole = Region {
        x: 0.0,
        y: 0.0,
        w: 1.0,
        h: 1.0,
    };
    let Region { x, y, w, h } = if is_region { *region } else { whole };
    let (left, right) = edges(x, w, picture.width_px);
    let (top, bottom) = edges(y, h, picture.height_px);
    if left >= right || top >= bottom {
        return;
    }
    let block = (right - left)
        .max(bottom - top)
        .div_ceil(BLOCKS_ACROSS_MAX as usize)
        .max(1);
    for block_top in (top..bottom).step_by(block) {
        for block_left in (left..right).step_by(block) {
            let (to_x, to_y) = ((block_left + block).min(right), (block_top + block).min(bottom));
            flatten(picture, block_left..to_x, block_top..to_y);
        }
    }
}

/// First and last-but-one pixel of a stretch, widened to whole pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the picture before, and pictures are smaller than 4096"
)]
fn edges(from: f64, length: f64, side_px: u32) -> (usize, usize) {
    let side = f64::from(side_px);
    let (low, high) = if length < 0.0 {
        (from + length, from)
    } else {
        (from, from + length)
    };
    let first = (low * side).floor().clamp(0.0, side);
    let last = (high * side).ceil().clamp(0.0, side);
    (first as usize, last as usize)
}

/// Gives a rectangle its mean colour.
fn flatten(picture: &mut Raster, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) {
    let row_bytes = picture.width_px as usize * 3;
    let count = (columns.len() * rows.len()).max(1) as u64;
    let mut sums = [0u64; 3];
    for y in rows.clone() {
        let line = &picture.pixels[y * row_bytes + columns.start * 3..y * row_bytes + columns.end * 3];
        for rgb in line.chunks_exact(3) {
            for (sum, value) in sums.iter_mut().zip(rgb) {
                *sum += u64::from(*value);
            }
        }
    }
    let mean = sums.map(|sum| u8::try_from(sum / count).unwrap_or(u8::MAX));
    for y in rows {
        let line = &mut picture.pixels[y * row_bytes + columns.start * 3..y * row_bytes + columns.end * 3];
        for rgb in line.chunks_exact_mut(3) {
            rgb.copy_from_slice(&mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hard edges in every grey that there is.
    fn board() -> Raster {
        let (width_px, height_px) = (160u32, 120u32);
        let light = |x: u32, y: u32| u8::try_from((x * 37 + y * 101) % 256).expect("small");
        let pixels = (0..height_px).flat_map(|y| (0..width_px).flat_map(move |x| [light(x, y); 3]));
        Raster {
            pixels: pixels.collect(),
            width_px,
            height_px,
        }
    }

    /// How many different colours a rectangle has.
    fn colours(picture: &Raster, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> usize {
        let row_bytes = picture.width_px as usize * 3;
        let all: std::collections::BTreeSet<[u8; 3]> = rows
            .flat_map(|y| columns.clone().map(move |x| (x, y)))
            .map(|(x, y)| {
                let at = y * row_bytes + x * 3;
                [picture.pixels[at], picture.pixels[at + 1], picture.pixels[at + 2]]
            })
            .collect();
        all.len()
    }

    #[test]
    fn a_region_keeps_no_more_than_a_few_colours_and_the_rest_stays_as_it_was() {
        let mut picture = board();
        let region = Region {
            x: 0.25,
            y: 0.25,
            w: 0.5,
            h: 0.5,
        };
        cover(&mut picture, &region);
        assert!(colours(&picture, 40..120, 30..90) <= 25);
        let before = board();
        let row_bytes = 160 * 3;
        assert_eq!(picture.pixels[..30 * row_bytes], before.pixels[..30 * row_bytes]);
        assert_eq!(picture.pixels[90 * row_bytes..], before.pixels[90 * row_bytes..]);
    }

    #[test]
    fn regions_beyond_the_edge_backwards_and_without_numbers_hide_too() {
        let whole = |region| {
            let mut picture = board();
            cover(&mut picture, &region);
            colours(&picture, 0..160, 0..120) <= 25
        };
        let region = |x, y, w, h| Region { x, y, w, h };
        assert!(whole(region(-1.0, -1.0, 9.0, 9.0)));
        assert!(whole(region(1.0, 1.0, -1.0, -1.0)));
        assert!(whole(region(f64::NAN, 0.0, 0.1, 0.1)));
        assert!(
            !whole(region(2.0, 2.0, 1.0, 1.0)),
            "outside the picture there is nothing to hide"
        );
    }

    #[test]
    fn what_comes_out_is_a_jpeg_of_the_same_shape_and_a_text_is_refused() {
        let jpeg = encode::jpeg(&board(), 90).expect("encoded");
        let hidden = pixelate(&jpeg, &[]).expect("a picture");
        let back = upright_pixels(Cursor::new(&hidden), 4096).expect("a picture");
        assert_eq!((back.width_px, back.height_px), (160, 120));
        assert!(pixelate(b"no picture", &[]).is_err());
    }
}
