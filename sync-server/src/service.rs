//! The service: everything that the server can do, without HTTP.
//!
//! One handle, cheap to clone, shared by routes, console, command line and tests. Its methods block (on the database and on the township's
//! row lock): async callers run them through `spawn_blocking`, and never cancel them. It holds no rule of the domain; those are in
//! `xunge_core`. It writes no SQL; that is in `store`.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::id::{GenerationId, InstallId, PersonId, UnitId};
use xunge_core::seal::MasterKey;
use xunge_core::signature::sha256;
use xunge_core::sync::message::{SyncAnswer, SyncRequest};
use xunge_core::time::{Clock, SystemClock, Timestamp};

use crate::ServiceError;
use crate::config::{Config, Secrets};
use crate::ledger::{Ledger, LedgerKeys};
use crate::limits::Limits;
use crate::store::{DatabasePlace, PartStore, Store};

mod account;
mod act;
mod aged;
mod beside;
mod coverage;
mod directory;
mod effects;
mod enrol;
mod enter;
mod erase;
mod export;
mod figures;
mod handover;
mod health;
mod hints;
mod keep;
mod missing;
mod offer;
mod order;
mod phrases;
mod presence;
mod proposal;
mod queue;
mod reminded;
mod restore;
mod review;
mod routing;
mod search;
mod second_factor;
mod story;
mod upload;
mod verify;
mod views;
mod wait;

pub use crate::ledger::project::DueStage;
pub use crate::store::{Cohort, OutcomeKind};
pub use account::{Account, Session};
pub use act::{ActOutcome, ActRequest, ReportRef};
pub(crate) use beside::Whereabouts;
pub use beside::{Amendment, Candidate, NearWorker};
pub use coverage::{
    CoverageAnswer, CoverageLayer, CoverageQuery, KeyPlaceRow, KeyPlacesAnswer, PlaceVisitRow, SilenceAnswer,
    SilentPhone, UnitCoverage, coverage_csv,
};
pub use directory::{DirectoryApplied, DirectoryChange};
pub use effects::{Effects, Overlap, PersonEffect, PlaceEffect, ReportChange, ReportEffect, RuleEffect};
pub use enrol::{EnrolmentTicket, InstallInfo};
pub use enter::{Entered, Entry, NewPicture};
pub use export::ExportRow;
pub use figures::{FigureBy, FigureLine, Figures, FiguresAnswer, FiguresQuery};
pub use handover::Handover;
pub use health::Counts;
pub use missing::Missing;
pub use offer::Offer;
pub use order::{NewOrder, Order, OrderLine, OrderProgress};
pub use phrases::Phrases;
pub use proposal::Proposal;
pub use queue::{QueuePage, QueueQuery, QueueRow};
pub use reminded::RemindedOf;
pub use review::{AuditRow, ReviewItem};
pub use routing::{DryRun, RULE_CODE, Rerouted, RuleCount, route_of, rules_of};
pub use second_factor::FactorStanding;
pub use story::{ReportStory, StoryEvent};
pub use upload::{BlobInfo, NewUpload, Upload};
pub use verify::{BlobCheck, VerifyReport};
pub use views::SavedView;
pub use wait::Waiter;

/// What a service needs to open.
pub struct ServiceConfig {
    /// The database (made where it is missing).
    pub database: DatabasePlace,
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
            database: config.database_place(),
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
    ledger: Arc<Ledger>,
    secrets: Arc<Secrets>,
    clock: Arc<dyn Clock>,
    search: Arc<search::SearchIndex>,
    presence: Arc<presence::Presence>,
    tries: Arc<hints::Tries>,
}

impl Service {
    /// Opens the database, makes or migrates it where needed.
    ///
    /// # Errors
    /// [`ServiceError::Store`] where the database is newer than this program, damaged, or the folder cannot be written.
    pub fn open(config: ServiceConfig) -> Result<Self, ServiceError> {
        let store = config.database.open(&config.limits)?;
        Self::over(store, config)
    }

