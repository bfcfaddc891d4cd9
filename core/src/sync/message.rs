//! The wire forms of `POST /v1/sync`: CBOR maps with integer keys.
//!
//! Unknown keys are passed over by readers, so that fields may be added; a changed meaning needs a new protocol number. Numbers are never
//! reused. Byte fixtures of every released version stay in `tests/fixtures/wire`.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::command::{Event, SignedCommand};
use crate::id::{ChangeHash, GenerationId, InstallId, PersonRecordId, ReportId, UnitId};
use crate::signature::Signature;
use crate::sync::checkpoint::CheckpointAsk;
use crate::sync::vouch::Vouch;
use crate::time::{DeviceTime, Timestamp};

mod answer;
mod coverage;

pub use answer::{
    BackfillPage, BlobItem, Erasure, FeedPage, FeedRow, ItemResult, Notice, Payload, PersonItem, RefusedCode,
    ReportBundle, Scope, SyncAnswer,
};
pub use coverage::{CoverageCheck, GridCoverage, GridDigest, MaybeCells, PlaceVisit};

/// The protocol that this program speaks. The server serves it and the one before.
pub const PROTOCOL: u16 = 2;

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
    /// Signed lists that hold the words of the `Replay` items, each once.
    #[n(10)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub vouches: Vec<Vouch>,
    /// What is held of coverage, a few times a day.
    #[n(11)]
    pub coverage: Option<CoverageCheck>,
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
    /// Asks for a checkpoint of the feed's audit chain, about once a day.
    #[n(5)]
    pub checkpoint: Option<CheckpointAsk>,
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
    /// A segment of a patrol's track: goes after text and before pictures, to the server alone.
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
    /// A short check-up of a key place, or the word that it need not be visited for a while.
    #[n(6)]
    Visit {
        /// The CBOR of a `key_place::VisitRecord`, named by its SHA-256.
        #[n(0)]
        bytes: ByteVec,
    },
}

impl Item {
    /// What names the item in a manifest: SHA-256 over the item's bytes (a change's name is its automerge hash, which is the same thing
    /// over the chunk's content).
    pub fn name(&self) -> [u8; 32] {
        match self {
            Self::Change { bytes, .. }
            | Self::Return { bytes, .. }
            | Self::Track { bytes }
            | Self::Visit { bytes } => crate::signature::sha256(bytes),
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
