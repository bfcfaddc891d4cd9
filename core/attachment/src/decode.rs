//! From a whole file to small RGB pixels, within a memory budget that is settled before the decoder starts.
//!
//! A sequential JPEG is decoded already scaled down (1/2, 1/4, 1/8), so its cost follows the size asked for and not
//! the camera's sensor. Everything else costs its full size and is therefore limited in pixels.

use std::io::{BufRead, Read, Seek, SeekFrom};

use image::ImageDecoder;

use super::PictureFormat;
use super::outline::{Coding, Outline};
use super::picture::{OTHER_PIXELS_MAX, PictureError, SEQUENTIAL_PIXELS_MAX};
use super::raster::{Layout, Raster, fitted, shrink_to_rgb};

/// What decoding and resizing of a sequential JPEG may hold, so that the whole process stays below 50 MB.
const SEQUENTIAL_BUDGET_BYTES: u64 = 42_000_000;
/// The same for a progressive JPEG, for 120 MB.
const PROGRESSIVE_BUDGET_BYTES: u64 = 110_000_000;
/// The same for decoders that cannot scale, for 120 MB.
const OTHER_BUDGET_BYTES: u64 = 112_000_000;

/// Pixels that were decoded, and the size the file said it had.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) raster: Raster,
    pub(super) source_width_px: u32,
    pub(super) source_height_px: u32,
}

/// Decodes a JPEG whose outline was read before.
pub(super) fn jpeg<R: BufRead + Seek>(
    mut reader: R,
    outline: &Outline,
    long_side_px: u32,
) -> Result<Decoded, PictureError> {
    let pixels_max = match outline.coding {
        Coding::Sequential => SEQUENTIAL_PIXELS_MAX,
        Coding::Progressive => OTHER_PIXELS_MAX,
    };
    refuse_above(outline.width_px, outline.height_px, pixels_max)?;
    let eighths = scale_in_eighths(outline, long_side_px)?;
    reader.seek(SeekFrom::Start(0))?;
    let file = reader.take(outline.size_bytes);
    let raster = scaled(file, outline, eighths, long_side_px).map_err(of_jpeg)??;
    Ok(Decoded {
        raster,
        source_width_px: outline.width_px,
        source_height_px: outline.height_px,
    })
}

/// Decodes a PNG, 8 bits a channel whatever it holds; what is transparent becomes white.
pub(super) fn png<R: BufRead + Seek>(reader: R, long_side_px: u32) -> Result<Decoded, PictureError> {
    let mut decoder = png::Decoder::new_with_limits(reader, png::Limits { bytes: 64_000_000 });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(of_png)?;
    let (width, height) = (header.width, header.height);
    refuse_above(width, height, OTHER_PIXELS_MAX)?;
    let mut reader = decoder.read_info().map_err(of_png)?;
    let size = reader
        .output_buffer_size()
        .filter(|bytes| *bytes as u64 <= OTHER_BUDGET_BYTES);
    let mut pixels = vec![0; size.ok_or(PictureError::Inconsistent)?];
    reader.next_frame(&mut pixels).map_err(of_png)?;
    reader.finish().map_err(of_png)?;
    let (color, _) = reader.output_color_type();
    // Frees the decoder's window and rows before the resizer takes its own.
    drop(reader);
    let (pixels, layout) = match color {
        png::ColorType::Grayscale => (pixels, Layout::Grey),
        png::ColorType::GrayscaleAlpha => (over_white::<2, 1>(pixels), Layout::Grey),
        png::ColorType::Rgba => (over_white::<4, 3>(pixels), Layout::Rgb),
        png::ColorType::Rgb | png::ColorType::Indexed => (pixels, Layout::Rgb),
    };
    let raster = shrink_to_rgb(
        pixels,
        layout,
        (width, height),
        fitted(width, height, long_side_px),
    )?;
    Ok(Decoded {
        raster,
        source_width_px: width,
        source_height_px: height,
    })
}

