//! A made-up township, a clock that tests set, and phones on folders of their own.

use std::path::Path;
use std::sync::{Arc, Mutex};

use xunge_core::app::{Device, Entropy, MediaSource, Phone, PhoneConfig};
use xunge_core::attachment::AttachmentRole;
use xunge_core::directory::{
    Category, DirectoryRecord, DirectoryRow, KeyPlace, Often, Person, Post, PostKind, Role, Unit, UnitKind,
    VisitRule,
};
use xunge_core::document::FieldEdit;
use xunge_core::id::{CategoryId, PersonId, PostId, ReportId, UnitId};
use xunge_core::store::HAS_CIPHER;
use xunge_core::sync::transport::CancelToken;
use xunge_core::time::{Clock, ClockReading, Timestamp};

use crate::server::Server;

pub(crate) mod walk;

/// The database key of every phone: where the build encrypts, all journeys walk on encrypted phones.
pub(crate) const KEY: Option<[u8; 32]> = if HAS_CIPHER { Some([0x5c; 32]) } else { None };

/// Monday 2026-03-02, 09:00 in the township.
pub(crate) const MONDAY_MS: i64 = 1_772_413_200_000;

/// A clock that stands until it is moved.
pub(crate) struct FakeClock(pub(crate) Mutex<ClockReading>);

impl FakeClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(ClockReading {
            wall_at: Timestamp(MONDAY_MS),
            monotonic_ms: 1_000_000,
            boot: 7,
        })))
    }

    pub(crate) fn forward_ms(&self, ms: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall_at = reading.wall_at.plus_ms(ms);
        reading.monotonic_ms += ms;
    }

    /// Somebody sets the wall clock; the monotonic one cannot be set.
    pub(crate) fn set_wall(&self, at: Timestamp) {
        self.0.lock().unwrap().wall_at = at;
    }
}

impl Clock for FakeClock {
    fn read(&self) -> ClockReading {
        *self.0.lock().unwrap()
    }
}

pub(crate) fn unit(code: &str) -> UnitId {
    UnitId::new(code).unwrap()
}

pub(crate) fn person(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

pub(crate) fn kind() -> CategoryId {
    CategoryId::new("env.garbage").unwrap()
}

/// A township with two grids, two workers and a chief in the first, a worker in the second, and a clerk in the room.
pub(crate) fn directory() -> Vec<DirectoryRow> {
    let mut records = Vec::new();
    let units = [
        ("C", UnitKind::County, None),
        ("T1", UnitKind::Township, Some("C")),
        ("V1", UnitKind::Village, Some("T1")),
        ("G1", UnitKind::Grid, Some("V1")),
        ("G2", UnitKind::Grid, Some("V1")),
        ("D1", UnitKind::Department, Some("T1")),
    ];
    for (id, kind, parent) in units {
        records.push(DirectoryRecord::Unit(Unit {
            id: unit(id),
            name: format!("unit {id}"),
            kind,
            parent: parent.map(unit),
            boundary: match id {
                "G1" => Some(square(0.0)),
                "G2" => Some(square(0.01)),
                _ => None,
            },
            telephone: None,
            has_accounts: true,
        }));
    }
    let people = [
        ("w1", "G1", Role::Worker),
        ("w2", "G1", Role::Worker),
        ("w3", "G2", Role::Worker),
        ("c1", "G1", Role::Chief),
        ("r1", "T1", Role::Clerk),
        ("d1", "D1", Role::DepartmentMember),
    ];
    for (id, at, role) in people {
        records.push(DirectoryRecord::Person(Person {
            id: person(id),
            name: format!("person {id}"),
            telephone: Some("13800000000".into()),
        }));
        records.push(DirectoryRecord::Post(Post {
            id: PostId::new(format!("post-{id}")).unwrap(),
            unit: unit(at),
            role,
            person: person(id),
            kind: PostKind::Appointment,
            held_from: Timestamp(0),
            held_to: None,
        }));
    }
    records.push(DirectoryRecord::KeyPlace(reservoir()));
    for (id, parent, is_offered) in [("env", None, false), ("env.garbage", Some("env"), true)] {
        records.push(DirectoryRecord::Category(Category {
            id: CategoryId::new(id).unwrap(),
            version: 1,
            parent: parent.map(|p| CategoryId::new(p).unwrap()),
            name: format!("category {id}"),
            fields: Vec::new(),
            is_record_only: false,
            is_sensitive: false,
            is_urgent: false,
            is_offered,
            department: None,
            picture_long_side_px: None,
        }));
    }
    records
        .into_iter()
        .map(|record| record.into_row(Timestamp(0), None, 1))
        .collect()
}

/// A key place in the first grid, to be visited every other day.
fn reservoir() -> KeyPlace {
    KeyPlace {
        id: "P1".into(),
        name: "水库".into(),
        grid: unit("G1"),
        lat_deg: 30.0045,
        lon_deg: 104.005,
        category: Some("水库".into()),
        outline: None,
        rule: Some(VisitRule {
            often: Often::EveryDays { days: 2 },
            season: None,
            is_daily_in_emergency: true,
        }),
        excuses: Vec::new(),
    }
}

/// A square of about a kilometre, so many degrees east of the first.
fn square(east_deg: f64) -> Vec<Vec<Vec<[f64; 2]>>> {
    let (south, west) = walk::CORNER;
    let (west, east, north) = (west + east_deg, west + east_deg + 0.01, south + 0.009);
    vec![vec![vec![
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
    ]]]
}

/// One person's phone.
pub(crate) struct Handset {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) device: Option<Arc<Device>>,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) seed: u64,
}

