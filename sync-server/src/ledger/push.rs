//! One push: everything that a phone sends in one request, one result for each item.
//!
//! Signatures are checked and changes are judged before the lock; what goes to one feed is stored and decided in one turn. Sending
//! anything again is harmless: changes are named by their hash, commands and person records by their id.

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::command::{COMMAND_BYTES_MAX, Command, CommandResult, Event};
use xunge_core::document::gate::SenderFacts;
use xunge_core::id::{ChangeHash, ReportId, UnitId};
use xunge_core::signature::PublicKey;
use xunge_core::sync::message::{Item, ItemResult, Manifest, RefusedCode, SyncRequest};
use xunge_core::time::Timestamp;

use super::content::{Base, Group, Kind, groups, judge};
use super::take::{check_person, refused};
use super::turn::{Done, Turn};
use super::{Ledger, install, restore, scope};
use crate::ServiceError;
use crate::store::{FeedNo, InstallRow, ManifestRow, ReadTx};

/// An item that is what it says it is.
pub(crate) enum Parsed {
    /// A change; `true` where it is somebody else's, offered back.
    Change(ReportId, bool),
    /// A command whose signature fits.
    Command(Box<Command>),
    /// A person record.
    Person(ReportId),
    /// A result of before a restore whose signature fits.
    Replay(Box<(Command, CommandResult)>),
    /// Answered already.
    Answered,
}

impl Parsed {
    pub(crate) fn report_id(&self) -> Option<ReportId> {
        match self {
            Self::Change(report, _) | Self::Person(report) => Some(*report),
            Self::Command(command) => Some(command.report),
            Self::Replay(replay) => Some(replay.0.report),
            Self::Answered => None,
        }
    }
}

/// Where a report's items go.
#[derive(Clone, PartialEq, Debug)]
enum Place {
    Feed(FeedNo),
    Review(FeedNo),
    Refused(ItemResult),
}

/// Everything that was found out before the lock.
struct Plan {
    groups: Vec<Group>,
    places: BTreeMap<ReportId, Place>,
    may_add: BTreeSet<ReportId>,
    facts: SenderFacts,
}

impl Ledger {
    /// Takes a push in. Durable when it returns.
    pub(crate) fn push(
        &self,
        sender: &InstallRow,
        request: &SyncRequest,
        now: Timestamp,
    ) -> Result<Vec<ItemResult>, ServiceError> {
        let items = &request.items;
        if items.is_empty() {
            return Ok(Vec::new());
        }
        if items.len() > self.limits.sync_items {
            let text = "more items than one push may have";
            return Ok(vec![refused(RefusedCode::TooLarge, text); items.len()]);
        }
        let Some(names) = manifest_names(sender, request) else {
            let text = "the manifest's signature does not fit its items";
            return Ok(vec![refused(RefusedCode::BadSignature, text); items.len()]);
        };
        let mut results: Vec<Option<ItemResult>> = vec![None; items.len()];
        let parsed: Vec<Parsed> = items
            .iter()
            .zip(&mut results)
            .map(|(item, result)| match self.parse(sender, item) {
                Ok(parsed) => parsed,
                Err(refusal) => {
                    *result = Some(refusal);
                    Parsed::Answered
                }
            })
            .collect();
        if sender.revoked_at.is_some() {
            return self.push_to_review(sender, items, &parsed, results, now);
        }
        let plan = self.read(|tx| self.plan(tx, sender, items, &parsed, now))?;
        let mut feeds: BTreeMap<FeedNo, Vec<usize>> = BTreeMap::new();
        for (index, parsed) in parsed.iter().enumerate() {
            match parsed.report_id().and_then(|report| plan.places.get(&report)) {
                Some(Place::Feed(feed) | Place::Review(feed)) => feeds.entry(*feed).or_default().push(index),
                Some(Place::Refused(result)) => results[index] = Some(result.clone()),
                None => {}
            }
        }
        for (feed, indexes) in feeds {
            let push = FeedPush {
                ledger: self,
                request,
                parsed: &parsed,
                plan: &plan,
                names: &names,
                indexes: &indexes,
                now,
            };
            let (answered, done) = self.write(Some(feed), |tx| push.run(tx, feed, sender))?;
            done.settle(self);
            for (index, result) in answered {
                results[index] = Some(result);
            }
        }
        Ok(results
            .into_iter()
            .map(|r| r.unwrap_or_else(|| refused(RefusedCode::Unsupported, "not served")))
            .collect())
    }

