//! The id of an attachment: the SHA-256 of exactly the bytes that are uploaded.
//!
//! Set in stone: the algorithm, the 32 raw bytes on the wire and the 64 lower-case hex digits in text.

use std::fmt;
use std::str::FromStr;

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// SHA-256 of an attachment's uploaded bytes; text form is 64 lower-case hex digits, wire form 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash([u8; 32]);

impl BlobHash {
    /// Hashes `bytes` as they are.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Takes 32 bytes that are already a SHA-256.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobHash({self})")
    }
}

/// A text that should have been a [`BlobHash`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 of 64 hex digits")]
pub struct BlobHashError;

impl FromStr for BlobHash {
    type Err = BlobHashError;

    /// Takes upper and lower case; refuses any other length or character.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| BlobHashError)?;
        Ok(Self(bytes))
    }
}

impl Serialize for BlobHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BlobHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<C> Encode<C> for BlobHash {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for BlobHash {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = d.bytes()?;
        let array = <[u8; 32]>::try_from(bytes)
            .map_err(|_| minicbor::decode::Error::message("a blob hash has 32 bytes"))?;
        Ok(Self(array))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_id_is_the_sha_256_of_the_bytes() {
        assert_eq!(BlobHash::of(b"abc").to_string(), ABC);
    }

    #[test]
    fn text_json_and_wire_forms_come_back_the_same() {
        let hash = BlobHash::of(b"abc");
        assert_eq!(ABC.parse::<BlobHash>(), Ok(hash));
        assert_eq!(ABC.to_uppercase().parse::<BlobHash>(), Ok(hash));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{ABC}\""));
        assert_eq!(serde_json::from_str::<BlobHash>(&json).unwrap(), hash);
        let wire = minicbor::to_vec(hash).unwrap();
        assert_eq!(wire[..2], [0x58, 32]);
        assert_eq!(minicbor::decode::<BlobHash>(&wire).unwrap(), hash);
    }

    #[test]
    fn wrong_lengths_and_digits_are_refused() {
        for text in ["", "ab", &ABC[..63], &format!("{ABC}0"), &ABC.replace('b', "g")] {
            assert_eq!(text.parse::<BlobHash>(), Err(BlobHashError), "{text}");
        }
        let short = minicbor::to_vec(minicbor::bytes::ByteVec::from(vec![0; 31])).unwrap();
        assert!(minicbor::decode::<BlobHash>(&short).is_err());
    }
}
