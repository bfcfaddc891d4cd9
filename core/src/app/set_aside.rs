//! A profile whose database key is lost: it is put aside whole, listed, and never wiped, so that whoever finds the key finds the work.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::phone::{Phone, ProfileId, ProfileInfo};
use crate::error::Error;
use crate::in_order::InOrder;
use crate::json;
use crate::store::{DATABASE_NAME, Store, StoreError, change_key, durable_write, read_file, remove_file};
use crate::time::Timestamp;

/// Where profiles go that were set aside, in the phone's folder.
const FOLDER: &str = "set-aside";
/// What is noted beside them.
const NOTE: &str = "set-aside.json";

/// A profile that was set aside.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetAside {
    /// The profile as it was; `None` where an enrolment was begun and not finished.
    pub profile: Option<ProfileInfo>,
    /// Why, in the shell's words (`key_lost`).
    pub reason: String,
    /// When, on the phone's wall clock.
    pub at: Timestamp,
    /// Its folder, from the phone's folder on, for whoever is to look into it.
    pub folder: PathBuf,
}

impl Phone {
    /// Puts a profile aside with everything that belongs to it: it is listed no more under [`Phone::profiles`], its person enrols anew.
    /// Nothing is deleted. A profile that is open in this process is put aside too: its database stays whole, what is written to it from
    /// now on goes there.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a profile that is not on this phone; [`Error::Store`] where it cannot be moved, and then it stays.
    pub fn set_aside(&self, profile: &ProfileId, reason: &str) -> Result<SetAside, Error> {
        let from = self.profile_folder(profile);
        if !from.exists() {
            return Err(Error::NotFound("profile"));
        }
        let at = self.config.clock.read().wall_at;
        let aside = self.folder().join(FOLDER);
        std::fs::create_dir_all(&aside).map_err(|e| StoreError::file(&aside, e))?;
        let name = |n: u32| format!("{profile}-{}-{n}", at.as_millis());
        let free = (0..).map(name).find(|name| !aside.join(name).exists());
        let folder = Path::new(FOLDER).join(free.unwrap_or_default());
        let note = SetAside {
            profile: self.profile(profile)?,
            reason: reason.trim().chars().take(200).collect(),
            at,
            folder: folder.clone(),
        };
        let json = serde_json::to_vec_pretty(&note).expect("a note is plain JSON");
        durable_write(&from.join(NOTE), &json)?;
        let to = self.folder().join(&folder);
        std::fs::rename(&from, &to).map_err(|e| StoreError::file(&from, e))?;
        self.forget_open(profile);
        tracing::warn!("a profile was set aside");
        Ok(note)
    }

    /// Takes back what was set aside because its key was lost: `recovered` is the key that the township unwrapped, `key` the one that this
    /// phone has now, under which everything lies from now on. The profile is listed again, beside one that its person enrolled since.
    /// Cut anywhere, doing it again goes on.
    ///
    /// # Errors
    /// [`Error::NotFound`] where nothing of that name was set aside, or it has no database; [`StoreError::WrongKey`] where `recovered` is
    /// another database's key, and nothing is changed then.
    pub fn take_back(&self, folder: &Path, recovered: &[u8; 32], key: &[u8; 32]) -> Result<ProfileId, Error> {
        let aside = self.set_aside_profiles()?;
        let found = aside.into_iter().find(|aside| aside.folder == folder);
        let info = found.and_then(|aside| aside.profile);
        let info = info.ok_or(Error::NotFound("profile that was set aside"))?;
        let from = self.folder().join(folder);
        let database = from.join(DATABASE_NAME);
        if !database.exists() {
            return Err(Error::NotFound("database"));
        }
        let now_ms = self.config.clock.read().wall_at.as_millis();
        match Store::open(&from, Some(key), now_ms) {
            // The keystore found its key again, or this was begun before.
            Ok(store) => drop(store),
            Err(StoreError::WrongKey) => {
                drop(Store::open(&from, Some(recovered), now_ms)?);
                change_key(&database, recovered, key)?;
                drop(Store::open(&from, Some(key), now_ms)?);
            }
            Err(error) => return Err(error.into()),
        }
        let to = self.profile_folder(&info.id);
        std::fs::rename(&from, &to).map_err(|e| StoreError::file(&from, e))?;
        remove_file(&to.join(NOTE))?;
        tracing::info!("a profile that was set aside was taken back");
        Ok(info.id)
    }

    /// What was set aside, the earliest first.
    pub fn set_aside_profiles(&self) -> Result<Vec<SetAside>, Error> {
        let aside = self.folder().join(FOLDER);
        let Ok(entries) = std::fs::read_dir(&aside) else {
            return Ok(Vec::new());
        };
        let mut found: Vec<SetAside> = Vec::new();
        for entry in entries.flatten() {
            let note = read_file(&entry.path().join(NOTE))?;
            found.extend(note.and_then(|json| json::read_bytes(&json).ok()));
        }
        found.order_by(|a, b| (a.at, &a.folder).cmp(&(b.at, &b.folder)));
        Ok(found)
    }
}
