//! Writing and reading the directory.

use std::collections::BTreeMap;
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
    /// or in the same call. A township or county unit that is new gets its feed.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for installs, [`ServiceError::BadRequest`] where a record names a unit that is not there.
    pub fn directory_apply(
        &self,
        by: &Caller,
        changes: &[DirectoryChange],
    ) -> Result<DirectoryApplied, ServiceError> {
        if matches!(by, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("installs do not write the directory"));
        }
        let now = self.now();
        let records: Vec<DirectoryRow> = changes
            .iter()
            .map(|c| c.record.clone().into_row(c.valid_from, c.valid_to, 0))
            .collect();
        let (applied, done) = self.ledger.write(None, |tx| {
            self.ledger.write_directory(tx, &records, &by.audit_name(), now)
        })?;
        for done in done {
            done.settle(&self.ledger);
        }
        Ok(DirectoryApplied {
            written: applied.written,
            unchanged: records.len() - applied.written,
            version: applied.version,
        })
    }

    /// The whole directory as it stands, all feeds together.
    pub fn directory(&self) -> Result<Arc<Directory>, ServiceError> {
        self.ledger.read(|tx| Ok(self.ledger.directory(tx)?.1))
    }

    /// As [`Self::directory_rows`], of the feeds that the caller follows alone: names and telephones stay where they are needed.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a feed that the caller does not follow, whether it is there or not.
    pub fn directory_rows_of(
        &self,
        caller: &Caller,
        feed: Option<&UnitId>,
    ) -> Result<Vec<DirectoryRow>, ServiceError> {
        let mut feeds = self.feeds_of(caller)?;
        if let Some(feed) = feed {
            feeds.retain(|followed| followed == feed);
            if feeds.is_empty() {
                return Err(ServiceError::NotFound("feed"));
            }
        }
        let mut rows = BTreeMap::new();
        for feed in &feeds {
            for row in self.directory_rows(Some(feed))? {
                rows.insert((row.kind.clone(), row.key.clone(), row.valid_from), row);
            }
        }
        Ok(rows.into_values().collect())
    }

    /// The rows of one feed's directory, or of all feeds without repeats.
    pub fn directory_rows(&self, feed: Option<&UnitId>) -> Result<Vec<DirectoryRow>, ServiceError> {
        self.ledger.read(|tx| {
            let feeds = match feed {
                Some(unit) => vec![tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?],
                None => tx.feeds()?,
            };
            let mut rows = BTreeMap::new();
            for feed in feeds {
                for (_, row) in tx.directory_after(feed.no, 0, u64::MAX, u32::MAX)? {
                    rows.insert((row.kind.clone(), row.key.clone(), row.valid_from), row);
                }
            }
            Ok(rows.into_values().collect())
        })
    }
}
