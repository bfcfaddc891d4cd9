//! Voice notes: AAC-LC in `.m4a`, at most 60 s, checked down to the last sample and stored as they are.
//!
//! The check reads the tables, not the sound: that the file is whole, that it holds one sound track of AAC-LC, and
//! how long it plays by its frames, since a declared duration is only a claim.

use super::BlobHash;
use super::mp4::{BoxReader, Fields, Mp4Box, only};

/// Longest voice note; the recorder of the phone must stop a little before.
pub const VOICE_NOTE_MS_MAX: u32 = 60_000;
/// Largest voice note: 60 s at more than 500 kbit/s.
pub const VOICE_NOTE_BYTES_MAX: u64 = 4_000_000;

/// AAC-LC always codes this many samples of each channel in a frame.
pub(super) const SAMPLES_PER_FRAME: u32 = 1024;
/// More frames than 60 s at the highest sampling rate of AAC (96 kHz) hold.
pub(super) const FRAMES_MAX: u32 = 6_000;
pub(super) const AAC_LC: u8 = 2;
pub(super) const SAMPLE_RATES_HZ: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

/// What everybody knows about an uploaded voice note without having its bytes.
#[derive(
    Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, serde::Serialize, serde::Deserialize,
)]
pub struct VoiceFacts {
    /// SHA-256 of the file: its id.
    #[n(0)]
    pub sha256: BlobHash,
    /// Length of the file.
    #[n(1)]
    pub size_bytes: u64,
    /// Playing time, counted from the frames or declared, whichever is longer; up to [`VOICE_NOTE_MS_MAX`].
    #[n(2)]
    pub duration_ms: u32,
}

/// Why a voice note is not taken. The caller keeps the original in every case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    /// No bytes at all.
    #[error("the recording is empty; record it again")]
    Empty,
    /// A file longer than [`VOICE_NOTE_BYTES_MAX`].
    #[error(
        "{size_bytes} bytes are too many (at most {bytes_max}); record a shorter note or at a lower bit rate"
    )]
    TooManyBytes {
        /// The file's length.
        size_bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// Not an ISO media file.
    #[error("not an .m4a recording; record it with the app")]
    NotM4a,
    /// The file ends before its own end, or before its tables: the recorder was stopped in the middle.
    #[error("the recording ends too early; record it again")]
    Truncated,
    /// The boxes contradict each other or the format.
    #[error("the recording is damaged ({0}); record it again")]
    Broken(&'static str),
    /// A legal variant that no voice recorder writes.
    #[error("this kind of .m4a is not supported ({0}); record it with the app")]
    Unsupported(&'static str),
    /// Sound of another coding.
    #[error("the sound is not AAC-LC (object type {object_type}); record it as AAC-LC")]
    NotAacLc {
        /// MPEG-4 audio object type; 0 where the track is not MPEG-4 audio at all.
        object_type: u8,
    },
    /// Longer than [`VOICE_NOTE_MS_MAX`].
    #[error("{duration_ms} ms are too long (at most {ms_max}); record a shorter note")]
    TooLong {
        /// Playing time.
        duration_ms: u64,
        /// The limit.
        ms_max: u32,
    },
}

/// Checks a voice note. Never panics and reads the bytes once; errors as [`VoiceError`] lists them.
pub fn inspect_voice_note(bytes: &[u8]) -> Result<VoiceFacts, VoiceError> {
    let size_bytes = bytes.len() as u64;
    if size_bytes == 0 {
        return Err(VoiceError::Empty);
    }
    if size_bytes > VOICE_NOTE_BYTES_MAX {
        return Err(VoiceError::TooManyBytes {
            size_bytes,
            bytes_max: VOICE_NOTE_BYTES_MAX,
        });
    }
    match bytes.get(4..8) {
        Some(b"ftyp") => {}
        None if b"ftyp".starts_with(bytes.get(4..).unwrap_or_default()) => return Err(VoiceError::Truncated),
        _ => return Err(VoiceError::NotM4a),
    }
    let mut reader = BoxReader::default();
    let file = reader.all(bytes, 0)?;
    if file.iter().any(|b| b.kind == *b"moof") {
        return Err(VoiceError::Unsupported("in fragments"));
    }
    // Recorders write the tables last, so a file without them is one that was stopped in the middle.
    if !file.iter().any(|b| b.kind == *b"moov") {
        return Err(VoiceError::Truncated);
    }
    let movie = only(&file, b"moov")?;
    let movie_boxes = reader.inside(movie)?;
    only(&movie_boxes, b"mvhd")?;
    let media = sound_media(&mut reader, &movie_boxes)?;
    let media_boxes = reader.inside(media)?;
    let table = reader.descend(media, &[b"minf", b"stbl"])?;
    let table = reader.inside(table)?;
    let sample_rate_hz = sample_rate(&mut reader, only(&table, b"stsd")?)?;
    let frame_bytes =
        frame_sizes(only(&table, b"stsz")?).ok_or(VoiceError::Broken("its table of frames"))??;
    check_chunks(&table, &frame_bytes, &file, size_bytes)?;
    let timed_frames =
        timed_frames(only(&table, b"stts")?).ok_or(VoiceError::Broken("its table of times"))?;
    if timed_frames != frame_bytes.len() as u64 {
        return Err(VoiceError::Broken("times and frames differ in number"));
    }
    let declared = declared_ms(only(&media_boxes, b"mdhd")?).ok_or(VoiceError::Broken("its media header"))?;
    let played = frame_bytes.len() as u64 * u64::from(SAMPLES_PER_FRAME) * 1000 / u64::from(sample_rate_hz);
    let longest = declared.max(played);
    match u32::try_from(longest) {
        Ok(duration_ms) if duration_ms <= VOICE_NOTE_MS_MAX => Ok(VoiceFacts {
            sha256: BlobHash::of(bytes),
            size_bytes,
            duration_ms,
        }),
        _ => Err(VoiceError::TooLong {
            duration_ms: longest,
            ms_max: VOICE_NOTE_MS_MAX,
        }),
    }
}

/// The media box of the one sound track; other tracks may only be text or metadata.
fn sound_media<'a>(reader: &mut BoxReader, movie: &[Mp4Box<'a>]) -> Result<Mp4Box<'a>, VoiceError> {
    let mut sound = None;
    for track in movie.iter().filter(|b| b.kind == *b"trak") {
        let media = reader.descend(*track, &[b"mdia"])?;
        let handler = reader.descend(media, &[b"hdlr"])?;
        match handler.body.get(8..12) {
            Some(b"soun") if sound.is_some() => return Err(VoiceError::Unsupported("several sound tracks")),
            Some(b"soun") => sound = Some(media),
            Some(b"vide") => return Err(VoiceError::Unsupported("it is a video")),
            Some(_) => {}
            None => return Err(VoiceError::Broken("a track without a handler")),
        }
    }
    sound.ok_or(VoiceError::Unsupported("it has no sound track"))
}

