//! 指令: an order of the room to chosen grids, with a deadline; who received it, who answered, and whom to call.
//!
//! An order is a report of the room's for each grid, dispatched to it with the deadline. So it reaches phones, is signed and answered
//! offline, and is reviewed like everything else; what is kept here is only which reports belong together.

use serde::{Deserialize, Serialize};
use xunge_core::command::{Action, Assignment, ORDER_CODE, Outcome, Reason};
use xunge_core::directory::{Directory, Role};
use xunge_core::id::{CategoryId, CommandId, PersonId, ReportId, UnitId};
use xunge_core::report::Source;
use xunge_core::time::Timestamp;
use xunge_core::workflow::AssignmentProgress;

use super::{ActRequest, Caller, Entered, Entry, ReportRef, Service};
use crate::ServiceError;
use crate::store::FeedNo;

/// The most grids of one order.
const GRIDS_MAX: usize = 200;

/// Orders that are kept in the list of a township.
const KEPT_MAX: usize = 500;

/// What is ordered.
#[derive(Clone, PartialEq, Debug)]
pub struct NewOrder {
    /// The township.
    pub feed: UnitId,
    /// The grids.
    pub grids: Vec<UnitId>,
    /// The category under which it runs.
    pub category: CategoryId,
    /// What is to be done.
    pub text: String,
    /// Until when.
    pub due_at: Timestamp,
    /// Names the form, so that it orders once however often it is sent.
    pub id: CommandId,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Kept {
    id: CommandId,
    by: PersonId,
    at: Timestamp,
    due_at: Timestamp,
    reports: Vec<(UnitId, ReportId)>,
}

/// How far an order has come at one grid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderProgress {
    /// No phone of the grid has been heard of since.
    NotReceived,
    /// A phone of the grid has fetched it.
    Received,
    /// The chief signed it.
    Signed,
    /// It was answered.
    Answered,
    /// It has ended.
    Closed,
}

/// An order at one grid.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OrderLine {
    /// The grid.
    pub grid: UnitId,
    /// The report that carries it.
    pub report: ReportId,
    /// How far it has come.
    pub progress: OrderProgress,
    /// Whom to call: name and number of those who answer for the grid.
    pub contacts: Vec<(String, Option<String>)>,
}

/// An order.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Order {
    /// Its name.
    pub id: CommandId,
    /// What is to be done.
    pub text: String,
    /// Who ordered it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub due_at: Timestamp,
    /// How far it has come, by grid.
    pub lines: Vec<OrderLine>,
}

fn key(feed: FeedNo) -> String {
    format!("orders.{}", feed.0)
}

impl Service {
    /// Orders something of chosen grids.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who does not sit in the room, [`ServiceError::BadRequest`] without a grid, or with one that lies
    /// elsewhere or that nobody answers for.
    pub fn order(&self, caller: &Caller, new: &NewOrder) -> Result<CommandId, ServiceError> {
        let now = self.now();
        let feed = self.order_feed(caller, &new.feed)?;
        if self.orders_kept(feed)?.iter().any(|kept| kept.id == new.id) {
            return Ok(new.id);
        }
        let directory = self.directory()?;
        let is_good = |grid: &UnitId| {
            let is_here = directory.is_within(grid, &new.feed, now);
            is_here && !directory.chiefs_of(grid, now).is_empty()
        };
        if new.grids.is_empty() || new.grids.len() > GRIDS_MAX || !new.grids.iter().all(is_good) {
            return Err(ServiceError::BadRequest(
                "the order names no grid that somebody answers for".into(),
            ));
        }
        let by = caller
            .person()
            .cloned()
            .ok_or(ServiceError::Forbidden("the act must name a person"))?;
        let mut reports = Vec::new();
        for grid in &new.grids {
            reports.push((grid.clone(), self.order_one(caller, new, grid)?));
        }
        let kept = Kept {
            id: new.id,
            by,
            at: now,
            due_at: new.due_at,
            reports,
        };
        self.ledger.write_beside(|tx| {
            let mut all = kept_in(tx.meta_to_change(&key(feed))?)?;
            all.insert(0, kept.clone());
            all.truncate(KEPT_MAX);
            let json = serde_json::to_vec(&all).expect("orders are JSON");
            Ok(tx.meta_put(&key(feed), &json)?)
        })?;
        Ok(new.id)
    }

