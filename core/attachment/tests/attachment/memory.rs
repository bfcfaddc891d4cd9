//! How much memory a picture may cost. Each is prepared in a process of its own, which says its own peak.

use std::path::Path;
use std::process::Command;

use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};
use xunge_attachment::{PictureError, PictureOptions, prepare_picture_file};

use crate::samples::Pixels;

const CHILD: &str = "XUNGE_TEST_PREPARE";

/// Not a claim of its own: what the other tests of this file start as a child process.
#[test]
fn prepare_one_in_a_child_process() {
    let Some(path) = std::env::var_os(CHILD) else {
        return;
    };
    let made =
        prepare_picture_file(Path::new(&path), &PictureOptions::default()).expect("the picture is sound");
    assert!(made.width_px.max(made.height_px) >= 1000);
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .expect("Linux says it");
    println!("peak {}", peak.split_whitespace().nth(1).expect("a number"));
}

/// Peak of a process that prepares the picture at `path`, in 10^6 bytes; `None` where the system does not say.
fn peak_mb(path: &Path) -> Option<u64> {
    if !Path::new("/proc/self/status").exists() {
        return None;
    }
    let exe = std::env::current_exe().expect("the test runs from a file");
    let child = Command::new(exe)
        .args(["--exact", "memory::prepare_one_in_a_child_process", "--nocapture"])
        .env(CHILD, path)
        .output()
        .expect("the test can start itself");
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(
        child.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&child.stderr)
    );
    let kib: u64 = said
        .split("peak ")
        .nth(1)?
        .split_whitespace()
        .next()?
        .parse()
        .ok()?;
    Some(kib * 1024 / 1_000_000)
}

fn assert_peak(name: &str, bytes: &[u8], limit_mb: u64) {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = folder.path().join("picture");
    std::fs::write(&path, bytes).expect("there is room for a picture");
    if let Some(peak) = peak_mb(&path) {
        assert!(peak <= limit_mb, "{name} needed {peak} MB of {limit_mb}");
    }
}

/// Rows of soft edges, made as the encoder asks for them.
struct Rows(u16, u16);

impl ImageBuffer for Rows {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.0
    }

    fn height(&self) -> u16 {
        self.1
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        for x in 0..self.0 {
            let [_, low] = ((x / 5) ^ (y / 3)).to_be_bytes();
            buffers[0].push(low);
            buffers[1].push(128);
            buffers[2].push(low / 2 + 64);
        }
    }
}

fn jpeg(width: u16, height: u16, sampling: SamplingFactor, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(progressive);
    encoder
        .encode_image(Rows(width, height))
        .expect("a vector takes all");
    bytes
}

#[test]
fn a_baseline_jpeg_of_108_megapixels_needs_less_than_50_mb() {
    assert_peak("108 MP", &jpeg(12_000, 9_000, SamplingFactor::F_2_2, false), 50);
}

#[test]
fn awkward_baseline_shapes_need_less_than_50_mb_too() {
    // Just below the size that is decoded at a smaller scale, square, and with full chroma: the most costly of all.
    assert_peak("square", &jpeg(6_398, 6_398, SamplingFactor::F_1_1, false), 50);
    assert_peak("full size", &jpeg(3_198, 3_198, SamplingFactor::F_1_1, false), 50);
}

#[test]
fn progressive_png_and_webp_of_16_megapixels_need_less_than_120_mb() {
    assert_peak(
        "progressive",
        &jpeg(4_000, 4_000, SamplingFactor::F_2_2, true),
        120,
    );
    assert_peak(
        "progressive with full chroma",
        &jpeg(4_000, 4_000, SamplingFactor::F_1_1, true),
        120,
    );
    let pixels = Pixels::quarters(4_000, 4_000, [[9; 3], [99; 3], [60; 3], [0; 3]]);
    let png = pixels.png(png::ColorType::Rgba, png::BitDepth::Sixteen, None);
    assert_peak("PNG of 16 bits", &png, 120);
    assert_peak("WebP", &pixels.webp(), 120);
}

#[test]
fn above_16_megapixels_other_kinds_are_refused() {
    let large = jpeg(4_100, 4_100, SamplingFactor::F_2_2, true);
    let refused = xunge_attachment::prepare_picture(std::io::Cursor::new(large), &PictureOptions::default());
    assert!(matches!(
        refused,
        Err(PictureError::TooManyPixels { width_px: 4_100, .. })
    ));
}
