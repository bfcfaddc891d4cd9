//! A township in a test: a server, phones, people and a bad network, in virtual time and from one seed.
//!
//! Everything random comes from the world's seed, every instant from its clock; requests reach the server by a call instead of a socket,
//! through a link that loses, repeats and reorders them as it is told. Databases are real SQLite files in a folder that goes away with
//! the world.

pub mod acts;
mod clock;
mod front;
mod journal;
mod link;
mod oracle;
mod phone;
mod plan;
mod power;
mod release;
mod scope;
mod trail;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use xunge_core::command::{Action, Reason};
use xunge_core::id::{PersonId, ReportId};
use xunge_core::time::Timestamp;
use xunge_server::config::{Config, Secrets};
use xunge_server::limits::Limits;
use xunge_server::service::{ActOutcome, ActRequest, DirectoryChange, ReportRef};
use xunge_server::{Caller, Service, ServiceConfig, ServiceError};

use crate::drive::Drive;
use crate::township::{Township, person_id};

pub use clock::{PhoneClock, SharedTime};
pub use front::Front;
pub use journal::{Deed, DeedKind, Journal};
pub use link::{Faults, Link, Tap};
pub use phone::{Profile, WorldPhone};
pub use plan::Troubles;
pub use release::Nodes;
pub use walk::{Step, Walk};

/// When worlds begin: Monday 2026-03-02, 08:30 in Shanghai.
pub const MORNING: Timestamp = Timestamp(1_772_411_400_000);

/// A township in a test.
pub struct World {
    /// All randomness.
    pub rng: StdRng,
    /// The true time, which the server reads.
    pub time: SharedTime,
    /// Who and what there is.
    pub township: Township,
    /// The server, behind its front.
    pub front: Arc<Front>,
    /// The phones.
    pub phones: Vec<WorldPhone>,
    /// What people did, and where it must still be.
    pub journal: Journal,
    /// What the server's database lies on.
    pub drive: Arc<Drive>,
    /// Whether a backup was put back. From then on all nodes are new: phones offer back words that the release before cannot check,
    /// and operators are told to restore with nodes of one release.
    pub is_restored: bool,
    secrets: Secrets,
    folder: tempfile::TempDir,
}

impl World {
    /// A world with the small township and no phones yet.
    pub fn small(seed: u64) -> Self {
        Self::new(seed, Township::small())
    }

