//! The part of a push that goes to one feed: taken in within one turn, in the order of the items.

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::command::{Command, CommandResult};
use xunge_core::document::Document;
use xunge_core::document::gate::SenderFacts;
use xunge_core::id::{ChangeHash, ReportId};
use xunge_core::sync::message::{Item, ItemResult, SyncRequest};
use xunge_core::time::Timestamp;

use super::content::{Base, Group, judge};
use super::plan::{Place, Plan};
use super::push::{Parsed, bytes_of};
use super::turn::{Done, Turn};
use super::{Ledger, restore};
use crate::ServiceError;
use crate::store::{FeedNo, InstallRow, ManifestRow};

/// The items of one push that go to one feed.
pub(crate) struct FeedPush<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) request: &'a SyncRequest,
    pub(crate) parsed: &'a [Parsed],
    pub(crate) plan: &'a Plan,
    pub(crate) names: &'a [u8],
    pub(crate) indexes: &'a [usize],
    pub(crate) now: Timestamp,
}

pub(crate) type Answered = Vec<(usize, ItemResult)>;

impl FeedPush<'_> {
    pub(crate) fn run(
        &self,
        tx: &mut dyn crate::store::WriteTx,
        feed: FeedNo,
        sender: &InstallRow,
    ) -> Result<(Answered, Done), ServiceError> {
        let mut sender = tx
            .install(&sender.install)?
            .filter(|row| row.revoked_at.is_none())
            .ok_or(ServiceError::Revoked)?;
        let mut turn = Turn::begin(self.ledger, tx, feed, self.now)?;
        self.look_up(&mut turn)?;
        let restores = restore::restores(turn.tx, feed)?;
        let position = self.request.feeds.iter().find(|p| p.feed == turn.feed.unit);
        let is_stale = position.is_some_and(|p| p.generation.is_some_and(|g| g != self.ledger.generation));
        let is_behind = restore::is_recent(&restores, self.now);
        let mut answered = Vec::with_capacity(self.indexes.len());
        let mut groups = self.groups_here(feed);
        if self
            .indexes
            .iter()
            .any(|i| matches!(self.parsed[*i], Parsed::Replay(_)))
        {
            self.take_returns(&mut turn, &mut groups, &mut sender, &mut answered)?;
            self.take_replays(&mut turn, &mut answered)?;
        }
        for index in self.indexes {
            if answered.iter().any(|(done, _)| done == index) {
                continue;
            }
            if let Some(result) = self.review(&mut turn, *index, &sender)? {
                answered.push((*index, result));
                continue;
            }
            match &self.parsed[*index] {
                Parsed::Change(..) => {
                    let place = groups.iter().position(|g| g.items.contains(index));
                    if let Some(place) = place {
                        let group = groups.remove(place);
                        self.take_group(&mut turn, group, &mut sender, &mut answered)?;
                    }
                }
                _ => {
                    let result = self.take_item(&mut turn, *index, &sender, is_stale, is_behind)?;
                    answered.extend(result.map(|r| (*index, r)));
                }
            }
        }
        self.keep_manifest(&mut turn, &sender)?;
        let done = turn.finish(&format!("install:{}", sender.install))?;
        Ok((answered, done))
    }

    /// Has the turn read at once what the items ask for one after the other.
    fn look_up(&self, turn: &mut Turn<'_>) -> Result<(), ServiceError> {
        let here = self.indexes.iter().map(|index| &self.parsed[*index]);
        let reports: BTreeSet<ReportId> = here.filter_map(Parsed::report_id).collect();
        let names: Vec<&[u8]> = self
            .indexes
            .iter()
            .filter_map(
                |index| match (&self.parsed[*index], &self.request.items[*index]) {
                    (Parsed::Command(command), _) => Some(&command.id.as_bytes()[..]),
                    (Parsed::Person(_), Item::Person { id, .. }) => Some(&id.as_bytes()[..]),
                    _ => None,
                },
            )
            .collect();
        turn.look_up(&reports.into_iter().collect::<Vec<_>>(), &names)
    }

    fn groups_here(&self, feed: FeedNo) -> Vec<Group> {
        let is_here = |g: &&Group| self.plan.places.get(&g.report) == Some(&Place::Feed(feed));
        self.plan.groups.iter().filter(is_here).cloned().collect()
    }

    fn review(
        &self,
        turn: &mut Turn<'_>,
        index: usize,
        sender: &InstallRow,
    ) -> Result<Option<ItemResult>, ServiceError> {
        let report = self.parsed[index].report_id();
        match self.plan.place(index, &self.parsed[index]) {
            Some(Place::Review(feed)) => {
                let item = &self.request.items[index];
                turn.ledger.keep_for_review(
                    turn.tx,
                    *feed,
                    sender,
                    (item, report),
                    "post_ended",
                    self.now,
                )?;
                Ok(Some(ItemResult::ReviewList))
            }
            _ => Ok(None),
        }
    }

    fn take_group(
        &self,
        turn: &mut Turn<'_>,
        mut group: Group,
        sender: &mut InstallRow,
        answered: &mut Answered,
    ) -> Result<(), ServiceError> {
        let bytes = bytes_of(&self.request.items, &group.items);
        let held = turn.take(group.report)?;
        let changes = held.as_ref().map_or(0, |open| open.row.changes);
        let is_fresh = group.judged.as_ref().is_some_and(|(upon, _)| *upon == changes);
        if !is_fresh {
            // Somebody else was faster, or an earlier group of this push fell away: look again upon what stands now.
            let snapshot = match &held {
                Some(open) => open.snapshot(self.ledger, turn.tx)?,
                None => None,
            };
            let mut base = Base {
                row: held.as_ref().map(|open| open.row.clone()),
                snapshot,
                changes,
            };
            let facts = SenderFacts {
                may_add: held.is_none() || self.plan.may_add.contains(&group.report),
                ..self.plan.facts.clone()
            };
            judge(&mut group, &bytes, &mut base, &facts)?;
        }
        if let Some(open) = held {
            turn.put(open);
        }
        let Some((_, prepared)) = &group.judged else {
            return Ok(());
        };
        let results = turn.take_changes(group.report, &bytes, prepared, sender, group.is_return)?;
        answered.extend(group.items.iter().copied().zip(results));
        Ok(())
    }

    /// After a restore: contents first, so that the replayed words find their reports.
    fn take_returns(
        &self,
        turn: &mut Turn<'_>,
        groups: &mut Vec<Group>,
        sender: &mut InstallRow,
        answered: &mut Answered,
    ) -> Result<(), ServiceError> {
        let mut vouched = self.vouched_heads();
        let mut seen = BTreeSet::new();
        let mut later = Vec::new();
        for mut group in std::mem::take(groups) {
            if group.is_return {
                let outsiders = self.keep_vouched(turn, &mut group, &mut vouched)?;
                answered.extend(outsiders.into_iter().map(|i| (i, ItemResult::ReviewList)));
                if !group.items.is_empty() {
                    self.take_group(turn, group, sender, answered)?;
                }
            } else if seen.insert(group.report) && self.is_before_commands(&group) {
                self.take_group(turn, group, sender, answered)?;
            } else {
                later.push(group);
            }
        }
        *groups = later;
        Ok(())
    }

    fn is_before_commands(&self, group: &Group) -> bool {
        let first = self
            .parsed
            .iter()
            .position(|p| matches!(p, Parsed::Command(command) if command.report == group.report));
        let last = group.items.last().copied().unwrap_or(0);
        first.is_none_or(|first| last < first)
    }

    /// The heads that this server's own words name: a change at or below one of them is what it was, since hashes cover what lies below.
    fn vouched_heads(&self) -> BTreeMap<ReportId, BTreeSet<ChangeHash>> {
        let mut heads: BTreeMap<ReportId, BTreeSet<ChangeHash>> = BTreeMap::new();
        for parsed in self.parsed {
            if let Parsed::Replay(replay) = parsed {
                let (command, result) = &**replay;
                heads.entry(command.report).or_default().extend(&result.heads);
            }
        }
        heads
    }

    /// Leaves in a group of others' changes only what the server's own words vouch for; gives back the rest.
    fn keep_vouched(
        &self,
        turn: &mut Turn<'_>,
        group: &mut Group,
        heads: &mut BTreeMap<ReportId, BTreeSet<ChangeHash>>,
    ) -> Result<Vec<usize>, ServiceError> {
        let vouched = heads.entry(group.report).or_default();
        if let Some(mut open) = turn.take(group.report)? {
            let story = open.story(turn.ledger, turn.tx)?;
            vouched.extend(story.told.iter().flat_map(|t| t.result.heads.iter().copied()));
            turn.put(open);
        }
        let bytes = bytes_of(&self.request.items, &group.items);
        let mut facts: Vec<_> = group
            .items
            .iter()
            .zip(bytes)
            .filter_map(|(i, b)| Some((*i, Document::change_facts(b).ok()?)))
            .collect();
        let mut kept = BTreeSet::new();
        // Each round reaches at least one change deeper, or nothing more is reached.
        while let Some(place) = facts.iter().position(|(_, f)| vouched.contains(&f.hash)) {
            let (index, fact) = facts.swap_remove(place);
            vouched.extend(fact.deps);
            kept.insert(index);
        }
        let (inside, outside) = group.items.iter().copied().partition(|i| kept.contains(i));
        group.items = inside;
        if !outside.is_empty() {
            group.judged = None;
        }
        Ok(outside)
    }

    fn take_replays(&self, turn: &mut Turn<'_>, answered: &mut Answered) -> Result<(), ServiceError> {
        let mut replays: Vec<(usize, &(Command, CommandResult))> = self
            .indexes
            .iter()
            .filter_map(|i| match &self.parsed[*i] {
                Parsed::Replay(replay) => Some((*i, &**replay)),
                _ => None,
            })
            .collect();
        replays.sort_by_key(|(_, (_, result))| result.order());
        for (index, (command, result)) in replays {
            if let Item::Replay { event } = &self.request.items[index] {
                let answer = turn.take_replay(event, command, result)?;
                answered.push((index, answer));
            }
        }
        Ok(())
    }

    fn take_item(
        &self,
        turn: &mut Turn<'_>,
        index: usize,
        sender: &InstallRow,
        is_stale: bool,
        is_behind: bool,
    ) -> Result<Option<ItemResult>, ServiceError> {
        Ok(match (&self.parsed[index], &self.request.items[index]) {
            (Parsed::Person(report), Item::Person { id, bytes, .. }) => {
                let may_add = self.plan.may_add.contains(report);
                Some(turn.take_person(*report, *id, bytes, sender, may_add)?)
            }
            (Parsed::Command(command), Item::Command { command: signed }) if is_stale => {
                // The phone does not know of the restore yet: nothing new is decided before it has offered again what was lost.
                let mut known = None;
                if let Some(mut open) = turn.take(command.report)? {
                    known = turn.known_command(&mut open, signed, command)?;
                    turn.put(open);
                }
                Some(known.unwrap_or(ItemResult::MissingDeps { hashes: Vec::new() }))
            }
            (Parsed::Command(command), Item::Command { command: signed }) => {
                Some(turn.take_command(signed, command, sender, is_behind)?)
            }
            (Parsed::Track(segment), Item::Track { bytes }) => Some(turn.take_track(segment, bytes, sender)?),
            (Parsed::Visit(record), Item::Visit { bytes }) => Some(turn.take_visit(record, bytes, sender)?),
            _ => None,
        })
    }

    fn keep_manifest(&self, turn: &mut Turn<'_>, sender: &InstallRow) -> Result<(), ServiceError> {
        let Some(seal) = self.request.manifest.filter(|_| turn.has_rows()) else {
            return Ok(());
        };
        let manifest = ManifestRow {
            feed: turn.feed.no,
            install: sender.no,
            received_at: self.now,
            at: minicbor::to_vec(seal.at).expect("encoding to memory cannot fail"),
            names: self.names.to_vec(),
            signature: seal.signature.bytes.to_vec(),
        };
        turn.tx.manifest_insert(&manifest)?;
        Ok(())
    }
}
