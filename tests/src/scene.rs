//! Drawn stand-ins for what workers photograph and say: scenes that match their reports, before and after, as real
//! JPEGs with EXIF, and voice notes.
//!
//! Everything follows from a seed: the same arguments give the same bytes, and before and after of one seed show the
//! same place. Nothing reads a clock or a folder; nobody's photograph is in here.

mod canvas;
mod ground;
mod light;
mod nature;
mod outdoors;
mod people;
mod person;
mod photo;
mod place;
mod voice;

pub use photo::{ExifClaims, jpeg};
pub use voice::voice_note;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use canvas::Canvas;
use light::Light;

/// What a scene shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SceneKind {
    /// A banner and handbills on a wall (违章广告).
    IllegalBanner,
    /// A street lamp that is dark at night (路灯不亮).
    BrokenLamp,
    /// A heap of rubbish at the roadside (垃圾堆积).
    RubbishHeap,
    /// A manhole without its cover (井盖缺损).
    MissingManhole,
    /// A stall on the road (占道经营).
    RoadStall,
    /// A water pipe that leaks (停水漏水).
    WaterLeak,
    /// An escape route that is blocked (消防隐患).
    BlockedFireExit,
    /// A quarrel of two neighbours (邻里纠纷).
    Dispute,
    /// A tree across the road (树木倒伏).
    FallenTree,
    /// Rubbish and plants on a river (河道漂浮物).
    DriftingRubbish,
}

impl SceneKind {
    /// All scenes.
    pub const ALL: [Self; 10] = [
        Self::IllegalBanner,
        Self::BrokenLamp,
        Self::RubbishHeap,
        Self::MissingManhole,
        Self::RoadStall,
        Self::WaterLeak,
        Self::BlockedFireExit,
        Self::Dispute,
        Self::FallenTree,
        Self::DriftingRubbish,
    ];

    /// The scene that comes nearest to a category's code, such as `service.manhole`.
    pub fn of_category(code: &str) -> Self {
        let (class, kind) = code.split_once('.').unwrap_or((code, ""));
        match (class, kind) {
            ("service", "street_lamp" | "power_cut" | "cable") => Self::BrokenLamp,
            ("service", "manhole") | ("hazard", "road" | "slope") => Self::MissingManhole,
            ("emergency", "fallen_tree") => Self::FallenTree,
            ("environment", "river") => Self::DriftingRubbish,
            ("service", "water_supply") | ("environment", "sewage" | "toilet") => Self::WaterLeak,
            ("emergency", "flood") | ("hazard", "water") => Self::WaterLeak,
            ("environment", _) | ("enforcement", "dumping" | "straw" | "green") => Self::RubbishHeap,
            ("enforcement", "banner" | "building") | ("opinion", "rumour") => Self::IllegalBanner,
            ("enforcement" | "market", _) => Self::RoadStall,
            ("hazard" | "emergency", _) => Self::BlockedFireExit,
            _ => Self::Dispute,
        }
    }

    /// The words in file names.
    pub const fn word(self) -> &'static str {
        match self {
            Self::IllegalBanner => "illegal_banner",
            Self::BrokenLamp => "broken_lamp",
            Self::RubbishHeap => "rubbish_heap",
            Self::MissingManhole => "missing_manhole",
            Self::RoadStall => "road_stall",
            Self::WaterLeak => "water_leak",
            Self::BlockedFireExit => "blocked_fire_exit",
            Self::Dispute => "dispute",
            Self::FallenTree => "fallen_tree",
            Self::DriftingRubbish => "drifting_rubbish",
        }
    }
}

/// Whether the matter is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// As it was found.
    Before,
    /// As it was left.
    After,
}

/// Upright, opaque RGBA pixels, 8 bits a channel, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
    /// Width, at least 1.
    pub width_px: u16,
    /// Height, at least 1.
    pub height_px: u16,
}

