//! What becomes of voice notes, sound ones and hostile ones. `note.m4a` is 16 frames of AAC-LC, a soft tune of 1 s.

use proptest::prelude::*;
use xunge_attachment::{BlobHash, VOICE_NOTE_BYTES_MAX, VoiceError, inspect_voice_note, voice_note_file};

pub(crate) const NOTE: &[u8] = include_bytes!("note.m4a");

/// Where the content of the first box of this kind begins.
fn inside(kind: &[u8; 4]) -> usize {
    NOTE.windows(4)
        .position(|window| window == kind)
        .expect("the note has this box")
        + 4
}

fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut note = NOTE.to_vec();
    note[at..at + bytes.len()].copy_from_slice(bytes);
    note
}

#[test]
fn a_sound_note_is_measured() {
    let facts = inspect_voice_note(NOTE).unwrap();
    assert_eq!(facts.duration_ms, 1024);
    assert_eq!(facts.size_bytes, NOTE.len() as u64);
    assert_eq!(facts.sha256, BlobHash::of(NOTE));
}

#[test]
fn a_note_cut_at_any_byte_is_refused() {
    assert_eq!(inspect_voice_note(&[]), Err(VoiceError::Empty));
    for length in 1..NOTE.len() {
        let cut = inspect_voice_note(&NOTE[..length]).unwrap_err();
        assert!(matches!(cut, VoiceError::Truncated), "{length}: {cut:?}");
    }
}

#[test]
fn a_recorder_stopped_before_its_tables_is_told_as_cut() {
    let head = &NOTE[..usize::from(NOTE[3])];
    let open_ended = [head, b"\0\0\0\0mdat", &[0; 500]].concat();
    assert_eq!(inspect_voice_note(&open_ended), Err(VoiceError::Truncated));
}

#[test]
fn sound_data_shorter_than_the_tables_say_is_a_cut() {
    // The one chunk begins 100 bytes later than it does.
    let at = inside(b"stco") + 8;
    let offset = u32::from_be_bytes(NOTE[at..at + 4].try_into().unwrap());
    assert_eq!(
        inspect_voice_note(&with(at, &(offset + 100).to_be_bytes())),
        Err(VoiceError::Truncated)
    );
    let outside = inspect_voice_note(&with(at, &8_u32.to_be_bytes()));
    assert!(matches!(outside, Err(VoiceError::Broken(_))), "{outside:?}");
}

#[test]
fn a_longer_playing_time_counts_whether_declared_or_true() {
    let declared = with(inside(b"mdhd") + 16, &(61 * 16_000_u32).to_be_bytes());
    assert_eq!(
        inspect_voice_note(&declared),
        Err(VoiceError::TooLong {
            duration_ms: 61_000,
            ms_max: 60_000
        })
    );
    // Declared as nothing, but there are frames.
    let nothing = with(inside(b"mdhd") + 16, &[0; 4]);
    assert_eq!(inspect_voice_note(&nothing).unwrap().duration_ms, 1024);
}

#[test]
fn only_aac_lc_is_taken() {
    let config = inside(b"esds") + 4 + 5 + 15 + 2;
    assert_eq!(NOTE[config - 2..config + 2], [5, 2, 0x14, 0x08]);
    // Object type 5 is HE-AAC, 29 its second version.
    for object_type in [1, 5, 29] {
        let other = with(config, &[object_type << 3 | 4]);
        assert_eq!(
            inspect_voice_note(&other),
            Err(VoiceError::NotAacLc { object_type })
        );
    }
    let mp3 = with(inside(b"esds") + 4 + 5 + 2, &[0x6B]);
    assert_eq!(
        inspect_voice_note(&mp3),
        Err(VoiceError::NotAacLc { object_type: 0 })
    );
    let narrow_band = with(inside(b"mp4a") - 4, b"samr");
    assert_eq!(
        inspect_voice_note(&narrow_band),
        Err(VoiceError::NotAacLc { object_type: 0 })
    );
}

#[test]
fn films_and_other_files_are_refused() {
    let film = with(inside(b"hdlr") + 8, b"vide");
    assert!(matches!(
        inspect_voice_note(&film),
        Err(VoiceError::Unsupported(_))
    ));
    let fragments = with(inside(b"mdat") - 4, b"moof");
    assert!(matches!(
        inspect_voice_note(&fragments),
        Err(VoiceError::Unsupported(_))
    ));
    assert_eq!(inspect_voice_note(b"RIFF....WAVEfmt "), Err(VoiceError::NotM4a));
    let long = vec![0; usize::try_from(VOICE_NOTE_BYTES_MAX).unwrap() + 1];
    assert!(matches!(
        inspect_voice_note(&long),
        Err(VoiceError::TooManyBytes { .. })
    ));
}

