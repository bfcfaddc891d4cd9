//! One automerge document per report: the content that workers write, merged field by field.
//!
//! The document is one flat map of scalars. Every act of a person is one change; the received bytes of each change are the truth, and a
//! saved document is a cache that can be rebuilt: saved bytes are never compared, since the same changes in another order save
//! differently. States and decisions are never in here.
//!
//! This module and what lies below it are the only ones that name automerge. Nothing here reads a clock or draws randomness: actor and
//! time are arguments (automerge draws a random actor for every new document, so one is always set before anything is written).
//!
//! Set in stone: the keys (`key`), the packed scalars (`packed`), and that a change travels and is named in its *plain* form: the chunk
//! that automerge calls raw, never its deflated twin. The change's hash covers the plain chunk, so one change has exactly one byte form,
//! and compression is left to the page as a whole, which compresses better.

use std::panic::AssertUnwindSafe;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId as AmActor, Automerge, ROOT, ReadDoc, ScalarValue};

use self::gate::quiet;
use crate::id::{ActorId, ChangeHash};
use crate::report::ReportContent;

mod edit;
mod facts;
pub mod gate;
mod hydrate;
mod key;
pub mod limit;
mod packed;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod write;

pub use edit::FieldEdit;
pub use facts::{ChangeFacts, Touch};

/// A change: its name and its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// SHA-256 of the chunk, as automerge computes it.
    pub hash: ChangeHash,
    /// The plain (not deflated) chunk.
    pub bytes: Vec<u8>,
}

/// Why a document could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are not a document or change.
    #[error("read the document: {0}")]
    Unreadable(String),
    /// Automerge panicked over the bytes: they are damaged or hostile.
    #[error("read the document: automerge panicked over it")]
    Panicked,
    /// A change rests on others that are not there.
    #[error("build the document: changes that others rest on are missing")]
    MissingDeps,
    /// The document says nothing about which report it is.
    #[error("read the content: the origin is missing or broken")]
    NoOrigin,
    /// The named heads are not in this document.
    #[error("read the content at these heads: they are not in the document")]
    UnknownHeads,
    /// A value is longer or larger than the gate lets through.
    #[error("write `{field}`: {reason}")]
    NotWritable {
        /// The field's path.
        field: String,
        /// What is wrong with the value.
        reason: limit::ValueError,
    },
    /// Automerge refused.
    #[error("write the document: {0}")]
    Automerge(#[from] automerge::AutomergeError),
}

/// The content of one report with its whole history.
#[derive(Clone, Debug)]
pub struct Document {
    inner: Automerge,
}

impl Document {
    /// Writes the whole content as the first change. `time_s` is the wall clock in seconds since 1970; it is shown, never used for order.
    /// What stands at its default is not written.
    ///
    /// # Errors
    /// [`DocumentError::NotWritable`] where a value is larger than the gate lets through.
    pub fn create(
        content: &ReportContent,
        actor: ActorId,
        time_s: i64,
    ) -> Result<(Self, Change), DocumentError> {
        let mut document = Self { inner: empty() };
        let writes = write::opening(content)?;
        let change = document
            .commit(writes, actor, time_s)?
            .ok_or(DocumentError::NoOrigin)?;
        Ok((document, change))
    }

    /// Reads a saved document strictly: anything truncated or altered is an error, also where automerge panics over it.
    pub fn load(snapshot: &[u8]) -> Result<Self, DocumentError> {
        let job = AssertUnwindSafe(|| Automerge::load(snapshot));
        let inner = quiet::catch(job)
            .ok_or(DocumentError::Panicked)?
            .map_err(|e| DocumentError::Unreadable(e.to_string()))?;
        Ok(Self {
            inner: inner.with_actor(no_actor()),
        })
    }

