//! A first look at a change's bytes, without automerge.
//!
//! It bounds what automerge would believe: run-length columns of a few bytes can claim 2^60 operations. Only the columns of a flat map
//! pass (no nested objects, lists, marks), so most of automerge's code is never reached by a stranger's bytes. The hash is computed here
//! over the content, and the four checksum bytes must be its beginning: automerge itself does not compare them.
//!
//! The layout is that of automerge's published binary format: chunk header, then dependencies, actor, numbers, message, other actors,
//! column list, columns.

use sha2::{Digest, Sha256};

use super::Refusal;
use crate::document::limit;
use crate::id::{ActorId, ChangeHash};

/// What the bytes say before anybody believes it.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) hash: ChangeHash,
    pub(super) actor: ActorId,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    pub(super) deps: Vec<ChangeHash>,
    pub(super) ops: u64,
}

impl Scanned {
    /// The last operation's number.
    pub(super) fn max_op(&self) -> u64 {
        self.start_op.saturating_add(self.ops).saturating_sub(1)
    }
}

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const PLAIN_CHANGE: u8 = 1;

// Column specifications: id << 4 | type.
const KEY_TEXT: u64 = 0x15;
const INSERT: u64 = 0x34;
const ACTION: u64 = 0x42;
const VALUE_META: u64 = 0x56;
const VALUE: u64 = 0x57;
const PRED_COUNT: u64 = 0x70;
const PRED_ACTOR: u64 = 0x71;
const PRED_COUNTER: u64 = 0x73;

pub(super) fn scan(bytes: &[u8]) -> Result<Scanned, Refusal> {
    if bytes.len() > limit::CHANGE_BYTES_MAX {
        return Err(Refusal::TooLarge {
            bytes: bytes.len(),
            bytes_max: limit::CHANGE_BYTES_MAX,
        });
    }
    let mut reader = Reader(bytes);
    if reader.take(4)? != MAGIC {
        return Err(Refusal::Malformed("not an automerge chunk"));
    }
    let checksum = reader.take(4)?;
    let content = reader.0;
    if reader.take(1)? != [PLAIN_CHANGE] {
        return Err(Refusal::Malformed("not a plain change"));
    }
    if reader.length()? != reader.0.len() {
        return Err(Refusal::Malformed("the chunk's length is not its length"));
    }
    let hash: [u8; 32] = Sha256::digest(content).into();
    if checksum != &hash[..4] {
        return Err(Refusal::ChecksumWrong);
    }
    let dep_count = reader.length()?;
    if dep_count > limit::DEPS_MAX {
        return Err(Refusal::Malformed("too many dependencies"));
    }
    let mut deps = Vec::with_capacity(dep_count);
    for _ in 0..dep_count {
        deps.extend(ChangeHash::from_slice(reader.take(32)?));
    }
    let actor = reader.actor()?;
    let (seq, start_op) = (reader.unsigned()?, reader.unsigned()?);
    if seq == 0 || start_op == 0 || u32::try_from(start_op).is_err() || u32::try_from(seq).is_err() {
        return Err(Refusal::Malformed("a number is out of range"));
    }
    reader.signed()?;
    if reader.length()? != 0 {
        return Err(Refusal::Malformed("a message"));
    }
    for _ in 0..reader.length()? {
        reader.actor()?;
    }
    let ops = columns(&mut reader)?;
    Ok(Scanned {
        hash: ChangeHash(hash),
        actor,
        seq,
        start_op,
        deps,
        ops,
    })
}