    /// A world with a township.
    pub fn new(seed: u64, township: Township) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let folder = memory_folder();
        let time = SharedTime::new(MORNING);
        let secrets = Secrets::random(&mut rng);
        let drive = Drive::mount(&folder.path().join("server"), seed);
        let service = open_service(folder.path(), &secrets, &time, rng.next_u64());
        let config = Config::for_testing(&folder.path().join("server"));
        let world = Self {
            front: Arc::new(Front::new(config, service)),
            rng,
            time,
            township,
            phones: Vec::new(),
            journal: Journal::default(),
            drive,
            is_restored: false,
            secrets,
            folder,
        };
        world.direct(&world.township.dated());
        world
    }

    /// The world's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The server's service.
    pub fn service(&self) -> Service {
        self.front.service()
    }

    /// Writes directory records that hold from an instant on.
    pub fn direct(
        &self,
        records: &[(
            xunge_core::directory::DirectoryRecord,
            Timestamp,
            Option<Timestamp>,
        )],
    ) {
        let changes: Vec<DirectoryChange> = records
            .iter()
            .map(|(record, valid_from, valid_to)| DirectoryChange {
                record: record.clone(),
                valid_from: *valid_from,
                valid_to: *valid_to,
            })
            .collect();
        self.service()
            .directory_apply(&operator(), &changes)
            .expect("the township's records are sound");
    }

    /// An act at the console by the person with this code, on what stands now.
    pub fn act(
        &self,
        person: &str,
        report: ReportId,
        action: Action,
        reason: Option<&str>,
    ) -> Result<ActOutcome, ServiceError> {
        let caller = account(person);
        self.service().act(
            &caller,
            &ActRequest {
                report: ReportRef::Id(report),
                action,
                post: None,
                reason: reason.map(Reason::words),
                text: None,
                saw: None,
                heads: None,
                id: None,
            },
        )
    }

    /// An enrolment code for a person, as the QR code's text.
    pub fn code_for(&self, person: &PersonId) -> String {
        let ticket = self
            .service()
            .enrolment_create(&operator(), person, None)
            .expect("everybody in the township may be enrolled");
        format!("xunge:1:http://server.test:{}", ticket.secret)
    }

    /// A new phone with a profile for each of these people. Panics where an enrolment fails.
    pub fn add_phone(&mut self, people: &[&str]) -> usize {
        let people: Vec<PersonId> = people.iter().map(|p| person_id(p)).collect();
        self.add_phone_for(&people)
    }

    /// As [`World::add_phone`], by codes of the directory.
    pub fn add_phone_for(&mut self, people: &[PersonId]) -> usize {
        let index = self.phones.len();
        let seed = self.rng.next_u64();
        let folder = self.folder.path().join(format!("phone-{index}"));
        let link = Arc::new(Link::new(Arc::clone(&self.front), seed));
        let mut phone = WorldPhone::new(index, folder, self.time.clone(), link, seed);
        for person in people {
            phone.enrol(&self.code_for(person));
        }
        self.phones.push(phone);
        index
    }

    /// Lets time pass, in ms.
    pub fn pass_ms(&self, ms: i64) {
        self.time.pass_ms(ms);
    }

    /// Copies the server's database, as a nightly backup does.
    pub fn back_up_server(&mut self) -> PathBuf {
        let to = self.folder.path().join(format!("backup-{}", self.rng.next_u32()));
        self.service()
            .backup(&operator(), &to)
            .expect("a backup can be made");
        self.journal.server_backed_up();
        to
    }

    /// Puts a backup back: the server stops, its database is replaced, it starts under a new generation.
    pub fn restore_server(&mut self, from: &Path) {
        let database = Config::for_testing(&self.folder.path().join("server")).database_path();
        self.front.stop();
        self.drive.sync_all();
        Service::restore(&database.into(), from, &mut self.rng).expect("the backup can be put back");
        let seed = self.rng.next_u64();
        self.front
            .start(open_service(self.folder.path(), &self.secrets, &self.time, seed));
        self.is_restored = true;
        self.front.nodes.set_before(0);
        self.journal.server_restored();
    }

    /// The server stops and starts again; where its power had gone, it is back.
    pub fn restart_server(&mut self) {
        let seed = self.rng.next_u64();
        self.front.stop();
        if !self.drive.has_power() {
            self.drive.restore_power();
        }
        self.front
            .start(open_service(self.folder.path(), &self.secrets, &self.time, seed));
    }
}

/// The command line on the server's machine.
pub fn operator() -> Caller {
    Caller::Operator { person: None }
}

/// Somebody at the console.
pub fn account(person: &str) -> Caller {
    Caller::Account {
        name: person.to_owned(),
        person: person_id(person),
    }
}

/// A folder in memory where the system has one: the tests' databases ask for many syncs of files that nobody needs after a crash.
fn memory_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder
        .or_else(|_| tempfile::tempdir())
        .expect("a temporary folder can be made")
}

fn open_service(folder: &Path, secrets: &Secrets, time: &SharedTime, seed: u64) -> Service {
    let config = Config::for_testing(&folder.join("server"));
    std::fs::create_dir_all(folder.join("server")).expect("the folder can be made");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    Service::open(ServiceConfig {
        database: config.database_path().into(),
        secrets: secrets.clone(),
        clock: Arc::new(time.clone()),
        limits: Limits::default(),
        seed: bytes,
    })
    .expect("the server's database opens")
}
