//! The ledger: what is taken in, in what order, and who gets to see it.
//!
//! One `Ledger` stands over one store. Everything that writes to a feed does so in a `turn`: one transaction under the feed's row
//! lock, in which rows get their gap-free numbers, reports are projected, digests move and the audit chain grows. The received bytes are
//! the truth; what stands in `reports` can be rebuilt from them. The rules of the domain are core's; SQL is the store's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use rand::Rng;
use rand::rngs::StdRng;
use xunge_core::directory::{Directory, KeepDays};
use xunge_core::document::gate::Snapshot;
use xunge_core::id::{GenerationId, InstallId, PersonId};
use xunge_core::seal::MasterKey;
use xunge_core::signature::{PublicKey, SigningKey};
use xunge_core::sync::message::{Digest, ScopeTag};
use xunge_core::time::Timestamp;

use crate::ServiceError;
use crate::limits::Limits;
use crate::store::{FeedNo, ReadTx, ReportNo, SERVER_FEED, Store, StoreError, StoreResult, WriteTx};

pub(crate) mod audit;
pub(crate) mod backfill;
pub(crate) mod bundle;
pub(crate) mod check;
pub(crate) mod check_cover;
pub(crate) mod checkpoint;
pub(crate) mod clock;
pub(crate) mod content;
pub(crate) mod cover;
pub(crate) mod decide;
pub(crate) mod directory;
pub(crate) mod feed_push;
mod fill;
pub(crate) mod ground;
pub(crate) mod halves;
pub(crate) mod hint;
pub(crate) mod install;
pub(crate) mod open_report;
pub(crate) mod plan;
pub(crate) mod project;
pub(crate) mod push;
pub(crate) mod recent;
pub(crate) mod replay;
pub(crate) mod restore;
pub(crate) mod retain;
pub(crate) mod review;
pub(crate) mod scope;
pub(crate) mod serve;
pub(crate) mod serve_cover;
mod sight;
pub(crate) mod story;
pub(crate) mod take;
pub(crate) mod track;
pub(crate) mod turn;
pub(crate) mod wake;

use ground::Grounds;
use halves::AtWork;
use recent::Recent;
use scope::ReaderScope;
use story::Story;
use wake::Wakers;

/// Stories kept in memory; beyond it the memory is emptied and filled anew.
const STORIES_CACHED: usize = 512;

/// Saved documents kept in memory, about 2 KB each: those of reports that are being written to.
const DOCUMENTS_CACHED: usize = 512;

/// How long a scope that was worked out may be used again while the directory stays as it is, in ms: posts begin and end by themselves.
const SCOPE_KEPT_MS: i64 = 30_000;

/// The keys of the ledger.
pub(crate) struct LedgerKeys {
    /// Wraps the keys of reports.
    pub(crate) master: MasterKey,
    /// Signs words and the acts of accounts.
    pub(crate) signing: SigningKey,
    /// Its public half.
    pub(crate) public: PublicKey,
    /// The install under which the server writes.
    pub(crate) install: InstallId,
}

/// Everything that stands over one store.
pub(crate) struct Ledger {
    pub(crate) store: Box<dyn Store>,
    pub(crate) keys: LedgerKeys,
    pub(crate) limits: Limits,
    pub(crate) generation: GenerationId,
    pub(crate) wakers: Wakers,
    pub(crate) recent: Recent,
    pub(crate) pushes: AtWork,
    pub(crate) grounds: Grounds,
    /// Where workers on patrol were last heard of.
    pub(crate) whereabouts: Mutex<crate::service::Whereabouts>,
    rng: Mutex<StdRng>,
    directory: Mutex<Option<(u64, Arc<Directory>)>>,
    scopes: Mutex<BTreeMap<(PersonId, FeedNo), CachedScope>>,
    stories: Mutex<BTreeMap<ReportNo, Arc<Story>>>,
    documents: Mutex<BTreeMap<ReportNo, (u32, Snapshot)>>,
    sums: Mutex<BTreeMap<(FeedNo, ScopeTag), (u64, Digest)>>,
    /// When each install last synced, where that is newer than its row says.
    pub(crate) seen: Mutex<BTreeMap<InstallId, Timestamp>>,
    /// The day on which what patrols left on each feed's review list was last looked through for its age.
    pub(crate) reviews_emptied: Mutex<BTreeMap<FeedNo, i64>>,
    /// The day on which each feed's reports were last looked through for their age, and by what policy.
    pub(crate) reports_aged: Mutex<BTreeMap<FeedNo, (i64, KeepDays)>>,
}

