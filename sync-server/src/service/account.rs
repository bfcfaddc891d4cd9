//! Accounts for people in the room, and their sessions: rows only. Passwords are hashed and compared by the edge.

use super::{Caller, Service};
use crate::ServiceError;
pub use crate::store::{Account, Session};

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
