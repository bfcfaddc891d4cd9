//! Verification and backup.

use std::path::Path;

use serde::Serialize;
use xunge_core::attachment::BlobHash;
use xunge_core::sync::checkpoint::{ChainEnd, Checkpoint};

use super::{Caller, Service};
use crate::ServiceError;
use crate::store::SERVER_FEED;

/// How verification looks at blobs' bytes, which are elsewhere.
pub trait BlobCheck {
    /// Hashes the blob's bytes as they lie. `None` where there are none.
    fn hash(&self, blob: &BlobHash) -> Option<(BlobHash, u64)>;
}

/// What verification found.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct VerifyReport {
    /// Reports rebuilt and compared.
    pub reports: u64,
    /// Changes read.
    pub changes: u64,
    /// Commands and results whose signatures were checked.
    pub commands: u64,
    /// Manifests whose signatures were checked.
    pub manifests: u64,
    /// Links of the audit chain.
    pub audit_rows: u64,
    /// Segments of tracks and check-ups that were read and folded anew.
    pub tracks: u64,
    /// Units and days of coverage that were opened.
    pub coverage: u64,
    /// Blobs hashed.
    pub blobs: u64,
    /// Checkpoints that were held against the chains.
    pub checkpoints: u64,
    /// Everything wrong, the first wrong record first; empty where all is well.
    pub problems: Vec<String>,
}

impl Service {
    /// Rebuilds projections, digests and coverage from received bytes and compares, checks the audit chain, every signature and every
    /// deletion of tracks, and hashes blobs where `blobs` is given.
    pub fn verify(&self, blobs: Option<&dyn BlobCheck>) -> Result<VerifyReport, ServiceError> {
        self.ledger.verify(blobs, &[])
    }

    /// As [`Self::verify`], and holds checkpoints against the chains that somebody else kept: whoever wrote a chain anew is found out by
    /// them. One that another server signed counts as a problem of its own.
    pub fn verify_against(
        &self,
        blobs: Option<&dyn BlobCheck>,
        kept: &[Checkpoint],
    ) -> Result<VerifyReport, ServiceError> {
        let server = &self.ledger.keys.public;
        let (mut ends, mut strange) = (Vec::new(), Vec::new());
        for (place, checkpoint) in kept.iter().enumerate() {
            match checkpoint.open(server) {
                Ok(end) => ends.push(end),
                Err(error) => strange.push(format!("checkpoint {}: {error}", place + 1)),
            }
        }
        let mut report = self.ledger.verify(blobs, &ends)?;
        report.checkpoints = ends.len() as u64;
        report.problems.extend(strange);
        Ok(report)
    }

    /// Where the audit chain of each feed and of the server itself stands now, signed: to be kept by somebody else.
    pub fn checkpoints(&self) -> Result<Vec<(ChainEnd, Checkpoint)>, ServiceError> {
        let now = self.now();
        let feeds = self.ledger.read(|tx| {
            let mut feeds = tx.feeds()?;
            feeds.extend(tx.feed_by_no(SERVER_FEED)?);
            Ok(feeds)
        })?;
        let signed = |feed| {
            let end = self.ledger.chain_end(&feed, now);
            let checkpoint = Checkpoint::sign(&end, &self.ledger.keys.signing);
            (end, checkpoint)
        };
        Ok(feeds.into_iter().map(signed).collect())
    }

    /// Copies the database, while it serves, to a new file.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] where the file is there already.
    pub fn backup(&self, by: &Caller, to: &Path) -> Result<(), ServiceError> {
        if to.exists() {
            return Err(ServiceError::Conflict("the backup's file is there already"));
        }
        let now = self.now();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            Ok(self.ledger.note(tx, now, &by.audit_name(), "backup", "")?)
        })?;
        Ok(self.ledger.store.backup(to)?)
    }
}
