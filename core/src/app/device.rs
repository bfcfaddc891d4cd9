//! One person's profile on one phone: the object that shells hold. Its methods are spread over the modules beside this one.
//!
//! Every call takes a lock for the length of its own work, never during a request over the network. Calls from several threads, and from
//! several processes on one folder, are safe; two syncs in one process run one after the other.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::StdRng;

use super::identity::{Identity, Mark, setting};
use super::observe::Observers;
use super::phone::{Phone, PhoneConfig, ProfileInfo};
use super::pin::PinGate;
use super::status::Progress;
use crate::directory::{Category, Directory};
use crate::error::Error;
use crate::grid::{GridAnswer, GridIndex};
use crate::id::{CommandId, PersonId};
use crate::place::PlaceClaim;
use crate::store::{Store, StoreError, StoreNotice, Tx};
use crate::time::{ClockReading, DeviceTime, Timestamp};

/// One profile, open.
pub struct Device {
    pub(super) info: ProfileInfo,
    pub(super) config: Arc<PhoneConfig>,
    pub(super) folder: PathBuf,
    pub(super) profile_file: PathBuf,
    pub(super) mark: Mark,
    /// Whether the database lies under a key, and so the files beside it.
    pub(super) is_encrypted: bool,
    state: Mutex<State>,
    /// Held for the length of a sync.
    pub(super) sync_turn: Mutex<super::sync::Memory>,
    pub(super) progress: Mutex<Progress>,
    pub(super) observers: Observers,
    pub(super) pin: Mutex<PinGate>,
    pub(super) handed: Mutex<super::handover::HandedOver>,
    /// The patrol under way; held for the length of a step, and taken before the lock of the store.
    pub(super) patrol: Mutex<Option<super::patrol::Live>>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device({})", self.info.id)
    }
}

/// What lies behind the lock.
pub(super) struct State {
    pub(super) store: Store,
    pub(super) rng: StdRng,
    pub(super) identity: Option<Identity>,
    directory: Option<Arc<Directory>>,
    grids: Option<Arc<GridIndex>>,
    pub(super) grounds: Option<Arc<super::ground::Grounds>>,
    data_version: i64,
}

impl Device {
    pub(super) fn open(phone: &Phone, info: ProfileInfo, key: Option<[u8; 32]>) -> Result<Self, Error> {
        let config = Arc::clone(&phone.config);
        let folder = phone.profile_folder(&info.id);
        let now = config.clock.read().wall_at;
        let mut store = Store::open(&folder, key.as_ref(), now.as_millis())?;
        if let Some(pages) = config.database_pages_max {
            store.limit_pages(pages)?;
        }
        let identity = store.read(Identity::load)?;
        let mark = Mark::new(&phone.identity_folder(), info.id.as_str());
        let mut rng = config.rng(info.id.as_str());
        if let Some(identity) = &identity {
            super::reissue::heal_restored(&mut store, identity, &mark, now, &mut rng)?;
        }
        super::file::seal_plain_files(&mut store, &folder, &mut rng)?;
        if let (Some(key), Some(identity)) = (key, &identity) {
            identity.lay_down(key, &folder, &mut rng)?;
        }
        let data_version = store.data_version()?;
        Ok(Self {
            profile_file: folder.join("profile.json"),
            info,
            config,
            folder,
            mark,
            is_encrypted: store.is_encrypted(),
            state: Mutex::new(State {
                store,
                rng,
                identity,
                directory: None,
                grids: None,
                grounds: None,
                data_version,
            }),
            sync_turn: Mutex::default(),
            progress: Mutex::default(),
            observers: Observers::default(),
            pin: Mutex::default(),
            handed: Mutex::default(),
            patrol: Mutex::default(),
        })
    }

    /// The profile that this is.
    pub fn info(&self) -> &ProfileInfo {
        &self.info
    }

    /// The folder with the database and the attachments.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The directory as this phone has it. Empty before the first sync.
    pub fn directory(&self) -> Result<Arc<Directory>, Error> {
        self.lock()?.directory()
    }

    /// The categories that can be chosen now.
    pub fn categories(&self) -> Result<Vec<Category>, Error> {
        let now = self.now();
        Ok(self
            .directory()?
            .categories_offered(now)
            .into_iter()
            .cloned()
            .collect())
    }

    /// In which grid a position lies, by the grids as drawn now.
    pub fn locate(&self, claim: &PlaceClaim) -> Result<GridAnswer, Error> {
        let now = self.now();
        let mut state = self.lock()?;
        Ok(state.grids(now)?.locate(claim))
    }

    /// What the worker must be told once, the oldest first.
    pub fn notices(&self) -> Result<Vec<StoreNotice>, Error> {
        self.read(|tx, _| Ok(tx.notices()?))
    }

    /// The worker was told.
    pub fn dismiss_notice(&self, id: i64) -> Result<(), Error> {
        self.write(|tx, _| Ok(tx.delete_notice(id)?))
    }

    pub(super) fn clock(&self) -> ClockReading {
        self.config.clock.read()
    }

    /// The best guess of the time: for posts, policies and days. Never an order.
    pub(super) fn now(&self) -> Timestamp {
        self.clock().wall_at
    }

