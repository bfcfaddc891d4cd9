//! Packs the readings of Chinese signs, which `pinyin` keeps in tables of 400 KB that are mostly empty, into 83 KB: for each syllable the
//! signs that are read so, in their order, each as its distance from the one before. `src/initials/readings.rs` reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use pinyin::ToPinyinMulti;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let mut syllables: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for sign in '\0'..=char::MAX {
        for reading in sign.to_pinyin_multi().into_iter().flatten() {
            syllables
                .entry(reading.plain())
                .or_default()
                .insert(u32::from(sign));
        }
    }
    let mut packed = Vec::new();
    for (syllable, signs) in &syllables {
        packed.push(u8::try_from(syllable.len()).expect("a syllable is short"));
        packed.extend_from_slice(syllable.as_bytes());
        put(
            &mut packed,
            u32::try_from(signs.len()).expect("there are fewer signs"),
        );
        let mut before = 0;
        for sign in signs {
            put(&mut packed, sign - before);
            before = *sign;
        }
    }
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo names the folder"));
    std::fs::write(folder.join("readings.bin"), packed).expect("the folder can be written to");
}

/// As `src/varint.rs` reads it: seven bits a byte, the lowest first; all but the last byte have the eighth set.
fn put(packed: &mut Vec<u8>, mut number: u32) {
    while number >= 128 {
        packed.push(u8::try_from(number & 127 | 128).expect("eight bits"));
        number >>= 7;
    }
    packed.push(u8::try_from(number).expect("seven bits"));
}
