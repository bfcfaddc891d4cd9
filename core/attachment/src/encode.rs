//! From RGB pixels to the JPEG that is uploaded and to its thumbnail. Neither carries any metadata.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::picture::{PictureError, THUMBNAIL_BYTES_MAX, THUMBNAIL_LONG_SIDE_PX};
use super::raster::{Raster, smaller};

/// Sizes and qualities a thumbnail is tried at, best first; the last fits whatever the picture shows, because 64 x 64
/// pixels hold 96 blocks and no block of that quality takes 300 bytes.
const THUMBNAIL_STEPS: [(u32, u8); 7] = [
    (THUMBNAIL_LONG_SIDE_PX, 72),
    (320, 55),
    (320, 38),
    (256, 38),
    (200, 30),
    (128, 30),
    (64, 20),
];

/// Baseline JPEG, 4:2:0, in one scan with the standard's Huffman tables. Tables made for the picture would save 3 % of
/// a photograph, but this encoder then writes a scan for each channel, which some decoders in wide use turn into
/// wrong colours.
pub(super) fn jpeg(picture: &Raster, quality: u8) -> Result<Vec<u8>, PictureError> {
    let width = u16::try_from(picture.width_px).map_err(|_| PictureError::Inconsistent)?;
    let height = u16::try_from(picture.height_px).map_err(|_| PictureError::Inconsistent)?;
    let mut bytes = Vec::with_capacity(picture.pixels.len() / 12);
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(&picture.pixels, width, height, ColorType::Rgb)
        .map_err(|_| PictureError::Inconsistent)?;
    Ok(bytes)
}

/// A JPEG of at most [`THUMBNAIL_BYTES_MAX`] bytes.
pub(super) fn thumbnail(picture: &Raster) -> Result<Vec<u8>, PictureError> {
    let mut small = smaller(picture, THUMBNAIL_LONG_SIDE_PX)?;
    for (long_side_px, quality) in THUMBNAIL_STEPS {
        if long_side_px < small.width_px.max(small.height_px) {
            small = smaller(&small, long_side_px)?;
        }
        let bytes = jpeg(&small, quality)?;
        if bytes.len() <= THUMBNAIL_BYTES_MAX {
            return Ok(bytes);
        }
    }
    Err(PictureError::Inconsistent)
}

/// What a camera would store: a baseline JPEG, 4:2:0, of opaque RGBA pixels (rows from the top) with an EXIF block
/// (TIFF header first). For drawn scenes and tests; what is uploaded never carries such a block.
///
/// # Errors
///
/// [`PictureError::Inconsistent`] where the number of pixels is not width times height.
pub fn camera_jpeg(
    rgba: &[u8],
    size_px: (u16, u16),
    quality: u8,
    exif: Option<&[u8]>,
) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::with_capacity(rgba.len() / 8);
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    if let Some(block) = exif {
        encoder
            .add_exif_metadata(block)
            .map_err(|_| PictureError::Inconsistent)?;
    }
    encoder
        .encode(rgba, size_px.0, size_px.1, ColorType::Rgba)
        .map_err(|_| PictureError::Inconsistent)?;
    Ok(bytes)
}
