//! How sending stands, and who listens to it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use xunge_core::app as core;
use xunge_core::app::AttentionItem;
use xunge_core::id::ReportId;
use xunge_core::sync::failure;
use xunge_core::sync::transport::TransportError;
use xunge_core::time::Timestamp;

/// Why no answer came. Nothing is known about whether the server took the request in.
#[uniffi::remote(Enum)]
pub enum TransportError {
    /// No way to the server.
    Offline(String),
    /// The time ran out.
    Timeout,
    /// The connection broke while the answer came.
    Broken(String),
    /// The certificate is not trusted or not valid now; a badly wrong phone clock looks like this too.
    Certificate(String),
    /// The address is no address.
    BadAddress(String),
}

/// A failure of one request. Whatever it was, nothing was lost: what waits still waits.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum SyncFailure {
    /// No answer came.
    Transport {
        /// What happened on the way.
        error: TransportError,
    },
    /// Somebody else answered: a captive portal's page, a proxy's error. Log in to the network, then try again.
    NotTheServer,
    /// The token is not accepted (401): enrol again. What waits can still go out by a rescue file.
    SignInRequired,
    /// The server forbids it (403).
    Forbidden {
        /// The server's stable code.
        code: String,
    },
    /// The server or the way to it is busy (429, 503).
    Busy {
        /// How long it asks to wait, in ms.
        retry_after_ms: Option<u64>,
    },
    /// The request was too large (413): it is tried again in smaller pages.
    TooLarge,
    /// The server failed (5xx).
    Server {
        /// The status.
        status: u16,
    },
    /// The server did not take the request as it stands (other 4xx): a defect of this program or that one.
    Rejected {
        /// The status.
        status: u16,
        /// The server's stable code, where it gave one.
        code: String,
    },
    /// The answer broke the rules of the protocol.
    Protocol {
        /// What was broken, for a log.
        detail: String,
    },
    /// Somebody asked to stop.
    Cancelled,
}

/// How sending stands. Says "done" only for what the server has receipted.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SyncStatus {
    /// Reports, decisions and people that wait to be sent.
    pub unsent_count: u32,
    /// When the oldest of them was made.
    pub unsent_oldest_at: Option<Timestamp>,
    /// Segments of tracks that wait to be sent.
    pub unsent_track_count: u32,
    /// Check-ups of key places, and excuses, that wait to be sent.
    pub unsent_visit_count: u32,
    /// When the oldest of both was made.
    pub unsent_trail_oldest_at: Option<Timestamp>,
    /// Attachments that wait to be sent.
    pub unsent_attachment_count: u32,
    /// … in bytes.
    pub unsent_attachment_bytes: u64,
    /// Of the flush that is running, or ran last: how many items the server has receipted …
    pub sent_count: u32,
    /// … of how many ("12 of 12").
    pub to_send_count: u32,
    /// Whether a sync is running in this process.
    pub is_syncing: bool,
    /// When a sync last went through to the end, on the phone's wall clock.
    pub succeeded_at: Option<Timestamp>,
    /// Why the last one did not.
    pub failure: Option<SyncFailure>,
    /// When the next try is due, on the phone's wall clock.
    pub retry_at: Option<Timestamp>,
    /// Items under "needs attention".
    pub attention_count: u32,
    /// Whether the server revoked this install: what is unsent goes to a review list, nothing comes in.
    pub is_revoked: bool,
    /// Whether the app is too old to receive; it may still send.
    pub is_update_required: bool,
    /// How far the phone's clock is from the server's, in ms (server minus phone); beyond two minutes the worker should be told.
    pub clock_offset_ms: Option<i64>,
    /// Drafts that were begun and not handed in.
    pub draft_count: u32,
    /// Incoming changes that failed their checks and are kept aside.
    pub quarantine_count: u32,
}

/// What a sync may do.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct SyncOptions {
    /// Whether pictures and voice notes go at all; text always does.
    pub with_attachments: bool,
    /// Whether the link costs: the large files then wait for Wi-Fi if the worker said so.
    pub is_metered: bool,
}

impl Default for SyncOptions {
    fn default() -> Self {
        let core::SyncOptions {
            with_attachments,
            is_metered,
        } = core::SyncOptions::default();
        Self {
            with_attachments,
            is_metered,
        }
    }
}

impl From<SyncOptions> for core::SyncOptions {
    fn from(given: SyncOptions) -> Self {
        let SyncOptions {
            with_attachments,
            is_metered,
        } = given;
        Self {
            with_attachments,
            is_metered,
        }
    }
}