/// Draws a scene of `size_px` (width and height, 4 : 3 shows all of it; a side of 0 counts as 1).
pub fn draw(kind: SceneKind, phase: Phase, seed: u64, size_px: (u16, u16)) -> Pixels {
    // The kind takes part, so that two matters of one seed do not happen in the same street at the same hour.
    let mut rng = StdRng::seed_from_u64(seed ^ (kind as u64 + 1) << 56);
    let light = match kind {
        SceneKind::BrokenLamp => Light::Night,
        _ => Light::DAY[rng.random_range(0..Light::DAY.len())],
    };
    let mut canvas = Canvas::new(size_px.0.max(1), size_px.1.max(1), light, rng.random());
    match kind {
        SceneKind::IllegalBanner => outdoors::banner(&mut canvas, phase),
        SceneKind::BrokenLamp => outdoors::lamp(&mut canvas, phase),
        SceneKind::RubbishHeap => outdoors::rubbish(&mut canvas, phase),
        SceneKind::MissingManhole => ground::manhole(&mut canvas, phase),
        SceneKind::RoadStall => outdoors::stall(&mut canvas, phase),
        SceneKind::WaterLeak => ground::leak(&mut canvas, phase),
        SceneKind::BlockedFireExit => people::fire_exit(&mut canvas, phase),
        SceneKind::Dispute => people::dispute(&mut canvas, phase),
        SceneKind::FallenTree => nature::fallen_tree(&mut canvas, phase),
        SceneKind::DriftingRubbish => nature::river(&mut canvas, phase),
    }
    canvas.develop()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use std::collections::BTreeSet;
    use xunge_core::attachment::{BlobHash, Orientation, PictureOptions, prepare_picture};

    const SMALL: (u16, u16) = (240, 180);

    #[test]
    fn every_scene_phase_and_seed_is_another_picture() {
        let mut seen = BTreeSet::new();
        for kind in SceneKind::ALL {
            for phase in [Phase::Before, Phase::After] {
                for seed in 0..3 {
                    assert!(
                        seen.insert(BlobHash::of(&draw(kind, phase, seed, SMALL).rgba)),
                        "{kind:?} {phase:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_picture() {
        let draw = || draw(SceneKind::RoadStall, Phase::Before, 5, SMALL);
        assert_eq!(draw(), draw());
    }

    #[test]
    fn the_camera_stores_every_orientation_so_that_preparing_shows_it_upright() {
        let shown = draw(SceneKind::MissingManhole, Phase::Before, 1, SMALL);
        let taken_at_local = NaiveDate::from_ymd_opt(2026, 11, 21)
            .unwrap()
            .and_hms_opt(16, 5, 9)
            .unwrap();
        let upright = prepare_picture(
            std::io::Cursor::new(jpeg(&shown, None)),
            &PictureOptions::default(),
        )
        .unwrap();
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8();
        for orientation in Orientation::ALL {
            let claims = ExifClaims {
                taken_at_local,
                lat_lon_deg: Some((28.125_431_2, 120.954_2)),
                orientation,
            };
            let bytes = jpeg(&shown, Some(&claims));
            let made = prepare_picture(std::io::Cursor::new(bytes), &PictureOptions::default()).unwrap();
            assert_eq!(made.taken_at_claim.unwrap().local, taken_at_local);
            assert_eq!(made.taken_at_claim.unwrap().utc_offset_minutes, Some(480));
            let place = made.position_claim.unwrap();
            assert!((place.lat_deg - 28.125_431_2).abs() < 1e-7 && (place.lon_deg - 120.954_2).abs() < 1e-7);
            assert_eq!((made.width_px, made.height_px), (240, 180), "{orientation:?}");
            let (one, other) = (pixels(&upright.bytes), pixels(&made.bytes));
            let off: u64 = one
                .iter()
                .zip(other.iter())
                .map(|(a, b)| u64::from(a.abs_diff(*b)))
                .sum();
            assert!(
                off < 4 * one.len() as u64,
                "{orientation:?}: {} off on average",
                off / one.len() as u64
            );
        }
    }

    #[test]
    fn odd_sizes_are_drawn_too() {
        for size in [(1, 1), (0, 0), (30, 400), (400, 30)] {
            let pixels = draw(SceneKind::WaterLeak, Phase::Before, 1, size);
            assert_eq!(
                pixels.rgba.len(),
                usize::from(pixels.width_px) * usize::from(pixels.height_px) * 4
            );
        }
    }
}
