//! The rows beside the ledger: installs, enrolments, accounts, uploads, blobs, the review list.

use xunge_core::attachment::BlobHash;
use xunge_core::id::{InstallId, PersonId, ReportId, UnitId, UploadId};
use xunge_core::time::Timestamp;

use super::row::{FeedNo, InstallNo, ReportNo};

/// An install: one profile on one phone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstallRow {
    /// Its number; 0 before it was inserted.
    pub no: InstallNo,
    /// Its name.
    pub install: InstallId,
    /// Whose profile it is.
    pub person: PersonId,
    /// The township at enrolment.
    pub township: UnitId,
    /// The public key's 65 bytes.
    pub public_key: Vec<u8>,
    /// SHA-256 of the token's secret.
    pub token_hash: [u8; 32],
    /// JSON: actors and tags, the one in use first.
    pub actors: String,
    /// JSON: the feeds that it ever followed.
    pub feeds: String,
    /// What people call the phone.
    pub device_label: String,
    /// The app's version at the last word from it.
    pub app_version: String,
    /// When it enrolled.
    pub enrolled_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it last synced.
    pub last_sync_at: Option<Timestamp>,
    /// CBOR: how it fared then.
    pub health: Option<Vec<u8>>,
}

/// A one-time code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnrolmentRow {
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
    /// Whom it enrols.
    pub person: PersonId,
    /// The township.
    pub township: UnitId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// The install that spent it.
    pub install: Option<InstallId>,
}

/// A blob of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlobRow {
    /// The feed.
    pub feed: FeedNo,
    /// The report.
    pub report: ReportNo,
    /// Its hash.
    pub blob: BlobHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// The media type.
    pub media_type: String,
    /// When it was complete.
    pub stored_at: Timestamp,
    /// Whether the law had it erased.
    pub is_erased: bool,
}

/// An upload under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadRow {
    /// Its name.
    pub upload: UploadId,
    /// The feed of the report.
    pub feed: FeedNo,
    /// Who began it.
    pub install: Option<InstallId>,
    /// The report.
    pub report: ReportId,
    /// The declared hash.
    pub blob: BlobHash,
    /// The declared size.
    pub size_bytes: u64,
    /// The declared media type.
    pub media_type: String,
    /// Durable bytes.
    pub offset_bytes: u64,
    /// When it began.
    pub created_at: Timestamp,
    /// When it may be dropped.
    pub expires_at: Timestamp,
}

/// A thing on the review list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewRow {
    /// Its number; 0 before it was inserted.
    pub number: u64,
    /// The feed.
    pub feed: FeedNo,
    /// Who sent it.
    pub install: InstallId,
    /// Whose install it is.
    pub person: PersonId,
    /// The report.
    pub report: Option<ReportId>,
    /// The item's name.
    pub name: Vec<u8>,
    /// `change`, `command`, `person`, `track`, `visit`.
    pub kind: String,
    /// `revoked`, `post_ended`.
    pub why: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Sealed under the master key: the CBOR of the item.
    pub body: Vec<u8>,
    /// When somebody dealt with it.
    pub settled_at: Option<Timestamp>,
}

/// An account at the console.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The name that is typed at log-in.
    pub name: String,
    /// Who it is; posts and rights come from the directory.
    pub person: PersonId,
    /// The argon2 hash in PHC form.
    pub password_hash: String,
    /// Whether it may log in.
    pub is_enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A log-in that lasts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// SHA-256 of the cookie's secret.
    pub token_hash: [u8; 32],
    /// The account.
    pub account: String,
    /// The person of the account.
    pub person: PersonId,
    /// The secret that forms must repeat.
    pub csrf: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Timestamp,
}

/// What can be counted cheaply enough for a metric.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CountRow {
    /// Reports.
    pub reports: u64,
    /// Changes.
    pub changes: u64,
    /// Commands.
    pub commands: u64,
    /// Blobs that are not erased.
    pub blobs: u64,
    /// Installs that are not revoked.
    pub installs: u64,
    /// Open things on the review list.
    pub review_items: u64,
    /// Segments of tracks and check-ups that are held.
    pub tracks: u64,
    /// Units and days of which coverage is held.
    pub coverage: u64,
}
