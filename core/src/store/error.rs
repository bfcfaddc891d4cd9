//! What can go wrong with the phone's own storage, by what can be done about it.

use std::path::{Path, PathBuf};

use crate::seal::stream::StreamError;

/// A failure of the store. Whatever it was, nothing that was durable before is lost by it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The storage is full: the act was not taken, everything before it stands. Free some space and do it again.
    #[error("the storage is full")]
    Full,
    /// The folder or file may not be written.
    #[error("`{0}` cannot be written")]
    ReadOnly(PathBuf),
    /// The database was written by a later version of the app.
    #[error("the database is of version {found}, this app knows up to {known}: update the app")]
    Newer {
        /// The file's version.
        found: u32,
        /// The latest version known here.
        known: u32,
    },
    /// A key was given, and this build has no cipher for the database.
    #[error("this build cannot open encrypted databases")]
    NoCipher,
    /// The database lies under another key than the one given: the phone's keystore lost the right one, or the folder is a copy from
    /// another phone. The database is whole and stays as it is.
    #[error("the database lies under another key")]
    WrongKey,
    /// The database is encrypted, and no key was given.
    #[error("the database is encrypted and no key was given")]
    KeyMissing,
    /// A file beside the database was altered or cut: its seal does not open.
    #[error("`{path}` is damaged")]
    DamagedFile {
        /// The file.
        path: PathBuf,
        /// What did not open.
        source: StreamError,
    },
    /// Another process held the database for longer than the bound.
    #[error("another process is using the database")]
    Busy,
    /// The database is damaged; opening it again sets it aside and salvages what can be read.
    #[error("the database is damaged")]
    Damaged(#[source] rusqlite::Error),
    /// A stored value is not what its column says: a defect of this program or of the storage.
    #[error("the stored {what} is not readable")]
    Unreadable {
        /// What was read.
        what: &'static str,
    },
    /// A file could not be read or written.
    #[error("`{path}` failed")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Anything else that SQLite says: a defect of this program.
    #[error("the database refused a statement")]
    Sql(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(error),
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => {
                Self::ReadOnly(PathBuf::from("the database"))
            }
            _ => Self::Sql(error),
        }
    }
}

impl StoreError {
    /// The error of a sealed file, typed by what can be done.
    pub fn sealed(path: &Path, source: StreamError) -> Self {
        match source {
            StreamError::Io(source) => Self::file(path, source),
            source => Self::DamagedFile {
                path: path.to_owned(),
                source,
            },
        }
    }

    /// The error of a file operation, typed by what can be done.
    pub fn file(path: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(path.to_owned()),
            _ => Self::File {
                path: path.to_owned(),
                source,
            },
        }
    }
}
