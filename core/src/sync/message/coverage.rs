//! What travels of coverage: the cells of one grid on one day. Tracks never do.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::id::{PatrolId, UnitId};
use crate::time::Timestamp;

/// All that the server knows of one grid on one day. Taking it in is set union: any order, any repetition, the same result.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct GridCoverage {
    /// The grid.
    #[n(0)]
    pub grid: UnitId,
    /// The civil day in the township's zone as `2026-11-22`, or `unknown` where nothing tells the day.
    #[n(1)]
    pub on: String,
    /// The cells that were seen: the bytes of a `coverage::CellSet`.
    #[n(2)]
    pub seen: ByteVec,
    /// The cells that may have been seen, by reason, each reason once, in the order of the words. A cell may lie in several, and in `seen`.
    #[n(3)]
    pub maybe: Vec<MaybeCells>,
    /// The patrols that served the grid that day, ascending: counts of visits where a grid has no outline. Whose they were is not told.
    #[n(4)]
    pub patrols: Vec<PatrolId>,
    /// The key places of the grid that were visited that day, by place and time.
    #[n(5)]
    pub visits: Vec<PlaceVisit>,
}

/// Cells that may have been seen, and why it is not known.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct MaybeCells {
    /// The reason in snake_case: `poor_reception`, or the cause of a gap. Readers show reasons that they do not know as "unknown".
    #[n(0)]
    pub why: String,
    /// The bytes of a `coverage::CellSet`.
    #[n(1)]
    pub cells: ByteVec,
}

/// A key place that somebody was at. Nobody is named: it says something of the place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub struct PlaceVisit {
    /// The key place's code.
    #[n(0)]
    pub place: String,
    /// When, as well as the clocks tell.
    #[n(1)]
    pub at: Timestamp,
    /// How it is known, in snake_case: `patrol`, `report`, `check_up`, or `excused` where it did not have to be visited.
    #[n(2)]
    pub how: String,
}
