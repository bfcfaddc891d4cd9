//! A made-up township on a service without HTTP.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::command::{Action, Outcome, Reason, State};
use xunge_core::directory::{Category, DirectoryRecord, Person, Post, PostKind, Role, Unit, UnitKind};
use xunge_core::enrolment::EnrolRequest;
use xunge_core::id::{CategoryId, PersonId, PostId, ReportId, UnitId};
use xunge_core::signature::{PublicKey, SigningKey};
use xunge_core::time::{Clock, ClockReading, Timestamp};
use xunge_server::config::Secrets;
use xunge_server::limits::Limits;
use xunge_server::service::{ActRequest, DirectoryChange, ReportRef};
use xunge_server::store::DatabasePlace;
use xunge_server::{Caller, Service, ServiceConfig};

use crate::phone::Phone;

/// Monday, 2026-11-23 10:00 in Shanghai: the middle of a working morning.
pub(crate) const START: Timestamp = Timestamp(1_795_399_200_000);

/// A clock that tests move by hand.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn pass_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn read(&self) -> ClockReading {
        let ms = self.0.load(Ordering::SeqCst);
        ClockReading {
            wall_at: Timestamp(ms),
            monotonic_ms: ms,
            boot: 1,
        }
    }
}

pub(crate) fn unit(code: &str) -> UnitId {
    UnitId::new(code).unwrap()
}

pub(crate) fn person(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

pub(crate) fn operator(code: &str) -> Caller {
    Caller::Operator {
        person: Some(person(code)),
    }
}

pub(crate) fn account(code: &str) -> Caller {
    Caller::Account {
        name: code.into(),
        person: person(code),
    }
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    /// Where the engine under test keeps the township.
    pub(crate) database: DatabasePlace,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) service: Service,
    pub(crate) rng: Mutex<StdRng>,
    secrets: Secrets,
}

pub(crate) fn unit_record(id: &str, kind: UnitKind, parent: Option<&str>) -> DirectoryRecord {
    DirectoryRecord::Unit(Unit {
        id: unit(id),
        name: id.into(),
        kind,
        parent: parent.map(unit),
        boundary: None,
        telephone: None,
        has_accounts: true,
    })
}

fn category(id: &str, is_sensitive: bool) -> DirectoryRecord {
    DirectoryRecord::Category(Category {
        id: CategoryId::new(id).unwrap(),
        version: 1,
        parent: None,
        name: id.into(),
        fields: Vec::new(),
        is_record_only: false,
        is_sensitive,
        is_urgent: false,
        is_offered: true,
        department: None,
        picture_long_side_px: None,
    })
}

pub(crate) fn post(id: &str, at: &str, role: Role, who: &str, held_to: Option<Timestamp>) -> DirectoryRecord {
    DirectoryRecord::Post(Post {
        id: PostId::new(id).unwrap(),
        unit: unit(at),
        role,
        person: person(who),
        kind: PostKind::Appointment,
        held_from: Timestamp(0),
        held_to,
    })
}

fn people() -> Vec<(&'static str, &'static str, Role)> {
    vec![
        ("w1", "G1", Role::Worker),
        ("w2", "G2", Role::Worker),
        ("w9", "G9", Role::Worker),
        ("c1", "G1", Role::Chief),
        ("c2", "G2", Role::Chief),
        ("c9", "G9", Role::Chief),
        ("v1", "V1", Role::Chief),
        ("room", "T1", Role::Clerk),
        ("room9", "T9", Role::Clerk),
        ("dept", "D1", Role::DepartmentMember),
        ("desk", "C1", Role::Clerk),
    ]
}

pub(crate) fn directory() -> Vec<DirectoryRecord> {
    let mut records = vec![
        unit_record("C1", UnitKind::County, None),
        unit_record("T1", UnitKind::Township, Some("C1")),
        unit_record("T9", UnitKind::Township, Some("C1")),
        unit_record("V1", UnitKind::Village, Some("T1")),
        unit_record("V9", UnitKind::Village, Some("T9")),
        unit_record("G1", UnitKind::Grid, Some("V1")),
        unit_record("G2", UnitKind::Grid, Some("V1")),
        unit_record("G9", UnitKind::Grid, Some("V9")),
        unit_record("D1", UnitKind::Department, Some("T1")),
        category("banner", false),
        category("quarrel", true),
    ];
    for (code, at, role) in people() {
        records.push(DirectoryRecord::Person(Person {
            id: person(code),
            name: format!("人{code}"),
            telephone: None,
        }));
        records.push(post(&format!("P-{code}"), at, role, code, None));
    }
    records
}

