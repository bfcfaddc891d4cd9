//! Small damages, as bad links, bad drives and bad people make them.

use rand::RngExt;
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};

/// Values at the edges of what parsers expect.
const EDGES: [u8; 8] = [0, 1, 0x1f, 0x3f, 0x7e, 0x7f, 0x80, 0xff];

/// One to four damages anywhere: bits, bytes, pieces left out, doubled, moved, the end cut.
pub fn damage(example: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = example.to_vec();
    for _ in 0..rng.random_range(1..5) {
        if bytes.is_empty() {
            bytes.push(rng.random());
            continue;
        }
        let at = rng.random_range(0..bytes.len());
        match rng.random_range(0..9) {
            0 | 1 => bytes[at] ^= 1 << rng.random_range(0..8),
            2 => bytes[at] = rng.random(),
            3 => bytes[at] = EDGES[rng.random_range(0..EDGES.len())],
            4 => drop(bytes.remove(at)),
            5 => bytes.insert(at, rng.random()),
            6 => bytes.truncate(at),
            7 => {
                let piece = bytes[at..piece_end(at, bytes.len(), rng)].to_vec();
                let to = rng.random_range(0..=bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                let end = piece_end(at, bytes.len(), rng);
                bytes.drain(at..end);
            }
        }
    }
    bytes
}

fn piece_end(at: usize, len: usize, rng: &mut StdRng) -> usize {
    rng.random_range(at..len.min(at + 32) + 1).min(len)
}

/// Strange pieces that people and programs put into texts.
const PIECES: [&str; 16] = [
    "\u{202e}",
    "\u{0}",
    "\u{feff}",
    "𠮷",
    "👨‍👩‍👧",
    "\"",
    "'",
    ",",
    ";",
    "\n",
    "\r",
    "=1+1",
    "NaN",
    "-0",
    "1e999",
    "99999999999999999999",
];

/// A text's damages: as bytes, or a strange piece somewhere.
pub fn damage_text(example: &[u8], rng: &mut StdRng) -> Vec<u8> {
    if rng.random_bool(0.4) {
        return damage(example, rng);
    }
    let mut bytes = example.to_vec();
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..=bytes.len());
        let piece = PIECES[rng.random_range(0..PIECES.len())];
        let end = if rng.random_bool(0.5) {
            at
        } else {
            piece_end(at, bytes.len(), rng)
        };
        bytes.splice(at..end.max(at), piece.bytes());
    }
    bytes
}

/// A change of a document: damaged behind its header, then with an honest length and checksum.
pub fn damage_change(example: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let Some(head) = header_bytes(example) else {
        return damage(example, rng);
    };
    let body = damage(&example[head..], rng);
    let mut content = vec![example[8]];
    let mut length = body.len();
    loop {
        let [low, ..] = (length & 0x7f).to_le_bytes();
        length >>= 7;
        content.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    content.extend(body);
    let hash = Sha256::digest(&content);
    [&example[..4], &hash[..4], &content].concat()
}

/// How long the header of a change is: magic, checksum, kind, length.
fn header_bytes(change: &[u8]) -> Option<usize> {
    let after = change.get(9..)?;
    let length = after.iter().position(|byte| byte & 0x80 == 0)?;
    (10 + length <= change.len()).then_some(10 + length)
}
