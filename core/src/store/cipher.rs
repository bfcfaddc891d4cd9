//! The database's key: whether it fits, and what is noted beside the database. SQLCipher does the rest.
//!
//! A key that does not fit and a damaged first page look alike to SQLCipher. The key file tells them apart, so that a lost key never
//! leads to a database that is set aside as damaged.

use std::io::Read;
use std::path::Path;

use rand::Rng;
use rusqlite::Connection;

use super::{StoreError, file};
use crate::key_file::{KEY_FILE_NAME, KeyFile, LostKey};

/// Whether this build can encrypt its database (feature `encrypted`).
pub const HAS_CIPHER: bool = cfg!(feature = "encrypted");

/// What every plain database begins with.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// What lies where the database should be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Plain,
    Sealed,
}

/// Gives the connection its key, raw: no passphrase, so nothing is derived slowly.
pub(super) fn unlock(conn: &Connection, key: &[u8; 32]) -> Result<(), StoreError> {
    // Not as an argument: SQLite traces statements, never pragma values.
    conn.pragma_update(None, "key", literal(key))?;
    // Its log would say that a page does not open; that is told by the error.
    conn.pragma_update(None, "cipher_log_level", "NONE")?;
    Ok(())
}

/// The key as SQLCipher reads a raw one.
pub(super) fn literal(key: &[u8; 32]) -> String {
    format!("x'{}'", hex::encode(key))
}

/// Whether a plain database lies there.
pub(super) fn is_plain(path: &Path) -> bool {
    found(path) == Found::Plain
}

fn found(path: &Path) -> Found {
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(16).read_to_end(&mut start));
    match read {
        Ok(0) | Err(_) => Found::Nothing,
        Ok(_) if start == PLAIN_HEADER => Found::Plain,
        Ok(_) => Found::Sealed,
    }
}

/// Lets a key in, or says that it is not the one. For a database that is not there yet, or still plain, it is noted as the one.
pub(super) fn admit(folder: &Path, path: &Path, key: Option<&[u8; 32]>) -> Result<(), StoreError> {
    let noted = read(folder)?;
    match (key, found(path)) {
        (None, Found::Sealed) if noted.is_some() => Err(StoreError::KeyMissing),
        (None, _) => Ok(()),
        (Some(key), Found::Sealed) => match noted {
            Some(noted) if !noted.fits(key) => Err(StoreError::WrongKey),
            _ => Ok(()),
        },
        (Some(key), Found::Nothing | Found::Plain) => match noted {
            Some(noted) if noted.fits(key) => Ok(()),
            _ => write(folder, &KeyFile::new(key)),
        },
    }
}

/// Whether a database that does not open may be whole and under another key: where nothing says which key it lies under, or it was on
/// its way to another one.
pub(super) fn may_be_other_key(
    folder: &Path,
    path: &Path,
    key: Option<&[u8; 32]>,
) -> Result<bool, StoreError> {
    if key.is_none() || found(path) != Found::Sealed {
        return Ok(false);
    }
    Ok(read(folder)?.is_none_or(|noted| noted.is_going_over()))
}

/// The key opened the database: it is noted where it was not, and as the only one.
pub(super) fn note_opened(folder: &Path, key: &[u8; 32]) -> Result<(), StoreError> {
    match read(folder)? {
        Some(noted) if noted.fits(key) && !noted.is_going_over() => Ok(()),
        _ => write(folder, &KeyFile::new(key)),
    }
}

/// Notes that the database is brought over to another key: until it is opened, both fit.
pub(super) fn note_going_over(folder: &Path, from: &[u8; 32], to: &[u8; 32]) -> Result<(), StoreError> {
    let noted = read(folder)?.unwrap_or_else(|| KeyFile::new(from));
    write(folder, &noted.going_over_to(to))
}

/// Lays the key down for the township, where that was not done yet for this recovery key.
pub(crate) fn lay_down(
    folder: &Path,
    lost: &LostKey,
    recovery_public_key: &[u8; 32],
    rng: &mut dyn Rng,
) -> Result<(), StoreError> {
    let noted = read(folder)?.unwrap_or_else(|| KeyFile::new(&lost.key()));
    if noted.has_box_for(recovery_public_key) {
        return Ok(());
    }
    match noted.with_box(lost, recovery_public_key, rng) {
        Ok(with_box) => write(folder, &with_box),
        Err(error) => {
            tracing::warn!(error = %error, "the database's key could not be laid down for the township");
            Ok(())
        }
    }
}

/// The key file; one that is not readable counts as none.
fn read(folder: &Path) -> Result<Option<KeyFile>, StoreError> {
    let json = file::read_file(&folder.join(KEY_FILE_NAME))?;
    Ok(json.and_then(|json| KeyFile::from_json(&json).ok()))
}

fn write(folder: &Path, key_file: &KeyFile) -> Result<(), StoreError> {
    file::durable_write(&folder.join(KEY_FILE_NAME), &key_file.to_json())
}
