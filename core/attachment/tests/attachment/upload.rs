//! What the receiving end finds out about an upload.

use std::io::Cursor;

use exif::Tag;
use xunge_attachment::{
    BlobHash, PictureFacts, PictureOptions, UploadLie, check_uploaded_picture, check_uploaded_voice_note,
    inspect_voice_note, prepare_picture,
};

use crate::samples::{BLUE, GREEN, PALE, Pixels, RED, exif_block, text};
use crate::voice::NOTE;

fn prepared() -> (Vec<u8>, PictureFacts) {
    let source = Pixels::quarters(200, 150, [RED, GREEN, BLUE, PALE]).jpeg();
    let made =
        prepare_picture(Cursor::new(source), &PictureOptions::default()).expect("the picture is sound");
    (made.bytes.clone(), made.facts())
}

#[test]
fn what_was_prepared_passes() {
    let (bytes, facts) = prepared();
    assert!(check_uploaded_picture(&bytes, &facts).is_ok());
    assert!(check_uploaded_voice_note(NOTE, &inspect_voice_note(NOTE).unwrap()).is_ok());
}

#[test]
fn lies_about_length_hash_size_and_duration_are_told_apart() {
    let (bytes, facts) = prepared();
    let short = check_uploaded_picture(&bytes[..bytes.len() - 1], &facts);
    assert!(matches!(short, Err(UploadLie::Size { .. })), "{short:?}");
    let mut changed = bytes.clone();
    changed[30] ^= 1;
    let changed = check_uploaded_picture(&changed, &facts);
    assert!(matches!(changed, Err(UploadLie::Hash { .. })), "{changed:?}");
    let wider = PictureFacts {
        width_px: 201,
        ..facts.clone()
    };
    let wider = check_uploaded_picture(&bytes, &wider);
    assert!(
        matches!(
            wider,
            Err(UploadLie::Dimensions {
                found_px: (200, 150),
                ..
            })
        ),
        "{wider:?}"
    );
    let mut longer = inspect_voice_note(NOTE).unwrap();
    longer.duration_ms += 1;
    let longer = check_uploaded_voice_note(NOTE, &longer);
    assert!(matches!(longer, Err(UploadLie::Duration { .. })), "{longer:?}");
}

#[test]
fn something_else_under_true_facts_is_not_a_picture() {
    let page = b"<html>log in first</html>";
    let facts = PictureFacts {
        sha256: BlobHash::of(page),
        size_bytes: page.len() as u64,
        ..prepared().1
    };
    assert!(matches!(
        check_uploaded_picture(page, &facts),
        Err(UploadLie::Picture(_))
    ));
}

#[test]
fn a_picture_that_kept_its_metadata_is_sent_back() {
    let block = exif_block(&[(Tag::Make, text("Somebody"))]);
    let bytes = Pixels::quarters(200, 150, [RED, GREEN, BLUE, PALE]).jpeg_with(Some(&block), |_| {});
    let facts = PictureFacts {
        sha256: BlobHash::of(&bytes),
        size_bytes: bytes.len() as u64,
        ..prepared().1
    };
    assert!(matches!(
        check_uploaded_picture(&bytes, &facts),
        Err(UploadLie::Metadata)
    ));
}
