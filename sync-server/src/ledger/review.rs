//! The review list: what revoked phones and ended posts sent. It is kept, sealed, until a person takes it in or leaves it aside.

use xunge_core::document::gate::SenderFacts;
use xunge_core::id::ReportId;
use xunge_core::sync::message::{Item, ItemResult};
use xunge_core::time::Timestamp;

use super::content::{Base, Group, judge};
use super::push::{Parsed, Vouched, bytes_of, kind_word};
use super::turn::Turn;
use super::{Ledger, install};
use crate::ServiceError;
use crate::store::{FeedNo, InstallRow, ReviewRow, StoreResult, TrackStanding, WriteTx};

impl Ledger {
    /// Keeps an item for a person to look at; one that is there already changes nothing.
    pub(crate) fn keep_for_review(
        &self,
        tx: &mut dyn WriteTx,
        feed: FeedNo,
        sender: &InstallRow,
        (item, report): (&Item, Option<ReportId>),
        why: &str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let plain = minicbor::to_vec(self.standing_alone(item)).expect("encoding to memory cannot fail");
        let row = ReviewRow {
            number: 0,
            feed,
            install: sender.install,
            person: sender.person.clone(),
            report,
            name: item.name().to_vec(),
            kind: kind_word(item).to_owned(),
            why: why.to_owned(),
            received_at: now,
            body: self.keys.master.seal("review", &item.name(), &plain),
            settled_at: None,
        };
        tx.review_insert(&row)?;
        Ok(())
    }

    /// The item as it can be judged later without what came beside it: a word that a list proved is signed alone.
    fn standing_alone(&self, item: &Item) -> Item {
        let mut item = item.clone();
        if let Item::Replay { event } = &mut item
            && event.result.signature.is_none()
        {
            event.result.signature = Some(Box::new(self.keys.signing.sign("result", &event.result.body)));
        }
        item
    }

    /// Everything that a revoked install pushes goes to the review list; what is there already is said to be there.
    pub(crate) fn push_to_review(
        &self,
        sender: &InstallRow,
        items: &[Item],
        parsed: &[Parsed],
        results: Vec<Option<ItemResult>>,
        now: Timestamp,
    ) -> Result<Vec<ItemResult>, ServiceError> {
        let own = self.read(|tx| Ok(tx.feed(&sender.township)?))?;
        let own = own.ok_or(ServiceError::NotFound("feed"))?;
        self.write(Some(own.no), |tx| {
            let mut answers = Vec::with_capacity(items.len());
            for ((item, parsed), result) in items.iter().zip(parsed).zip(&results) {
                if let (Some(refusal), Parsed::Answered) = (result, parsed) {
                    answers.push(refusal.clone());
                    continue;
                }
                let report = parsed.report_id();
                let feed = match &report {
                    Some(report) => tx.feed_of_report(report)?.unwrap_or(own.no),
                    None => own.no,
                };
                let track = match parsed {
                    Parsed::Track(_) | Parsed::Visit(_) => tx.track_standing(feed, &item.name())?,
                    _ => None,
                };
                let is_here = track == Some(TrackStanding::Held)
                    || !tx.rows_by_name(feed, &[&stored_name(item)])?.is_empty();
                answers.push(if matches!(track, Some(TrackStanding::Deleted(_))) {
                    ItemResult::Expired
                } else if is_here {
                    ItemResult::Duplicate
                } else {
                    self.keep_for_review(tx, feed, sender, (item, report), "revoked", now)?;
                    ItemResult::ReviewList
                });
            }
            let detail = format!("{} items from a revoked install", items.len());
            super::audit::note(
                tx,
                own.no,
                now,
                &format!("install:{}", sender.install),
                "review",
                &detail,
            )?;
            Ok(answers)
        })
    }

    /// Takes an item of the review list in as if it had come in time.
    pub(crate) fn take_reviewed(
        &self,
        turn: &mut Turn<'_>,
        row: &ReviewRow,
    ) -> Result<ItemResult, ServiceError> {
        let bad = || ServiceError::Damaged(format!("review item {}", row.number));
        let plain = self
            .keys
            .master
            .open("review", &row.name, &row.body)
            .map_err(|_| bad())?;
        let item: Item = minicbor::decode(&plain).map_err(|_| bad())?;
        let mut sender = turn
            .tx
            .install(&row.install)?
            .ok_or(ServiceError::NotFound("install"))?;
        match self.parse(&sender, &item, &Vouched::default()) {
            Err(refusal) => Ok(refusal),
            Ok(Parsed::Change(report, is_return)) => {
                let mut group = Group {
                    report,
                    items: vec![0],
                    is_return,
                    judged: None,
                };
                let items = [item];
                let bytes = bytes_of(&items, &group.items);
                let held = turn.tx.reports(turn.feed.no, &[report])?.pop();
                let mut base = match held {
                    Some(row) => Base::of(self, turn.tx, row, true)?,
                    None => Base::none(),
                };
                let facts = SenderFacts {
                    person: sender.person.clone(),
                    actors: install::actors(&sender)?.into_iter().map(|a| a.actor).collect(),
                    person_actors: install::actors_of(turn.tx, &sender.person)?,
                    may_write_words: true,
                    may_add: true,
                };
                judge(&mut group, &bytes, &mut base, &facts)?;
                let (_, prepared) = group.judged.as_ref().ok_or_else(bad)?;
                let results = turn.take_changes(report, &bytes, prepared, &mut sender, is_return)?;
                results.into_iter().next().ok_or_else(bad)
            }
            Ok(Parsed::Person(report)) => match &item {
                Item::Person { id, bytes, .. } => turn.take_person(report, *id, bytes, &sender, true),
                _ => Err(bad()),
            },
            Ok(Parsed::Command(command)) => match &item {
                Item::Command { command: signed } => turn.take_command(signed, &command, &sender, false),
                _ => Err(bad()),
            },
            Ok(Parsed::Replay(replay)) => match &item {
                Item::Replay { event } => turn.take_replay(event, &replay.0, &replay.1),
                _ => Err(bad()),
            },
            Ok(Parsed::Track(segment)) => match &item {
                Item::Track { bytes } => turn.take_track(&segment, bytes, &sender),
                _ => Err(bad()),
            },
            Ok(Parsed::Visit(record)) => match &item {
                Item::Visit { bytes } => turn.take_visit(&record, bytes, &sender),
                _ => Err(bad()),
            },
            Ok(Parsed::Answered) => Err(bad()),
        }
    }
}

/// The name under which the ledger keeps an item.
fn stored_name(item: &Item) -> Vec<u8> {
    match item {
        Item::Change { bytes, .. } | Item::Return { bytes, .. } => {
            xunge_core::document::Document::change_facts(bytes).map_or(Vec::new(), |f| f.hash.0.to_vec())
        }
        Item::Command { command } => command.command().map_or(Vec::new(), |c| c.id.as_bytes().to_vec()),
        Item::Person { id, .. } => id.as_bytes().to_vec(),
        Item::Replay { event } => event
            .command
            .command()
            .map_or(Vec::new(), |c| c.id.as_bytes().to_vec()),
        Item::Track { bytes } | Item::Visit { bytes } => xunge_core::signature::sha256(bytes).to_vec(),
    }
}
