//! Bodies of sync: CBOR, compressed where that is smaller, and bounded when it is unpacked.
//!
//! A phone deflates what it asks, a server answers in brotli: a reader of brotli is a tenth of the code of its writer, and deflate is in
//! the phone's library already, for documents. What takes no encoding gets the plain body.
//!
//! A hostile body costs little: the compressed stream may ask for no larger window than ours, what it gives is cut off at the reader's
//! bound, and nothing may follow it. The decoders that minicbor derives cannot recurse without end, since no message type contains
//! itself; unknown keys are passed over by a loop, not by recursion; and lists grow by one element for every element read, whatever
//! length they claim.
//!
//! Measured on 20 first changes of reports with real Chinese prose (777 bytes each, 15.6 KB): brotli 5 with an 18-bit window gives 49 %
//! in 0.5 ms, brotli 11 46 % in 18 ms, brotli 9 and windows of 16 bits take 10 ms for less, deflate 6 gives 53 % in 0.2 ms, ruzstd 60 %.
//! Changes that were deflated one by one do not shrink any more (93 %): hence the plain form of changes.
//!
//! Set in stone: the content type, `deflate` (with zlib's frame, RFC 1950) and `br` as the content encodings besides none, and brotli's
//! largest window.

use std::io::{Read, Write};

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use flate2::Compression;
use flate2::bufread::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// The content type of both directions.
pub const CONTENT_TYPE: &str = "application/cbor";

/// What a server of this release takes, as it says in the header `accept-encoding` of an answer.
pub const TAKEN: &str = "br, deflate";

/// Bodies shorter than this travel as they are: the header that names an encoding costs more than it saves.
pub const COMPRESS_FROM_BYTES: usize = 160;

/// Deflate's effort, 0 to 9.
const DEFLATE_EFFORT: u32 = 9;

/// Brotli's effort, 0 to 11, on the server, which packs for everybody: on a township's day 4 gives 6 to 9 % more bytes than 5, and a
/// first pull is served with a fifth less processor time.
const BROTLI_EFFORT: i32 = 4;

/// Log2 of brotli's window: pages are 64 KB, so 256 KB see everything and cost little memory. Readers refuse larger ones. Deflate's is
/// 32 KB at most by its format.
const WINDOW_BITS: u32 = 18;

/// How much is unpacked at a time.
const PIECE_BYTES: usize = 16 * 1024;

/// How a body travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// Deflated, in zlib's frame (`content-encoding: deflate`).
    Deflate,
    /// Brotli (`content-encoding: br`).
    Brotli,
}

impl Encoding {
    /// What the header `content-encoding` says; without the header a body travels as it is. `None` for an encoding that is not known.
    pub fn of_header(value: Option<&str>) -> Option<Self> {
        match value {
            None | Some("" | "identity") => Some(Self::Plain),
            Some("deflate") => Some(Self::Deflate),
            Some("br") => Some(Self::Brotli),
            Some(_) => None,
        }
    }

    /// What to say in the header `content-encoding`; `None` where it is left out.
    pub fn header(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Deflate => Some("deflate"),
            Self::Brotli => Some("br"),
        }
    }
}

/// A body as it travels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packed {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How they are to be read.
    pub encoding: Encoding,
}

/// Why a body cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// Unpacked, it has more bytes than the reader takes.
    #[error("the body has more than {bytes_max} bytes when it is unpacked")]
    TooLarge {
        /// The bound.
        bytes_max: usize,
    },
    /// The compressed bytes are damaged.
    #[error("the compressed body is damaged or cut")]
    Damaged,
    /// The CBOR is not the message that is expected.
    #[error("the body is not the CBOR that is expected: {0}")]
    Cbor(String),
}

/// Encodes what a phone asks: deflated where that is smaller.
pub fn pack_request<T: minicbor::Encode<()>>(message: &T) -> Packed {
    smaller(encoded(message), Encoding::Deflate, deflate)
}

/// Encodes what a server answers: in brotli where that is smaller.
pub fn pack_answer<T: minicbor::Encode<()>>(message: &T) -> Packed {
    smaller(encoded(message), Encoding::Brotli, compress)
}

