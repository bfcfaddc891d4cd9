//! The phone's side of a sync as a state machine: what it holds goes in, a request comes out; an answer goes in, checked steps come out.
//!
//! Each step is one durable transaction for the store, in this order: results first, then each feed page with its cursor, then backfilled
//! and repaired reports. A crash between two steps loses nothing, since everything is idempotent and the next request says anew where the
//! phone stands. Nothing here reads a clock, a database or a socket.

use std::collections::BTreeSet;

use super::failure::SyncFailure;
use super::message::{
    BackfillPage, BackfillPosition, CoverageCheck, Digest, FeedPage, FeedPosition, GridCoverage, Health,
    Item, ItemResult, Manifest, ManifestSeal, Notice, PAGE_BYTES_DEFAULT, PROTOCOL, Repair, ReportBundle,
    SyncAnswer, SyncRequest,
};
use crate::id::{ChangeHash, GenerationId, InstallId, UnitId};
use crate::signature::{PublicKey, SigningKey};
use crate::sync::checkpoint::CheckpointAsk;
use crate::sync::message::ScopeTag;
use crate::sync::vouch::{self, UnvouchedError, Vouch};
use crate::time::{DeviceTime, Timestamp};

/// The smallest page in bytes: below it the overhead of a request outweighs the page.
pub const PAGE_BYTES_MIN: u32 = 4 * 1024;
/// The largest page in bytes.
pub const PAGE_BYTES_MAX: u32 = 1024 * 1024;

/// How large pages are: halved after a timeout or a 413, grown by a quarter after a success.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageSize(u32);

impl Default for PageSize {
    fn default() -> Self {
        Self(PAGE_BYTES_DEFAULT)
    }
}

impl PageSize {
    /// The size in bytes.
    pub fn bytes(self) -> u32 {
        self.0
    }
    /// After a success.
    pub fn grow(&mut self) {
        self.0 = self.0.saturating_add(self.0 / 4).min(PAGE_BYTES_MAX);
    }
    /// After a failure that a smaller page may get past; `false` where it is the smallest already.
    pub fn shrink(&mut self) -> bool {
        let can = self.0 > PAGE_BYTES_MIN;
        self.0 = (self.0 / 2).max(PAGE_BYTES_MIN);
        can
    }
}

/// One item with its place in the outbox.
#[derive(Clone, PartialEq, Debug)]
pub struct Outgoing {
    /// Its place; results are given back under it.
    pub position: i64,
    /// The item.
    pub item: Item,
}

/// Where the phone stands in one feed.
#[derive(Clone, PartialEq, Debug)]
pub struct FeedStanding {
    /// The feed.
    pub feed: UnitId,
    /// The generation of the cursor.
    pub generation: Option<GenerationId>,
    /// The last sequence number taken in.
    pub cursor: u64,
    /// The scope applied.
    pub scope: Option<ScopeTag>,
    /// What is held; `None` while a backfill or repair is open, when it would differ for good reason.
    pub digest: Option<Digest>,
    /// The open pages of a backfill: an answer fills as many as its bytes allow.
    pub backfill: Vec<BackfillPosition>,
    /// The open page of a repair.
    pub repair: Option<Repair>,
    /// Where a checkpoint of the feed's audit chain is due.
    pub checkpoint: Option<CheckpointAsk>,
}

/// Everything that a request is made of.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    /// The install that speaks.
    pub install: InstallId,
    /// The feeds, ascending.
    pub feeds: Vec<FeedStanding>,
    /// What waits, in the order of making; as much as fits a page.
    pub items: Vec<Outgoing>,
    /// How the phone fares, where that is due.
    pub health: Option<Health>,
    /// Signed lists that the items' words stand in.
    pub vouches: Vec<Vouch>,
    /// What is held of coverage, where a look is due.
    pub coverage: Option<CoverageCheck>,
}

/// A request that is on its way.
#[derive(Clone, PartialEq, Debug)]
pub struct Sent {
    /// What was sent.
    pub request: SyncRequest,
    /// The places of its items in the outbox.
    pub positions: Vec<i64>,
}

/// One durable step.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    /// The server's clock against the phone's.
    ServerTime(Timestamp),
    /// The server's word on each item, by its place in the outbox: all in one transaction.
    Results(Vec<(i64, ItemResult)>),
    /// A page with its cursor: one transaction.
    Page {
        /// The page.
        page: Box<FeedPage>,
        /// Whether the feed ends before the place where the phone stood, under the same generation: the server's database was put back
        /// without saying so. What it lost is offered again.
        went_back: bool,
    },
    /// Backfilled reports with the places where the next pages start: one transaction.
    Backfill(Vec<BackfillPage>),
    /// Reports that differed in the window of the repair, with the window: one transaction.
    Repaired {
        /// The window that was asked for.
        window: Repair,
        /// The reports.
        bundles: Vec<ReportBundle>,
        /// Whether the answer may have left some out for want of room.
        may_be_partial: bool,
    },
    /// Days of coverage that differed: one transaction.
    Coverage {
        /// What was asked.
        check: CoverageCheck,
        /// The days, whole.
        days: Vec<GridCoverage>,
        /// Whether the answer may have left some out for want of room.
        may_be_partial: bool,
    },
    /// Instructions.
    Notices(Vec<Notice>),
}

