//! Writes voice notes: real AAC-LC in a real `.m4a`, a slow tune of soft tones drawn from a seed.
//!
//! No encoder is needed for that: a frame with one spectral line is a tone, and a handful of bits says which line.
//! 16 kHz, one channel, 64 ms a frame.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const SAMPLE_RATE_HZ: u32 = 16_000;
const SAMPLES_PER_FRAME: u32 = 1024;
/// 8 kHz lie in 1024 lines.
const LINES_PER_BAND_GROUP: u32 = 4;
/// Eleven scale factor bands of 16 kHz sound hold the first 88 lines, up to 687 Hz.
const BANDS: u32 = 11;
const LINES: u32 = 88;
/// Loudness of a spectral line of 1; in steps of 1.5 dB.
const LOUDNESS: u32 = 188;
/// Codewords of spectrum codebook 1 for +1 in the first to fourth of four lines, five bits each.
const ONE_IN_FOUR: [u32; 4] = [0x10, 0x13, 0x16, 0x14];

/// A voice note that plays `duration_ms`, rounded up to whole frames of 64 ms; the same arguments give the same
/// bytes, other seeds give other bytes.
pub fn voice_note(seed: u64, duration_ms: u32) -> Vec<u8> {
    let samples = u64::from(duration_ms) * u64::from(SAMPLE_RATE_HZ);
    let count = samples.div_ceil(u64::from(SAMPLES_PER_FRAME) * 1000).max(1);
    let mut rng = StdRng::seed_from_u64(seed);
    let mut line = 0;
    let frames: Vec<Vec<u8>> = (0..count)
        .map(|index| {
            if index % 6 == 0 {
                line = if rng.random_bool(0.2) {
                    0
                } else {
                    rng.random_range(24..LINES)
                };
            }
            // The very first frame carries the seed, so that even a note of silence has its own bytes.
            frame(line, (index == 0).then_some(seed))
        })
        .collect();
    file(&frames)
}

/// One raw data block: a tone at `line` (0 is silence), and the seed as data that players pass over.
fn frame(line: u32, seed: Option<u64>) -> Vec<u8> {
    let mut bits = Bits::default();
    if let Some(seed) = seed {
        bits.put(4, 3); // Data stream element ...
        bits.put(0, 4);
        bits.put(1, 1); // ... aligned to bytes ...
        bits.put(8, 8); // ... of eight bytes.
        bits.align();
        bits.bytes.extend(seed.to_be_bytes());
    }
    let bands = if line == 0 { 0 } else { BANDS };
    bits.put(0, 3); // Single channel element, number 0.
    bits.put(0, 4);
    bits.put(LOUDNESS, 8);
    bits.put(0, 1);
    bits.put(0, 2); // One long window ...
    bits.put(1, 1); // ... of the Kaiser-Bessel shape.
    bits.put(bands, 6);
    bits.put(0, 1);
    if bands > 0 {
        bits.put(1, 4); // All bands in one section with codebook 1 ...
        bits.put(bands, 5);
        bits.put(0, bands); // ... and with the same loudness.
    }
    bits.put(0, 3); // No pulses, no noise shaping, no gain control.
    for group in 0..LINES / LINES_PER_BAND_GROUP {
        if bands == 0 {
            break;
        }
        if group == line / LINES_PER_BAND_GROUP {
            bits.put(ONE_IN_FOUR[(line % LINES_PER_BAND_GROUP) as usize], 5);
        } else {
            bits.put(0, 1);
        }
    }
    bits.put(7, 3); // End.
    bits.align();
    bits.bytes
}

/// Writes bits, the highest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    free: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for shift in (0..count).rev() {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            self.free -= 1;
            if value >> shift & 1 == 1 {
                *self.bytes.last_mut().expect("a byte was pushed above") |= 1 << self.free;
            }
        }
    }

    fn align(&mut self) {
        self.free = 0;
    }
}

fn file(frames: &[Vec<u8>]) -> Vec<u8> {
    let head = boxed(b"ftyp", &[b"M4A \0\0\0\0M4A mp42isom"]);
    // The table of chunks needs its own place in the file, so it is written once to learn its length.
    let table_bytes = movie(frames, 0).len();
    let sound_at = head.len() + table_bytes + 8;
    let sound: Vec<u8> = frames.concat();
    [head, movie(frames, number(sound_at)), boxed(b"mdat", &[&sound])].concat()
}

