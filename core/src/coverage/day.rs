//! What was seen of a grid on one day: two grow-only sets, and their bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::set::{CELL_SET_BYTES_MAX, CellSet, CellSetError};
use crate::in_order::Gather;
use crate::patrol::GapCause;
use crate::varint::{Reader, VarintError, put_bytes};

/// Why it cannot be known whether a cell was seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownCause {
    /// Fixes that were too inaccurate, or none that was good enough for a while.
    PoorReception,
    /// No fixes for a while.
    NoSignal,
    /// The system had closed the app.
    Killed,
    /// The phone was restarted or had no power.
    Reboot,
    /// Location was switched off.
    LocationOff,
    /// Positions that a test provider is said to have made up.
    Mock,
}

impl UnknownCause {
    /// All causes, by their numbers in stored coverage. A new one goes to the end.
    pub const ALL: [Self; 6] = [
        Self::PoorReception,
        Self::NoSignal,
        Self::Killed,
        Self::Reboot,
        Self::LocationOff,
        Self::Mock,
    ];

    /// What a gap leaves unknown; nothing for a pause.
    pub fn of_gap(cause: GapCause) -> Option<Self> {
        match cause {
            GapCause::Paused => None,
            GapCause::Killed => Some(Self::Killed),
            GapCause::Reboot => Some(Self::Reboot),
            GapCause::NoSignal => Some(Self::NoSignal),
            GapCause::LocationOff => Some(Self::LocationOff),
            GapCause::PoorReception => Some(Self::PoorReception),
        }
    }

    /// The cause in Chinese and in English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::PoorReception => GapCause::PoorReception.words(),
            Self::NoSignal => GapCause::NoSignal.words(),
            Self::Killed => GapCause::Killed.words(),
            Self::Reboot => GapCause::Reboot.words(),
            Self::LocationOff => GapCause::LocationOff.words(),
            Self::Mock => ("模拟定位", "mock positions"),
        }
    }
}

/// The cells of one grid (or of the rest of a township) on one day. Joining is set union in each part.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DayCoverage {
    /// What was seen.
    pub seen: CellSet,
    /// What may have been seen, by cause. Cells may be in `seen` too, and under several causes. No set in it is empty.
    pub maybe: BTreeMap<UnknownCause, CellSet>,
}

/// The version byte.
const VERSION: u8 = 1;

/// Why bytes are no such coverage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DayCoverageError {
    /// A set in it is not readable.
    #[error("{0}")]
    Cells(#[from] CellSetError),
    /// The version is newer than this program.
    #[error("version {0} of the coverage is not known")]
    UnknownVersion(u8),
    /// The bytes end too early.
    #[error("the coverage ends too early")]
    Truncated,
    /// The same coverage has another spelling, or the bytes spell none.
    #[error("the coverage is not in its one spelling")]
    NotCanonical,
}

impl From<VarintError> for DayCoverageError {
    fn from(error: VarintError) -> Self {
        match error {
            VarintError::Truncated => Self::Truncated,
            VarintError::NotShortest => Self::NotCanonical,
        }
    }
}

impl DayCoverage {
    /// Nothing seen, nothing unknown.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty() && self.maybe.is_empty()
    }

    /// Adds everything of another one (set union).
    pub fn join(&mut self, other: &Self) {
        self.seen.join(&other.seen);
        for (cause, cells) in &other.maybe {
            self.join_maybe(*cause, cells);
        }
    }

    /// Adds cells that may have been seen.
    pub fn join_maybe(&mut self, cause: UnknownCause, cells: &CellSet) {
        if !cells.is_empty() {
            self.maybe.entry(cause).or_default().join(cells);
        }
    }

    /// What may have been seen, under any cause.
    pub fn maybe(&self) -> CellSet {
        let mut all = CellSet::new();
        for cells in self.maybe.values() {
            all.join(cells);
        }
        all
    }

    /// What cannot be known: maybe without seen.
    pub fn unknown(&self) -> CellSet {
        self.maybe().without(&self.seen)
    }

    /// The part of it that lies in these cells.
    #[must_use]
    pub fn within(&self, cells: &CellSet) -> Self {
        self.mapped(|set| set.common(cells))
    }

    /// The part of it that lies outside these cells.
    #[must_use]
    pub fn outside(&self, cells: &CellSet) -> Self {
        self.mapped(|set| set.without(cells))
    }

    fn mapped(&self, map: impl Fn(&CellSet) -> CellSet) -> Self {
        let maybe = self.maybe.iter().map(|(cause, cells)| (*cause, map(cells)));
        Self {
            seen: map(&self.seen),
            maybe: maybe.filter(|(_, cells)| !cells.is_empty()).gather(),
        }
    }

    /// The bytes: equal coverage has equal bytes. Version byte, the seen set behind its length, then for each cause that has cells its
    /// number and its set behind its length.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        put_bytes(&mut out, &self.seen.encode());
        for (cause, number) in UnknownCause::ALL.iter().zip(0u8..) {
            if let Some(cells) = self.maybe.get(cause).filter(|cells| !cells.is_empty()) {
                out.push(number);
                put_bytes(&mut out, &cells.encode());
            }
        }
        out
    }

    /// Reads the bytes, strictly.
    pub fn decode(bytes: &[u8]) -> Result<Self, DayCoverageError> {
        let mut reader = Reader::new(bytes);
        match reader.byte()? {
            VERSION => {}
            other => return Err(DayCoverageError::UnknownVersion(other)),
        }
        let mut coverage = Self {
            seen: read_set(&mut reader)?,
            maybe: BTreeMap::new(),
        };
        while !reader.is_done() {
            let number = usize::from(reader.byte()?);
            let cause = *UnknownCause::ALL
                .get(number)
                .ok_or(DayCoverageError::NotCanonical)?;
            let is_next = coverage.maybe.keys().all(|before| *before < cause);
            let cells = read_set(&mut reader)?;
            if !is_next || cells.is_empty() {
                return Err(DayCoverageError::NotCanonical);
            }
            coverage.maybe.insert(cause, cells);
        }
        Ok(coverage)
    }
}

fn read_set(reader: &mut Reader<'_>) -> Result<CellSet, DayCoverageError> {
    let bytes = reader.bytes(CELL_SET_BYTES_MAX)?;
    Ok(CellSet::decode(bytes.ok_or(CellSetError::TooLarge)?)?)
}
