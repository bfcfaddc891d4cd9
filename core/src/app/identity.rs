//! Who this install is: its key, its token, its township; and the mark by which a restored phone is known.
//!
//! The identity lies in the database. Beside it, in a folder that backups do not bring back, lies a counter that moves on before every
//! push. A database that is behind its counter (or has none) came out of a backup: automerge numbers that it would use next may be
//! taken already, so the install goes on under a spare actor.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::id::{InstallId, PersonId, UnitId};
use crate::key_file::LostKey;
use crate::signature::{PublicKey, SigningKey};
use crate::store::{StoreError, Tx, durable_write, lay_down, read_file, remove_file};

/// The names of settings.
pub(super) mod setting {
    pub(crate) const INSTALL: &str = "install";
    pub(crate) const KEY: &str = "key";
    pub(crate) const TOKEN: &str = "token";
    pub(crate) const PERSON: &str = "person";
    pub(crate) const TOWNSHIP: &str = "township";
    pub(crate) const SERVER_KEY: &str = "server_public_key";
    pub(crate) const RECOVERY_KEY: &str = "recovery_public_key";
    pub(crate) const PENDING_CODE: &str = "pending_code";
    pub(crate) const BACKUP_COUNT: &str = "backup_count";
    pub(crate) const OFFSET_MS: &str = "server_offset_ms";
    pub(crate) const OFFSET_MONOTONIC_MS: &str = "server_offset_monotonic_ms";
    pub(crate) const OFFSET_BOOT: &str = "server_offset_boot";
    pub(crate) const SUCCEEDED_AT: &str = "sync_succeeded_at";
    pub(crate) const RETRY_AT: &str = "sync_retry_at";
    pub(crate) const IS_REVOKED: &str = "is_revoked";
    pub(crate) const PROTOCOL_MIN: &str = "protocol_min";
    pub(crate) const WIFI_ONLY: &str = "originals_on_wifi_only";
    pub(crate) const HEALTH_AT: &str = "health_at";
    pub(crate) const WIPED_AT: &str = "wiped_at";
    pub(crate) const FILES_SEALED: &str = "files_sealed";
}

/// What an enrolled profile is.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) install: InstallId,
    pub(super) person: PersonId,
    pub(super) township: UnitId,
    pub(super) key: SigningKey,
    pub(super) token: String,
    pub(super) server_key: PublicKey,
    pub(super) recovery_key: [u8; 32],
}

const UNREADABLE: StoreError = StoreError::Unreadable { what: "identity" };

impl Identity {
    /// Reads the identity; `None` where the profile is not enrolled (or its settings were lost with a damaged file).
    pub(super) fn load(tx: &Tx<'_>) -> Result<Option<Self>, StoreError> {
        let (
            Some(install),
            Some(key),
            Some(token),
            Some(person),
            Some(township),
            Some(server),
            Some(recovery),
        ) = (
            tx.setting(setting::INSTALL)?,
            tx.setting(setting::KEY)?,
            tx.setting_text(setting::TOKEN)?,
            tx.setting_text(setting::PERSON)?,
            tx.setting_text(setting::TOWNSHIP)?,
            tx.setting(setting::SERVER_KEY)?,
            tx.setting(setting::RECOVERY_KEY)?,
        )
        else {
            return Ok(None);
        };
        let key: [u8; 32] = key.as_slice().try_into().map_err(|_| UNREADABLE)?;
        Ok(Some(Self {
            install: InstallId::from_slice(&install).ok_or(UNREADABLE)?,
            person: PersonId::new(person).map_err(|_| UNREADABLE)?,
            township: UnitId::new(township).map_err(|_| UNREADABLE)?,
            key: SigningKey::from_bytes(&key).map_err(|_| UNREADABLE)?,
            token,
            server_key: PublicKey::from_slice(&server).map_err(|_| UNREADABLE)?,
            recovery_key: recovery.as_slice().try_into().map_err(|_| UNREADABLE)?,
        }))
    }

    pub(super) fn save(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        tx.set(setting::INSTALL, self.install.as_bytes())?;
        tx.set(setting::KEY, &self.key.to_bytes())?;
        tx.set(setting::TOKEN, self.token.as_bytes())?;
        tx.set(setting::PERSON, self.person.as_str().as_bytes())?;
        tx.set(setting::TOWNSHIP, self.township.as_str().as_bytes())?;
        tx.set(setting::SERVER_KEY, &self.server_key.0)?;
        tx.set(setting::RECOVERY_KEY, &self.recovery_key)
    }

    /// Lays the database's key down for the township, so that a lost keystore loses no work.
    pub(super) fn lay_down(
        &self,
        key: [u8; 32],
        folder: &Path,
        rng: &mut dyn rand::Rng,
    ) -> Result<(), StoreError> {
        let lost = LostKey::new(key, self.person.clone(), self.install);
        lay_down(folder, &lost, &self.recovery_key, rng)
    }

    /// The `authorization` header's value.
    pub(super) fn bearer(&self) -> String {
        if self.token.contains('.') {
            format!("Bearer {}", self.token)
        } else {
            format!("Bearer {}.{}", self.install, self.token)
        }
    }
}

/// The counter beside the database.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    path: PathBuf,
}

impl Mark {
    pub(super) fn new(folder: &Path, profile: &str) -> Self {
        Self {
            path: folder.join(format!("{profile}.mark")),
        }
    }

    fn read(&self) -> Result<Option<i64>, StoreError> {
        let Some(bytes) = read_file(&self.path)? else {
            return Ok(None);
        };
        Ok(std::str::from_utf8(&bytes)
            .ok()
            .and_then(|t| t.trim().parse().ok()))
    }

    /// Moves the counter on, in the database first: a crash in between leaves the database one ahead, which is no restore.
    pub(super) fn advance(&self, store: &mut crate::store::Store) -> Result<(), Error> {
        let count = store.write(|tx| {
            let count = tx.setting_int(setting::BACKUP_COUNT)?.unwrap_or(0) + 1;
            tx.set_int(setting::BACKUP_COUNT, count)?;
            Ok::<_, StoreError>(count)
        })?;
        self.write(count)
    }

    pub(super) fn write(&self, count: i64) -> Result<(), Error> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| StoreError::file(folder, e))?;
        }
        Ok(durable_write(&self.path, count.to_string().as_bytes())?)
    }

    /// The profile is no more.
    pub(super) fn remove(&self) -> Result<(), StoreError> {
        remove_file(&self.path)
    }

    /// Whether the database with this counter came out of a backup.
    pub(super) fn is_behind(&self, in_database: Option<i64>) -> Result<bool, StoreError> {
        Ok(match (self.read()?, in_database) {
            (Some(beside), Some(inside)) => inside < beside,
            _ => true,
        })
    }
}
