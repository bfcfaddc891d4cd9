//! Which engine, and where.

use std::path::{Path, PathBuf};

use super::{PostgresAddress, PostgresStore, SqliteStore, Store, StoreError, StoreResult, bulk};
use crate::limits::Limits;

/// Where a database is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DatabasePlace {
    /// A file of the embedded engine.
    File(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresAddress),
}

/// Stands beside a database file while a backup is put in its place.
pub(crate) fn restoring_mark(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".restoring");
    PathBuf::from(name)
}

impl From<PathBuf> for DatabasePlace {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<PostgresAddress> for DatabasePlace {
    fn from(address: PostgresAddress) -> Self {
        Self::Postgres(address)
    }
}

impl std::fmt::Display for DatabasePlace {
    /// The file's path, or the schema's name: never a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Postgres(address) => f.write_str(address.schema()),
        }
    }
}

impl DatabasePlace {
    /// Opens the database, makes or migrates it where needed.
    ///
    /// # Errors
    /// As the engine's own `open`; [`StoreError::Unfinished`] where a copy into it was cut off.
    pub fn open(&self, limits: &Limits) -> StoreResult<Box<dyn Store>> {
        let store = self.open_raw(limits)?;
        let mut is_unfinished = false;
        store.read(&mut |tx| {
            is_unfinished = tx.meta(bulk::UNFINISHED)?.is_some();
            Ok(())
        })?;
        match is_unfinished {
            true => Err(StoreError::Unfinished),
            false => Ok(store),
        }
    }

    /// As [`Self::open`], also where it holds an unfinished copy: for going on with that.
    pub(crate) fn open_raw(&self, limits: &Limits) -> StoreResult<Box<dyn Store>> {
        match self {
            Self::File(path) if restoring_mark(path).exists() => Err(StoreError::Unfinished),
            Self::File(path) => {
                let store = SqliteStore::open(path, limits.store_readers, limits.store_busy_ms)?;
                if let Some(pages_max) = limits.store_pages_max {
                    store.limit_pages(pages_max)?;
                }
                Ok(Box::new(store))
            }
            Self::Postgres(address) => {
                let store = PostgresStore::open(address, limits.store_connections, limits.store_busy_ms)?;
                Ok(Box::new(store))
            }
        }
    }
}
