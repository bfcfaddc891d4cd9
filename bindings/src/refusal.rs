//! Why an act did not take effect, and what the server made of one.

use xunge_core::command::{Outcome, Refusal};

/// A stable reason code. Texts are in the shells and in `docs/errors.md`; numbers and names are never reused.
#[uniffi::remote(Enum)]
pub enum Refusal {
    /// The person holds no post that may do this here.
    NotYourPost,
    /// Who reported a matter does not approve, handle or review it.
    ReporterMayNotDecide,
    /// The report is in a state in which this cannot be done.
    WrongState,
    /// Somebody decided before; what they decided was not known to the author.
    DecidedMeanwhile,
    /// The decision was made on words that have changed since.
    ContentChanged,
    /// A reason is required.
    ReasonMissing,
    /// The post had ended before the server received the act.
    PostEnded,
    /// The chief's clock had ended, and the report had passed by him.
    PassedBy,
    /// Settling asks for a picture of the result or a reason.
    AfterPictureMissing,
    /// The report's content is incomplete or does not fit the submission.
    ContentIncomplete,
    /// The report is not known to the server.
    UnknownReport,
    /// The unit named is not in the directory, or not of a kind that can take this.
    UnknownUnit,
    /// Exactly one lead department is needed, and none twice.
    BadAssignment,
    /// The command that is answered or confirmed is not there, or already answered.
    UnknownTarget,
    /// The act is not allowed to people, only to the server.
    ServerOnly,
    /// The install is revoked.
    Revoked,
    /// The content was erased by law.
    Erased,
    /// Some called department has not reported in yet.
    NotAllReportedIn,
    /// The same name was used for another act.
    NameReused,
    /// The author had not received the state that this act depends on (a return that his phone has not got).
    NotReceivedYet,
    /// The category or its version is not in the directory.
    UnknownCategory,
    /// An informant waits to be called back before closing.
    CallBackMissing,
    /// The level named is not above (or below) the one that holds the report.
    WrongLevel,
    /// The text or a list in the act is longer than allowed.
    TooLong,
    /// The person is not in the directory, or the person named cannot be asked.
    UnknownPerson,
    /// A predecessor that this act was built on was itself refused.
    PredecessorRefused,
}

/// What the server made of a command.
#[uniffi::remote(Enum)]
pub enum Outcome {
    /// It took effect.
    Accepted,
    /// It had no effect, and this is why.
    Refused(Refusal),
    /// It came too late to decide, and stands in the story as a remark.
    Remark(Refusal),
    /// It waits for the present holder to confirm it (the post had ended before the server received it).
    Proposal(Refusal),
}
