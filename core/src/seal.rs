//! Sealing: bytes at rest under a key per report, keys under a master key, and boxes that only a recovery key opens.
//!
//! Everything of a report that rests on the server lies under the report's own key, so that a lawful erasure is the destruction of that
//! one key. What is sealed is bound to its place (`context` and `name`): a row moved to another place does not open there.
//!
//! Nonces are not drawn but reckoned from key, place and plaintext (HMAC-SHA-256, 96 bits): the same bytes in the same place seal to the
//! same bytes, different ones never share a nonce by a weak or repeated source of randomness, such as a virtual machine that was copied.
//! The keys for nonces and for encryption are derived apart (HKDF-SHA-256).
//!
//! This module stores nothing and draws no randomness of its own. Set in stone: the layouts, the labels and the algorithms (`1` = what
//! stands here; another first byte will mean other algorithms, SM4 among them).

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::{Hkdf, HkdfExtract};
use rand::Rng;
use sha2::Sha256;

use crate::id::ReportId;

mod recovery;
pub mod stream;

pub use recovery::{open_with, public_key, seal_to};

/// The first byte of everything sealed: ChaCha20-Poly1305 with reckoned nonces.
const VERSION: u8 = 1;

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// How much longer sealed bytes are than plain ones.
pub const SEAL_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;

/// The length of a wrapped key in bytes.
pub const WRAPPED_KEY_BYTES: usize = 32 + SEAL_BYTES;

/// Why something does not open or cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too short, or of a later version of this program.
    #[error("open the sealed bytes: they are cut, or newer than this program")]
    Unreadable,
    /// Another key, another place, or altered bytes: which of them cannot be told.
    #[error("open the sealed bytes: the key or place is another, or they were altered")]
    DoesNotOpen,
    /// The public key is no X25519 key.
    #[error("seal to the public key: it is not an X25519 key")]
    BadKey,
}

/// The key of one report: destroy its wrapped form, and everything sealed with it is erased.
#[derive(Clone)]
pub struct ContentKey {
    bytes: [u8; 32],
    sealer: Sealer,
}

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContentKey")
    }
}

impl ContentKey {
    /// A fresh key from the caller's randomness, which must be unguessable outside tests.
    pub fn random(rng: &mut dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self::from_bytes(bytes)
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self {
            bytes,
            sealer: Sealer::new(&bytes, b"xunge content 1"),
        }
    }

    /// Seals `plain` for one place: `context` says what kind of thing it is (`change`, `snapshot`), `name` which (its hash or id). The
    /// result is [`SEAL_BYTES`] longer.
    pub fn seal(&self, context: &str, name: &[u8], plain: &[u8]) -> Vec<u8> {
        self.sealer.seal(context, name, plain)
    }

    /// Opens what [`seal`](Self::seal) made for the same place.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`] for another key or place or altered bytes, [`SealError::Unreadable`] for what is no seal.
    pub fn open(&self, context: &str, name: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.sealer.open(context, name, sealed)
    }
}

/// The key under which a server wraps the keys of its reports. It lies in a file of the server's own, never in the database.
#[derive(Clone)]
pub struct MasterKey {
    sealer: Sealer,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self {
            sealer: Sealer::new(bytes, b"xunge master 1"),
        }
    }

    /// Wraps a report's key for its row: [`WRAPPED_KEY_BYTES`] long.
    pub fn wrap(&self, report: &ReportId, key: &ContentKey) -> Vec<u8> {
        self.sealer.seal("key", report.as_bytes(), &key.bytes)
    }

    /// Gets a report's key back.
    ///
    /// # Errors
    /// As [`ContentKey::open`]; a row copied from another report does not open.
    pub fn unwrap(&self, report: &ReportId, wrapped: &[u8]) -> Result<ContentKey, SealError> {
        let plain = self.sealer.open("key", report.as_bytes(), wrapped)?;
        let bytes = plain.try_into().map_err(|_| SealError::Unreadable)?;
        Ok(ContentKey::from_bytes(bytes))
    }

    /// Seals what belongs to no report (a setting, a secret of a join): as [`ContentKey::seal`].
    pub fn seal(&self, context: &str, name: &[u8], plain: &[u8]) -> Vec<u8> {
        self.sealer.seal(&format!("own {context}"), name, plain)
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// As [`ContentKey::open`].
    pub fn open(&self, context: &str, name: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.sealer.open(&format!("own {context}"), name, sealed)
    }
}

/// Two keys out of one, and what is done with them.
#[derive(Clone)]
struct Sealer {
    cipher: ChaCha20Poly1305,
    nonce_key: [u8; 32],
}

impl Sealer {
    fn new(key: &[u8; 32], label: &[u8]) -> Self {
        let derive = Hkdf::<Sha256>::new(Some(label), key);
        let (mut seal_key, mut nonce_key) = ([0; 32], [0; 32]);
        derive
            .expand(b"seal", &mut seal_key)
            .expect("32 bytes are within what HKDF gives");
        derive
            .expand(b"nonce", &mut nonce_key)
            .expect("32 bytes are within what HKDF gives");
        Self {
            cipher: ChaCha20Poly1305::new(&Key::from(seal_key)),
            nonce_key,
        }
    }

