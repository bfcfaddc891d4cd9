//! Walks a JPEG from its first marker to its last without decoding it: size, coding, EXIF block, and whether the
//! file is whole. Every dimension is known and judged before a decoder sees the file.
//!
//! One pass over the bytes, constant memory except for the one EXIF block (under 64 KB).

use std::io::BufRead;

use super::PictureError;

/// More scans than this are an attack on the processor: camera software writes at most about a dozen.
const SCANS_MAX: u32 = 100;

/// How the coefficients are coded; decides what decoding costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Baseline and extended sequential: decodes row by row.
    Sequential,
    /// All coefficients are held until the last scan.
    Progressive,
}

/// What is known of a JPEG before decoding.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    pub(super) coding: Coding,
    /// Horizontal and vertical sampling factor of each component, each 1 to 4.
    pub(super) sampling: Vec<(u32, u32)>,
    /// The TIFF block behind `Exif\0\0`, if there is one.
    pub(super) exif: Option<Vec<u8>>,
    /// Length up to and including the end marker; cameras append other things behind it.
    pub(super) size_bytes: u64,
}

impl Outline {
    /// Columns and rows of MCUs, the units in which components are padded.
    pub(super) fn mcus(&self) -> (u64, u64) {
        let h_max = self.sampling.iter().map(|s| s.0).max().unwrap_or(1);
        let v_max = self.sampling.iter().map(|s| s.1).max().unwrap_or(1);
        (
            u64::from(self.width_px.div_ceil(8 * h_max)),
            u64::from(self.height_px.div_ceil(8 * v_max)),
        )
    }

    /// Number of 8 x 8 blocks of all components, padding included.
    pub(super) fn blocks(&self) -> u64 {
        let (columns, rows) = self.mcus();
        self.sampling
            .iter()
            .map(|(h, v)| columns * rows * u64::from(h * v))
            .sum()
    }
}

struct Walker<R> {
    reader: R,
    position: u64,
}

/// Reads a JPEG up to its end marker.
pub(super) fn read(reader: impl BufRead) -> Result<Outline, PictureError> {
    let mut walker = Walker { reader, position: 0 };
    if walker.bytes::<2>()? != [0xFF, 0xD8] {
        return Err(broken("no start marker"));
    }
    let mut frame: Option<Outline> = None;
    let mut exif = None;
    let mut scans = 0;
    let mut scan_bytes = 0;
    let mut marker = walker.marker()?;
    loop {
        match marker {
            0xD9 => break,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                if frame.is_some() {
                    return Err(unsupported("more than one frame"));
                }
                frame = Some(frame_header(marker, &walker.segment()?)?);
            }
            0xDA => {
                if frame.is_none() {
                    return Err(broken("a scan before the frame header"));
                }
                scans += 1;
                if scans > SCANS_MAX {
                    return Err(broken("too many scans"));
                }
                walker.skip_segment()?;
                let (bytes, next) = walker.entropy_data()?;
                scan_bytes += bytes;
                marker = next;
                continue;
            }
            0xDC => return Err(unsupported("the height stands behind the first scan")),
            0xE1 if exif.is_none() => {
                let mut segment = walker.segment()?;
                if segment.starts_with(b"Exif\0\0") {
                    exif = Some(segment.split_off(6));
                }
            }
            0xD0..=0xD7 | 0x01 => {}
            0xD8 => return Err(broken("a second start marker")),
            _ => walker.skip_segment()?,
        }
        marker = walker.marker()?;
    }
    let mut outline = frame.ok_or_else(|| broken("no frame header"))?;
    outline.exif = exif;
    outline.size_bytes = walker.position;
    refuse_hollow(&outline, scans, scan_bytes)?;
    Ok(outline)
}

/// A block costs at least two bits in a sequential scan and one in the first progressive scan, so a file with fewer
/// lies about its size: decoders would fill the rest with grey and call it a picture.
fn refuse_hollow(outline: &Outline, scans: u32, scan_bytes: u64) -> Result<(), PictureError> {
    let bits_per_block = match outline.coding {
        Coding::Sequential => 2,
        Coding::Progressive => 1,
    };
    // In a scan of one component alone the padding blocks are not coded; half is far below any true file.
    if scans == 0 || scan_bytes * 8 < outline.blocks() * bits_per_block / 2 {
        return Err(PictureError::Hollow {
            width_px: outline.width_px,
            height_px: outline.height_px,
        });
    }
    Ok(())
}

