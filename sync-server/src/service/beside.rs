//! What stands beside a report for who has to decide: reports that may be about the same matter, who could look, and what changed since an
//! approval.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;
use serde::Serialize;
use xunge_core::directory::Role;
use xunge_core::hint::{HINTS_MAX, HintRow, HintRule, hints};
use xunge_core::id::{CategoryId, PersonId, UnitId};
use xunge_core::place::Position;
use xunge_core::report::ReportContent;
use xunge_core::time::Timestamp;

use super::{Caller, QueueRow, ReportRef, Service};
use crate::ServiceError;
use crate::ledger::locked;
use crate::ledger::open_report::OpenReport;
use crate::ledger::scope::grid_of;
use crate::store::{FeedState, ReadTx, ReportNo, ReportRow};

/// How near and how recent another report must be for the room, which looks further than a phone.
const RULE: HintRule = HintRule {
    near_m: 300.0,
    recent_ms: 7 * 86_400_000,
};

/// The most reports of one class that are compared.
const COMPARED_MAX: usize = 60;

/// How old a position may be for its worker to count as on patrol, in ms.
const ON_PATROL_MS: i64 = 30 * 60_000;

/// A report that may be about the same matter.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Candidate {
    /// The other report.
    pub row: QueueRow,
    /// How far apart in metres; `None` where a position is missing and only the grid is the same.
    pub distance_m: Option<f64>,
    /// Whether the category is the same, not only its class.
    pub is_same_category: bool,
}

/// Somebody who could look.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct NearWorker {
    /// The worker.
    pub person: PersonId,
    /// A grid of his.
    pub grid: UnitId,
    /// How far from the report he was last heard of, in metres; `None` where that is not known.
    pub distance_m: Option<f64>,
    /// When that was; only where he is on patrol.
    pub heard_at: Option<Timestamp>,
}

/// The words before and after an approval.
#[derive(Clone, PartialEq, Debug)]
pub struct Amendment {
    /// What was approved.
    pub approved: ReportContent,
    /// What stands now.
    pub now: ReportContent,
}

impl Service {
    /// Reports of the last week that may be about the same matter and that the caller may see, the likeliest first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a report that is not there or not the caller's to see.
    pub fn candidates(&self, caller: &Caller, report: &ReportRef) -> Result<Vec<Candidate>, ServiceError> {
        let (feed, id) = self.find(caller, report)?;
        let now = self.now();
        self.ledger.read(|tx| {
            let feed = tx.feed_by_no(feed)?.ok_or(ServiceError::NotFound("feed"))?;
            let row = tx.reports(feed.no, &[id])?.pop();
            let row = row.ok_or(ServiceError::NotFound("report"))?;
            let Some(subject) = self.hint_row(tx, row)? else {
                return Ok(Vec::new());
            };
            let (_, directory) = self.ledger.directory(tx)?;
            let is_kin = |category: &CategoryId| {
                directory.category_class(category, now).map(|c| &c.id) == Some(&subject.class)
            };
            let since = subject.at.plus_ms(-RULE.recent_ms);
            let kin: BTreeSet<CategoryId> = directory
                .categories(now)
                .filter(|c| is_kin(&c.id))
                .map(|c| c.id.clone())
                .collect();
            let numbers = self.recent_of(tx, &feed, &kin, since, COMPARED_MAX)?;
            let others = self.seen_rows(tx, caller, &feed, &numbers)?;
            let mut compared = Vec::new();
            for other in &others {
                compared.extend(self.hint_row(tx, other.clone())?);
            }
            let mut found = Vec::new();
            for hint in hints(&subject, &compared, RULE).into_iter().take(HINTS_MAX) {
                let row = others.iter().find(|row| row.report == hint.report).cloned();
                if let Some(row) = row {
                    found.push(Candidate {
                        row: self.queue_row(row)?,
                        distance_m: hint.distance_m,
                        is_same_category: hint.is_same_category,
                    });
                }
            }
            Ok(found)
        })
    }

