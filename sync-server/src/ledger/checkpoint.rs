//! Checkpoints: where a feed's audit chain stands, signed for those who keep it elsewhere, and whether the chain of now still holds what
//! was signed before.

use std::collections::BTreeMap;

use xunge_core::id::{GenerationId, UnitId};
use xunge_core::sync::checkpoint::{ChainEnd, Checkpoint};
use xunge_core::sync::message::FeedPosition;
use xunge_core::time::Timestamp;

use super::serve::View;
use super::{Ledger, audit};
use crate::ServiceError;
use crate::store::{FeedState, ReadTx};

impl Ledger {
    /// Signs where a feed's chain stands.
    pub(crate) fn chain_end(&self, feed: &FeedState, at: Timestamp) -> ChainEnd {
        ChainEnd {
            feed: feed.unit.clone(),
            generation: self.generation,
            lines: feed.audit_count,
            hash: feed.audit_hash,
            at,
        }
    }

    /// Once a day writes where a township's chain stands into its county's: what people of the county keep of that covers it too.
    pub(crate) fn tell_county(&self, feed: &FeedState, now: Timestamp) -> Result<(), ServiceError> {
        let key = format!("told_county:{}", feed.no.0);
        let day = now.as_millis().div_euclid(86_400_000).to_be_bytes();
        let county = self.read(|tx| {
            let (_, directory) = self.directory(tx)?;
            let county = directory
                .county_of(&feed.unit, now)
                .filter(|unit| unit.id != feed.unit);
            let is_told = tx.meta(&key)?.is_some_and(|told| told == day);
            match county.filter(|_| !is_told) {
                Some(county) => Ok(tx.feed(&county.id)?),
                None => Ok(None),
            }
        })?;
        let Some(county) = county else { return Ok(()) };
        self.write(Some(county.no), |tx| {
            // Another node may have been faster.
            if tx.meta(&key)?.is_some_and(|told| told == day) {
                return Ok(());
            }
            let Some(end) = tx.feed_by_no(feed.no)? else {
                return Ok(());
            };
            let detail = format!("{} {} {}", end.unit, end.audit_count, hex::encode(end.audit_hash));
            tx.meta_put(&key, &day)?;
            Ok(audit::note(tx, county.no, now, "server", TOLD, &detail)?)
        })
    }
}

/// The kind of an audit line that says where another feed's chain stood.
pub(super) const TOLD: &str = "checkpoint";

/// Whether a county's line about a township's chain fits that; `None` where it is no such line. Gives what is wrong in words.
pub(super) fn told_wrongly(tx: &mut dyn ReadTx, detail: &str) -> Result<Option<String>, ServiceError> {
    let words: Vec<&str> = detail.split(' ').collect();
    let [unit, lines, hash] = words[..] else {
        return Ok(None);
    };
    let (Ok(unit), Ok(number)) = (UnitId::new(unit), lines.parse::<u64>()) else {
        return Ok(None);
    };
    let feed = tx.feed(&unit)?.map(|feed| feed.no);
    let line = match feed {
        Some(feed) => tx.audit_lines(feed, number, 1)?.pop(),
        None => None,
    };
    let fits =
        number == 0 || line.is_some_and(|line| line.number == number && hex::encode(line.hash) == hash);
    Ok((!fits).then(|| format!("feed {unit}: audit line {number} is not the one that its county was told")))
}

impl View<'_> {
    /// The checkpoint that a phone asks for. What it keeps is held against the chain: where that was tampered with behind this server's
    /// back, the log says so.
    pub(super) fn checkpoint(
        &self,
        tx: &mut dyn ReadTx,
        position: &FeedPosition,
    ) -> Result<Option<Checkpoint>, ServiceError> {
        let Some(ask) = &position.checkpoint else {
            return Ok(None);
        };
        let keys = &self.ledger.keys;
        let kept = ask.kept.as_ref().and_then(|kept| kept.open(&keys.public).ok());
        if let Some(end) =
            kept.filter(|end| end.feed == self.feed.unit && end.generation == self.ledger.generation)
        {
            let held = tx.audit_lines(self.feed.no, end.lines, 1)?.pop();
            let fits =
                end.lines == 0 || held.is_some_and(|line| line.number == end.lines && line.hash == end.hash);
            if !fits {
                let (feed, lines) = (&end.feed, end.lines);
                tracing::error!(%feed, lines, "a phone keeps a checkpoint that the audit chain does not hold: verify it");
            }
        }
        let end = self.ledger.chain_end(self.feed, self.now);
        Ok(Some(Checkpoint::sign(&end, &keys.signing)))
    }
}

/// What was signed of one feed's chain, while the chain is walked through again.
pub(super) struct Signed<'a> {
    ends: Vec<&'a ChainEnd>,
    /// The hashes of the lines that were signed, as the chain has them now.
    found: BTreeMap<u64, [u8; 32]>,
    /// After how many lines earlier generations ended.
    ended: BTreeMap<GenerationId, u64>,
    restores: std::vec::IntoIter<GenerationId>,
}

impl<'a> Signed<'a> {
    /// Those of one feed. `restores` are the generations that ended by a restore, oldest first.
    pub(super) fn of(feed: &UnitId, kept: &'a [ChainEnd], restores: Vec<GenerationId>) -> Self {
        let mut ends: Vec<&ChainEnd> = kept.iter().filter(|end| end.feed == *feed).collect();
        ends.sort_by_key(|end| end.lines);
        Self {
            ends,
            found: BTreeMap::from([(0, [0; 32])]),
            ended: BTreeMap::new(),
            restores: restores.into_iter(),
        }
    }

    /// Looks at a line of the chain.
    pub(super) fn see(&mut self, number: u64, kind: &str, hash: [u8; 32]) {
        if self.ends.iter().any(|end| end.lines == number) {
            self.found.insert(number, hash);
        }
        if kind == "restore"
            && let Some(generation) = self.restores.next()
        {
            self.ended.insert(generation, number - 1);
        }
    }

    /// The first thing that does not fit a chain of so many lines, in words. What came after the backup of a restore is gone for good
    /// reason.
    pub(super) fn problem(&self, now: GenerationId, lines: u64) -> Option<String> {
        let mut fits = 0;
        for end in &self.ends {
            let signed = format!("line {}, signed at {},", end.lines, end.at);
            let last = match self.ended.get(&end.generation) {
                _ if end.generation == now => lines,
                Some(last) => *last,
                None => {
                    return Some(format!(
                        "{signed} is of a history that this database has never had"
                    ));
                }
            };
            if end.lines > last {
                if end.generation == now {
                    return Some(format!("{signed} is missing: the chain ends at line {lines}"));
                }
                continue;
            }
            if self.found.get(&end.lines) != Some(&end.hash) {
                return Some(format!(
                    "{signed} is another now: lines after {fits} were written anew"
                ));
            }
            fits = end.lines;
        }
        None
    }
}
