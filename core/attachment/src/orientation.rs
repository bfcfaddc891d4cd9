//! The eight ways a camera may store a picture, and turning the pixels upright.
//!
//! Set in stone: the numbers, which are those of TIFF and EXIF tag 0x0112.

use super::raster::Raster;

/// How the stored pixels lie, by EXIF's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// 1: as shown.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    MirroredAcross,
    /// 3: upside down.
    Rotated180,
    /// 4: mirrored top to bottom.
    MirroredDown,
    /// 5: mirrored about the main diagonal.
    Transposed,
    /// 6: must be turned 90° clockwise to be shown.
    Needs90Clockwise,
    /// 7: mirrored about the other diagonal.
    Transversed,
    /// 8: must be turned 90° counter-clockwise to be shown.
    Needs90Counterclockwise,
}

impl Orientation {
    /// All eight, in the order of their EXIF numbers from 1.
    pub const ALL: [Self; 8] = [
        Self::Upright,
        Self::MirroredAcross,
        Self::Rotated180,
        Self::MirroredDown,
        Self::Transposed,
        Self::Needs90Clockwise,
        Self::Transversed,
        Self::Needs90Counterclockwise,
    ];

    /// From EXIF's number; anything outside 1 to 8 counts as upright, as viewers do.
    pub fn from_exif(number: u32) -> Self {
        let index = number
            .checked_sub(1)
            .and_then(|index| usize::try_from(index).ok());
        index
            .and_then(|index| Self::ALL.get(index))
            .copied()
            .unwrap_or_default()
    }

    /// Whether width and height change places when shown.
    pub const fn swaps_sides(self) -> bool {
        matches!(
            self,
            Self::Transposed | Self::Needs90Clockwise | Self::Transversed | Self::Needs90Counterclockwise
        )
    }
}

/// Turns stored RGB pixels so that they are shown upright.
pub(super) fn upright(stored: Raster, orientation: Orientation) -> Raster {
    if orientation == Orientation::Upright {
        return stored;
    }
    let (stored_width, stored_height) = (stored.width_px as usize, stored.height_px as usize);
    let (width, height) = if orientation.swaps_sides() {
        (stored_height, stored_width)
    } else {
        (stored_width, stored_height)
    };
    let mut pixels = Vec::with_capacity(stored.pixels.len());
    let (right, bottom) = (stored_width - 1, stored_height - 1);
    for y in 0..height {
        for x in 0..width {
            let (from_x, from_y) = match orientation {
                Orientation::Upright => (x, y),
                Orientation::MirroredAcross => (right - x, y),
                Orientation::Rotated180 => (right - x, bottom - y),
                Orientation::MirroredDown => (x, bottom - y),
                Orientation::Transposed => (y, x),
                Orientation::Needs90Clockwise => (y, bottom - x),
                Orientation::Transversed => (right - y, bottom - x),
                Orientation::Needs90Counterclockwise => (right - y, x),
            };
            let at = (from_y * stored_width + from_x) * 3;
            pixels.extend_from_slice(&stored.pixels[at..at + 3]);
        }
    }
    let (width_px, height_px) = if orientation.swaps_sides() {
        (stored.height_px, stored.width_px)
    } else {
        (stored.width_px, stored.height_px)
    };
    Raster {
        pixels,
        width_px,
        height_px,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a b c` over `d e f`, shown upright.
    const SHOWN: [&str; 2] = ["abc", "def"];

    /// How each orientation stores that picture, from the figure in the EXIF standard.
    const STORED: [&[&str]; 8] = [
        &["abc", "def"],
        &["cba", "fed"],
        &["fed", "cba"],
        &["def", "abc"],
        &["ad", "be", "cf"],
        &["cf", "be", "ad"],
        &["fc", "eb", "da"],
        &["da", "eb", "fc"],
    ];

    fn raster(rows: &[&str]) -> Raster {
        Raster {
            width_px: u32::try_from(rows[0].len()).unwrap(),
            height_px: u32::try_from(rows.len()).unwrap(),
            pixels: rows.concat().bytes().flat_map(|b| [b, b, b]).collect(),
        }
    }

    #[test]
    fn all_eight_orientations_are_turned_upright() {
        for (index, stored) in STORED.into_iter().enumerate() {
            let number = u32::try_from(index).unwrap() + 1;
            let shown = upright(raster(stored), Orientation::from_exif(number));
            let expected = raster(&SHOWN);
            assert_eq!(shown.pixels, expected.pixels, "orientation {number}");
            assert_eq!((shown.width_px, shown.height_px), (3, 2), "orientation {number}");
        }
    }

    #[test]
    fn numbers_outside_one_to_eight_count_as_upright() {
        for number in [0, 9, u32::MAX] {
            assert_eq!(Orientation::from_exif(number), Orientation::Upright);
        }
    }
}
