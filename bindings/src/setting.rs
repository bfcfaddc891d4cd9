//! The lock on the screen, words that are not sent yet, what the worker must be told, what he sets, what the profile takes up.

use xunge_core::app::{DeviceSettings, StorageUse};
use xunge_core::store::{StoreNotice, StoreNoticeKind};
use xunge_core::time::Timestamp;

use crate::device::Device;
use crate::error::CoreError;

/// What happened to the phone's data.
#[uniffi::remote(Enum)]
pub enum StoreNoticeKind {
    /// The database was damaged: it was set aside and what could be read was taken over.
    DatabaseSalvaged,
    /// The phone was restored from a backup and goes on.
    Restored,
}

/// Something that the worker must be told once, and may then dismiss.
#[uniffi::remote(Record)]
pub struct StoreNotice {
    /// For dismissing it.
    pub id: i64,
    /// What happened.
    pub kind: StoreNoticeKind,
    /// When, on the phone's wall clock.
    pub at: Timestamp,
    /// Details for a support person.
    pub text: String,
}

/// What is set for a profile. Language, size of letters and contrast are the shell's.
#[uniffi::remote(Record)]
pub struct DeviceSettings {
    /// Whether pictures and voice notes wait for Wi-Fi; thumbnails and text never do.
    pub is_wifi_only: bool,
}

/// What a profile takes up on the phone, in bytes.
#[uniffi::remote(Record)]
pub struct StorageUse {
    /// The database with its journal: reports, decisions, tracks.
    pub database_bytes: u64,
    /// Pictures and their thumbnails.
    pub pictures_bytes: u64,
    /// Voice notes.
    pub voice_bytes: u64,
    /// Of the database: tracks of the own patrols that are kept.
    pub tracks_bytes: u64,
    /// Everything else in the profile's folder.
    pub other_bytes: u64,
    /// Pictures and voice notes that the server has not confirmed: they are never cleared.
    pub unsent_bytes: u64,
}

#[uniffi::export]
impl Device {
    /// Sets the PIN, changes it, or takes it away (`None`). Anybody who is past the lock may.
    pub fn set_pin(&self, pin: Option<String>) -> Result<(), CoreError> {
        Ok(self.inner.set_pin(pin.as_deref())?)
    }

    /// Checks a PIN; a profile without one takes any. Wrong: `SignInRequired` with the wait before the next try.
    pub fn check_pin(&self, pin: String) -> Result<(), CoreError> {
        Ok(self.inner.check_pin(&pin)?)
    }

    /// Keeps what is being typed about something (a note, a reason, an answer) under the shell's own name for it; no words take it back.
    pub fn keep_words(&self, about: String, words: String) -> Result<(), CoreError> {
        Ok(self.inner.keep_words(&about, &words)?)
    }

    /// What was kept about something; nothing once it was taken back.
    pub fn kept_words(&self, about: String) -> Result<Option<String>, CoreError> {
        Ok(self.inner.kept_words(&about)?)
    }

    /// What the worker must be told once, the oldest first.
    pub fn notices(&self) -> Result<Vec<StoreNotice>, CoreError> {
        Ok(self.inner.notices()?)
    }

    /// The worker was told.
    pub fn dismiss_notice(&self, id: i64) -> Result<(), CoreError> {
        Ok(self.inner.dismiss_notice(id)?)
    }

    /// What is set.
    pub fn settings(&self) -> Result<DeviceSettings, CoreError> {
        Ok(self.inner.settings()?)
    }

    /// Whether large files wait for Wi-Fi.
    pub fn set_wifi_only(&self, is_wifi_only: bool) -> Result<(), CoreError> {
        Ok(self.inner.set_wifi_only(is_wifi_only)?)
    }

    /// What the profile takes up now.
    pub fn storage(&self) -> Result<StorageUse, CoreError> {
        Ok(self.inner.storage()?)
    }
}
