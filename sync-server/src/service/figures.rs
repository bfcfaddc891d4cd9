//! Figures of a township: how many reports came in a time, and what became of them, by village, grid, line or category. Never by person.
//!
//! Each figure counts reports by the same predicates with which a list is narrowed, so that a list of exactly these reports stands
//! behind it. What was withdrawn, void or merged is not counted.

use std::collections::BTreeMap;

use xunge_core::command::State;
use xunge_core::directory::Directory;
use xunge_core::id::{CategoryId, UnitId};
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::project;
use crate::ledger::scope::grid_of;
use crate::store::{FigureRow, OutcomeKind};

/// By what figures are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FigureBy {
    /// By village.
    #[default]
    Village,
    /// By grid.
    Grid,
    /// By the unit that leads, or led last (条线).
    Line,
    /// By the first level of categories.
    Class,
    /// By category.
    Category,
}

/// What to count: reports handed in from the first instant on and before the second.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FiguresQuery {
    /// The township; `None` takes the caller's own.
    pub feed: Option<UnitId>,
    /// From when.
    pub from: Timestamp,
    /// Until when (exclusive).
    pub until: Timestamp,
    /// By what.
    pub by: FigureBy,
}

/// Counts of reports. Shares are made of these by whoever shows them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figures {
    /// All of them.
    pub received: u64,
    /// Of these closed.
    pub closed: u64,
    /// Closed in time.
    pub on_time: u64,
    /// Closed too late.
    pub closed_late: u64,
    /// Open, and late now.
    pub overdue: u64,
    /// Sent back at least once.
    pub reworked: u64,
    /// Called back and content.
    pub content: u64,
    /// Called back and not content.
    pub not_content: u64,
    /// Closed disputes.
    pub disputes_closed: u64,
    /// Disputes closed below the county.
    pub disputes_local: u64,
}

/// Figures of one village, grid, line or category.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FigureLine {
    /// Its code; `None` for what belongs to none (not dispatched yet, a grid outside all villages).
    pub key: Option<String>,
    /// The counts.
    pub figures: Figures,
}

/// Figures of a township.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FiguresAnswer {
    /// The township.
    pub feed: UnitId,
    /// All together.
    pub total: Figures,
    /// By code.
    pub lines: Vec<FigureLine>,
    /// The classes of disputes, whose resolution below the county is counted.
    pub disputes: Vec<CategoryId>,
}

/// What a class of disputes is called in every township's tree (矛盾纠纷).
const DISPUTES: &str = "纠纷";

impl Service {
    /// The figures of what the caller may see by grid.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a feed that the caller does not follow.
    pub fn figures(&self, caller: &Caller, query: &FiguresQuery) -> Result<FiguresAnswer, ServiceError> {
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        let unit = query.feed.as_ref().map_or(feeds.first(), |feed| feeds.get(feed));
        let unit = unit.ok_or(ServiceError::NotFound("feed"))?;
        self.ledger.read(|tx| {
            let feed = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
            let (_, directory) = self.ledger.directory(tx)?;
            let scope = self.reader(tx, caller, &feed, now)?;
            let rows = tx.figures(feed.no, &scope.keys, query.from, query.until)?;
            let disputes = dispute_classes(&directory, now);
            let mut keys = Keys::new(&directory, query.by, now);
            let mut total = Figures::default();
            let mut lines: BTreeMap<Option<String>, Figures> = BTreeMap::new();
            for row in &rows {
                if matches!(
                    project::state_of(row.state),
                    State::Draft | State::Withdrawn | State::Void | State::Merged
                ) {
                    continue;
                }
                let class = row.category.as_deref().and_then(|id| keys.class(id));
                let is_dispute = class.is_some_and(|class| disputes.contains(&class));
                let line = lines.entry(keys.key(row)).or_default();
                for sum in [line, &mut total] {
                    sum.add(row, is_dispute, now);
                }
            }
            let line = |(key, figures)| FigureLine { key, figures };
            Ok(FiguresAnswer {
                feed: feed.unit,
                total,
                lines: lines.into_iter().map(line).collect(),
                disputes,
            })
        })
    }
}

fn dispute_classes(directory: &Directory, now: Timestamp) -> Vec<CategoryId> {
    let classes = directory
        .categories(now)
        .filter(|category| category.parent.is_none());
    let disputes = classes.filter(|class| class.name.contains(DISPUTES));
    disputes.map(|class| class.id.clone()).collect()
}

impl Figures {
    fn add(&mut self, row: &FigureRow, is_dispute: bool, now: Timestamp) {
        let is = |kind: OutcomeKind| u64::from(kind.holds(&row.outcome, row.due_at, now));
        self.received += 1;
        self.closed += is(OutcomeKind::Closed);
        self.on_time += is(OutcomeKind::OnTime);
        self.closed_late += is(OutcomeKind::ClosedLate);
        self.overdue += is(OutcomeKind::Overdue);
        self.reworked += is(OutcomeKind::Reworked);
        self.content += is(OutcomeKind::Content);
        self.not_content += is(OutcomeKind::NotContent);
        if is_dispute {
            self.disputes_closed += is(OutcomeKind::Closed);
            self.disputes_local += is(OutcomeKind::Local);
        }
    }
}

/// Where reports belong, looked up once for each grid and category.
struct Keys<'a> {
    directory: &'a Directory,
    by: FigureBy,
    now: Timestamp,
    villages: BTreeMap<UnitId, Option<String>>,
    classes: BTreeMap<String, Option<CategoryId>>,
}

impl<'a> Keys<'a> {
    fn new(directory: &'a Directory, by: FigureBy, now: Timestamp) -> Self {
        Self {
            directory,
            by,
            now,
            villages: BTreeMap::new(),
            classes: BTreeMap::new(),
        }
    }

    fn key(&mut self, row: &FigureRow) -> Option<String> {
        match self.by {
            FigureBy::Grid => grid_of(&row.scope).map(|grid| grid.to_string()),
            FigureBy::Village => self.village(&grid_of(&row.scope)?),
            FigureBy::Line => row.outcome.lead.as_ref().map(ToString::to_string),
            FigureBy::Category => row.category.clone(),
            FigureBy::Class => self
                .class(row.category.as_deref()?)
                .map(|class| class.to_string()),
        }
    }

    fn village(&mut self, grid: &UnitId) -> Option<String> {
        if let Some(known) = self.villages.get(grid) {
            return known.clone();
        }
        // A grid that ended belongs where it lay last.
        let at = self.directory.last_known_unit(grid, self.now);
        let village = self
            .directory
            .village_of(grid, self.now)
            .map(|v| v.id.to_string());
        let village = village.or_else(|| at.and_then(|unit| unit.parent.as_ref().map(ToString::to_string)));
        self.villages.insert(grid.clone(), village.clone());
        village
    }

    fn class(&mut self, category: &str) -> Option<CategoryId> {
        if let Some(known) = self.classes.get(category) {
            return known.clone();
        }
        let id = CategoryId::new(category).ok();
        let class = id
            .as_ref()
            .and_then(|id| self.directory.category_class(id, self.now));
        let class = class.map(|class| class.id.clone());
        self.classes.insert(category.to_owned(), class.clone());
        class
    }
}
