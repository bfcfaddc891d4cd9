//! Files sealed piece by piece: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár) over XChaCha20-Poly1305, as the crate
//! `aead-stream` has it (32-bit counter, flag on the last piece).
//!
//! Any stretch of a sealed file can be read for the price of the pieces that it touches, and a piece that was altered, moved, left out
//! or cut off is found when it is read. A file is bound to its name. Set in stone: the layout, which is [`MAGIC`], 19 bytes of nonce,
//! then pieces of 64 KiB, each 16 bytes longer than what is in it; the last one may be shorter.

use std::io::{Read, Seek, SeekFrom, Write};

use aead_stream::{NewStream, Nonce, StreamBE32, StreamPrimitive};
use chacha20poly1305::aead::{KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305};
use rand::Rng;

/// What every sealed file begins with. No picture and no voice note begins so.
pub const MAGIC: &[u8; 8] = b"XUNGE-F1";

/// Bytes of a file in one piece.
const PIECE_BYTES: usize = 64 * 1024;
const TAG_BYTES: usize = 16;
const NONCE_BYTES: usize = 19;
const HEADER_BYTES: usize = MAGIC.len() + NONCE_BYTES;

type Stream = StreamBE32<XChaCha20Poly1305>;

/// Why a sealed file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The bytes do not begin as a sealed file does, or end before its first piece.
    #[error("the file is not sealed")]
    NotSealed,
    /// A piece was altered, moved or cut off, or key or name are another: which of them cannot be told.
    #[error("piece {piece} of the sealed file does not open")]
    Damaged {
        /// Which, from 0.
        piece: u32,
    },
    /// More than 256 TB, or a stretch beyond the end.
    #[error("the file has no such stretch")]
    OutOfBounds,
    /// The system could not read or write.
    #[error("the file could not be read or written")]
    Io(#[from] std::io::Error),
}

/// The key of one file. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey([u8; 32]);

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey")
    }
}

impl FileKey {
    /// A fresh key from the caller's randomness, which must be unguessable outside tests.
    pub fn random(rng: &mut dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key that HKDF-SHA-256 gives from another key for a label.
    pub fn derived(from: &[u8; 32], label: &[u8]) -> Self {
        let mut bytes = [0; 32];
        hkdf::Hkdf::<sha2::Sha256>::new(Some(label), from)
            .expand(b"file", &mut bytes)
            .expect("32 bytes are within what HKDF gives");
        Self(bytes)
    }

    /// The bytes, for the row that keeps them.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    fn stream(&self, nonce: &[u8; NONCE_BYTES]) -> Stream {
        let cipher = XChaCha20Poly1305::new(&Key::from(self.0));
        Stream::from_aead(cipher, &Nonce::<XChaCha20Poly1305, Stream>::from(*nonce))
    }
}

/// Whether bytes begin as a sealed file does.
pub fn is_sealed(start: &[u8]) -> bool {
    start.starts_with(MAGIC)
}

/// Seals everything that `plain` gives, for the file called `name`, into `out`. At most two pieces are in memory. Sealing twice gives
/// other bytes: the nonce is drawn anew.
///
/// # Errors
/// [`StreamError::Io`], [`StreamError::OutOfBounds`].
pub fn seal_stream(
    key: &FileKey,
    name: &[u8],
    plain: &mut dyn Read,
    out: &mut dyn Write,
    rng: &mut dyn Rng,
) -> Result<(), StreamError> {
    let mut nonce = [0; NONCE_BYTES];
    rng.fill_bytes(&mut nonce);
    let stream = key.stream(&nonce);
    out.write_all(MAGIC)?;
    out.write_all(&nonce)?;
    let mut piece = read_piece(plain)?;
    for number in 0.. {
        let next = if piece.len() == PIECE_BYTES {
            read_piece(plain)?
        } else {
            Vec::new()
        };
        let is_last = next.is_empty();
        let payload = Payload {
            msg: &piece,
            aad: name,
        };
        let sealed = stream.encrypt(number, is_last, payload);
        out.write_all(&sealed.map_err(|_| StreamError::OutOfBounds)?)?;
        if is_last {
            return Ok(());
        }
        piece = next;
    }
    Err(StreamError::OutOfBounds)
}

