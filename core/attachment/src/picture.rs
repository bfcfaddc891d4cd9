//! Makes of whatever a camera or a gallery hands over the one JPEG that is stored and sent.
//!
//! Order, each step cheap compared with the next: length, first bytes, header and completeness, pixel limits, memory
//! budget, and only then a decoder, under a guard against its panics.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::decode::Decoded;
use super::format::{HEAD_BYTES, recognise};
use super::raster::Raster;
use super::{
    BlobHash, LONG_SIDE_DEFAULT_PX, Orientation, PictureClaims, PictureFacts, PictureFormat, PositionClaim,
    TakenAtClaim, claims, decode, encode, orientation, outline,
};

/// Most pixels of a baseline or extended JPEG: above any phone's sensor, below what takes minutes.
pub const SEQUENTIAL_PIXELS_MAX: u64 = 256_000_000;
/// Most pixels of a progressive JPEG, a PNG or a WebP.
pub const OTHER_PIXELS_MAX: u64 = 16_000_000;
/// Longest file that is looked at.
pub const FILE_BYTES_MAX: u64 = 256_000_000;
/// Longest thumbnail.
pub const THUMBNAIL_BYTES_MAX: usize = 30_000;
/// Long side of a thumbnail, unless the picture is so noisy that it has to be smaller.
pub const THUMBNAIL_LONG_SIDE_PX: u32 = 320;

/// How a picture is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureOptions {
    /// Long side of the result in pixels, 64 to 4096; smaller pictures are not enlarged.
    pub long_side_px: u32,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
    /// What somebody said the file is; another content is refused. `None` where nobody did, or names do not matter.
    pub declared: Option<PictureFormat>,
}

impl Default for PictureOptions {
    fn default() -> Self {
        Self {
            long_side_px: LONG_SIDE_DEFAULT_PX,
            quality: 80,
            declared: None,
        }
    }
}

