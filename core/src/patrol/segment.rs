//! Segments of tracks: a few minutes of fixes that never change again, named by their hash.
//!
//! A segment is closed every few minutes and on every pause, so that a track is a set of segments and merging is set union. It says all
//! that coverage needs: its first fix joins on to the last one before through [`Lead`], with the cause of the gap between where there was
//! one. So the cells of a patrol are the union of the cells of its segments, in any order.
//!
//! Set in stone: the bytes (see `bytes.rs`) are stored, signed and hashed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::filter::DropCounts;
use super::fix::{Fix, FixClock};
use super::machine::PatrolKind;
use crate::id::{InstallId, InvalidId, PatrolId, PersonId, UnitId};
use crate::place::MicroPosition;
use crate::time::Timestamp;

mod bytes;
mod check;

pub use check::SegmentError;

/// The most fixes of one segment.
pub const SEGMENT_FIXES_MAX: usize = 1_200;

/// The most bytes of one segment.
pub const SEGMENT_BYTES_MAX: usize = 32 << 10;

/// The longest time from a segment's beginning to its end, in ms. A patrol closes its own after ten minutes.
pub const SEGMENT_MS_MAX: i64 = 3_600_000;

/// Two segments of one patrol may share so much time, in ms: a satellite clock and a phone's clock differ by trifles.
const TRIFLE_MS: i64 = 2_000;

/// The most grids that one patrol serves.
pub const GRIDS_MAX: usize = 16;

/// The most bytes of the name of an order.
pub(super) const ORDER_BYTES_MAX: usize = 64;

/// The SHA-256 of a segment's bytes: its name everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentHash(pub [u8; 32]);

impl SegmentHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The hash with these bytes, or `None` where there are not 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for SegmentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SegmentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SegmentHash({})", hex::encode(&self.0[..4]))
    }
}

impl FromStr for SegmentHash {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(text, &mut bytes)
            .map_err(|_| InvalidId::NotHash(text.chars().take(48).collect()))?;
        Ok(Self(bytes))
    }
}

/// What a segment says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SegmentHeader {
    /// The patrol.
    pub patrol: PatrolId,
    /// The install that recorded it.
    pub install: InstallId,
    /// Who walked.
    pub person: PersonId,
    /// The grids that the patrol serves, ascending, each once, 1..=[`GRIDS_MAX`].
    pub grids: Vec<UnitId>,
    /// What sort of patrol.
    pub kind: PatrolKind,
    /// The order that it answers, where it is on order; at most 64 bytes.
    pub order: Option<String>,
    /// Counts the segments of this patrol on this install from 0.
    pub index: u32,
    /// Names the run of the phone; a segment never runs over a restart.
    pub boot: u64,
    /// The monotonic clock when the segment began, in ms.
    pub begun_monotonic_ms: i64,
    /// When it began, UTC, in whole tenths of a second.
    pub begun_at: Timestamp,
    /// When it was closed, not before its last fix; in whole tenths of a second.
    pub closed_at: Timestamp,
    /// How far `begun_at` and `closed_at` may be believed.
    pub clock: FixClock,
}

/// The last fix before a segment: where its first one comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lead {
    /// When, in whole tenths of a second. Compared with the segment's fixes only where both are of one clock.
    pub at: Timestamp,
    /// How far `at` may be believed.
    pub clock: FixClock,
    /// Where.
    pub position: MicroPosition,
    /// Radius in metres of 68 % belief, as in [`Fix`].
    pub accuracy_m: Option<u16>,
    /// Whether a test provider is said to have made it up.
    pub is_mock: bool,
}

impl Lead {
    /// What the next segment needs to know of the last fix.
    pub fn of(fix: &Fix) -> Self {
        Self {
            at: fix.at,
            clock: fix.clock,
            position: fix.position,
            accuracy_m: fix.accuracy_m,
            is_mock: fix.is_mock,
        }
    }
}

/// Why a segment was closed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseCause {
    /// It was long enough; the patrol goes on.
    Full,
    /// The worker paused.
    Paused,
    /// The patrol ended.
    Ended,
    /// The app came back after the system had closed it, or after a restart of the phone.
    Interrupted,
    /// The grids or the clock changed, and what a segment says of itself must hold for all of it.
    Changed,
}

/// Some minutes of a track.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Segment {
    /// What it says of itself.
    pub header: SegmentHeader,
    /// The last fix before it; `None` where the patrol begins here.
    pub lead: Option<Lead>,
    /// The fixes by time, strictly ascending. There may be none: then the patrol went on without a fix.
    pub fixes: Vec<Fix>,
    /// How many fixes were left out, by reason.
    pub dropped: DropCounts,
    /// Why it was closed.
    pub closed: CloseCause,
}

impl Segment {
    /// The segment's bytes and their name. Fails where the segment breaks a rule of its own kind; segments that [`super::Patrol`] closes
    /// never do.
    pub fn encode(&self) -> Result<(SegmentHash, Vec<u8>), SegmentError> {
        check::check(self)?;
        let bytes = bytes::write(self);
        if bytes.len() > SEGMENT_BYTES_MAX {
            return Err(SegmentError::TooLarge);
        }
        Ok((SegmentHash::of(&bytes), bytes))
    }

    /// Reads a segment, strictly: every rule is checked, and only the one spelling that [`Segment::encode`] writes is taken.
    pub fn decode(bytes: &[u8]) -> Result<Self, SegmentError> {
        if bytes.len() > SEGMENT_BYTES_MAX {
            return Err(SegmentError::TooLarge);
        }
        let segment = bytes::read(bytes)?;
        check::check(&segment)?;
        if bytes::write(&segment) != bytes {
            return Err(SegmentError::NotCanonical);
        }
        Ok(segment)
    }

    /// Whether the segment may come from this install: another phone's is forged or copied.
    pub fn check_sender(&self, install: &InstallId, person: &PersonId) -> Result<(), SegmentError> {
        if self.header.install != *install {
            Err(SegmentError::ForeignInstall)
        } else if self.header.person != *person {
            Err(SegmentError::ForeignPerson)
        } else {
            Ok(())
        }
    }

    /// Whether the segment can stand beside others of its patrol and install. The same bytes again are the same segment and no matter;
    /// pass only others.
    pub fn check_beside<'a>(
        &self,
        others: impl IntoIterator<Item = &'a SegmentHeader>,
    ) -> Result<(), SegmentError> {
        let ours = &self.header;
        for theirs in others {
            if (theirs.patrol, theirs.install) != (ours.patrol, ours.install) {
                continue;
            }
            if theirs.index == ours.index {
                return Err(SegmentError::IndexTaken { index: ours.index });
            }
            let is_comparable = theirs.clock == ours.clock && theirs.boot == ours.boot;
            let is_after =
                |a: &SegmentHeader, b: &SegmentHeader| a.begun_at.plus_ms(TRIFLE_MS) >= b.closed_at;
            if is_comparable && !is_after(theirs, ours) && !is_after(ours, theirs) {
                return Err(SegmentError::Overlaps { index: theirs.index });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
