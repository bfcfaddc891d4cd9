//! Accounts for people in the room, and their sessions: rows only. Passwords are hashed and compared by the edge.

use xunge_core::id::PersonId;
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;

/// An account at the console.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The name that is typed at log-in.
    pub name: String,
    /// Who it is; posts and rights come from the directory.
    pub person: PersonId,
    /// The argon2 hash in PHC form.
    pub password_hash: String,
    /// Whether it may log in.
    pub is_enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A log-in that lasts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// SHA-256 of the cookie's secret.
    pub token_hash: [u8; 32],
    /// The account.
    pub account: String,
    /// The person of the account.
    pub person: PersonId,
    /// The secret that forms must repeat.
    pub csrf: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Timestamp,
}

impl Service {
    /// Writes an account (new, or with another password, person or standing). Recorded in the audit log.
    pub fn account_put(&self, by: &Caller, account: &Account) -> Result<(), ServiceError> {
        let (_, _) = (by, account);
        Err(ServiceError::Forbidden("not served yet"))
    }
    /// The account of that name.
    pub fn account(&self, name: &str) -> Result<Option<Account>, ServiceError> {
        let _ = name;
        Err(ServiceError::Forbidden("not served yet"))
    }
    /// All accounts by name.
    pub fn accounts(&self) -> Result<Vec<Account>, ServiceError> {
        Err(ServiceError::Forbidden("not served yet"))
    }
    /// Begins a session after the edge has checked the password. Recorded in the audit log.
    pub fn session_begin(&self, session: &Session) -> Result<(), ServiceError> {
        let _ = session;
        Err(ServiceError::Forbidden("not served yet"))
    }
    /// The session with this token hash, if it still holds; notes the use.
    pub fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, ServiceError> {
        let _ = token_hash;
        Err(ServiceError::Forbidden("not served yet"))
    }
    /// Ends a session.
    pub fn session_end(&self, token_hash: &[u8; 32]) -> Result<(), ServiceError> {
        let _ = token_hash;
        Err(ServiceError::Forbidden("not served yet"))
    }
    /// Records a failed log-in in the audit log.
    pub fn log_in_failed(&self, name: &str) -> Result<(), ServiceError> {
        let _ = name;
        Err(ServiceError::Forbidden("not served yet"))
    }
}
