//! How sending stands.

use std::sync::PoisonError;

use super::identity::setting;
use super::{Device, SyncStatus};
use crate::error::Error;
use crate::sync::failure::SyncFailure;
use crate::time::Timestamp;

/// What is known only while the process runs.
#[derive(Clone, Default, Debug)]
pub(super) struct Progress {
    pub(super) is_syncing: bool,
    pub(super) sent_count: u32,
    pub(super) to_send_count: u32,
    pub(super) failure: Option<SyncFailure>,
}

impl Device {
    /// How sending stands now. Says "done" only for what the server has receipted.
    pub fn status(&self) -> Result<SyncStatus, Error> {
        let progress = self.progress().clone();
        self.read(|tx, _| {
            let (outbox, uploads, trail) = (tx.outbox_sum()?, tx.upload_sum()?, tx.trail_sum()?);
            Ok(SyncStatus {
                unsent_count: outbox.count,
                unsent_oldest_at: outbox.oldest_at_ms.map(Timestamp),
                unsent_track_count: trail.track_count,
                unsent_visit_count: trail.visit_count,
                unsent_trail_oldest_at: trail.oldest_at_ms.map(Timestamp),
                unsent_attachment_count: uploads.count,
                unsent_attachment_bytes: uploads.bytes,
                sent_count: progress.sent_count,
                to_send_count: progress.to_send_count,
                is_syncing: progress.is_syncing,
                succeeded_at: tx.setting_int(setting::SUCCEEDED_AT)?.map(Timestamp),
                failure: progress.failure,
                retry_at: tx.setting_int(setting::RETRY_AT)?.map(Timestamp),
                attention_count: tx.attention_count()?,
                is_revoked: tx.setting_int(setting::IS_REVOKED)?.is_some(),
                is_update_required: tx.setting_int(setting::PROTOCOL_MIN)?.is_some(),
                clock_offset_ms: tx.setting_int(setting::OFFSET_MS)?,
                draft_count: tx.draft_count()?,
                quarantine_count: tx.quarantine_count()?,
            })
        })
    }

    pub(super) fn progress(&self) -> std::sync::MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
