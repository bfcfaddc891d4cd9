//! The township's queue: a page of reports by state, grid, category or holder.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use xunge_core::command::{Holder, HolderPart, State, Urgency};
use xunge_core::directory::{Directory, Level};
use xunge_core::id::{CategoryId, PersonId, ReportId, UnitId};
use xunge_core::place::Position;
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::open_report::OpenReport;
use crate::ledger::project::{self, DueStage};
use crate::ledger::scope::{ReaderScope, grid_of, keys_of};
use crate::store::{Cohort, FeedState, QueueFilter, ReadTx, ReportNo, ReportRow, flag};

/// What to list. Filters that are `None` let everything through.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QueueQuery {
    /// The township; `None` takes the caller's own.
    pub feed: Option<UnitId>,
    /// The state.
    pub state: Option<State>,
    /// Only what is (or is not) open: somebody still has something to do.
    pub is_open: Option<bool>,
    /// The grid to which the matter belongs, or a unit above it.
    pub grid: Option<UnitId>,
    /// The category as classified, or a class above it.
    pub category: Option<CategoryId>,
    /// The unit that holds it.
    pub holder: Option<UnitId>,
    /// Only what is urgent.
    pub is_urgent: Option<bool>,
    /// By receipt, lead and outcome. The instant in it is the server's own.
    pub cohort: Cohort,
    /// The page after this one.
    pub after: Option<String>,
    /// Rows on a page; 0 takes the default.
    pub limit: u32,
}

/// One report in a list.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct QueueRow {
    /// The report.
    pub report: ReportId,
    /// Its code.
    pub code: String,
    /// Its title (category and place); empty where it was erased.
    pub title: String,
    /// The state.
    pub state: State,
    /// The level that holds it.
    pub level: Level,
    /// The grid to which it belongs.
    pub grid: Option<UnitId>,
    /// The category as classified.
    pub category: Option<CategoryId>,
    /// How pressing it is.
    pub urgency: Urgency,
    /// Who reported it.
    pub reporter: PersonId,
    /// Who holds it.
    pub holder: Option<Holder>,
    /// Since when.
    pub held_since: Option<Timestamp>,
    /// When it was handed in.
    pub submitted_at: Option<Timestamp>,
    /// The nearest deadline, where one runs.
    pub due_at: Option<Timestamp>,
    /// What is to be done by then.
    pub due_stage: Option<DueStage>,
    /// Pictures and voice notes: how many the report names.
    pub attachments_named: u32,
    /// … and how many of their bytes are on the server.
    pub attachments_stored: u32,
    /// Whether it passed by its chief (未经网格长同意).
    pub is_passed_by: bool,
    /// Whether words changed after they were approved.
    pub is_amended: bool,
    /// Where it is claimed to be: for maps, not for lists that leave the server.
    #[serde(skip)]
    pub position: Option<Position>,
}

/// A page of the queue: urgent first, then longest held first. Without a state all states are listed together.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct QueuePage {
    /// The rows.
    pub rows: Vec<QueueRow>,
    /// What to pass as `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

impl QueueQuery {
    pub(super) fn wants(&self, state: State) -> bool {
        self.state.is_none_or(|wanted| wanted == state)
            && self.is_open.is_none_or(|is_open| state.is_open() == is_open)
    }

    /// Where to look, with units and classes as the directory knows them.
    pub(super) fn narrow(&self, scope: &ReaderScope, directory: &Directory, now: Timestamp) -> Narrowed {
        let scopes = match &self.grid {
            None => scope.keys.clone(),
            Some(unit) => {
                let mut grids = directory.grids_ever_under(unit, now);
                grids.insert(unit.clone());
                let keys = grids.iter().flat_map(keys_of);
                keys.filter(|key| scope.has_key(key)).collect()
            }
        };
        let mut categories = Vec::new();
        if let Some(wanted) = &self.category {
            let is_under = |id: &CategoryId| {
                let class = directory.category_class(id, now);
                class.is_some_and(|class| class.id == *wanted)
            };
            let known = directory.categories(now).map(|category| &category.id);
            categories.push(wanted.to_string());
            categories.extend(
                known
                    .filter(|id| *id != wanted && is_under(id))
                    .map(ToString::to_string),
            );
        }
        Narrowed {
            scopes,
            categories,
            cohort: Cohort {
                now,
                ..self.cohort.clone()
            },
        }
    }

