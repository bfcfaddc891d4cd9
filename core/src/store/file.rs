//! Files beside the database: written under another name, flushed, then renamed, so that a file is whole or not there. Beside an
//! encrypted database they are sealed, piece by piece, so that a large one is never in memory as a whole.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rand::Rng;
use sha2::{Digest, Sha256};

use super::StoreError;
use crate::attachment::BlobHash;
use crate::seal::stream::{FileKey, MAGIC, SealedFile, StreamError, is_sealed, seal_stream};

/// The folder of pictures and voice notes in a profile's folder.
pub(super) const ATTACHMENTS: &str = "attachments";

/// Where the file of `blob` lies (or would lie).
pub(crate) fn attachment_path(folder: &Path, blob: &BlobHash) -> PathBuf {
    folder.join(ATTACHMENTS).join(blob.to_string())
}

pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(path).map_err(|e| StoreError::file(path, e))
}

/// Writes `bytes` to `path` so that after a crash either the whole file is there or none.
pub(crate) fn durable_write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    durable(path, |file| Ok(file.write_all(bytes)?))
}

/// As [`durable_write`], sealed under `key` for the file called `name`.
pub(crate) fn durable_seal(
    path: &Path,
    (name, key): (&str, &FileKey),
    plain: &mut dyn Read,
    rng: &mut dyn Rng,
) -> Result<(), StoreError> {
    durable(path, |file| seal_stream(key, name.as_bytes(), plain, file, rng))
}

fn durable(path: &Path, fill: impl FnOnce(&mut File) -> Result<(), StreamError>) -> Result<(), StoreError> {
    let part = path.with_extension("part");
    let written = (|| {
        let mut file = File::create(&part)?;
        fill(&mut file)?;
        file.sync_all()?;
        Ok(std::fs::rename(&part, path)?)
    })();
    if let Err(error) = written {
        // Half a file is of no use to anybody and may hold the last free bytes.
        let _ = std::fs::remove_file(&part);
        return Err(StoreError::sealed(path, error));
    }
    path.parent().map_or(Ok(()), sync)
}

/// Makes a file, or a rename in a folder, durable.
pub(super) fn sync(path: &Path) -> Result<(), StoreError> {
    // Windows cannot open folders; phones and servers can.
    match File::open(path) {
        Ok(handle) => handle.sync_all().map_err(|e| StoreError::file(path, e)),
        Err(_) => Ok(()),
    }
}

/// The path with something behind its name, as SQLite names its journals.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A file beside the database, sealed or plain, read in stretches.
#[derive(Debug)]
pub(crate) struct StoredFile {
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Plain(File, u64),
    Sealed(SealedFile<File>),
}

/// The stretch in which a file is hashed, in bytes.
const STRETCH_BYTES: usize = 64 * 1024;

impl StoredFile {
    /// Opens a file; `None` where it is not there. Sealed ones show it by their first bytes and need their key.
    pub(crate) fn open(path: &Path, name: &str, key: Option<&FileKey>) -> Result<Option<Self>, StoreError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::file(path, error)),
        };
        let io = |error| StoreError::file(path, error);
        let mut start = Vec::new();
        (&mut file)
            .take(MAGIC.len() as u64)
            .read_to_end(&mut start)
            .map_err(io)?;
        let kind = if is_sealed(&start) {
            let key = key.ok_or_else(|| StoreError::sealed(path, StreamError::Damaged { piece: 0 }))?;
            let sealed = SealedFile::open(key, name.as_bytes(), file);
            Kind::Sealed(sealed.map_err(|e| StoreError::sealed(path, e))?)
        } else {
            let length_bytes = file.seek(SeekFrom::End(0)).map_err(io)?;
            Kind::Plain(file, length_bytes)
        };
        Ok(Some(Self {
            path: path.to_owned(),
            kind,
        }))
    }

    pub(crate) fn length_bytes(&self) -> u64 {
        match &self.kind {
            Kind::Plain(_, length_bytes) => *length_bytes,
            Kind::Sealed(sealed) => sealed.length_bytes(),
        }
    }

    /// The bytes from `start` on, at most `length` of them; fewer at the end.
    pub(crate) fn read_at(&mut self, start: u64, length: usize) -> Result<Vec<u8>, StoreError> {
        match &mut self.kind {
            Kind::Sealed(sealed) => sealed
                .read_at(start, length)
                .map_err(|error| StoreError::sealed(&self.path, error)),
            Kind::Plain(file, _) => {
                let mut bytes = Vec::new();
                let read = file.seek(SeekFrom::Start(start));
                let read = read.and_then(|_| file.take(length as u64).read_to_end(&mut bytes));
                read.map_err(|error| StoreError::file(&self.path, error))?;
                Ok(bytes)
            }
        }
    }

    /// The whole file.
    pub(crate) fn read_all(&mut self) -> Result<Vec<u8>, StoreError> {
        self.read_at(0, usize::MAX)
    }

    /// SHA-256 of what is in it.
    pub(crate) fn hash(&mut self) -> Result<BlobHash, StoreError> {
        let mut digest = Sha256::new();
        let mut at = 0;
        loop {
            let stretch = self.read_at(at, STRETCH_BYTES)?;
            digest.update(&stretch);
            at += stretch.len() as u64;
            if stretch.is_empty() {
                return Ok(BlobHash::from_bytes(digest.finalize().into()));
            }
        }
    }
}

/// The file's bytes, or `None` where it is not there.
pub(crate) fn read_file(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::file(path, error)),
    }
}

/// Removes a file that may be gone already.
pub(crate) fn remove_file(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::file(path, error)),
        _ => Ok(()),
    }
}
