//! The wire forms of `POST /v1/sync`: CBOR maps with integer keys.
//!
//! Unknown keys are passed over by readers, so that fields may be added; a changed meaning needs a new protocol number. Numbers are never
//! reused. Byte fixtures of every released version stay in `tests/fixtures/wire`.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::command::{Event, SignedCommand, SignedResult};
use crate::directory::DirectoryRow;
use crate::id::{ActorId, ChangeHash, CommandId, GenerationId, InstallId, PersonRecordId, ReportId, UnitId};
use crate::signature::Signature;
use crate::time::{DeviceTime, Timestamp};

/// The protocol that this program speaks. The server serves it and the one before.
pub const PROTOCOL: u16 = 1;

/// The oldest protocol that may still push (nobody's field work is stranded).
pub const PROTOCOL_PUSH_MIN: u16 = 1;

/// A page is cut at about this size before compression has been tried smaller: 64 KB, a durable step of ten seconds at 50 kbit/s.
pub const PAGE_BYTES_DEFAULT: u32 = 64 * 1024;

/// What a phone sends.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct SyncRequest {
    /// The protocol of the sender.
    #[n(0)]
    pub protocol: u16,
    /// The install that speaks; must be the one whose token came with the request.
    #[n(1)]
    pub install: InstallId,
    /// Where the phone stands in each feed that it follows.
    #[n(2)]
    pub feeds: Vec<FeedPosition>,
    /// What is pushed, in the order of making: changes before the commands that rest on them.
    #[n(3)]
    pub items: Vec<Item>,
    /// The signature over this flush's items; required where there are any.
    #[n(4)]
    pub manifest: Option<ManifestSeal>,
    /// The most bytes that the answer may have, before compression.
    #[n(5)]
    pub answer_bytes_max: u32,
    /// The phone's clocks as the request left.
    #[n(6)]
    pub at: DeviceTime,
    /// How the phone fares, at most once a flush.
    #[n(7)]
    pub health: Option<Health>,
    /// The pages of grids that the phone has newly come to see, at most one open page per feed.
    #[n(8)]
    pub backfill: Vec<BackfillPosition>,
    /// The digests of single reports, asked for by the last answer.
    #[n(9)]
    pub repair: Option<Repair>,
}

/// A cursor with what proves that it still means the same thing.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct FeedPosition {
    /// The township or county desk whose feed it is.
    #[n(0)]
    pub feed: UnitId,
    /// The server generation under which the cursor was given; `None` at first.
    #[n(1)]
    pub generation: Option<GenerationId>,
    /// The last sequence number taken in; 0 at first.
    #[n(2)]
    pub cursor: u64,
    /// The tag of the scope that the phone has applied; `None` at first.
    #[n(3)]
    pub scope: Option<ScopeTag>,
    /// What the phone holds of the feed; compared only where the cursor is at the feed's end.
    #[n(4)]
    pub digest: Option<Digest>,
}

/// A hash of everything that decides what an install may see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
#[cbor(transparent)]
pub struct ScopeTag(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 8],
);

/// Count and XOR of the names of held things (change hashes, command body hashes, person record hashes, erasure tombstones): finds our own
/// bugs, proves nothing against an attacker.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Encode, Decode)]
pub struct Digest {
    /// How many.
    #[n(0)]
    pub count: u64,
    /// The XOR of the first 16 bytes of each name's SHA-256.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub xor: [u8; 16],
}

impl Digest {
    /// Takes a name in. Taking the same name twice takes it out of the XOR: callers count each thing once.
    pub fn add(&mut self, name: &[u8]) {
        self.count += 1;
        self.toggle(name);
    }
    /// Takes a name out again.
    pub fn remove(&mut self, name: &[u8]) {
        self.count = self.count.saturating_sub(1);
        self.toggle(name);
    }
    /// The digest of both sets together, which must not overlap.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        self.count += other.count;
        self.xor.iter_mut().zip(other.xor).for_each(|(a, b)| *a ^= b);
        self
    }
    fn toggle(&mut self, name: &[u8]) {
        let hash = crate::signature::sha256(name);
        self.xor.iter_mut().zip(hash).for_each(|(a, b)| *a ^= b);
    }
}

