//! Bodies of sync: CBOR, compressed by brotli where that is smaller, and bounded when it is unpacked.
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
//! Set in stone: the content type, `br` as the only content encoding besides none, and the largest window.

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

/// The content type of both directions.
pub const CONTENT_TYPE: &str = "application/cbor";

/// The content encoding of a compressed body.
pub const BROTLI: &str = "br";

/// Bodies shorter than this travel as they are: the header that names an encoding costs more than it saves.
const COMPRESS_FROM_BYTES: usize = 160;

/// Brotli's effort, 0 to 11, on a phone, whose link is slow: 5 takes a few milliseconds for a page and gives most of what 11 gives.
const EFFORT: i32 = 5;

/// … and on the server, which packs for everybody: on a township's day 4 gives 6 to 9 % more bytes than 5, and a first pull is served
/// with a fifth less processor time.
const EFFORT_QUICK: i32 = 4;

/// Log2 of the window: pages are 64 KB, so 256 KB see everything and cost little memory. Readers refuse larger ones.
const WINDOW_BITS: u32 = 18;

/// How much is unpacked at a time.
const PIECE_BYTES: usize = 16 * 1024;

/// A body as it travels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packed {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether they are compressed (`content-encoding: br`).
    pub is_compressed: bool,
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

/// Encodes a message, compressed where that is smaller.
pub fn pack<T: minicbor::Encode<()>>(message: &T) -> Packed {
    pack_with(message, EFFORT)
}

/// As [`pack`], in less time for a few more bytes: what a server answers.
pub fn pack_quickly<T: minicbor::Encode<()>>(message: &T) -> Packed {
    pack_with(message, EFFORT_QUICK)
}

fn pack_with<T: minicbor::Encode<()>>(message: &T, effort: i32) -> Packed {
    let plain = minicbor::to_vec(message).expect("encoding to memory cannot fail");
    if plain.len() < COMPRESS_FROM_BYTES {
        return Packed {
            bytes: plain,
            is_compressed: false,
        };
    }
    let compressed = compress(&plain, effort);
    if compressed.len() < plain.len() {
        Packed {
            bytes: compressed,
            is_compressed: true,
        }
    } else {
        Packed {
            bytes: plain,
            is_compressed: false,
        }
    }
}

/// Decodes a message whose plain form has at most `bytes_max` bytes. Memory stays within about that, whatever the body claims.
pub fn unpack<T>(body: &[u8], is_compressed: bool, bytes_max: usize) -> Result<T, CodecError>
where
    T: for<'b> minicbor::Decode<'b, ()>,
{
    if is_compressed {
        return decode(&decompress(body, bytes_max)?);
    }
    if body.len() > bytes_max {
        return Err(CodecError::TooLarge { bytes_max });
    }
    decode(body)
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

fn compress(plain: &[u8], effort: i32) -> Vec<u8> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: effort,
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

    #[test]
    fn messages_come_back_and_long_ones_travel_compressed() {
        for length in [0usize, 10, 1_000, 100_000] {
            let message = vec![7u32; length];
            let packed = pack(&message);
            assert_eq!(packed.is_compressed, length >= 1_000);
            assert_eq!(
                unpack::<Vec<u32>>(&packed.bytes, packed.is_compressed, 1 << 20),
                Ok(message)
            );
        }
    }

    #[test]
    fn a_bomb_is_refused_at_the_bound() {
        let bomb = compress(&vec![0; 64 << 20], EFFORT);
        assert!(bomb.len() < 4_096, "{} bytes", bomb.len());
        assert_eq!(
            unpack::<Vec<u8>>(&bomb, true, 1 << 20),
            Err(CodecError::TooLarge { bytes_max: 1 << 20 })
        );
    }

    #[test]
    fn cut_and_foreign_bodies_are_refused() {
        let packed = pack(&vec![1u64; 5_000]);
        let cut = &packed.bytes[..packed.bytes.len() / 2];
        assert!(unpack::<Vec<u64>>(cut, true, 1 << 20).is_err());
        assert!(unpack::<Vec<u64>>(b"<html>please log in</html>", false, 1 << 20).is_err());
        let mut longer = minicbor::to_vec(vec![1u64]).expect("encodes");
        longer.push(0);
        assert!(unpack::<Vec<u64>>(&longer, false, 1 << 20).is_err());
    }

    #[test]
    fn bytes_behind_a_compressed_body_are_refused() {
        let packed = pack(&vec![1u64; 5_000]);
        assert!(packed.is_compressed);
        for tail in [&b"\0"[..], b"more", &[0; 40_000]] {
            let longer = [&packed.bytes, tail].concat();
            assert_eq!(
                unpack::<Vec<u64>>(&longer, true, 1 << 20),
                Err(CodecError::Damaged)
            );
        }
    }

    #[test]
    fn a_body_cut_or_altered_anywhere_ends_in_a_word_or_an_error() {
        let message: Vec<String> = (0..200).map(|number| format!("{number} 王家桥头")).collect();
        let packed = pack(&message);
        for length in 0..packed.bytes.len() {
            let cut = unpack::<Vec<String>>(&packed.bytes[..length], true, 1 << 20);
            assert!(cut.is_err(), "{length} bytes");
        }
        for index in 0..packed.bytes.len() {
            for bit in 0..8 {
                let mut altered = packed.bytes.clone();
                altered[index] ^= 1 << bit;
                if let Ok(read) = unpack::<Vec<String>>(&altered, true, 1 << 16) {
                    assert!(minicbor::to_vec(&read).expect("encodes").len() <= 1 << 16);
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
        assert_eq!(unpack::<Vec<u32>>(&wide, true, 1 << 24), Err(CodecError::Damaged));
        assert_eq!(window_bits(&compress(&plain, EFFORT_QUICK)), Some(18));
        assert_eq!(window_bits(&[]), None);
        assert_eq!(window_bits(&[0x11]), None);
    }

    #[test]
    fn claimed_lengths_and_depths_cost_nothing() {
        // A list of 2^60 numbers in nine bytes, as the message and as an unknown key's value.
        let long = [0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0];
        assert!(unpack::<Vec<u64>>(&long, false, 1 << 20).is_err());
        let unknown = [&[0xa1, 0x18, 99][..], &long].concat();
        assert!(unpack::<crate::sync::message::FeedPosition>(&unknown, false, 1 << 20).is_err());
        // Half a million lists in each other, and the same with lists of open length.
        for open in [0x81u8, 0x9f, 0xa1, 0xbf, 0xc1] {
            let mut deep = vec![0xa1, 0x18, 99];
            deep.extend(std::iter::repeat_n(open, 500_000));
            assert!(unpack::<crate::sync::message::FeedPosition>(&deep, false, 1 << 20).is_err());
        }
    }

    #[test]
    fn a_plain_body_over_the_bound_is_refused_unread() {
        let bytes_max = 100;
        let refused = unpack::<Vec<u8>>(&[0xff; 101], false, bytes_max);
        assert_eq!(refused, Err(CodecError::TooLarge { bytes_max }));
    }
}