    /// The report of one grid: entered, accepted, and dispatched with the deadline.
    fn order_one(&self, caller: &Caller, new: &NewOrder, grid: &UnitId) -> Result<ReportId, ServiceError> {
        let entry = Entry {
            feed: Some(new.feed.clone()),
            category: Some(new.category.clone()),
            grid: Some(grid.clone()),
            description: new.text.clone(),
            source: Source::OtherSystem,
            ..Entry::default()
        };
        let report = match self.enter(caller, &entry)? {
            Entered::Report(report) => report,
            other => {
                return Err(ServiceError::BadRequest(format!(
                    "the order was not taken: {other:?}"
                )));
            }
        };
        let assignment = Assignment {
            due_at: Some(new.due_at),
            ..Assignment::lead(grid.clone())
        };
        for action in [Action::Accept, Action::Dispatch { to: vec![assignment] }] {
            let reason = matches!(action, Action::Dispatch { .. }).then(|| Reason {
                code: Some(format!("{ORDER_CODE}{}", new.id)),
                text: String::new(),
                voice: None,
            });
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
            let done = self.act(caller, &request)?;
            if done.outcome != Outcome::Accepted {
                return Err(ServiceError::BadRequest(format!(
                    "the order was refused: {:?}",
                    done.outcome
                )));
            }
        }
        Ok(report)
    }

    /// The orders of a township, the newest first, with how far each has come.
    ///
    /// # Errors
    /// As [`Service::order`].
    pub fn orders(&self, caller: &Caller, feed: &UnitId, limit: usize) -> Result<Vec<Order>, ServiceError> {
        let feed_no = self.order_feed(caller, feed)?;
        let kept = self.orders_kept(feed_no)?;
        kept.iter()
            .take(limit)
            .map(|kept| self.order_of(caller, kept))
            .collect()
    }

    fn order_of(&self, caller: &Caller, kept: &Kept) -> Result<Order, ServiceError> {
        let (directory, installs) = (self.directory()?, self.installs(None)?);
        let mut text = String::new();
        let mut lines = Vec::new();
        for (grid, report) in &kept.reports {
            let story = self.report_story(caller, &ReportRef::Id(*report), None)?;
            if let Some(content) = story.content.as_ref().filter(|_| text.is_empty()) {
                text.clone_from(&content.description);
            }
            let people = self.answering(&directory, grid);
            let is_heard = installs
                .iter()
                .filter(|install| install.revoked_at.is_none() && people.contains(&install.person))
                .any(|install| install.last_sync_at.is_some_and(|at| at >= kept.at));
            let part = story.matter.as_ref().and_then(|matter| matter.assignment(grid));
            let is_open = story.row.state.is_open();
            let progress = match part.map(|part| part.progress) {
                _ if !is_open => OrderProgress::Closed,
                Some(AssignmentProgress::FedBack) => OrderProgress::Answered,
                Some(AssignmentProgress::Signed) => OrderProgress::Signed,
                _ if is_heard => OrderProgress::Received,
                _ => OrderProgress::NotReceived,
            };
            let now = self.now();
            let contact = |id: &PersonId| {
                let person = directory.last_known_person(id, now)?;
                Some((person.name.clone(), person.telephone.clone()))
            };
            lines.push(OrderLine {
                grid: grid.clone(),
                report: *report,
                progress,
                contacts: people.iter().filter_map(contact).collect(),
            });
        }
        Ok(Order {
            id: kept.id,
            text,
            by: kept.by.clone(),
            at: kept.at,
            due_at: kept.due_at,
            lines,
        })
    }

    /// Who answers for a grid: its chiefs, then its workers.
    fn answering(&self, directory: &Directory, grid: &UnitId) -> Vec<PersonId> {
        let now = self.now();
        let chiefs = directory.chiefs_of(grid, now);
        let workers = directory.holders(grid, Role::Worker, now);
        let mut people: Vec<PersonId> = Vec::new();
        for post in chiefs.into_iter().chain(workers) {
            if !people.contains(&post.person) {
                people.push(post.person.clone());
            }
        }
        people
    }

    fn orders_kept(&self, feed: FeedNo) -> Result<Vec<Kept>, ServiceError> {
        kept_in(self.ledger.read(|tx| Ok(tx.meta(&key(feed))?))?)
    }

    /// The feed of a township in whose room the caller sits.
    fn order_feed(&self, caller: &Caller, feed: &UnitId) -> Result<FeedNo, ServiceError> {
        let now = self.now();
        let person = caller
            .person()
            .ok_or(ServiceError::Forbidden("the act must name a person"))?;
        let directory = self.directory()?;
        let is_room = directory
            .posts_of(person, now)
            .iter()
            .any(|post| post.role.is_room() && post.unit == *feed);
        if !is_room || matches!(caller, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("only the township's room gives orders"));
        }
        self.ledger
            .read(|tx| Ok(tx.feed(feed)?.ok_or(ServiceError::NotFound("feed"))?.no))
    }
}

/// The orders in a value of the store.
fn kept_in(bytes: Option<Vec<u8>>) -> Result<Vec<Kept>, ServiceError> {
    let Some(bytes) = bytes else { return Ok(Vec::new()) };
    serde_json::from_slice(&bytes).map_err(|_| ServiceError::Damaged("the orders".into()))
}
