//! Claims about pictures.

use super::*;
use crate::coverage::{OutlineCells, UnknownCause};
use crate::id::UnitId;
use crate::patrol::sample::{block, patrolled, plan, position, straight};

fn ground() -> (GridGround, Vec<Vec<Vec<[f64; 2]>>>) {
    let outline = block(-400.0, -300.0, 400.0, 300.0);
    let grid = UnitId::new("G").expect("a code");
    (GridGround::new(grid, &outline, []).expect("an outline"), outline)
}

fn cells(west_m: f64, east_m: f64) -> CellSet {
    OutlineCells::of(&block(west_m, -300.0, east_m, 300.0))
        .expect("an outline")
        .cells
}

fn coverage() -> DayCoverage {
    let mut coverage = DayCoverage::new();
    coverage.seen = cells(-400.0, -100.0);
    coverage.join_maybe(UnknownCause::NoSignal, &cells(-200.0, 100.0));
    coverage
}

/// Width, height and the palette places of a picture.
fn decoded(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut pixels).expect("one frame");
    (info.width, info.height, pixels)
}

#[test]
fn a_picture_shows_seen_unknown_and_unseen_where_they_are() {
    let (ground, outline) = ground();
    let coverage = coverage();
    let picture = Picture {
        ground: &ground,
        outline: Some(&outline),
        coverage: &coverage,
        places: &[(position(200.0, 100.0), true), (position(300.0, 100.0), false)],
        track: &[],
        long_side_px: 440,
    };
    let bytes = picture.png().expect("a picture");
    assert!(bytes.len() < 20_000, "{} bytes", bytes.len());
    let (width, height, pixels) = decoded(&bytes);
    assert_eq!(width, 440);
    assert!((325..350).contains(&height), "{height}");
    // Half a pixel a metre: what lies around a point, by how often.
    let around = |east_m: f64, north_m: f64| {
        let pixel = |value: f64| usize::try_from(super::pixel(value)).expect("small");
        let x = pixel(f64::from(width) / 2.0 + east_m * 0.5);
        let y = pixel(f64::from(height) / 2.0 - north_m * 0.5);
        let mut counts = [0; 8];
        for row in y - 6..y + 6 {
            for pixel in &pixels[row * 440 + x - 6..row * 440 + x + 6] {
                counts[usize::from(*pixel)] += 1;
            }
        }
        counts
    };
    let count = |counts: [u32; 8], swatch: Swatch| counts[swatch as usize];
    assert_eq!(count(around(-300.0, 0.0), Swatch::Seen), 144);
    assert_eq!(
        count(around(-150.0, 0.0), Swatch::Seen),
        144,
        "seen outshines maybe"
    );
    let unknown = around(0.0, 0.0);
    assert!(count(unknown, Swatch::Unknown) > 80 && count(unknown, Swatch::Unseen) > 30);
    assert_eq!(count(around(250.0, -100.0), Swatch::Unseen), 144);
    assert!(count(around(200.0, 100.0), Swatch::Due) > 30);
    assert_eq!(pixels[0], Swatch::Outside as u8);
    assert!(pixels.iter().filter(|p| **p == Swatch::Line as u8).count() > 1_000);
}

#[test]
fn a_track_is_drawn_with_its_gaps() {
    let mut walk = straight(0.0, 40, 0.0);
    walk.extend(straight(0.0, 120, 0.0).into_iter().skip(80));
    let lines = track_lines(&patrolled(plan(), &walk));
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.points.len() == 40));
    let long = patrolled(plan(), &straight(0.0, 400, 0.0));
    assert!(long.len() > 2);
    assert_eq!(track_lines(&long).len(), 1, "the seam of segments is no gap");
}

#[test]
fn what_must_be_told_apart_differs_in_brightness() {
    let told_apart = [Swatch::Seen, Swatch::Excluded, Swatch::Unknown, Swatch::Unseen];
    let mut brightness: Vec<u8> = told_apart.iter().map(|swatch| swatch.brightness()).collect();
    brightness.sort_unstable();
    let least = brightness.windows(2).map(|pair| pair[1] - pair[0]).min();
    // Excluded and unknown are near in brightness and differ by their stripes too.
    assert!(least.is_some_and(|least| least >= 12), "{brightness:?}");
    for (swatch, place) in Swatch::ALL.iter().zip(0u8..) {
        assert_eq!(*swatch as u8, place);
        let (zh, en) = swatch.words();
        assert!(!zh.is_empty() && en.is_ascii());
    }
}

#[test]
fn without_ground_there_is_no_picture() {
    let (mut ground, _) = ground();
    ground.cells = CellSet::new();
    let picture = Picture {
        ground: &ground,
        outline: None,
        coverage: &DayCoverage::new(),
        places: &[],
        track: &[],
        long_side_px: 400,
    };
    assert!(matches!(picture.png(), Err(PictureError::NoGround)));
}