/// Decodes a WebP; of an animation the first frame.
pub(super) fn webp<R: BufRead + Seek>(mut reader: R, long_side_px: u32) -> Result<Decoded, PictureError> {
    refuse_cut_riff(&mut reader)?;
    let decoder =
        image::codecs::webp::WebPDecoder::new(reader).map_err(|e| of_image(e, PictureFormat::WebP))?;
    let (source_width_px, source_height_px) = decoder.dimensions();
    refuse_above(source_width_px, source_height_px, OTHER_PIXELS_MAX)?;
    let raster = full(Ok(decoder), PictureFormat::WebP, long_side_px)?;
    Ok(Decoded {
        raster,
        source_width_px,
        source_height_px,
    })
}

/// Refuses more pixels than the format's limit, and pictures without any.
fn refuse_above(width_px: u32, height_px: u32, pixels_max: u64) -> Result<(), PictureError> {
    let pixels = u64::from(width_px) * u64::from(height_px);
    if pixels == 0 {
        return Err(PictureError::Inconsistent);
    }
    if pixels > pixels_max {
        return Err(PictureError::TooManyPixels {
            width_px,
            height_px,
            pixels_max,
        });
    }
    Ok(())
}

/// The smallest scale that still covers the size asked for; smaller where that does not fit into the budget, which
/// only unusual shapes (square and without chroma subsampling) need, and which costs them some sharpness.
fn scale_in_eighths(outline: &Outline, long_side_px: u32) -> Result<u32, PictureError> {
    let long = outline.width_px.max(outline.height_px);
    let budget = match outline.coding {
        Coding::Sequential => SEQUENTIAL_BUDGET_BYTES,
        Coding::Progressive => PROGRESSIVE_BUDGET_BYTES,
    };
    let wanted = [1, 2, 4]
        .into_iter()
        .find(|eighths| (long * eighths).div_ceil(8) >= long_side_px)
        .unwrap_or(8);
    let affordable = [8, 4, 2, 1].into_iter().filter(|eighths| *eighths <= wanted);
    let mut affordable = affordable.filter(|eighths| bytes_needed(outline, *eighths, long_side_px) <= budget);
    affordable.next().ok_or(PictureError::TooManyPixels {
        width_px: outline.width_px,
        height_px: outline.height_px,
        pixels_max: SEQUENTIAL_PIXELS_MAX,
    })
}

/// The most that is held at once: coefficients, planes and pixels while decoding, or both pictures and the strip
/// between them while resizing.
fn bytes_needed(outline: &Outline, eighths: u32, long_side_px: u32) -> u64 {
    let layout = layout_of(outline.sampling.len());
    let (width, height) = scaled_size(outline, eighths);
    let (to_width, to_height) = fitted(width, height, long_side_px);
    let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let pixels = area(width, height) * layout.channels();
    let planes = outline.blocks() * u64::from(eighths * eighths);
    let coefficients = match outline.coding {
        Coding::Sequential => 0,
        Coding::Progressive => outline.blocks() * 64 * 2,
    };
    let decoding = coefficients + planes + if layout == Layout::Grey { 0 } else { pixels };
    let resizing = pixels + (area(to_width, height) + area(to_width, to_height)) * layout.channels();
    decoding.max(resizing)
}

fn scaled_size(outline: &Outline, eighths: u32) -> (u32, u32) {
    (
        (outline.width_px * eighths).div_ceil(8),
        (outline.height_px * eighths).div_ceil(8),
    )
}

const fn layout_of(components: usize) -> Layout {
    match components {
        1 => Layout::Grey,
        4 => Layout::Cmyk,
        _ => Layout::Rgb,
    }
}

fn scaled<R: Read>(
    reader: R,
    outline: &Outline,
    eighths: u32,
    long_side_px: u32,
) -> Result<Result<Raster, PictureError>, jpeg_decoder::Error> {
    let mut decoder = jpeg_decoder::Decoder::new(std::io::BufReader::with_capacity(1 << 16, reader));
    decoder.read_info()?;
    // The decoder takes the first scale that covers either side, so only the long side may name one: on a very
    // narrow picture the short side is covered by every scale.
    let (width, height) = scaled_size(outline, eighths);
    let long = u16::try_from(width.max(height)).unwrap_or(u16::MAX);
    let request = if width >= height {
        (long, u16::MAX)
    } else {
        (u16::MAX, long)
    };
    let (width, height) = decoder.scale(request.0, request.1)?;
    decoder.set_max_decoding_buffer_size(usize::try_from(PROGRESSIVE_BUDGET_BYTES).unwrap_or(usize::MAX));
    let pixels = decoder.decode()?;
    // Frees the coefficients of a progressive picture before the resizer takes its own.
    drop(decoder);
    let from = (u32::from(width), u32::from(height));
    let to = fitted(from.0, from.1, long_side_px);
    Ok(shrink_to_rgb(pixels, layout_of(outline.sampling.len()), from, to))
}

