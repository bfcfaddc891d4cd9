//! Decoded pixels on their way from decoder to encoder: made smaller, then made RGB.
//!
//! The order matters for memory: a decoder's own layout (grey, RGB, CMYK) is resized first, and only the small
//! result is converted.

use super::PictureError;
use super::resize;

/// RGB, 8 bits a channel, rows from the top without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raster {
    pub(super) pixels: Vec<u8>,
    pub(super) width_px: u32,
    pub(super) height_px: u32,
}

/// How a decoder lays out its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Grey,
    Rgb,
    /// Amounts of ink, 255 is full.
    Cmyk,
}

impl Layout {
    pub(super) const fn channels(self) -> u64 {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// Width and height of a picture brought to a long side; never enlarged, never below 1.
pub(super) fn fitted(width_px: u32, height_px: u32, long_side_px: u32) -> (u32, u32) {
    let long = width_px.max(height_px);
    if long <= long_side_px {
        return (width_px, height_px);
    }
    let scaled = |side: u32| {
        let rounded =
            (u64::from(side) * u64::from(long_side_px) * 2 + u64::from(long)) / (u64::from(long) * 2);
        u32::try_from(rounded).map_or(long_side_px, |side| side.max(1))
    };
    (scaled(width_px), scaled(height_px))
}

/// Makes pixels smaller (Lanczos), if they are larger than `to`, and converts them to RGB.
pub(super) fn shrink_to_rgb(
    pixels: Vec<u8>,
    layout: Layout,
    from: (u32, u32),
    to: (u32, u32),
) -> Result<Raster, PictureError> {
    let small = if from == to {
        pixels
    } else {
        resized(&pixels, layout, from, to)?
    };
    let pixels = match layout {
        Layout::Rgb => small,
        Layout::Grey => small.iter().flat_map(|&grey| [grey, grey, grey]).collect(),
        Layout::Cmyk => small.chunks_exact(4).flat_map(rgb_of_inks).collect(),
    };
    Ok(Raster {
        pixels,
        width_px: to.0,
        height_px: to.1,
    })
}

/// A smaller copy, for thumbnails.
pub(super) fn smaller(picture: &Raster, long_side_px: u32) -> Result<Raster, PictureError> {
    let from = (picture.width_px, picture.height_px);
    let to = fitted(from.0, from.1, long_side_px);
    shrink_to_rgb(picture.pixels.clone(), Layout::Rgb, from, to)
}

fn resized(pixels: &[u8], layout: Layout, from: (u32, u32), to: (u32, u32)) -> Result<Vec<u8>, PictureError> {
    let side = |side: u32| usize::try_from(side).map_err(|_| PictureError::Inconsistent);
    let (from, to) = ((side(from.0)?, side(from.1)?), (side(to.0)?, side(to.1)?));
    let channels = usize::try_from(layout.channels()).map_err(|_| PictureError::Inconsistent)?;
    let length = from
        .0
        .checked_mul(from.1)
        .and_then(|count| count.checked_mul(channels));
    if length != Some(pixels.len()) || [from.0, from.1, to.0, to.1].contains(&0) {
        return Err(PictureError::Inconsistent);
    }
    Ok(match layout {
        Layout::Grey => resize::shrink::<1>(pixels, from, to),
        Layout::Rgb => resize::shrink::<3>(pixels, from, to),
        // The fourth channel is ink, not transparency.
        Layout::Cmyk => resize::shrink::<4>(pixels, from, to),
    })
}

fn rgb_of_inks(inks: &[u8]) -> [u8; 3] {
    let white = |ink: u8| u32::from(255 - ink);
    let key = white(inks[3]);
    [inks[0], inks[1], inks[2]].map(|ink| u8::try_from(white(ink) * key / 255).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_side_fits_and_nothing_is_enlarged() {
        assert_eq!(fitted(12_000, 9_000, 1600), (1600, 1200));
        assert_eq!(fitted(3_000, 4_000, 1600), (1200, 1600));
        assert_eq!(fitted(640, 480, 1600), (640, 480));
        assert_eq!(fitted(1600, 1, 1600), (1600, 1));
        assert_eq!(fitted(65_535, 1, 1600), (1600, 1));
        assert_eq!(fitted(65_535, 65_535, 1600), (1600, 1600));
    }

    #[test]
    fn inks_become_light() {
        assert_eq!(rgb_of_inks(&[0, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(rgb_of_inks(&[0, 0, 0, 255]), [0, 0, 0]);
        assert_eq!(rgb_of_inks(&[255, 0, 0, 0]), [0, 255, 255]);
    }

    #[test]
    fn grey_becomes_three_equal_channels() {
        let raster = shrink_to_rgb(vec![7, 9], Layout::Grey, (2, 1), (2, 1)).unwrap();
        assert_eq!(raster.pixels, [7, 7, 7, 9, 9, 9]);
    }
}