    /// Builds a document from changes in any order; one given twice counts once.
    ///
    /// # Errors
    /// [`DocumentError::MissingDeps`] where a change rests on one that was not given.
    pub fn from_changes<'a>(changes: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, DocumentError> {
        let mut document = Self { inner: empty() };
        document.apply(changes)?;
        Ok(document)
    }

    /// Takes more changes in, in any order; one that is there already changes nothing. Changes of others must have passed the [`gate`]
    /// once; here they may come from a database.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] where one is damaged or does not fit, and [`DocumentError::MissingDeps`] where one rests on a change
    /// that is not there. The document is then to be dropped: it may hold a part of them.
    pub fn apply<'a>(&mut self, changes: impl IntoIterator<Item = &'a [u8]>) -> Result<(), DocumentError> {
        let changes: Vec<&[u8]> = changes.into_iter().collect();
        let job = AssertUnwindSafe(|| self.apply_all(&changes));
        quiet::catch(job).unwrap_or(Err(DocumentError::Panicked))
    }

    fn apply_all(&mut self, changes: &[&[u8]]) -> Result<(), DocumentError> {
        let parsed = changes
            .iter()
            .map(|bytes| facts::parse(bytes))
            .collect::<Result<_, _>>()?;
        self.apply_parsed(parsed)
    }

    fn apply_parsed(&mut self, parsed: Vec<automerge::Change>) -> Result<(), DocumentError> {
        let hashes: Vec<automerge::ChangeHash> = parsed.iter().map(automerge::Change::hash).collect();
        self.inner.apply_changes(parsed)?;
        match hashes
            .iter()
            .all(|hash| self.inner.get_change_meta_by_hash(hash).is_some())
        {
            true => Ok(()),
            false => Err(DocumentError::MissingDeps),
        }
    }

    /// The document in its compact form, a cache. Never compare these bytes, compare heads.
    ///
    /// The columns are not deflated: for a report that would save 60 bytes of 990 and make saving 18 times and loading twice as slow.
    pub fn save(&self) -> Vec<u8> {
        self.inner.save_nocompress()
    }

    /// The changes that no other change rests on, sorted.
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: Vec<ChangeHash> = self.inner.get_heads().iter().map(ours).collect();
        heads.sort_unstable();
        heads
    }

    /// The content as it stands after all merges.
    pub fn content(&self) -> Result<ReportContent, DocumentError> {
        hydrate::content(&self.inner, None)
    }

    /// The content as it stood at `heads` (what an approval bound, say).
    ///
    /// # Errors
    /// [`DocumentError::UnknownHeads`] where one of them is not here.
    pub fn content_at(&self, heads: &[ChangeHash]) -> Result<ReportContent, DocumentError> {
        let heads: Vec<automerge::ChangeHash> = heads.iter().map(theirs).collect();
        let is_known = |hash| self.inner.get_change_meta_by_hash(hash).is_some();
        if !heads.iter().all(is_known) {
            return Err(DocumentError::UnknownHeads);
        }
        hydrate::content(&self.inner, Some(&heads))
    }

    /// Writes what a person did as one change; `None` where it changes nothing. Writing a disputed field settles it, whichever value is
    /// written. What was added already under the same name, and what is taken away but is not there, is passed over.
    pub fn edit(
        &mut self,
        edits: &[FieldEdit],
        actor: ActorId,
        time_s: i64,
    ) -> Result<Option<Change>, DocumentError> {
        let mut writes = Vec::new();
        for edit in edits {
            writes.push(write::one(edit)?);
        }
        self.commit(writes, actor, time_s)
    }

    /// All changes, each after those that it rests on.
    pub fn changes(&self) -> Vec<Change> {
        self.inner.get_changes(&[]).iter().map(plain).collect()
    }

    /// The names of all changes, each after those that it rests on.
    pub fn hashes(&self) -> Vec<ChangeHash> {
        self.inner
            .get_changes_meta(&[])
            .iter()
            .map(|meta| ours(&meta.hash))
            .collect()
    }

    /// Whether the change is here.
    pub fn has(&self, hash: ChangeHash) -> bool {
        self.inner.get_change_meta_by_hash(&theirs(&hash)).is_some()
    }

    /// Whether `hash` is one of `heads` or of the changes below them: what an approval of these heads covers. Heads that are not here
    /// cover nothing.
    pub fn covers(&self, heads: &[ChangeHash], hash: ChangeHash) -> bool {
        facts::covers(&self.inner, heads, hash)
    }

    /// The changes that `heads` do not cover, each after those that it rests on: what came after an approval.
    pub fn uncovered(&self, heads: &[ChangeHash]) -> Vec<ChangeFacts> {
        facts::uncovered(&self.inner, heads)
    }

    /// What a change is about, without a document.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] where the bytes are not one plain change, or automerge panics on them.
    pub fn change_facts(bytes: &[u8]) -> Result<ChangeFacts, DocumentError> {
        facts::of_bytes(bytes)
    }

    fn commit(
        &mut self,
        writes: Vec<write::Write>,
        actor: ActorId,
        time_s: i64,
    ) -> Result<Option<Change>, DocumentError> {
        self.inner.set_actor(AmActor::from(*actor.as_bytes()));
        let mut transaction = self.inner.transaction();
        for write in writes {
            let key = write.key.to_string();
            let is_there = transaction.get(ROOT, &key)?.is_some();
            match write.value {
                Some(_) if write.is_once && is_there => {}
                Some(value) => transaction.put(ROOT, &key, value)?,
                None if is_there => transaction.delete(ROOT, &key)?,
                None => {}
            }
        }
        let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(time_s));
        let change = hash.and_then(|hash| self.inner.get_change_by_hash(&hash));
        Ok(change.as_ref().map(plain))
    }
}

/// A document without anything in it. The actor never writes: a change always names its own.
fn empty() -> Automerge {
    Automerge::new().with_actor(no_actor())
}

fn no_actor() -> AmActor {
    AmActor::from([0u8; 16])
}

fn ours(hash: &automerge::ChangeHash) -> ChangeHash {
    ChangeHash(hash.0)
}

fn theirs(hash: &ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(hash.0)
}

fn plain(change: &automerge::Change) -> Change {
    Change {
        hash: ours(&change.hash()),
        bytes: change.raw_bytes().to_vec(),
    }
}

/// A scalar that stands for "emptied": unlike a deletion it shows as a value of its own where somebody else wrote the field apart.
const EMPTIED: ScalarValue = ScalarValue::Null;
