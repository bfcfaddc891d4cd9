//! A small township on a server at a free port of loopback.

use std::net::SocketAddr;
use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;
use xunge_core::app::{Device, Phone, PhoneConfig};
use xunge_core::directory::{Category, DirectoryRecord, Person, Post, PostKind, Role, Unit, UnitKind};
use xunge_core::document::FieldEdit;
use xunge_core::enrolment::{EnrolAnswer, EnrolmentCode};
use xunge_core::id::ReportId;
use xunge_core::sync::message::{Health, PROTOCOL, SyncRequest};
use xunge_core::sync::transport::{CancelToken, HttpTransport};
use xunge_core::time::{DeviceTime, SystemClock, Timestamp};
use xunge_server::auth::hash_password;
use xunge_server::config::{Config, Secrets};
use xunge_server::serve::Running;
use xunge_server::service::{Account, DirectoryChange};
use xunge_server::store::DatabasePlace;
use xunge_server::{App, Caller, Service, ServiceConfig};

use super::browser::PASSWORD;
use super::client::{Reply, send};

pub(crate) const OPERATOR: Caller = Caller::Operator { person: None };

/// A township that serves.
pub(crate) struct Town {
    pub(crate) app: App,
    pub(crate) at: SocketAddr,
    running: Option<Running>,
    runtime: tokio::runtime::Runtime,
    folder: TempDir,
}

/// An install made by hand, for saying things that the device core never says.
pub(crate) struct Install {
    pub(crate) answer: EnrolAnswer,
    pub(crate) bearer: String,
}

impl Town {
    /// Two villages with a grid and a worker each (`w1`, `w2`), a chief (`c1`) and a clerk (`k1`).
    pub(crate) fn open() -> Self {
        Self::open_with(|_| {})
    }

    pub(crate) fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut config = Config::for_testing(&folder.path().join("server"));
        if let DatabasePlace::Postgres(address) = crate::engine::place(&config.database_path()) {
            config.database = Some(address);
        }
        change(&mut config);
        std::fs::create_dir_all(&config.data_folder).expect("a data folder");
        let secrets = Secrets::random(&mut StdRng::seed_from_u64(1));
        let service = Service::open(ServiceConfig::new(&config, secrets)).expect("the service opens");
        service
            .directory_apply(&OPERATOR, &directory())
            .expect("the directory is good");
        let app = App::new(config, service).expect("the folders open");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let running = runtime
            .block_on(Running::start(app.clone()))
            .expect("a free port of loopback");
        Self {
            app,
            at: running.address,
            running: Some(running),
            runtime,
            folder,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    pub(crate) fn transport(&self) -> HttpTransport {
        HttpTransport::new(&self.url(), &[]).expect("an address of loopback")
    }

    pub(crate) fn service(&self) -> &Service {
        &self.app.service
    }

    /// A fresh code for a person.
    pub(crate) fn code(&self, person: &str) -> EnrolmentCode {
        let person = person.parse().expect("a code");
        let ticket = self
            .service()
            .enrolment_create(&OPERATOR, &person, None)
            .expect("the person may be enrolled");
        EnrolmentCode {
            base_url: self.url(),
            root: None,
            secret: ticket.secret,
        }
    }

    /// A phone of the real device core.
    pub(crate) fn device(&self, person: &str) -> Arc<Device> {
        let folder = self.folder.path().join(format!("phone-{person}"));
        let phone = Phone::open(folder, PhoneConfig::new(Arc::new(SystemClock), "test")).expect("a phone");
        let profile = phone
            .enrol(&self.code(person).to_string(), &self.transport())
            .expect("the code is good");
        let device = phone.device(&profile, None).expect("the profile opens");
        // The first sync brings the directory.
        let done = device.sync(&self.transport(), &CancelToken::default());
        assert!(done.failure.is_none(), "{done:?}");
        device
    }

    /// An install whose requests are written by hand.
    pub(crate) fn install(&self, person: &str) -> Install {
        let key = xunge_core::signature::SigningKey::random(&mut StdRng::seed_from_u64(9));
        let body = serde_json::json!({
            "code": self.code(person).secret,
            "public_key": hex::encode(key.public().0),
            "app_version": "test",
            "device_label": "by hand",
        });
        let reply = self.post_json("/v1/enrol", &[], &body);
        assert_eq!(reply.status, 200, "{reply:?}");
        let answer: EnrolAnswer = serde_json::from_slice(&reply.body).expect("an enrolment");
        let bearer = format!("Bearer {}.{}", answer.install, answer.token);
        Install { answer, bearer }
    }

    /// What a phone asks that has nothing to send and follows no feed, and only says how it fares.
    pub(crate) fn asks_nothing(&self, install: &Install, health: Health) -> SyncRequest {
        SyncRequest {
            protocol: PROTOCOL,
            install: install.answer.install,
            feeds: Vec::new(),
            items: Vec::new(),
            manifest: None,
            answer_bytes_max: 1 << 20,
            at: DeviceTime {
                wall_at: self.service().now(),
                monotonic_ms: 0,
                boot: 1,
                server_offset_ms: None,
                server_offset_age_ms: None,
            },
            health: Some(health),
            backfill: Vec::new(),
            repair: None,
            vouches: Vec::new(),
            coverage: None,
        }
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        send(self.at, method, path, headers, body)
    }

    pub(crate) fn post_json(&self, path: &str, headers: &[(&str, &str)], body: &serde_json::Value) -> Reply {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, body.to_string().as_bytes())
    }

