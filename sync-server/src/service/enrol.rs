//! Enrolment, tokens and revocation of installs.

use xunge_core::enrolment::{EnrolAnswer, EnrolRequest};
use xunge_core::id::{InstallId, PersonId, UnitId};
use xunge_core::sync::message::Health;
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;

/// A code that enrols one person's profile on one phone, once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnrolmentTicket {
    /// The one-time secret (hexadecimal); the QR code is made from it and the server's address.
    pub secret: String,
    /// Whom it enrols.
    pub person: PersonId,
    /// The township of the person.
    pub township: UnitId,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// An install as the room sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct InstallInfo {
    /// The install.
    pub install: InstallId,
    /// Its person.
    pub person: PersonId,
    /// The township of the enrolment.
    pub township: UnitId,
    /// What the phone calls itself.
    pub device_label: String,
    /// When it enrolled.
    pub enrolled_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it last synced.
    pub last_sync_at: Option<Timestamp>,
    /// How it fared then.
    pub health: Option<Health>,
}

impl Service {
    /// Makes a one-time code for a person. `valid_ms` overrides the configured time.
    pub fn enrolment_create(
        &self,
        by: &Caller,
        person: &PersonId,
        valid_ms: Option<i64>,
    ) -> Result<EnrolmentTicket, ServiceError> {
        let (_, _, _) = (by, person, valid_ms);
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// Spends a code and makes an install. A phone that lost the answer and asks again with the same key gets a new token for the same
    /// install while the code's time lasts; another key is refused.
    pub fn enrolment_redeem(&self, request: &EnrolRequest) -> Result<EnrolAnswer, ServiceError> {
        let _ = request;
        Err(ServiceError::BadEnrolment)
    }

    /// Checks a bearer token. A revoked install authenticates (it may still push); the caller says so.
    pub fn authenticate(&self, install: InstallId, secret: &str) -> Result<Caller, ServiceError> {
        let (_, _) = (install, secret);
        Err(ServiceError::BadToken)
    }

    /// Revokes an install. Revoking twice changes nothing.
    pub fn install_revoke(&self, by: &Caller, install: InstallId) -> Result<(), ServiceError> {
        let (_, _) = (by, install);
        Err(ServiceError::NotFound("install"))
    }

    /// All installs, or those of one person, newest first.
    pub fn installs(&self, person: Option<&PersonId>) -> Result<Vec<InstallInfo>, ServiceError> {
        let _ = person;
        Err(ServiceError::Forbidden("not served yet"))
    }
}
