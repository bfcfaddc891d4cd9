//! Bodies of sync: CBOR, compressed by brotli where that is smaller, and bounded when it is unpacked.
//!
//! Set in stone: the content type, and `br` as the only content encoding besides none.

use std::io::Read;

/// The content type of both directions.
pub const CONTENT_TYPE: &str = "application/cbor";

/// The content encoding of a compressed body.
pub const BROTLI: &str = "br";

/// Bodies shorter than this travel as they are: the header that names an encoding costs more than it saves.
const COMPRESS_FROM_BYTES: usize = 160;

/// Brotli's effort, 0 to 11. 5 takes a few milliseconds for a page and gives most of what 11 gives.
const QUALITY: u32 = 5;

/// Log2 of the window: pages are 64 KB, so 256 KB see everything and cost little memory.
const WINDOW_BITS: u32 = 18;

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
    let plain = minicbor::to_vec(message).expect("encoding to memory cannot fail");
    if plain.len() < COMPRESS_FROM_BYTES {
        return Packed {
            bytes: plain,
            is_compressed: false,
        };
    }
    let compressed = compress(&plain);
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

fn compress(plain: &[u8]) -> Vec<u8> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: i32::try_from(QUALITY).expect("a single digit"),
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
    let mut out = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut reader = brotli::Decompressor::new(body, 16 * 1024).take(limit);
    let read = reader.read_to_end(&mut out);
    if out.len() > bytes_max {
        return Err(CodecError::TooLarge { bytes_max });
    }
    read.map_err(|_| CodecError::Damaged)?;
    Ok(out)
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
        let bomb = compress(&vec![0; 64 << 20]);
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
}
