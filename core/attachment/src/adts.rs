//! A recording as a phone's recorder leaves it when it is killed: a stream of AAC frames, each with its own header
//! (ADTS), put into an `.m4a` as far as it is whole. An `.m4a` itself has its tables at the end, so that one that was
//! cut off can be read by nobody; that is why the phones record streams.
//!
//! Knows nothing of sound and changes no frame; [`voice`](super::voice) checks what is made here like any other note.

use std::borrow::Cow;

use super::voice::{FRAMES_MAX, SAMPLE_RATES_HZ, SAMPLES_PER_FRAME, VoiceError};

/// Without the checksum that a header may have.
const HEADER_BYTES: usize = 7;

/// What all frames of one stream have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    rate_index: u8,
    channels: u8,
}

/// The note as an `.m4a`: a stream of frames is put into one, without the last frame where that was cut off; anything
/// else stays what it is. Never panics.
///
/// # Errors
/// [`VoiceError`]: the stream holds no whole frame, its frames do not follow each other, or are not AAC-LC.
pub fn voice_note_file(bytes: &[u8]) -> Result<Cow<'_, [u8]>, VoiceError> {
    if !matches!(bytes, [0xFF, second, ..] if second & 0xF6 == 0xF0) {
        return Ok(Cow::Borrowed(bytes));
    }
    let (mut kind, mut frames, mut rest) = (None, Vec::new(), bytes);
    while let Some((next, frame, behind)) = frame(rest)? {
        if *kind.get_or_insert(next) != next {
            return Err(VoiceError::Broken("frames of several kinds"));
        }
        frames.push(frame);
        if frames.len() > FRAMES_MAX as usize {
            return Err(VoiceError::Broken("more frames than any voice note has"));
        }
        rest = behind;
    }
    kind.map_or(Err(VoiceError::Truncated), |kind| file(kind, &frames))
        .map(Cow::Owned)
}

/// The first frame of a stream and what lies behind it; `None` where the stream ends or was cut off.
#[expect(
    clippy::type_complexity,
    reason = "three things of one look, named where they are taken"
)]
fn frame(stream: &[u8]) -> Result<Option<(Kind, &[u8], &[u8])>, VoiceError> {
    // A file that grew before its content was written has zeros at its end.
    if stream.iter().all(|byte| *byte == 0) || stream.len() < HEADER_BYTES {
        return Ok(None);
    }
    let &[0xFF, second, third, fourth, fifth, sixth, seventh, ..] = stream else {
        return Err(VoiceError::Broken("frames that do not follow each other"));
    };
    if second & 0xF6 != 0xF0 {
        return Err(VoiceError::Broken("frames that do not follow each other"));
    }
    // In a header the object type stands less one.
    let object_type = (third >> 6) + 1;
    if object_type != super::voice::AAC_LC {
        return Err(VoiceError::NotAacLc { object_type });
    }
    if seventh & 3 != 0 {
        return Err(VoiceError::Unsupported("several blocks in a frame"));
    }
    let kind = Kind {
        rate_index: third >> 2 & 0x0F,
        channels: (third & 1) << 2 | fourth >> 6,
    };
    let length = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
    let header = if second & 1 == 1 {
        HEADER_BYTES
    } else {
        HEADER_BYTES + 2
    };
    if length <= header {
        return Err(VoiceError::Broken("a frame without sound"));
    }
    Ok(stream
        .get(header..length)
        .map(|frame| (kind, frame, &stream[length..])))
}

/// The file around the frames: what it is, the tables, the sound.
fn file(kind: Kind, frames: &[&[u8]]) -> Result<Vec<u8>, VoiceError> {
    let rate_hz = SAMPLE_RATES_HZ
        .get(usize::from(kind.rate_index))
        .copied()
        .ok_or(VoiceError::Unsupported("an unusual sampling rate"))?;
    let head = boxed(b"ftyp", &[b"M4A ", &[0; 4], b"M4A mp42isom"]);
    // The tables are as long wherever the sound begins.
    let tables = movie(kind, rate_hz, frames, 0);
    let begins_at = head.len() + tables.len() + 8;
    let tables = movie(kind, rate_hz, frames, number(begins_at));
    Ok([head, tables, boxed(b"mdat", frames)].concat())
}

