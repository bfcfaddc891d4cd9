//! What the worker sets on this phone for his profile, and what the profile takes up on it.

use std::path::Path;

use super::Device;
use super::identity::setting;
use crate::error::Error;
use crate::store::{DATABASE_NAME, StoreError};

/// What is set for a profile. Language, size of letters and contrast are the shell's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DeviceSettings {
    /// Whether pictures and voice notes wait for Wi-Fi; thumbnails and text never do.
    pub is_wifi_only: bool,
}

/// What a profile takes up on the phone, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StorageUse {
    /// The database with its journal: reports, decisions, tracks.
    pub database_bytes: u64,
    /// Pictures and their thumbnails.
    pub pictures_bytes: u64,
    /// Voice notes.
    pub voice_bytes: u64,
    /// Of the database: tracks of the own patrols that are kept.
    pub tracks_bytes: u64,
    /// Everything else in the profile's folder: originals that could not be read, copies from before an update, what was set aside.
    pub other_bytes: u64,
    /// Pictures and voice notes that the server has not confirmed: they are never cleared.
    pub unsent_bytes: u64,
}

impl Device {
    /// What is set.
    pub fn settings(&self) -> Result<DeviceSettings, Error> {
        self.read(|tx, _| {
            Ok(DeviceSettings {
                is_wifi_only: tx.setting_int(setting::WIFI_ONLY)?.is_some(),
            })
        })
    }

    /// What the profile takes up now.
    pub fn storage(&self) -> Result<StorageUse, Error> {
        let mut used = self.read(|tx, _| {
            let (pictures_bytes, voice_bytes) = tx.blob_bytes_present()?;
            Ok(StorageUse {
                pictures_bytes,
                voice_bytes,
                tracks_bytes: tx.track_bytes()?,
                unsent_bytes: tx.upload_sum()?.bytes,
                ..StorageUse::default()
            })
        })?;
        let all = folder_bytes(&self.folder)?;
        for name in [
            DATABASE_NAME.to_owned(),
            format!("{DATABASE_NAME}-wal"),
            format!("{DATABASE_NAME}-shm"),
        ] {
            used.database_bytes += std::fs::metadata(self.folder.join(name)).map_or(0, |file| file.len());
        }
        let known = used.database_bytes + used.pictures_bytes + used.voice_bytes;
        used.other_bytes = all.saturating_sub(known);
        Ok(used)
    }
}

/// The bytes of all files below a folder. A file that goes meanwhile counts for nothing.
fn folder_bytes(folder: &Path) -> Result<u64, Error> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).map_err(|e| StoreError::file(folder, e))? {
        let entry = entry.map_err(|e| StoreError::file(folder, e))?;
        match entry.metadata() {
            Ok(facts) if facts.is_dir() => bytes += folder_bytes(&entry.path())?,
            Ok(facts) => bytes += facts.len(),
            Err(_) => {}
        }
    }
    Ok(bytes)
}
