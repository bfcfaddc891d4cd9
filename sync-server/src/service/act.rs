//! Acts of people at the console and the command line: signed by the server's key, naming the account's person and post.

use xunge_core::command::{Action, Outcome, Reason, State};
use xunge_core::id::{CommandId, PostId, ReportId};

use super::{Caller, Service};
use crate::ServiceError;

/// A report by its name or its code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReportRef {
    /// By name.
    Id(ReportId),
    /// By the readable code.
    Code(String),
}

impl ReportRef {
    /// Reads 32 hexadecimal digits as a name and everything else as a code.
    pub fn parse(text: &str) -> Self {
        text.trim()
            .parse()
            .map_or_else(|_| Self::Code(text.trim().to_owned()), Self::Id)
    }
}

/// One act at the console.
#[derive(Clone, PartialEq, Debug)]
pub struct ActRequest {
    /// The report.
    pub report: ReportRef,
    /// What is done.
    pub action: Action,
    /// In which post; `None` takes any that may.
    pub post: Option<PostId>,
    /// Why.
    pub reason: Option<Reason>,
    /// Text that goes with it.
    pub text: Option<String>,
    /// The last state-changing command on the screen that the person looked at; `None` takes what stands now.
    pub saw: Option<CommandId>,
    /// Names the act, so that a double click changes nothing; `None` draws a name.
    pub id: Option<CommandId>,
}

/// What became of an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActOutcome {
    /// The command.
    pub command: CommandId,
    /// The report.
    pub report: ReportId,
    /// What came of it.
    pub outcome: Outcome,
    /// Its place in the feed.
    pub seq: u64,
    /// The report's state afterwards; `None` where it has none yet.
    pub state: Option<State>,
}

impl Service {
    /// Does an act for the person of an account or the operator.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] where the caller names no person, [`ServiceError::NotFound`] for an unknown report. A refusal by the
    /// workflow is no error but an outcome.
    pub fn act(&self, caller: &Caller, request: &ActRequest) -> Result<ActOutcome, ServiceError> {
        let (_, _) = (caller, request);
        Err(ServiceError::Forbidden("not served yet"))
    }
}
