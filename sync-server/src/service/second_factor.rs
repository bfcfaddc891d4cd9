//! The second step at log-in: an authenticator's codes, and recovery codes for whoever lost it. An account's secret lies sealed under the
//! master key; recovery codes are hashed. What posts must have it is said township by township.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use xunge_core::directory::Role;
use xunge_core::id::{PersonId, UnitId};
use xunge_core::signature::sha256;
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;
use crate::store::{DeskRead, SERVER_FEED, WriteTx};
use crate::totp;

/// Recovery codes of one account.
const RECOVERY_CODES: usize = 8;

/// Characters of a recovery code: 50 bits.
const RECOVERY_CHARS: usize = 10;

/// What the database keeps of one account, sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Factor {
    #[serde(with = "hex::serde")]
    secret: Vec<u8>,
    /// Whether a code was typed back: until then it asks for nothing.
    is_on: bool,
    /// The step of the code that was used last.
    last_step: Option<u64>,
    /// SHA-256 of the recovery codes that are left.
    recovery: BTreeSet<String>,
}

/// How an account stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FactorStanding {
    /// Whether log-in asks for a second step.
    pub is_on: bool,
    /// Whether a post of the person requires it.
    pub is_required: bool,
    /// Recovery codes that are left.
    pub recovery_left: usize,
}

fn key(account: &str) -> String {
    format!("factor.{account}")
}

fn roles_key(unit: &UnitId) -> String {
    format!("factor_roles.{unit}")
}

fn own(caller: &Caller) -> Result<&str, ServiceError> {
    match caller {
        Caller::Account { name, .. } => Ok(name),
        _ => Err(ServiceError::Forbidden("only accounts have a second step")),
    }
}

impl Service {
    fn factor(
        &self,
        tx: &mut (impl DeskRead + ?Sized),
        account: &str,
    ) -> Result<Option<Factor>, ServiceError> {
        let damaged = || ServiceError::Damaged(format!("the second step of {account}"));
        let Some(sealed) = tx.meta(&key(account))?.filter(|bytes| !bytes.is_empty()) else {
            return Ok(None);
        };
        let master = &self.ledger.keys.master;
        let plain = master
            .open("factor", account.as_bytes(), &sealed)
            .map_err(|_| damaged())?;
        serde_json::from_slice(&plain).map(Some).map_err(|_| damaged())
    }

    fn factor_put(
        &self,
        tx: &mut dyn WriteTx,
        account: &str,
        factor: Option<&Factor>,
    ) -> Result<(), ServiceError> {
        let sealed = factor.map_or_else(Vec::new, |factor| {
            let plain = serde_json::to_vec(factor).expect("a second step is JSON");
            let master = &self.ledger.keys.master;
            master.seal("factor", account.as_bytes(), &plain)
        });
        Ok(tx.meta_put(&key(account), &sealed)?)
    }

    /// How an account stands.
    ///
    /// # Errors
    /// [`ServiceError::Damaged`] where its secret does not open.
    pub fn factor_standing(&self, account: &str, person: &PersonId) -> Result<FactorStanding, ServiceError> {
        let is_required = self.factor_is_required(person)?;
        let held = self
            .ledger
            .read(|tx| self.factor(tx, account))?
            .filter(|factor| factor.is_on);
        Ok(FactorStanding {
            is_on: held.is_some(),
            is_required,
            recovery_left: held.map_or(0, |factor| factor.recovery.len()),
        })
    }

