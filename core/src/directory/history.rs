//! The dated versions of one record.
//!
//! What holds at an instant is the version that began last before it, unless that one has ended: an ended version never lets an older
//! one come back.

use std::sync::Arc;

use super::DirectoryRow;
use crate::time::Timestamp;

/// Every version of one record, by the instant from which it holds.
#[derive(Clone, Debug)]
pub(super) struct History<T> {
    versions: Vec<Dated<T>>,
}

#[derive(Clone, Debug)]
struct Dated<T> {
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
    version: u64,
    record: Arc<T>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self { versions: Vec::new() }
    }
}

impl<T> History<T> {
    /// Takes a version in; of two with the same start the greater version stays.
    pub(super) fn insert(&mut self, row: &DirectoryRow, record: T) {
        let dated = Dated {
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            version: row.version,
            record: Arc::new(record),
        };
        match self
            .versions
            .binary_search_by_key(&row.valid_from, |d| d.valid_from)
        {
            Ok(same) if self.versions[same].version > row.version => {}
            Ok(same) => self.versions[same] = dated,
            Err(place) => self.versions.insert(place, dated),
        }
    }

    fn begun(&self, at: Timestamp) -> Option<&Dated<T>> {
        let later = self.versions.partition_point(|d| d.valid_from <= at);
        self.versions[..later].last()
    }

    /// What holds at the instant.
    pub(super) fn at(&self, at: Timestamp) -> Option<&T> {
        let dated = self.begun(at)?;
        dated
            .valid_to
            .is_none_or(|end| at < end)
            .then_some(dated.record.as_ref())
    }

    /// Since when versions of which something holds have followed each other without a break, up to the instant.
    pub(super) fn since(&self, at: Timestamp, holds: impl Fn(&T) -> bool) -> Option<Timestamp> {
        let begun = self.versions.partition_point(|d| d.valid_from <= at);
        let mut since = None;
        let mut next = at;
        for dated in self.versions[..begun].iter().rev() {
            let reaches = dated.valid_to.is_none_or(|end| end >= next);
            if !reaches || !holds(&dated.record) {
                break;
            }
            since = Some(dated.valid_from);
            next = dated.valid_from;
        }
        since
    }

    /// What holds at the instant, or held last before it, or will hold first after it.
    pub(super) fn last_known(&self, at: Timestamp) -> Option<&T> {
        self.begun(at)
            .or(self.versions.first())
            .map(|d| d.record.as_ref())
    }

    /// The version that begins last.
    pub(super) fn newest(&self) -> Option<&T> {
        self.versions.last().map(|d| d.record.as_ref())
    }

    /// Whether any version has begun at the instant.
    pub(super) fn has_begun(&self, at: Timestamp) -> bool {
        self.begun(at).is_some()
    }
}