    fn seen_rows(
        &self,
        tx: &mut dyn ReadTx,
        caller: &Caller,
        feed: &FeedState,
        numbers: &[ReportNo],
    ) -> Result<Vec<ReportRow>, ServiceError> {
        let scope = self.reader(tx, caller, feed, self.now())?;
        let grants = tx.grants(feed.no, numbers)?;
        let mut rows = tx.reports_by_no(feed.no, numbers)?;
        rows.retain(|row| {
            let of_row: Vec<_> = grants.iter().filter(|g| g.report == row.no).cloned().collect();
            scope.sees_since(row, &of_row).is_some()
        });
        Ok(rows)
    }

    fn hint_row(&self, tx: &mut dyn ReadTx, row: ReportRow) -> Result<Option<HintRow>, ServiceError> {
        let now = self.now();
        let (_, directory) = self.ledger.directory(tx)?;
        let Some(category) = row
            .category
            .as_ref()
            .and_then(|c| CategoryId::new(c.clone()).ok())
        else {
            return Ok(None);
        };
        let (Some(grid), Some(submitted_at)) = (row.scope.as_deref().and_then(grid_of), row.submitted_at)
        else {
            return Ok(None);
        };
        let mut open = OpenReport::open(&self.ledger, row)?;
        if open.is_erased() || open.row.changes == 0 {
            return Ok(None);
        }
        let report = open.row.report;
        let content = open.content(tx)?;
        let class = directory.category_class(&category, now);
        Ok(Some(HintRow {
            report,
            class: class.map_or_else(|| category.clone(), |c| c.id.clone()),
            category,
            grid,
            position: content.place.map(|place| place.position),
            at: content.occurred_at.unwrap_or(submitted_at),
        }))
    }

    /// The workers who could look at a report, but for its reporter: who is on patrol by distance, then those of its grid, then those of
    /// its village, then the others of the township; of equals by code.
    ///
    /// # Errors
    /// As [`Service::candidates`].
    pub fn near_workers(&self, caller: &Caller, report: &ReportRef) -> Result<Vec<NearWorker>, ServiceError> {
        let (feed, id) = self.find(caller, report)?;
        let now = self.now();
        self.ledger.read(|tx| {
            let unit = tx.feed_by_no(feed)?.ok_or(ServiceError::NotFound("feed"))?.unit;
            let row = tx.reports(feed, &[id])?.pop();
            let row = row.ok_or(ServiceError::NotFound("report"))?;
            let (reporter, grid) = (row.reporter.clone(), row.scope.as_deref().and_then(grid_of));
            let here = self.hint_row(tx, row)?.and_then(|row| row.position);
            let (_, directory) = self.ledger.directory(tx)?;
            let village = grid.as_ref().and_then(|grid| directory.village_of(grid, now));
            let whereabouts = locked(&self.ledger.whereabouts).clone();
            let mut found: BTreeMap<PersonId, (u8, NearWorker)> = BTreeMap::new();
            for post in directory
                .posts(now)
                .filter(|post| post.role == Role::Worker && post.is_held(now))
            {
                if !directory.is_within(&post.unit, &unit, now) || post.person == reporter {
                    continue;
                }
                let heard = whereabouts
                    .get(&post.person)
                    .filter(|(at, _)| now.ms_since(*at) <= ON_PATROL_MS);
                let place = match (grid.as_ref(), village) {
                    (Some(grid), _) if *grid == post.unit => 0,
                    (_, Some(village)) if directory.is_within(&post.unit, &village.id, now) => 1,
                    _ => 2,
                };
                let worker = NearWorker {
                    person: post.person.clone(),
                    grid: post.unit.clone(),
                    distance_m: heard.zip(here).map(|((_, there), here)| here.distance_m(there)),
                    heard_at: heard.map(|(at, _)| *at),
                };
                // Who holds several posts counts by the nearest.
                if found.get(&post.person).is_none_or(|(held, _)| place < *held) {
                    found.insert(post.person.clone(), (place, worker));
                }
            }
            let mut found: Vec<_> = found.into_values().collect();
            let far = |worker: &NearWorker| worker.distance_m.unwrap_or(f64::INFINITY);
            found.sort_by(|(a_place, a), (b_place, b)| {
                far(a)
                    .total_cmp(&far(b))
                    .then_with(|| b.heard_at.is_some().cmp(&a.heard_at.is_some()))
                    .then_with(|| (a_place, &a.person).cmp(&(b_place, &b.person)))
            });
            Ok(found.into_iter().map(|(_, worker)| worker).collect())
        })
    }

