//! Sets of cells: 64 by 64 bits a tile, joined word by word.

use std::collections::BTreeMap;

use super::cell::{Cell, CellSpan, TILE_SIDE, tile_number};

mod codec;

pub use codec::{CELL_SET_BYTES_MAX, CellSetError};

/// One tile: a word a row, the westernmost column in the lowest bit.
pub(super) type Tile = [u64; TILE_SIDE as usize];

pub(super) const EMPTY_TILE: Tile = [0; TILE_SIDE as usize];

/// A set of national cells. Joining is set union: any order, any repetition, the same result.
///
/// A tile of 64 by 64 cells takes 512 bytes; only tiles with a cell in them are held. Equal sets are equal, whatever they were made of.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CellSet {
    /// No tile in it is empty.
    pub(super) tiles: BTreeMap<u32, Box<Tile>>,
}

impl CellSet {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is no cell in it.
    pub fn is_empty(&self) -> bool {
        self.tiles.is_empty()
    }

    /// How many cells there are.
    pub fn len(&self) -> u64 {
        self.tiles.values().map(|tile| count(tile)).sum()
    }

    /// Puts a cell in.
    pub fn insert(&mut self, cell: Cell) {
        let (tile, row, column) = cell.in_tile();
        self.tile_mut(tile)[row] |= 1 << column;
    }

    /// Whether the cell is in it.
    pub fn contains(&self, cell: Cell) -> bool {
        let (tile, row, column) = cell.in_tile();
        self.tiles
            .get(&tile)
            .is_some_and(|tile| tile[row] >> column & 1 == 1)
    }

    /// Puts the cells of a span in.
    pub fn insert_span(&mut self, span: CellSpan) {
        for word in span.first / TILE_SIDE..=span.last / TILE_SIDE {
            let bits = bits_of(span, word);
            let tile = tile_number(span.row, word * TILE_SIDE);
            self.tile_mut(tile)[(span.row % TILE_SIDE) as usize] |= bits;
        }
    }

    /// Puts every cell of another set in (set union).
    pub fn join(&mut self, other: &Self) {
        for (number, theirs) in &other.tiles {
            let ours = self.tile_mut(*number);
            for (our, their) in ours.iter_mut().zip(theirs.iter()) {
                *our |= their;
            }
        }
    }

    /// The cells that are in both.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        self.combined(other, |our, their| our & their)
    }

    /// The cells of this set that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.combined(other, |our, their| our & !their)
    }

    /// How many cells are in both, without making the set.
    pub fn common_len(&self, other: &Self) -> u64 {
        let (few, many) = if self.tiles.len() <= other.tiles.len() {
            (self, other)
        } else {
            (other, self)
        };
        let both = few
            .tiles
            .iter()
            .filter_map(|(number, tile)| Some((tile, many.tiles.get(number)?)));
        both.map(|(a, b)| {
            let words = a.iter().zip(b.iter());
            words.map(|(a, b)| u64::from((a & b).count_ones())).sum::<u64>()
        })
        .sum()
    }

    /// Whether every cell of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.tiles.iter().all(|(number, ours)| {
            other
                .tiles
                .get(number)
                .is_some_and(|theirs| ours.iter().zip(theirs.iter()).all(|(a, b)| a & !b == 0))
        })
    }

    /// The cells as spans, by tile from south-west to north-east, within a tile by row. A span never crosses a tile.
    pub fn spans(&self) -> impl Iterator<Item = CellSpan> + '_ {
        self.tiles.iter().flat_map(|(number, tile)| {
            let (band, east) = (number >> 16, number & 0xffff);
            tile.iter().zip(0u32..).flat_map(move |(word, row)| {
                Runs(*word).map(move |(first, last)| CellSpan {
                    row: band * TILE_SIDE + row,
                    first: east * TILE_SIDE + first,
                    last: east * TILE_SIDE + last,
                })
            })
        })
    }

    /// The cells, in the order of [`CellSet::spans`].
    pub fn iter(&self) -> impl Iterator<Item = Cell> + '_ {
        self.spans().flat_map(|span| {
            (span.first..=span.last).map(move |column| Cell {
                row: span.row,
                column,
            })
        })
    }

    /// About how many bytes of memory the set takes.
    pub fn memory_bytes(&self) -> usize {
        self.tiles.len() * (size_of::<Tile>() + 16)
    }

    pub(super) fn tile_mut(&mut self, number: u32) -> &mut Tile {
        self.tiles.entry(number).or_insert_with(|| Box::new(EMPTY_TILE))
    }

    fn combined(&self, other: &Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        let mut tiles = BTreeMap::new();
        for (number, ours) in &self.tiles {
            let theirs = other.tiles.get(number).map_or(&EMPTY_TILE, AsRef::as_ref);
            let mut tile = EMPTY_TILE;
            for (word, (our, their)) in tile.iter_mut().zip(ours.iter().zip(theirs)) {
                *word = combine(*our, *their);
            }
            if tile != EMPTY_TILE {
                tiles.insert(*number, Box::new(tile));
            }
        }
        Self { tiles }
    }
}

impl FromIterator<Cell> for CellSet {
    fn from_iter<I: IntoIterator<Item = Cell>>(cells: I) -> Self {
        let mut set = Self::new();
        for cell in cells {
            set.insert(cell);
        }
        set
    }
}

/// The bits of a span within the tile column `word`.
pub(super) fn bits_of(span: CellSpan, word: u32) -> u64 {
    let from = if span.first / TILE_SIDE == word {
        span.first % TILE_SIDE
    } else {
        0
    };
    let to = if span.last / TILE_SIDE == word {
        span.last % TILE_SIDE
    } else {
        63
    };
    u64::MAX << from & u64::MAX >> (63 - to)
}

fn count(tile: &Tile) -> u64 {
    tile.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// The runs of set bits of a word, lowest first, as first and last bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runs(pub(super) u64);

impl Iterator for Runs {
    type Item = (u32, u32);
    fn next(&mut self) -> Option<(u32, u32)> {
        if self.0 == 0 {
            return None;
        }
        let first = self.0.trailing_zeros();
        let length = (self.0 >> first).trailing_ones();
        let last = first + length - 1;
        self.0 &= if last == 63 { 0 } else { u64::MAX << (last + 1) };
        Some((first, last))
    }
}

#[cfg(test)]
mod tests;
