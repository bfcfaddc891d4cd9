//! The audit chains: one per feed, and one of the server itself.
//!
//! Each line's hash covers the line before. A writing turn leaves one line that sums up its rows by a digest over their numbers, kinds,
//! names and sealed bytes, so that a changed, dropped or reordered row shows although no content stands in the log. Set in stone: what is
//! hashed.

use sha2::{Digest as _, Sha256};
use xunge_core::time::Timestamp;

use crate::store::{AuditLine, FeedNo, FeedState, LedgerRow, StoreResult, WriteTx};

/// The mark that stands in an erased row before the hash of what stood there.
pub(crate) const ERASED_MARK: &[u8] = b"erased\0";

/// The next line of a chain; moves the chain's end in `feed`.
pub(crate) fn line(
    feed: &mut FeedState,
    at: Timestamp,
    actor: &str,
    kind: &str,
    detail: String,
) -> AuditLine {
    let number = feed.audit_count + 1;
    let hash = link(&feed.audit_hash, number, at, actor, kind, &detail);
    feed.audit_count = number;
    feed.audit_hash = hash;
    AuditLine {
        number,
        at,
        actor: actor.to_owned(),
        kind: kind.to_owned(),
        detail,
        hash,
    }
}

/// The hash of a line after the line with the hash `before`.
pub(crate) fn link(
    before: &[u8; 32],
    number: u64,
    at: Timestamp,
    actor: &str,
    kind: &str,
    detail: &str,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(number.to_be_bytes());
    hash.update(at.as_millis().to_be_bytes());
    for text in [actor, kind, detail] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

/// Adds one line to a chain outside a turn.
pub(crate) fn note(
    tx: &mut dyn WriteTx,
    feed: FeedNo,
    at: Timestamp,
    actor: &str,
    kind: &str,
    detail: &str,
) -> StoreResult<()> {
    let Some(mut state) = tx.feed_by_no(feed)? else {
        return Ok(());
    };
    let line = line(&mut state, at, actor, kind, detail.to_owned());
    tx.audit_insert(feed, &[line])?;
    tx.feed_update(&state)
}

/// The detail of a line that sums up rows.
pub(crate) fn rows_detail(rows: &[LedgerRow]) -> String {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return String::new();
    };
    let mut hash = Sha256::new();
    for row in rows {
        witness(&mut hash, row);
    }
    format!("{}-{} {}", first.seq, last.seq, hex::encode(hash.finalize()))
}

/// The numbers of a line that sums up rows, and the digest as text.
pub(crate) fn parse_rows_detail(detail: &str) -> Option<(u64, u64, &str)> {
    let (range, digest) = detail.split_once(' ')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, digest))
}

fn witness(hash: &mut Sha256, row: &LedgerRow) {
    hash.update(row.seq.to_be_bytes());
    hash.update([row.kind as u8]);
    let name = row.name.as_deref().unwrap_or_default();
    hash.update((name.len() as u64).to_be_bytes());
    hash.update(name);
    hash.update(body_hash(row.body.as_deref().unwrap_or_default()));
}

/// The hash of a row's bytes; of an erased row, of the bytes that stood there.
pub(crate) fn body_hash(body: &[u8]) -> [u8; 32] {
    match body
        .strip_prefix(ERASED_MARK)
        .and_then(|rest| rest.try_into().ok())
    {
        Some(hash) => hash,
        None => Sha256::digest(body).into(),
    }
}