/// Walks over the columns and counts the operations.
fn columns(reader: &mut Reader<'_>) -> Result<u64, Refusal> {
    let mut list = Vec::new();
    for _ in 0..reader.length()?.min(16) {
        list.push((reader.unsigned()?, reader.length()?));
    }
    let mut ops = None;
    let mut last = None;
    for (column, length) in list {
        if last.is_some_and(|last| column <= last) {
            return Err(Refusal::Malformed("columns out of order"));
        }
        last = Some(column);
        let mut data = Reader(reader.take(length)?);
        let rows = match column {
            KEY_TEXT => data.runs(Values::Text)?,
            ACTION | VALUE_META | PRED_ACTOR => data.runs(Values::Unsigned)?,
            PRED_COUNT => data.runs(Values::Counts)?,
            PRED_COUNTER => data.runs(Values::Signed)?,
            INSERT => data.booleans()?,
            VALUE => continue,
            _ => return Err(Refusal::Malformed("an operation that reports do not have")),
        };
        if column == ACTION {
            ops = Some(rows);
        }
        let per_op = !matches!(column, PRED_ACTOR | PRED_COUNTER);
        if per_op && column > ACTION && ops != Some(rows) {
            return Err(Refusal::Malformed("columns of different lengths"));
        }
    }
    if !reader.0.is_empty() {
        return Err(Refusal::Malformed("bytes after the operations"));
    }
    ops.filter(|ops| *ops > 0)
        .ok_or(Refusal::Malformed("no operations"))
}

/// What a run-length column holds.
#[derive(Clone, Copy, PartialEq)]
enum Values {
    Text,
    Unsigned,
    Signed,
    /// Numbers of predecessors, whose sum is bounded as well.
    Counts,
}

/// Bytes that are still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(Refusal::Malformed("cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn unsigned(&mut self) -> Result<u64, Refusal> {
        let mut value = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Refusal::Malformed("a number is out of range"))
    }

    fn signed(&mut self) -> Result<i64, Refusal> {
        let mut value = 0i64;
        for shift in (0..70).step_by(7) {
            let byte = self.take(1)?[0];
            value |= i64::from(byte & 0x7f).wrapping_shl(shift);
            if byte & 0x80 == 0 {
                let is_negative = byte & 0x40 != 0 && shift < 57;
                return Ok(if is_negative {
                    value | (-1i64).wrapping_shl(shift + 7)
                } else {
                    value
                });
            }
        }
        Err(Refusal::Malformed("a number is out of range"))
    }

    /// A length of something in these bytes, so never more than are left.
    fn length(&mut self) -> Result<usize, Refusal> {
        let value = self.unsigned()?;
        usize::try_from(value)
            .ok()
            .filter(|length| *length <= self.0.len())
            .ok_or(Refusal::Malformed("cut short"))
    }

    fn actor(&mut self) -> Result<ActorId, Refusal> {
        let length = self.length()?;
        ActorId::from_slice(self.take(length)?).ok_or(Refusal::Malformed("an actor is not 16 bytes"))
    }

    /// The number of values in a run-length column, bounded.
    fn runs(&mut self, values: Values) -> Result<u64, Refusal> {
        let mut rows = 0u64;
        let mut sum = 0u64;
        while !self.0.is_empty() {
            let header = self.signed()?;
            let (count, distinct) = match header {
                0 => (self.unsigned()?, 0),
                1.. => (header.unsigned_abs(), 1),
                _ => (header.unsigned_abs(), header.unsigned_abs()),
            };
            rows = rows.saturating_add(count);
            bounded(rows)?;
            for _ in 0..distinct {
                let value = self.value(values)?;
                let times = if header > 0 { count } else { 1 };
                sum = sum.saturating_add(value.saturating_mul(times));
            }
            if values == Values::Counts {
                bounded(sum)?;
            }
        }
        Ok(rows)
    }

    fn value(&mut self, values: Values) -> Result<u64, Refusal> {
        match values {
            Values::Text => {
                let length = self.length()?;
                self.take(length).map(|_| 0)
            }
            Values::Signed => self.signed().map(|_| 0),
            Values::Unsigned | Values::Counts => self.unsigned(),
        }
    }

    fn booleans(&mut self) -> Result<u64, Refusal> {
        let mut rows = 0u64;
        while !self.0.is_empty() {
            rows = rows.saturating_add(self.unsigned()?);
            bounded(rows)?;
        }
        Ok(rows)
    }
}

fn bounded(rows: u64) -> Result<(), Refusal> {
    if usize::try_from(rows).is_ok_and(|rows| rows <= limit::CHANGE_OPS_MAX) {
        Ok(())
    } else {
        Err(Refusal::Malformed("too many operations"))
    }
}