    /// Takes the lock. What another process wrote meanwhile is seen.
    pub(super) fn lock(&self) -> Result<MutexGuard<'_, State>, Error> {
        // A panic while the lock was held rolled its transaction back; what is in memory is read again.
        let mut state = self.state.lock().unwrap_or_else(|poisoned| {
            let mut state = PoisonError::into_inner(poisoned);
            state.forget();
            state
        });
        let version = state.store.data_version()?;
        if version != state.data_version {
            state.data_version = version;
            state.forget();
            let identity = state.store.read(Identity::load)?;
            state.identity = identity;
        }
        Ok(state)
    }

    /// Runs `job` on one consistent state of the rows.
    pub(super) fn read<T>(
        &self,
        job: impl FnOnce(&Tx<'_>, &Context<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = self.clock();
        let mut state = self.lock()?;
        let directory = state.directory()?;
        let State {
            store, identity, rng, ..
        } = &mut *state;
        let identity = identity.as_ref().ok_or(Error::NotEnrolled)?;
        let context = Context {
            identity,
            directory: &directory,
            clock: now,
            rng: std::cell::RefCell::new(rng),
            folder: &self.folder,
            is_encrypted: self.is_encrypted,
            app_version: &self.config.app_version,
            arrived: std::cell::RefCell::default(),
        };
        store.read(|tx| job(tx, &context))
    }

    /// Runs `job` in one transaction, durable when this returns; then tells the observers.
    pub(super) fn write<T>(
        &self,
        job: impl FnOnce(&Tx<'_>, &Context<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let out = self.write_quietly(job);
        if out.is_ok() {
            self.announce();
        }
        out
    }

    /// The same, where nothing changes that an observer is told.
    pub(super) fn write_quietly<T>(
        &self,
        job: impl FnOnce(&Tx<'_>, &Context<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = self.clock();
        let mut state = self.lock()?;
        let directory = state.directory()?;
        let State {
            store, identity, rng, ..
        } = &mut *state;
        let identity = identity.as_ref().ok_or(Error::NotEnrolled)?;
        let context = Context {
            identity,
            directory: &directory,
            clock: now,
            rng: std::cell::RefCell::new(rng),
            folder: &self.folder,
            is_encrypted: self.is_encrypted,
            app_version: &self.config.app_version,
            arrived: std::cell::RefCell::default(),
        };
        let out = store.write(|tx| job(tx, &context));
        if matches!(out, Err(Error::Store(StoreError::Damaged(_)))) {
            state.store.suspect_damage();
        }
        out
    }

    /// The directory was written: read it again at its next use.
    pub(super) fn forget_directory(&self) -> Result<(), Error> {
        self.lock()?.forget();
        Ok(())
    }
}

impl State {
    /// The profile was wiped: nothing of it is in memory either.
    pub(super) fn forget_identity(&mut self) {
        self.identity = None;
        self.forget();
    }

    fn forget(&mut self) {
        self.directory = None;
        self.grids = None;
        self.grounds = None;
    }

    pub(super) fn directory(&mut self) -> Result<Arc<Directory>, Error> {
        if let Some(directory) = &self.directory {
            return Ok(Arc::clone(directory));
        }
        let mut directory = Directory::default();
        self.store
            .read(|tx| tx.each_directory_row(|row| directory.insert(row)))?;
        let directory = Arc::new(directory);
        self.directory = Some(Arc::clone(&directory));
        Ok(directory)
    }

    fn grids(&mut self, now: Timestamp) -> Result<Arc<GridIndex>, Error> {
        if let Some(grids) = &self.grids {
            return Ok(Arc::clone(grids));
        }
        let grids = Arc::new(GridIndex::new(self.directory()?.as_ref(), now));
        self.grids = Some(Arc::clone(&grids));
        Ok(grids)
    }
}

/// What an act needs beside the rows.
pub(super) struct Context<'a> {
    pub(super) identity: &'a Identity,
    pub(super) directory: &'a Directory,
    pub(super) clock: ClockReading,
    pub(super) rng: std::cell::RefCell<&'a mut StdRng>,
    pub(super) folder: &'a Path,
    pub(super) is_encrypted: bool,
    pub(super) app_version: &'a str,
    /// Acts of others that came in within this transaction: what is news is among them.
    pub(super) arrived: std::cell::RefCell<std::collections::BTreeSet<CommandId>>,
}

impl Context<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.wall_at
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.clock.wall_at.as_millis()
    }

    /// The township's zone: civil days are reckoned in it.
    pub(super) fn zone(&self) -> chrono_tz::Tz {
        self.directory.policy(&self.identity.township, self.now()).zone
    }

    pub(super) fn me(&self) -> &PersonId {
        &self.identity.person
    }

    /// A captured thing's new name.
    pub(super) fn fresh<T>(&self, make: impl FnOnce(&mut dyn rand::Rng) -> T) -> T {
        make(&mut **self.rng.borrow_mut())
    }

    /// The clocks at this act, with what the last sync said about them.
    pub(super) fn device_time(&self, tx: &Tx<'_>) -> Result<DeviceTime, StoreError> {
        device_time(tx, self.clock)
    }
}

/// The clocks with what the last sync said about them. The offset's age is known only within one run of the phone.
pub(super) fn device_time(tx: &Tx<'_>, clock: ClockReading) -> Result<DeviceTime, StoreError> {
    let offset = tx.setting_int(setting::OFFSET_MS)?;
    let boot = tx.setting_int(setting::OFFSET_BOOT)?;
    let monotonic = tx.setting_int(setting::OFFSET_MONOTONIC_MS)?;
    let is_same_run = boot.is_some_and(|boot| boot.to_be_bytes() == clock.boot.to_be_bytes());
    Ok(DeviceTime {
        wall_at: clock.wall_at,
        monotonic_ms: clock.monotonic_ms,
        boot: clock.boot,
        server_offset_ms: offset,
        server_offset_age_ms: monotonic
            .filter(|_| is_same_run)
            .map(|then| clock.monotonic_ms.saturating_sub(then)),
    })
}