    /// Reads one item and checks everything that needs no database.
    pub(crate) fn parse(&self, sender: &InstallRow, item: &Item) -> Result<Parsed, ItemResult> {
        match item {
            Item::Change { report, bytes } | Item::Return { report, bytes } => {
                if bytes.len() > self.limits.change_bytes {
                    return Err(refused(RefusedCode::TooLarge, "the change is too large"));
                }
                Ok(Parsed::Change(*report, matches!(item, Item::Return { .. })))
            }
            Item::Command { command } => {
                if command.body.len() > COMMAND_BYTES_MAX {
                    return Err(refused(RefusedCode::TooLarge, "the command is too large"));
                }
                let read = command
                    .command()
                    .map_err(|e| refused(RefusedCode::Malformed, e))?;
                if read.install != sender.install || read.by != sender.person {
                    return Err(refused(RefusedCode::NotYours, "the command names another author"));
                }
                let fits = match (&command.signature, PublicKey::from_slice(&sender.public_key)) {
                    (Some(signature), Ok(key)) => key.verify("command", &command.body, signature).is_ok(),
                    _ => false,
                };
                if !fits {
                    return Err(refused(
                        RefusedCode::BadSignature,
                        "the command's signature does not fit",
                    ));
                }
                Ok(Parsed::Command(Box::new(read)))
            }
            Item::Person { id, report, bytes } => {
                check_person(*report, *id, bytes, self.limits.person_record_bytes)?;
                Ok(Parsed::Person(*report))
            }
            Item::Replay { event } => self.parse_replay(event),
            Item::Track { .. } => Err(refused(RefusedCode::Unsupported, "patrols are not served")),
        }
    }

    /// A word that this server gave before a restore vouches for its command.
    fn parse_replay(&self, event: &Event) -> Result<Parsed, ItemResult> {
        let malformed = |e: minicbor::decode::Error| refused(RefusedCode::Malformed, e);
        let result = event.result.result().map_err(malformed)?;
        let command = event.command.command().map_err(malformed)?;
        let key = self.keys.signing.public();
        let fits = key
            .verify("result", &event.result.body, &event.result.signature)
            .is_ok()
            && result.body_hash == event.command.hash()
            && result.command == command.id;
        if !fits {
            return Err(refused(
                RefusedCode::BadSignature,
                "the result is not this server's",
            ));
        }
        Ok(Parsed::Replay(Box::new((command, result))))
    }

    /// Finds the feeds, judges the changes.
    fn plan(
        &self,
        tx: &mut dyn ReadTx,
        sender: &InstallRow,
        items: &[Item],
        parsed: &[Parsed],
        now: Timestamp,
    ) -> Result<Plan, ServiceError> {
        let mut plan = Plan {
            groups: groups(&kinds(parsed)),
            places: BTreeMap::new(),
            may_add: BTreeSet::new(),
            facts: SenderFacts {
                person: sender.person.clone(),
                actors: install::actors(sender)?.into_iter().map(|a| a.actor).collect(),
                person_actors: install::actors_of(tx, &sender.person)?,
                may_write_words: true,
                may_add: true,
            },
        };
        let mut bases = BTreeMap::new();
        for report in parsed
            .iter()
            .filter_map(Parsed::report_id)
            .collect::<BTreeSet<_>>()
        {
            if let Some(feed) = tx.feed_of_report(&report)? {
                let base = Base::read(self, tx, feed, report)?;
                if self.may_add(tx, sender, feed, &base, now)? {
                    plan.may_add.insert(report);
                }
                plan.places.insert(report, Place::Feed(feed));
                bases.insert(report, base);
            }
        }
        let mut groups = std::mem::take(&mut plan.groups);
        for group in &mut groups {
            let base = bases.entry(group.report).or_insert_with(Base::none);
            let facts = SenderFacts {
                may_add: base.row.is_none() || plan.may_add.contains(&group.report),
                ..plan.facts.clone()
            };
            judge(group, &bytes_of(items, &group.items), base, &facts)?;
            if !plan.places.contains_key(&group.report) {
                let place = self.place(tx, sender, group, now)?;
                plan.places.insert(group.report, place);
                plan.may_add.insert(group.report);
            }
        }
        plan.groups = groups;
        let own = tx.feed(&sender.township)?.map(|feed| feed.no);
        for report in parsed.iter().filter_map(Parsed::report_id) {
            // Commands and people of a report that nobody has heard of wait in the sender's own feed for its content.
            if let (false, Some(own)) = (plan.places.contains_key(&report), own) {
                plan.places.insert(report, Place::Feed(own));
            }
        }
        Ok(plan)
    }

