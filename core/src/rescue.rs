//! Rescue files: everything unsent on a phone, sealed to the township's recovery key, so that a phone that can no longer sync (broken
//! radio, lost keystore, revoked by mistake) loses no work. The server's `import --rescue` opens them.
//!
//! A phone can seal and cannot open. This module only builds and reads bytes; files are the caller's. Set in stone: the first line, the
//! algorithms (HPKE base mode: X25519, HKDF-SHA-256, ChaCha20-Poly1305) and the CBOR numbers.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand::Rng;

use crate::attachment::{AttachmentKind, BlobHash};
use crate::id::{InstallId, PersonId, ReportId, UnitId};
use crate::sync::message::{Item, ManifestSeal};
use crate::time::Timestamp;

/// What every rescue file begins with.
pub const RESCUE_MAGIC: &[u8] = b"XUNGE-RESCUE-1\n";

/// Why a rescue file cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RescueError {
    /// The bytes do not begin as a rescue file does.
    #[error("the file is not a rescue file of this app")]
    NotRescue,
    /// It was sealed to another recovery key, or was changed or cut since.
    #[error("the rescue file does not open with this recovery key, or it is damaged")]
    DoesNotOpen,
    /// It opens, and what is inside is not readable by this program.
    #[error("the content of the rescue file is not readable by this version")]
    Unreadable,
    /// The recovery key is no key.
    #[error("the recovery key is not an X25519 key")]
    BadKey,
}

/// Everything unsent of one profile.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Rescue {
    /// The install whose work it is.
    #[n(0)]
    pub install: InstallId,
    /// Whose profile it is.
    #[n(1)]
    pub person: PersonId,
    /// The feed to which the items belong.
    #[n(2)]
    pub feed: UnitId,
    /// What a sync would have pushed, in order.
    #[n(3)]
    pub items: Vec<Item>,
    /// The install's signature over the items, as in a sync; `None` where there are none.
    #[n(4)]
    pub manifest: Option<ManifestSeal>,
    /// Attachments whose bytes the server had not confirmed.
    #[n(5)]
    pub blobs: Vec<RescuedBlob>,
    /// Drafts that were never handed in, as JSON each: for a person to read, never taken as reports.
    #[n(6)]
    pub drafts: Vec<String>,
    /// Words begun beside a report or a task and never sent: for a person to read. Files of earlier releases hold none.
    #[n(7)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub words: Vec<RescuedWords>,
}

/// Words that were kept as they were typed, in a rescue file.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct RescuedWords {
    /// The shell's name for what they belong to.
    #[n(0)]
    pub about: String,
    /// The words, in the shell's own form.
    #[n(1)]
    pub words: String,
    /// When they were last typed, by the phone's wall clock.
    #[n(2)]
    pub kept_at: Timestamp,
}

/// An attachment in a rescue file.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct RescuedBlob {
    /// The report.
    #[n(0)]
    pub report: ReportId,
    /// Picture (a thumbnail too) or voice note.
    #[n(1)]
    pub kind: AttachmentKind,
    /// SHA-256 of the bytes; checked when the file is read.
    #[n(2)]
    pub sha256: BlobHash,
    /// The bytes as they would have been uploaded.
    #[n(3)]
    pub bytes: ByteVec,
}

/// The public half of a recovery key.
pub fn recovery_public_key(secret: &[u8; 32]) -> [u8; 32] {
    crate::seal::public_key(secret)
}

/// Seals bytes to a recovery key. `rng` must be unguessable outside tests.
pub fn seal(public: &[u8; 32], plain: &[u8], rng: &mut dyn Rng) -> Result<Vec<u8>, RescueError> {
    let sealed = crate::seal::seal_to(public, RESCUE_MAGIC, plain, rng).map_err(|_| RescueError::BadKey)?;
    Ok([RESCUE_MAGIC, &sealed].concat())
}

/// Opens what [`seal`] made.
pub fn open(secret: &[u8; 32], file: &[u8]) -> Result<Vec<u8>, RescueError> {
    let sealed = file.strip_prefix(RESCUE_MAGIC).ok_or(RescueError::NotRescue)?;
    crate::seal::open_with(secret, RESCUE_MAGIC, sealed).map_err(|_| RescueError::DoesNotOpen)
}

