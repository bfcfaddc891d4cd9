//! One push: everything that a phone sends in one request, one result for each item.
//!
//! Signatures are checked and changes are judged before the lock; what goes to one feed is stored and decided in one turn. Sending
//! anything again is harmless: changes are named by their hash, commands and person records by their id.

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::command::{COMMAND_BYTES_MAX, Command, CommandResult, Event};
use xunge_core::id::{ChangeHash, ReportId};
use xunge_core::key_place::VisitRecord;
use xunge_core::patrol::Segment;
use xunge_core::signature::PublicKey;
use xunge_core::sync::message::{Item, ItemResult, Manifest, RefusedCode, SyncRequest};
use xunge_core::sync::vouch::Vouch;
use xunge_core::time::Timestamp;

use super::Ledger;
use super::feed_push::FeedPush;
use super::halves::Working;
use super::plan::Place;
use super::take::{check_person, refused};
use super::track::{parse_track, parse_visit};
use crate::ServiceError;
use crate::store::{FeedNo, InstallRow};

/// From so many items on a second thread is worth its start.
const PARSED_ALONE: usize = 32;

/// Hashes of words that this server gave before a restore, proven by its signature over a list.
#[derive(Default)]
pub(crate) struct Vouched(BTreeSet<[u8; 32]>);

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
    /// A segment of the sender's own track.
    Track(Box<Segment>),
    /// A check-up or excuse of a key place.
    Visit(Box<VisitRecord>),
    /// Answered already.
    Answered,
}

impl Parsed {
    pub(crate) fn report_id(&self) -> Option<ReportId> {
        match self {
            Self::Change(report, _) | Self::Person(report) => Some(*report),
            Self::Command(command) => Some(command.report),
            Self::Replay(replay) => Some(replay.0.report),
            Self::Track(_) | Self::Visit(_) | Self::Answered => None,
        }
    }
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
        let working = self.pushes.begin();
        let parsed: Vec<Parsed> = self
            .parse_all(&working, sender, request)
            .into_iter()
            .zip(&mut results)
            .map(|(parsed, result)| {
                parsed.unwrap_or_else(|refusal| {
                    *result = Some(refusal);
                    Parsed::Answered
                })
            })
            .collect();
        if sender.revoked_at.is_some() {
            return self.push_to_review(sender, items, &parsed, results, now);
        }
        let plan = self.plan(&working, sender, items, &parsed, now)?;
        let mut feeds: BTreeMap<FeedNo, Vec<usize>> = BTreeMap::new();
        for (index, parsed) in parsed.iter().enumerate() {
            match plan.place(index, parsed) {
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

    /// Reads all items; where there are many, their signatures are checked on two processors.
    fn parse_all(
        &self,
        working: &Working<'_>,
        sender: &InstallRow,
        request: &SyncRequest,
    ) -> Vec<Result<Parsed, ItemResult>> {
        let vouched = self.vouched(request);
        working.in_halves(request.items.iter().collect(), PARSED_ALONE, |item| {
            self.parse(sender, item, &vouched)
        })
    }

    /// The words that the lists beside a push prove.
    fn vouched(&self, request: &SyncRequest) -> Vouched {
        let lists = request.vouches.iter().take(self.limits.sync_items);
        let ours = lists.filter(|vouch| vouch.is_signed_by(&self.keys.public));
        Vouched(ours.flat_map(Vouch::words).collect())
    }

    /// Reads one item and checks everything that needs no database.
    pub(crate) fn parse(
        &self,
        sender: &InstallRow,
        item: &Item,
        vouched: &Vouched,
    ) -> Result<Parsed, ItemResult> {
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
            Item::Replay { event } => self.parse_replay(event, vouched),
            Item::Track { bytes } => Ok(Parsed::Track(Box::new(parse_track(sender, bytes)?))),
            Item::Visit { bytes } => Ok(Parsed::Visit(Box::new(parse_visit(sender, bytes)?))),
        }
    }

    /// A word that this server gave before a restore vouches for its command.
    fn parse_replay(&self, event: &Event, vouched: &Vouched) -> Result<Parsed, ItemResult> {
        let malformed = |e: minicbor::decode::Error| refused(RefusedCode::Malformed, e);
        let result = event.result.result().map_err(malformed)?;
        let command = event.command.command().map_err(malformed)?;
        let is_ours =
            vouched.0.contains(&event.result.hash()) || event.result.is_signed_by(&self.keys.public);
        let fits = is_ours && result.body_hash == event.command.hash() && result.command == command.id;
        if !fits {
            return Err(refused(
                RefusedCode::BadSignature,
                "the result is not this server's",
            ));
        }
        Ok(Parsed::Replay(Box::new((command, result))))
    }
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
        Item::Visit { .. } => "visit",
        Item::Replay { .. } => "replay",
    }
}
