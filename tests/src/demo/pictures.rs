//! Where the demo's pictures come from: drawn scenes that match their reports, or a folder of the person's own.

use std::fs;
use std::path::{Path, PathBuf};

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::attachment::Orientation;
use xunge_core::place::Position;
use xunge_core::time::Timestamp;

use crate::scene::{ExifClaims, Phase, SceneKind, draw, jpeg};

/// The sizes of drawn pictures in pixels, in turn by chance: small ones of old phones, and one that is scaled down before it is sent.
const SIZES_PX: [(u16, u16); 4] = [(960, 720), (1024, 768), (1280, 960), (1760, 1320)];

/// A source of pictures.
pub enum Pictures {
    /// Drawn.
    Drawn,
    /// Files of a folder, in turn.
    Folder(Vec<PathBuf>),
}

impl Pictures {
    /// Drawn ones, or those of the folder where one is named. Errors where the folder holds no picture.
    pub fn from(folder: Option<&Path>) -> std::io::Result<Self> {
        let Some(folder) = folder else {
            return Ok(Self::Drawn);
        };
        let mut files: Vec<PathBuf> = fs::read_dir(folder)?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
                extension.is_some_and(|e| ["jpg", "jpeg", "png", "webp"].contains(&e.as_str()))
            })
            .collect();
        files.sort();
        if files.is_empty() {
            let what = format!("no picture (jpg, png, webp) in {}", folder.display());
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, what));
        }
        Ok(Self::Folder(files))
    }

    /// A picture of a report of this kind, as the phone's camera stores it: with time, place and orientation in its EXIF.
    pub fn take(
        &self,
        category: &str,
        is_after: bool,
        at: Position,
        now: Timestamp,
        rng: &mut StdRng,
    ) -> Vec<u8> {
        match self {
            Self::Drawn => {
                let phase = if is_after { Phase::After } else { Phase::Before };
                let size_px = SIZES_PX[rng.random_range(0..SIZES_PX.len())];
                let pixels = draw(SceneKind::of_category(category), phase, rng.random(), size_px);
                let zone = chrono::FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset");
                let claims = ExifClaims {
                    taken_at_local: now.to_utc().with_timezone(&zone).naive_local(),
                    lat_lon_deg: Some((at.lat_deg, at.lon_deg)),
                    orientation: Orientation::ALL[rng.random_range(0..Orientation::ALL.len())],
                };
                jpeg(&pixels, Some(&claims))
            }
            Self::Folder(files) => {
                let path = &files[rng.random_range(0..files.len())];
                // A file that went away meanwhile is replaced by a drawing.
                fs::read(path).unwrap_or_else(|_| Self::Drawn.take(category, is_after, at, now, rng))
            }
        }
    }
}
