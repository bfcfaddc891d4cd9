//! The bytes of a set of cells: one set, one spelling.
//!
//! Version byte; then tiles in ascending order: the distance of the tile's number from the one before (varint; the first from -1, so
//! never 0), a mask of its rows that are not empty (8 bytes, little-endian), and each such row: the number of runs, then for each run the
//! empty columns before it and its length less one; a row of more than three runs is the byte 0 and its word (8 bytes, little-endian).
//!
//! Set in stone: stored, sent and hashed. Reading refuses every other spelling.

use std::collections::BTreeMap;

use super::super::cell::TILE_SIDE;
use super::{CellSet, EMPTY_TILE, Runs, Tile};
use crate::varint::{Reader, VarintError, put_u64};

/// The version byte of the one spelling that there is.
const VERSION: u8 = 1;

/// Rows with more runs than this are written as words.
const RUNS_MAX: usize = 3;

/// The most bytes of one set that are read: a whole county's.
pub const CELL_SET_BYTES_MAX: usize = 8 << 20;

/// Why bytes are no set of cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CellSetError {
    /// There are more than [`CELL_SET_BYTES_MAX`].
    #[error("the set of cells is too large")]
    TooLarge,
    /// The version is newer than this program.
    #[error("version {0} of the cells is not known")]
    UnknownVersion(u8),
    /// The bytes end too early.
    #[error("the set of cells ends too early")]
    Truncated,
    /// The same set has another spelling, or the bytes spell none.
    #[error("the set of cells is not in its one spelling")]
    NotCanonical,
}

impl From<VarintError> for CellSetError {
    fn from(error: VarintError) -> Self {
        match error {
            VarintError::Truncated => Self::Truncated,
            VarintError::NotShortest => Self::NotCanonical,
        }
    }
}

impl CellSet {
    /// The set's bytes. Equal sets have equal bytes; a cell at the edge of a walk costs about a third of a byte.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1 + self.tiles.len() * 128);
        out.push(VERSION);
        let mut before = -1i64;
        for (number, tile) in &self.tiles {
            put_u64(&mut out, (i64::from(*number) - before).cast_unsigned());
            before = i64::from(*number);
            put_tile(&mut out, tile);
        }
        out
    }

    /// Reads a set's bytes, strictly.
    pub fn decode(bytes: &[u8]) -> Result<Self, CellSetError> {
        if bytes.len() > CELL_SET_BYTES_MAX {
            return Err(CellSetError::TooLarge);
        }
        let mut reader = Reader::new(bytes);
        match reader.byte()? {
            VERSION => {}
            other => return Err(CellSetError::UnknownVersion(other)),
        }
        let mut tiles = BTreeMap::new();
        let mut number = -1i64;
        while !reader.is_done() {
            let ahead = reader.u64()?;
            let next = i64::try_from(ahead)
                .ok()
                .and_then(|ahead| number.checked_add(ahead));
            let next = next.filter(|next| ahead > 0 && *next <= i64::from(u32::MAX));
            number = next.ok_or(CellSetError::NotCanonical)?;
            let key = u32::try_from(number).map_err(|_| CellSetError::NotCanonical)?;
            tiles.insert(key, Box::new(read_tile(&mut reader)?));
        }
        Ok(Self { tiles })
    }
}

fn put_tile(out: &mut Vec<u8>, tile: &Tile) {
    let mask = tile
        .iter()
        .zip(0u32..)
        .fold(0u64, |mask, (word, row)| mask | u64::from(*word != 0) << row);
    out.extend_from_slice(&mask.to_le_bytes());
    for word in tile.iter().filter(|word| **word != 0) {
        let runs = Runs(*word).count();
        if runs > RUNS_MAX {
            out.push(0);
            out.extend_from_slice(&word.to_le_bytes());
            continue;
        }
        put_u64(out, runs as u64);
        let mut next = 0;
        for (first, last) in Runs(*word) {
            put_u64(out, u64::from(first - next));
            put_u64(out, u64::from(last - first));
            next = last + 1;
        }
    }
}

fn read_tile(reader: &mut Reader<'_>) -> Result<Tile, CellSetError> {
    let mask = u64::from_le_bytes(reader.array()?);
    if mask == 0 {
        return Err(CellSetError::NotCanonical);
    }
    let mut tile = EMPTY_TILE;
    for (row, word) in tile.iter_mut().enumerate() {
        if mask >> row & 1 == 1 {
            *word = read_row(reader)?;
        }
    }
    Ok(tile)
}

fn read_row(reader: &mut Reader<'_>) -> Result<u64, CellSetError> {
    let runs = usize::from(reader.byte()?);
    if runs == 0 {
        let word = u64::from_le_bytes(reader.array()?);
        let is_needed = Runs(word).count() > RUNS_MAX;
        return if is_needed {
            Ok(word)
        } else {
            Err(CellSetError::NotCanonical)
        };
    }
    if runs > RUNS_MAX {
        return Err(CellSetError::NotCanonical);
    }
    let mut word = 0u64;
    let mut next = 0u64;
    for run in 0..runs {
        let empty = reader.u64()?;
        let length = reader.u64()?;
        let first = next.saturating_add(empty);
        let last = first.saturating_add(length);
        // Runs that touch would be one run.
        if last >= u64::from(TILE_SIDE) || (run > 0 && empty == 0) {
            return Err(CellSetError::NotCanonical);
        }
        word |= u64::MAX << first & u64::MAX >> (63 - last);
        next = last + 1;
    }
    Ok(word)
}