/// One pushed thing.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub enum Item {
    /// A change of a report's document, as automerge wrote it.
    #[n(0)]
    Change {
        /// The report.
        #[n(0)]
        report: ReportId,
        /// The change's bytes.
        #[n(1)]
        bytes: ByteVec,
    },
    /// A decision or flag.
    #[n(1)]
    Command {
        /// The signed command.
        #[n(0)]
        command: SignedCommand,
    },
    /// A person concerned.
    #[n(2)]
    Person {
        /// The record's name.
        #[n(0)]
        id: PersonRecordId,
        /// The report.
        #[n(1)]
        report: ReportId,
        /// The CBOR of a `person_record::PersonRecord`.
        #[n(2)]
        bytes: ByteVec,
    },
    /// A segment of a patrol's track: room for it, refused as unknown until patrols are served.
    #[n(3)]
    Track {
        /// The segment's bytes, named by their SHA-256.
        #[n(0)]
        bytes: ByteVec,
    },
    /// After a restore: a result that the server gave before, offered back so that no acknowledged outcome flips.
    #[n(4)]
    Replay {
        /// The command and the server's word on it.
        #[n(0)]
        event: Event,
    },
    /// After a restore: a change of somebody else's that the phone holds, offered back with the report.
    #[n(5)]
    Return {
        /// The report.
        #[n(0)]
        report: ReportId,
        /// The change's bytes.
        #[n(1)]
        bytes: ByteVec,
    },
}

impl Item {
    /// What names the item in a manifest: SHA-256 over the item's bytes (a change's name is its automerge hash, which is the same thing
    /// over the chunk's content).
    pub fn name(&self) -> [u8; 32] {
        match self {
            Self::Change { bytes, .. } | Self::Return { bytes, .. } | Self::Track { bytes } => {
                crate::signature::sha256(bytes)
            }
            Self::Command { command } => command.hash(),
            Self::Person { bytes, .. } => crate::signature::sha256(bytes),
            Self::Replay { event } => crate::signature::sha256(&event.result.body),
        }
    }
}

/// The names of a flush's items, in order: signed once, kept by the server, so that each item can be verified alone later.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Manifest {
    /// The install that signs.
    #[n(0)]
    pub install: InstallId,
    /// SHA-256 of each item, in order.
    #[n(1)]
    pub names: Vec<ChangeHash>,
    /// The clocks at signing.
    #[n(2)]
    pub at: DeviceTime,
}

/// What travels of a manifest: the reader rebuilds the names from the items that came with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct ManifestSeal {
    /// The clocks at signing.
    #[n(0)]
    pub at: DeviceTime,
    /// The install's signature over the [`Manifest`]'s CBOR (domain `manifest`).
    #[n(1)]
    pub signature: Signature,
}

/// How a phone fares: for "who has unsent work older than N hours".
#[derive(Clone, PartialEq, Eq, Default, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Health {
    /// The app's version.
    #[n(0)]
    pub app_version: String,
    /// Items still to be sent after this flush.
    #[n(1)]
    pub unsent_count: u32,
    /// When the oldest of them was made.
    #[n(2)]
    pub unsent_oldest_at: Option<Timestamp>,
    /// Attachment bytes still to be sent.
    #[n(3)]
    pub unsent_attachment_bytes: u64,
    /// Free storage in bytes, where the shell knows.
    #[n(4)]
    pub storage_free_bytes: Option<u64>,
    /// Items under "needs attention".
    #[n(5)]
    pub attention_count: u32,
}

/// Where a backfill stands: everything of one grid, in the order of report names.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct BackfillPosition {
    /// The feed.
    #[n(0)]
    pub feed: UnitId,
    /// The grid that came into scope; `None` asks for what is granted singly.
    #[n(1)]
    pub grid: Option<UnitId>,
    /// The last report taken in; `None` at first.
    #[n(2)]
    pub after: Option<ReportId>,
}

/// Per-report digests of everything that a phone holds of one feed, in pages by report name.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Repair {
    /// The feed.
    #[n(0)]
    pub feed: UnitId,
    /// The reports of this page, ascending.
    #[n(1)]
    pub reports: Vec<ReportDigest>,
    /// The page covers names greater than this (`None`: from the first).
    #[n(2)]
    pub after: Option<ReportId>,
    /// … up to and including this (`None`: to the last).
    #[n(3)]
    pub upto: Option<ReportId>,
}

/// What a phone holds of one report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ReportDigest {
    /// The report.
    #[n(0)]
    pub report: ReportId,
    /// Its digest.
    #[n(1)]
    pub digest: Digest,
}

/// What the server answers.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct SyncAnswer {
    /// The protocol of the answer.
    #[n(0)]
    pub protocol: u16,
    /// The server's time.
    #[n(1)]
    pub server_at: Timestamp,
    /// The server database's generation.
    #[n(2)]
    pub generation: GenerationId,
    /// One result per item, in the order of the items.
    #[n(3)]
    pub results: Vec<ItemResult>,
    /// What is new in each feed.
    #[n(4)]
    pub pages: Vec<FeedPage>,
    /// Backfilled reports.
    #[n(5)]
    pub backfill: Vec<BackfillPage>,
    /// Whether another request would bring more at once.
    #[n(6)]
    pub more: bool,
    /// Instructions to the install.
    #[n(7)]
    pub notices: Vec<Notice>,
    /// Repaired reports: whole bundles that replace nothing and add what was missing.
    #[n(8)]
    pub repaired: Vec<ReportBundle>,
}

