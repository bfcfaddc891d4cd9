//! What a phone's large photograph costs to prepare, against the plain way with the `image` crate in the same run.
//!
//! Every measurement runs in a child process of the current executable, so that its peak memory is its own: the
//! executable's `main` must call [`run_child`] before anything else.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use image::ImageReader;
use image::imageops::FilterType;
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};
use xunge_core::attachment::{PictureOptions, prepare_picture_file};

use super::Figure;

/// First argument of a child process.
const CHILD: &str = "--measure-one-photo";

/// What is measured: megapixels, width and height, how often (the best run counts), and the goals.
const SENSORS: [Sensor; 3] = [
    Sensor {
        megapixels: 12,
        width_px: 4032,
        height_px: 3024,
        runs: 5,
        time_percent_max: 40.0,
    },
    Sensor {
        megapixels: 48,
        width_px: 8064,
        height_px: 6048,
        runs: 3,
        time_percent_max: 60.0,
    },
    Sensor {
        megapixels: 108,
        width_px: 12_000,
        height_px: 9_000,
        runs: 2,
        time_percent_max: 25.0,
    },
];

/// Peak memory of the whole process that a photograph may need, in 10^6 bytes.
const PEAK_MB_MAX: f64 = 50.0;

struct Sensor {
    megapixels: u32,
    width_px: u16,
    height_px: u16,
    runs: u32,
    time_percent_max: f64,
}

/// What one child process says on its standard output: milliseconds and peak memory in 10^6 bytes.
#[derive(Debug, Clone, Copy)]
struct Cost {
    time_ms: f64,
    peak_mb: f64,
}

/// Measures all sensors; takes about half a minute. Errors are those of the temporary folder and of the children.
pub fn figures() -> io::Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let mut figures = Vec::new();
    for sensor in &SENSORS {
        let path = folder.path().join("photo.jpg");
        write_photo(&path, sensor.width_px, sensor.height_px)?;
        let mut ours = best_of(sensor.runs, "ours", &path)?;
        let plain = best_of(sensor.runs, "plain", &path)?;
        // Once more on the other side of the plain runs, so that a busy minute does not hit one side only.
        let again = best_of(sensor.runs, "ours", &path)?;
        ours = Cost {
            time_ms: ours.time_ms.min(again.time_ms),
            peak_mb: ours.peak_mb.max(again.peak_mb),
        };
        let name = format!("photo of {} MP to 1600 px", sensor.megapixels);
        let percent = ours.time_ms / plain.time_ms * 100.0;
        figures.push(Figure::at_most(
            format!("{name}, time against the image crate's"),
            percent,
            "%",
            sensor.time_percent_max,
        ));
        figures.push(Figure::at_most(
            format!("{name}, peak memory"),
            ours.peak_mb,
            "MB",
            PEAK_MB_MAX,
        ));
    }
    Ok(figures)
}

/// Runs as a child process if the arguments (without the program's name) say so; then the caller must return.
pub fn run_child(args: &[String]) -> bool {
    let [first, way, path] = args else { return false };
    if first != CHILD {
        return false;
    }
    let started = Instant::now();
    let made = if way == "ours" {
        prepare(Path::new(path))
    } else {
        prepare_plainly(Path::new(path))
    };
    match made {
        Ok(()) => println!(
            "{} {}",
            started.elapsed().as_secs_f64() * 1e3,
            peak_memory_mb().unwrap_or(f64::NAN)
        ),
        Err(error) => eprintln!("{error}"),
    }
    true
}

/// Highest resident size of this process so far, in 10^6 bytes; `None` where the system does not say.
pub fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

fn prepare(path: &Path) -> Result<(), String> {
    let made = prepare_picture_file(path, &PictureOptions::default()).map_err(|error| error.to_string())?;
    if made.width_px == 1600 {
        Ok(())
    } else {
        Err(format!("{} px wide", made.width_px))
    }
}

/// What most programs do: decode at full size, resize, encode. No thumbnail, no hash, no metadata.
fn prepare_plainly(path: &Path) -> Result<(), String> {
    let file = BufReader::new(File::open(path).map_err(|error| error.to_string())?);
    let mut reader = ImageReader::new(file)
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    reader.no_limits();
    let small = reader
        .decode()
        .map_err(|error| error.to_string())?
        .resize(1600, 1600, FilterType::Lanczos3);
    let small = small.into_rgb8();
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80);
    let (width, height) = small.dimensions();
    encoder
        .encode(&small, width, height, image::ExtendedColorType::Rgb8)
        .map_err(|error| error.to_string())
}

fn best_of(runs: u32, way: &str, path: &Path) -> io::Result<Cost> {
    let mut best = Cost {
        time_ms: f64::INFINITY,
        peak_mb: 0.0,
    };
    for _ in 0..runs {
        let one = measure(way, path)?;
        best = Cost {
            time_ms: best.time_ms.min(one.time_ms),
            peak_mb: best.peak_mb.max(one.peak_mb),
        };
    }
    Ok(best)
}

fn measure(way: &str, path: &Path) -> io::Result<Cost> {
    let child = Command::new(std::env::current_exe()?)
        .args([CHILD, way])
        .arg(path)
        .stderr(Stdio::inherit())
        .output()?;
    let said = String::from_utf8_lossy(&child.stdout);
    let mut numbers = said.split_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(time_ms)), Some(Ok(peak_mb))) => Ok(Cost { time_ms, peak_mb }),
        _ => Err(io::Error::other(format!(
            "the child that measures photos the {way} way said {said:?}"
        ))),
    }
}

/// Writes a JPEG like a phone's (4:2:0, quality 92, edges and sensor noise), row by row.
fn write_photo(path: &Path, width_px: u16, height_px: u16) -> io::Result<()> {
    let mut encoder = Encoder::new_file(path, 92).map_err(io::Error::other)?;
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode_image(Rows { width_px, height_px })
        .map_err(io::Error::other)
}

struct Rows {
    width_px: u16,
    height_px: u16,
}

impl ImageBuffer for Rows {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width_px
    }

    fn height(&self) -> u16 {
        self.height_px
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let (width, y) = (u32::from(self.width_px), u32::from(y));
        let mut noise = 0x9E37_79B9 ^ y.wrapping_mul(0x85EB_CA6B) | 1;
        let byte = |value: u32| u8::try_from(value.min(255)).unwrap_or(u8::MAX);
        for x in 0..width {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let edge = (x / 97 * 31 + y / 61 * 17) % 64;
            buffers[0].push(byte(20 + x * 150 / width + edge + (noise & 15)));
            buffers[1].push(byte(96 + edge / 2 + (noise >> 8 & 3)));
            buffers[2].push(byte(100 + y * 40 / u32::from(self.height_px) + (noise >> 16 & 3)));
        }
    }
}
