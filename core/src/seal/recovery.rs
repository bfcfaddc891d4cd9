//! Boxes that whoever has the public key can fill, and only the recovery key opens: HPKE base mode (RFC 9180) with X25519, HKDF-SHA-256
//! and ChaCha20-Poly1305.
//!
//! Rescue files and the wrapped keys of phones' databases are such boxes. `info` binds a box to its purpose. Set in stone: the layout,
//! the 32 bytes of the encapsulated key and then the sealed bytes.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand::{Rng, SeedableRng};

use super::SealError;

type Recovery = X25519HkdfSha256;

/// The length of the encapsulated key in bytes.
const ENCAPSULATED_BYTES: usize = 32;

/// The public half of a recovery key.
pub fn public_key(secret: &[u8; 32]) -> [u8; 32] {
    let secret = <Recovery as Kem>::PrivateKey::from_bytes(secret).expect("any 32 bytes are an X25519 key");
    Recovery::sk_to_pk(&secret).to_bytes().into()
}

/// Seals bytes so that only the owner of `public`'s secret half reads them, for the purpose `info`. `rng` must be unguessable outside
/// tests. The result is 48 bytes longer.
///
/// # Errors
/// [`SealError::BadKey`] where `public` is no usable key.
pub fn seal_to(
    public: &[u8; 32],
    info: &[u8],
    plain: &[u8],
    rng: &mut dyn Rng,
) -> Result<Vec<u8>, SealError> {
    let public = <Recovery as Kem>::PublicKey::from_bytes(public).map_err(|_| SealError::BadKey)?;
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    // HPKE asks for a generator that is marked as cryptographic: one is seeded from the caller's.
    let mut rng = rand::rngs::StdRng::from_seed(seed);
    let (key, sealed) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Recovery>(
        &OpModeS::Base,
        &public,
        info,
        plain,
        &[],
        &mut rng,
    )
    .map_err(|_| SealError::BadKey)?;
    Ok([&key.to_bytes()[..], &sealed].concat())
}

/// Opens what [`seal_to`] made for the same purpose.
///
/// # Errors
/// [`SealError::Unreadable`] where the bytes are cut before the key's end, [`SealError::DoesNotOpen`] for another key or purpose or
/// altered bytes.
pub fn open_with(secret: &[u8; 32], info: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (key, sealed) = sealed
        .split_at_checked(ENCAPSULATED_BYTES)
        .ok_or(SealError::Unreadable)?;
    let secret = <Recovery as Kem>::PrivateKey::from_bytes(secret).map_err(|_| SealError::BadKey)?;
    let key = <Recovery as Kem>::EncappedKey::from_bytes(key).map_err(|_| SealError::DoesNotOpen)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Recovery>(
        &OpModeR::Base,
        &secret,
        &key,
        info,
        sealed,
        &[],
    )
    .map_err(|_| SealError::DoesNotOpen)
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn a_box_opens_with_its_own_key_and_purpose_alone() {
        let mut rng = StdRng::seed_from_u64(1);
        let (secret, other) = ([7; 32], [8; 32]);
        let sealed = seal_to(&public_key(&secret), b"rescue", b"words", &mut rng).expect("seals");
        assert_eq!(sealed.len(), 5 + 48);
        assert_eq!(
            open_with(&secret, b"rescue", &sealed).as_deref(),
            Ok(&b"words"[..])
        );
        let refused = Err(SealError::DoesNotOpen);
        assert_eq!(open_with(&other, b"rescue", &sealed), refused);
        assert_eq!(open_with(&secret, b"database key", &sealed), refused);
        let again = seal_to(&public_key(&secret), b"rescue", b"words", &mut rng).expect("seals");
        assert_ne!(again, sealed, "no two boxes are alike");
    }

    #[test]
    fn an_altered_or_cut_box_does_not_open() {
        let mut rng = StdRng::seed_from_u64(2);
        let secret = [7; 32];
        let sealed = seal_to(&public_key(&secret), b"rescue", b"words", &mut rng).expect("seals");
        for index in 0..sealed.len() {
            assert!(
                open_with(&secret, b"rescue", &sealed[..index]).is_err(),
                "{index} bytes"
            );
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert!(open_with(&secret, b"rescue", &altered).is_err(), "byte {index}");
        }
        assert_eq!(open_with(&secret, b"rescue", &[]), Err(SealError::Unreadable));
    }

    #[test]
    fn a_public_key_of_zeros_is_refused() {
        let mut rng = StdRng::seed_from_u64(3);
        assert_eq!(
            seal_to(&[0; 32], b"rescue", b"words", &mut rng),
            Err(SealError::BadKey)
        );
    }
}