    pub(super) fn filter(&self, state: State, narrowed: &Narrowed) -> QueueFilter {
        QueueFilter {
            state: project::state_number(state),
            scopes: narrowed.scopes.clone(),
            categories: narrowed.categories.clone(),
            cohort: narrowed.cohort.clone(),
            holder: self.holder.clone(),
            rank: self.is_urgent.map(|is_urgent| u8::from(!is_urgent)),
            after: None,
            limit: 0,
        }
    }
}

/// A query as rows are looked for.
pub(super) struct Narrowed {
    pub(super) scopes: Vec<String>,
    categories: Vec<String>,
    cohort: Cohort,
}

impl Service {
    /// How many reports the caller may see in each state, under the filters of the query besides its state and page. States without any
    /// are left out.
    ///
    /// # Errors
    /// As [`Service::queue`].
    pub fn queue_counts(
        &self,
        caller: &Caller,
        query: &QueueQuery,
    ) -> Result<BTreeMap<State, u64>, ServiceError> {
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        let unit = query.feed.as_ref().map_or(feeds.first(), |feed| feeds.get(feed));
        let unit = unit.ok_or(ServiceError::NotFound("feed"))?;
        let query = QueueQuery {
            state: None,
            ..query.clone()
        };
        self.ledger.read(|tx| {
            let feed = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
            let scope = self.reader(tx, caller, &feed, now)?;
            let (_, directory) = self.ledger.directory(tx)?;
            let narrowed = query.narrow(&scope, &directory, now);
            let scopes = &narrowed.scopes;
            let mut counts = BTreeMap::new();
            for state in State::ALL.iter().filter(|s| query.wants(**s)) {
                let filter = query.filter(*state, &narrowed);
                let count = match scopes.is_empty() {
                    true => 0,
                    false => tx.queue_count(feed.no, &filter)?,
                };
                counts.insert(*state, count);
            }
            for row in self.granted_rows(tx, &feed, &scope, &query, &narrowed)? {
                let is_counted = row.scope.as_ref().is_some_and(|key| scopes.contains(key));
                if !is_counted {
                    *counts.entry(project::state_of(row.state)).or_default() += 1;
                }
            }
            counts.retain(|_, count| *count > 0);
            Ok(counts)
        })
    }

    /// Lists reports that the caller may see.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a feed that the caller does not follow, [`ServiceError::BadRequest`] for an `after` of no page.
    pub fn queue(&self, caller: &Caller, query: &QueueQuery) -> Result<QueuePage, ServiceError> {
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        let unit = match &query.feed {
            Some(feed) => feeds.get(feed),
            None => feeds.first(),
        };
        let unit = unit.ok_or(ServiceError::NotFound("feed"))?;
        let after = query.after.as_deref().map(parse_after).transpose()?;
        let limit = match query.limit {
            0 => DEFAULT_ROWS,
            limit => limit.min(self.ledger.limits.queue_rows),
        };
        self.ledger.read(|tx| {
            let feed = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
            let scope = self.reader(tx, caller, &feed, now)?;
            let (_, directory) = self.ledger.directory(tx)?;
            let narrowed = query.narrow(&scope, &directory, now);
            let mut found = self.granted_rows(tx, &feed, &scope, query, &narrowed)?;
            for state in State::ALL.iter().filter(|s| query.wants(**s)) {
                if narrowed.scopes.is_empty() {
                    break;
                }
                let filter = QueueFilter {
                    after,
                    limit: limit + 1,
                    ..query.filter(*state, &narrowed)
                };
                found.extend(tx.queue(feed.no, &filter)?);
            }
            found.retain(|row| after.is_none_or(|after| place(row) > after));
            found.sort_by_key(place);
            found.dedup_by_key(|row| row.no);
            let is_more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let next = found.last().filter(|_| is_more).map(|row| after_text(place(row)));
            let rows = found.into_iter().map(|row| self.queue_row(row));
            Ok(QueuePage {
                rows: rows.collect::<Result<_, _>>()?,
                next,
            })
        })
    }

