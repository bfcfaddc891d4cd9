//! Acts of people at the console and the command line: signed by the server's key, naming the account's person and post.

use std::collections::BTreeSet;

use xunge_core::command::{Action, Command, Outcome, Reason, SignedCommand, State};
use xunge_core::id::{ChangeHash, CommandId, PersonId, PostId, ReportId};
use xunge_core::time::{ClockReading, DeviceTime};

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::decide::Origin;
use crate::ledger::open_report::OpenReport;
use crate::ledger::turn::Turn;

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
    /// The heads of the content on that screen; `None` takes what stands now.
    pub heads: Option<Vec<ChangeHash>>,
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
        let person = match caller {
            Caller::Install { .. } => return Err(ServiceError::Forbidden("installs push their commands")),
            _ => caller
                .person()
                .ok_or(ServiceError::Forbidden("the act must name a person"))?
                .clone(),
        };
        let (feed, report) = self.find(caller, &request.report)?;
        let reading = self.clock.read();
        let now = reading.wall_at;
        let id = request.id.unwrap_or_else(|| self.ledger.draw(CommandId::random));
        let (outcome, done) = self.ledger.write(Some(feed), |tx| {
            let mut turn = Turn::begin(&self.ledger, tx, feed, now)?;
            let mut open = turn.take(report)?.ok_or(ServiceError::NotFound("report"))?;
            if open.is_erased() {
                return Err(ServiceError::Erased);
            }
            let command = self.console_command(&mut turn, &mut open, request, (id, &person), reading)?;
            let outcome = turn.act(&mut open, command)?;
            turn.put(open);
            let done = turn.finish(&caller.audit_name())?;
            Ok((outcome, done))
        })?;
        done.settle(&self.ledger);
        Ok(outcome)
    }

    fn console_command(
        &self,
        turn: &mut Turn<'_>,
        open: &mut OpenReport,
        request: &ActRequest,
        (id, person): (CommandId, &PersonId),
        reading: ClockReading,
    ) -> Result<Command, ServiceError> {
        let story = open.story(&self.ledger, turn.tx)?;
        let version = story.matter.as_ref().map(|matter| matter.version);
        let blobs = turn.tx.blobs_of_reports(turn.feed.no, &[open.row.no])?;
        let stored: BTreeSet<_> = blobs.iter().filter(|b| !b.is_erased).map(|b| b.blob).collect();
        let attachments = if stored.is_empty() {
            Vec::new()
        } else {
            let content = open.content(turn.tx)?;
            let here = content
                .attachments
                .iter()
                .filter(|(_, a)| stored.contains(&a.blob));
            here.map(|(id, _)| *id).collect()
        };
        Ok(Command {
            id,
            report: open.row.report,
            action: request.action.clone(),
            by: person.clone(),
            post: request.post.clone(),
            install: self.ledger.keys.install,
            saw: request.saw.or(version),
            heads: request.heads.clone().unwrap_or_else(|| open.row.heads.clone()),
            attachments,
            reason: request.reason.clone(),
            at: DeviceTime {
                wall_at: reading.wall_at,
                monotonic_ms: reading.monotonic_ms,
                boot: reading.boot,
                server_offset_ms: Some(0),
                server_offset_age_ms: Some(0),
            },
            text: request.text.clone(),
        })
    }
}

impl Turn<'_> {
    /// Signs and decides a command of the server's own; the same name again changes nothing.
    fn act(&mut self, open: &mut OpenReport, command: Command) -> Result<ActOutcome, ServiceError> {
        let known = open.story(self.ledger, self.tx)?.told.iter();
        let mut known = known.filter(|told| told.command.id == command.id);
        let result = match known.next() {
            Some(told) if told.command.action == command.action && told.command.by == command.by => {
                told.result.clone()
            }
            Some(_) => return Err(ServiceError::Conflict("the name is another act's")),
            None => {
                let signed = SignedCommand::sign(&command, &self.ledger.keys.signing);
                let origin = Origin {
                    install: None,
                    is_clock: false,
                };
                let word = self.decide(open, signed, command, origin)?;
                word.result().map_err(|e| ServiceError::Damaged(e.to_string()))?
            }
        };
        Ok(ActOutcome {
            command: result.command,
            report: open.row.report,
            outcome: result.outcome,
            seq: result.seq,
            state: open.matter().map(|matter| matter.state),
        })
    }
}
