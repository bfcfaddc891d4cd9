//! Verification, backup and restore.

use std::path::Path;

use serde::Serialize;
use xunge_core::attachment::BlobHash;

use super::{Caller, Service};
use crate::ServiceError;

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
    /// Blobs hashed.
    pub blobs: u64,
    /// Everything wrong, the first wrong record first; empty where all is well.
    pub problems: Vec<String>,
}

impl Service {
    /// Rebuilds projections and digests from received bytes and compares, checks the audit chain and every signature, and hashes blobs
    /// where `blobs` is given.
    pub fn verify(&self, blobs: Option<&dyn BlobCheck>) -> Result<VerifyReport, ServiceError> {
        let _ = blobs;
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// Copies the database, while it serves, to a new file.
    pub fn backup(&self, by: &Caller, to: &Path) -> Result<(), ServiceError> {
        let (_, _) = (by, to);
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// Puts a backup in the place of a database file, under a new generation. Nothing may have the file open.
    pub fn restore(database: &Path, from: &Path, rng: &mut dyn rand::Rng) -> Result<(), ServiceError> {
        let (_, _, _) = (database, from, rng);
        Err(ServiceError::Forbidden("not served yet"))
    }
}
