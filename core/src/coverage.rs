//! Coverage: which places of a grid were seen, were not seen, or cannot be known.
//!
//! It speaks of places, never of people. Cells are national (see [`Cell`]), so that merging is set union and a re-drawn grid keeps its old
//! coverage: rows hold every cell that a patrol of the township painted, and the outline that is asked about cuts out its own.
//!
//! Per grid and day there are two grow-only sets: *seen*, and *maybe*, which is kept by cause; unknown is maybe without seen. Nothing is
//! ever taken out of them, so any order of merging, and any repetition, gives the same cells on the phone and on the server.
//!
//! Pure: no clock, no database. The number of a cell, the bytes of a set and what a fix paints are set in stone by tests.

mod age;
mod cell;
mod day;
mod fold;
mod ground;
mod outline;
mod paint;
mod picture;
mod set;
mod share;
mod suggest;

pub use age::{BLIND_CELLS_MIN, BLIND_WEEKS, BlindSpot, LastSeen, blind_spots};
pub use cell::{CELL_AREA_M2, Cell, CellSpan, ROW_HEIGHT_E6};
pub use day::{DayCoverage, DayCoverageError, UnknownCause};
pub use fold::{
    CoverageFold, CoverageRows, GAP_MAYBE_MS_MAX, LINK_M_MAX, WALKING_MPS, join_rows, paint_segment,
    seen_radius_m,
};
pub use ground::GridGround;
pub use outline::{OutlineCells, OutlineError};
pub use paint::{Painter, RADIUS_M_MAX};
pub use picture::{Picture, PictureError, Swatch, TrackLine, track_lines};
pub use set::{CELL_SET_BYTES_MAX, CellSet, CellSetError};
pub use share::{CoveragePeriod, CoverageShare, InvalidPeriod, UnknownShare};
pub use suggest::{PlaceDue, StopReason, Suggestion, SuggestionStop, suggest};
