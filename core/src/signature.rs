//! Signatures: ECDSA on P-256 over SHA-256, the curve that phones' secure hardware takes.
//!
//! Every signature is over `domain 0x00 message`, so that a command can never pass for a manifest. `alg` stands beside each signature, so
//! that SM2 or hardware keys can follow. Set in stone: the domains and byte forms.

use minicbor::{Decode, Encode};
use p256::ecdsa::signature::Signer;
#[cfg(any(test, not(feature = "fast-signatures")))]
use p256::ecdsa::signature::Verifier;
use rand::Rng;
use sha2::{Digest, Sha256};

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Which algorithm made a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum Algorithm {
    /// ECDSA, P-256, SHA-256; 64 bytes `r ‖ s`.
    #[n(1)]
    P256,
}

/// A signature with its algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Signature {
    /// The algorithm.
    #[n(0)]
    pub alg: Algorithm,
    /// The signature's bytes.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: [u8; 64],
}

/// Why a signature or key is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The signature does not fit the message and key.
    #[error("the signature does not fit")]
    Mismatch,
    /// The bytes are no key on the curve.
    #[error("the bytes are not a P-256 key")]
    BadKey,
}

/// A private key. Never printed.
pub struct SigningKey {
    key: p256::ecdsa::SigningKey,
    #[cfg(feature = "fast-signatures")]
    fast: ring::signature::EcdsaKeyPair,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

impl Clone for SigningKey {
    fn clone(&self) -> Self {
        Self::from_bytes(&self.to_bytes()).expect("a key's own bytes are a key")
    }
}

impl SigningKey {
    /// A new key from the caller's randomness.
    pub fn random(rng: &mut dyn Rng) -> Self {
        loop {
            let mut bytes = [0u8; 32];
            rng.fill_bytes(&mut bytes);
            // All but about 2^-32 of 32-byte strings are keys; the others are drawn again.
            if let Ok(key) = Self::from_bytes(&bytes) {
                return key;
            }
        }
    }

    /// The key with these 32 bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SignatureError> {
        let key = p256::ecdsa::SigningKey::from_slice(bytes).map_err(|_| SignatureError::BadKey)?;
        #[cfg(feature = "fast-signatures")]
        let fast = {
            let public = key.verifying_key().to_sec1_point(false);
            ring::signature::EcdsaKeyPair::from_private_key_and_public_key(
                &ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
                bytes,
                public.as_bytes(),
                &ring::rand::SystemRandom::new(),
            )
            .map_err(|_| SignatureError::BadKey)?
        };
        Ok(Self {
            key,
            #[cfg(feature = "fast-signatures")]
            fast,
        })
    }

    /// The private bytes, for the platform's keystore.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes().into()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let point = self.key.verifying_key().to_sec1_point(false);
        PublicKey(
            point
                .as_bytes()
                .try_into()
                .expect("an uncompressed point has 65 bytes"),
        )
    }

    /// Signs `domain 0x00 message`.
    pub fn sign(&self, domain: &'static str, message: &[u8]) -> Signature {
        let message = separated(domain, message);
        #[cfg(feature = "fast-signatures")]
        if let Ok(signature) = self.fast.sign(&ring::rand::SystemRandom::new(), &message)
            && let Ok(bytes) = signature.as_ref().try_into()
        {
            return Signature {
                alg: Algorithm::P256,
                bytes,
            };
        }
        let signature: p256::ecdsa::Signature = self.key.sign(&message);
        Signature {
            alg: Algorithm::P256,
            bytes: signature.to_bytes().into(),
        }
    }
}

/// A public key: an uncompressed point of 65 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct PublicKey(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 65],
);

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", hex::encode(&self.0[1..5]))
    }
}

impl PublicKey {
    /// The key with these bytes, checked to be on the curve.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SignatureError> {
        let bytes: [u8; 65] = bytes.try_into().map_err(|_| SignatureError::BadKey)?;
        p256::ecdsa::VerifyingKey::from_sec1_bytes(&bytes).map_err(|_| SignatureError::BadKey)?;
        Ok(Self(bytes))
    }

    /// Checks a signature over `domain 0x00 message`.
    pub fn verify(
        &self,
        domain: &'static str,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        let message = separated(domain, message);
        #[cfg(feature = "fast-signatures")]
        return ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(&message, &signature.bytes)
            .map_err(|_| SignatureError::Mismatch);
        #[cfg(not(feature = "fast-signatures"))]
        self.verify_portable(&message, signature)
    }

    /// The pure Rust check, which phones use.
    #[cfg(any(test, not(feature = "fast-signatures")))]
    fn verify_portable(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&self.0).map_err(|_| SignatureError::BadKey)?;
        let signature =
            p256::ecdsa::Signature::from_slice(&signature.bytes).map_err(|_| SignatureError::Mismatch)?;
        key.verify(message, &signature)
            .map_err(|_| SignatureError::Mismatch)
    }
}

fn separated(domain: &'static str, message: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(domain.len() + 1 + message.len());
    all.extend_from_slice(domain.as_bytes());
    all.push(0);
    all.extend_from_slice(message);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_signature_fits_its_message_domain_and_key_and_nothing_else() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let (key, other) = (SigningKey::random(&mut rng), SigningKey::random(&mut rng));
        let signature = key.sign("command", b"approve");
        assert_eq!(key.public().verify("command", b"approve", &signature), Ok(()));
        assert!(key.public().verify("command", b"approvf", &signature).is_err());
        assert!(key.public().verify("manifest", b"approve", &signature).is_err());
        assert!(other.public().verify("command", b"approve", &signature).is_err());
    }

    #[test]
    fn both_implementations_agree() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(8);
        let key = SigningKey::random(&mut rng);
        let message = separated("command", b"approve");
        let portable: p256::ecdsa::Signature = key.key.sign(&message);
        let portable = Signature {
            alg: Algorithm::P256,
            bytes: portable.to_bytes().into(),
        };
        assert_eq!(key.public().verify("command", b"approve", &portable), Ok(()));
        assert_eq!(
            key.public()
                .verify_portable(&message, &key.sign("command", b"approve")),
            Ok(())
        );
    }
}