/// Encodes for a server that takes no encoding.
pub fn pack_plain<T: minicbor::Encode<()>>(message: &T) -> Packed {
    Packed {
        bytes: encoded(message),
        encoding: Encoding::Plain,
    }
}

fn encoded<T: minicbor::Encode<()>>(message: &T) -> Vec<u8> {
    minicbor::to_vec(message).expect("encoding to memory cannot fail")
}

fn smaller(plain: Vec<u8>, encoding: Encoding, compress: fn(&[u8]) -> Vec<u8>) -> Packed {
    let as_it_is = |bytes| Packed {
        bytes,
        encoding: Encoding::Plain,
    };
    if plain.len() < COMPRESS_FROM_BYTES {
        return as_it_is(plain);
    }
    let bytes = compress(&plain);
    if bytes.len() < plain.len() {
        Packed { bytes, encoding }
    } else {
        as_it_is(plain)
    }
}

/// Decodes a message whose plain form has at most `bytes_max` bytes. Memory stays within about that, whatever the body claims.
///
/// # Errors
/// [`CodecError`] where it is larger, damaged or another message.
pub fn unpack<T>(body: &[u8], encoding: Encoding, bytes_max: usize) -> Result<T, CodecError>
where
    T: for<'b> minicbor::Decode<'b, ()>,
{
    match encoding {
        Encoding::Plain if body.len() > bytes_max => Err(CodecError::TooLarge { bytes_max }),
        Encoding::Plain => decode(body),
        Encoding::Deflate => decode(&inflate(body, bytes_max)?),
        Encoding::Brotli => decode(&decompress(body, bytes_max)?),
    }
}

fn decode<T>(plain: &[u8]) -> Result<T, CodecError>
where
    T: for<'b> minicbor::Decode<'b, ()>,
{
    let mut decoder = minicbor::Decoder::new(plain);
    let message = decoder.decode().map_err(|e| CodecError::Cbor(e.to_string()))?;
    if decoder.position() == plain.len() {
        Ok(message)
    } else {
        Err(CodecError::Cbor("bytes after the message".into()))
    }
}

fn deflate(plain: &[u8]) -> Vec<u8> {
    let out = Vec::with_capacity(plain.len() / 2);
    let mut stream = ZlibEncoder::new(out, Compression::new(DEFLATE_EFFORT));
    let written = stream.write_all(plain).and_then(|()| stream.finish());
    written.expect("compressing memory cannot fail")
}

fn inflate(body: &[u8], bytes_max: usize) -> Result<Vec<u8>, CodecError> {
    let mut stream = ZlibDecoder::new(body);
    let mut out = Vec::new();
    // One byte more than the reader takes tells a body that is too large from one that just fits.
    let bound = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    stream
        .by_ref()
        .take(bound)
        .read_to_end(&mut out)
        .map_err(|_| CodecError::Damaged)?;
    if out.len() > bytes_max {
        return Err(CodecError::TooLarge { bytes_max });
    }
    // Bytes behind the stream would be read by nobody and yet be part of the body.
    match stream.into_inner() {
        [] => Ok(out),
        _ => Err(CodecError::Damaged),
    }
}

fn compress(plain: &[u8]) -> Vec<u8> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_EFFORT,
        lgwin: i32::try_from(WINDOW_BITS).expect("two digits"),
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut out = Vec::with_capacity(plain.len() / 2);
    let mut input = plain;
    brotli::BrotliCompress(&mut input, &mut out, &parameters).expect("compressing memory cannot fail");
    out
}

fn decompress(body: &[u8], bytes_max: usize) -> Result<Vec<u8>, CodecError> {
    if window_bits(body).is_none_or(|bits| bits > WINDOW_BITS) {
        return Err(CodecError::Damaged);
    }
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let (mut left, mut at) = (body.len(), 0);
    let mut out = Vec::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let (mut room, mut filled, mut total) = (piece.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut at,
            body,
            &mut room,
            &mut filled,
            &mut piece,
            &mut total,
            &mut state,
        );
        if out.len() + filled > bytes_max {
            return Err(CodecError::TooLarge { bytes_max });
        }
        out.extend_from_slice(&piece[..filled]);
        match result {
            BrotliResult::NeedsMoreOutput => {}
            // Bytes behind the stream would be read by nobody and yet be part of the body.
            BrotliResult::ResultSuccess if left == 0 => return Ok(out),
            _ => return Err(CodecError::Damaged),
        }
    }
}

