//! Rescue: everything unsent of a profile in one sealed file, for a phone that can no longer sync.

use std::path::Path;

use super::device::Context;
use super::sync::{outgoing_item, trail_item};
use super::{Device, draft as drafts, file};
use crate::attachment::AttachmentKind;
use crate::error::Error;
use crate::id::UnitId;
use crate::rescue::{Rescue, RescuedBlob, RescuedWords};
use crate::store::{OutboxKind, Tx, durable_write};
use crate::sync::session;
use crate::time::Timestamp;

/// What a rescue file holds.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct RescueSummary {
    /// Reports, decisions, people, segments of tracks and check-ups that were not sent.
    pub item_count: u32,
    /// Attachments that the server had not confirmed.
    pub blob_count: u32,
    /// Drafts.
    pub draft_count: u32,
    /// Words begun beside a report or a task and not sent.
    pub words_count: u32,
    /// The file's length in bytes.
    pub size_bytes: u64,
}

impl Device {
    /// Writes everything unsent (drafts, words begun and attachments too) to a file that only the township's recovery key
    /// opens. Nothing on the phone changes: what was rescued is still sent when the phone can, and the server takes each thing once.
    pub fn rescue(&self, path: &Path) -> Result<RescueSummary, Error> {
        let mut rng = self.config.rng("rescue");
        let (rescue, recovery_key) =
            self.read(|tx, context| Ok((collect(tx, context)?, context.identity.recovery_key)))?;
        let sealed = rescue.to_sealed(&recovery_key, &mut rng)?;
        durable_write(path, &sealed)?;
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Ok(RescueSummary {
            item_count: count(rescue.items.len()),
            blob_count: count(rescue.blobs.len()),
            draft_count: count(rescue.drafts.len()),
            words_count: count(rescue.words.len()),
            size_bytes: sealed.len() as u64,
        })
    }
}

fn collect(tx: &Tx<'_>, context: &Context<'_>) -> Result<Rescue, Error> {
    let identity = context.identity;
    let mut items = Vec::new();
    for row in tx.outbox_all()? {
        let is_own_work = !matches!(row.kind, OutboxKind::Replay | OutboxKind::Return);
        if is_own_work && let Some(item) = outgoing_item(tx, &row)? {
            items.push(item);
        }
    }
    items.extend(tx.trail_unsent()?.into_iter().map(trail_item));
    let at = context.device_time(tx)?;
    let manifest = (!items.is_empty()).then(|| session::seal(identity.install, &items, &identity.key, at));
    let mut drafts = Vec::new();
    for row in tx.drafts()? {
        if let Some(draft) = drafts::load(tx, context, &row.report)? {
            drafts.push(serde_json::to_string(&draft).expect("a draft is plain JSON"));
        }
    }
    let mut blobs = Vec::new();
    for upload in tx.uploads()? {
        // A file that is damaged rescues nothing; the others go.
        let Some(mut file) = file::open_whole(tx, context, &upload.blob)? else {
            continue;
        };
        let kind = match upload.kind.as_str() {
            "voice_note" => AttachmentKind::VoiceNote,
            _ => AttachmentKind::Picture,
        };
        blobs.push(RescuedBlob {
            report: upload.report,
            kind,
            sha256: upload.blob,
            bytes: file.read_all()?.into(),
        });
    }
    let words = tx
        .kept_words_all()?
        .into_iter()
        .map(|(about, words, kept_at)| RescuedWords {
            about,
            words,
            kept_at: Timestamp(kept_at),
        });
    Ok(Rescue {
        install: identity.install,
        person: identity.person.clone(),
        feed: UnitId::clone(&identity.township),
        items,
        manifest,
        blobs,
        drafts,
        words: words.collect(),
    })
}
