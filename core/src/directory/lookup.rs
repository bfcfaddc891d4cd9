//! Answers about the directory at an instant.

use std::collections::BTreeMap;

use super::{DirectoryRecord, DirectoryRow};
use crate::time::Timestamp;

/// The directory in memory: every dated record, and who, what and where at an instant.
#[derive(Clone, Default, Debug)]
pub struct Directory {
    records: BTreeMap<(String, String), Vec<Dated>>,
}

/// A record with the time for which it holds.
#[derive(Clone, Debug)]
struct Dated {
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
    version: u64,
    record: DirectoryRecord,
}

impl Directory {
    /// Takes a row in. A later version of the same name and start replaces the earlier; unreadable and unknown rows are passed over
    /// (the caller keeps them).
    pub fn insert(&mut self, row: &DirectoryRow) {
        let Ok(record) = row.record() else { return };
        let dated = self
            .records
            .entry((row.kind.clone(), row.key.clone()))
            .or_default();
        if let Some(same) = dated.iter_mut().find(|d| d.valid_from == row.valid_from) {
            if same.version > row.version {
                return;
            }
            *same = Dated {
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                version: row.version,
                record,
            };
        } else {
            dated.push(Dated {
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                version: row.version,
                record,
            });
            dated.sort_by_key(|d| d.valid_from);
        }
    }
}