/// What became of one item.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum ItemResult {
    /// Stored, durably.
    #[n(0)]
    Stored,
    /// It was there already.
    #[n(1)]
    Duplicate,
    /// It rests on changes that the server has not got: send these first.
    #[n(2)]
    MissingDeps {
        /// The missing changes.
        #[n(0)]
        hashes: Vec<ChangeHash>,
    },
    /// Kept on a review list for a person to look at (a revoked phone, an ended post).
    #[n(3)]
    ReviewList,
    /// Erased by law; the phone erases too.
    #[n(4)]
    Erased,
    /// Past retention.
    #[n(5)]
    Expired,
    /// The actor's sequence is already taken by other content (a phone restored from a backup): take this new actor and issue the unsent
    /// edits again.
    #[n(6)]
    RotateActor {
        /// The actor to take, from the spares.
        #[n(0)]
        actor: ActorId,
        /// Its code tag.
        #[n(1)]
        tag: Option<String>,
    },
    /// Not taken, with a stable code and a text for developers. The only result that shows under "needs attention".
    #[n(7)]
    Refused {
        /// The code.
        #[n(0)]
        code: RefusedCode,
        /// What was wrong, for a log.
        #[n(1)]
        text: String,
    },
    /// A command was stored and decided; its result is here, in its place in the feed.
    #[n(8)]
    Decided {
        /// The server's signed word.
        #[n(0)]
        result: SignedResult,
    },
}

/// Why an item was not taken.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode, serde::Serialize, serde::Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum RefusedCode {
    /// Larger than allowed.
    #[n(0)]
    TooLarge,
    /// Not readable as what it says it is.
    #[n(1)]
    Malformed,
    /// The actor or install is not the sender's.
    #[n(2)]
    NotYours,
    /// A signature does not fit.
    #[n(3)]
    BadSignature,
    /// An operation on a key or type that reports do not have, or on what may not change.
    #[n(4)]
    NotAllowed,
    /// The sender may not write to this report.
    #[n(5)]
    OutOfScope,
    /// A kind of item that this server does not serve.
    #[n(6)]
    Unsupported,
    /// The sequence of the actor has a hole.
    #[n(7)]
    SequenceGap,
    /// The document could not be rebuilt with it.
    #[n(8)]
    Unloadable,
    /// The same name stands for something else already.
    #[n(9)]
    NameReused,
    /// The report belongs to another feed.
    #[n(10)]
    WrongFeed,
}

/// A page of a feed, taken in together with its cursor in one transaction.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct FeedPage {
    /// The feed.
    #[n(0)]
    pub feed: UnitId,
    /// The generation that the cursor belongs to.
    #[n(1)]
    pub generation: GenerationId,
    /// What is new, ascending by sequence.
    #[n(2)]
    pub rows: Vec<FeedRow>,
    /// The cursor after this page: it moves past rows that the reader may not see.
    #[n(3)]
    pub cursor: u64,
    /// What the install may see now, where that differs from what the request named.
    #[n(4)]
    pub scope: Option<Scope>,
    /// True where the digests differ: send `repair`.
    #[n(5)]
    pub is_diverged: bool,
}

/// What an install may see of one feed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Scope {
    /// The tag to send from now on.
    #[n(0)]
    pub tag: ScopeTag,
    /// The grids, ascending. What the phone holds of other grids it lets go (with an empty outbox, and never its own reports).
    #[n(1)]
    pub grids: Vec<UnitId>,
}

/// One row of a feed.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub struct FeedRow {
    /// Its place in the feed's order.
    #[n(0)]
    pub seq: u64,
    /// What it brings.
    #[n(1)]
    pub payload: Payload,
}

