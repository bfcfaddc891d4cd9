//! What a change may write, operation by operation.

use automerge::ScalarValue;
use automerge::legacy::{Key as OpKey, ObjectId, Op, OpType};

use super::known::Known;
use super::scan::Scanned;
use super::{Refusal, SenderFacts};
use crate::document::key::Key;
use crate::document::packed::{Origin, PackedNote, unpack};
use crate::document::{hydrate, limit};
use crate::id::{ActorId, ReportId};
use crate::report::Note;

/// Reads the change with automerge, checks that it is in canonical form, and returns it with its operations.
pub(super) fn read(bytes: &[u8]) -> Result<(automerge::Change, Vec<Op>), Refusal> {
    let change =
        crate::document::facts::parse(bytes).map_err(|_| Refusal::Malformed("automerge does not read it"))?;
    let expanded = change.decode();
    let operations = expanded.operations.clone();
    let again = automerge::Change::from(expanded);
    if again.raw_bytes() == bytes {
        Ok((change, operations))
    } else {
        Err(Refusal::NotCanonical)
    }
}

/// Judges all operations; gives the keys written, each with whether it is removed.
pub(super) fn judge(
    report: ReportId,
    scanned: &Scanned,
    operations: &[Op],
    known: &Known,
    sender: Option<&SenderFacts>,
) -> Result<Vec<(Key, bool)>, Refusal> {
    let is_first = scanned.deps.is_empty();
    let mut written: Vec<(Key, bool)> = Vec::with_capacity(operations.len());
    for op in operations {
        let (ObjectId::Root, OpKey::Map(name), false) = (&op.obj, &op.key, op.insert) else {
            return Err(Refusal::Malformed("an operation that reports do not have"));
        };
        let key = Key::parse(name);
        if written.iter().any(|(other, _)| *other == key) {
            return Err(Refusal::Malformed("a key written twice"));
        }
        let is_removal = match &op.action {
            OpType::Put(value) => {
                put(&key, value, op, known, sender, is_first)?;
                false
            }
            OpType::Delete => {
                delete(&key, op)?;
                true
            }
            _ => return Err(Refusal::Malformed("an operation that reports do not have")),
        };
        if let Some(sender) = sender {
            allowed(&key, op, known, sender, is_first)?;
        }
        if key == Key::Origin {
            begins(report, op, sender)?;
        }
        written.push((key, is_removal));
    }
    if is_first && !written.iter().any(|(key, _)| *key == Key::Origin) {
        return Err(Refusal::WrongOrigin);
    }
    Ok(written)
}

/// A value that is written.
fn put(
    key: &Key,
    value: &ScalarValue,
    op: &Op,
    known: &Known,
    sender: Option<&SenderFacts>,
    is_first: bool,
) -> Result<(), Refusal> {
    let field = || key.path();
    if *key == Key::Origin && !(is_first && op.pred.is_empty()) {
        return Err(Refusal::Immutable { field: field() });
    }
    if let Key::Unknown(name) = key
        && !(1..=limit::UNKNOWN_KEY_BYTES_MAX).contains(&name.len())
    {
        return Err(Refusal::Malformed("a key without a length that keys have"));
    }
    // What comes from the server may be newer than this program: then only size and scalarity are judged.
    let judged = match sender {
        Some(_) => hydrate::check(key, value),
        None => hydrate::check(key, value).or_else(|_| hydrate::check_unknown(value)),
    };
    judged.map_err(|reason| Refusal::BadValue {
        field: field(),
        reason,
    })?;
    let is_once = !key.is_words();
    if is_once && (!op.pred.is_empty() || (sender.is_some() && known.has_key(key))) {
        return Err(Refusal::Immutable { field: field() });
    }
    if sender.is_some() && !known.has_key(key) && known.is_full(key) {
        return Err(Refusal::TooMany { field: field() });
    }
    Ok(())
}

/// A value that is taken away: of single fields only what lost a dispute, since emptying is a value of its own.
fn delete(key: &Key, op: &Op) -> Result<(), Refusal> {
    if *key == Key::Origin {
        return Err(Refusal::Immutable { field: key.path() });
    }
    if op.pred.is_empty() {
        return Err(Refusal::NotRemovable { field: key.path() });
    }
    Ok(())
}

/// Whether this sender may do it.
fn allowed(key: &Key, op: &Op, known: &Known, sender: &SenderFacts, is_first: bool) -> Result<(), Refusal> {
    let field = || key.path();
    // The first change makes its writer the reporter; `begins` holds it to the sender's own name.
    let is_reporter = is_first || known.reporter.as_ref() == Some(&sender.person);
    if key.is_words() {
        return match is_reporter && sender.may_write_words {
            true => Ok(()),
            false => Err(Refusal::NotReporter { field: field() }),
        };
    }
    let may_add = sender.may_add || (is_first && sender.may_write_words);
    if !may_add {
        return Err(Refusal::OutOfScope { field: field() });
    }
    match &op.action {
        OpType::Put(ScalarValue::Bytes(bytes)) if matches!(key, Key::Note(_)) => {
            let by = unpack::<PackedNote>(bytes).map(|note| Note::from(note).by);
            match by.as_ref() == Some(&sender.person) {
                true => Ok(()),
                false => Err(Refusal::WrongAuthor { field: field() }),
            }
        }
        OpType::Delete => {
            let is_own =
                |actor: &ActorId| sender.actors.contains(actor) || sender.person_actors.contains(actor);
            let added_by = op
                .pred
                .iter()
                .map(|id| ActorId::from_slice(id.actor().to_bytes()));
            let is_removable = !matches!(key, Key::Note(_))
                && added_by
                    .into_iter()
                    .all(|actor| actor.is_some_and(|actor| is_own(&actor)));
            match is_removable {
                true => Ok(()),
                false => Err(Refusal::NotRemovable { field: field() }),
            }
        }
        _ => Ok(()),
    }
}

/// The origin is about this report, and in the sender's own name.
fn begins(report: ReportId, op: &Op, sender: Option<&SenderFacts>) -> Result<(), Refusal> {
    let origin = match &op.action {
        OpType::Put(ScalarValue::Bytes(bytes)) => unpack::<Origin>(bytes),
        _ => None,
    };
    let fits = |origin: Origin| {
        origin.report == report && sender.is_none_or(|sender| sender.person == origin.reporter)
    };
    if origin.is_some_and(fits) {
        Ok(())
    } else {
        Err(Refusal::WrongOrigin)
    }
}

/// The reporter whom a first change names.
pub(super) fn reporter(operations: &[Op]) -> Option<crate::id::PersonId> {
    operations.iter().find_map(|op| match (&op.key, &op.action) {
        (OpKey::Map(name), OpType::Put(ScalarValue::Bytes(bytes))) if Key::parse(name) == Key::Origin => {
            unpack::<Origin>(bytes).map(|origin| origin.reporter)
        }
        _ => None,
    })
}
