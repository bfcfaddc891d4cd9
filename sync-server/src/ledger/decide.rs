//! Deciding commands: core's workflow on the ledger's facts, one after the other in the township's order.

use xunge_core::command::{Action, Command, CommandResult, Event, Outcome, SignedCommand, State, Word};
use xunge_core::draft::SubmitKind;
use xunge_core::id::{ChangeHash, CommandId};
use xunge_core::workflow::{DecisionContext, Matter, decide};

use super::open_report::{OpenReport, SUMMARY};
use super::story::Told;
use super::turn::{NewRow, Turn};
use super::{project, scope};
use crate::ServiceError;
use crate::store::{InstallNo, RowKind, flag};

/// Where a command comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Origin {
    /// The install that sent it; `None` for the server's own.
    pub(crate) install: Option<InstallNo>,
    /// Whether the server's clock wrote it, not a person.
    pub(crate) is_clock: bool,
}

impl Turn<'_> {
    /// Decides a command on a report and appends it with the word on it.
    pub(crate) fn decide(
        &mut self,
        open: &mut OpenReport,
        signed: SignedCommand,
        command: Command,
        origin: Origin,
    ) -> Result<Word, ServiceError> {
        let decision = self.weigh(open, &command, origin)?;
        let result = CommandResult {
            command: command.id,
            body_hash: signed.hash(),
            feed: self.feed.unit.clone(),
            seq: self.next_seq(),
            generation: self.ledger.generation,
            received_at: self.now,
            outcome: decision.outcome,
            heads: open.row.heads.clone(),
            effect: decision.effect,
        };
        let word = Word::new(&result);
        self.append_event(open, signed, word.clone(), (command, result), origin.install)?;
        Ok(word)
    }

    /// What the workflow says.
    fn weigh(
        &mut self,
        open: &mut OpenReport,
        command: &Command,
        origin: Origin,
    ) -> Result<xunge_core::workflow::Decision, ServiceError> {
        open.story(self.ledger, self.tx)?;
        self.refresh_facts(open, &command.action)?;
        let content = (open.row.changes > 0).then(|| open.summary.facts(&open.row));
        let are_heads_covered = !self.has_uncovered(open, &command.heads)?;
        let approved = open.matter().and_then(|m| m.approved_heads.clone());
        let has_uncovered_changes = match approved {
            Some(heads) => self.has_uncovered(open, &heads)?,
            None => false,
        };
        let other_state = self.other_state(&command.action)?;
        let directory = std::sync::Arc::clone(&self.directory);
        let township = self.feed.unit.clone();
        let is_erased = open.is_erased();
        let now = self.now;
        let story = open.story(self.ledger, self.tx)?;
        let known = |id: &CommandId| story.known.get(id).copied();
        let context = DecisionContext {
            content: content.as_ref(),
            are_heads_covered,
            has_uncovered_changes,
            is_by_server: origin.is_clock,
            is_erased,
            known: &known,
            other_state,
            ..DecisionContext::new(&directory, &township, now)
        };
        Ok(decide(story.matter.as_ref(), command, &context))
    }

    /// A submission is checked against the directory of now, so the facts of the content are read again.
    fn refresh_facts(&mut self, open: &mut OpenReport, action: &Action) -> Result<(), ServiceError> {
        let kind = match action {
            Action::Submit { .. } => SubmitKind::Submit,
            Action::Settle { .. } => SubmitKind::Settle,
            _ => return Ok(()),
        };
        if open.row.changes == 0 || open.is_erased() {
            return Ok(());
        }
        let (directory, now) = (std::sync::Arc::clone(&self.directory), self.now);
        let content = open.content(self.tx)?;
        let summary = project::summary(content, &directory, now, kind);
        self.keep_summary(open, summary);
        Ok(())
    }

    /// Keeps a summary in the report's row.
    pub(crate) fn keep_summary(&mut self, open: &mut OpenReport, summary: super::open_report::Summary) {
        if let Some(key) = &open.key
            && (summary != open.summary || open.row.summary.is_empty())
        {
            let plain = minicbor::to_vec(&summary).expect("encoding to memory cannot fail");
            open.row.summary = key.seal(SUMMARY, open.row.report.as_bytes(), &plain);
            open.summary = summary;
        }
    }

    /// Whether some change of the reporter's words or pictures lies outside these heads.
    pub(crate) fn has_uncovered(
        &mut self,
        open: &OpenReport,
        heads: &[ChangeHash],
    ) -> Result<bool, ServiceError> {
        if open.row.heads.iter().all(|head| heads.contains(head)) || open.is_erased() {
            return Ok(false);
        }
        let reporter = self.actors_of(&open.row.reporter)?;
        let later = open.document(self.tx)?.uncovered(heads);
        Ok(later
            .iter()
            .any(|c| c.touches_words || (c.touches_attachments && reporter.contains(&c.actor))))
    }

    fn other_state(&mut self, action: &Action) -> Result<Option<State>, ServiceError> {
        let Action::Merge { into } = action else {
            return Ok(None);
        };
        let Some(other) = self.take(*into)? else {
            return Ok(None);
        };
        let state = other
            .row
            .scope
            .is_some()
            .then(|| project::state_of(other.row.state));
        self.put(other);
        Ok(state)
    }

    /// Appends a command with the word on it, and moves everything that follows from it.
    pub(crate) fn append_event(
        &mut self,
        open: &mut OpenReport,
        signed: SignedCommand,
        mut word: Word,
        (command, result): (Command, CommandResult),
        install: Option<InstallNo>,
    ) -> Result<(), ServiceError> {
        open.story(self.ledger, self.tx)?;
        let is_known = open.story(self.ledger, self.tx)?.known.contains_key(&command.id);
        if !is_known {
            open.row.digest.add(&signed.hash());
        }
        word.cut(&signed);
        let event = Event {
            command: signed,
            result: word,
        };
        let plain = minicbor::to_vec(&event).expect("encoding to memory cannot fail");
        let body = open.sealed(RowKind::Event, command.id.as_bytes(), &plain);
        let row = NewRow {
            kind: RowKind::Event,
            name: Some(command.id.as_bytes().to_vec()),
            install,
            moved_from: None,
            body,
        };
        let seq = self.append(open, row);
        open.row.events += 1;
        let is_accepted = matches!(result.outcome, Outcome::Accepted);
        open.tell(Told {
            command: command.clone(),
            result,
            seq,
        });
        if is_accepted {
            self.project(open, seq)?;
            if command.action == Action::Withdraw {
                self.end_sight(open)?;
            }
            self.grant_by_merge(open, &command.action)?;
            self.note_visit(open, &command)?;
        }
        Ok(())
    }

    /// A report that was handed in at a key place shows that somebody was there.
    fn note_visit(&mut self, open: &mut OpenReport, command: &Command) -> Result<(), ServiceError> {
        let is_opening = matches!(command.action, Action::Submit { .. } | Action::Settle { .. });
        let has_places = self.directory.key_places(self.now).next().is_some();
        if !is_opening || !has_places || open.is_erased() || open.row.changes == 0 {
            return Ok(());
        }
        match open.content(self.tx)?.place {
            Some(claim) => self.visit_by_report(command.report, &claim, &command.at),
            None => Ok(()),
        }
    }

    /// Writes what the matter says now into the report's row, and grants what it asks for.
    pub(crate) fn project(&mut self, open: &mut OpenReport, seq: u64) -> Result<(), ServiceError> {
        let Some(matter) = open.matter().cloned() else {
            return Ok(());
        };
        if let Some(before) = project::matter(&mut open.row, &matter, &self.directory, self.now, seq) {
            self.mark_moved(before);
        }
        self.project_amended(open, &matter)?;
        for holder in self.holders(&matter) {
            self.grant(open, holder, seq)?;
        }
        Ok(())
    }

    /// Whether the reporter changed what was approved.
    pub(crate) fn project_amended(
        &mut self,
        open: &mut OpenReport,
        matter: &Matter,
    ) -> Result<(), ServiceError> {
        let uncovered = match &matter.approved_heads {
            Some(heads) => self.has_uncovered(open, heads)?,
            None => false,
        };
        let is_amended = matter.is_amended(uncovered);
        project::set(&mut open.row.flags, flag::AMENDED, is_amended);
        Ok(())
    }

    /// Who reported a merged matter follows the one that goes on.
    fn grant_by_merge(&mut self, open: &OpenReport, action: &Action) -> Result<(), ServiceError> {
        let Action::Merge { into } = action else {
            return Ok(());
        };
        let Some(mut other) = self.take(*into)? else {
            return Ok(());
        };
        if other.row.reporter != open.row.reporter {
            let row = NewRow {
                kind: RowKind::Grant,
                name: None,
                install: None,
                moved_from: None,
                body: None,
            };
            let seq = self.append(&mut other, row);
            let holder = scope::person_holder(&open.row.reporter);
            self.grant(&other, holder, seq)?;
        }
        self.put(other);
        Ok(())
    }
}