/// What a feed row brings.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub enum Payload {
    /// A change of a report.
    #[n(0)]
    Change {
        /// The report.
        #[n(0)]
        report: ReportId,
        /// The change's bytes.
        #[n(1)]
        bytes: ByteVec,
    },
    /// A command and its result.
    #[n(1)]
    Event {
        /// The report.
        #[n(0)]
        report: ReportId,
        /// The command and the server's word.
        #[n(1)]
        event: Event,
    },
    /// A command of the reader's own: he has the command, here is the word on it.
    #[n(2)]
    Result {
        /// The report.
        #[n(0)]
        report: ReportId,
        /// The command.
        #[n(1)]
        command: CommandId,
        /// The server's word.
        #[n(2)]
        result: SignedResult,
    },
    /// A person concerned.
    #[n(3)]
    Person {
        /// The record.
        #[n(0)]
        id: PersonRecordId,
        /// The report.
        #[n(1)]
        report: ReportId,
        /// The record's bytes.
        #[n(2)]
        bytes: ByteVec,
    },
    /// Something was erased by law: what is held of it goes, the tombstone stays and is counted.
    #[n(4)]
    Erased {
        /// What.
        #[n(0)]
        what: Erasure,
    },
    /// A record of the directory.
    #[n(5)]
    Directory {
        /// The row.
        #[n(0)]
        row: DirectoryRow,
    },
    /// The report left the reader's scope.
    #[n(6)]
    Leave {
        /// The report.
        #[n(0)]
        report: ReportId,
    },
    /// The report came into the reader's scope, whole.
    #[n(7)]
    Enter {
        /// Everything of it.
        #[n(0)]
        bundle: ReportBundle,
    },
    /// An attachment's bytes are on the server.
    #[n(8)]
    Blob {
        /// The report.
        #[n(0)]
        report: ReportId,
        /// The blob.
        #[n(1)]
        blob: crate::attachment::BlobHash,
        /// How many bytes it has.
        #[n(2)]
        size_bytes: u64,
    },
}

/// What the law had erased.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub enum Erasure {
    /// One person record.
    #[n(0)]
    Person {
        /// The report.
        #[n(0)]
        report: ReportId,
        /// The record.
        #[n(1)]
        id: PersonRecordId,
    },
    /// A picture or voice note.
    #[n(1)]
    Blob {
        /// The report.
        #[n(0)]
        report: ReportId,
        /// The blob.
        #[n(1)]
        blob: crate::attachment::BlobHash,
    },
    /// The whole content.
    #[n(2)]
    Report {
        /// The report.
        #[n(0)]
        report: ReportId,
    },
}

impl Erasure {
    /// The report that it concerns.
    pub fn report(&self) -> ReportId {
        match self {
            Self::Person { report, .. } | Self::Blob { report, .. } | Self::Report { report } => *report,
        }
    }

    /// What digests count of it: the report's 16 bytes, the kind's number as one byte, then the record's or blob's bytes. After the
    /// erasure of a whole report its tombstone is all that counts; after that of a person the record's own hash counts no more.
    pub fn name(&self) -> Vec<u8> {
        let mut name = self.report().as_bytes().to_vec();
        match self {
            Self::Person { id, .. } => {
                name.push(0);
                name.extend_from_slice(id.as_bytes());
            }
            Self::Blob { blob, .. } => {
                name.push(1);
                name.extend_from_slice(blob.as_bytes());
            }
            Self::Report { .. } => name.push(2),
        }
        name
    }
}

/// Everything of one report.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct ReportBundle {
    /// The report.
    #[n(0)]
    pub report: ReportId,
    /// Its changes, dependencies first.
    #[n(1)]
    pub changes: Vec<ByteVec>,
    /// Its story in order.
    #[n(2)]
    pub events: Vec<Event>,
    /// The people concerned.
    #[n(3)]
    pub people: Vec<PersonItem>,
    /// What was erased of it.
    #[n(4)]
    pub erased: Vec<Erasure>,
    /// Blobs whose bytes are on the server.
    #[n(5)]
    pub blobs: Vec<BlobItem>,
}

/// A person record in a bundle.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct PersonItem {
    /// The record.
    #[n(0)]
    pub id: PersonRecordId,
    /// Its bytes.
    #[n(1)]
    pub bytes: ByteVec,
}

/// A blob in a bundle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct BlobItem {
    /// The blob.
    #[n(0)]
    pub blob: crate::attachment::BlobHash,
    /// How many bytes it has.
    #[n(1)]
    pub size_bytes: u64,
}

/// A page of a backfill.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct BackfillPage {
    /// The feed.
    #[n(0)]
    pub feed: UnitId,
    /// The grid, or `None` for singly granted reports.
    #[n(1)]
    pub grid: Option<UnitId>,
    /// The reports, ascending by name.
    #[n(2)]
    pub bundles: Vec<ReportBundle>,
    /// Where the next page starts; `None` at the end.
    #[n(3)]
    pub next: Option<ReportId>,
}

/// An instruction to the install.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Notice {
    /// The app is too old to pull; it may still push. Update it.
    #[n(0)]
    UpdateRequired {
        /// The oldest protocol that may pull.
        #[n(0)]
        protocol_min: u16,
    },
    /// The install is revoked: what it pushes goes to a review list, and it receives nothing.
    #[n(1)]
    Revoked,
    /// The feeds that the install should follow, ascending.
    #[n(2)]
    Feeds {
        /// The feeds.
        #[n(0)]
        feeds: Vec<UnitId>,
    },
    /// The generation changed: offer again what the server may have lost (own acknowledged changes, commands, person records, and
    /// the server's results).
    #[n(3)]
    OfferAgain {
        /// The feed.
        #[n(0)]
        feed: UnitId,
    },
}
