//! The data folder: made, checked to be writable, and written so that a power cut keeps what was said to be kept.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderProblem {
    /// It is not there.
    #[error("the data folder {} is not there; run `xunge-server init` or name another with --data", .0.display())]
    Missing(PathBuf),
    /// Something else has its name.
    #[error("{} is not a folder; name another with --data", .0.display())]
    NotFolder(PathBuf),
    /// Nothing can be written into it.
    #[error(
        "the data folder {} cannot be written ({source}); give the server's user the right to write, or mount it writable",
        path.display()
    )]
    ReadOnly {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Checks that a data folder is there and can be written, by writing a file and removing it again.
pub fn open_folder(path: &Path) -> Result<(), FolderProblem> {
    if !path.exists() {
        return Err(FolderProblem::Missing(path.to_owned()));
    }
    if !path.is_dir() {
        return Err(FolderProblem::NotFolder(path.to_owned()));
    }
    let probe = path.join(format!(".writable-{}", std::process::id()));
    let outcome = write_durably(&probe, b"", 0o600).and_then(|()| std::fs::remove_file(&probe));
    outcome.map_err(|source| FolderProblem::ReadOnly {
        path: path.to_owned(),
        source,
    })
}

/// Writes a whole file under another name, makes it durable, gives it its name, and makes the name durable.
///
/// After a power cut there is the old file or the new one, never half of it. `mode` holds the Unix permissions of the new file.
pub fn write_durably(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    {
        let mut file = create(&part, mode)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    std::fs::rename(&part, path)?;
    sync_folder(folder)
}

/// A new, empty file that nobody but its owner reads, in the place of one of that name.
pub(crate) fn create_private(path: &Path) -> std::io::Result<File> {
    create(path, 0o600)
}

/// Removes a file; one that is not there is removed already.
pub(crate) fn remove_file(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the names in a folder durable. Systems that cannot open folders have nothing to do.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    match File::open(folder) {
        Ok(file) => file.sync_all(),
        Err(error) if cfg!(windows) => {
            tracing::debug!(error = %error, "folders cannot be synced here");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn create(path: &Path, mode: u32) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)
}

#[cfg(not(unix))]
fn create(path: &Path, _mode: u32) -> std::io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)
}
