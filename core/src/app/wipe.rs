//! The end of a profile that the server revoked: once everything that it holds has its receipt, nothing of it stays on the phone.
//!
//! What the server did not take (a draft, a picture of a report that it never saw, a refused word) keeps the whole profile: it is still
//! sealed, listed, and can go out by a rescue file. Cut anywhere, the wiping goes on at the next sync of the phone.

use super::identity::{Mark, setting};
use super::phone::{PROFILE_FILE, Phone, ProfileId};
use super::{Device, file};
use crate::error::Error;
use crate::store::{StoreError, remove_file};

impl Phone {
    /// Wipes a profile that the server revoked, where every item, picture and voice note has its receipt and no draft is left; answers
    /// whether it did. [`sync_all`](Self::sync_all) does it by itself. The device answers [`Error::NotEnrolled`] from then on.
    ///
    /// # Errors
    /// [`Error::Store`]; what was not wiped yet is at the next call.
    pub fn wipe_revoked(&self, device: &Device) -> Result<bool, Error> {
        if !device.is_handed_over()? {
            return Ok(false);
        }
        let profile: &ProfileId = &device.info().id;
        device.forget_everything()?;
        self.forget_open(profile);
        // Unlisted first: a folder that stays by a cut is nobody's profile any more.
        let folder = self.profile_folder(profile);
        remove_file(&folder.join(PROFILE_FILE))?;
        std::fs::remove_dir_all(&folder).map_err(|e| StoreError::file(&folder, e))?;
        Mark::new(&self.identity_folder(), profile.as_str()).remove()?;
        tracing::warn!("a revoked profile was wiped after all its work was received");
        Ok(true)
    }
}

impl Device {
    /// Whether this install is revoked and holds nothing that the server has not confirmed.
    fn is_handed_over(&self) -> Result<bool, Error> {
        let is_alone = self.lock()?.store.read(|tx| {
            if tx.setting_int(setting::WIPED_AT)?.is_some() {
                return Ok::<_, StoreError>(true);
            }
            let trail = tx.trail_sum()?;
            Ok(tx.setting_int(setting::IS_REVOKED)?.is_some()
                && tx.outbox_sum()?.count == 0
                && trail.track_count == 0
                && trail.visit_count == 0
                && tx.uploads()?.is_empty()
                && tx.draft_count()? == 0
                && tx.attention_count()? == 0
                && tx.live_patrol()?.is_none()
                && tx.kept_words_count()? == 0)
        })?;
        Ok(is_alone && !file::has_unsendable(&self.folder)?)
    }

    /// Empties the database, written over with zeros. The keys of files go with it, and with them the files.
    fn forget_everything(&self) -> Result<(), Error> {
        let now_ms = self.now().as_millis();
        let mut state = self.lock()?;
        state.store.write(|tx| {
            tx.delete_everything()?;
            tx.set_int(setting::WIPED_AT, now_ms)
        })?;
        state.forget_identity();
        drop(state);
        self.announce();
        Ok(())
    }
}