struct CachedScope {
    directory_version: u64,
    at: Timestamp,
    scope: Arc<ReaderScope>,
}

/// Names of values in the store.
pub(crate) mod meta {
    /// The generation's 16 bytes.
    pub(crate) const GENERATION: &str = "generation";
    /// Counts every change of the directory: 8 bytes, big-endian.
    pub(crate) const DIRECTORY: &str = "directory_version";
    /// Counts the code tags given out: 8 bytes, big-endian.
    pub(crate) const TAGS: &str = "tags";
    /// Stands where what older layouts did not keep of reports was filled in.
    pub(crate) const FILLED: &str = "filled";
}

pub(crate) fn number(bytes: Option<Vec<u8>>) -> u64 {
    bytes
        .and_then(|b| b.try_into().ok())
        .map_or(0, u64::from_be_bytes)
}

impl Ledger {
    /// Stands over a store; a new one gets its first generation.
    pub(crate) fn open(
        store: Box<dyn Store>,
        keys: LedgerKeys,
        limits: Limits,
        mut rng: StdRng,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        let mut generation = None;
        // In one transaction, because several nodes may stand up on a new database at once.
        store.write(None, &mut |tx| {
            generation = tx.meta(meta::GENERATION)?;
            if generation.is_some() {
                return restore::stand(tx, now);
            }
            let first = GenerationId::begun_at(now, &mut rng);
            generation = Some(first.as_bytes().to_vec());
            tx.meta_put(meta::GENERATION, first.as_bytes())
        })?;
        let generation = generation.and_then(|bytes| GenerationId::from_slice(&bytes));
        let generation = generation.ok_or_else(|| ServiceError::Damaged("the generation".into()))?;
        let ledger = Self {
            store,
            keys,
            limits,
            generation,
            wakers: Wakers::default(),
            recent: Recent::default(),
            pushes: AtWork::default(),
            grounds: Grounds::default(),
            whereabouts: Mutex::default(),
            rng: Mutex::new(rng),
            directory: Mutex::new(None),
            scopes: Mutex::default(),
            stories: Mutex::default(),
            documents: Mutex::default(),
            sums: Mutex::default(),
            seen: Mutex::default(),
            reviews_emptied: Mutex::default(),
            reports_aged: Mutex::default(),
        };
        ledger.fill_old(now)?;
        Ok(ledger)
    }

    /// Draws from the ledger's randomness.
    pub(crate) fn draw<T>(&self, job: impl FnOnce(&mut dyn Rng) -> T) -> T {
        job(&mut *locked(&self.rng))
    }

    /// Reads in one consistent view.
    pub(crate) fn read<T>(
        &self,
        mut job: impl FnMut(&mut dyn ReadTx) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let mut out = None;
        let done = self.store.read(&mut |tx| keep(&mut out, job(tx)));
        settle(done, out)
    }

    /// Writes in one transaction under the lock of a feed (`None`: of the whole store).
    pub(crate) fn write<T>(
        &self,
        feed: Option<FeedNo>,
        mut job: impl FnMut(&mut dyn WriteTx) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let mut out = None;
        let done = self.store.write(feed, &mut |tx| keep(&mut out, job(tx)));
        settle(done, out)
    }

    /// Writes in one transaction beside any other: only what no order depends on, see [`Store::write_beside`].
    pub(crate) fn write_beside<T>(
        &self,
        mut job: impl FnMut(&mut dyn WriteTx) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let mut out = None;
        let done = self.store.write_beside(&mut |tx| keep(&mut out, job(tx)));
        settle(done, out)
    }

    /// The directory as it stands in this view, from memory where it has not changed.
    pub(crate) fn directory(&self, tx: &mut dyn ReadTx) -> Result<(u64, Arc<Directory>), ServiceError> {
        let version = number(tx.meta(meta::DIRECTORY)?);
        if let Some((held, directory)) = &*locked(&self.directory)
            && *held == version
        {
            return Ok((version, Arc::clone(directory)));
        }
        let mut directory = Directory::default();
        for feed in tx.feeds()? {
            for (_, row) in tx.directory_after(feed.no, 0, u64::MAX, u32::MAX)? {
                directory.insert(&row);
            }
        }
        let directory = Arc::new(directory);
        *locked(&self.directory) = Some((version, Arc::clone(&directory)));
        Ok((version, directory))
    }