    /// What was approved and what stands now, where words or pictures changed since; `None` where nothing was approved or nothing
    /// changed.
    ///
    /// # Errors
    /// As [`Service::candidates`].
    pub fn amendment(&self, caller: &Caller, report: &ReportRef) -> Result<Option<Amendment>, ServiceError> {
        let (feed, id) = self.find(caller, report)?;
        self.ledger.read(|tx| {
            let row = tx.reports(feed, &[id])?.pop();
            let row = row.ok_or(ServiceError::NotFound("report"))?;
            let mut open = OpenReport::open(&self.ledger, row)?;
            if open.is_erased() || open.row.changes == 0 {
                return Ok(None);
            }
            let heads = open.story(&self.ledger, tx)?.matter.as_ref();
            let Some(heads) = heads.and_then(|matter| matter.approved_heads.clone()) else {
                return Ok(None);
            };
            let document = open.document(tx)?;
            let (Ok(approved), Ok(now)) = (document.content_at(&heads), document.content()) else {
                return Ok(None);
            };
            Ok((approved != now).then_some(Amendment { approved, now }))
        })
    }

    /// The settled and the village-closed reports of the last `days` that nobody has rechecked, `count` of them drawn at random (抽查).
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a feed that the caller does not follow.
    pub fn draw_rechecks(
        &self,
        caller: &Caller,
        feed: &UnitId,
        days: u32,
        count: usize,
    ) -> Result<Vec<QueueRow>, ServiceError> {
        let now = self.now();
        let since = now.plus_ms(-i64::from(days) * 86_400_000);
        let feeds = self.feeds_of(caller)?;
        let unit = feeds.get(feed).ok_or(ServiceError::NotFound("feed"))?;
        self.ledger.read(|tx| {
            let feed = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
            let mut numbers = self.recent_all(tx, &feed, since)?;
            let mut drawn = Vec::new();
            while drawn.len() < count && !numbers.is_empty() {
                let place = self.ledger.draw(|rng| rng.random_range(0..numbers.len()));
                let number = numbers.swap_remove(place);
                for row in self.seen_rows(tx, caller, &feed, &[number])? {
                    let mut open = OpenReport::open(&self.ledger, row.clone())?;
                    let matter = open.story(&self.ledger, tx)?.matter.as_ref();
                    if matter.is_some_and(is_to_recheck) {
                        drawn.push(self.queue_row(row)?);
                    }
                }
            }
            Ok(drawn)
        })
    }
}

/// Whether a recheck may draw it: settled on the spot, or closed by grid or village, and not rechecked.
fn is_to_recheck(matter: &xunge_core::workflow::Matter) -> bool {
    use xunge_core::command::State;
    use xunge_core::directory::Level;
    let is_local = matches!(matter.closed_level, Some(Level::Grid | Level::Village));
    let is_settled = matter.is_settled && matches!(matter.state, State::Settled | State::Closed);
    matter.rechecked.is_none() && (is_settled || matter.state == State::Closed && is_local)
}

/// Where somebody was last heard of, by the server's receipt: kept in memory alone, and only while it is of use.
pub(crate) type Whereabouts = BTreeMap<PersonId, (Timestamp, Position)>;