/// Decodes with a decoder of the `image` crate, at full size and under its limits.
fn full<D: ImageDecoder>(
    decoder: image::ImageResult<D>,
    format: PictureFormat,
    long_side_px: u32,
) -> Result<Raster, PictureError> {
    let mut decoder = decoder.map_err(|error| of_image(error, format))?;
    let (width, height) = decoder.dimensions();
    let mut limits = image::Limits::no_limits();
    limits.max_image_width = Some(u32::from(u16::MAX));
    limits.max_image_height = Some(u32::from(u16::MAX));
    limits.max_alloc = Some(OTHER_BUDGET_BYTES);
    decoder
        .set_limits(limits)
        .map_err(|error| of_image(error, format))?;
    let color = decoder.color_type();
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| PictureError::Inconsistent)?;
    let mut pixels = vec![0; size];
    decoder
        .read_image(&mut pixels)
        .map_err(|error| of_image(error, format))?;
    let (pixels, layout) = match color {
        image::ColorType::L8 => (pixels, Layout::Grey),
        image::ColorType::Rgb8 => (pixels, Layout::Rgb),
        image::ColorType::Rgba8 => (over_white::<4, 3>(pixels), Layout::Rgb),
        _ => {
            return Err(PictureError::Unsupported {
                format,
                what: "more than 8 bits a channel",
            });
        }
    };
    shrink_to_rgb(
        pixels,
        layout,
        (width, height),
        fitted(width, height, long_side_px),
    )
}

/// Lays pixels whose last channel is opacity over white, in place, since a second buffer would not fit the budget.
fn over_white<const FROM: usize, const TO: usize>(mut pixels: Vec<u8>) -> Vec<u8> {
    let count = pixels.len() / FROM;
    for index in 0..count {
        let opacity = u32::from(pixels[index * FROM + TO]);
        for channel in 0..TO {
            let color = u32::from(pixels[index * FROM + channel]);
            let mixed = (color * opacity + 255 * (255 - opacity) + 127) / 255;
            pixels[index * TO + channel] = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }
    pixels.truncate(count * TO);
    pixels
}

/// The RIFF header says how long the file is; decoders do not all notice when it is shorter.
fn refuse_cut_riff<R: Read + Seek>(reader: &mut R) -> Result<(), PictureError> {
    let file_bytes = reader.seek(SeekFrom::End(0))?;
    reader.seek(SeekFrom::Start(4))?;
    let mut size = [0; 4];
    reader.read_exact(&mut size)?;
    reader.seek(SeekFrom::Start(0))?;
    if u64::from(u32::from_le_bytes(size)) + 8 > file_bytes {
        Err(PictureError::Truncated)
    } else {
        Ok(())
    }
}

fn of_jpeg(error: jpeg_decoder::Error) -> PictureError {
    match error {
        jpeg_decoder::Error::Io(error) => error.into(),
        // What the outline let pass and the decoder never learnt: three lines of brightness to two of colour. A second decoder, which was
        // tried, is lenient and hands over a picture that is not the evidence.
        jpeg_decoder::Error::Unsupported(_) => PictureError::Unsupported {
            format: PictureFormat::Jpeg,
            what: "colour in an unusual proportion",
        },
        other => PictureError::Broken {
            format: PictureFormat::Jpeg,
            what: other.to_string(),
        },
    }
}

fn of_png(error: png::DecodingError) -> PictureError {
    match error {
        png::DecodingError::IoError(error) => error.into(),
        png::DecodingError::LimitsExceeded => PictureError::Inconsistent,
        other => PictureError::Broken {
            format: PictureFormat::Png,
            what: other.to_string(),
        },
    }
}

fn of_image(error: image::ImageError, format: PictureFormat) -> PictureError {
    match error {
        image::ImageError::IoError(error) => error.into(),
        image::ImageError::Limits(_) => PictureError::Inconsistent,
        other => PictureError::Broken {
            format,
            what: other.to_string(),
        },
    }
}