/// A whole piece, or what is left.
fn read_piece(plain: &mut dyn Read) -> Result<Vec<u8>, StreamError> {
    let mut piece = Vec::with_capacity(PIECE_BYTES + TAG_BYTES);
    plain.take(PIECE_BYTES as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

/// A sealed file, read in stretches. One piece is in memory.
pub struct SealedFile<F> {
    file: F,
    stream: Stream,
    name: Vec<u8>,
    length_bytes: u64,
    last_piece: u32,
    held: Option<(u32, Vec<u8>)>,
}

impl<F> std::fmt::Debug for SealedFile<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedFile({} bytes)", self.length_bytes)
    }
}

impl<F: Read + Seek> SealedFile<F> {
    /// Opens what [`seal_stream`] wrote. Nothing is checked before it is read.
    ///
    /// # Errors
    /// [`StreamError::NotSealed`], [`StreamError::Io`].
    pub fn open(key: &FileKey, name: &[u8], mut file: F) -> Result<Self, StreamError> {
        let total_bytes = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut header = [0; HEADER_BYTES];
        let body_bytes = total_bytes.checked_sub(HEADER_BYTES as u64);
        let body_bytes = body_bytes.filter(|bytes| *bytes >= TAG_BYTES as u64);
        let body_bytes = body_bytes.ok_or(StreamError::NotSealed)?;
        file.read_exact(&mut header)?;
        let nonce = header.strip_prefix(MAGIC).and_then(|nonce| nonce.try_into().ok());
        let nonce: [u8; NONCE_BYTES] = nonce.ok_or(StreamError::NotSealed)?;
        let piece_bytes = (PIECE_BYTES + TAG_BYTES) as u64;
        let last = (body_bytes - 1) / piece_bytes;
        let last_piece = u32::try_from(last).map_err(|_| StreamError::OutOfBounds)?;
        // A cut that leaves less than a tag shows when the last piece is read; until then it counts as empty.
        let in_last = (body_bytes - last * piece_bytes).saturating_sub(TAG_BYTES as u64);
        Ok(Self {
            file,
            stream: key.stream(&nonce),
            name: name.to_vec(),
            length_bytes: last * PIECE_BYTES as u64 + in_last,
            last_piece,
            held: None,
        })
    }

    /// The length of what was sealed, in bytes.
    pub fn length_bytes(&self) -> u64 {
        self.length_bytes
    }

