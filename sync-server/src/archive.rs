//! The signed archive of one report: a ZIP with its story as JSON, its pictures and voice notes, a manifest with the SHA-256 of each file,
//! and the server's signature over the manifest.
//!
//! Set in stone: the names of these files, the manifest's fields, and what is signed (the manifest's bytes under [`DOMAIN`]).

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};

use serde::{Deserialize, Serialize};
use xunge_core::signature::{Algorithm, PublicKey, Signature, SigningKey, sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// What the signature is over, so that it can stand for nothing else.
pub const DOMAIN: &str = "xunge.archive.v1";

const STORY: &str = "report.json";
const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "signature.json";

/// The largest file that is read from an archive, in bytes: far above any picture, far below what a bomb would take.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The most files of an archive.
const FILES_MAX: usize = 10_000;

/// What is in an archive.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// 1.
    pub version: u32,
    /// The report's code.
    pub code: String,
    /// The report.
    pub report: String,
    /// The township.
    pub township: String,
    /// When the archive was made, RFC 3339.
    pub made_at: String,
    /// Whether names and telephones of people concerned are masked.
    pub is_masked: bool,
    /// SHA-256 of each file, hexadecimal, by name.
    pub files: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct Signed {
    alg: String,
    public_key: String,
    signature: String,
}

/// Why an archive is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveProblem {
    /// Not a ZIP, or cut off.
    #[error("the file is no readable archive: {0}")]
    Unreadable(String),
    /// One of the three files that every archive has is missing.
    #[error("{0} is missing from the archive")]
    Missing(&'static str),
    /// Manifest or signature is not what this version writes.
    #[error("{0} is not what this version of xunge writes")]
    BadFile(&'static str),
    /// The signature does not fit the manifest.
    #[error("the signature does not fit: the manifest was altered")]
    BadSignature,
    /// A file is not the one that was archived.
    #[error("{0} was altered")]
    Altered(String),
    /// A file that the manifest names is not there.
    #[error("{0} is named and missing")]
    NotThere(String),
    /// A file that the manifest does not name.
    #[error("{0} does not belong to the archive")]
    Strange(String),
}

/// What a good archive says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// The manifest.
    pub manifest: Manifest,
    /// Whose signature it is: compare it with the server's own key.
    pub public_key: PublicKey,
}

fn options(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default())
}

/// Packs and signs. `files` are pictures and voice notes by name; `manifest.files` is filled in here.
///
/// # Errors
/// What writing to memory says.
pub fn pack(
    mut manifest: Manifest,
    story: &[u8],
    files: &BTreeMap<String, Vec<u8>>,
    key: &SigningKey,
) -> io::Result<Vec<u8>> {
    let hash = |bytes: &[u8]| hex::encode(sha256(bytes));
    manifest.files = files
        .iter()
        .map(|(name, bytes)| (name.clone(), hash(bytes)))
        .collect();
    manifest.files.insert(STORY.to_owned(), hash(story));
    let listed = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?;
    let signed = Signed {
        alg: "ES256".to_owned(),
        public_key: hex::encode(key.public().0),
        signature: hex::encode(key.sign(DOMAIN, &listed).bytes),
    };
    let signed = serde_json::to_vec_pretty(&signed).map_err(io::Error::other)?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        (MANIFEST, listed.as_slice()),
        (SIGNATURE, signed.as_slice()),
        (STORY, story),
    ] {
        zip.start_file(name, options(CompressionMethod::Deflated))?;
        zip.write_all(bytes)?;
    }
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options(CompressionMethod::Stored))?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Checks everything: the signature over the manifest, and that the files are those of the manifest and no others.
///
/// # Errors
/// The first thing that does not fit.
pub fn verify(bytes: &[u8]) -> Result<Verified, ArchiveProblem> {
    let unreadable = |error: &dyn std::fmt::Display| ArchiveProblem::Unreadable(error.to_string());
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    if zip.len() > FILES_MAX {
        return Err(unreadable(&"too many files"));
    }
    let mut files = BTreeMap::new();
    for place in 0..zip.len() {
        let file = zip.by_index(place).map_err(|e| unreadable(&e))?;
        let name = file.name().map_err(|e| unreadable(&e))?.into_owned();
        let mut read = Vec::new();
        let size = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut read);
        let size = size.map_err(|e| unreadable(&e))?;
        if size as u64 > FILE_BYTES_MAX || files.insert(name.clone(), read).is_some() {
            return Err(unreadable(&format!("{name} is too large or there twice")));
        }
    }
    let listed = files.remove(MANIFEST).ok_or(ArchiveProblem::Missing(MANIFEST))?;
    let signed = files
        .remove(SIGNATURE)
        .ok_or(ArchiveProblem::Missing(SIGNATURE))?;
    let public_key = check_signature(&listed, &signed)?;
    let manifest: Manifest =
        serde_json::from_slice(&listed).map_err(|_| ArchiveProblem::BadFile(MANIFEST))?;
    if manifest.version != 1 {
        return Err(ArchiveProblem::BadFile(MANIFEST));
    }
    if !manifest.files.contains_key(STORY) {
        return Err(ArchiveProblem::Missing(STORY));
    }
    for (name, hash) in &manifest.files {
        let read = files
            .remove(name)
            .ok_or_else(|| ArchiveProblem::NotThere(name.clone()))?;
        if hex::encode(sha256(&read)) != *hash {
            return Err(ArchiveProblem::Altered(name.clone()));
        }
    }
    match files.into_keys().next() {
        Some(name) => Err(ArchiveProblem::Strange(name)),
        None => Ok(Verified { manifest, public_key }),
    }
}