    /// What somebody may see of a feed, from memory for a short while.
    pub(crate) fn scope(
        &self,
        tx: &mut dyn ReadTx,
        person: &PersonId,
        feed: &crate::store::FeedState,
        now: Timestamp,
    ) -> Result<Arc<ReaderScope>, ServiceError> {
        let (version, directory) = self.directory(tx)?;
        Ok(self.scope_in((version, &directory), person, feed, now))
    }

    /// As [`Self::scope`], by a directory that was read in this view already.
    pub(crate) fn scope_in(
        &self,
        (version, directory): (u64, &Directory),
        person: &PersonId,
        feed: &crate::store::FeedState,
        now: Timestamp,
    ) -> Arc<ReaderScope> {
        let key = (person.clone(), feed.no);
        if let Some(held) = locked(&self.scopes).get(&key)
            && held.directory_version == version
            && (0..SCOPE_KEPT_MS).contains(&now.ms_since(held.at))
        {
            return Arc::clone(&held.scope);
        }
        let scope = Arc::new(ReaderScope::of(directory, person, &feed.unit, now));
        let held = CachedScope {
            directory_version: version,
            at: now,
            scope: Arc::clone(&scope),
        };
        locked(&self.scopes).insert(key, held);
        scope
    }

    /// A story from memory, if it is as long as the report's row says.
    pub(crate) fn cached_story(&self, report: ReportNo, events: u32) -> Option<Arc<Story>> {
        locked(&self.stories)
            .get(&report)
            .filter(|story| story.rows == events)
            .map(Arc::clone)
    }

    pub(crate) fn cache_story(&self, report: ReportNo, story: Arc<Story>) {
        let mut stories = locked(&self.stories);
        if stories.len() >= STORIES_CACHED {
            stories.clear();
        }
        stories.insert(report, story);
    }

    /// A saved document from memory, if it has as many changes as the report's row says.
    pub(crate) fn cached_document(&self, report: ReportNo, changes: u32) -> Option<Snapshot> {
        let documents = locked(&self.documents);
        let held = documents.get(&report).filter(|(count, _)| *count == changes);
        held.map(|(_, document)| document.clone())
    }

    pub(crate) fn cache_document(&self, report: ReportNo, changes: u32, document: Snapshot) {
        let mut documents = locked(&self.documents);
        if documents.len() >= DOCUMENTS_CACHED {
            documents.clear();
        }
        documents.insert(report, (changes, document));
    }

    /// Drops what memory holds of a report: it was erased.
    pub(crate) fn forget(&self, report: ReportNo) {
        locked(&self.documents).remove(&report);
        locked(&self.stories).remove(&report);
    }

    pub(crate) fn cached_sum(&self, feed: FeedNo, tag: ScopeTag, head: u64) -> Option<Digest> {
        let sums = locked(&self.sums);
        sums.get(&(feed, tag))
            .filter(|(at, _)| *at == head)
            .map(|(_, sum)| *sum)
    }

    pub(crate) fn cache_sum(&self, feed: FeedNo, tag: ScopeTag, head: u64, sum: Digest) {
        locked(&self.sums).insert((feed, tag), (head, sum));
    }

    /// Adds a line to the server's own audit chain.
    pub(crate) fn note(
        &self,
        tx: &mut dyn WriteTx,
        at: Timestamp,
        actor: &str,
        kind: &str,
        detail: &str,
    ) -> StoreResult<()> {
        audit::note(tx, SERVER_FEED, at, actor, kind, detail)
    }
}

/// Nothing panics while it holds one of these locks but by a bug; what they guard is a memory that can be filled anew.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Passes a job's result through a store call: the store's own errors go to the store, others roll back.
fn keep<T>(out: &mut Option<Result<T, ServiceError>>, result: Result<T, ServiceError>) -> StoreResult<()> {
    match result {
        Err(ServiceError::Store(error)) => {
            *out = None;
            Err(error)
        }
        Err(error) => {
            *out = Some(Err(error));
            Err(StoreError::Aborted)
        }
        Ok(value) => {
            *out = Some(Ok(value));
            Ok(())
        }
    }
}

fn settle<T>(done: StoreResult<()>, out: Option<Result<T, ServiceError>>) -> Result<T, ServiceError> {
    match (done, out) {
        (Ok(()), Some(result)) => result,
        (Err(StoreError::Aborted), Some(Err(error))) => Err(error),
        (Err(error), _) => Err(error.into()),
        (Ok(()), None) => Err(StoreError::Aborted.into()),
    }
}