/// A picture ready to be stored and sent, and what its original claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct PreparedPicture {
    /// The upright baseline JPEG to upload, without metadata.
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`: the attachment's id.
    pub sha256: BlobHash,
    /// Media type of `bytes` and of `thumbnail`, always `image/jpeg`.
    pub mime: &'static str,
    /// Width of `bytes` as shown.
    pub width_px: u32,
    /// Height of `bytes` as shown.
    pub height_px: u32,
    /// A small JPEG of the same, at most [`THUMBNAIL_BYTES_MAX`] bytes.
    pub thumbnail: Vec<u8>,
    /// SHA-256 of `thumbnail`.
    pub thumbnail_sha256: BlobHash,
    /// When the camera says it was taken.
    pub taken_at_claim: Option<TakenAtClaim>,
    /// Where the camera says it was taken.
    pub position_claim: Option<PositionClaim>,
    /// How the original was stored; already applied.
    pub source_orientation: Orientation,
    /// What the original is.
    pub source_format: PictureFormat,
    /// Width of the original as stored.
    pub source_width_px: u32,
    /// Height of the original as stored.
    pub source_height_px: u32,
}

impl PreparedPicture {
    /// What the report's document says of this picture.
    pub fn facts(&self) -> PictureFacts {
        PictureFacts {
            sha256: self.sha256,
            size_bytes: self.bytes.len() as u64,
            width_px: self.width_px,
            height_px: self.height_px,
            thumbnail_sha256: self.thumbnail_sha256,
            thumbnail_size_bytes: self.thumbnail.len() as u64,
        }
    }
}

/// Why no picture was made. The caller keeps the original in every case.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// No bytes at all.
    #[error("the file is empty; take the picture again")]
    Empty,
    /// HEIC, HEIF or AVIF, which only the phone's own system can read.
    #[error(
        "HEIC and AVIF are not read here; let the phone convert the picture to JPEG, or set its camera to JPEG"
    )]
    Heic,
    /// Not a picture of a kind we know.
    #[error("not a JPEG, PNG or WebP picture; choose another file")]
    UnknownFormat,
    /// Declared as one format, but another one.
    #[error("declared as {declared} but is {found}; send it as what it is")]
    NotWhatItSays {
        /// What it was said to be.
        declared: PictureFormat,
        /// What its bytes are.
        found: PictureFormat,
    },
    /// The file ends before its own end.
    #[error("the file ends too early; copy it again or take the picture again")]
    Truncated,
    /// The bytes contradict the format.
    #[error("the {format} file is damaged ({what}); copy it again or take the picture again")]
    Broken {
        /// The format that the first bytes promise.
        format: PictureFormat,
        /// What the decoder found, for the log.
        what: String,
    },
    /// Declares a size for which it holds far too little data.
    #[error("says it is {width_px} x {height_px} pixels but holds almost no picture; take the picture again")]
    Hollow {
        /// Declared width.
        width_px: u32,
        /// Declared height.
        height_px: u32,
    },
    /// A legal variant that nobody's camera writes.
    #[error("this kind of {format} is not supported ({what}); save it as a plain JPEG and choose it again")]
    Unsupported {
        /// The format.
        format: PictureFormat,
        /// Which part of it.
        what: &'static str,
    },
    /// More pixels than this format may have.
    #[error(
        "{width_px} x {height_px} pixels are too many (at most {pixels_max} of this kind); choose a smaller one"
    )]
    TooManyPixels {
        /// Declared width.
        width_px: u32,
        /// Declared height.
        height_px: u32,
        /// The limit that was passed.
        pixels_max: u64,
    },
    /// A file longer than [`FILE_BYTES_MAX`].
    #[error("{size_bytes} bytes are too many (at most {bytes_max}); choose a smaller picture")]
    TooManyBytes {
        /// The file's length.
        size_bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// Header and content do not go together, or would need more memory than a phone has.
    #[error("the picture's size and content do not fit together; take the picture again")]
    Inconsistent,
    /// The file could not be read.
    #[error("the picture could not be read: {0}")]
    Io(#[source] std::io::Error),
}

impl From<std::io::Error> for PictureError {
    /// The end of the file in the middle of something is a truncation; all else is the storage's fault.
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedEof => Self::Truncated,
            _ => Self::Io(error),
        }
    }
}

/// Makes the picture from a file; its name does not matter. Errors as [`prepare_picture`].
pub fn prepare_picture_file(path: &Path, options: &PictureOptions) -> Result<PreparedPicture, PictureError> {
    prepare_picture(File::open(path).map_err(PictureError::Io)?, options)
}

/// Makes the picture that is stored and sent, and reads what the original claims.
///
/// # Memory
///
/// A sequential JPEG of any size up to [`SEQUENTIAL_PIXELS_MAX`] keeps the process below 50 MB if `source` is a file;
/// other kinds are limited to [`OTHER_PIXELS_MAX`] pixels and 120 MB. To stay below, a few shapes (square, or
/// without chroma subsampling) come out up to a third smaller than asked.
///
/// # Errors
///
/// Every [`PictureError`]; never panics, whatever the bytes.
pub fn prepare_picture<S: Read + Seek>(
    mut source: S,
    options: &PictureOptions,
) -> Result<PreparedPicture, PictureError> {
    let (format, options) = (look_at(&mut source, options.declared)?, *options);
    // The decoders are well tested, but they parse what strangers send: a panic in one is a damaged picture.
    guarded(format, || make(&mut source, format, &options))
}

/// The pixels of a picture as they are shown, at most `long_side_px` long. Errors and bounds as [`prepare_picture`].
pub(super) fn upright_pixels<S: Read + Seek>(
    mut source: S,
    long_side_px: u32,
) -> Result<Raster, PictureError> {
    let format = look_at(&mut source, None)?;
    guarded(format, || {
        let (claims, decoded) = read(&mut source, format, long_side_px.clamp(64, 4096))?;
        Ok(orientation::upright(decoded.raster, claims.orientation))
    })
}

/// What the file is, by its first bytes; then it stands at its beginning again.
fn look_at<S: Read + Seek>(
    source: &mut S,
    declared: Option<PictureFormat>,
) -> Result<PictureFormat, PictureError> {
    let size_bytes = source.seek(SeekFrom::End(0))?;
    if size_bytes > FILE_BYTES_MAX {
        return Err(PictureError::TooManyBytes {
            size_bytes,
            bytes_max: FILE_BYTES_MAX,
        });
    }
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::with_capacity(HEAD_BYTES);
    source.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    let format = recognise(&head)?;
    match declared.filter(|declared| *declared != format) {
        Some(declared) => Err(PictureError::NotWhatItSays {
            declared,
            found: format,
        }),
        None => Ok(format),
    }
}

fn guarded<T>(
    format: PictureFormat,
    job: impl FnOnce() -> Result<T, PictureError>,
) -> Result<T, PictureError> {
    catch_unwind(AssertUnwindSafe(job)).unwrap_or_else(|_| {
        Err(PictureError::Broken {
            format,
            what: "the decoder gave up".into(),
        })
    })
}

/// A file or bytes in memory. The decoders are compiled for this alone: for each kind of source they would fill a phone's library by a
/// third of a megabyte more. They read through a buffer of 64 KiB, so the call that is looked up costs nothing.
trait Source: Read + Seek {}

impl<S: Read + Seek> Source for S {}

fn make(
    source: &mut dyn Source,
    format: PictureFormat,
    options: &PictureOptions,
) -> Result<PreparedPicture, PictureError> {
    let (claims, decoded) = read(source, format, options.long_side_px.clamp(64, 4096))?;
    finish(claims, decoded, format, options.quality)
}

fn read(
    source: &mut dyn Source,
    format: PictureFormat,
    long_side_px: u32,
) -> Result<(PictureClaims, Decoded), PictureError> {
    let mut reader = BufReader::with_capacity(1 << 16, source);
    match format {
        PictureFormat::Jpeg => {
            let mut outline = outline::read(&mut reader)?;
            let claims = outline.exif.take().map(claims::of_block).unwrap_or_default();
            Ok((claims, decode::jpeg(reader, &outline, long_side_px)?))
        }
        PictureFormat::Png | PictureFormat::WebP => {
            let claims = claims::of_container(&mut reader);
            reader.seek(SeekFrom::Start(0))?;
            let decode = if format == PictureFormat::Png {
                decode::png
            } else {
                decode::webp
            };
            Ok((claims, decode(reader, long_side_px)?))
        }
    }
}

fn finish(
    claims: PictureClaims,
    decoded: Decoded,
    source_format: PictureFormat,
    quality: u8,
) -> Result<PreparedPicture, PictureError> {
    let picture = orientation::upright(decoded.raster, claims.orientation);
    let bytes = encode::jpeg(&picture, quality)?;
    let thumbnail = encode::thumbnail(&picture)?;
    Ok(PreparedPicture {
        sha256: BlobHash::of(&bytes),
        thumbnail_sha256: BlobHash::of(&thumbnail),
        bytes,
        mime: PictureFormat::Jpeg.mime(),
        width_px: picture.width_px,
        height_px: picture.height_px,
        thumbnail,
        taken_at_claim: claims.taken_at,
        position_claim: claims.position,
        source_orientation: claims.orientation,
        source_format,
        source_width_px: decoded.source_width_px,
        source_height_px: decoded.source_height_px,
    })
}