fn check_signature(listed: &[u8], signed: &[u8]) -> Result<PublicKey, ArchiveProblem> {
    let bad = ArchiveProblem::BadFile(SIGNATURE);
    let Ok(signed) = serde_json::from_slice::<Signed>(signed) else {
        return Err(bad);
    };
    let key = hex::decode(&signed.public_key).ok();
    let key = key.and_then(|bytes| PublicKey::from_slice(&bytes).ok());
    let bytes = hex::decode(&signed.signature)
        .ok()
        .and_then(|b| b.try_into().ok());
    let (Some(key), Some(bytes), "ES256") = (key, bytes, signed.alg.as_str()) else {
        return Err(bad);
    };
    let signature = Signature {
        alg: Algorithm::P256,
        bytes,
    };
    key.verify(DOMAIN, listed, &signature)
        .map_err(|_| ArchiveProblem::BadSignature)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn archive() -> (Vec<u8>, SigningKey) {
        let key = SigningKey::random(&mut StdRng::seed_from_u64(3));
        let manifest = Manifest {
            version: 1,
            code: "G1-1".into(),
            report: "00".into(),
            township: "T1".into(),
            made_at: "2026-11-22T00:00:00Z".into(),
            is_masked: true,
            files: BTreeMap::new(),
        };
        let files = BTreeMap::from([("files/a.jpg".to_owned(), vec![7; 900])]);
        (pack(manifest, b"{}", &files, &key).unwrap(), key)
    }

    /// The archive with one file replaced, added or (by `None`) left out.
    fn altered(bytes: &[u8], name: &str, with: Option<&[u8]>) -> Vec<u8> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut made = ZipWriter::new(Cursor::new(Vec::new()));
        for place in 0..zip.len() {
            let mut file = zip.by_index(place).unwrap();
            let own = file.name().unwrap().into_owned();
            if own != name {
                let mut read = Vec::new();
                file.read_to_end(&mut read).unwrap();
                made.start_file(own, options(CompressionMethod::Stored)).unwrap();
                made.write_all(&read).unwrap();
            }
        }
        if let Some(with) = with {
            made.start_file(name, options(CompressionMethod::Stored)).unwrap();
            made.write_all(with).unwrap();
        }
        made.finish().unwrap().into_inner()
    }

    #[test]
    fn an_archive_verifies_and_says_whose_it_is() {
        let (bytes, key) = archive();
        let verified = verify(&bytes).unwrap();
        assert_eq!(verified.public_key, key.public());
        assert_eq!(verified.manifest.files.len(), 2);
    }

    #[test]
    fn whatever_is_altered_added_or_missing_is_named() {
        let (bytes, _) = archive();
        let story = verify(&altered(&bytes, STORY, Some(b"{\"state\":\"closed\"}"))).unwrap_err();
        assert_eq!(story.to_string(), "report.json was altered");
        let picture = verify(&altered(&bytes, "files/a.jpg", None)).unwrap_err();
        assert_eq!(picture.to_string(), "files/a.jpg is named and missing");
        let more = verify(&altered(&bytes, "files/b.jpg", Some(b"x"))).unwrap_err();
        assert_eq!(more.to_string(), "files/b.jpg does not belong to the archive");
        let manifest = verify(&altered(&bytes, MANIFEST, Some(b"{}"))).unwrap_err();
        assert!(matches!(manifest, ArchiveProblem::BadSignature));
        let unsigned = verify(&altered(&bytes, SIGNATURE, None)).unwrap_err();
        assert!(matches!(unsigned, ArchiveProblem::Missing(SIGNATURE)));
    }

    #[test]
    fn whatever_is_cut_off_is_no_archive_and_nothing_panics() {
        let (bytes, _) = archive();
        for length in 0..bytes.len() {
            assert!(verify(&bytes[..length]).is_err(), "{length}");
        }
    }
}
