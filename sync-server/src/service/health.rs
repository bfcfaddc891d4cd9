//! Whether the service lives, and the figures that it can count cheaply.

use super::Service;
use crate::ServiceError;

/// Figures for `/metrics` and the demo's ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Reports held.
    pub reports: u64,
    /// Changes stored.
    pub changes: u64,
    /// Commands stored, whatever their outcome.
    pub commands: u64,
    /// Attachments whose bytes are here and verified.
    pub blobs: u64,
    /// Installs that are not revoked.
    pub installs: u64,
    /// Things on the review list.
    pub review_items: u64,
    /// Segments of tracks and check-ups that are held.
    pub tracks: u64,
    /// Units and days of which coverage is held.
    pub coverage: u64,
    /// Bytes of the database on disk.
    pub database_bytes: u64,
}

impl Service {
    /// Reads one row, so that a dead disk shows.
    pub fn ping(&self) -> Result<(), ServiceError> {
        self.ledger
            .read(|tx| Ok(tx.meta(crate::ledger::meta::GENERATION)?))
            .map(|_| ())
    }

    /// Counts.
    pub fn counts(&self) -> Result<Counts, ServiceError> {
        let rows = self.ledger.read(|tx| Ok(tx.counts()?))?;
        Ok(Counts {
            reports: rows.reports,
            changes: rows.changes,
            commands: rows.commands,
            blobs: rows.blobs,
            installs: rows.installs,
            review_items: rows.review_items,
            tracks: rows.tracks,
            coverage: rows.coverage,
            database_bytes: self.ledger.store.size_bytes()?,
        })
    }
}