    /// Makes a secret for the caller's account and gives it. It asks for nothing until [`Service::factor_confirm`].
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] where a second step is on: it is turned off first.
    pub fn factor_begin(&self, caller: &Caller) -> Result<Vec<u8>, ServiceError> {
        let account = own(caller)?;
        let mut secret = vec![0; totp::SECRET_BYTES];
        self.draw(&mut secret);
        let factor = Factor {
            secret: secret.clone(),
            is_on: false,
            last_step: None,
            recovery: BTreeSet::new(),
        };
        self.ledger.write(Some(SERVER_FEED), |tx| {
            if self.factor(tx, account)?.is_some_and(|held| held.is_on) {
                return Err(ServiceError::Conflict("the second step is on"));
            }
            self.factor_put(tx, account, Some(&factor))
        })?;
        Ok(secret)
    }

    /// The secret of the caller's account that waits to be confirmed.
    ///
    /// # Errors
    /// As [`Service::factor_standing`].
    pub fn factor_waiting(&self, caller: &Caller) -> Result<Option<Vec<u8>>, ServiceError> {
        let account = own(caller)?;
        let held = self.ledger.read(|tx| self.factor(tx, account))?;
        Ok(held.filter(|factor| !factor.is_on).map(|factor| factor.secret))
    }

    /// Turns the second step on, once a code shows that the authenticator has the secret. Gives the recovery codes, this once; `None` where
    /// the code is wrong.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where nothing waits to be confirmed.
    pub fn factor_confirm(&self, caller: &Caller, typed: &str) -> Result<Option<Vec<String>>, ServiceError> {
        let (account, now) = (own(caller)?, self.now());
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| self.recovery_code()).collect();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            let held = self.factor(tx, account)?.filter(|factor| !factor.is_on);
            let mut factor = held.ok_or(ServiceError::NotFound("second step"))?;
            let Some(step) = totp::accepted_step(&factor.secret, typed, now, None) else {
                return Ok(None);
            };
            factor.is_on = true;
            factor.last_step = Some(step);
            factor.recovery = codes.iter().map(|code| hashed(code)).collect();
            self.factor_put(tx, account, Some(&factor))?;
            self.note_factor(tx, caller, now, "turned on")?;
            Ok(Some(codes.clone()))
        })
    }

    /// Whether what was typed is the account's code of now, or one of its recovery codes; either is good once. Recorded where it is not,
    /// and where a recovery code was used. An account without a second step takes anything.
    ///
    /// # Errors
    /// As [`Service::factor_standing`].
    pub fn factor_check(&self, caller: &Caller, typed: &str) -> Result<bool, ServiceError> {
        let (account, now) = (own(caller)?, self.now());
        self.ledger.write(Some(SERVER_FEED), |tx| {
            // Under the lock of the server's own feed, so that two nodes do not take one code twice.
            let Some(mut factor) = self.factor(tx, account)?.filter(|factor| factor.is_on) else {
                return Ok(true);
            };
            let step = totp::accepted_step(&factor.secret, typed, now, factor.last_step);
            let is_recovery = step.is_none() && factor.recovery.remove(&hashed(typed));
            if step.is_none() && !is_recovery {
                self.note_factor(tx, caller, now, "wrong code")?;
                return Ok(false);
            }
            if is_recovery {
                let left = format!("recovery code used, {} left", factor.recovery.len());
                self.note_factor(tx, caller, now, &left)?;
            }
            factor.last_step = step.or(factor.last_step);
            self.factor_put(tx, account, Some(&factor))?;
            Ok(true)
        })
    }

    /// Turns the second step of the caller's own account off, for a code. Says whether the code was good.
    ///
    /// # Errors
    /// As [`Service::factor_standing`].
    pub fn factor_stop(&self, caller: &Caller, typed: &str) -> Result<bool, ServiceError> {
        if !self.factor_check(caller, typed)? {
            return Ok(false);
        }
        let (account, now) = (own(caller)?, self.now());
        self.ledger.write(Some(SERVER_FEED), |tx| {
            self.factor_put(tx, account, None)?;
            self.note_factor(tx, caller, now, "turned off")
        })?;
        Ok(true)
    }

    /// Removes the second step of somebody whom the administrator looks after: the authenticator and the recovery codes are lost.
    ///
    /// # Errors
    /// As [`Service::keep_check_person`]; [`ServiceError::NotFound`] for an unknown account.
    pub fn keep_factor_reset(&self, caller: &Caller, account: &str) -> Result<(), ServiceError> {
        let held = self.account(account)?.ok_or(ServiceError::NotFound("account"))?;
        self.keep_check_person(caller, &held.person)?;
        let now = self.now();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            self.factor_put(tx, account, None)?;
            self.note_factor(tx, caller, now, &format!("removed for {account}"))
        })
    }

    /// The roles that need a second step in a township or at a county desk.
    ///
    /// # Errors
    /// [`ServiceError::Damaged`] where the setting is not readable.
    pub fn factor_roles(&self, unit: &UnitId) -> Result<Vec<Role>, ServiceError> {
        let bytes = self.ledger.read(|tx| Ok(tx.meta(&roles_key(unit))?))?;
        let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
            return Ok(Vec::new());
        };
        serde_json::from_slice(&bytes).map_err(|_| ServiceError::Damaged("roles with a second step".into()))
    }

    /// Says which roles need a second step in a township or at a county desk that the administrator keeps.
    ///
    /// # Errors
    /// As [`Service::keep_check_unit`].
    pub fn keep_factor_roles(
        &self,
        caller: &Caller,
        unit: &UnitId,
        roles: &[Role],
    ) -> Result<(), ServiceError> {
        self.keep_check_unit(caller, unit)?;
        let now = self.now();
        let json = serde_json::to_vec(roles).expect("roles are JSON");
        let detail = format!("required at {unit} for {}", String::from_utf8_lossy(&json));
        self.ledger.write(Some(SERVER_FEED), |tx| {
            tx.meta_put(&roles_key(unit), &json)?;
            self.note_factor(tx, caller, now, &detail)
        })
    }

    /// Seals what a log-in page carries from its first step to its second.
    pub(crate) fn seal_ticket(&self, plain: &[u8]) -> Vec<u8> {
        self.ledger.keys.master.seal("ticket", &[], plain)
    }

    /// Opens what [`Service::seal_ticket`] made; `None` for anything else.
    pub(crate) fn open_ticket(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        self.ledger.keys.master.open("ticket", &[], sealed).ok()
    }

    fn factor_is_required(&self, person: &PersonId) -> Result<bool, ServiceError> {
        let (directory, now) = (self.directory()?, self.now());
        for post in directory.posts_of(person, now) {
            if let Some(feed) = directory.feed_of(&post.unit, now)
                && self.factor_roles(&feed.id)?.contains(&post.role)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn note_factor(
        &self,
        tx: &mut dyn WriteTx,
        caller: &Caller,
        now: Timestamp,
        detail: &str,
    ) -> Result<(), ServiceError> {
        Ok(self
            .ledger
            .note(tx, now, &caller.audit_name(), "second_factor", detail)?)
    }

    /// A recovery code as it is shown: letters and digits that nobody mixes up.
    fn recovery_code(&self) -> String {
        const SIGNS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
        let mut bytes = [0; RECOVERY_CHARS];
        self.draw(&mut bytes);
        let signs = bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte % 31)]));
        let text: String = signs.collect();
        format!("{}-{}", &text[..RECOVERY_CHARS / 2], &text[RECOVERY_CHARS / 2..])
    }

    fn draw(&self, bytes: &mut [u8]) {
        self.ledger.draw(|rng| rng.fill_bytes(bytes));
    }
}

/// The hash of a recovery code, however it was typed.
fn hashed(typed: &str) -> String {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    hex::encode(sha256(plain.as_bytes()))
}