pub(crate) fn change(record: DirectoryRecord) -> DirectoryChange {
    DirectoryChange {
        record,
        valid_from: Timestamp(0),
        valid_to: None,
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock(AtomicI64::new(START.as_millis())));
        let mut rng = StdRng::seed_from_u64(7);
        let secrets = Secrets::random(&mut rng);
        let database = crate::engine::place(&folder.path().join("xunge.sqlite"));
        let service = open(&database, &secrets, &clock, limits);
        let world = Self {
            folder,
            database,
            clock,
            service,
            rng: Mutex::new(rng),
            secrets,
        };
        let records: Vec<_> = directory().into_iter().map(change).collect();
        world
            .service
            .directory_apply(&operator("room"), &records)
            .unwrap();
        world
    }

    /// Ends the server and starts it again on a backup.
    pub(crate) fn restored(self, backup: &std::path::Path) -> Self {
        self.again(Limits::default(), |database| {
            let mut rng = StdRng::seed_from_u64(99);
            Service::restore(database, backup, &mut rng).unwrap();
        })
    }

    /// Ends the server and starts it again on the same database.
    pub(crate) fn reopened(self, limits: Limits) -> Self {
        self.again(limits, |_| ())
    }

    fn again(self, limits: Limits, between: impl FnOnce(&DatabasePlace)) -> Self {
        let (folder, database, clock, secrets) = (self.folder, self.database, self.clock, self.secrets);
        drop(self.service);
        between(&database);
        Self {
            service: open(&database, &secrets, &clock, limits),
            folder,
            database,
            clock,
            rng: self.rng,
            secrets,
        }
    }

    pub(crate) fn phone(&self, who: &str) -> Phone {
        let mut rng = self.rng.lock().unwrap();
        let key = SigningKey::random(&mut *rng);
        let ticket = self
            .service
            .enrolment_create(&operator("room"), &person(who), None)
            .unwrap();
        let answer = self
            .service
            .enrolment_redeem(&EnrolRequest {
                code: ticket.secret,
                public_key: hex::encode(key.public().0),
                app_version: "0".into(),
                device_label: who.into(),
            })
            .unwrap();
        let server = hex::decode(&answer.server_public_key).unwrap();
        Phone {
            caller: self.service.authenticate(answer.install, &answer.token).unwrap(),
            install: answer.install,
            person: person(who),
            actor: answer.actor,
            township: answer.township,
            key,
            server: PublicKey::from_slice(&server).unwrap(),
            cursor: 0,
            scope: None,
            generation: None,
            digest: None,
            vouches: Vec::new(),
            rng: StdRng::seed_from_u64(u64::from_be_bytes(
                answer.install.as_bytes()[..8].try_into().unwrap(),
            )),
        }
    }

    pub(crate) fn act(&self, who: &str, report: ReportId, action: Action) -> Outcome {
        self.act_with(who, report, action, None)
    }

    pub(crate) fn act_with(
        &self,
        who: &str,
        report: ReportId,
        action: Action,
        reason: Option<Reason>,
    ) -> Outcome {
        let request = ActRequest {
            report: ReportRef::Id(report),
            action,
            post: None,
            reason,
            text: None,
            saw: None,
            heads: None,
            id: None,
        };
        self.service.act(&account(who), &request).unwrap().outcome
    }

    pub(crate) fn state(&self, report: ReportId) -> State {
        let story = self
            .service
            .report_story(&operator("room"), &ReportRef::Id(report), None)
            .unwrap();
        story.row.state
    }

    pub(crate) fn assert_sound(&self) {
        let report = self.service.verify(None).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
    }
}

fn open(database: &DatabasePlace, secrets: &Secrets, clock: &Arc<HandClock>, limits: Limits) -> Service {
    Service::open(ServiceConfig {
        database: database.clone(),
        secrets: secrets.clone(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        limits,
        seed: [3; 32],
    })
    .unwrap()
}
