//! The file beside an encrypted database: by it a phone tells a wrong key from a damaged file, and the township gets a lost key back.
//!
//! It holds no key that whoever copies it could use: a check value that only the right key opens, and the key itself in a box that only
//! the township's recovery key opens. This module only builds and reads it; files are the caller's. Set in stone: the names in the JSON,
//! the label of the box and the CBOR numbers in it.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::id::{InstallId, PersonId};
use crate::json;
use crate::seal::{ContentKey, SealError, open_with, seal_to};

/// The file's name in a profile's folder.
pub const KEY_FILE_NAME: &str = "key.json";

/// What the box is for: it opens for nothing else.
const BOX_LABEL: &[u8] = b"xunge database key 1";

/// The file's content.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeyFile {
    /// 1.
    version: u32,
    /// Opens under the database's key and no other, in hexadecimal digits.
    check: String,
    /// As `check`, for the key that the database is just being brought over to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// The box with the key, once the profile knows its township's recovery key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recovery: Option<RecoveryBox>,
}

/// A key in a box.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct RecoveryBox {
    /// The recovery key's public half, in hexadecimal digits.
    public_key: String,
    /// The sealed bytes, in hexadecimal digits.
    sealed: String,
}

/// What the township reads in the box. It does not print the key.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LostKey {
    /// The database's key.
    #[n(0)]
    key: ByteArray<32>,
    /// Whose database it is.
    #[n(1)]
    pub person: PersonId,
    /// On which install.
    #[n(2)]
    pub install: InstallId,
}

impl std::fmt::Debug for LostKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LostKey({}, {})", self.person, self.install)
    }
}

impl LostKey {
    /// A key with whose it is.
    pub fn new(key: [u8; 32], person: PersonId, install: InstallId) -> Self {
        Self {
            key: key.into(),
            person,
            install,
        }
    }

    /// The key.
    pub fn key(&self) -> [u8; 32] {
        *self.key
    }
}

/// Why a key does not come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// The bytes are no key file, or one of a later version.
    #[error("read the key file: it is none, or newer than this program")]
    Unreadable,
    /// The profile never knew a recovery key.
    #[error("open the key file: the key was never laid down for the township")]
    NoBox,
    /// The box belongs to another township's recovery key, or was altered.
    #[error("open the key file: the recovery key is another, or the file was altered")]
    DoesNotOpen,
}

impl KeyFile {
    /// The file for a database under `key`, without a box yet.
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            version: 1,
            check: check_of(key),
            next: None,
            recovery: None,
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`KeyFileError::Unreadable`].
    pub fn from_json(json: &[u8]) -> Result<Self, KeyFileError> {
        let file: Self = json::read_bytes(json).map_err(|_| KeyFileError::Unreadable)?;
        if file.version == 1 {
            Ok(file)
        } else {
            Err(KeyFileError::Unreadable)
        }
    }

    /// The file's bytes.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("a key file is plain JSON")
    }

    /// Whether the database opens with `key`, as far as is known here.
    pub fn fits(&self, key: &[u8; 32]) -> bool {
        let check = check_of(key);
        self.check == check || self.next.as_ref() == Some(&check)
    }

    /// The same file while the database is brought over to another key: both fit.
    #[must_use]
    pub fn going_over_to(&self, next: &[u8; 32]) -> Self {
        Self {
            next: Some(check_of(next)),
            ..self.clone()
        }
    }

    /// Whether the database may lie under one of two keys.
    pub fn is_going_over(&self) -> bool {
        self.next.is_some()
    }

    /// Whether the box is there and belongs to this recovery key.
    pub fn has_box_for(&self, recovery_public_key: &[u8; 32]) -> bool {
        let public_key = hex::encode(recovery_public_key);
        self.recovery
            .as_ref()
            .is_some_and(|recovery| recovery.public_key == public_key)
    }

    /// Lays the key into a box for the township. `rng` must be unguessable outside tests.
    ///
    /// # Errors
    /// [`SealError::BadKey`] where the recovery key is none.
    pub fn with_box(
        &self,
        lost: &LostKey,
        recovery_public_key: &[u8; 32],
        rng: &mut dyn Rng,
    ) -> Result<Self, SealError> {
        let plain = minicbor::to_vec(lost).expect("encoding to memory cannot fail");
        let sealed = seal_to(recovery_public_key, BOX_LABEL, &plain, rng)?;
        Ok(Self {
            recovery: Some(RecoveryBox {
                public_key: hex::encode(recovery_public_key),
                sealed: hex::encode(sealed),
            }),
            ..self.clone()
        })
    }

    /// Opens the box with the township's recovery key.
    ///
    /// # Errors
    /// [`KeyFileError::NoBox`], [`KeyFileError::DoesNotOpen`].
    pub fn lost_key(&self, recovery_secret: &[u8; 32]) -> Result<LostKey, KeyFileError> {
        let recovery = self.recovery.as_ref().ok_or(KeyFileError::NoBox)?;
        let sealed = hex::decode(&recovery.sealed).map_err(|_| KeyFileError::Unreadable)?;
        let plain = open_with(recovery_secret, BOX_LABEL, &sealed).map_err(|_| KeyFileError::DoesNotOpen)?;
        minicbor::decode(&plain).map_err(|_| KeyFileError::Unreadable)
    }
}

