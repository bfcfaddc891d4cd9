//! Sealing at rest: each report under its own key, each such key under the master key.
//!
//! ChaCha20-Poly1305 with a random nonce of 12 bytes in front. A report is erased by destroying its wrapped key: what was sealed under it
//! stays where it is and can never be read again. Set in stone: the byte form.

use chacha20poly1305::aead::{Aead, KeyInit, Nonce};
use chacha20poly1305::{ChaCha20Poly1305, Key};
use rand::Rng;

/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;

/// Sealed bytes do not open: another key, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes do not open")]
pub(crate) struct DoesNotOpen;

/// A key that seals.
#[derive(Clone)]
pub(crate) struct SealKey(ChaCha20Poly1305);

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey")
    }
}

impl SealKey {
    /// The key with these bytes.
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        Self(ChaCha20Poly1305::new(&Key::from(*bytes)))
    }

    /// Seals bytes.
    pub(crate) fn seal(&self, plain: &[u8], rng: &mut dyn Rng) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let sealed = self
            .0
            .encrypt(&Nonce::<ChaCha20Poly1305>::from(nonce), plain)
            .expect("sealing in memory cannot fail");
        [&nonce[..], &sealed].concat()
    }

    /// Opens what [`Self::seal`] made.
    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(DoesNotOpen)?;
        self.0
            .decrypt(&Nonce::<ChaCha20Poly1305>::from(*nonce), body)
            .map_err(|_| DoesNotOpen)
    }

    /// Draws a key for a report and wraps it under this one: the key, and what is kept of it.
    pub(crate) fn draw(&self, rng: &mut dyn Rng) -> (Self, Vec<u8>) {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        (Self::new(&bytes), self.seal(&bytes, rng))
    }

    /// Unwraps a key that [`Self::draw`] wrapped.
    pub(crate) fn unwrap(&self, wrapped: &[u8]) -> Result<Self, DoesNotOpen> {
        let bytes: [u8; 32] = self.open(wrapped)?.try_into().map_err(|_| DoesNotOpen)?;
        Ok(Self::new(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn sealed_bytes_open_with_their_key_and_a_flipped_bit_is_found() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(5);
        let master = SealKey::new(&[1; 32]);
        let (key, wrapped) = master.draw(&mut rng);
        let mut sealed = key.seal("垃圾".as_bytes(), &mut rng);
        let again = master.unwrap(&wrapped).expect("unwraps");
        assert_eq!(again.open(&sealed), Ok("垃圾".as_bytes().to_vec()));
        assert_eq!(master.open(&sealed), Err(DoesNotOpen));
        sealed[20] ^= 1;
        assert_eq!(key.open(&sealed), Err(DoesNotOpen));
    }
}
