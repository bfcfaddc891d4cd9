//! Why a command did not take effect: stable codes, each with something that the person can do.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A stable reason code. Texts are in the shells and in `docs/errors.md`; numbers and names are never reused.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The person holds no post that may do this here.
    #[n(0)]
    NotYourPost,
    /// Who reported a matter does not approve, handle or review it.
    #[n(1)]
    ReporterMayNotDecide,
    /// The report is in a state in which this cannot be done.
    #[n(2)]
    WrongState,
    /// Somebody decided before; what they decided was not known to the author.
    #[n(3)]
    DecidedMeanwhile,
    /// The decision was made on words that have changed since.
    #[n(4)]
    ContentChanged,
    /// A reason is required.
    #[n(5)]
    ReasonMissing,
    /// The post had ended before the server received the act.
    #[n(6)]
    PostEnded,
    /// The chief's clock had ended, and the report had passed by him.
    #[n(7)]
    PassedBy,
    /// Settling asks for a picture of the result or a reason.
    #[n(8)]
    AfterPictureMissing,
    /// The report's content is incomplete or does not fit the submission.
    #[n(9)]
    ContentIncomplete,
    /// The report is not known to the server.
    #[n(10)]
    UnknownReport,
    /// The unit named is not in the directory, or not of a kind that can take this.
    #[n(11)]
    UnknownUnit,
    /// Exactly one lead department is needed, and none twice.
    #[n(12)]
    BadAssignment,
    /// The command that is answered or confirmed is not there, or already answered.
    #[n(13)]
    UnknownTarget,
    /// The act is not allowed to people, only to the server.
    #[n(14)]
    ServerOnly,
    /// The install is revoked.
    #[n(15)]
    Revoked,
    /// The content was erased by law.
    #[n(16)]
    Erased,
    /// Some called department has not reported in yet.
    #[n(17)]
    NotAllReportedIn,
    /// The same name was used for another act.
    #[n(18)]
    NameReused,
    /// The author had not received the state that this act depends on (a return that his phone has not got).
    #[n(19)]
    NotReceivedYet,
    /// The category or its version is not in the directory.
    #[n(20)]
    UnknownCategory,
    /// An informant waits to be called back before closing.
    #[n(21)]
    CallBackMissing,
    /// The level named is not above (or below) the one that holds the report.
    #[n(22)]
    WrongLevel,
    /// The text or a list in the act is longer than allowed.
    #[n(23)]
    TooLong,
    /// The person is not in the directory, or the person named cannot be asked.
    #[n(24)]
    UnknownPerson,
    /// A predecessor that this act was built on was itself refused.
    #[n(25)]
    PredecessorRefused,
}