    /// Reports outside the caller's grids that were granted to him or that he began.
    pub(super) fn granted_rows(
        &self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        scope: &ReaderScope,
        query: &QueueQuery,
        narrowed: &Narrowed,
    ) -> Result<Vec<ReportRow>, ServiceError> {
        let mut rows = tx.reports_granted(feed.no, &scope.person, &scope.holders, None, GRANTED_ROWS)?;
        let is_wanted = |category: &Option<String>| {
            let known = category.as_ref().is_some_and(|c| narrowed.categories.contains(c));
            known || query.category.is_none()
        };
        // A grid that is asked for need not be the reader's own where the report was granted singly.
        let is_there = |row: &ReportRow| {
            let grid = row.scope.as_deref().and_then(grid_of);
            grid == query.grid
                || row
                    .scope
                    .as_ref()
                    .is_some_and(|key| narrowed.scopes.contains(key))
        };
        rows.retain(|row| {
            row.scope.is_some()
                && query.wants(project::state_of(row.state))
                && (query.grid.is_none() || is_there(row))
                && is_wanted(&row.category)
                && narrowed.cohort.holds(row)
                && query
                    .holder
                    .as_ref()
                    .is_none_or(|h| row.holder.as_ref().is_some_and(|(u, _)| u == h))
                && query.is_urgent.is_none_or(|u| (row.rank == 0) == u)
        });
        Ok(rows)
    }

    /// What the caller may see of a feed.
    pub(super) fn reader(
        &self,
        tx: &mut dyn ReadTx,
        caller: &Caller,
        feed: &FeedState,
        now: Timestamp,
    ) -> Result<Arc<ReaderScope>, ServiceError> {
        match caller.person() {
            _ if matches!(caller, Caller::Operator { .. }) => {
                let (_, directory) = self.ledger.directory(tx)?;
                Ok(Arc::new(ReaderScope::all(&directory, &feed.unit, now)))
            }
            Some(person) => self.ledger.scope(tx, person, feed, now),
            None => Err(ServiceError::Forbidden("the caller names no person")),
        }
    }

    /// The line that lists show.
    pub(super) fn queue_row(&self, row: ReportRow) -> Result<QueueRow, ServiceError> {
        let open = OpenReport::open(&self.ledger, row)?;
        let position = open.summary.position();
        let row = open.row;
        let part = |number: u8| PARTS.get(usize::from(number)).copied();
        Ok(QueueRow {
            report: row.report,
            code: row.code,
            title: open.summary.title,
            state: project::state_of(row.state),
            level: LEVELS.get(usize::from(row.level)).copied().unwrap_or(Level::Grid),
            grid: row.scope.as_deref().and_then(grid_of),
            category: row.category.and_then(|c| CategoryId::new(c).ok()),
            urgency: if row.rank == 0 {
                Urgency::Urgent
            } else {
                Urgency::Normal
            },
            reporter: row.reporter,
            holder: row.holder.and_then(|(unit, number)| {
                Some(Holder {
                    unit,
                    part: part(number)?,
                })
            }),
            held_since: row.submitted_at.map(|_| row.held_since),
            submitted_at: row.submitted_at,
            due_at: row.due_at,
            due_stage: project::stage_of(row.flags),
            attachments_named: row.attachments_named,
            attachments_stored: row.attachments_stored,
            is_passed_by: row.flags & flag::PASSED_BY != 0,
            is_amended: row.flags & flag::AMENDED != 0,
            position,
        })
    }
}

/// Rows on a page where nothing else is asked for.
const DEFAULT_ROWS: u32 = 50;

/// Reports that may be granted singly before a list leaves the rest out: a department's open work in one township is far below.
const GRANTED_ROWS: u32 = 20_000;

/// Levels by their numbers.
const LEVELS: [Level; 4] = [Level::Grid, Level::Village, Level::Township, Level::County];

/// Parts by their numbers.
const PARTS: [HolderPart; 5] = [
    HolderPart::Reporter,
    HolderPart::Chief,
    HolderPart::Room,
    HolderPart::Department,
    HolderPart::Nobody,
];

type Place = (u8, Timestamp, ReportNo);

fn place(row: &ReportRow) -> Place {
    (row.rank, row.held_since, row.no)
}

fn after_text((rank, since, no): Place) -> String {
    format!("{rank}.{}.{}", since.as_millis(), no.0)
}

fn parse_after(text: &str) -> Result<Place, ServiceError> {
    let mut parts = text.split('.');
    let mut next = || parts.next()?.parse::<i64>().ok();
    let place = (|| {
        let rank = u8::try_from(next()?).ok()?;
        Some((rank, Timestamp(next()?), ReportNo(next()?)))
    })();
    place.ok_or_else(|| ServiceError::BadRequest("`after` is not the end of a page".into()))
}