impl Handset {
    /// A phone on which `who` is enrolled, synced once.
    pub(crate) fn enrolled(server: &Server, who: &str, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut handset = Self {
            folder,
            device: None,
            clock: FakeClock::new(),
            seed,
        };
        let code = server.code(who);
        handset.phone().enrol_with_key(&code, KEY, server).unwrap();
        handset.open();
        let report = handset.sync(server);
        assert!(report.is_complete(), "{report:?}");
        handset
    }

    pub(crate) fn config(&self) -> PhoneConfig {
        PhoneConfig {
            entropy: Entropy::Seed(self.seed),
            ..PhoneConfig::new(self.clock.clone(), "1.0")
        }
    }

    pub(crate) fn phone(&self) -> Phone {
        Phone::open(self.folder.path(), self.config()).unwrap()
    }

    /// Opens the device (again), as after a start of the app.
    pub(crate) fn open(&mut self) -> Arc<Device> {
        self.device = None;
        // A later start draws other randomness than the one before.
        self.seed = self.seed.wrapping_mul(31).wrapping_add(1);
        let phone = self.phone();
        let profile = phone.profiles().unwrap().remove(0);
        let device = phone.device(&profile.id, KEY).unwrap();
        self.device = Some(Arc::clone(&device));
        device
    }

    /// The app is killed.
    pub(crate) fn kill(&mut self) {
        self.device = None;
    }

    pub(crate) fn device(&self) -> &Arc<Device> {
        self.device.as_ref().unwrap()
    }

    pub(crate) fn sync(&self, server: &Server) -> xunge_core::app::SyncReport {
        self.device().sync(server, &CancelToken::new())
    }

    /// The phone's own background sync of all its profiles.
    pub(crate) fn sync_all(&self, server: &Arc<Server>) {
        let way = Arc::clone(server);
        let reports = self
            .phone()
            .sync_all(KEY, &move |_| way.clone(), &CancelToken::new())
            .unwrap();
        assert!(
            reports
                .iter()
                .all(|one| one.report.as_ref().unwrap().is_complete())
        );
    }

    /// Captures a report in words and hands it in.
    pub(crate) fn submit(&self, words: &str) -> ReportId {
        let report = self.draft(words);
        self.device().submit(report).unwrap();
        report
    }

    pub(crate) fn draft(&self, words: &str) -> ReportId {
        let report = self.device().begin_draft().unwrap();
        let edits = [
            FieldEdit::SetCategory {
                category: kind(),
                version: 1,
            },
            FieldEdit::SetGrid(Some(unit("G1"))),
            FieldEdit::SetDescription(words.into()),
        ];
        self.device().edit_draft(report, &edits).unwrap();
        report
    }

    pub(crate) fn add_picture(&self, report: ReportId, seed: u8) -> xunge_core::id::AttachmentId {
        let source = MediaSource::Bytes(jpeg(seed));
        self.device()
            .add_picture(report, &source, AttachmentRole::Scene)
            .unwrap()
    }
}

/// A small JPEG with a drawn pattern.
pub(crate) fn jpeg(seed: u8) -> Vec<u8> {
    let (width, height) = (320u16, 240u16);
    let mut pixels = Vec::new();
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            let v = (x * 7 + y * 13 + u32::from(seed) * 29 + (x * y) % 31) % 256;
            pixels.extend([v as u8, (v / 2) as u8, seed]);
        }
    }
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 85);
    encoder
        .encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    bytes
}

/// Copies a folder as a backup of the phone does: without what backups do not bring back.
pub(crate) fn back_up(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name() == "no-backup" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            back_up(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