impl Rescue {
    /// The sealed file's bytes.
    pub fn to_sealed(&self, public: &[u8; 32], rng: &mut dyn Rng) -> Result<Vec<u8>, RescueError> {
        let plain = minicbor::to_vec(self).expect("encoding to memory cannot fail");
        seal(public, &plain, rng)
    }

    /// Opens and reads a sealed file; every blob's hash is checked.
    pub fn from_sealed(secret: &[u8; 32], file: &[u8]) -> Result<Self, RescueError> {
        let plain = open(secret, file)?;
        let rescue: Self = minicbor::decode(&plain).map_err(|_| RescueError::Unreadable)?;
        if rescue
            .blobs
            .iter()
            .all(|blob| BlobHash::of(&blob.bytes) == blob.sha256)
        {
            Ok(rescue)
        } else {
            Err(RescueError::Unreadable)
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn a_sealed_rescue_opens_with_its_own_key_alone() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(3);
        let (secret, other) = ([7u8; 32], [8u8; 32]);
        let rescue = Rescue {
            install: InstallId::from_bytes([1; 16]),
            person: PersonId::new("w1").expect("a code"),
            feed: UnitId::new("t1").expect("a code"),
            items: Vec::new(),
            manifest: None,
            blobs: vec![RescuedBlob {
                report: ReportId::from_bytes([2; 16]),
                kind: AttachmentKind::Picture,
                sha256: BlobHash::of(b"picture"),
                bytes: b"picture".to_vec().into(),
            }],
            drafts: vec!["{}".into()],
            words: vec![RescuedWords {
                about: "note".into(),
                words: "begun".into(),
                kept_at: Timestamp(4),
            }],
        };
        let file = rescue
            .to_sealed(&recovery_public_key(&secret), &mut rng)
            .expect("seals");
        assert_eq!(Rescue::from_sealed(&secret, &file), Ok(rescue));
        assert_eq!(Rescue::from_sealed(&other, &file), Err(RescueError::DoesNotOpen));
        assert_eq!(Rescue::from_sealed(&secret, b"{}"), Err(RescueError::NotRescue));
        let cut = &file[..file.len() - 1];
        assert_eq!(Rescue::from_sealed(&secret, cut), Err(RescueError::DoesNotOpen));
        let short = &file[..20];
        assert_eq!(Rescue::from_sealed(&secret, short), Err(RescueError::DoesNotOpen));
    }

    #[test]
    fn a_file_of_the_release_before_words_were_rescued_still_opens() {
        #[derive(Encode)]
        #[cbor(map)]
        struct Earlier {
            #[n(0)]
            install: InstallId,
            #[n(1)]
            person: PersonId,
            #[n(2)]
            feed: UnitId,
            #[n(3)]
            items: Vec<Item>,
            #[n(4)]
            manifest: Option<ManifestSeal>,
            #[n(5)]
            blobs: Vec<RescuedBlob>,
            #[n(6)]
            drafts: Vec<String>,
        }
        let mut rng = rand::rngs::StdRng::seed_from_u64(4);
        let earlier = Earlier {
            install: InstallId::from_bytes([1; 16]),
            person: PersonId::new("w1").expect("a code"),
            feed: UnitId::new("t1").expect("a code"),
            items: Vec::new(),
            manifest: None,
            blobs: Vec::new(),
            drafts: vec!["{}".into()],
        };
        let plain = minicbor::to_vec(&earlier).expect("encodes");
        let secret = [7u8; 32];
        let file = seal(&recovery_public_key(&secret), &plain, &mut rng).expect("seals");
        let rescue = Rescue::from_sealed(&secret, &file).expect("reads");
        assert_eq!(rescue.drafts, ["{}"]);
        assert_eq!(rescue.words, []);
        assert_eq!(
            minicbor::to_vec(&rescue).expect("encodes"),
            plain,
            "and is written as it was"
        );
    }
}