fn frame_header(marker: u8, segment: &[u8]) -> Result<Outline, PictureError> {
    let coding = match marker {
        0xC0 | 0xC1 => Coding::Sequential,
        0xC2 => Coding::Progressive,
        0xC9..=0xCF => return Err(unsupported("arithmetic coding")),
        0xC3 => return Err(unsupported("lossless JPEG")),
        _ => return Err(unsupported("hierarchical JPEG")),
    };
    let [precision, h1, h0, w1, w0, count, components @ ..] = segment else {
        return Err(broken("a frame header that is too short"));
    };
    if *precision != 8 {
        return Err(unsupported("more than 8 bits a channel"));
    }
    if !matches!(count, 1 | 3 | 4) || components.len() != usize::from(*count) * 3 {
        return Err(broken("a number of channels other than 1, 3 or 4"));
    }
    let sampling: Vec<_> = components
        .chunks_exact(3)
        .map(|c| (u32::from(c[1] >> 4), u32::from(c[1] & 15)))
        .collect();
    if sampling
        .iter()
        .any(|(h, v)| !(1..=4).contains(h) || !(1..=4).contains(v))
    {
        return Err(broken("a sampling factor outside 1 to 4"));
    }
    let width_px = u32::from(u16::from_be_bytes([*w1, *w0]));
    let height_px = u32::from(u16::from_be_bytes([*h1, *h0]));
    if height_px == 0 {
        return Err(unsupported("the height stands behind the first scan"));
    }
    if width_px == 0 {
        return Err(broken("a width of 0"));
    }
    Ok(Outline {
        width_px,
        height_px,
        coding,
        sampling,
        exif: None,
        size_bytes: 0,
    })
}

impl<R: BufRead> Walker<R> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], PictureError> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.position += N as u64;
        Ok(bytes)
    }

    /// The next marker. Bytes between segments are passed over as all decoders do: some phones leave some there.
    fn marker(&mut self) -> Result<u8, PictureError> {
        loop {
            while self.bytes::<1>()? != [0xFF] {}
            let mut byte = 0xFF;
            while byte == 0xFF {
                [byte] = self.bytes()?;
            }
            if byte != 0 {
                return Ok(byte);
            }
        }
    }

    fn segment_bytes(&mut self) -> Result<usize, PictureError> {
        let length = usize::from(u16::from_be_bytes(self.bytes()?));
        length
            .checked_sub(2)
            .ok_or_else(|| broken("a segment shorter than its own length field"))
    }

    fn segment(&mut self) -> Result<Vec<u8>, PictureError> {
        let mut segment = vec![0; self.segment_bytes()?];
        self.reader.read_exact(&mut segment)?;
        self.position += segment.len() as u64;
        Ok(segment)
    }

    fn skip_segment(&mut self) -> Result<(), PictureError> {
        let mut left = self.segment_bytes()?;
        while left > 0 {
            let ready = self.buffer()?.len().min(left);
            self.consume(ready);
            left -= ready;
        }
        Ok(())
    }

    /// Passes over entropy-coded data; gives its length and the marker that ends it.
    fn entropy_data(&mut self) -> Result<(u64, u8), PictureError> {
        let start = self.position;
        loop {
            let buffer = self.buffer()?;
            let Some(index) = memchr::memchr(0xFF, buffer) else {
                let all = buffer.len();
                self.consume(all);
                continue;
            };
            self.consume(index + 1);
            let length = self.position - 1 - start;
            let mut byte = 0xFF;
            while byte == 0xFF {
                [byte] = self.bytes()?;
            }
            if byte != 0 && !(0xD0..=0xD7).contains(&byte) {
                return Ok((length, byte));
            }
        }
    }

    /// What is buffered, never empty: the end of the file before the end marker is a truncation.
    fn buffer(&mut self) -> Result<&[u8], PictureError> {
        let buffer = self.reader.fill_buf()?;
        if buffer.is_empty() {
            Err(PictureError::Truncated)
        } else {
            Ok(buffer)
        }
    }

    fn consume(&mut self, bytes: usize) {
        self.reader.consume(bytes);
        self.position += bytes as u64;
    }
}

fn broken(what: &'static str) -> PictureError {
    PictureError::Broken {
        format: super::PictureFormat::Jpeg,
        what: what.into(),
    }
}

fn unsupported(what: &'static str) -> PictureError {
    PictureError::Unsupported {
        format: super::PictureFormat::Jpeg,
        what,
    }
}
