//! Bounds of the ledger as named fields with their units. What an administrator may set stands in `config`; the rest has its reason here.

use crate::config::Limits as Settings;

/// How much of anything the server takes or gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The most items in one push.
    pub sync_items: usize,
    /// The largest change, in bytes.
    pub change_bytes: usize,
    /// The most changes that one report may have.
    pub report_changes: usize,
    /// The most commands that one report may have.
    pub report_commands: usize,
    /// The most person records that one report may have.
    pub report_people: usize,
    /// The largest person record, in bytes.
    pub person_record_bytes: usize,
    /// The largest page that an answer may have before compression, in bytes, whatever the phone asks for.
    pub answer_bytes_max: u32,
    /// The least page that is served, in bytes, whatever the phone asks for.
    pub answer_bytes_min: u32,
    /// The most reports that one page of repair digests may name.
    pub repair_reports: usize,
    /// The most feeds that one request may name.
    pub feeds: usize,
    /// The most backfill positions in one request.
    pub backfills: usize,
    /// The most rows on one page of the queue.
    pub queue_rows: u32,
    /// The largest attachment, in bytes.
    pub attachment_bytes: u64,
    /// The most unfinished uploads of one install.
    pub uploads_open: u64,
    /// How long an unfinished upload is kept, in ms.
    pub upload_kept_ms: i64,
    /// How long an enrolment code holds unless said otherwise, in ms.
    pub enrolment_ms: i64,
    /// How long a console session lasts without use, in ms.
    pub session_idle_ms: i64,
    /// How long a console session lasts at most, in ms.
    pub session_ms: i64,
    /// Read connections kept open to an embedded database.
    pub store_readers: usize,
    /// Connections that one node has open to a PostgreSQL database at most.
    pub store_connections: usize,
    /// How long a write waits for another process that is writing, in ms.
    pub store_busy_ms: u32,
    /// The most pages of 4 KiB that an embedded database may have; `None`: as many as the disk holds.
    pub store_pages_max: Option<u32>,
    /// How many spare actors an enrolment hands out.
    pub spare_actors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const DAY_MS: i64 = 86_400_000;
        Self {
            sync_items: 4_000,
            change_bytes: 64 << 10,
            report_changes: 2_000,
            report_commands: 2_000,
            report_people: 50,
            person_record_bytes: 8 << 10,
            answer_bytes_max: 4 << 20,
            answer_bytes_min: 4 << 10,
            repair_reports: 4_000,
            feeds: 64,
            backfills: 64,
            queue_rows: 200,
            attachment_bytes: 64 << 20,
            uploads_open: 2_000,
            upload_kept_ms: 45 * DAY_MS,
            enrolment_ms: 3 * DAY_MS,
            session_idle_ms: DAY_MS / 2,
            session_ms: 14 * DAY_MS,
            store_readers: 4,
            store_connections: 16,
            store_busy_ms: 15_000,
            store_pages_max: None,
            spare_actors: 4,
        }
    }
}

impl From<&Settings> for Limits {
    fn from(settings: &Settings) -> Self {
        let ms = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let defaults = Self::default();
        Self {
            sync_items: usize::try_from(settings.sync_items_max).unwrap_or(usize::MAX),
            answer_bytes_max: u32::try_from(settings.sync_answer_bytes_max).unwrap_or(u32::MAX),
            attachment_bytes: settings.picture_bytes_max.max(settings.voice_note_bytes_max),
            uploads_open: settings.uploads_open_max,
            upload_kept_ms: ms(settings.upload_age_ms_max),
            enrolment_ms: ms(settings.enrolment_age_ms),
            session_idle_ms: ms(settings.session_idle_ms_max),
            ..defaults
        }
    }
}