/// Sampling rate of the one sample description, which must be AAC-LC.
fn sample_rate(reader: &mut BoxReader, description: Mp4Box<'_>) -> Result<u32, VoiceError> {
    const BROKEN: VoiceError = VoiceError::Broken("its sample description");
    let mut fields = Fields::new(description.body);
    let (Some(_), Some(1)) = (fields.u32(), fields.u32()) else {
        return Err(BROKEN);
    };
    let entries = reader.all(fields.rest(), description.offset + 8)?;
    let [entry] = entries.as_slice() else {
        return Err(BROKEN);
    };
    if entry.kind != *b"mp4a" {
        return Err(VoiceError::NotAacLc { object_type: 0 });
    }
    let version = entry.body.get(8..10).ok_or(BROKEN)?;
    // Version 1 is QuickTime's and has four more fields; version 2 is for studios.
    let header_bytes = match version {
        [0, 0] => 28,
        [0, 1] => 44,
        _ => return Err(VoiceError::Unsupported("a QuickTime sample description")),
    };
    let inner = entry.body.get(header_bytes..).ok_or(BROKEN)?;
    let inner = reader.all(inner, entry.offset + header_bytes as u64)?;
    audio_config(only(&inner, b"esds")?.body).ok_or(BROKEN)?
}

/// Reads the elementary stream descriptor down to the audio configuration; `None` where it ends early.
fn audio_config(esds: &[u8]) -> Option<Result<u32, VoiceError>> {
    let mut fields = Fields::new(esds);
    fields.skip(4)?;
    let mut stream = descriptor(&mut fields, 3)?;
    stream.skip(2)?;
    let flags = stream.u8()?;
    if flags & 0x80 != 0 {
        stream.skip(2)?;
    }
    if flags & 0x40 != 0 {
        let url_bytes = stream.u8()?;
        stream.skip(url_bytes.into())?;
    }
    if flags & 0x20 != 0 {
        stream.skip(2)?;
    }
    let mut decoder = descriptor(&mut stream, 4)?;
    // 0x40 is MPEG-4 audio; MP3 and MPEG-2 AAC stand under other numbers.
    if decoder.u8()? != 0x40 {
        return Some(Err(VoiceError::NotAacLc { object_type: 0 }));
    }
    decoder.skip(12)?;
    let mut specific = descriptor(&mut decoder, 5)?;
    let [first, second] = specific.array()?;
    let object_type = first >> 3;
    if object_type != AAC_LC {
        return Some(Err(VoiceError::NotAacLc { object_type }));
    }
    let rate_index = usize::from((first & 7) << 1 | second >> 7);
    let rate = SAMPLE_RATES_HZ.get(rate_index).copied();
    Some(rate.ok_or(VoiceError::Unsupported("an unusual sampling rate")))
}