    /// The bytes from `start` on, at most `length` of them; fewer at the end.
    ///
    /// # Errors
    /// [`StreamError::Damaged`] for the first piece that does not open, [`StreamError::Io`].
    pub fn read_at(&mut self, start: u64, length: usize) -> Result<Vec<u8>, StreamError> {
        let mut found = Vec::with_capacity(length.min(PIECE_BYTES));
        while found.len() < length {
            let at = start.saturating_add(found.len() as u64);
            if at >= self.length_bytes && (at > 0 || self.length_bytes > 0) {
                break;
            }
            let number = u32::try_from(at / PIECE_BYTES as u64).map_err(|_| StreamError::OutOfBounds)?;
            let within = usize::try_from(at % PIECE_BYTES as u64).unwrap_or(usize::MAX);
            let wanted = length - found.len();
            let piece = self.piece(number)?;
            let rest = piece.get(within..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            found.extend_from_slice(&rest[..rest.len().min(wanted)]);
        }
        Ok(found)
    }

    fn piece(&mut self, number: u32) -> Result<&[u8], StreamError> {
        if self.held.as_ref().is_none_or(|(held, _)| *held != number) {
            let piece_bytes = (PIECE_BYTES + TAG_BYTES) as u64;
            let at = HEADER_BYTES as u64 + u64::from(number) * piece_bytes;
            self.file.seek(SeekFrom::Start(at))?;
            let mut sealed = Vec::with_capacity(PIECE_BYTES + TAG_BYTES);
            (&mut self.file).take(piece_bytes).read_to_end(&mut sealed)?;
            let payload = Payload {
                msg: &sealed,
                aad: &self.name,
            };
            let opened = self.stream.decrypt(number, number == self.last_piece, payload);
            let opened = opened.map_err(|_| StreamError::Damaged { piece: number })?;
            self.held = Some((number, opened));
        }
        Ok(self.held.as_ref().map_or(&[], |(_, piece)| piece.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    const NAME: &[u8] = b"attachments/1";

    fn key() -> FileKey {
        FileKey::from_bytes([5; 32])
    }

    fn plain(length: usize) -> Vec<u8> {
        (0..length)
            .map(|n| u8::try_from(n * 31 % 251).expect("below 251"))
            .collect()
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rng = StdRng::seed_from_u64(1);
        seal_stream(&key(), NAME, &mut Cursor::new(plain), &mut out, &mut rng).expect("memory takes all");
        out
    }

    fn whole(key: &FileKey, name: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StreamError> {
        let mut file = SealedFile::open(key, name, Cursor::new(sealed))?;
        file.read_at(0, usize::MAX)
    }

    #[test]
    fn a_sealed_file_opens_whole_and_in_any_stretch_whatever_its_length() {
        for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001] {
            let plain = plain(length);
            let sealed = sealed(&plain);
            assert!(is_sealed(&sealed));
            let mut file = SealedFile::open(&key(), NAME, Cursor::new(&sealed)).expect("it is sealed");
            assert_eq!(file.length_bytes(), length as u64);
            assert_eq!(file.read_at(0, usize::MAX).expect("it opens"), plain);
            for (start, count) in [(0, 10), (65_530, 20), (65_536, 1), (70_000, 70_000), (199_999, 9)] {
                let expected = plain.get(start..).unwrap_or_default();
                let expected = &expected[..expected.len().min(count)];
                let found = file.read_at(start as u64, count).expect("it opens");
                assert_eq!(found, expected, "{start} of {length}");
            }
        }
    }

    #[test]
    fn an_altered_moved_or_missing_piece_is_found_and_named() {
        let sealed = sealed(&plain(200_001));
        let piece = PIECE_BYTES + TAG_BYTES;
        let mut altered = sealed.clone();
        altered[HEADER_BYTES + piece + 7] ^= 1;
        assert!(matches!(
            whole(&key(), NAME, &altered),
            Err(StreamError::Damaged { piece: 1 })
        ));
        let mut file = SealedFile::open(&key(), NAME, Cursor::new(&altered)).expect("it is sealed");
        assert!(file.read_at(0, 65_536).is_ok(), "the piece before it is whole");
        let mut swapped = sealed.clone();
        let (first, second) = swapped[HEADER_BYTES..].split_at_mut(piece);
        first.swap_with_slice(&mut second[..piece]);
        assert!(matches!(
            whole(&key(), NAME, &swapped),
            Err(StreamError::Damaged { piece: 0 })
        ));
        for cut in [1, 15, 16, 17, 3_000, sealed.len() - HEADER_BYTES - 2 * piece] {
            let cut = &sealed[..sealed.len() - cut];
            assert!(whole(&key(), NAME, cut).is_err(), "{} bytes are left", cut.len());
        }
        let at_a_border = &sealed[..HEADER_BYTES + 2 * piece];
        assert!(matches!(
            whole(&key(), NAME, at_a_border),
            Err(StreamError::Damaged { piece: 1 })
        ));
        let short = &sealed[..HEADER_BYTES + 3];
        assert!(matches!(whole(&key(), NAME, short), Err(StreamError::NotSealed)));
    }

    #[test]
    fn another_key_or_name_opens_nothing_and_no_two_sealings_are_alike() {
        let bytes = plain(100);
        let sealed = sealed(&bytes);
        assert!(whole(&FileKey::from_bytes([6; 32]), NAME, &sealed).is_err());
        assert!(whole(&key(), b"attachments/2", &sealed).is_err());
        assert!(matches!(whole(&key(), NAME, &bytes), Err(StreamError::NotSealed)));
        let mut again = Vec::new();
        let mut rng = StdRng::seed_from_u64(2);
        seal_stream(&key(), NAME, &mut Cursor::new(&bytes), &mut again, &mut rng).expect("memory");
        assert_ne!(again, sealed);
        assert_eq!(format!("{:?}", key()), "FileKey");
    }

    #[test]
    fn the_layout_is_set_in_stone() {
        let digest = hex::encode(crate::signature::sha256(&sealed(&plain(65_540))));
        assert_eq!(digest, SET_IN_STONE);
    }

    /// SHA-256 of what the first version wrote for 65,540 bytes under the key `05…05` and the nonces of seed 1.
    const SET_IN_STONE: &str = "b6b268a60e8cea1aa12410182ef6d2c3715ce516deb5921c80b91935497f2374";
}
