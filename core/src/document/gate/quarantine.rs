//! The trial: apply, hydrate, save, reload, compare heads and content; every panic caught.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;

use automerge::Automerge;

use super::batch::{self, Candidate};
use super::{BaseError, Refusal, Snapshot, quiet};
use crate::document::{Document, DocumentError, empty};
use crate::id::ChangeHash;
use crate::report::ReportContent;

/// A document that passed.
pub(super) struct Tried {
    pub(super) snapshot: Snapshot,
    pub(super) content: ReportContent,
}

/// What the trial gave.
pub(super) struct Outcome {
    /// The document with everything that passed; `None` where there is nothing.
    pub(super) result: Option<Tried>,
    /// What did not pass, by place among the incoming.
    pub(super) refused: Vec<(usize, Refusal)>,
}

/// Tries all candidates at once; where that fails, one by one, each upon what passed before it.
pub(super) fn run(
    base: Option<&Snapshot>,
    base_doc: Option<Automerge>,
    candidates: &[Candidate],
) -> Result<Outcome, BaseError> {
    if candidates.is_empty() {
        return unchanged(base, base_doc);
    }
    let all = candidates
        .iter()
        .map(|candidate| candidate.change.clone())
        .collect();
    if let Ok(result) = trial(base_doc, all) {
        return Ok(Outcome {
            result: Some(result),
            refused: Vec::new(),
        });
    }
    let mut last: Option<Tried> = None;
    let mut refused: Vec<(usize, Refusal)> = Vec::new();
    let mut lost: BTreeSet<ChangeHash> = BTreeSet::new();
    for candidate in candidates {
        if candidate.facts.deps.iter().any(|dep| lost.contains(dep)) {
            lost.insert(candidate.facts.hash);
            refused.push((candidate.index, Refusal::RestsOnRefused));
            continue;
        }
        let below = last.as_ref().map(|tried| &tried.snapshot).or(base);
        let below = below.map(batch::load).transpose()?;
        match trial(below, vec![candidate.change.clone()]) {
            Ok(result) => last = Some(result),
            Err(is_panic) => {
                lost.insert(candidate.facts.hash);
                refused.push((candidate.index, Refusal::Unloadable { is_panic }));
            }
        }
    }
    match last {
        Some(result) => Ok(Outcome {
            result: Some(result),
            refused,
        }),
        None => {
            let base_doc = base.map(batch::load).transpose()?;
            Ok(Outcome {
                refused,
                ..unchanged(base, base_doc)?
            })
        }
    }
}

/// The base as it is.
fn unchanged(base: Option<&Snapshot>, base_doc: Option<Automerge>) -> Result<Outcome, BaseError> {
    let result = match (base, base_doc) {
        (Some(base), Some(inner)) => {
            let document = Document { inner };
            let content = quiet::catch(AssertUnwindSafe(|| document.content().ok())).flatten();
            Some(Tried {
                snapshot: base.clone(),
                content: content.ok_or(BaseError)?,
            })
        }
        _ => None,
    };
    Ok(Outcome {
        result,
        refused: Vec::new(),
    })
}

/// One trial. The error says whether automerge panicked.
fn trial(base: Option<Automerge>, changes: Vec<automerge::Change>) -> Result<Tried, bool> {
    let job = AssertUnwindSafe(move || attempt(base, changes));
    let tried = quiet::catch(job).unwrap_or(Err(DocumentError::Panicked));
    tried.map_err(|error| matches!(error, DocumentError::Panicked))
}

fn attempt(base: Option<Automerge>, changes: Vec<automerge::Change>) -> Result<Tried, DocumentError> {
    let mut document = Document {
        inner: base.unwrap_or_else(empty),
    };
    document.apply_parsed(changes)?;
    let snapshot = Snapshot::of(&document);
    // Loading compares the heads with the hashes of the changes rebuilt from the saved form; a change's hash covers its bytes and those
    // that it rests on, so equal heads say that every received byte is still there. The content is read from the document that was
    // loaded again: it is the one that everybody will see.
    let again = Document::load(&snapshot.bytes)?;
    if again.heads() == snapshot.heads {
        Ok(Tried {
            snapshot,
            content: again.content()?,
        })
    } else {
        Err(DocumentError::Unreadable(
            "saved and loaded again it is another".to_owned(),
        ))
    }
}
