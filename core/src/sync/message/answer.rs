//! What comes back: a result per item, pages of the feeds, whole reports, and instructions.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::command::{Event, Word};
use crate::directory::DirectoryRow;
use crate::id::{ActorId, ChangeHash, CommandId, GenerationId, PersonRecordId, ReportId, UnitId};
use crate::signature::Signature;
use crate::sync::checkpoint::Checkpoint;
use crate::time::Timestamp;

use super::{GridCoverage, ScopeTag};

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
    /// The server's signatures over all words in this answer, list by list: see [`vouch`](crate::sync::vouch). Empty before protocol 2,
    /// and where there are no words.
    #[n(9)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub vouches: Vec<Signature>,
    /// The days of the grids whose coverage differed: to be joined with what is held. `None` where nothing was compared.
    #[n(10)]
    pub coverage: Option<Vec<GridCoverage>>,
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
        /// The server's word.
        #[n(0)]
        result: Word,
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
    /// Where the feed's audit chain stands, where the request asked for it.
    #[n(6)]
    pub checkpoint: Option<Checkpoint>,
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
        result: Word,
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
    /// The coverage of a grid on one day, whole: to be joined with what is held.
    #[n(9)]
    Coverage {
        /// The day's cells.
        #[n(0)]
        coverage: GridCoverage,
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
    /// With the first page of a grid: its coverage of the days that phones keep. `None` with the pages after it.
    #[n(4)]
    pub coverage: Option<Vec<GridCoverage>>,
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