fn movie(kind: Kind, rate_hz: u32, frames: &[&[u8]], begins_at: u32) -> Vec<u8> {
    let samples_per_frame = SAMPLES_PER_FRAME.to_be_bytes();
    let (rate, length) = (
        rate_hz.to_be_bytes(),
        (number(frames.len()) * SAMPLES_PER_FRAME).to_be_bytes(),
    );
    let (count, one, none) = (number(frames.len()).to_be_bytes(), 1_u32.to_be_bytes(), [0; 4]);
    let sizes: Vec<u8> = frames
        .iter()
        .flat_map(|frame| number(frame.len()).to_be_bytes())
        .collect();
    let table = boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&none, &one, &sound_description(kind, rate_hz)]),
            &boxed(b"stts", &[&none, &one, &count, &samples_per_frame]),
            &boxed(b"stsc", &[&none, &one, &one, &count, &one]),
            &boxed(b"stsz", &[&none, &none, &count, &sizes]),
            &boxed(b"stco", &[&none, &one, &begins_at.to_be_bytes()]),
        ],
    );
    let reference = boxed(b"dref", &[&none, &one, &boxed(b"url ", &[&[0, 0, 0, 1]])]);
    let information = [boxed(b"smhd", &[&[0; 8]]), boxed(b"dinf", &[&reference]), table].concat();
    let media = [
        // 0x55C4 is the language "und".
        boxed(b"mdhd", &[&[0; 12], &rate, &length, &[0x55, 0xC4, 0, 0]]),
        boxed(b"hdlr", &[&[0; 8], b"soun", &[0; 13]]),
        boxed(b"minf", &[&information]),
    ];
    // Shown as it is: ones in 16.16 and in 2.30 on the diagonal.
    let matrix: Vec<u8> = [0x1_0000_u32, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]
        .iter()
        .flat_map(|part| part.to_be_bytes())
        .collect();
    // Enabled, in the movie; one track at full volume.
    let track = [
        &[0, 0, 0, 3][..],
        &[0; 8],
        &one,
        &none,
        &length,
        &[0; 12],
        &[1, 0, 0, 0],
        &matrix,
        &[0; 8],
    ];
    let speed_and_volume = [&[0, 1, 0, 0, 1, 0][..], &[0; 10]].concat();
    let header = [
        &[0; 12][..],
        &rate,
        &length,
        &speed_and_volume,
        &matrix,
        &[0; 24],
        &[0, 0, 0, 2],
    ];
    let track = boxed(
        b"trak",
        &[&boxed(b"tkhd", &track), &boxed(b"mdia", &[&media.concat()])],
    );
    boxed(b"moov", &[&boxed(b"mvhd", &header), &track])
}

/// One sample description: AAC-LC at this rate, with so many channels.
fn sound_description(kind: Kind, rate_hz: u32) -> Vec<u8> {
    let config = u16::from(super::voice::AAC_LC) << 11
        | u16::from(kind.rate_index) << 7
        | u16::from(kind.channels) << 3;
    let specific = [&[5, 2][..], &config.to_be_bytes()].concat();
    // MPEG-4 audio, an audio stream; no bit rates are promised.
    let decoder = [&[4, 17, 0x40, 0x15][..], &[0; 11], &specific].concat();
    let stream = [&[3, 25, 0, 0, 0][..], &decoder, &[6, 1, 2]].concat();
    // Above 65,535 Hz the field cannot say it; the configuration does.
    let rate = u16::try_from(rate_hz).unwrap_or(0).to_be_bytes();
    let fields = [
        &[0; 6][..],
        &[0, 1],
        &[0; 8],
        &[0, kind.channels, 0, 16],
        &[0; 4],
        &rate,
        &[0; 2],
    ];
    boxed(b"mp4a", &[&fields.concat(), &boxed(b"esds", &[&[0; 4], &stream])])
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [&number(content.len() + 8).to_be_bytes()[..], kind, &content].concat()
}

/// A length inside a file of a voice note.
fn number(length: usize) -> u32 {
    u32::try_from(length).expect("at most 6,000 frames of at most 8 KB")
}
