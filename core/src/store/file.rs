//! Files beside the database: written under another name, flushed, then renamed, so that a file is whole or not there.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::StoreError;
use crate::attachment::BlobHash;

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
    let part = path.with_extension("part");
    let written = (|| {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    })();
    if let Err(error) = written {
        // Half a file is of no use to anybody and may hold the last free bytes.
        let _ = std::fs::remove_file(&part);
        return Err(StoreError::file(path, error));
    }
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes a rename durable.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    // Windows cannot open folders; phones and servers can.
    match File::open(folder) {
        Ok(handle) => handle.sync_all().map_err(|e| StoreError::file(folder, e)),
        Err(_) => Ok(()),
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
