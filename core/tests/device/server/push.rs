//! What the little server makes of a push: one result per item.

use xunge_core::command::{Command, CommandResult, Event, SignedCommand, Word};
use xunge_core::document::Document;
use xunge_core::document::gate::{self, SenderFacts, Verdict};
use xunge_core::draft::{self, SubmitKind};
use xunge_core::id::{CommandId, ReportId};
use xunge_core::sync::message::*;
use xunge_core::sync::vouch::Vouch;
use xunge_core::time::Timestamp;
use xunge_core::workflow::{self, Applied, DecisionContext};

use super::{Held, Install, Server, State};
use crate::world::unit;

impl Server {
    pub(super) fn item(&self, state: &mut State, install: &Install, item: &Item) -> ItemResult {
        match item {
            Item::Change { report, bytes } | Item::Return { report, bytes } => self.change(
                state,
                install,
                *report,
                bytes,
                matches!(item, Item::Return { .. }),
            ),
            Item::Command { command } => self.command(state, install, command),
            Item::Person { id, report, bytes } => {
                let held = state.kept.reports.entry(*report).or_default();
                if held.people.insert(*id, bytes.to_vec()).is_some() {
                    return ItemResult::Duplicate;
                }
                state.kept.rows.push(Payload::Person {
                    id: *id,
                    report: *report,
                    bytes: bytes.clone(),
                });
                ItemResult::Stored
            }
            Item::Track { bytes } => self.track(state, install, bytes),
            Item::Visit { bytes } => self.visit(state, bytes),
            Item::Replay { event } => self.replay(state, event),
        }
    }

    pub(super) fn change(
        &self,
        state: &mut State,
        install: &Install,
        report: ReportId,
        bytes: &[u8],
        is_returned: bool,
    ) -> ItemResult {
        let held = state.kept.reports.entry(report).or_default();
        let sender = SenderFacts {
            person: install.person.clone(),
            actors: install.actors.clone(),
            person_actors: install.actors.clone(),
            may_write_words: true,
            may_add: true,
        };
        let prepared = if is_returned {
            gate::check_incoming(report, held.snapshot.as_ref(), &[bytes])
        } else {
            gate::prepare(report, held.snapshot.as_ref(), &[bytes], &sender)
        }
        .unwrap();
        match &prepared.verdicts[0] {
            Verdict::Accepted { .. } => {
                held.snapshot = prepared.snapshot;
                held.changes.push(bytes.to_vec());
                state.kept.rows.push(Payload::Change {
                    report,
                    bytes: bytes.to_vec().into(),
                });
                ItemResult::Stored
            }
            Verdict::Duplicate { .. } => ItemResult::Duplicate,
            Verdict::MissingDeps { hashes } => ItemResult::MissingDeps {
                hashes: hashes.clone(),
            },
            Verdict::RotateActor => {
                let used = Document::change_facts(bytes).unwrap().actor;
                let spare = install
                    .spares
                    .iter()
                    .rev()
                    .find(|spare| spare.actor != used)
                    .unwrap();
                ItemResult::RotateActor {
                    actor: spare.actor,
                    tag: Some(spare.tag.clone()),
                }
            }
            Verdict::Refused(refusal) => ItemResult::Refused {
                code: RefusedCode::NotAllowed,
                text: refusal.to_string(),
            },
        }
    }

    pub(super) fn command(&self, state: &mut State, install: &Install, signed: &SignedCommand) -> ItemResult {
        let command: Command = signed.command().unwrap();
        let signature = signed.signature.expect("pushed commands are signed");
        assert_eq!(install.key.verify("command", &signed.body, &signature), Ok(()));
        let held = state.kept.reports.entry(command.report).or_default();
        let same = |event: &&Event| event.result.result().unwrap().command == command.id;
        if let Some(event) = held.events.iter().find(same) {
            return ItemResult::Decided {
                result: event.result.clone(),
            };
        }
        let document = held.snapshot.as_ref().map(|s| Document::load(&s.bytes).unwrap());
        let missing: Vec<_> = command
            .heads
            .iter()
            .copied()
            .filter(|head| document.as_ref().is_none_or(|document| !document.has(*head)))
            .collect();
        if !missing.is_empty() {
            return ItemResult::MissingDeps { hashes: missing };
        }
        let decision = self.weigh(&command, held, document.as_ref(), state.now_ms);
        let result = CommandResult {
            command: command.id,
            body_hash: signed.hash(),
            feed: unit("T1"),
            seq: state.kept.rows.len() as u64 + 1,
            generation: state.kept.generation.unwrap(),
            received_at: Timestamp(state.now_ms),
            outcome: decision.outcome,
            heads: held
                .snapshot
                .as_ref()
                .map(|s| s.heads.clone())
                .unwrap_or_default(),
            effect: decision.effect,
        };
        held.matter = workflow::apply(held.matter.take(), &command, &Applied::from(&result));
        let result = Word::new(&result);
        let event = Event {
            command: SignedCommand {
                body: signed.body.clone(),
                signature: None,
            },
            result: result.clone(),
        };
        held.events.push(event.clone());
        state.kept.rows.push(Payload::Event {
            report: command.report,
            event,
        });
        ItemResult::Decided { result }
    }

    pub(super) fn weigh(
        &self,
        command: &Command,
        held: &Held,
        document: Option<&Document>,
        now_ms: i64,
    ) -> workflow::Decision {
        let received_at = Timestamp(now_ms);
        let township = unit("T1");
        let content = document.and_then(|document| document.content().ok());
        let facts =
            content.map(|content| draft::facts(&content, &self.directory, received_at, SubmitKind::Submit));
        let covered = document.is_none_or(|document| {
            document
                .uncovered(&command.heads)
                .iter()
                .all(|facts| !facts.touches_words)
        });
        let results: Vec<CommandResult> = held.events.iter().map(|e| e.result.result().unwrap()).collect();
        let known = |id: &CommandId| results.iter().find(|r| r.command == *id).map(|r| r.outcome);
        let context = DecisionContext {
            content: facts.as_ref(),
            are_heads_covered: covered,
            known: &known,
            ..DecisionContext::new(&self.directory, &township, received_at)
        };
        workflow::decide(held.matter.as_ref(), command, &context)
    }

    /// A word that this server gave before its restore: it stands again.
    pub(super) fn replay(&self, state: &mut State, event: &Event) -> ItemResult {
        let command = event.command.command().unwrap();
        let result = event.result.result().unwrap();
        let public = self.key.public();
        let lists = state.last_request.iter().flat_map(|request| &request.vouches);
        let mut words = lists
            .filter(|list| list.is_signed_by(&public))
            .flat_map(Vouch::words);
        assert!(
            words.any(|word| word == event.result.hash()),
            "a word that a list proves"
        );
        let held = state.kept.reports.entry(command.report).or_default();
        if held
            .events
            .iter()
            .any(|e| e.result.result().unwrap().command == command.id)
        {
            return ItemResult::Duplicate;
        }
        held.matter = workflow::apply(held.matter.take(), &command, &Applied::from(&result));
        held.events.push(event.clone());
        state.kept.rows.push(Payload::Event {
            report: command.report,
            event: event.clone(),
        });
        ItemResult::Stored
    }
}
