//! A batch of changes of one report, from first look to snapshot.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use automerge::Automerge;

use super::known::Known;
use super::scan::{Scanned, scan};
use super::{AcceptedChange, BaseError, Prepared, Refusal, SenderFacts, Snapshot, Verdict};
use super::{policy, quarantine, quiet};
use crate::document::{ChangeFacts, Document, facts};
use crate::id::{ChangeHash, ReportId};

/// A change that passed everything but the quarantine.
pub(super) struct Candidate {
    pub(super) index: usize,
    pub(super) change: automerge::Change,
    pub(super) facts: ChangeFacts,
}

pub(super) fn run(
    report: ReportId,
    base: Option<&Snapshot>,
    incoming: &[&[u8]],
    sender: Option<&SenderFacts>,
) -> Result<Prepared, BaseError> {
    let base_doc = base.map(load).transpose()?;
    let known = base_doc.as_ref().map(Known::of).unwrap_or_default();
    let mut sorter = Sorter {
        report,
        sender,
        known,
        verdicts: vec![None; incoming.len()],
        candidates: Vec::new(),
    };
    sorter.sort(incoming);
    let Sorter {
        mut verdicts,
        candidates,
        ..
    } = sorter;
    let outcome = quarantine::run(base, base_doc, &candidates)?;
    for (index, refusal) in outcome.refused {
        verdicts[index] = Some(Verdict::Refused(refusal));
    }
    let is_in = |candidate: &Candidate| {
        verdicts[candidate.index]
            .as_ref()
            .is_some_and(Verdict::is_accepted)
    };
    let accepted = candidates.into_iter().filter(is_in);
    let accepted: Vec<AcceptedChange> = accepted
        .map(|Candidate { index, facts, .. }| AcceptedChange { index, facts })
        .collect();
    let unread = || Verdict::Refused(Refusal::Malformed("not judged"));
    let verdicts = verdicts
        .into_iter()
        .map(|verdict| verdict.unwrap_or_else(unread))
        .collect();
    let (snapshot, content) = match outcome.result {
        Some(tried) => (Some(tried.snapshot), Some(tried.content)),
        None => (None, None),
    };
    Ok(Prepared {
        verdicts,
        accepted,
        snapshot,
        content,
    })
}

/// Loads the base.
pub(super) fn load(base: &Snapshot) -> Result<Automerge, BaseError> {
    let document = Document::load(&base.bytes).map_err(|_| BaseError)?;
    if document.heads() == base.heads {
        Ok(document.inner)
    } else {
        Err(BaseError)
    }
}

/// Puts the incoming changes in an order in which each stands after what it rests on, judging each on the way.
struct Sorter<'s> {
    report: ReportId,
    sender: Option<&'s SenderFacts>,
    known: Known,
    verdicts: Vec<Option<Verdict>>,
    candidates: Vec<Candidate>,
}

