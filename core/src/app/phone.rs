//! A phone: one folder, and in it one profile per person who is enrolled on it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::{Device, SyncOptions, SyncReport};
use crate::error::Error;
use crate::id::{PersonId, UnitId};
use crate::in_order::InOrder;
use crate::json;
use crate::store::{StoreError, durable_write, read_file};
use crate::sync::transport::{CancelToken, Transport};
use crate::time::Clock;

/// Where a phone's randomness comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entropy {
    /// The system's: what every real phone uses.
    System,
    /// A seed: for tests that are to be repeated. Keys made from it are no secret.
    Seed(u64),
}

/// What a phone needs to know about its surroundings.
#[derive(Clone)]
pub struct PhoneConfig {
    /// The clocks.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Entropy,
    /// The app's version, told to the server.
    pub app_version: String,
    /// What people call the phone.
    pub device_label: String,
    /// A folder that backups of the phone do not bring back (Android `noBackupFilesDir`): it holds the mark by which a restored phone
    /// is known. `None`: `no-backup` in the phone's folder.
    pub identity_folder: Option<PathBuf>,
    /// A bound on each database in pages of 4 KiB, for shells that keep a quota.
    pub database_pages_max: Option<u32>,
}

impl fmt::Debug for PhoneConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneConfig({}, {})", self.app_version, self.device_label)
    }
}

impl PhoneConfig {
    /// A configuration with the system's randomness and everything else as usual.
    pub fn new(clock: Arc<dyn Clock>, app_version: impl Into<String>) -> Self {
        Self {
            clock,
            entropy: Entropy::System,
            app_version: app_version.into(),
            device_label: "phone".to_owned(),
            identity_folder: None,
            database_pages_max: None,
        }
    }

    /// A generator for one profile; `salt` keeps those of one seed apart.
    pub(super) fn rng(&self, salt: &str) -> StdRng {
        match self.entropy {
            Entropy::System => {
                let mut seed = [0u8; 32];
                let mut system = rand::rngs::SysRng;
                rand::TryRng::try_fill_bytes(&mut system, &mut seed)
                    .expect("a system without randomness cannot keep keys");
                StdRng::from_seed(seed)
            }
            Entropy::Seed(seed) => {
                let text = format!("{seed} {salt} {}", self.clock.read().wall_at.as_millis());
                StdRng::from_seed(crate::signature::sha256(text.as_bytes()))
            }
        }
    }
}

/// Names a profile on its phone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileId(String);

impl ProfileId {
    pub(super) fn random(rng: &mut dyn Rng) -> Self {
        let mut bytes = [0u8; 6];
        rng.fill_bytes(&mut bytes);
        Self(hex::encode(bytes))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProfileId {
    type Err = Error;
    /// Takes the 12 hexadecimal digits of a profile's name.
    fn from_str(text: &str) -> Result<Self, Error> {
        let is_name = text.len() == 12 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_name {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Error::NotFound("profile"))
        }
    }
}

/// A profile in the list on the lock screen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProfileInfo {
    /// The profile.
    pub id: ProfileId,
    /// Whose it is.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// What people call the phone.
    pub label: String,
    /// The township (or county) in whose feed the profile's reports live.
    pub township: UnitId,
    /// The server's address.
    pub base_url: String,
    /// The township's own root certificates as PEM, where its code named them: this server is trusted under them and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_pem: Option<String>,
    /// Whether a PIN guards it on the screen.
    #[serde(default)]
    pub has_pin: bool,
}

/// What syncing one profile of several did.
#[derive(Debug)]
pub struct ProfileSync {
    /// The profile.
    pub profile: ProfileId,
    /// What was done; an error where the profile could not be opened.
    pub report: Result<SyncReport, Error>,
}

/// A phone with its profiles. Cheap to open; profiles are opened one by one.
#[derive(Debug)]
pub struct Phone {
    folder: PathBuf,
    pub(super) config: Arc<PhoneConfig>,
    open: Mutex<BTreeMap<ProfileId, Weak<Device>>>,
}

pub(super) const PROFILE_FILE: &str = "profile.json";

impl Phone {
    /// Opens the phone in `folder`, which is made where it is not there.
    pub fn open(folder: impl AsRef<Path>, config: PhoneConfig) -> Result<Self, Error> {
        let folder = folder.as_ref().to_owned();
        std::fs::create_dir_all(&folder).map_err(|e| StoreError::file(&folder, e))?;
        Ok(Self {
            folder,
            config: Arc::new(config),
            open: Mutex::default(),
        })
    }

