//! How Chinese signs are read, in pinyin without tones: every reading of a sign, in the order of the alphabet.
//!
//! The readings are those of the crate `pinyin`, packed by `build.rs`; they are unpacked when they are first asked for.

use std::sync::OnceLock;

use crate::varint::{Reader, VarintError};

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/readings.bin"));

/// How many of the low bits of an entry name the syllable; the rest is the sign.
const SYLLABLE_BITS: u32 = 9;

#[derive(Default)]
struct Readings {
    syllables: Vec<&'static str>,
    /// A sign and the place of one of its syllables, in order.
    entries: Vec<u32>,
}

/// The readings of a sign; none for what is no Chinese sign.
pub(super) fn readings(sign: char) -> impl Iterator<Item = &'static str> {
    static READINGS: OnceLock<Readings> = OnceLock::new();
    let all = READINGS.get_or_init(|| unpack(PACKED).expect("the build packs them whole"));
    let sign = u32::from(sign);
    let from = all.entries.partition_point(|entry| entry >> SYLLABLE_BITS < sign);
    let of_sign = all.entries[from..]
        .iter()
        .take_while(move |entry| *entry >> SYLLABLE_BITS == sign);
    of_sign.map(|entry| all.syllables[(entry & ((1 << SYLLABLE_BITS) - 1)) as usize])
}

fn unpack(packed: &'static [u8]) -> Result<Readings, VarintError> {
    let mut all = Readings::default();
    let mut reader = Reader::new(packed);
    while !reader.is_done() {
        let length = usize::from(reader.byte()?);
        let place = u32::try_from(all.syllables.len()).expect("some hundreds");
        let syllable = std::str::from_utf8(reader.take(length)?);
        all.syllables.push(syllable.expect("letters of the alphabet"));
        let mut sign = 0;
        for _ in 0..reader.u64()? {
            sign += u32::try_from(reader.u64()?).expect("no sign lies further from another");
            all.entries.push(sign << SYLLABLE_BITS | place);
        }
    }
    all.entries.sort_unstable();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pinyin::ToPinyinMulti;

    use super::*;

    #[test]
    fn every_sign_has_the_readings_that_the_tables_have() {
        let mut count = 0;
        for sign in '\0'..=char::MAX {
            let tables = sign.to_pinyin_multi().into_iter().flatten();
            let wanted: BTreeSet<&str> = tables.map(pinyin::Pinyin::plain).collect();
            assert!(readings(sign).eq(wanted.iter().copied()), "{sign}");
            count += usize::from(!wanted.is_empty());
        }
        assert!(count > 40_000, "{count} signs");
    }

    #[test]
    fn all_readings_fit_into_their_bits() {
        let all = unpack(PACKED).expect("the build packs them whole");
        assert!(all.syllables.len() < 1 << SYLLABLE_BITS);
        assert!(all.entries.iter().all(|entry| entry >> SYLLABLE_BITS < 1 << 20));
        assert!(unpack(&PACKED[..PACKED.len() - 1]).is_err());
    }
}
