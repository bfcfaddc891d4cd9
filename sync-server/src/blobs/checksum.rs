//! The checksum of a piece of an upload, as tus' `Upload-Checksum` header gives it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest;

/// The algorithms, as `Tus-Checksum-Algorithm` lists them.
pub const ALGORITHMS: &str = "sha256,sha1";

/// Why a header is no checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChecksum {
    /// The algorithm is not served.
    #[error("the checksum's algorithm is not one of sha256, sha1")]
    Algorithm,
    /// The value is not base64 of the algorithm's length.
    #[error("the checksum is not base64 of the right length")]
    Value,
}

/// A declared checksum that takes bytes in and judges at the end.
#[derive(Debug, Clone)]
pub struct Checksum {
    declared: Vec<u8>,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Sha256(sha2::Sha256),
    Sha1(sha1::Sha1),
}

impl Checksum {
    /// Reads `sha256 <base64>` or `sha1 <base64>`.
    pub fn parse(header: &str) -> Result<Self, InvalidChecksum> {
        let (algorithm, value) = header.trim().split_once(' ').ok_or(InvalidChecksum::Value)?;
        let (state, bytes) = match algorithm {
            "sha256" => (State::Sha256(sha2::Sha256::new()), 32),
            "sha1" => (State::Sha1(sha1::Sha1::new()), 20),
            _ => return Err(InvalidChecksum::Algorithm),
        };
        let declared = STANDARD
            .decode(value.trim())
            .map_err(|_| InvalidChecksum::Value)?;
        if declared.len() == bytes {
            Ok(Self { declared, state })
        } else {
            Err(InvalidChecksum::Value)
        }
    }

    /// Takes bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha256(hash) => hash.update(bytes),
            State::Sha1(hash) => hash.update(bytes),
        }
    }

    /// Whether what was taken in has the declared checksum.
    pub fn fits(self) -> bool {
        match self.state {
            State::Sha256(hash) => hash.finalize().as_slice() == self.declared,
            State::Sha1(hash) => hash.finalize().as_slice() == self.declared,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_tus_specification_fits() {
        let mut sum = Checksum::parse("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap();
        sum.update(b"hello ");
        sum.update(b"world");
        assert!(sum.fits());
    }

    #[test]
    fn another_byte_or_algorithm_does_not_fit() {
        let sum = Checksum::parse("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap();
        assert!(!sum.fits());
        assert_eq!(
            Checksum::parse("md5 AA==").unwrap_err(),
            InvalidChecksum::Algorithm
        );
        assert_eq!(
            Checksum::parse("sha256 AA==").unwrap_err(),
            InvalidChecksum::Value
        );
        assert_eq!(Checksum::parse("sha256").unwrap_err(), InvalidChecksum::Value);
    }
}
