//! Texts that people type, paste, scan and import.

use rand::rngs::StdRng;
use xunge_core::code;
use xunge_core::enrolment::EnrolmentCode;
use xunge_core::grid::Boundary;
use xunge_server::import::{self, ImportKind, ReadOptions};

use super::{Taken, Target, alter};

/// The samples of the documentation, each with the kind that it is.
const TABLES: [(ImportKind, &str); 9] = [
    (ImportKind::Units, include_str!("../../../docs/samples/units.csv")),
    (
        ImportKind::People,
        include_str!("../../../docs/samples/people.csv"),
    ),
    (ImportKind::Posts, include_str!("../../../docs/samples/posts.csv")),
    (
        ImportKind::Categories,
        include_str!("../../../docs/samples/categories.csv"),
    ),
    (
        ImportKind::Calendar,
        include_str!("../../../docs/samples/calendar.csv"),
    ),
    (
        ImportKind::Policies,
        include_str!("../../../docs/samples/policies.csv"),
    ),
    (ImportKind::Rules, include_str!("../../../docs/samples/rules.csv")),
    (
        ImportKind::KeyPlaces,
        include_str!("../../../docs/samples/key-places.geojson"),
    ),
    (
        ImportKind::Unreachable,
        include_str!("../../../docs/samples/unreachable.geojson"),
    ),
];

pub(super) fn targets() -> Vec<Box<dyn Target>> {
    vec![
        Box::new(Tables(TABLES.iter().map(|(_, text)| text.as_bytes().to_vec()).collect())),
        Box::new(Outlines(vec![
            include_str!("../../../docs/samples/grids.geojson").into(),
            br#"{"type":"Polygon","coordinates":[[[120,30],[120.01,30],[120.01,30.01],[120,30.01],[120,30]]]}"#.to_vec(),
        ])),
        Box::new(Codes(vec![
            b"xunge:1:https://town.example:8443:0123456789abcdef0123456789abcdef".to_vec(),
            b"QH-YF-A2-260302-ARVX0013".to_vec(),
        ])),
    ]
}

/// Files to import, each read as every kind.
struct Tables(Vec<Vec<u8>>);

impl Target for Tables {
    fn name(&self) -> &'static str {
        "import"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn alter(&self, example: &[u8], rng: &mut StdRng) -> Vec<u8> {
        alter::damage_text(example, rng)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        let options = ReadOptions {
            today: chrono::NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day"),
            zone: chrono_tz::Asia::Shanghai,
            is_future_allowed: true,
        };
        let mut taken = Taken::Refused;
        for (kind, _) in TABLES {
            match import::read(kind, bytes, &options) {
                Ok(_) => taken = Taken::Accepted,
                Err(problems) if problems.is_empty() => {
                    return Err(format!("{kind:?} is refused without a word"));
                }
                Err(_) => {}
            }
        }
        Ok(taken)
    }
}

/// Outlines of grids.
struct Outlines(Vec<Vec<u8>>);

impl Target for Outlines {
    fn name(&self) -> &'static str {
        "outline"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn alter(&self, example: &[u8], rng: &mut StdRng) -> Vec<u8> {
        alter::damage_text(example, rng)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        match Boundary::from_geojson(&String::from_utf8_lossy(bytes)) {
            Ok(boundary) => match boundary.area_m2() {
                area if area.is_finite() && area > 0.0 => Ok(Taken::Accepted),
                area => Err(format!("an outline of {area} m² was taken")),
            },
            Err(problems) if problems.is_empty() => Err("refused without a word".to_owned()),
            Err(_) => Ok(Taken::Refused),
        }
    }
}

/// Enrolment codes and the codes of reports.
struct Codes(Vec<Vec<u8>>);

impl Target for Codes {
    fn name(&self) -> &'static str {
        "code"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn alter(&self, example: &[u8], rng: &mut StdRng) -> Vec<u8> {
        alter::damage_text(example, rng)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        let text = String::from_utf8_lossy(bytes);
        let enrolment = text.parse::<EnrolmentCode>();
        let code = code::check(&text);
        if let Ok(code) = &code
            && code::check(code).as_ref() != Ok(code)
        {
            return Err(format!("{code} is not what it was read as"));
        }
        Ok(if enrolment.is_ok() || code.is_ok() {
            Taken::Accepted
        } else {
            Taken::Refused
        })
    }
}
