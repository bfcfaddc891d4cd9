//! What the server does with patrols by itself: tracks go after the time that the township's policy says, and a grid that is drawn anew
//! gets what was seen of its ground before.
//!
//! A deletion is provable: tombstones stay, and one line of the audit chain says how many went and hashes their names.

use std::collections::BTreeMap;

use chrono::Days;
use sha2::{Digest as _, Sha256};
use xunge_core::coverage::DayCoverage;
use xunge_core::patrol::FixDay;
use xunge_core::time::Timestamp;

use super::ground::outlines_hash;
use super::serve_cover::BACKFILLED_DAYS;
use super::turn::{Done, Turn};
use super::{Ledger, locked};
use crate::ServiceError;
use crate::store::{FeedNo, WriteTx};

/// The kind of the audit line of a deletion.
pub(crate) const DELETED: &str = "tracks_deleted";

const DAY_MS: i64 = 86_400_000;

/// Kinds of items on the review list that go with tracks.
const REVIEW_KINDS: [&str; 2] = ["track", "visit"];

/// What the audit line of a deletion says: how many, the hash over their names in order, and why.
pub(crate) fn deletion_detail(names: &[[u8; 32]], why: &str) -> String {
    let mut sorted: Vec<_> = names.to_vec();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    for name in &sorted {
        hash.update(name);
    }
    format!("{} {} {why}", sorted.len(), hex::encode(hash.finalize()))
}

/// How many went, and the hash of their names, from an audit line.
pub(crate) fn parse_deletion(detail: &str) -> Option<(usize, &str)> {
    let mut parts = detail.split(' ');
    Some((parts.next()?.parse().ok()?, parts.next()?))
}

impl Ledger {
    /// Deletes what is older than the township's policy says, by the server's clock. Returns how many segments and check-ups went.
    pub(crate) fn expire_tracks(&self, feed: FeedNo, now: Timestamp) -> Result<usize, ServiceError> {
        let (names, before, days) = self.read(|tx| {
            let (_, directory) = self.directory(tx)?;
            let unit = tx.feed_by_no(feed)?.ok_or(ServiceError::NotFound("feed"))?.unit;
            let days = directory.policy(&unit, now).track_keep_days;
            let before = now.plus_ms(-i64::from(days) * DAY_MS);
            Ok((tx.tracks_before(feed, before)?, before, days))
        })?;
        let why = format!("after {days} days");
        if !names.is_empty() {
            self.write(Some(feed), |tx| {
                self.delete_tracks(tx, feed, &names, now, ("server", &why))
            })?;
        }
        self.empty_reviews(feed, before, now)?;
        Ok(names.len())
    }

    /// Deletes segments and check-ups but for their tombstones, and writes it down.
    pub(crate) fn delete_tracks(
        &self,
        tx: &mut dyn WriteTx,
        feed: FeedNo,
        names: &[[u8; 32]],
        now: Timestamp,
        (actor, why): (&str, &str),
    ) -> Result<(), ServiceError> {
        // One instant is one deletion, so that each line can be checked against its own tombstones.
        let newest = tx.tracks_deleted(feed)?.last().map(|(at, _)| at.plus_ms(1));
        let at = newest.map_or(now, |newest| newest.max(now));
        tx.tracks_delete(feed, names, at)?;
        let detail = deletion_detail(names, why);
        Ok(super::audit::note(tx, feed, at, actor, DELETED, &detail)?)
    }

    /// Once a day, and once after a start.
    fn empty_reviews(&self, feed: FeedNo, before: Timestamp, now: Timestamp) -> Result<(), ServiceError> {
        let today = now.as_millis() / DAY_MS;
        if locked(&self.reviews_emptied).insert(feed, today) == Some(today) {
            return Ok(());
        }
        self.write(Some(feed), |tx| {
            let mut count = 0;
            for kind in REVIEW_KINDS {
                count += tx.review_empty(feed, kind, before, now)?;
            }
            if count > 0 {
                let detail = format!("{count} items of patrols emptied on the review list");
                super::audit::note(tx, feed, now, "server", "review", &detail)?;
            }
            Ok(())
        })
    }

    /// Gives grids that were drawn anew since the last look what was seen of their ground on the days that phones keep.
    pub(crate) fn recut(&self, feed: FeedNo, now: Timestamp) -> Result<(), ServiceError> {
        let key = format!("outlines:{}", feed.0);
        let fresh = self.read(|tx| {
            let (_, directory) = self.directory(tx)?;
            let unit = tx.feed_by_no(feed)?.ok_or(ServiceError::NotFound("feed"))?.unit;
            let hash = outlines_hash(&directory, &unit, now);
            Ok((tx.meta(&key)?.as_deref() != Some(&hash[..])).then_some(hash))
        })?;
        let Some(hash) = fresh else { return Ok(()) };
        let done = self.write(Some(feed), |tx| {
            tx.meta_put(&key, &hash)?;
            self.recut_turn(tx, feed, now)
        })?;
        done.settle(self);
        Ok(())
    }

    fn recut_turn(&self, tx: &mut dyn WriteTx, feed: FeedNo, now: Timestamp) -> Result<Done, ServiceError> {
        let mut turn = Turn::begin(self, tx, feed, now)?;
        let directory = std::sync::Arc::clone(&turn.directory);
        let township = turn.feed.unit.clone();
        let zone = directory.policy(&township, now).zone;
        let from = now.day_in(zone) - Days::new(BACKFILLED_DAYS - 1);
        let mut days: BTreeMap<String, DayCoverage> = BTreeMap::new();
        for row in turn
            .tx
            .coverage_between(feed, None, &from.to_string(), "unknown")?
        {
            let open = self.open_day(&township, &row)?;
            days.entry(row.day).or_default().join(&open.cells);
        }
        let grids = directory.grids_under(&township, now);
        let grounds = grids
            .iter()
            .filter_map(|grid| self.grounds.ground(&directory, grid, now));
        for ground in grounds {
            for (day, seen) in &days {
                let own = seen.within(&ground.cells);
                let day: FixDay = day
                    .parse()
                    .map_err(|_| ServiceError::Damaged(format!("the coverage of {day}")))?;
                if !own.is_empty() {
                    turn.join_cells(&ground.grid, day, &own)?;
                }
            }
        }
        turn.finish("server")
    }
}
