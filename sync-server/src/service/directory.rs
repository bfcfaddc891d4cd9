//! Writing and reading the directory.

use std::sync::Arc;

use xunge_core::directory::{Directory, DirectoryRecord, DirectoryRow};
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;

/// One record to write, with the time for which it holds.
#[derive(Clone, PartialEq, Debug)]
pub struct DirectoryChange {
    /// The record.
    pub record: DirectoryRecord,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when (exclusive); open where `None`.
    pub valid_to: Option<Timestamp>,
}

/// What writing the directory did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DirectoryApplied {
    /// Records that were new or different.
    pub written: usize,
    /// Records that were there already, word for word.
    pub unchanged: usize,
    /// The directory's version afterwards.
    pub version: u64,
}

impl Service {
    /// Writes records in one transaction; those that are there already are passed over. Units must come before what hangs under them,
    /// or in the same call. A township unit that is new gets its feed.
    pub fn directory_apply(
        &self,
        by: &Caller,
        changes: &[DirectoryChange],
    ) -> Result<DirectoryApplied, ServiceError> {
        let (_, _) = (by, changes);
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// The whole directory as it stands, all feeds together.
    pub fn directory(&self) -> Result<Arc<Directory>, ServiceError> {
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// The rows of one feed's directory, or of all feeds without repeats.
    pub fn directory_rows(&self, feed: Option<&UnitId>) -> Result<Vec<DirectoryRow>, ServiceError> {
        let _ = feed;
        Err(ServiceError::Forbidden("not served yet"))
    }
}