#[test]
fn tables_that_promise_billions_cost_nothing() {
    for (kind, at) in [
        (b"stsz", 8),
        (b"stts", 4),
        (b"stts", 8),
        (b"stsc", 4),
        (b"stsc", 12),
        (b"stco", 4),
    ] {
        let bomb = inspect_voice_note(&with(inside(kind) + at, &u32::MAX.to_be_bytes()));
        if kind != b"stsc" || at != 12 {
            assert!(
                matches!(bomb, Err(VoiceError::Broken(_))),
                "{kind:?} {at}: {bomb:?}"
            );
        }
    }
    let many_boxes: Vec<u8> = [&NOTE[..8], b"\0\0\0\x08free".repeat(300).as_slice()].concat();
    assert!(matches!(
        inspect_voice_note(&with_size(many_boxes)),
        Err(VoiceError::Broken(_))
    ));
}

fn with_size(mut note: Vec<u8>) -> Vec<u8> {
    note[..4].copy_from_slice(&8_u32.to_be_bytes());
    note
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn mutated_notes_never_panic_and_never_play_longer_than_a_minute(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut note = NOTE.to_vec();
        for (place, byte) in changes {
            let at = place.index(note.len());
            note[at] = byte;
        }
        if let Some(cut) = cut {
            note.truncate(cut.index(note.len()));
        }
        if let Ok(facts) = inspect_voice_note(&note) {
            prop_assert!(facts.duration_ms <= 60_000);
        }
    }
}

fn byte(number: usize) -> u8 {
    u8::try_from(number).expect("it fits")
}

/// The note's frames, each behind a header of its own, as a recorder writes them into a stream; and where each ends.
fn stream() -> (Vec<u8>, Vec<usize>) {
    let sizes = inside(b"stsz") + 12;
    let mut at = inside(b"mdat");
    let (mut stream, mut ends) = (Vec::new(), Vec::new());
    for frame in 0..16 {
        let size = &NOTE[sizes + frame * 4..sizes + frame * 4 + 4];
        let size = u32::from_be_bytes(size.try_into().expect("four bytes")) as usize;
        let length = size + 7;
        // MPEG-4, no checksum, AAC-LC, 16,000 Hz, one channel.
        let (high, middle, low) = (length >> 11, length >> 3 & 0xFF, length & 7);
        stream.extend([
            0xFF,
            0xF1,
            0x60,
            0x40 | byte(high),
            byte(middle),
            byte(low << 5) | 0x1F,
            0xFC,
        ]);
        stream.extend(&NOTE[at..at + size]);
        at += size;
        ends.push(stream.len());
    }
    (stream, ends)
}

#[test]
fn a_recorder_s_stream_becomes_a_note_with_the_same_sound() {
    let (stream, _) = stream();
    let note = voice_note_file(&stream).unwrap();
    let facts = inspect_voice_note(&note).unwrap();
    assert_eq!(facts.duration_ms, 1024);
    let sound = &NOTE[inside(b"mdat")..][..stream.len() - 16 * 7];
    assert!(note.ends_with(sound), "its frames are untouched");
    // Made twice, it is the same file.
    assert_eq!(note, voice_note_file(&stream).unwrap());
    assert_eq!(voice_note_file(NOTE).unwrap(), NOTE, "a file stays what it is");
}

#[test]
fn a_stream_cut_at_any_byte_keeps_every_whole_frame() {
    let (stream, ends) = stream();
    for length in 7..stream.len() {
        let whole = (0..)
            .zip(&ends)
            .take_while(|(_, end)| **end <= length)
            .map(|(at, _): (u32, _)| at + 1)
            .last()
            .unwrap_or(0);
        let made = voice_note_file(&stream[..length]);
        if whole == 0 {
            assert_eq!(made, Err(VoiceError::Truncated), "{length}");
            continue;
        }
        assert_eq!(
            inspect_voice_note(&made.unwrap()).unwrap().duration_ms,
            whole * 64,
            "{length}"
        );
    }
    // A file that grew before it was written ends in zeros.
    let grown = [&stream[..ends[2]], &[0; 300]].concat();
    assert_eq!(
        inspect_voice_note(&voice_note_file(&grown).unwrap())
            .unwrap()
            .duration_ms,
        192
    );
}

#[test]
fn a_damaged_or_foreign_stream_is_told() {
    let (stream, ends) = stream();
    let with = |at: usize, byte: u8| {
        let mut other = stream.clone();
        other[at] = byte;
        voice_note_file(&other).map(std::borrow::Cow::into_owned)
    };
    assert!(matches!(with(ends[0], 0), Err(VoiceError::Broken(_))));
    assert!(
        matches!(with(ends[0] + 2, 0x64), Err(VoiceError::Broken(_))),
        "another rate"
    );
    assert_eq!(with(2, 0x20), Err(VoiceError::NotAacLc { object_type: 1 }));
    assert!(matches!(with(6, 0xFD), Err(VoiceError::Unsupported(_))));
    let long = stream.repeat(60);
    let long = inspect_voice_note(&voice_note_file(&long).unwrap());
    assert!(matches!(long, Err(VoiceError::TooLong { .. })), "{long:?}");
}

proptest! {
    #[test]
    fn no_stream_makes_it_panic(at in 0_usize..3_000, byte: u8, length in 0_usize..3_000) {
        let (mut stream, _) = stream();
        let count = stream.len();
        stream[at % count] = byte;
        if let Ok(note) = voice_note_file(&stream[..length % count]) {
            let _ = inspect_voice_note(&note);
        }
    }
}