    fn may_add(
        &self,
        tx: &mut dyn ReadTx,
        sender: &InstallRow,
        feed: FeedNo,
        base: &Base,
        now: Timestamp,
    ) -> Result<bool, ServiceError> {
        let (Some(row), Some(feed)) = (&base.row, tx.feed_by_no(feed)?) else {
            return Ok(true);
        };
        let grants = tx.grants(feed.no, &[row.no])?;
        let scope = self.scope(tx, &sender.person, &feed, now)?;
        Ok(scope.sees_since(row, &grants).is_some())
    }

    /// Where a new report goes: into the feed that it names if its reporter has a post there, onto the review list if he had one.
    fn place(
        &self,
        tx: &mut dyn ReadTx,
        sender: &InstallRow,
        group: &Group,
        now: Timestamp,
    ) -> Result<Place, ServiceError> {
        let named = group.judged.as_ref().and_then(|(_, p)| p.content.as_ref());
        let township = named.map_or(&sender.township, |content| &content.township);
        let Some(feed) = tx.feed(township)? else {
            let text = "this server keeps no such township";
            return Ok(Place::Refused(refused(RefusedCode::WrongFeed, text)));
        };
        let all: Vec<UnitId> = tx.feeds()?.into_iter().map(|f| f.unit).collect();
        let (_, directory) = self.directory(tx)?;
        if group.is_return || scope::feeds_of(&directory, &sender.person, &all, now).contains(&feed.unit) {
            return Ok(Place::Feed(feed.no));
        }
        let had = feed.unit == sender.township || install::feeds(sender)?.contains(&feed.unit);
        Ok(if had {
            Place::Review(feed.no)
        } else {
            Place::Refused(refused(
                RefusedCode::OutOfScope,
                "the sender holds no post in this township",
            ))
        })
    }
}

/// The items of one push that go to one feed.
struct FeedPush<'a> {
    ledger: &'a Ledger,
    request: &'a SyncRequest,
    parsed: &'a [Parsed],
    plan: &'a Plan,
    names: &'a [u8],
    indexes: &'a [usize],
    now: Timestamp,
}

type Answered = Vec<(usize, ItemResult)>;

impl FeedPush<'_> {
    fn run(
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
        match report.and_then(|r| self.plan.places.get(&r)) {
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
                Some(open) if open.row.changes > 0 && !open.is_erased() => {
                    Some(xunge_core::document::gate::Snapshot::of(&open.document(turn.tx)?))
                }
                _ => None,
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
            .filter_map(|(i, b)| Some((*i, xunge_core::document::Document::change_facts(b).ok()?)))
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

fn kinds(parsed: &[Parsed]) -> Vec<(usize, ReportId, Kind)> {
    let kind = |parsed: &Parsed| match parsed {
        Parsed::Change(report, false) => Some((*report, Kind::Change)),
        Parsed::Change(report, true) => Some((*report, Kind::Return)),
        Parsed::Command(command) => Some((command.report, Kind::Command)),
        _ => None,
    };
    let numbered = parsed.iter().enumerate();
    numbered
        .filter_map(|(i, p)| kind(p).map(|(report, kind)| (i, report, kind)))
        .collect()
}

/// The bytes of the changes at these places.
pub(crate) fn bytes_of<'a>(items: &'a [Item], indexes: &[usize]) -> Vec<&'a [u8]> {
    let bytes = |i: &usize| match &items[*i] {
        Item::Change { bytes, .. } | Item::Return { bytes, .. } => &bytes[..],
        _ => &[],
    };
    indexes.iter().map(bytes).collect()
}

/// The names of a push's items, one after the other, if the install signed them.
pub(crate) fn manifest_names(sender: &InstallRow, request: &SyncRequest) -> Option<Vec<u8>> {
    let seal = request.manifest?;
    let names: Vec<ChangeHash> = request.items.iter().map(|i| ChangeHash(i.name())).collect();
    let plain = names.iter().flat_map(|n| n.0).collect();
    let manifest = Manifest {
        install: sender.install,
        names,
        at: seal.at,
    };
    let bytes = minicbor::to_vec(&manifest).expect("encoding to memory cannot fail");
    let key = PublicKey::from_slice(&sender.public_key).ok()?;
    key.verify("manifest", &bytes, &seal.signature).ok()?;
    Some(plain)
}

/// The kind of a pushed item in words, for the review list.
pub(crate) fn kind_word(item: &Item) -> &'static str {
    match item {
        Item::Change { .. } | Item::Return { .. } => "change",
        Item::Command { .. } => "command",
        Item::Person { .. } => "person",
        Item::Track { .. } => "track",
        Item::Replay { .. } => "replay",
    }
}