/// Enters the descriptor with this tag; others before it are damage. Its length has up to four bytes of seven bits.
fn descriptor<'a>(fields: &mut Fields<'a>, tag: u8) -> Option<Fields<'a>> {
    if fields.u8()? != tag {
        return None;
    }
    let mut length = 0_usize;
    for _ in 0..4 {
        let byte = fields.u8()?;
        length = length << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            let content = fields.rest().get(..length)?;
            fields.skip(length)?;
            return Some(Fields::new(content));
        }
    }
    None
}

/// Bytes of each frame; `None` where the table ends early.
fn frame_sizes(table: Mp4Box<'_>) -> Option<Result<Vec<u32>, VoiceError>> {
    let mut fields = Fields::new(table.body);
    fields.skip(4)?;
    let (every, count) = (fields.u32()?, fields.u32()?);
    if count == 0 {
        return Some(Err(VoiceError::Broken("it holds no sound")));
    }
    if count > FRAMES_MAX {
        return Some(Err(VoiceError::Broken("more frames than any voice note has")));
    }
    if every != 0 {
        return Some(Ok(vec![every; count as usize]));
    }
    (0..count)
        .map(|_| fields.u32())
        .collect::<Option<Vec<_>>>()
        .map(Ok)
}

/// Number of frames that the table of times names; `None` where it ends early.
fn timed_frames(table: Mp4Box<'_>) -> Option<u64> {
    let mut fields = Fields::new(table.body);
    fields.skip(4)?;
    let runs = fields.u32()?.min(FRAMES_MAX);
    (0..runs).try_fold(0, |frames, _| {
        let count = fields.u32()?;
        fields.skip(4)?;
        Some(frames + u64::from(count))
    })
}

fn declared_ms(header: Mp4Box<'_>) -> Option<u64> {
    let mut fields = Fields::new(header.body);
    let version = fields.u8()?;
    fields.skip(3)?;
    let (timescale, duration) = if version == 1 {
        fields.skip(16)?;
        (fields.u32()?, fields.u64()?)
    } else {
        fields.skip(8)?;
        (fields.u32()?, fields.u32()?.into())
    };
    duration.checked_mul(1000)?.checked_div(timescale.into())
}

/// Every chunk of frames must lie in a media box of the file.
fn check_chunks(
    table: &[Mp4Box<'_>],
    frame_bytes: &[u32],
    file: &[Mp4Box<'_>],
    size_bytes: u64,
) -> Result<(), VoiceError> {
    const BROKEN: VoiceError = VoiceError::Broken("its table of chunks");
    let offsets = chunk_offsets(table)?.ok_or(BROKEN)?;
    let runs = chunk_runs(only(table, b"stsc")?).ok_or(BROKEN)?;
    let mut frames = frame_bytes.iter();
    for (index, offset) in offsets.iter().enumerate() {
        let number = index as u64 + 1;
        let run = runs
            .iter()
            .rev()
            .find(|(first, _)| u64::from(*first) <= number)
            .ok_or(BROKEN)?;
        let length: u64 = frames
            .by_ref()
            .take(run.1 as usize)
            .map(|bytes| u64::from(*bytes))
            .sum();
        let end = offset.checked_add(length).ok_or(BROKEN)?;
        if end > size_bytes {
            return Err(VoiceError::Truncated);
        }
        let media = file.iter().filter(|b| b.kind == *b"mdat");
        if !media
            .map(|b| (b.offset, b.offset + b.body.len() as u64))
            .any(|(from, to)| from <= *offset && end <= to)
        {
            return Err(VoiceError::Broken("frames outside the sound data"));
        }
    }
    if frames.next().is_some() {
        Err(BROKEN)
    } else {
        Ok(())
    }
}

fn chunk_offsets(table: &[Mp4Box<'_>]) -> Result<Option<Vec<u64>>, VoiceError> {
    let long = table.iter().any(|b| b.kind == *b"co64");
    let mut fields = Fields::new(only(table, if long { b"co64" } else { b"stco" })?.body);
    let count = fields
        .skip(4)
        .and_then(|()| fields.u32())
        .filter(|count| *count <= FRAMES_MAX);
    let Some(count) = count else { return Ok(None) };
    let read = |_| {
        if long {
            fields.u64()
        } else {
            fields.u32().map(u64::from)
        }
    };
    Ok((0..count).map(read).collect())
}

/// First chunk and frames in each chunk, of each run; `None` where the table ends early.
fn chunk_runs(table: Mp4Box<'_>) -> Option<Vec<(u32, u32)>> {
    let mut fields = Fields::new(table.body);
    fields.skip(4)?;
    let count = fields.u32().filter(|count| *count <= FRAMES_MAX)?;
    (0..count)
        .map(|_| {
            let run = (fields.u32()?, fields.u32()?);
            fields.skip(4)?;
            Some(run)
        })
        .collect()
}