fn movie(frames: &[Vec<u8>], sound_at: u32) -> Vec<u8> {
    let duration = number(frames.len()) * SAMPLES_PER_FRAME;
    let unity = [0x0001_0000_u32, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000]
        .map(u32::to_be_bytes)
        .concat();
    let movie_header = [
        &words(&[0, 0, 0, SAMPLE_RATE_HZ, duration, 0x0001_0000])[..],
        &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &unity,
        &words(&[0, 0, 0, 0, 0, 0, 2]),
    ]
    .concat();
    let track_header = [
        &words(&[7, 0, 0, 1, 0, duration, 0, 0])[..],
        &[0, 0, 0, 1, 1, 0, 0, 0],
        &unity,
        &words(&[0, 0]),
    ]
    .concat();
    let media_header = words(&[0, 0, 0, SAMPLE_RATE_HZ, duration, 0x55C4_0000]);
    let handler = [&words(&[0, 0])[..], b"soun", &words(&[0, 0, 0]), b"sound\0"].concat();
    let references = boxed(b"dref", &[&words(&[0, 1]), &boxed(b"url ", &[&words(&[1])])]);
    let information = boxed(
        b"minf",
        &[
            &boxed(b"smhd", &[&words(&[0, 0])]),
            &boxed(b"dinf", &[&references]),
            &sample_table(frames, sound_at),
        ],
    );
    let media = boxed(
        b"mdia",
        &[
            &boxed(b"mdhd", &[&media_header]),
            &boxed(b"hdlr", &[&handler]),
            &information,
        ],
    );
    let track = boxed(b"trak", &[&boxed(b"tkhd", &[&track_header]), &media]);
    boxed(b"moov", &[&boxed(b"mvhd", &[&movie_header]), &track])
}

fn sample_table(frames: &[Vec<u8>], sound_at: u32) -> Vec<u8> {
    let count = number(frames.len());
    let sizes: Vec<u32> = frames.iter().map(|frame| number(frame.len())).collect();
    boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&words(&[0, 1]), &sample_description()]),
            &boxed(b"stts", &[&words(&[0, 1, count, SAMPLES_PER_FRAME])]),
            &boxed(b"stsc", &[&words(&[0, 1, 1, count, 1])]),
            &boxed(b"stsz", &[&words(&[0, 0, count]), &words(&sizes)]),
            &boxed(b"stco", &[&words(&[0, 1, sound_at])]),
        ],
    )
}

fn sample_description() -> Vec<u8> {
    // AAC-LC (2), 16 kHz (8), one channel, 1024 samples a frame.
    let specific = [5, 2, 0x14, 0x08];
    let decoder = [
        &[4, 17, 0x40, 0x15, 0, 0, 0][..],
        &words(&[4_000, 4_000]),
        &specific,
    ]
    .concat();
    let stream = [&[3, 25, 0, 1, 0][..], &decoder, &[6, 1, 2]].concat();
    let entry = [
        0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 16, 0, 0, 0, 0,
    ];
    boxed(
        b"mp4a",
        &[
            &entry,
            &words(&[SAMPLE_RATE_HZ << 16]),
            &boxed(b"esds", &[&words(&[0]), &stream]),
        ],
    )
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&number(body.len() + 8).to_be_bytes()[..], kind, &body].concat()
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

fn number(value: usize) -> u32 {
    u32::try_from(value).expect("a voice note has far less than 4 GB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use xunge_core::attachment::{VOICE_NOTE_MS_MAX, VoiceError, inspect_voice_note};

    #[test]
    fn notes_of_every_length_up_to_a_minute_are_sound() {
        for duration_ms in [1, 64, 65, 1_000, 12_345, VOICE_NOTE_MS_MAX - 64] {
            let facts = inspect_voice_note(&voice_note(7, duration_ms)).unwrap();
            assert_eq!(facts.duration_ms, duration_ms.div_ceil(64) * 64);
        }
    }

    #[test]
    fn notes_above_a_minute_are_too_long() {
        let error = inspect_voice_note(&voice_note(7, VOICE_NOTE_MS_MAX + 1)).unwrap_err();
        assert_eq!(
            error,
            VoiceError::TooLong {
                duration_ms: 60_032,
                ms_max: 60_000
            }
        );
    }

    #[test]
    fn seeds_make_other_bytes_and_the_same_seed_the_same() {
        assert_eq!(voice_note(1, 64), voice_note(1, 64));
        assert_ne!(voice_note(1, 64), voice_note(2, 64));
    }
}
