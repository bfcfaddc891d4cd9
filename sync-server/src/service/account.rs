//! Accounts for people in the room, and their sessions: rows only. Passwords are hashed and compared by the edge.

use super::{Caller, Service};
use crate::ServiceError;
use crate::store::SERVER_FEED;
pub use crate::store::{Account, Session};

impl Service {
    /// Writes an account (new, or with another password, person or standing). Recorded in the audit log.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the person is not in the directory.
    pub fn account_put(&self, by: &Caller, account: &Account) -> Result<(), ServiceError> {
        let now = self.now();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            let (_, directory) = self.ledger.directory(tx)?;
            directory
                .last_known_person(&account.person, now)
                .ok_or(ServiceError::NotFound("person"))?;
            tx.account_put(account)?;
            let detail = format!(
                "{} for {} (enabled: {})",
                account.name, account.person, account.is_enabled
            );
            Ok(self.ledger.note(tx, now, &by.audit_name(), "account", &detail)?)
        })
    }

    /// The account of that name.
    pub fn account(&self, name: &str) -> Result<Option<Account>, ServiceError> {
        self.ledger.read(|tx| Ok(tx.account(name)?))
    }

    /// All accounts by name.
    pub fn accounts(&self) -> Result<Vec<Account>, ServiceError> {
        self.ledger.read(|tx| Ok(tx.accounts()?))
    }

    /// Begins a session after the edge has checked the password. Recorded in the audit log.
    pub fn session_begin(&self, session: &Session) -> Result<(), ServiceError> {
        self.ledger.write(Some(SERVER_FEED), |tx| {
            tx.session_put(session)?;
            let actor = format!("account:{}", session.account);
            Ok(self
                .ledger
                .note(tx, session.created_at, &actor, "log_in", "began a session")?)
        })
    }

    /// The session with this token hash, if it still holds and its account may still log in. Looking is not using.
    pub fn session_peek(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, ServiceError> {
        let now = self.now();
        let limits = &self.ledger.limits;
        self.ledger.read(|tx| {
            let Some(session) = tx.session(token_hash)? else {
                return Ok(None);
            };
            let account = tx.account(&session.account)?;
            let holds = account.is_some_and(|a| a.is_enabled && a.person == session.person)
                && now.ms_since(session.used_at) < limits.session_idle_ms
                && now.ms_since(session.created_at) < limits.session_ms;
            Ok(holds.then_some(session))
        })
    }

    /// As [`Self::session_peek`], and notes the use.
    pub fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, ServiceError> {
        let now = self.now();
        let limits = &self.ledger.limits;
        let found = self.session_peek(token_hash)?;
        // The use is written down now and then, not with every click.
        let Some(session) = found else { return Ok(None) };
        if now.ms_since(session.used_at) > limits.session_idle_ms / 16 {
            let used = Session {
                used_at: now,
                ..session.clone()
            };
            // A session that was ended meanwhile does not come back.
            self.ledger.write_beside(|tx| match tx.session(token_hash)? {
                Some(_) => Ok(tx.session_put(&used)?),
                None => Ok(()),
            })?;
        }
        Ok(Some(session))
    }

    /// Ends a session.
    pub fn session_end(&self, token_hash: &[u8; 32]) -> Result<(), ServiceError> {
        self.ledger.write_beside(|tx| Ok(tx.session_drop(token_hash)?))
    }

    /// Records a failed log-in in the audit log.
    pub fn log_in_failed(&self, name: &str) -> Result<(), ServiceError> {
        let now = self.now();
        // What was typed may be a password in the wrong field: only names that exist are written down.
        self.ledger.write(Some(SERVER_FEED), |tx| {
            let actor = match tx.account(name)? {
                Some(account) => format!("account:{}", account.name),
                None => "unknown account".to_owned(),
            };
            Ok(self.ledger.note(tx, now, &actor, "log_in_failed", "")?)
        })
    }
}
