//! Patrols: a walk that a worker starts, what the phone records of it, and how that is kept honest.
//!
//! A track exists only inside a patrol that the worker started, and pausing costs nothing. What is recorded is never joined across a gap;
//! gaps carry their cause. Every fix that is left out has a reason that is counted. Distance and time are for the worker alone: nothing
//! here adds up people.
//!
//! Pure: instants and readings come in as arguments, effects go out as values. No file, no database, no clock, no randomness.

mod filter;
mod fix;
mod machine;
mod platform;
#[cfg(test)]
pub(crate) mod sample;
mod segment;
mod shifted;
mod walk;

pub use filter::{DropCounts, DropReason, FixFilter, Verdict};
pub use fix::{
    ACCURACY_GOOD_M, ACCURACY_M_MAX, Fix, FixClock, FixDay, GAP_AFTER_MS, GapCause, InvalidDay, RawFix,
};
pub use machine::{
    ClosedSegment, Effect, EndCause, EventKind, FIX_EVERY_MS, Input, Notice, Patrol, PatrolEvent, PatrolKind,
    PatrolPlan, PatrolState, RefusedInput, SEGMENT_CLOSES_AFTER_MS, SILENT_AFTER_MS, STILL_ENDS_AFTER_MS,
    Silence,
};
pub use platform::{Finding, PhoneMaker, PlatformFacts, PlatformSelfTest, Severity, self_test};
pub use segment::{
    CloseCause, GRIDS_MAX, Lead, SEGMENT_BYTES_MAX, SEGMENT_FIXES_MAX, SEGMENT_MS_MAX, Segment, SegmentError,
    SegmentHash, SegmentHeader,
};
pub use shifted::{ShiftedTrack, looks_like_gcj02, shifted_segment};
pub use walk::Walk;
