//! The file within a file in which XLS lies (Compound File Binary): sectors, and for each stream a chain of them.
//!
//! A chain that leads into itself has no end; so none is followed further than there are sectors.

use super::Stop;

/// How such a file begins.
pub(super) const BEGINNING: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Numbers from here on are no sectors: free, end of a chain, and the tables themselves.
const NO_SECTOR: u32 = 0xffff_fffa;

/// Bytes of a sector in the small stream.
const SMALL_BYTES: usize = 64;

/// Streams below so many bytes lie in the small stream.
const SMALL_BELOW_BYTES: usize = 4_096;

/// Bytes of an entry of the directory.
const ENTRY_BYTES: usize = 128;

/// Two bytes of these, from a place on, as a number.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Stop> {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.map(|two| u16::from_le_bytes(*two)).ok_or(Stop::Unreadable)
}

/// Four bytes of these, from a place on, as a number.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Stop> {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found
        .map(|four| u32::from_le_bytes(*four))
        .ok_or(Stop::Unreadable)
}

/// The stream of the first of these names that is there.
pub(super) fn stream(file: &[u8], names: &[&str]) -> Result<Vec<u8>, Stop> {
    let sector_bytes = match u16_at(file, 30)? {
        9 => 512,
        12 => 4_096,
        _ => return Err(Stop::Unreadable),
    };
    // The header is as long as a sector.
    let sectors = Sectors {
        bytes: file.get(sector_bytes..).ok_or(Stop::Unreadable)?,
        sector_bytes,
    };
    let next = table(file, &sectors)?;
    let directory = sectors.chain(u32_at(file, 48)?, &next, usize::MAX)?;
    let entries: Vec<Entry> = directory
        .chunks_exact(ENTRY_BYTES)
        .map(Entry::read)
        .collect::<Result<_, _>>()?;
    let root = entries.first().ok_or(Stop::Unreadable)?;
    let found = names
        .iter()
        .find_map(|name| entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)))
        .ok_or(Stop::Unreadable)?;
    if found.bytes >= SMALL_BELOW_BYTES {
        return sectors.chain(found.first, &next, found.bytes);
    }
    let small = sectors.chain(root.first, &next, root.bytes)?;
    let small_next = numbers(&sectors.chain(u32_at(file, 60)?, &next, usize::MAX)?);
    let small = Sectors {
        bytes: &small,
        sector_bytes: SMALL_BYTES,
    };
    small.chain(found.first, &small_next, found.bytes)
}

/// What follows each sector: the table whose own sectors the header lists, and further lists after it.
fn table(file: &[u8], sectors: &Sectors<'_>) -> Result<Vec<u32>, Stop> {
    let mut places = numbers(file.get(76..512).ok_or(Stop::Unreadable)?);
    let mut list = u32_at(file, 68)?;
    let mut lists = 0;
    while list < NO_SECTOR {
        lists += 1;
        if lists > sectors.count() {
            return Err(Stop::Unreadable);
        }
        places.extend(numbers(sectors.get(list)?));
        list = places.pop().ok_or(Stop::Unreadable)?;
    }
    let mut next = Vec::new();
    for place in places.into_iter().filter(|place| *place < NO_SECTOR) {
        next.extend(numbers(sectors.get(place)?));
        // The table speaks of each sector once, so it is no longer than this.
        if next.len() > sectors.count() + sectors.sector_bytes {
            return Err(Stop::Unreadable);
        }
    }
    Ok(next)
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|four| u32::from_le_bytes(*four))
        .collect()
}

/// A file or stream, cut into sectors.
struct Sectors<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
}

impl Sectors<'_> {
    fn count(&self) -> usize {
        self.bytes.len().div_ceil(self.sector_bytes)
    }

    /// A sector; the last may be cut.
    fn get(&self, sector: u32) -> Result<&[u8], Stop> {
        let start = (sector as usize)
            .checked_mul(self.sector_bytes)
            .ok_or(Stop::Unreadable)?;
        let end = self.bytes.len().min(start.saturating_add(self.sector_bytes));
        self.bytes.get(start..end).ok_or(Stop::Unreadable)
    }

    /// The sectors from one on, one after another, at most so many bytes of them.
    fn chain(&self, first: u32, next: &[u32], bytes: usize) -> Result<Vec<u8>, Stop> {
        let mut whole = Vec::new();
        let mut sector = first;
        let mut sectors = 0;
        while sector < NO_SECTOR && whole.len() < bytes {
            sectors += 1;
            if sectors > self.count() {
                return Err(Stop::Unreadable);
            }
            whole.extend_from_slice(self.get(sector)?);
            sector = *next.get(sector as usize).ok_or(Stop::Unreadable)?;
        }
        whole.truncate(bytes);
        Ok(whole)
    }
}

/// One stream, as the directory knows it.
struct Entry {
    name: String,
    first: u32,
    bytes: usize,
}

impl Entry {
    fn read(entry: &[u8]) -> Result<Self, Stop> {
        let signs = entry.get(..64).ok_or(Stop::Unreadable)?;
        let signs: Vec<u16> = signs
            .as_chunks()
            .0
            .iter()
            .map(|two| u16::from_le_bytes(*two))
            .collect();
        let signs = signs.split(|sign| *sign == 0).next().unwrap_or_default();
        Ok(Self {
            name: String::from_utf16_lossy(signs),
            first: u32_at(entry, 116)?,
            bytes: u32_at(entry, 120)? as usize,
        })
    }
}
