//! The service: everything that the server can do, without HTTP.
//!
//! One handle, cheap to clone, shared by routes, console, command line and tests. Its methods block (on SQLite and on the township's row
//! lock): async callers run them through `spawn_blocking`, and never cancel them. It holds no rule of the domain; those are in
//! `xunge_core`. It writes no SQL; that is in `store`.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::id::{InstallId, PersonId, UnitId};
use xunge_core::sync::message::{SyncAnswer, SyncRequest};
use xunge_core::time::{Clock, SystemClock, Timestamp};

use crate::ServiceError;
use crate::config::{Config, Secrets};
use crate::limits::Limits;

mod account;
mod act;
mod directory;
mod enrol;
mod erase;
mod health;
mod queue;
mod review;
mod story;
mod upload;
mod verify;
mod wait;

pub use account::{Account, Session};
pub use act::{ActOutcome, ActRequest, ReportRef};
pub use directory::{DirectoryApplied, DirectoryChange};
pub use enrol::{EnrolmentTicket, InstallInfo};
pub use health::Counts;
pub use queue::{QueuePage, QueueQuery, QueueRow};
pub use review::{AuditRow, ReviewItem};
pub use story::{ReportStory, StoryEvent};
pub use upload::{BlobInfo, NewUpload, Upload};
pub use verify::{BlobCheck, VerifyReport};
pub use wait::Waiter;

/// What a service needs to open.
pub struct ServiceConfig {
    /// The SQLite file (made where it is missing).
    pub database: PathBuf,
    /// The server's secrets.
    pub secrets: Secrets,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// All bounds.
    pub limits: Limits,
    /// Seeds the service's randomness (ids, tokens, report keys); tests fix it, servers leave it to [`ServiceConfig::new`].
    pub seed: [u8; 32],
}

impl ServiceConfig {
    /// What the configuration says, with the machine's clock and randomness.
    pub fn new(config: &Config, secrets: Secrets) -> Self {
        let mut seed = [0; 32];
        rand::Rng::fill_bytes(&mut rand::rand_core::UnwrapErr(rand::rngs::SysRng), &mut seed);
        Self {
            database: config.database_path(),
            secrets,
            clock: Arc::new(SystemClock),
            limits: Limits::from(&config.limits),
            seed,
        }
    }
}

/// Who asks. Made by the edge after it has checked a token, a session, or that the command line runs on the server itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Caller {
    /// A phone's profile, from [`Service::authenticate`].
    Install {
        /// The install.
        install: InstallId,
        /// Its person.
        person: PersonId,
        /// Whether it was revoked: it may only push.
        is_revoked: bool,
    },
    /// Somebody logged in at the console.
    Account {
        /// The account's name.
        name: String,
        /// Its person in the directory.
        person: PersonId,
    },
    /// The command line on the server's machine.
    Operator {
        /// As whom it acts, where a command needs a person.
        person: Option<PersonId>,
    },
}

impl Caller {
    /// The person, where there is one.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Install { person, .. } | Self::Account { person, .. } => Some(person),
            Self::Operator { person } => person.as_ref(),
        }
    }

    /// How the audit log names the caller: never a name or telephone.
    pub fn audit_name(&self) -> String {
        match self {
            Self::Install { install, .. } => format!("install:{install}"),
            Self::Account { name, .. } => format!("account:{name}"),
            Self::Operator { person: Some(p) } => format!("operator:{p}"),
            Self::Operator { person: None } => "operator".into(),
        }
    }
}

/// Everything that the server can do.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    config: ServiceConfig,
    rng: Mutex<StdRng>,
}

impl Service {
    /// Opens the database of the data folder, makes or migrates it where needed.
    ///
    /// # Errors
    /// [`ServiceError::Store`] where the database is newer than this program, damaged, or the folder cannot be written.
    pub fn open(config: ServiceConfig) -> Result<Self, ServiceError> {
        let rng = Mutex::new(StdRng::from_seed(config.seed));
        Ok(Self {
            inner: Arc::new(Inner { config, rng }),
        })
    }

    /// The secrets of this server.
    pub fn secrets(&self) -> &Secrets {
        &self.inner.config.secrets
    }

    /// All bounds.
    pub fn limits(&self) -> &Limits {
        &self.inner.config.limits
    }

    /// The server's time now.
    pub fn now(&self) -> Timestamp {
        self.inner.config.clock.read().wall_at
    }

    fn rng(&self) -> MutexGuard<'_, StdRng> {
        self.inner.rng.lock().expect("nothing panics while it draws")
    }

    /// Answers one request of `POST /v1/sync`, decoded.
    ///
    /// Everything pushed is stored and decided in one transaction, which is durable when this returns.
    pub fn sync(&self, caller: &Caller, request: &SyncRequest) -> Result<SyncAnswer, ServiceError> {
        let (_, _) = (caller, request);
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// Lets pass by whatever waited too long for its chief, as of `now`. Returns how many reports moved. Call it about every minute.
    pub fn tick(&self, now: Timestamp) -> Result<u32, ServiceError> {
        let _ = now;
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// The feeds that this server keeps, ascending.
    pub fn feeds(&self) -> Result<Vec<UnitId>, ServiceError> {
        Err(ServiceError::Forbidden("not served yet"))
    }
}