    fn seal(&self, context: &str, name: &[u8], plain: &[u8]) -> Vec<u8> {
        let place = place(context, name);
        let nonce = self.nonce(&place, plain);
        let sealed = self
            .cipher
            .encrypt(
                &Nonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: &place,
                },
            )
            .expect("ChaCha20-Poly1305 seals anything below 256 GB");
        [&[VERSION][..], &nonce, &sealed].concat()
    }

    fn open(&self, context: &str, name: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::Unreadable)?;
        let (nonce, sealed) = rest
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(SealError::Unreadable)?;
        if *version != VERSION || sealed.len() < TAG_BYTES {
            return Err(SealError::Unreadable);
        }
        let place = place(context, name);
        self.cipher
            .decrypt(
                &Nonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: &place,
                },
            )
            .map_err(|_| SealError::DoesNotOpen)
    }

    /// HMAC-SHA-256 under the nonce key (which is what HKDF's first half is) over place and plaintext, cut to 96 bits.
    fn nonce(&self, place: &[u8], plain: &[u8]) -> [u8; NONCE_BYTES] {
        let mut mac = HkdfExtract::<Sha256>::new(Some(&self.nonce_key));
        mac.input_ikm(&(place.len() as u64).to_be_bytes());
        mac.input_ikm(place);
        mac.input_ikm(plain);
        let (digest, _) = mac.finalize();
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&digest[..NONCE_BYTES]);
        nonce
    }
}

/// `context 0x00 name`: a context has no zero byte, so no two places read the same.
fn place(context: &str, name: &[u8]) -> Vec<u8> {
    [context.as_bytes(), &[0], name].concat()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn keys() -> (ContentKey, ContentKey) {
        let mut rng = StdRng::seed_from_u64(1);
        (ContentKey::random(&mut rng), ContentKey::random(&mut rng))
    }

    #[test]
    fn sealed_bytes_open_with_their_key_in_their_place_alone() {
        let (key, other) = keys();
        for plain in [&b""[..], b"x", &[7; 5000]] {
            let sealed = key.seal("change", b"name", plain);
            assert_eq!(sealed.len(), plain.len() + SEAL_BYTES);
            assert_eq!(key.open("change", b"name", &sealed).as_deref(), Ok(plain));
            let refused = Err(SealError::DoesNotOpen);
            assert_eq!(other.open("change", b"name", &sealed), refused);
            assert_eq!(key.open("snapshot", b"name", &sealed), refused);
            assert_eq!(key.open("change", b"nam", &sealed), refused);
            assert_eq!(key.open("chang", b"\0name", &sealed), refused);
        }
    }

    #[test]
    fn any_flipped_bit_and_any_cut_is_noticed() {
        let (key, _) = keys();
        let sealed = key.seal("person", b"id", "张三 13800000000".as_bytes());
        for index in 0..sealed.len() {
            for bit in 0..8 {
                let mut altered = sealed.clone();
                altered[index] ^= 1 << bit;
                assert!(key.open("person", b"id", &altered).is_err(), "byte {index}");
            }
            assert!(
                key.open("person", b"id", &sealed[..index]).is_err(),
                "{index} bytes"
            );
        }
        assert_eq!(key.open("person", b"id", &[]), Err(SealError::Unreadable));
        assert_eq!(key.open("person", b"id", &[2; 60]), Err(SealError::Unreadable));
    }

    #[test]
    fn nothing_of_the_plain_bytes_shows_and_no_nonce_serves_two_texts() {
        let (key, other) = keys();
        let plain = b"the very same words in two places";
        let sealed = [
            key.seal("change", b"1", plain),
            key.seal("change", b"2", plain),
            key.seal("note", b"1", plain),
            key.seal("change", b"1", b"other words"),
            other.seal("change", b"1", plain),
        ];
        for (index, one) in sealed.iter().enumerate() {
            assert!(!one.windows(8).any(|window| plain.windows(8).any(|w| w == window)));
            for two in &sealed[index + 1..] {
                assert_ne!(one[1..13], two[1..13]);
            }
        }
        assert_eq!(
            key.seal("change", b"1", plain),
            sealed[0],
            "sealing again gives the same bytes"
        );
    }

    #[test]
    fn a_wrapped_key_opens_for_its_report_under_its_master_key_alone() {
        let (key, _) = keys();
        let (report, other) = (ReportId::from_bytes([1; 16]), ReportId::from_bytes([2; 16]));
        let master = MasterKey::from_bytes(&[9; 32]);
        let wrapped = master.wrap(&report, &key);
        assert_eq!(wrapped.len(), WRAPPED_KEY_BYTES);
        let again = master.unwrap(&report, &wrapped).expect("opens");
        let sealed = key.seal("change", b"1", b"words");
        assert_eq!(again.open("change", b"1", &sealed).as_deref(), Ok(&b"words"[..]));
        assert_eq!(
            master.unwrap(&other, &wrapped).err(),
            Some(SealError::DoesNotOpen)
        );
        let stranger = MasterKey::from_bytes(&[8; 32]);
        assert_eq!(
            stranger.unwrap(&report, &wrapped).err(),
            Some(SealError::DoesNotOpen)
        );
        let own = master.seal("key", report.as_bytes(), &[0; 32]);
        assert!(
            master.unwrap(&report, &own).is_err(),
            "the server's own secrets are no report's key"
        );
    }

    #[test]
    fn keys_do_not_print() {
        let (key, _) = keys();
        assert_eq!(
            format!("{key:?} {:?}", MasterKey::from_bytes(&[1; 32])),
            "ContentKey MasterKey"
        );
    }

    #[test]
    fn the_layout_is_set_in_stone() {
        let key = ContentKey::from_bytes([3; 32]);
        let sealed = hex::encode(key.seal("change", b"name", b"words"));
        assert_eq!(sealed, SET_IN_STONE);
    }

    /// What the first version of this program wrote for key `03…03`, place `change`/`name`, text `words`.
    const SET_IN_STONE: &str = "01f178d1973164bf2e655f5318ac90e43865f8ae7a5400821ac130714f3f877ec773";
}
