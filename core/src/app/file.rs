//! Files beside the database: pictures, voice notes, originals that could not be prepared. Beside an encrypted database each is sealed
//! under a key of its own, which lies in the database; what leaves the phone, and its hash, is what was sealed.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use rand::rngs::StdRng;

use super::Device;
use super::device::Context;
use super::identity::setting;
use crate::attachment::BlobHash;
use crate::error::Error;
use crate::in_order::InOrder;
use crate::seal::stream::{FileKey, is_sealed};
use crate::store::{
    DATABASE_NAME, Store, StoreError, StoredFile, Tx, attachment_name, attachment_path, durable_seal,
    durable_write, remove_file,
};

/// The folder of pictures and voice notes that could not be prepared, in the profile's folder.
const ORIGINALS: &str = "originals";

/// An attachment's file; `None` where it is not on this phone.
pub(super) fn open(
    tx: &Tx<'_>,
    context: &Context<'_>,
    blob: &BlobHash,
) -> Result<Option<StoredFile>, StoreError> {
    let name = attachment_name(blob);
    let key = tx.file_key(&name)?;
    StoredFile::open(&attachment_path(context.folder, blob), &name, key.as_ref())
}

/// The attachment's file where it is whole: what is in it has its hash.
pub(super) fn open_whole(
    tx: &Tx<'_>,
    context: &Context<'_>,
    blob: &BlobHash,
) -> Result<Option<StoredFile>, StoreError> {
    let Some(mut file) = open(tx, context, blob)? else {
        return Ok(None);
    };
    match file.hash() {
        Ok(hash) => Ok(Some(file).filter(|_| hash == *blob)),
        Err(StoreError::DamagedFile { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Device {
    /// The bytes of an attachment's file on this phone, after checking its hash; `None` where it is still to be fetched.
    ///
    /// # Errors
    /// [`StoreError::DamagedFile`] where its seal does not open.
    pub fn attachment_bytes(&self, blob: &BlobHash) -> Result<Option<Vec<u8>>, Error> {
        let bytes = self.read(|tx, context| {
            let file = open(tx, context, blob)?;
            Ok(file.map(|mut file| file.read_all()).transpose()?)
        })?;
        Ok(bytes.filter(|bytes| BlobHash::of(bytes) == *blob))
    }

    /// Puts an attachment's bytes on disk; one that is there stays.
    pub(super) fn put_file(&self, blob: &BlobHash, bytes: &[u8]) -> Result<(), Error> {
        let path = attachment_path(&self.folder, blob);
        let is_there = self.read(|tx, context| Ok(open_whole(tx, context, blob)?.is_some()))?;
        if is_there {
            return Ok(());
        }
        self.write_file(&path, &attachment_name(blob), bytes)
    }

    /// Keeps bytes of which no picture and no voice note could be made.
    pub(super) fn put_original(&self, bytes: &[u8]) -> Result<(), Error> {
        let folder = self.folder.join(ORIGINALS);
        std::fs::create_dir_all(&folder).map_err(|e| StoreError::file(&folder, e))?;
        let hash = BlobHash::of(bytes).to_string();
        self.write_file(&folder.join(&hash), &format!("{ORIGINALS}/{hash}"), bytes)
    }

    /// Writes a file, sealed where the database is.
    pub(super) fn write_file(&self, path: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
        if !self.is_encrypted {
            return Ok(durable_write(path, bytes)?);
        }
        let known = self.read(|tx, _| Ok(tx.file_key(name)?))?;
        let made = |tx: &Tx<'_>, context: &Context<'_>| {
            let made = context.fresh(|rng| FileKey::random(rng));
            Ok(key_of(tx, name, made)?)
        };
        let key = known.map_or_else(|| self.write(made), Ok)?;
        let mut rng = self.config.rng(name);
        Ok(durable_seal(
            path,
            (name, &key),
            &mut Cursor::new(bytes),
            &mut rng,
        )?)
    }

    /// Removes files that nothing refers to any more, their keys first.
    pub(super) fn remove_files(&self, blobs: &[BlobHash]) -> Result<(), Error> {
        if self.is_encrypted && !blobs.is_empty() {
            self.write(|tx, _| {
                let mut names = blobs.iter().map(attachment_name);
                Ok(names.try_for_each(|name| tx.delete_file_key(&name))?)
            })?;
        }
        for blob in blobs {
            remove_file(&attachment_path(&self.folder, blob))?;
        }
        Ok(())
    }
}

/// The file's key: the one that it has, else the one just made, which is kept.
fn key_of(tx: &Tx<'_>, name: &str, made: FileKey) -> Result<FileKey, StoreError> {
    if let Some(key) = tx.file_key(name)? {
        return Ok(key);
    }
    tx.put_file_key(name, &made)?;
    Ok(made)
}

/// Whether files lie here that no sync sends: originals of which no picture could be made, and what a damaged database left.
pub(super) fn has_unsendable(folder: &Path) -> Result<bool, StoreError> {
    let is_damaged = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("xunge.damaged-")
    };
    Ok(!files_in(&folder.join(ORIGINALS))?.is_empty() || files_in(folder)?.iter().any(is_damaged))
}

/// Seals what an earlier release left plain beside a database that is encrypted by now. Cut anywhere it goes on at the next opening; a
/// file is plain or sealed, whole either way, and readers tell by its first bytes.
pub(super) fn seal_plain_files(store: &mut Store, folder: &Path, rng: &mut StdRng) -> Result<(), Error> {
    let is_done = store.read(|tx| tx.setting_int(setting::FILES_SEALED))?.is_some();
    if !store.is_encrypted() || is_done {
        return Ok(());
    }
    for name in left_plain(folder)? {
        let made = FileKey::random(rng);
        let key = store.write(|tx| key_of(tx, &name, made))?;
        tracing::debug!("a file has its key");
        let path = folder.join(&name);
        let mut plain = std::fs::File::open(&path).map_err(|e| StoreError::file(&path, e))?;
        durable_seal(&path, (&name, &key), &mut plain, rng)?;
        tracing::debug!("a file was sealed");
    }
    Ok(store.write(|tx| tx.set_int(setting::FILES_SEALED, 1))?)
}

/// The names of plain files with content of reports. What was half fetched or half written goes.
fn left_plain(folder: &Path) -> Result<Vec<String>, StoreError> {
    let mut plain = Vec::new();
    for within in ["attachments", ORIGINALS] {
        for path in files_in(&folder.join(within))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.extension().is_some() {
                remove_file(&path)?;
            } else if !begins(&path, is_sealed) {
                plain.push(format!("{within}/{name}"));
            }
        }
    }
    // Copies of the database: of before a migration, and of what was damaged, whose first bytes may be anything.
    for path in files_in(folder)? {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_damaged = name.starts_with("xunge.damaged-") && !begins(&path, is_sealed);
        let is_copy =
            name.starts_with("xunge.before-") && begins(&path, |start| start.starts_with(b"SQLite f"));
        if !name.starts_with(DATABASE_NAME) && (is_damaged || is_copy) {
            plain.push(name);
        }
    }
    Ok(plain)
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::file(folder, error)),
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.is_file());
    files.order_by(Ord::cmp);
    Ok(files)
}

fn begins(path: &Path, says: impl Fn(&[u8]) -> bool) -> bool {
    use std::io::Read;
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(8).read_to_end(&mut start));
    read.is_ok() && says(&start)
}
