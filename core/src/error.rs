//! What the facade answers when something did not work: the precise errors of the modules below, and what the caller can do.

use crate::attachment::{PictureError, VoiceError};
use crate::document::DocumentError;
use crate::draft::Problem;
use crate::enrolment::InvalidEnrolmentCode;
use crate::person::PersonProblem;
use crate::rescue::RescueError;
use crate::store::StoreError;
use crate::sync::failure::SyncFailure;

/// A failure of the device. Nothing that was durable before is lost by any of them.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The phone's storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A document could not be read or written.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The draft cannot be handed in yet: everything that is wrong with it, in the order of the form.
    #[error("the report is not complete: {} problems", .0.len())]
    Incomplete(Vec<Problem>),
    /// The entry about a person cannot be kept like this.
    #[error("the entry about a person cannot be kept: {} problems", .0.len())]
    Person(Vec<PersonProblem>),
    /// No picture was made; the original was kept where it was.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The voice note was not taken; the original was kept where it was.
    #[error(transparent)]
    Voice(#[from] VoiceError),
    /// The act is not possible here and now, and this is why.
    #[error("the act is refused: {0:?}")]
    NotAllowed(crate::command::Refusal),
    /// The patrol does not take that now.
    #[error(transparent)]
    Patrol(#[from] crate::patrol::RefusedInput),
    /// Another patrol is under way: end it first.
    #[error("a patrol is under way already")]
    PatrolRuns,
    /// The words about a key place cannot be kept like this.
    #[error(transparent)]
    Visit(#[from] crate::key_place::VisitRecordError),
    /// No picture of the coverage was made.
    #[error(transparent)]
    CoveragePicture(#[from] crate::coverage::PictureError),
    /// There is no such thing on this phone.
    #[error("there is no such {0} on this phone")]
    NotFound(&'static str),
    /// The scanned text is no enrolment code.
    #[error(transparent)]
    EnrolmentCode(#[from] InvalidEnrolmentCode),
    /// The server did not enrol: used up, expired or unknown. Ask for a new code.
    #[error("the enrolment was refused: `{0}`")]
    EnrolmentRefused(String),
    /// The server's answer to the enrolment cannot be used.
    #[error("the server's enrolment is not usable: {0}")]
    EnrolmentUnusable(&'static str),
    /// The profile has no enrolment (any more): enrol again.
    #[error("the profile is not enrolled")]
    NotEnrolled,
    /// The PIN is wrong.
    #[error("the PIN is wrong; wait {retry_after_ms} ms")]
    PinWrong {
        /// How long to wait before the next try, in ms.
        retry_after_ms: u64,
    },
    /// The server could not be reached, or did not answer as it should.
    #[error(transparent)]
    Sync(#[from] SyncFailure),
    /// The rescue file could not be made.
    #[error(transparent)]
    Rescue(#[from] RescueError),
}

/// What the caller can do about an error. Shells match on it exhaustively and have the words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ErrorKind {
    /// Correct what was entered; the error says what.
    InvalidInput,
    /// It is not on this phone.
    NotFound,
    /// The act is not allowed here and now.
    NotAllowed,
    /// Enrol again, or enter the PIN.
    SignInRequired,
    /// Wait for a better network.
    Offline,
    /// The database lies under a key that this phone does not have: it is whole. Set the profile aside and enrol anew; the township can
    /// give the key back.
    KeyLost,
    /// Free some space.
    StorageFull,
    /// Storage or database cannot be used as it is.
    StorageFailed,
    /// Update the app.
    UpdateRequired,
    /// A defect: tell whoever looks after the app.
    Internal,
}

impl Error {
    /// What the caller can do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => store_kind(error),
            Self::Incomplete(_)
            | Self::Person(_)
            | Self::Picture(_)
            | Self::Voice(_)
            | Self::Visit(_)
            | Self::CoveragePicture(_)
            | Self::EnrolmentCode(_)
            | Self::EnrolmentRefused(_) => ErrorKind::InvalidInput,
            Self::Document(DocumentError::NotWritable { .. }) => ErrorKind::InvalidInput,
            Self::NotAllowed(_) | Self::Patrol(_) | Self::PatrolRuns => ErrorKind::NotAllowed,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::NotEnrolled | Self::PinWrong { .. } => ErrorKind::SignInRequired,
            Self::Sync(failure) => sync_kind(failure),
            Self::EnrolmentUnusable(_) | Self::Document(_) | Self::Rescue(_) => ErrorKind::Internal,
        }
    }
}

fn store_kind(error: &StoreError) -> ErrorKind {
    match error {
        StoreError::Full => ErrorKind::StorageFull,
        StoreError::Newer { .. } => ErrorKind::UpdateRequired,
        StoreError::WrongKey | StoreError::KeyMissing => ErrorKind::KeyLost,
        StoreError::ReadOnly(_)
        | StoreError::NoCipher
        | StoreError::Busy
        | StoreError::Damaged(_)
        | StoreError::DamagedFile { .. }
        | StoreError::File { .. } => ErrorKind::StorageFailed,
        StoreError::Unreadable { .. } | StoreError::Sql(_) => ErrorKind::Internal,
    }
}

fn sync_kind(failure: &SyncFailure) -> ErrorKind {
    match failure {
        SyncFailure::SignInRequired => ErrorKind::SignInRequired,
        SyncFailure::Forbidden(_) => ErrorKind::NotAllowed,
        SyncFailure::Rejected { .. } | SyncFailure::Protocol(_) => ErrorKind::Internal,
        SyncFailure::Transport(_)
        | SyncFailure::NotTheServer
        | SyncFailure::Busy { .. }
        | SyncFailure::TooLarge
        | SyncFailure::Server { .. }
        | SyncFailure::Cancelled => ErrorKind::Offline,
    }
}