fn check_of(key: &[u8; 32]) -> String {
    hex::encode(ContentKey::from_bytes(*key).seal("database key", b"check", b""))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::seal::public_key;

    fn lost() -> LostKey {
        let person = PersonId::new("w1").expect("a code");
        LostKey::new([7; 32], person, InstallId::from_bytes([1; 16]))
    }

    #[test]
    fn the_right_key_fits_and_the_township_alone_gets_it_back() {
        let mut rng = StdRng::seed_from_u64(1);
        let (secret, other) = ([3; 32], [4; 32]);
        let file = KeyFile::new(&[7; 32]);
        assert!(file.fits(&[7; 32]) && !file.fits(&[8; 32]));
        assert_eq!(file.lost_key(&secret), Err(KeyFileError::NoBox));
        assert!(!file.has_box_for(&public_key(&secret)));
        let file = file
            .with_box(&lost(), &public_key(&secret), &mut rng)
            .expect("a key");
        let file = KeyFile::from_json(&file.to_json()).expect("it reads what it wrote");
        assert!(file.has_box_for(&public_key(&secret)) && !file.has_box_for(&public_key(&other)));
        assert_eq!(file.lost_key(&secret), Ok(lost()));
        assert_eq!(file.lost_key(&other), Err(KeyFileError::DoesNotOpen));
    }

    #[test]
    fn both_keys_fit_while_a_database_goes_over() {
        let file = KeyFile::new(&[7; 32]).going_over_to(&[9; 32]);
        assert!(file.is_going_over());
        assert!(file.fits(&[7; 32]) && file.fits(&[9; 32]) && !file.fits(&[8; 32]));
    }

    #[test]
    fn nothing_of_the_key_stands_in_the_file_or_is_printed() {
        let mut rng = StdRng::seed_from_u64(2);
        let file = KeyFile::new(&[7; 32]);
        let file = file
            .with_box(&lost(), &public_key(&[3; 32]), &mut rng)
            .expect("a key");
        let said = format!("{}{file:?}{:?}", String::from_utf8_lossy(&file.to_json()), lost());
        assert!(
            !said.contains(&"07".repeat(8)) && !said.contains("7, 7, 7"),
            "{said}"
        );
    }

    #[test]
    fn other_files_and_later_versions_are_refused() {
        for json in ["", "{}", "[1]", r#"{"version":2,"check":""}"#] {
            assert_eq!(
                KeyFile::from_json(json.as_bytes()),
                Err(KeyFileError::Unreadable),
                "{json}"
            );
        }
    }
}
