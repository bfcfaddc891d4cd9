//! A phone with its profiles.

use std::sync::Arc;

use xunge_core::app::{Phone as Core, PhoneConfig, ProfileId, ProfileInfo};
use xunge_core::enrolment::EnrolmentCode;
use xunge_core::id::{PersonId, UnitId};
use xunge_core::sync::transport::HttpTransport;
use xunge_core::time::SystemClock;

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
    /// Whether a PIN guards it on the screen.
    pub has_pin: bool,
}

/// A phone with its profiles. Cheap to open; profiles are opened one by one.
#[derive(uniffi::Object)]
pub struct Phone {
    inner: Core,
    roots_pem: Vec<u8>,
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
        Ok(Arc::new(Self {
            inner: Core::open(folder, config)?,
            roots_pem,
        }))
    }

    /// The profiles on this phone.
    pub fn profiles(&self) -> Result<Vec<ProfileInfo>, CoreError> {
        Ok(self.inner.profiles()?)
    }

    /// Enrols a profile with the text of a QR code. Scanning the same code again after a lost answer is harmless.
    pub fn enrol(&self, code: String) -> Result<ProfileId, CoreError> {
        let base = code
            .parse::<EnrolmentCode>()
            .map_err(xunge_core::error::Error::from)?
            .base_url;
        Ok(self.inner.enrol(&code, &self.transport(&base)?)?)
    }

    /// Opens a profile. `key` is the 32-byte database key from the platform's keystore, where the build encrypts.
    pub fn device(&self, profile: ProfileId, key: Option<Vec<u8>>) -> Result<Arc<Device>, CoreError> {
        let key = key
            .map(|bytes| <[u8; 32]>::try_from(bytes).map_err(|_| CoreError::bad_key()))
            .transpose()?;
        let inner = self.inner.device(&profile, key)?;
        let transport = self.transport(&inner.info().base_url)?;
        Ok(Arc::new(Device { inner, transport }))
    }
}

impl Phone {
    fn transport(&self, base_url: &str) -> Result<HttpTransport, CoreError> {
        HttpTransport::new(base_url, &self.roots_pem).map_err(CoreError::from_transport)
    }
}
