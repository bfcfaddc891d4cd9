//! Pictures, voice notes, archives and rescue files: damaged or hostile, each ends in an error or in something sound.

use std::collections::BTreeMap;
use std::io::Cursor;

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::attachment::{Orientation, PictureOptions, inspect_voice_note, prepare_picture};
use xunge_core::rescue;
use xunge_core::signature::SigningKey;
use xunge_server::archive::{self, Manifest};

use super::{Taken, Target};
use crate::scene::{ExifClaims, Phase, SceneKind, draw, jpeg, voice_note};

pub(super) fn targets() -> Vec<Box<dyn Target>> {
    vec![
        Box::new(Pictures::drawn()),
        Box::new(Voices((0..3).map(|n| voice_note(n, 1_500)).collect())),
        Box::new(Archives::packed()),
        Box::new(Rescues::sealed()),
    ]
}

/// JPEG with EXIF, PNG and others through the whole pipeline.
struct Pictures(Vec<Vec<u8>>);

impl Pictures {
    fn drawn() -> Self {
        let claims = ExifClaims {
            taken_at_local: chrono::NaiveDate::from_ymd_opt(2026, 3, 2)
                .and_then(|day| day.and_hms_opt(9, 0, 0))
                .expect("a moment"),
            lat_lon_deg: Some((30.25, 120.1)),
            orientation: Orientation::Transposed,
        };
        let mut examples = Vec::new();
        for (seed, size_px) in [(1, (96, 64)), (2, (33, 57))] {
            let pixels = draw(SceneKind::BrokenLamp, Phase::Before, seed, size_px);
            examples.push(jpeg(&pixels, Some(&claims)));
            let (width, height) = (u32::from(size_px.0), u32::from(size_px.1));
            let rgb: Vec<u8> = pixels
                .rgba
                .chunks_exact(4)
                .flat_map(|p| [p[0], p[1], p[2]])
                .collect();
            for format in [
                image::ImageFormat::Png,
                image::ImageFormat::WebP,
                image::ImageFormat::Bmp,
            ] {
                let mut file = Cursor::new(Vec::new());
                let picture = image::RgbImage::from_raw(width, height, rgb.clone());
                let picture = picture.expect("as many bytes as pixels");
                if picture.write_to(&mut file, format).is_ok() {
                    examples.push(file.into_inner());
                }
            }
        }
        Self(examples)
    }
}

impl Target for Pictures {
    fn name(&self) -> &'static str {
        "picture"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        let Ok(made) = prepare_picture(Cursor::new(bytes), &PictureOptions::default()) else {
            return Ok(Taken::Refused);
        };
        // What the phone makes, the server takes.
        xunge_core::attachment::check_uploaded_picture(&made.bytes, &made.facts())
            .map_err(|e| format!("the picture that was made is no picture: {e}"))?;
        Ok(Taken::Accepted)
    }
}

struct Voices(Vec<Vec<u8>>);

impl Target for Voices {
    fn name(&self) -> &'static str {
        "voice_note"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        match inspect_voice_note(bytes) {
            Ok(facts) if facts.duration_ms <= 61_000 => Ok(Taken::Accepted),
            Ok(facts) => Err(format!("a voice note of {} ms was taken", facts.duration_ms)),
            Err(_) => Ok(Taken::Refused),
        }
    }
}

/// Signed archives: nothing but the very files that were signed verifies.
struct Archives(Vec<Vec<u8>>);

impl Archives {
    fn packed() -> Self {
        let key = SigningKey::random(&mut StdRng::seed_from_u64(1));
        let files = BTreeMap::from([("pictures/a.jpg".to_owned(), vec![7; 300])]);
        let manifest = Manifest {
            version: 1,
            code: "A".to_owned(),
            report: "r".to_owned(),
            township: "t".to_owned(),
            made_at: "2026-03-02T01:00:00Z".to_owned(),
            is_masked: true,
            files: BTreeMap::new(),
        };
        let packed = archive::pack(manifest, b"{\"code\":\"A\"}", &files, &key);
        Self(vec![packed.expect("writing to memory cannot fail")])
    }
}

impl Target for Archives {
    fn name(&self) -> &'static str {
        "archive"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        let Ok(verified) = archive::verify(bytes) else {
            return Ok(Taken::Refused);
        };
        let honest = archive::verify(&self.0[0]).map_err(|e| e.to_string())?;
        if verified.manifest == honest.manifest {
            Ok(Taken::Accepted)
        } else {
            Err("an archive with another content verifies".to_owned())
        }
    }
}

/// Rescue files, sealed to the township: a damaged one opens to nothing.
struct Rescues {
    examples: Vec<Vec<u8>>,
    secret: [u8; 32],
}

impl Rescues {
    fn sealed() -> Self {
        let secret = [9; 32];
        let public = rescue::recovery_public_key(&secret);
        let mut rng = StdRng::seed_from_u64(2);
        let sealed = rescue::seal(&public, &[5; 400], &mut rng).expect("the key is one");
        Self {
            examples: vec![sealed],
            secret,
        }
    }
}

impl Target for Rescues {
    fn name(&self) -> &'static str {
        "rescue"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.examples
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        match rescue::open(&self.secret, bytes) {
            Ok(_) if bytes == self.examples[0] => Ok(Taken::Accepted),
            Ok(_) => Err("an altered file was opened".to_owned()),
            Err(_) => Ok(Taken::Refused),
        }
    }
}
