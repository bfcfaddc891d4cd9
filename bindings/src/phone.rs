//! A phone with its profiles.

use std::sync::Arc;

use xunge_core::app as core;
use xunge_core::app::{Phone as Core, PhoneConfig, ProfileId, ProfileInfo};
use xunge_core::enrolment::EnrolmentCode;
use xunge_core::id::{PersonId, UnitId};
use xunge_core::sync::transport::{HttpRequest, HttpResponse, HttpTransport, Transport, TransportError};
use xunge_core::time::{SystemClock, Timestamp};

use crate::device::Device;
use crate::error::CoreError;

uniffi::custom_type!(ProfileId, String, {
    remote,
    try_lift: |text| Ok(text.parse().map_err(CoreError::from)?),
    lower: |id| id.to_string(),
});

/// A profile in the list on the lock screen.
#[uniffi::remote(Record)]
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
    pub root_pem: Option<String>,
    /// Whether a PIN guards it on the screen.
    pub has_pin: bool,
}

/// A profile that was set aside.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SetAside {
    /// The profile as it was; `None` where an enrolment was begun and not finished.
    pub profile: Option<ProfileInfo>,
    /// Why, as the shell said.
    pub reason: String,
    /// When, on the phone's wall clock.
    pub at: Timestamp,
    /// Its folder, from the phone's folder on, for whoever is to look into it.
    pub folder: String,
}

impl From<core::SetAside> for SetAside {
    fn from(core: core::SetAside) -> Self {
        let core::SetAside {
            profile,
            reason,
            at,
            folder,
        } = core;
        Self {
            profile,
            reason,
            at,
            folder: folder.to_string_lossy().into_owned(),
        }
    }
}

/// A phone with its profiles. Cheap to open; profiles are opened one by one.
#[derive(uniffi::Object)]
pub struct Phone {
    pub(crate) inner: Arc<Core>,
    pub(crate) roots_pem: Vec<u8>,
}

#[uniffi::export]
impl Phone {
    /// Opens the phone's folder, making it where there is none.
    ///
    /// `no_backup_folder` is a folder that backups of the phone do not bring back; `roots_pem` the certificates that are trusted for
    /// the township's server (empty for plain HTTP on a closed network).
    #[uniffi::constructor]
    pub fn open(
        folder: String,
        app_version: String,
        device_label: String,
        no_backup_folder: Option<String>,
        roots_pem: Vec<u8>,
    ) -> Result<Arc<Self>, CoreError> {
        let mut config = PhoneConfig::new(Arc::new(SystemClock), app_version);
        config.device_label = device_label;
        config.identity_folder = no_backup_folder.map(Into::into);
        let inner = Core::open(&folder, config)?;
        // Where the program keeps a log of its own, none is kept here.
        core::start_log(folder.as_ref(), Arc::new(SystemClock));
        Ok(Arc::new(Self {
            inner: Arc::new(inner),
            roots_pem,
        }))
    }

    /// The profiles on this phone.
    pub fn profiles(&self) -> Result<Vec<ProfileInfo>, CoreError> {
        Ok(self.inner.profiles()?)
    }

    /// Enrols a profile with the text of a QR code. Scanning the same code again after a lost answer is harmless. `key` is the 32-byte
    /// database key from the platform's keystore, where the build encrypts (`has_cipher`): the profile lies under it from the beginning.
    #[uniffi::method(default(key = None))]
    pub fn enrol(&self, code: String, key: Option<Vec<u8>>) -> Result<ProfileId, CoreError> {
        Self::enrol_with(&self.inner, &self.roots_pem, &code, key)
    }

    /// Puts a profile aside whose database key is lost (`key_lost`): nothing is deleted, it is listed no more, its person enrols anew.
    pub fn set_aside(&self, profile: ProfileId, reason: String) -> Result<SetAside, CoreError> {
        Ok(self.inner.set_aside(&profile, &reason)?.into())
    }

    /// What was set aside, the earliest first.
    pub fn set_aside_profiles(&self) -> Result<Vec<SetAside>, CoreError> {
        let all = self.inner.set_aside_profiles()?;
        Ok(all.into_iter().map(Into::into).collect())
    }

    /// Takes back what was set aside because its key was lost: `recovered` is the key that the township unwrapped (32 bytes), `key` the one
    /// that this phone has now. `KeyLost` where `recovered` is another database's; nothing is changed then.
    pub fn take_back(
        &self,
        folder: String,
        recovered: Vec<u8>,
        key: Vec<u8>,
    ) -> Result<ProfileId, CoreError> {
        let (recovered, key) = (database_key(recovered)?, database_key(key)?);
        Ok(self.inner.take_back(folder.as_ref(), &recovered, &key)?)
    }

    /// Opens a profile. `key` is the 32-byte database key from the platform's keystore, where the build encrypts.
    pub fn device(&self, profile: ProfileId, key: Option<Vec<u8>>) -> Result<Arc<Device>, CoreError> {
        let key = key.map(database_key).transpose()?;
        let inner = self.inner.device(&profile, key)?;
        let info = inner.info();
        let way = HttpTransport::for_profile(&info.base_url, info.root_pem.as_deref(), &self.roots_pem);
        let transport = Arc::new(way.map_err(CoreError::from_transport)?);
        Ok(Arc::new(Device { inner, transport }))
    }
}

impl Phone {
    pub(crate) fn enrol_with(
        phone: &Core,
        roots_pem: &[u8],
        code: &str,
        key: Option<Vec<u8>>,
    ) -> Result<ProfileId, CoreError> {
        let parsed: EnrolmentCode = code.parse().map_err(xunge_core::error::Error::from)?;
        let key = key.map(database_key).transpose()?;
        let way = HttpTransport::for_code(&parsed, roots_pem).map_err(CoreError::from_transport)?;
        Ok(phone.enrol_with_key(code, key, &way)?)
    }
}

/// Whether this build encrypts its database: then `enrol`, `device` and `sync_all` want the key from the platform's keystore.
#[uniffi::export]
pub fn has_cipher() -> bool {
    xunge_core::store::HAS_CIPHER
}

pub(crate) fn database_key(bytes: Vec<u8>) -> Result<[u8; 32], CoreError> {
    bytes.try_into().map_err(|_| CoreError::bad_key())
}

/// The way to a profile's server; an address that is none answers every request with that.
pub(crate) fn way_of(profile: &ProfileInfo, roots_pem: &[u8]) -> Arc<dyn Transport> {
    match HttpTransport::for_profile(&profile.base_url, profile.root_pem.as_deref(), roots_pem) {
        Ok(transport) => Arc::new(transport),
        Err(error) => Arc::new(NoWay(error)),
    }
}

struct NoWay(TransportError);

impl Transport for NoWay {
    fn send(&self, _: &HttpRequest) -> Result<HttpResponse, TransportError> {
        Err(self.0.clone())
    }
}