/// What one sync did.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SyncReport {
    /// Requests sent, uploads and downloads included.
    pub requests: u32,
    /// Bytes of bodies sent.
    pub bytes_up: u64,
    /// Bytes of bodies received.
    pub bytes_down: u64,
    /// Items that the server receipted.
    pub items_sent: u32,
    /// Feed rows, backfilled and repaired reports taken in.
    pub rows_taken: u32,
    /// Attachments that the server verified.
    pub blobs_sent: u32,
    /// Attachments fetched.
    pub blobs_fetched: u32,
    /// Why it stopped before the end; `None` where it went through.
    pub failure: Option<SyncFailure>,
    /// Why the phone's storage stopped it, in words for a log.
    pub store_failure: Option<String>,
}

/// Something that the server did not take. It stays until a person clears it; what was typed can be exported.
#[uniffi::remote(Record)]
pub struct AttentionItem {
    /// For clearing it.
    pub id: i64,
    /// `change`, `command`, `person`, `attachment`, `track` or `visit`.
    pub what: String,
    /// The report.
    pub report: ReportId,
    /// Its readable code.
    pub code: String,
    /// The stable code of the refusal (`docs/errors.md`).
    pub refusal: String,
    /// For developers.
    pub detail: String,
    /// Everything that was typed or done, as JSON.
    pub content: String,
    /// When the refusal came, on the phone's wall clock.
    pub at: Timestamp,
}

impl From<failure::SyncFailure> for SyncFailure {
    fn from(core: failure::SyncFailure) -> Self {
        use failure::SyncFailure as Core;
        match core {
            Core::Transport(error) => Self::Transport { error },
            Core::NotTheServer => Self::NotTheServer,
            Core::SignInRequired => Self::SignInRequired,
            Core::Forbidden(code) => Self::Forbidden { code },
            Core::Busy { retry_after_ms } => Self::Busy { retry_after_ms },
            Core::TooLarge => Self::TooLarge,
            Core::Server { status } => Self::Server { status },
            Core::Rejected { status, code } => Self::Rejected { status, code },
            Core::Protocol(detail) => Self::Protocol {
                detail: detail.to_owned(),
            },
            Core::Cancelled => Self::Cancelled,
        }
    }
}

impl From<core::SyncStatus> for SyncStatus {
    fn from(core: core::SyncStatus) -> Self {
        let core::SyncStatus {
            unsent_count,
            unsent_oldest_at,
            unsent_track_count,
            unsent_visit_count,
            unsent_trail_oldest_at,
            unsent_attachment_count,
            unsent_attachment_bytes,
            sent_count,
            to_send_count,
            is_syncing,
            succeeded_at,
            failure,
            retry_at,
            attention_count,
            is_revoked,
            is_update_required,
            clock_offset_ms,
            draft_count,
            quarantine_count,
        } = core;
        Self {
            unsent_count,
            unsent_oldest_at,
            unsent_track_count,
            unsent_visit_count,
            unsent_trail_oldest_at,
            unsent_attachment_count,
            unsent_attachment_bytes,
            sent_count,
            to_send_count,
            is_syncing,
            succeeded_at,
            failure: failure.map(Into::into),
            retry_at,
            attention_count,
            is_revoked,
            is_update_required,
            clock_offset_ms,
            draft_count,
            quarantine_count,
        }
    }
}

impl From<core::SyncReport> for SyncReport {
    fn from(core: core::SyncReport) -> Self {
        let core::SyncReport {
            requests,
            bytes_up,
            bytes_down,
            items_sent,
            rows_taken,
            blobs_sent,
            blobs_fetched,
            failure,
            store_failure,
        } = core;
        Self {
            requests,
            bytes_up,
            bytes_down,
            items_sent,
            rows_taken,
            blobs_sent,
            blobs_fetched,
            failure: failure.map(Into::into),
            store_failure,
        }
    }
}

/// Told whenever something on the device changed: the current state first, then after every change, until the subscription is dropped.
/// Called on the thread that made the change; must return at once and must not call the device.
#[uniffi::export(with_foreign)]
pub trait StatusObserver: Send + Sync {
    /// The state of sending now; lists and views may have changed too and are to be read again.
    fn changed(&self, status: SyncStatus);
}

/// Hands core's words on.
pub(crate) struct Relay(pub(crate) Arc<dyn StatusObserver>);

impl core::Observer for Relay {
    fn changed(&self, status: &core::SyncStatus) {
        // What the shell throws is its own affair: the act that it was told of is done.
        let told = catch_unwind(AssertUnwindSafe(|| self.0.changed(status.clone().into())));
        drop(told);
    }
}

/// Keeps an observer listening; dropping (closing) it ends that.
#[derive(uniffi::Object)]
pub struct Subscription {
    pub(crate) _inner: core::Subscription,
}

/// Stops a sync between two steps: what was taken in stays, what was not sent stays in line.
#[derive(Default, uniffi::Object)]
pub struct CancelToken {
    pub(crate) inner: xunge_core::sync::transport::CancelToken,
}

#[uniffi::export]
impl CancelToken {
    /// A token that nobody has cancelled.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }
    /// Asks every sync that holds the token to stop at its next step.
    pub fn cancel(&self) {
        self.inner.cancel();
    }
}
