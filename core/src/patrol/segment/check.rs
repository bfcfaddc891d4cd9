//! The rules that every segment keeps, wherever it comes from.

use serde::{Deserialize, Serialize};

use super::{GRIDS_MAX, ORDER_BYTES_MAX, SEGMENT_FIXES_MAX, SEGMENT_MS_MAX, Segment, SegmentHeader};
use crate::patrol::filter::is_impossible;
use crate::patrol::fix::{ACCURACY_M_MAX, Fix, FixClock, GAP_AFTER_MS};
use crate::time::Timestamp;
use crate::varint::VarintError;

/// Why bytes or a segment are refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum SegmentError {
    /// More than [`SEGMENT_BYTES_MAX`](super::SEGMENT_BYTES_MAX) bytes or [`SEGMENT_FIXES_MAX`] fixes, or longer than [`SEGMENT_MS_MAX`].
    #[error("the segment is too large")]
    TooLarge,
    /// Not the bytes of a segment at all.
    #[error("the bytes are no segment of a track")]
    NotASegment,
    /// The version is newer than this program.
    #[error("version {version} of the segment is not known")]
    UnknownVersion {
        /// What is written.
        version: u8,
    },
    /// The bytes end too early.
    #[error("the segment ends too early")]
    Truncated,
    /// The same segment has another spelling, or a field holds what no writer writes.
    #[error("the segment is not in its one spelling")]
    NotCanonical,
    /// The grids, the order, the person or the index are not such.
    #[error("the segment's header is not valid")]
    BadHeader,
    /// Instants out of order, off the tenth of a second, or beyond the segment's ends.
    #[error("the times of the segment are out of order")]
    BadTime,
    /// A position or a reading is out of range.
    #[error("fix {index} is out of range")]
    OutOfRange {
        /// Which fix, from 0; the number of fixes for the lead.
        index: u32,
    },
    /// Two fixes that no gap parts are farther apart than anybody moves.
    #[error("fix {index} cannot be reached from the one before")]
    Implausible {
        /// Which fix, from 0.
        index: u32,
    },
    /// It names another install than the one that sends it.
    #[error("the segment comes from another phone")]
    ForeignInstall,
    /// It names another person than the sender's.
    #[error("the segment names another person")]
    ForeignPerson,
    /// Another segment of the patrol has the same number.
    #[error("the patrol has another segment {index}")]
    IndexTaken {
        /// The number.
        index: u32,
    },
    /// Another segment of the patrol has some of the same time.
    #[error("the segment overlaps segment {index} of its patrol")]
    Overlaps {
        /// The other's number.
        index: u32,
    },
}

impl From<VarintError> for SegmentError {
    fn from(error: VarintError) -> Self {
        match error {
            VarintError::Truncated => Self::Truncated,
            VarintError::NotShortest => Self::NotCanonical,
        }
    }
}

/// Instants are between 1970 and 2200 and on the tenth of a second. The day is another matter.
fn is_instant(at: Timestamp) -> bool {
    (0..7_258_118_400_000).contains(&at.as_millis()) && at.as_millis() % 100 == 0
}

pub(super) fn check(segment: &Segment) -> Result<(), SegmentError> {
    check_header(&segment.header)?;
    let count = u32::try_from(segment.fixes.len()).map_err(|_| SegmentError::TooLarge)?;
    if segment.fixes.len() > SEGMENT_FIXES_MAX {
        return Err(SegmentError::TooLarge);
    }
    if let Some(lead) = &segment.lead {
        if !is_instant(lead.at) {
            return Err(SegmentError::BadTime);
        }
        let is_known = lead.accuracy_m.is_none_or(|m| (1..=ACCURACY_M_MAX).contains(&m));
        if !lead.position.is_on_earth() || !is_known {
            return Err(SegmentError::OutOfRange { index: count });
        }
    }
    let mut before: Option<&Fix> = None;
    for (fix, index) in segment.fixes.iter().zip(0u32..) {
        check_fix(fix, index, segment)?;
        if let Some(before) = before {
            check_step(before, fix, index)?;
        }
        before = Some(fix);
    }
    Ok(())
}

fn check_header(header: &SegmentHeader) -> Result<(), SegmentError> {
    let is_ascending = header.grids.windows(2).all(|pair| pair[0] < pair[1]);
    let is_counted = (1..=GRIDS_MAX).contains(&header.grids.len());
    let is_order = header
        .order
        .as_deref()
        .is_none_or(|order| (1..=ORDER_BYTES_MAX).contains(&order.len()));
    if !is_ascending || !is_counted || !is_order || header.begun_monotonic_ms < 0 {
        return Err(SegmentError::BadHeader);
    }
    if !is_instant(header.begun_at) || !is_instant(header.closed_at) || header.closed_at < header.begun_at {
        return Err(SegmentError::BadTime);
    }
    if header.closed_at.ms_since(header.begun_at) > SEGMENT_MS_MAX {
        return Err(SegmentError::TooLarge);
    }
    Ok(())
}

fn check_fix(fix: &Fix, index: u32, segment: &Segment) -> Result<(), SegmentError> {
    let header = &segment.header;
    let is_within = (header.begun_at..=header.closed_at).contains(&fix.at);
    let is_one_clock = (fix.clock == FixClock::Unknown) == (header.clock == FixClock::Unknown);
    if !is_instant(fix.at) || !is_within || !is_one_clock {
        return Err(SegmentError::BadTime);
    }
    let is_in_range = fix.position.is_on_earth()
        && fix.accuracy_m.is_none_or(|m| (1..=ACCURACY_M_MAX).contains(&m))
        && fix.speed_dmps.is_none_or(|speed| speed <= 2_000)
        && fix.bearing_deg.is_none_or(|deg| deg <= 358 && deg % 2 == 0)
        && fix.battery_percent.is_none_or(|percent| percent <= 100);
    if is_in_range {
        Ok(())
    } else {
        Err(SegmentError::OutOfRange { index })
    }
}

/// Fixes ascend, a long silence is always a gap, and nobody is thrown across the land without one.
fn check_step(before: &Fix, fix: &Fix, index: u32) -> Result<(), SegmentError> {
    let passed_ms = fix.at.ms_since(before.at);
    if passed_ms <= 0 || (fix.gap_before.is_none() && passed_ms > GAP_AFTER_MS) {
        return Err(SegmentError::BadTime);
    }
    if fix.gap_before.is_none() && is_impossible(before, fix, passed_ms) {
        return Err(SegmentError::Implausible { index });
    }
    Ok(())
}