    /// A report of the device, handed in and synced; its pictures stay on the phone where `pictures` says so.
    pub(crate) fn report(&self, device: &Device, words: &str, pictures: &[Vec<u8>]) -> ReportId {
        let report = draft(device, words, pictures);
        device.submit(report).expect("the report is complete");
        let done = device.sync(&self.transport(), &CancelToken::default());
        assert!(done.failure.is_none(), "{done:?}");
        report
    }

    /// Somebody more: a person with a post and an account, all of the same name.
    pub(crate) fn join(&self, who: &str, role: Role, unit: &str) {
        let records = [
            DirectoryRecord::Person(Person {
                id: who.parse().expect("a code"),
                name: format!("人员{who}"),
                telephone: None,
            }),
            DirectoryRecord::Post(Post {
                id: format!("{who}-post").parse().expect("a code"),
                unit: unit.parse().expect("a code"),
                role,
                person: who.parse().expect("a code"),
                kind: PostKind::Appointment,
                held_from: Timestamp(0),
                held_to: None,
            }),
        ];
        let changes = records.map(|record| DirectoryChange {
            record,
            valid_from: Timestamp(0),
            valid_to: None,
        });
        let service = self.service();
        service
            .directory_apply(&OPERATOR, &changes)
            .expect("the directory is good");
        let account = Account {
            name: who.into(),
            person: who.parse().expect("a code"),
            password_hash: hash_password(PASSWORD, 10).expect("a password"),
            is_enabled: true,
            created_at: service.now(),
        };
        service.account_put(&OPERATOR, &account).expect("an account");
    }

    /// Stops the server gracefully.
    pub(crate) fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A draft with everything that a report wants: a category, the grid, words and pictures.
pub(crate) fn draft(device: &Device, words: &str, pictures: &[Vec<u8>]) -> ReportId {
    let report = device.begin_draft().expect("a draft");
    let edits = [
        FieldEdit::SetCategory {
            category: "HJ01".parse().expect("a code"),
            version: 1,
        },
        FieldEdit::SetGrid(Some("G1".parse().expect("a code"))),
        FieldEdit::SetDescription(words.to_owned()),
    ];
    device.edit_draft(report, &edits).expect("the draft takes it");
    for picture in pictures {
        let source = xunge_core::app::MediaSource::Bytes(picture.clone());
        device
            .add_picture(report, &source, xunge_core::attachment::AttachmentRole::Scene)
            .expect("a sound picture");
    }
    report
}

/// A JPEG of some size, different for each seed.
pub(crate) fn picture(seed: u8, side_px: u32) -> Vec<u8> {
    let mut pixels = image::RgbImage::new(side_px, side_px);
    for (x, y, pixel) in pixels.enumerate_pixels_mut() {
        let noise = (x * 31 + y * 17 + u32::from(seed) * 101) % 251;
        *pixel = image::Rgb([
            u8::try_from(noise).unwrap_or(0),
            u8::try_from(x % 256).unwrap_or(0),
            seed,
        ]);
    }
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80)
        .encode_image(&pixels)
        .expect("encoding to memory");
    bytes
}

fn directory() -> Vec<DirectoryChange> {
    let unit = |id: &str, kind, parent: Option<&str>| {
        DirectoryRecord::Unit(Unit {
            id: id.parse().expect("a code"),
            name: id.to_owned(),
            kind,
            parent: parent.map(|parent| parent.parse().expect("a code")),
            boundary: None,
            telephone: None,
            has_accounts: true,
        })
    };
    let person = |id: &str| {
        DirectoryRecord::Person(Person {
            id: id.parse().expect("a code"),
            name: format!("人员{id}"),
            telephone: None,
        })
    };
    let post = |person: &str, role, unit: &str| {
        DirectoryRecord::Post(Post {
            id: format!("{person}-post").parse().expect("a code"),
            unit: unit.parse().expect("a code"),
            role,
            person: person.parse().expect("a code"),
            kind: PostKind::Appointment,
            held_from: Timestamp(0),
            held_to: None,
        })
    };
    let category = |id: &str, parent: Option<&str>| {
        DirectoryRecord::Category(Category {
            id: id.parse().expect("a code"),
            version: 1,
            parent: parent.map(|parent| parent.parse().expect("a code")),
            name: id.to_owned(),
            fields: Vec::new(),
            is_record_only: false,
            is_sensitive: false,
            is_urgent: false,
            is_offered: parent.is_some(),
            department: None,
            picture_long_side_px: None,
        })
    };
    [
        unit("C1", UnitKind::County, None),
        unit("T1", UnitKind::Township, Some("C1")),
        unit("V1", UnitKind::Village, Some("T1")),
        unit("G1", UnitKind::Grid, Some("V1")),
        unit("G2", UnitKind::Grid, Some("V1")),
        unit("D1", UnitKind::Department, Some("T1")),
        person("w1"),
        person("w2"),
        person("c1"),
        person("k1"),
        post("w1", Role::Worker, "G1"),
        post("w2", Role::Worker, "G2"),
        post("c1", Role::Chief, "G1"),
        post("k1", Role::Clerk, "T1"),
        category("HJ", None),
        category("HJ01", Some("HJ")),
    ]
    .map(|record| DirectoryChange {
        record,
        valid_from: Timestamp(0),
        valid_to: None,
    })
    .to_vec()
}