    /// Stands over a store that is open already.
    pub fn over(store: Box<dyn Store>, config: ServiceConfig) -> Result<Self, ServiceError> {
        let keys = LedgerKeys {
            master: MasterKey::from_bytes(&config.secrets.master_key),
            install: server_install(&config.secrets),
            public: config.secrets.server_key.public(),
            signing: config.secrets.server_key.clone(),
        };
        let rng = StdRng::from_seed(config.seed);
        let now = config.clock.read().wall_at;
        let service = Self {
            ledger: Arc::new(Ledger::open(store, keys, config.limits, rng, now)?),
            secrets: Arc::new(config.secrets),
            clock: config.clock,
            search: Arc::default(),
            presence: Arc::default(),
            tries: Arc::default(),
        };
        service.listen()?;
        Ok(service)
    }

    /// Where the nodes of this database share the bytes of unfinished uploads; `None` where there is one node.
    pub fn part_store(&self) -> Option<&dyn PartStore> {
        self.ledger.store.part_store()
    }

    /// The secrets of this server.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// All bounds.
    pub fn limits(&self) -> &Limits {
        &self.ledger.limits
    }

    /// The server's time now.
    pub fn now(&self) -> Timestamp {
        self.clock.read().wall_at
    }

    /// The generation of the database.
    pub fn generation(&self) -> GenerationId {
        self.ledger.generation
    }

    /// Answers one request of `POST /v1/sync`, decoded.
    ///
    /// Everything pushed to one feed is stored and decided in one transaction, which is durable when this returns.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] where the request names another install than the caller's token. Whatever is wrong with single items
    /// stands in their results.
    pub fn sync(&self, caller: &Caller, request: &SyncRequest) -> Result<SyncAnswer, ServiceError> {
        let Caller::Install { install, .. } = caller else {
            return Err(ServiceError::Forbidden("only installs sync"));
        };
        if request.install != *install {
            return Err(ServiceError::Forbidden("the request names another install"));
        }
        let now = self.now();
        let load = || {
            let found = self.ledger.read(|tx| Ok(tx.install(install)?))?;
            found.ok_or(ServiceError::BadToken)
        };
        let mut row = load()?;
        let results = match self.ledger.push(&row, request, now) {
            // Revoked between two looks: the second look sends everything to the review list.
            Err(ServiceError::Revoked) => {
                row = load()?;
                self.ledger.push(&row, request, now)?
            }
            results => results?,
        };
        let answer = self.ledger.answer(&row, request, results, now)?;
        self.ledger.note_sync(&row, request, &answer, now)?;
        Ok(answer)
    }

    /// Lets pass by whatever waited too long for its chief, as of `now`, reminds owners of deadlines, deletes tracks that are past their
    /// time, and gives grids that were drawn anew what was seen of their ground. Returns how many reports it acted on. Call it about every
    /// minute.
    pub fn tick(&self, now: Timestamp) -> Result<u32, ServiceError> {
        let mut moved = 0;
        for feed in self.ledger.read(|tx| Ok(tx.feeds()?))? {
            self.ledger.tell_county(&feed, now)?;
            moved += self.ledger.look(feed.no, now)?;
            self.ledger.expire_tracks(feed.no, now)?;
            self.ledger.recut(feed.no, now)?;
        }
        Ok(moved)
    }

    /// The feeds that this server keeps, ascending.
    pub fn feeds(&self) -> Result<Vec<UnitId>, ServiceError> {
        let feeds = self.ledger.read(|tx| Ok(tx.feeds()?))?;
        Ok(feeds.into_iter().map(|feed| feed.unit).collect())
    }
}

/// The install under which the server writes: named by its public key.
fn server_install(secrets: &Secrets) -> InstallId {
    let hash = sha256(&secrets.server_key.public().0);
    InstallId::from_slice(&hash[..16]).expect("16 of 32 bytes")
}
