//! Lists: pages from the projection, with names from the directory as it is now.

use super::device::Context;
use super::{Device, LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX, ListQuery, Page, PageKey, ReportRow, Tab};
use crate::error::Error;
use crate::id::ReportId;
use crate::json;
use crate::store::{ListKey, StoreError, TabFilter};
use crate::workflow::{Holder, HolderPart};

impl From<Tab> for TabFilter {
    fn from(tab: Tab) -> Self {
        match tab {
            Tab::Mine => Self::Own,
            Tab::Todo => Self::Todo,
            Tab::Open => Self::Open,
            Tab::Finished => Self::Finished,
            Tab::All => Self::All,
        }
    }
}

impl Device {
    /// A page of a list, the latest first. A key that is none starts from the beginning.
    pub fn reports(&self, query: &ListQuery) -> Result<Page<ReportRow>, Error> {
        let limit = match query.limit {
            0 => LIST_LIMIT_DEFAULT,
            limit => limit.min(LIST_LIMIT_MAX),
        };
        let after = query.after.as_ref().and_then(read_key);
        self.read(|tx, context| {
            let mut lines = tx.list(query.tab.into(), after.as_ref(), limit + 1)?;
            let has_more = lines.len() > limit as usize;
            lines.truncate(limit as usize);
            let next = lines.last().filter(|_| has_more).map(|line| write_key(&line.key));
            let items = lines
                .iter()
                .map(|line| named(&line.row_json, context))
                .collect::<Result<_, _>>()?;
            Ok(Page { items, next })
        })
    }

    /// How many reports a list has.
    pub fn report_count(&self, tab: Tab) -> Result<u32, Error> {
        self.read(|tx, _| Ok(tx.count(tab.into())?))
    }

    /// The report with this readable code.
    pub fn report_by_code(&self, code: &str) -> Result<ReportId, Error> {
        self.read(|tx, _| tx.report_by_code(code)?.ok_or(Error::NotFound("report")))
    }
}

/// A stored line with its names.
pub(super) fn named(row_json: &str, context: &Context<'_>) -> Result<ReportRow, Error> {
    let mut row: ReportRow = json::read(row_json).map_err(|_| StoreError::Unreadable { what: "list row" })?;
    let (directory, now) = (context.directory, context.now());
    row.is_late = row.due_at.is_some_and(|due_at| due_at <= now);
    row.grid_name = row.grid.as_ref().map_or_else(String::new, |grid| {
        directory
            .last_known_unit(grid, now)
            .map_or_else(|| grid.to_string(), |unit| unit.name.clone())
    });
    row.category_name = row.category.as_ref().map_or_else(String::new, |id| {
        directory
            .category_newest(id)
            .map_or_else(|| id.to_string(), |category| category.name.clone())
    });
    row.reporter_name = row.reporter.as_ref().map_or_else(String::new, |id| {
        directory
            .last_known_person(id, now)
            .map_or_else(|| id.to_string(), |person| person.name.clone())
    });
    row.holder_name = match &row.holder {
        None => String::new(),
        Some(holder) if holder.part == HolderPart::Reporter => row.reporter_name.clone(),
        Some(holder) => holder_name(holder, context),
    };
    Ok(row)
}

/// The people who hold a report, else the unit: `王建国 (一网格)`.
fn holder_name(holder: &Holder, context: &Context<'_>) -> String {
    let people = super::report::holders(holder, context);
    let unit = context
        .directory
        .last_known_unit(&holder.unit, context.now())
        .map_or_else(|| holder.unit.to_string(), |unit| unit.name.clone());
    match people.first() {
        Some(first) if holder.part == HolderPart::Chief => format!("{} ({unit})", first.name),
        _ => unit,
    }
}

fn write_key(key: &ListKey) -> PageKey {
    PageKey(format!("{}.{}", key.sort_at_ms, key.report))
}

fn read_key(key: &PageKey) -> Option<ListKey> {
    let (at, report) = key.0.split_once('.')?;
    Some(ListKey {
        sort_at_ms: at.parse().ok()?,
        report: report.parse::<ReportId>().ok()?,
    })
}
