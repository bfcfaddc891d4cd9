//! What a change is about, and which changes stand below which.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;

use automerge::Automerge;
use automerge::legacy::{Key as OpKey, ObjectId, Op, OpType};

use super::gate::quiet;
use super::key::Key;
use super::{DocumentError, ours};
use crate::id::{ActorId, ChangeHash};
use crate::in_order::Gather;

/// What one change is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangeFacts {
    /// Its name.
    pub hash: ChangeHash,
    /// The actor that wrote it.
    pub actor: ActorId,
    /// Its number among the actor's changes of this document, from 1.
    pub seq: u64,
    /// The changes that it rests on directly.
    pub deps: Vec<ChangeHash>,
    /// When it was written, in seconds since 1970, as the device claims.
    pub time_s: i64,
    /// What it touches, in the order of writing.
    pub touches: Vec<Touch>,
    /// Whether it writes words of the reporter: such a change amends what was approved, while added notes, attachments and people of
    /// others do not.
    pub touches_words: bool,
    /// Whether it adds or takes away an attachment.
    pub touches_attachments: bool,
}

/// One field that a change writes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Touch {
    /// The field's path in the content.
    pub field: String,
    /// Whether it is taken away rather than written.
    pub is_removal: bool,
}

/// Reads one plain change strictly: nothing after it, not deflated, and its checksum is the beginning of its hash (automerge reads it,
/// yet compares nothing).
pub(super) fn parse(bytes: &[u8]) -> Result<automerge::Change, DocumentError> {
    // The chunk's kind stands after the magic (4 bytes) and the checksum (4): 1 is a plain change, 2 its deflated twin.
    if bytes.get(8) != Some(&1) {
        return Err(DocumentError::Unreadable("not a plain change".to_owned()));
    }
    let change = automerge::Change::try_from(bytes).map_err(|e| DocumentError::Unreadable(e.to_string()))?;
    match bytes[4..8] == change.hash().0[..4] {
        true => Ok(change),
        false => Err(DocumentError::Unreadable(
            "the checksum does not fit the content".to_owned(),
        )),
    }
}

/// The facts of a change from its bytes. Panics of automerge become errors.
pub(super) fn of_bytes(bytes: &[u8]) -> Result<ChangeFacts, DocumentError> {
    let read = AssertUnwindSafe(|| parse(bytes).and_then(|change| of_change(&change)));
    quiet::catch(read).unwrap_or(Err(DocumentError::Panicked))
}

pub(super) fn of_change(change: &automerge::Change) -> Result<ChangeFacts, DocumentError> {
    of_operations(change, &change.decode().operations)
}

/// The facts of a change whose operations are decoded already.
pub(super) fn of_operations(
    change: &automerge::Change,
    operations: &[Op],
) -> Result<ChangeFacts, DocumentError> {
    let mut touches = Vec::new();
    let (mut touches_words, mut touches_attachments) = (false, false);
    for op in operations {
        if let (ObjectId::Root, OpKey::Map(name)) = (&op.obj, &op.key) {
            let key = Key::parse(name);
            touches_words |= key.is_words();
            touches_attachments |= matches!(key, Key::Attachment(_));
            let is_removal = op.action == OpType::Delete;
            touches.push(Touch {
                field: key.path(),
                is_removal,
            });
        } else {
            // Nothing of ours is nested; whatever it is, it is not a note.
            touches_words = true;
        }
    }
    let actor = ActorId::from_slice(change.actor_id().to_bytes())
        .ok_or_else(|| DocumentError::Unreadable("the actor is not 16 bytes".to_owned()))?;
    Ok(ChangeFacts {
        hash: ours(&change.hash()),
        actor,
        seq: change.seq(),
        deps: change.deps().iter().map(ours).collect(),
        time_s: change.timestamp(),
        touches,
        touches_words,
        touches_attachments,
    })
}

/// Every change with what it rests on.
fn below(doc: &Automerge) -> BTreeMap<ChangeHash, Vec<ChangeHash>> {
    doc.get_changes_meta(&[])
        .into_iter()
        .map(|meta| (ours(&meta.hash), meta.deps.iter().map(ours).collect()))
        .gather()
}

/// `heads` and everything below them.
fn covered(doc: &Automerge, heads: &[ChangeHash]) -> BTreeSet<ChangeHash> {
    let below = below(doc);
    let mut seen = BTreeSet::new();
    let mut open: Vec<ChangeHash> = heads.to_vec();
    while let Some(hash) = open.pop() {
        if let Some(deps) = below.get(&hash)
            && seen.insert(hash)
        {
            open.extend(deps);
        }
    }
    seen
}

pub(super) fn covers(doc: &Automerge, heads: &[ChangeHash], hash: ChangeHash) -> bool {
    covered(doc, heads).contains(&hash)
}

pub(super) fn uncovered(doc: &Automerge, heads: &[ChangeHash]) -> Vec<ChangeFacts> {
    let covered = covered(doc, heads);
    doc.get_changes(&[])
        .iter()
        .filter(|change| !covered.contains(&ours(&change.hash())))
        .filter_map(|change| of_change(change).ok())
        .collect()
}
