//! What a file is, told from its first bytes; names and declared types are never believed.

use super::PictureError;

/// The picture formats that are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// JPEG, baseline, extended or progressive.
    Jpeg,
    /// PNG.
    Png,
    /// WebP, lossy or lossless; of an animation the first frame.
    WebP,
}

impl PictureFormat {
    /// The media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }

    /// The format behind a media type, for callers that were told one; `None` for others.
    pub fn from_mime(mime: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::WebP]
            .into_iter()
            .find(|format| format.mime() == mime)
    }
}

impl std::fmt::Display for PictureFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
        })
    }
}

/// How many first bytes [`recognise`] wants to see, if the file has them.
pub(super) const HEAD_BYTES: usize = 64;

/// The brands of HEIC and AVIF files; a phone may write any of them as the major or as a compatible brand.
const HEIF_BRANDS: [&[u8; 4]; 10] = [
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis",
];

/// Tells the format from the first bytes of a file (up to [`HEAD_BYTES`]).
pub(super) fn recognise(head: &[u8]) -> Result<PictureFormat, PictureError> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    if head.is_empty() {
        return Err(PictureError::Empty);
    }
    if head.starts_with(&[0xFF, 0xD8]) {
        return Ok(PictureFormat::Jpeg);
    }
    if head.starts_with(PNG) {
        return Ok(PictureFormat::Png);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Ok(PictureFormat::WebP);
    }
    if is_heif(head) {
        return Err(PictureError::Heic);
    }
    // A cut so early that the signature itself is incomplete is a cut, not another kind of file.
    let cut = PNG.starts_with(head)
        || [0xFF, 0xD8].starts_with(head)
        || (head.len() < 12 && (b"RIFF".starts_with(head) || is_cut_webp(head)));
    Err(if cut {
        PictureError::Truncated
    } else {
        PictureError::UnknownFormat
    })
}

fn is_cut_webp(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..).is_none_or(|rest| b"WEBP".starts_with(rest))
}

fn is_heif(head: &[u8]) -> bool {
    if head.get(4..8) != Some(b"ftyp") {
        return false;
    }
    let box_bytes = head
        .first_chunk::<4>()
        .map_or(0, |size| u32::from_be_bytes(*size));
    let end = usize::try_from(box_bytes).unwrap_or(usize::MAX).min(head.len());
    let brands = head.get(8..end).unwrap_or_default();
    brands
        .chunks_exact(4)
        .any(|brand| HEIF_BRANDS.iter().any(|heif| *heif == brand))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_from_the_first_bytes() {
        assert_eq!(recognise(b"\xff\xd8\xff\xe0").unwrap(), PictureFormat::Jpeg);
        assert_eq!(recognise(b"\x89PNG\r\n\x1a\n....").unwrap(), PictureFormat::Png);
        assert_eq!(recognise(b"RIFF\x10\0\0\0WEBPVP8 ").unwrap(), PictureFormat::WebP);
    }

    #[test]
    fn heic_and_avif_are_named_whatever_their_major_brand() {
        for brands in [
            "heicmif1heic",
            "mif1\0\0\0\0mif1heic",
            "avif\0\0\0\0mif1",
            "MSF \0\0\0\0hevc",
        ] {
            let mut head = vec![0, 0, 0, u8::try_from(8 + brands.len()).unwrap()];
            head.extend(b"ftyp");
            head.extend(brands.as_bytes());
            assert!(matches!(recognise(&head), Err(PictureError::Heic)), "{brands}");
        }
        assert!(matches!(
            recognise(b"\0\0\0\x14ftypM4A \0\0\0\0isom"),
            Err(PictureError::UnknownFormat)
        ));
    }

    #[test]
    fn other_files_and_empty_ones_are_told_apart() {
        assert!(matches!(recognise(b""), Err(PictureError::Empty)));
        for head in [
            &b"GIF89a"[..],
            b"%PDF-1.7",
            b"<html><body>",
            b"BM",
            b"RIFF\x10\0\0\0WAVEfmt ",
        ] {
            assert!(
                matches!(recognise(head), Err(PictureError::UnknownFormat)),
                "{head:?}"
            );
        }
        for head in [&b"\xff"[..], b"\x89PN", b"RIF", b"RIFF\x10\0\0\0WE"] {
            assert!(
                matches!(recognise(head), Err(PictureError::Truncated)),
                "{head:?}"
            );
        }
    }
}
