//! What travels of coverage: the cells of one grid on one day. Tracks never do.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::Digest;
use crate::id::{PatrolId, UnitId};
use crate::in_order::InOrder;
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
    /// Why it did not have to be visited, in the words of whoever excused it.
    #[n(3)]
    pub reason: Option<String>,
}

/// What a phone holds of a feed's coverage, asked for a few times a day where nothing else is under way.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CoverageCheck {
    /// The township's feed.
    #[n(0)]
    pub feed: UnitId,
    /// The first day that is counted, as `2026-11-22`. What counts for no day is not counted.
    #[n(1)]
    pub from: String,
    /// The grids in scope, ascending.
    #[n(2)]
    pub grids: Vec<GridDigest>,
}

/// What a phone holds of one grid's days.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct GridDigest {
    /// The grid.
    #[n(0)]
    pub grid: UnitId,
    /// Over [`GridCoverage::digest_name`] of each day.
    #[n(1)]
    pub digest: Digest,
}

impl GridCoverage {
    /// What digests count of a day: its cells, its patrols, and how its places were visited. Not when: of one patrol the earliest moment
    /// of a visit may still move, and a phone keeps both.
    pub fn digest_name(&self) -> Vec<u8> {
        let mut maybe: Vec<(&str, &[u8])> = self
            .maybe
            .iter()
            .map(|maybe| (maybe.why.as_str(), maybe.cells.as_slice()))
            .collect();
        maybe.order_by(Ord::cmp);
        let mut visits: Vec<(&str, &str)> = self
            .visits
            .iter()
            .map(|visit| (visit.place.as_str(), visit.how.as_str()))
            .collect();
        visits.order_by(Ord::cmp);
        visits.dedup();
        let name = (
            self.grid.as_str(),
            self.on.as_str(),
            &self.seen,
            &self.patrols,
            visits,
        );
        let mut bytes = minicbor::to_vec(name).expect("encoding to memory cannot fail");
        for (why, cells) in maybe {
            bytes.extend(minicbor::to_vec(why).expect("encoding to memory cannot fail"));
            bytes.extend_from_slice(cells);
        }
        bytes
    }

    /// The digest over days of one grid.
    pub fn digest<'a>(days: impl IntoIterator<Item = &'a Self>) -> Digest {
        let mut digest = Digest::default();
        for day in days {
            digest.add(&day.digest_name());
        }
        digest
    }
}