/// Log2 of the window that a stream asks for, from its first byte (RFC 7932, 9.1); `None` for no stream and for "large window" streams.
fn window_bits(body: &[u8]) -> Option<u32> {
    let first = u32::from(*body.first()?);
    match (first & 1, first >> 1 & 7, first >> 4 & 7) {
        (0, ..) => Some(16),
        (_, 0, 0) => Some(17),
        (_, 0, 1) => None,
        (_, 0, more) => Some(8 + more),
        (_, bits, _) => Some(17 + bits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways to pack, as [`Packed`] of the same message.
    fn both<T: minicbor::Encode<()>>(message: &T) -> [Packed; 2] {
        [pack_request(message), pack_answer(message)]
    }

    #[test]
    fn messages_come_back_and_long_ones_travel_compressed() {
        for length in [0usize, 10, 1_000, 100_000] {
            let message = vec![7u32; length];
            let [request, answer] = both(&message);
            let long = |encoding| if length < 1_000 { Encoding::Plain } else { encoding };
            assert_eq!(request.encoding, long(Encoding::Deflate));
            assert_eq!(answer.encoding, long(Encoding::Brotli));
            for packed in [request, answer, pack_plain(&message)] {
                let named = Encoding::of_header(packed.encoding.header());
                assert_eq!(named, Some(packed.encoding));
                let read = unpack::<Vec<u32>>(&packed.bytes, packed.encoding, 1 << 20);
                assert_eq!(read.as_ref(), Ok(&message));
            }
        }
        assert_eq!(Encoding::of_header(Some("gzip")), None);
    }

    #[test]
    fn a_bomb_is_refused_at_the_bound() {
        let zeros = vec![0; 64 << 20];
        for (encoding, bomb) in [
            (Encoding::Brotli, compress(&zeros)),
            (Encoding::Deflate, deflate(&zeros)),
        ] {
            assert!(bomb.len() < 70_000, "{} bytes", bomb.len());
            let refused = unpack::<Vec<u8>>(&bomb, encoding, 1 << 20);
            assert_eq!(refused, Err(CodecError::TooLarge { bytes_max: 1 << 20 }));
        }
        // At the bound itself it is taken.
        let message = minicbor::bytes::ByteVec::from(vec![0; 1 << 16]);
        let plain = pack_plain(&message).bytes.len();
        for packed in both(&message) {
            let read = unpack::<minicbor::bytes::ByteVec>(&packed.bytes, packed.encoding, plain);
            assert_eq!(read.as_ref(), Ok(&message));
            let refused = unpack::<minicbor::bytes::ByteVec>(&packed.bytes, packed.encoding, plain - 1);
            assert_eq!(refused, Err(CodecError::TooLarge { bytes_max: plain - 1 }));
        }
    }

    #[test]
    fn cut_and_foreign_bodies_are_refused() {
        let plain = Encoding::Plain;
        for packed in both(&vec![1u64; 5_000]) {
            let cut = &packed.bytes[..packed.bytes.len() / 2];
            assert!(unpack::<Vec<u64>>(cut, packed.encoding, 1 << 20).is_err());
            assert!(unpack::<Vec<u64>>(cut, plain, 1 << 20).is_err());
        }
        assert!(unpack::<Vec<u64>>(b"<html>please log in</html>", plain, 1 << 20).is_err());
        let mut longer = minicbor::to_vec(vec![1u64]).expect("encodes");
        longer.push(0);
        assert!(unpack::<Vec<u64>>(&longer, plain, 1 << 20).is_err());
    }

    #[test]
    fn bytes_behind_a_compressed_body_are_refused() {
        for packed in both(&vec![1u64; 5_000]) {
            assert_ne!(packed.encoding, Encoding::Plain);
            for tail in [&b"\0"[..], b"more", &[0; 40_000]] {
                let longer = [&packed.bytes, tail].concat();
                let read = unpack::<Vec<u64>>(&longer, packed.encoding, 1 << 20);
                assert_eq!(read, Err(CodecError::Damaged));
            }
        }
    }

    #[test]
    fn a_body_cut_or_altered_anywhere_ends_in_a_word_or_an_error() {
        let message: Vec<String> = (0..200).map(|number| format!("{number} 王家桥头")).collect();
        for packed in both(&message) {
            for length in 0..packed.bytes.len() {
                let cut = unpack::<Vec<String>>(&packed.bytes[..length], packed.encoding, 1 << 20);
                assert!(cut.is_err(), "{length} bytes");
            }
            for index in 0..packed.bytes.len() {
                for bit in 0..8 {
                    let mut altered = packed.bytes.clone();
                    altered[index] ^= 1 << bit;
                    if let Ok(read) = unpack::<Vec<String>>(&altered, packed.encoding, 1 << 16) {
                        assert!(minicbor::to_vec(&read).expect("encodes").len() <= 1 << 16);
                    }
                }
            }
        }
    }

    #[test]
    fn a_deflated_body_that_was_altered_is_never_taken_for_another() {
        let message: Vec<String> = (0..50).map(|number| format!("{number} 王家桥头")).collect();
        let packed = pack_request(&message);
        for index in 0..packed.bytes.len() {
            for bit in 0..8 {
                let mut altered = packed.bytes.clone();
                altered[index] ^= 1 << bit;
                if let Ok(read) = unpack::<Vec<String>>(&altered, packed.encoding, 1 << 16) {
                    assert_eq!(read, message, "byte {index}");
                }
            }
        }
    }

    #[test]
    fn a_window_larger_than_ours_is_refused() {
        let parameters = brotli::enc::BrotliEncoderParams {
            lgwin: 24,
            ..Default::default()
        };
        let mut wide = Vec::new();
        let plain = minicbor::to_vec(vec![7u32; 400_000]).expect("encodes");
        brotli::BrotliCompress(&mut plain.as_slice(), &mut wide, &parameters).expect("compresses");
        let refused = unpack::<Vec<u32>>(&wide, Encoding::Brotli, 1 << 24);
        assert_eq!(refused, Err(CodecError::Damaged));
        assert_eq!(window_bits(&compress(&plain)), Some(18));
        assert_eq!(window_bits(&[]), None);
        assert_eq!(window_bits(&[0x11]), None);
        // Deflate cannot ask for more than 32 KB, nor for a dictionary that nobody has.
        for head in [[0x88, 0x1c], [0x78, 0xbb]] {
            let refused = unpack::<Vec<u32>>(&[&head[..], &[0; 64]].concat(), Encoding::Deflate, 1 << 24);
            assert_eq!(refused, Err(CodecError::Damaged));
        }
    }

    #[test]
    fn claimed_lengths_and_depths_cost_nothing() {
        use crate::sync::message::FeedPosition;
        let plain = Encoding::Plain;
        // A list of 2^60 numbers in nine bytes, as the message and as an unknown key's value.
        let long = [0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0];
        assert!(unpack::<Vec<u64>>(&long, plain, 1 << 20).is_err());
        let unknown = [&[0xa1, 0x18, 99][..], &long].concat();
        assert!(unpack::<FeedPosition>(&unknown, plain, 1 << 20).is_err());
        // Half a million lists in each other, and the same with lists of open length.
        for open in [0x81u8, 0x9f, 0xa1, 0xbf, 0xc1] {
            let mut deep = vec![0xa1, 0x18, 99];
            deep.extend(std::iter::repeat_n(open, 500_000));
            assert!(unpack::<FeedPosition>(&deep, plain, 1 << 20).is_err());
        }
    }

    #[test]
    fn a_plain_body_over_the_bound_is_refused_unread() {
        let bytes_max = 100;
        let refused = unpack::<Vec<u8>>(&[0xff; 101], Encoding::Plain, bytes_max);
        assert_eq!(refused, Err(CodecError::TooLarge { bytes_max }));
    }
}
