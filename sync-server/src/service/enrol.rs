//! Enrolment, tokens and revocation of installs.

use xunge_core::enrolment::{EnrolAnswer, EnrolRequest, SpareActor};
use xunge_core::id::{InstallId, PersonId, UnitId};
use xunge_core::signature::{PublicKey, sha256};
use xunge_core::sync::message::Health;
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::{install, locked, scope};
use crate::store::{EnrolmentRow, InstallNo, InstallRow, ReadTx, SERVER_FEED, WriteTx};

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
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the person is not in the directory or holds no post now, [`ServiceError::Forbidden`] for installs.
    pub fn enrolment_create(
        &self,
        by: &Caller,
        person: &PersonId,
        valid_ms: Option<i64>,
    ) -> Result<EnrolmentTicket, ServiceError> {
        if matches!(by, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("installs do not enrol others"));
        }
        let now = self.now();
        let secret = self.secret();
        let expires_at = now.plus_ms(valid_ms.unwrap_or(self.ledger.limits.enrolment_ms).max(1));
        let township = self.ledger.write(Some(SERVER_FEED), |tx| {
            let (_, directory) = self.ledger.directory(tx)?;
            directory
                .person(person, now)
                .ok_or(ServiceError::NotFound("person"))?;
            let feeds = directory.feeds_of(person, now);
            let township = feeds
                .first()
                .ok_or(ServiceError::NotFound("post of this person"))?;
            tx.enrolment_put(&EnrolmentRow {
                secret_hash: sha256(secret.as_bytes()),
                person: person.clone(),
                township: township.clone(),
                created_at: now,
                expires_at,
                install: None,
            })?;
            let detail = format!("a code for {person}");
            self.ledger
                .note(tx, now, &by.audit_name(), "enrolment", &detail)?;
            Ok(township.clone())
        })?;
        Ok(EnrolmentTicket {
            secret,
            person: person.clone(),
            township,
            expires_at,
        })
    }

    /// Whether somebody was given this code, whatever became of it: whoever names one does not guess.
    ///
    /// # Errors
    /// [`ServiceError::Store`] where the store fails.
    pub fn enrolment_is_known(&self, code: &str) -> Result<bool, ServiceError> {
        let secret_hash = sha256(code.as_bytes());
        self.ledger.read(|tx| Ok(tx.enrolment(&secret_hash)?.is_some()))
    }

    /// Spends a code and makes an install. A phone that lost the answer and asks again with the same key gets a new token for the same
    /// install while the code's time lasts; another key is refused.
    ///
    /// # Errors
    /// [`ServiceError::BadEnrolment`] where the code is unknown, spent by another key or past its time, [`ServiceError::BadRequest`] where
    /// the key is none.
    pub fn enrolment_redeem(&self, request: &EnrolRequest) -> Result<EnrolAnswer, ServiceError> {
        let now = self.now();
        let key = hex::decode(&request.public_key)
            .ok()
            .and_then(|bytes| PublicKey::from_slice(&bytes).ok())
            .ok_or_else(|| ServiceError::BadRequest("the public key is not one".into()))?;
        let secret_hash = sha256(request.code.as_bytes());
        let token = self.secret();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            let found = tx.enrolment(&secret_hash)?.filter(|e| now < e.expires_at);
            let mut enrolment = found.ok_or(ServiceError::BadEnrolment)?;
            let row = match &enrolment.install {
                Some(install) => {
                    let held = tx.install(install)?.filter(|i| i.public_key == key.0);
                    let mut row = held.ok_or(ServiceError::BadEnrolment)?;
                    row.token_hash = sha256(token.as_bytes());
                    tx.install_update(&row)?;
                    row
                }
                None => {
                    let row = self.new_install(tx, &enrolment, request, (&key, &token), now)?;
                    enrolment.install = Some(row.install);
                    tx.enrolment_put(&enrolment)?;
                    row
                }
            };
            let detail = format!("{} for {}", row.install, row.person);
            let actor = format!("install:{}", row.install);
            self.ledger.note(tx, now, &actor, "enrolled", &detail)?;
            self.enrol_answer(tx, &row, &token, now)
        })
    }

    fn new_install(
        &self,
        tx: &mut dyn WriteTx,
        enrolment: &EnrolmentRow,
        request: &EnrolRequest,
        (key, token): (&PublicKey, &str),
        now: Timestamp,
    ) -> Result<InstallRow, ServiceError> {
        let mut actors = Vec::new();
        for _ in 0..=self.ledger.limits.spare_actors {
            actors.push(self.ledger.allot(tx)?);
        }
        let (_, directory) = self.ledger.directory(tx)?;
        let all: Vec<UnitId> = tx.feeds()?.into_iter().map(|f| f.unit).collect();
        let mut feeds = scope::feeds_of(&directory, &enrolment.person, &all, now);
        feeds.insert(enrolment.township.clone());
        let mut row = InstallRow {
            no: InstallNo(0),
            install: self.ledger.draw(InstallId::random),
            person: enrolment.person.clone(),
            township: enrolment.township.clone(),
            public_key: key.0.to_vec(),
            token_hash: sha256(token.as_bytes()),
            actors: install::json(&actors),
            feeds: install::json(&feeds),
            device_label: request.device_label.chars().take(80).collect(),
            app_version: request.app_version.chars().take(40).collect(),
            enrolled_at: now,
            revoked_at: None,
            last_sync_at: None,
            health: None,
        };
        row.no = tx.install_insert(&row)?;
        Ok(row)
    }

    fn enrol_answer(
        &self,
        tx: &mut dyn ReadTx,
        row: &InstallRow,
        token: &str,
        now: Timestamp,
    ) -> Result<EnrolAnswer, ServiceError> {
        let (_, directory) = self.ledger.directory(tx)?;
        let mut actors = install::actors(row)?.into_iter().filter(|a| !a.is_worn);
        let first = actors
            .next()
            .ok_or_else(|| ServiceError::Damaged("an install without an actor".into()))?;
        let person = directory.last_known_person(&row.person, now);
        Ok(EnrolAnswer {
            install: row.install,
            token: token.to_owned(),
            person: row.person.clone(),
            name: person.map_or_else(|| row.person.to_string(), |p| p.name.clone()),
            township: row.township.clone(),
            feeds: self.ledger.feeds_followed(tx, row, now)?.into_iter().collect(),
            actor: first.actor,
            tag: first.tag,
            spares: actors
                .map(|a| SpareActor {
                    actor: a.actor,
                    tag: a.tag,
                })
                .collect(),
            server_public_key: hex::encode(self.ledger.keys.public.0),
            recovery_public_key: hex::encode(self.secrets.recovery.public),
            generation: self.ledger.generation,
        })
    }

    /// A one-time secret or token: 32 random bytes in hexadecimal.
    fn secret(&self) -> String {
        let mut bytes = [0; 32];
        self.ledger.draw(|rng| rng.fill_bytes(&mut bytes));
        hex::encode(bytes)
    }

    /// Checks a bearer token. A revoked install authenticates (it may still push); the caller says so.
    pub fn authenticate(&self, install: InstallId, secret: &str) -> Result<Caller, ServiceError> {
        let hash = sha256(secret.as_bytes());
        let found = self.ledger.read(|tx| Ok(tx.install(&install)?))?;
        // Hashes are compared, so the time that it takes tells nothing of the secret.
        let row = found
            .filter(|row| row.token_hash == hash)
            .ok_or(ServiceError::BadToken)?;
        Ok(Caller::Install {
            install,
            person: row.person,
            is_revoked: row.revoked_at.is_some(),
        })
    }

    /// Revokes an install. Revoking twice changes nothing.
    pub fn install_revoke(&self, by: &Caller, install: InstallId) -> Result<(), ServiceError> {
        if matches!(by, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("installs do not revoke"));
        }
        let now = self.now();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            let mut row = tx.install(&install)?.ok_or(ServiceError::NotFound("install"))?;
            if row.revoked_at.is_none() {
                row.revoked_at = Some(now);
                tx.install_update(&row)?;
                let detail = format!("{install} of {}", row.person);
                self.ledger.note(tx, now, &by.audit_name(), "revoked", &detail)?;
            }
            Ok(())
        })
    }

    /// Records that the operator gets an install's database key back out of its box.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an install of another server, [`ServiceError::Forbidden`] for anybody but the operator.
    pub fn note_unwrapped_key(&self, by: &Caller, install: InstallId) -> Result<(), ServiceError> {
        if !matches!(by, Caller::Operator { .. }) {
            return Err(ServiceError::Forbidden("the operator alone unwraps keys"));
        }
        let now = self.now();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            let row = tx.install(&install)?.ok_or(ServiceError::NotFound("install"))?;
            let detail = format!("{install} of {}", row.person);
            self.ledger
                .note(tx, now, &by.audit_name(), "key_unwrapped", &detail)?;
            Ok(())
        })
    }

    /// All installs, or those of one person, newest first.
    pub fn installs(&self, person: Option<&PersonId>) -> Result<Vec<InstallInfo>, ServiceError> {
        let mut rows = self.ledger.read(|tx| Ok(tx.installs(person)?))?;
        // People at desks write through installs of the server's own key: these are no phones.
        let desk = self.ledger.keys.signing.public().0;
        rows.retain(|row| row.public_key != desk);
        let seen = locked(&self.ledger.seen);
        Ok(rows
            .into_iter()
            .map(|row| InstallInfo {
                last_sync_at: row.last_sync_at.max(seen.get(&row.install).copied()),
                install: row.install,
                person: row.person,
                township: row.township,
                device_label: row.device_label,
                enrolled_at: row.enrolled_at,
                revoked_at: row.revoked_at,
                health: row.health.and_then(|bytes| minicbor::decode(&bytes).ok()),
            })
            .collect())
    }
}
