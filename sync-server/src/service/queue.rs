//! The township's queue: a page of reports by state, grid, category or holder.

use serde::Serialize;
use xunge_core::command::{Holder, State, Urgency};
use xunge_core::directory::Level;
use xunge_core::id::{CategoryId, PersonId, ReportId, UnitId};
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;

/// What to list. Filters that are `None` let everything through.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QueueQuery {
    /// The township; `None` takes the caller's own.
    pub feed: Option<UnitId>,
    /// The state.
    pub state: Option<State>,
    /// The grid to which the matter belongs.
    pub grid: Option<UnitId>,
    /// The category as classified.
    pub category: Option<CategoryId>,
    /// The unit that holds it.
    pub holder: Option<UnitId>,
    /// Only what is urgent.
    pub is_urgent: Option<bool>,
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
    /// When the clock of the present holder ends, where one runs.
    pub due_at: Option<Timestamp>,
    /// Pictures and voice notes: how many the report names.
    pub attachments_named: u32,
    /// … and how many of their bytes are on the server.
    pub attachments_stored: u32,
    /// Whether it passed by its chief (未经网格长同意).
    pub is_passed_by: bool,
    /// Whether words changed after they were approved.
    pub is_amended: bool,
}

/// A page of the queue: urgent first, then longest held first.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct QueuePage {
    /// The rows.
    pub rows: Vec<QueueRow>,
    /// What to pass as `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

impl Service {
    /// Lists reports that the caller may see.
    pub fn queue(&self, caller: &Caller, query: &QueueQuery) -> Result<QueuePage, ServiceError> {
        let (_, _) = (caller, query);
        Err(ServiceError::Forbidden("not served yet"))
    }
}
