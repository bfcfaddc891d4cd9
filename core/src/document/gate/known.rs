//! What the document and the accepted part of the batch look like, kept light: names, numbers and keys.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ROOT, ReadDoc};

use super::scan::Scanned;
use crate::document::hydrate;
use crate::document::key::Key;
use crate::document::limit;
use crate::document::ours;
use crate::id::{ActorId, ChangeHash, PersonId};

/// One known change.
struct Node {
    deps: Vec<ChangeHash>,
    max_op: u64,
}

/// The state against which the next change is judged.
#[derive(Default)]
pub(super) struct Known {
    nodes: BTreeMap<ChangeHash, Node>,
    /// Each actor's changes by number, from 1.
    actors: BTreeMap<ActorId, BTreeMap<u64, ChangeHash>>,
    /// Keys that hold something now.
    keys: BTreeSet<Key>,
    /// Who reports, once the first change is there.
    pub(super) reporter: Option<PersonId>,
}

impl Known {
    pub(super) fn of(doc: &Automerge) -> Self {
        let mut known = Self::default();
        for meta in doc.get_changes_meta(&[]) {
            if let Some(actor) = ActorId::from_slice(meta.actor.to_bytes()) {
                let deps = meta.deps.iter().map(ours).collect();
                known.insert(ours(&meta.hash), actor, meta.seq, meta.max_op, deps);
            }
        }
        known.keys = doc
            .map_range(ROOT, ..)
            .map(|item| Key::parse(&item.key))
            .collect();
        known.reporter = hydrate::origin(doc, None).map(|origin| origin.reporter);
        known
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn has(&self, hash: &ChangeHash) -> bool {
        self.nodes.contains_key(hash)
    }

    pub(super) fn has_key(&self, key: &Key) -> bool {
        self.keys.contains(key)
    }

    /// The last operation's number below these changes.
    pub(super) fn max_op(&self, deps: &[ChangeHash]) -> u64 {
        deps.iter()
            .filter_map(|hash| self.nodes.get(hash))
            .map(|node| node.max_op)
            .max()
            .unwrap_or(0)
    }

    /// The actor's last number, or 0.
    pub(super) fn last_seq(&self, actor: &ActorId) -> u64 {
        let last = self.actors.get(actor).and_then(|seqs| seqs.last_key_value());
        last.map_or(0, |(seq, _)| *seq)
    }

    /// Whether the actor's change before `seq` is among `deps` or below them.
    pub(super) fn rests_on_own(&self, actor: &ActorId, seq: u64, deps: &[ChangeHash]) -> bool {
        let Some(own) = self.actors.get(actor).and_then(|seqs| seqs.get(&(seq - 1))) else {
            return seq == 1;
        };
        let mut seen = BTreeSet::new();
        let mut open = deps.to_vec();
        while let Some(hash) = open.pop() {
            if hash == *own {
                return true;
            }
            if seen.insert(hash) {
                open.extend(self.nodes.get(&hash).into_iter().flat_map(|node| &node.deps));
            }
        }
        false
    }

    /// Whether one more of this key's kind would be too many.
    pub(super) fn is_full(&self, key: &Key) -> bool {
        let alike = |a: &Key| std::mem::discriminant(a) == std::mem::discriminant(key);
        let count_max = match key {
            Key::Answer(_) | Key::Attachment(_) | Key::Note(_) | Key::Person(_) => limit::MANY_MAX,
            Key::Unknown(_) => limit::UNKNOWN_MAX,
            _ => return false,
        };
        self.keys.iter().filter(|key| alike(key)).count() >= count_max
    }

    /// Takes an accepted change in.
    pub(super) fn accept(&mut self, scanned: &Scanned, written: &[(Key, bool)]) {
        let deps = scanned.deps.clone();
        self.insert(scanned.hash, scanned.actor, scanned.seq, scanned.max_op(), deps);
        for (key, is_removal) in written {
            // A removal may leave what somebody wrote apart: the key then counts as free a little early, and automerge still keeps all.
            if *is_removal && !key.is_words() {
                self.keys.remove(key);
            } else {
                self.keys.insert(key.clone());
            }
        }
    }

    fn insert(&mut self, hash: ChangeHash, actor: ActorId, seq: u64, max_op: u64, deps: Vec<ChangeHash>) {
        self.actors.entry(actor).or_default().insert(seq, hash);
        self.nodes.insert(hash, Node { deps, max_op });
    }
}
