//! Commands: the decisions and flags that move a report, and what the server made of them.
//!
//! A command is not in the document. At most one final decision may stand, and no merge of concurrent writes keeps that promise; so each
//! decision is a small signed record, the server puts a township's commands in one order, and gives its word on each, which reaches every
//! holder under the server's signature.
//!
//! Set in stone: the CBOR forms and their numbers. They lie under signatures; numbers are never reused.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::directory::Level;
use crate::id::{
    AttachmentId, CategoryId, ChangeHash, CommandId, GenerationId, InstallId, PersonId, PostId, ReportId,
    UnitId,
};
use crate::signature::{Signature, SigningKey};
use crate::time::{DeviceTime, Timestamp};

mod action;
mod effect;
mod kind;
pub mod phrase;
mod refusal;
mod word;

pub use action::{Action, Assignment, AssignmentPart, Classification, Reason, Risk, Urgency, Verdict};
pub use effect::{Effect, Holder, HolderPart, State};
pub use kind::ActionKind;
pub use phrase::ORDER_CODE;
pub use refusal::Refusal;
pub use word::{ForeignWord, VouchId, Word};

/// One act on one report, as its author's device wrote it.
#[derive(Clone, PartialEq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Command {
    /// Names the act; a second arrival under the same name changes nothing.
    #[n(0)]
    pub id: CommandId,
    /// The report it is about.
    #[n(1)]
    pub report: ReportId,
    /// What is done.
    #[n(2)]
    pub action: Action,
    /// Who does it.
    #[n(3)]
    pub by: PersonId,
    /// In which post; `None` lets the server take any post that may do it.
    #[n(4)]
    pub post: Option<PostId>,
    /// The install that wrote it; the server's own install for acts at the console.
    #[n(5)]
    pub install: InstallId,
    /// The last state-changing command of the report that the author had seen, or his own pending predecessor.
    #[n(6)]
    pub saw: Option<CommandId>,
    /// The heads of the content that the author had seen, sorted.
    #[n(7)]
    pub heads: Vec<ChangeHash>,
    /// The pictures and voice notes whose bytes (or thumbnails) were on the device at the decision, sorted.
    #[n(8)]
    pub attachments: Vec<AttachmentId>,
    /// Why; mandatory for some actions.
    #[n(9)]
    pub reason: Option<Reason>,
    /// The device's clocks at the act.
    #[n(10)]
    pub at: DeviceTime,
    /// Text that goes with the act (a feedback, a note to the reporter), at most [`TEXT_CHARS_MAX`] characters.
    #[n(11)]
    pub text: Option<String>,
}

/// The longest text in a command, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// The largest encoded command in bytes.
pub const COMMAND_BYTES_MAX: usize = 16 * 1024;

/// A command's received bytes with the author's signature over them. The bytes are the truth; they are never encoded again.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct SignedCommand {
    /// The CBOR of a [`Command`].
    #[n(0)]
    pub body: ByteVec,
    /// The install's signature over `body` (domain `command`). Left out when a command travels to somebody else's phone: there the
    /// server's word, which covers the body, vouches for it.
    #[n(1)]
    pub signature: Option<Signature>,
}

impl SignedCommand {
    /// Encodes and signs a command.
    pub fn sign(command: &Command, key: &SigningKey) -> Self {
        let body = minicbor::to_vec(command).expect("encoding to memory cannot fail");
        let signature = Some(key.sign("command", &body));
        Self {
            body: body.into(),
            signature,
        }
    }

    /// Reads the body. Bytes after the command, or a command newer than this program, are errors.
    pub fn command(&self) -> Result<Command, minicbor::decode::Error> {
        let mut decoder = minicbor::Decoder::new(&self.body);
        let command = decoder.decode()?;
        if decoder.position() == self.body.len() {
            Ok(command)
        } else {
            Err(minicbor::decode::Error::message("bytes after the command"))
        }
    }

    /// SHA-256 of the body: what results, manifests and the audit chain name.
    pub fn hash(&self) -> [u8; 32] {
        crate::signature::sha256(&self.body)
    }
}

/// What the server made of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "refusal", rename_all = "snake_case")]
pub enum Outcome {
    /// It took effect.
    #[n(0)]
    Accepted,
    /// It had no effect, and this is why.
    #[n(1)]
    Refused(#[n(0)] Refusal),
    /// It came too late to decide, and stands in the story as a remark.
    #[n(2)]
    Remark(#[n(0)] Refusal),
    /// It waits for the present holder to confirm it (the post had ended before the server received it).
    #[n(3)]
    Proposal(#[n(0)] Refusal),
}

impl Outcome {
    /// Whether the command moved the report.
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Accepted)
    }
}

/// The server's word on one command, at one place in the township's order.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct CommandResult {
    /// The command.
    #[n(0)]
    pub command: CommandId,
    /// SHA-256 of the command's body, so that the result vouches for it.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    #[serde(with = "hex::serde")]
    pub body_hash: [u8; 32],
    /// The feed in whose order it stands.
    #[n(2)]
    pub feed: UnitId,
    /// Its place there.
    #[n(3)]
    pub seq: u64,
    /// The server database's generation at the time.
    #[n(4)]
    pub generation: GenerationId,
    /// When the server received it.
    #[n(5)]
    pub received_at: Timestamp,
    /// What came of it.
    #[n(6)]
    pub outcome: Outcome,
    /// Heads of the content when it was decided, sorted; an approval binds these.
    #[n(7)]
    pub heads: Vec<ChangeHash>,
    /// Where the report stood afterwards; `None` unless accepted.
    #[n(8)]
    pub effect: Option<Effect>,
}

impl CommandResult {
    /// Where the command stands among all commands of its feed, over all restores: sort a story by it. Within one generation that is the
    /// sequence; what was decided before a restore stands before what was decided after it, even where it came back later.
    pub fn order(&self) -> (GenerationId, u64) {
        (self.generation, self.seq)
    }
}

/// A command together with the server's word on it: one line of a report's story.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Event {
    /// The command as received.
    #[n(0)]
    pub command: SignedCommand,
    /// The server's word on it.
    #[n(1)]
    pub result: Word,
}

impl Assignment {
    /// A lead assignment to one department.
    pub fn lead(unit: UnitId) -> Self {
        Self {
            unit,
            part: AssignmentPart::Lead,
            due_at: None,
        }
    }
}

/// What a submission says about itself where the workflow must know it: copied from the content by the phone, checked against it by the
/// server.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Opening {
    /// The grid that the worker chose.
    #[n(0)]
    pub grid: UnitId,
    /// The category.
    #[n(1)]
    pub category: CategoryId,
    /// Its version.
    #[n(2)]
    pub category_version: u32,
    /// How pressing the worker holds it.
    #[n(3)]
    pub urgency: Urgency,
    /// The readable code.
    #[n(4)]
    pub code: String,
    /// The level at which the report starts: the grid for a worker, the township for what the room enters or a chief reports.
    #[n(5)]
    pub level: Level,
}