    /// The enrolled profiles, in the order of their people's codes.
    pub fn profiles(&self) -> Result<Vec<ProfileInfo>, Error> {
        let mut profiles = Vec::new();
        for id in self.profile_folders()? {
            if let Some(info) = self.profile(&id)? {
                profiles.push(info);
            }
        }
        profiles.order_by(|a, b| (&a.person, &a.id).cmp(&(&b.person, &b.id)));
        Ok(profiles)
    }

    /// Opens a profile; the same device is given to everybody who asks in this process. `key` is the database key from the platform's
    /// keystore.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`] (a damaged database is no error: it is set aside, see [`Device::notices`]).
    pub fn device(&self, profile: &ProfileId, key: Option<[u8; 32]>) -> Result<Arc<Device>, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = open.get(profile).and_then(Weak::upgrade) {
            return Ok(device);
        }
        let info = self.profile(profile)?.ok_or(Error::NotFound("profile"))?;
        let device = Arc::new(Device::open(self, info, key)?);
        open.insert(profile.clone(), Arc::downgrade(&device));
        Ok(device)
    }

    /// Syncs every profile on the phone, signed in or not: the work of somebody who is signed out still goes. One profile's failure
    /// does not hold up another's. `transport_for` gives the way to a profile's server. A profile that the server revoked is wiped once all
    /// its work has its receipt ([`wipe_revoked`](Self::wipe_revoked)).
    pub fn sync_all(
        &self,
        key: Option<[u8; 32]>,
        transport_for: &dyn Fn(&ProfileInfo) -> Arc<dyn Transport>,
        cancel: &CancelToken,
    ) -> Result<Vec<ProfileSync>, Error> {
        self.sync_all_with(key, transport_for, cancel, SyncOptions::default())
    }

    /// As [`sync_all`](Self::sync_all), with what it may do.
    pub fn sync_all_with(
        &self,
        key: Option<[u8; 32]>,
        transport_for: &dyn Fn(&ProfileInfo) -> Arc<dyn Transport>,
        cancel: &CancelToken,
        options: SyncOptions,
    ) -> Result<Vec<ProfileSync>, Error> {
        let mut reports = Vec::new();
        for info in self.profiles()? {
            let report = self.device(&info.id, key).and_then(|device| {
                let report = device.sync_with(transport_for(&info).as_ref(), cancel, options);
                self.wipe_revoked(&device)?;
                Ok(report)
            });
            reports.push(ProfileSync {
                profile: info.id,
                report,
            });
        }
        Ok(reports)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The next to ask for this profile opens it anew.
    pub(super) fn forget_open(&self, profile: &ProfileId) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(profile);
    }

    pub(super) fn profile_folder(&self, id: &ProfileId) -> PathBuf {
        self.folder.join(format!("profile-{id}"))
    }

    pub(super) fn profile_folders(&self) -> Result<Vec<ProfileId>, Error> {
        let entries = std::fs::read_dir(&self.folder).map_err(|e| StoreError::file(&self.folder, e))?;
        let mut ids: Vec<ProfileId> = entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                name.to_str()?.strip_prefix("profile-")?.parse().ok()
            })
            .collect();
        ids.order_by(Ord::cmp);
        Ok(ids)
    }

    /// The profile as noted beside its database; `None` where an enrolment was begun and not finished.
    pub(super) fn profile(&self, id: &ProfileId) -> Result<Option<ProfileInfo>, Error> {
        let path = self.profile_folder(id).join(PROFILE_FILE);
        let Some(bytes) = read_file(&path)? else {
            return Ok(None);
        };
        Ok(json::read_bytes(&bytes).ok())
    }

    pub(super) fn note_profile(&self, info: &ProfileInfo) -> Result<(), Error> {
        let path = self.profile_folder(&info.id).join(PROFILE_FILE);
        let json = serde_json::to_vec_pretty(info).expect("a profile is plain JSON");
        Ok(durable_write(&path, &json)?)
    }

    pub(super) fn identity_folder(&self) -> PathBuf {
        self.config
            .identity_folder
            .clone()
            .unwrap_or_else(|| self.folder.join("no-backup"))
    }
}
