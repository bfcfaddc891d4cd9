//! Pictures to test with, made without any file.

use exif::{Field, In, Rational, Tag, Value};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

pub(crate) const RED: [u8; 3] = [220, 30, 30];
pub(crate) const GREEN: [u8; 3] = [30, 200, 40];
pub(crate) const BLUE: [u8; 3] = [30, 40, 220];
pub(crate) const PALE: [u8; 3] = [240, 240, 230];

/// RGB pixels, rows from the top.
#[derive(Clone)]
pub(crate) struct Pixels {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) rgb: Vec<u8>,
}

impl Pixels {
    fn of(width: u16, height: u16, color: impl Fn(u16, u16) -> [u8; 3]) -> Self {
        let rgb = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| color(x, y));
        Self {
            width,
            height,
            rgb: rgb.collect(),
        }
    }

    /// Four plain quarters: top left, top right, bottom left, bottom right.
    pub(crate) fn quarters(width: u16, height: u16, colors: [[u8; 3]; 4]) -> Self {
        Self::of(width, height, |x, y| {
            colors[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)]
        })
    }

    /// Every pixel another colour: what compresses worst.
    pub(crate) fn noise(width: u16, height: u16) -> Self {
        Self::of(width, height, |x, y| {
            let mut n = (u32::from(x) << 16 | u32::from(y)).wrapping_mul(0x9E37_79B9) ^ 0x85EB_CA6B;
            n ^= n >> 15;
            n = n.wrapping_mul(0x2C1B_3C6D);
            n ^= n >> 12;
            let [r, g, b, _] = n.wrapping_mul(0x297A_2D39).to_be_bytes();
            [r, g, b]
        })
    }

    pub(crate) fn jpeg(&self) -> Vec<u8> {
        self.jpeg_with(None, |_| {})
    }

    pub(crate) fn jpeg_with(
        &self,
        exif: Option<&[u8]>,
        set: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 90);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        if let Some(block) = exif {
            encoder.add_exif_metadata(block).expect("the block is small");
        }
        set(&mut encoder);
        encoder
            .encode(&self.rgb, self.width, self.height, ColorType::Rgb)
            .expect("the size is right");
        bytes
    }

    /// One channel, or four of ink without black.
    pub(crate) fn jpeg_as(&self, color: ColorType) -> Vec<u8> {
        let data: Vec<u8> = match color {
            ColorType::Luma => self.rgb.chunks_exact(3).map(|p| p[1]).collect(),
            _ => self
                .rgb
                .chunks_exact(3)
                .flat_map(|p| [255 - p[0], 255 - p[1], 255 - p[2], 0])
                .collect(),
        };
        let mut bytes = Vec::new();
        let encoder = Encoder::new(&mut bytes, 95);
        encoder
            .encode(&data, self.width, self.height, color)
            .expect("the size is right");
        bytes
    }

    pub(crate) fn png(&self, color: png::ColorType, depth: png::BitDepth, exif: Option<&[u8]>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width.into(), self.height.into());
        encoder.set_color(color);
        encoder.set_depth(depth);
        let mut data = Vec::new();
        for pixel in self.rgb.chunks_exact(3) {
            let channels: &[u8] = match color {
                png::ColorType::Grayscale => &[pixel[1]],
                png::ColorType::Rgba => &[pixel[0], pixel[1], pixel[2], if pixel == PALE { 0 } else { 255 }],
                _ => pixel,
            };
            for channel in channels {
                data.push(*channel);
                if depth == png::BitDepth::Sixteen {
                    data.push(0);
                }
            }
        }
        let mut writer = encoder.write_header().expect("the header is sound");
        if let Some(block) = exif {
            writer
                .write_chunk(png::chunk::eXIf, block)
                .expect("a vector takes all");
        }
        writer.write_image_data(&data).expect("the size is right");
        writer.finish().expect("a vector takes all");
        bytes
    }

    pub(crate) fn webp(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
        let (width, height) = (self.width.into(), self.height.into());
        encoder
            .encode(&self.rgb, width, height, image::ExtendedColorType::Rgb8)
            .expect("the size is right");
        bytes
    }
}

/// A TIFF block with these fields, as it stands behind `Exif\0\0`.
pub(crate) fn exif_block(fields: &[(Tag, Value)]) -> Vec<u8> {
    let fields: Vec<Field> = fields
        .iter()
        .map(|(tag, value)| Field {
            tag: *tag,
            ifd_num: In::PRIMARY,
            value: value.clone(),
        })
        .collect();
    let mut writer = exif::experimental::Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut block = std::io::Cursor::new(Vec::new());
    writer.write(&mut block, true).expect("a vector takes all");
    block.into_inner()
}

pub(crate) fn text(text: &str) -> Value {
    Value::Ascii(vec![text.as_bytes().to_vec()])
}

pub(crate) fn orientation(number: u16) -> (Tag, Value) {
    (Tag::Orientation, Value::Short(vec![number]))
}

pub(crate) fn rationals(parts: &[(u32, u32)]) -> Value {
    Value::Rational(
        parts
            .iter()
            .map(|&(num, denom)| Rational { num, denom })
            .collect(),
    )
}
