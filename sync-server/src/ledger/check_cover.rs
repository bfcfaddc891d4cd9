//! Verifying patrols: held segments are folded anew and must lie in the stored coverage; rows, names and tombstones must fit.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use xunge_core::coverage::{DayCoverage, paint_segment};
use xunge_core::directory::{Directory, Sight};
use xunge_core::patrol::{FixDay, Segment};
use xunge_core::signature::sha256;
use xunge_core::time::Timestamp;

use super::check::{AT_ONCE, Check};
use super::cover::{OpenDay, contains, name};
use super::ground::believable;
use super::retain::{DELETED, parse_deletion};
use crate::ServiceError;
use crate::store::{FeedState, ReadTx, RowKind, TrackKind, TrackRow};

type Days = BTreeMap<(String, String), OpenDay>;

impl Check<'_> {
    /// Everything that patrols brought to one feed.
    pub(super) fn patrols(&mut self, tx: &mut dyn ReadTx, feed: &FeedState) -> Result<(), ServiceError> {
        let days = self.coverage(tx, feed)?;
        let (version, directory) = self.ledger.directory(tx)?;
        let mut after = None;
        loop {
            let rows = tx.tracks_held(feed.no, TrackKind::Segment, after, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.name);
            for row in &rows {
                self.report.tracks += 1;
                match self.segment(row) {
                    Some(segment) => {
                        let is_held =
                            self.is_covered(tx, feed, (version, &directory), &days, row, &segment)?;
                        if !is_held {
                            let name = hex::encode(row.name);
                            self.problem(format!("track {name}: its cells are not in the coverage"));
                        }
                    }
                    None => self.problem(format!(
                        "track {}: it is not what was sent",
                        hex::encode(row.name)
                    )),
                }
            }
        }
        self.visits(tx, feed)?;
        self.deletions(tx, feed)
    }

    /// Opens all coverage and holds each row of it against the feed.
    fn coverage(&mut self, tx: &mut dyn ReadTx, feed: &FeedState) -> Result<Days, ServiceError> {
        let mut days = Days::new();
        for row in tx.coverage_between(feed.no, None, "", "unknown")? {
            self.report.coverage += 1;
            let what = format!("feed {}: the coverage of {} on {}", feed.unit, row.unit, row.day);
            match self.ledger.open_day(&feed.unit, &row) {
                Ok(open) => {
                    days.insert((row.unit.to_string(), row.day.clone()), open);
                }
                Err(_) => self.problem(format!("{what} is not readable")),
            }
            if row.unit == feed.unit {
                continue;
            }
            let line = tx.rows_by_seq(feed.no, &[row.seq])?.pop();
            let is_told = line.is_some_and(|line| {
                line.kind == RowKind::Coverage && line.name == Some(name(&row.unit, &row.day))
            });
            if !is_told {
                self.problem(format!("{what} has no row in the feed"));
            }
        }
        Ok(days)
    }

    fn segment(&self, row: &TrackRow) -> Option<Segment> {
        let bytes = self.ledger.track_bytes(row).ok()?;
        let segment = Segment::decode(&bytes).ok()?;
        let is_its = sha256(&bytes) == row.name
            && segment.header.install == row.install
            && segment.header.person == row.person;
        is_its.then_some(segment)
    }

    fn is_covered(
        &self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        (version, directory): (u64, &Directory),
        days: &Days,
        row: &TrackRow,
        segment: &Segment,
    ) -> Result<bool, ServiceError> {
        let at = row.received_at;
        let rows = self
            .ledger
            .grounds
            .rows((version, directory), &feed.unit, segment, at);
        let nothing = OpenDay::default();
        let is_exact = rows.iter().all(|((unit, day), cells)| {
            let held = days.get(&(unit.to_string(), day.to_string())).unwrap_or(&nothing);
            contains(&held.cells, cells)
        });
        if is_exact || !is_backdated(tx, feed, row, at)? {
            return Ok(is_exact);
        }
        // The township has since said that its ground was another then: what is certain is what one sees at the shortest sight.
        let zone = directory.policy(&feed.unit, at).zone;
        let of_day = |day: FixDay| {
            let day = believable(day, at, zone).to_string();
            let mut all = DayCoverage::new();
            for ((_, on), open) in days {
                if *on == day {
                    all.join(&open.cells);
                }
            }
            all
        };
        let least = paint_segment(segment, Sight::Dense, zone);
        Ok(least
            .iter()
            .all(|(day, cells)| cells.seen.is_subset(&of_day(*day).seen)))
    }

    fn visits(&mut self, tx: &mut dyn ReadTx, feed: &FeedState) -> Result<(), ServiceError> {
        let mut after = None;
        loop {
            let rows = tx.tracks_held(feed.no, TrackKind::Visit, after, AT_ONCE)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.name);
            for row in &rows {
                self.report.tracks += 1;
                let bytes = self.ledger.track_bytes(row);
                if !bytes.is_ok_and(|bytes| sha256(&bytes) == row.name) {
                    self.problem(format!(
                        "visit {}: it is not what was sent",
                        hex::encode(row.name)
                    ));
                }
            }
        }
    }

    /// Each deletion that the audit chain names left its tombstones, and no tombstone is without one.
    fn deletions(&mut self, tx: &mut dyn ReadTx, feed: &FeedState) -> Result<(), ServiceError> {
        let mut by_instant: BTreeMap<Timestamp, (usize, Sha256)> = BTreeMap::new();
        for (at, name) in tx.tracks_deleted(feed.no)? {
            let (count, hash) = by_instant.entry(at).or_default();
            *count += 1;
            hash.update(name);
        }
        let mut from = 1;
        loop {
            let lines = tx.audit_lines(feed.no, from, AT_ONCE)?;
            let Some(last) = lines.last() else { break };
            from = last.number + 1;
            for line in lines.iter().filter(|line| line.kind == DELETED) {
                let held = by_instant.remove(&line.at);
                let held = held.map(|(count, hash)| (count, hex::encode(hash.finalize())));
                let told = parse_deletion(&line.detail).map(|(count, hash)| (count, hash.to_owned()));
                if held.is_none() || held != told {
                    self.problem(format!(
                        "feed {}: the deletion of audit line {} does not fit its tombstones",
                        feed.unit, line.number
                    ));
                }
            }
        }
        for at in by_instant.keys() {
            self.problem(format!(
                "feed {}: tracks were deleted at {at} without a word",
                feed.unit
            ));
        }
        Ok(())
    }
}

/// Whether the directory was given a record after the segment came that holds for a time before.
fn is_backdated(
    tx: &mut dyn ReadTx,
    feed: &FeedState,
    row: &TrackRow,
    at: Timestamp,
) -> Result<bool, ServiceError> {
    let later = tx.directory_after(feed.no, row.seq, u64::MAX, u32::MAX)?;
    Ok(later
        .iter()
        .any(|(_, record)| matches!(record.kind.as_str(), "unit" | "policy") && record.valid_from <= at))
}