/// Builds the request. The items are signed once, over the names of all of them.
pub fn request(standing: Standing, key: &SigningKey, at: DeviceTime, page: PageSize) -> Sent {
    let (positions, items): (Vec<i64>, Vec<Item>) = standing
        .items
        .into_iter()
        .map(|outgoing| (outgoing.position, outgoing.item))
        .unzip();
    let manifest = (!items.is_empty()).then(|| seal(standing.install, &items, key, at));
    let mut backfill = Vec::new();
    let mut repair = None;
    let mut feeds = Vec::new();
    for feed in standing.feeds {
        backfill.extend(feed.backfill);
        repair = repair.or(feed.repair);
        feeds.push(FeedPosition {
            feed: feed.feed,
            generation: feed.generation,
            cursor: feed.cursor,
            scope: feed.scope,
            digest: feed.digest,
            checkpoint: feed.checkpoint,
        });
    }
    Sent {
        positions,
        request: SyncRequest {
            protocol: PROTOCOL,
            install: standing.install,
            feeds,
            items,
            manifest,
            answer_bytes_max: page.bytes(),
            at,
            health: standing.health,
            backfill,
            repair,
            vouches: standing.vouches,
            coverage: standing.coverage,
        },
    }
}

/// Signs a flush's items.
pub fn seal(install: InstallId, items: &[Item], key: &SigningKey, at: DeviceTime) -> ManifestSeal {
    let manifest = Manifest {
        install,
        names: items.iter().map(|item| ChangeHash(item.name())).collect(),
        at,
    };
    let body = minicbor::to_vec(&manifest).expect("encoding to memory cannot fail");
    ManifestSeal {
        at,
        signature: key.sign("manifest", &body),
    }
}

/// What an answer comes to.
#[derive(Clone, PartialEq, Debug)]
pub struct Steps {
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// The signed lists that the words in them name; to be kept with whatever step brings such a word.
    pub vouches: Vec<Vouch>,
}

/// Checks an answer against what was asked and against the server's key, and gives the steps to take in their order.
///
/// # Errors
/// [`SyncFailure::Protocol`] where the answer is not one to this request: nothing of it is taken then.
pub fn steps(sent: &Sent, mut answer: SyncAnswer, server: &PublicKey) -> Result<Steps, SyncFailure> {
    if answer.results.len() != sent.positions.len() {
        return Err(SyncFailure::Protocol("one result per item is due"));
    }
    let vouches = vouch::open(&mut answer, &sent.request.items, server).map_err(|error| match error {
        UnvouchedError::Foreign(_) => SyncFailure::Protocol("a word on another command"),
        UnvouchedError::Unsigned => SyncFailure::Protocol("words that the server did not sign"),
    })?;
    let mut steps = vec![Step::ServerTime(answer.server_at)];
    if !answer.results.is_empty() {
        steps.push(Step::Results(
            sent.positions.iter().copied().zip(answer.results).collect(),
        ));
    }
    if !answer.notices.is_empty() {
        steps.push(Step::Notices(answer.notices));
    }
    let mut seen = BTreeSet::new();
    for page in answer.pages {
        let position = sent
            .request
            .feeds
            .iter()
            .find(|position| position.feed == page.feed)
            .ok_or(SyncFailure::Protocol("a page of a feed that was not asked for"))?;
        if !seen.insert(page.feed.clone()) {
            return Err(SyncFailure::Protocol("two pages of one feed"));
        }
        let went_back = check_page(position, &page)?;
        steps.push(Step::Page {
            page: Box::new(page),
            went_back,
        });
    }
    for page in &answer.backfill {
        let asked = sent
            .request
            .backfill
            .iter()
            .any(|asked| asked.feed == page.feed && asked.grid == page.grid);
        if !asked {
            return Err(SyncFailure::Protocol("a backfill that was not asked for"));
        }
    }
    if !answer.backfill.is_empty() {
        steps.push(Step::Backfill(answer.backfill));
    }
    if let (Some(check), Some(days)) = (&sent.request.coverage, answer.coverage) {
        steps.push(Step::Coverage {
            check: check.clone(),
            days,
            may_be_partial: answer.more,
        });
    }
    match &sent.request.repair {
        Some(window) => steps.push(Step::Repaired {
            window: window.clone(),
            bundles: answer.repaired,
            may_be_partial: answer.more,
        }),
        None if !answer.repaired.is_empty() => {
            return Err(SyncFailure::Protocol("a repair that was not asked for"));
        }
        None => {}
    }
    Ok(Steps { steps, vouches })
}

/// Rows in order, up to the cursor. Answers whether the cursor went back.
fn check_page(position: &FeedPosition, page: &FeedPage) -> Result<bool, SyncFailure> {
    let is_same_generation = position.generation == Some(page.generation);
    let went_back = is_same_generation && page.cursor < position.cursor;
    let mut last = if is_same_generation && !went_back {
        position.cursor
    } else {
        0
    };
    for row in &page.rows {
        // A report that enters may bring rows under one sequence number; they never go down.
        if row.seq < last || row.seq > page.cursor {
            return Err(SyncFailure::Protocol("rows out of order"));
        }
        last = row.seq;
    }
    Ok(went_back)
}