impl Sorter<'_> {
    fn sort(&mut self, incoming: &[&[u8]]) {
        let mut waiting: BTreeMap<usize, Scanned> = BTreeMap::new();
        let mut names: BTreeMap<ChangeHash, usize> = BTreeMap::new();
        for (index, bytes) in incoming.iter().enumerate() {
            match scan(bytes) {
                Err(refusal) => self.verdicts[index] = Some(Verdict::Refused(refusal)),
                Ok(scanned) if self.known.has(&scanned.hash) || names.contains_key(&scanned.hash) => {
                    self.verdicts[index] = Some(Verdict::Duplicate { hash: scanned.hash });
                }
                Ok(scanned) => {
                    names.insert(scanned.hash, index);
                    waiting.insert(index, scanned);
                }
            }
        }
        // Each round judges what has become ready; a round without progress leaves what lacks something.
        loop {
            let is_judged = |hash: &ChangeHash| {
                self.known.has(hash)
                    || names
                        .get(hash)
                        .is_some_and(|index| self.verdicts[*index].is_some())
            };
            let ready = waiting
                .iter()
                .find(|(_, scanned)| scanned.deps.iter().all(is_judged));
            let Some(index) = ready.map(|(index, _)| *index) else {
                break;
            };
            if let Some(scanned) = waiting.remove(&index) {
                self.verdicts[index] = Some(self.judge(index, &scanned, incoming[index], &names));
            }
        }
        for (index, scanned) in &waiting {
            let mut hashes: Vec<ChangeHash> = missing(scanned, &self.known, &names, &waiting);
            hashes.sort_unstable();
            hashes.dedup();
            self.verdicts[*index] = Some(Verdict::MissingDeps { hashes });
        }
    }

    fn judge(
        &mut self,
        index: usize,
        scanned: &Scanned,
        bytes: &[u8],
        names: &BTreeMap<ChangeHash, usize>,
    ) -> Verdict {
        let unmet = || scanned.deps.iter().filter(|dep| !self.known.has(dep));
        if unmet().next().is_some() {
            let is_rotated = unmet().any(|dep| {
                let verdict = names.get(dep).and_then(|index| self.verdicts[*index].as_ref());
                matches!(verdict, Some(Verdict::RotateActor))
            });
            return if is_rotated {
                Verdict::RotateActor
            } else {
                Verdict::Refused(Refusal::RestsOnRefused)
            };
        }
        match self.check(scanned, bytes) {
            Ok((change, facts)) => {
                self.candidates.push(Candidate { index, change, facts });
                Verdict::Accepted { hash: scanned.hash }
            }
            Err(verdict) => verdict,
        }
    }

    fn check(
        &mut self,
        scanned: &Scanned,
        bytes: &[u8],
    ) -> Result<(automerge::Change, ChangeFacts), Verdict> {
        if self
            .sender
            .is_some_and(|sender| !sender.actors.contains(&scanned.actor))
        {
            return Err(Verdict::Refused(Refusal::NotYours));
        }
        let last = self.known.last_seq(&scanned.actor);
        if scanned.seq <= last {
            return Err(Verdict::RotateActor);
        }
        self.numbers(scanned, last).map_err(Verdict::Refused)?;
        let job = AssertUnwindSafe(|| policy::read(bytes));
        let panicked = || Err(Refusal::Unloadable { is_panic: true });
        let (change, operations) = quiet::catch(job)
            .unwrap_or_else(panicked)
            .map_err(Verdict::Refused)?;
        let written = policy::judge(self.report, scanned, &operations, &self.known, self.sender)
            .map_err(Verdict::Refused)?;
        let facts = facts::of_operations(&change, &operations)
            .map_err(|_| Verdict::Refused(Refusal::Malformed("automerge reads it otherwise")))?;
        if scanned.deps.is_empty() {
            self.known.reporter = policy::reporter(&operations);
        }
        self.known.accept(scanned, &written);
        Ok((change, facts))
    }

    /// The numbers continue exactly as automerge continues them: a stranger's number near the end would leave none for others.
    fn numbers(&self, scanned: &Scanned, last: u64) -> Result<(), Refusal> {
        if scanned.deps.is_empty() != self.known.is_empty() {
            return Err(Refusal::SecondOrigin);
        }
        if scanned.seq != last + 1 {
            return Err(Refusal::SequenceGap {
                expected: last + 1,
                found: scanned.seq,
            });
        }
        if !self
            .known
            .rests_on_own(&scanned.actor, scanned.seq, &scanned.deps)
        {
            return Err(Refusal::Malformed(
                "it does not rest on the actor's change before it",
            ));
        }
        if scanned.start_op != self.known.max_op(&scanned.deps) + 1 {
            return Err(Refusal::Malformed(
                "its operations are not numbered on from what it rests on",
            ));
        }
        Ok(())
    }
}

/// What a waiting change lacks: not what waits itself, but what is nowhere.
fn missing(
    scanned: &Scanned,
    known: &Known,
    names: &BTreeMap<ChangeHash, usize>,
    waiting: &BTreeMap<usize, Scanned>,
) -> Vec<ChangeHash> {
    let mut lacking = Vec::new();
    let mut open: Vec<&Scanned> = vec![scanned];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(scanned) = open.pop() {
        if !seen.insert(scanned.hash) {
            continue;
        }
        for dep in scanned.deps.iter().filter(|dep| !known.has(dep)) {
            match names.get(dep) {
                None => lacking.push(*dep),
                Some(index) => open.extend(waiting.get(index)),
            }
        }
    }
    lacking
}
