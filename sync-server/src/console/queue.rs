//! The queue: filters that are addresses, counts, pages, and the same list for what a search found.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use chrono_tz::Tz;
use xunge_core::command::State;
use xunge_core::directory::UnitKind;
use xunge_core::id::{CategoryId, UnitId};
use xunge_core::workflow::{action_words, state_words};

use super::batch::BULK;
use super::desk::{Desk, Frame};
use super::dress::{percent, render};
use super::moment::Moments;
use super::names::Names;
use super::report::is_room;
use super::words::Room;
use crate::ServiceError;
use crate::app::App;
use crate::problem::Problem;
use crate::service::{QueuePage, QueueQuery, SavedView};

mod picked;
mod points;
mod row;

use picked::Picked;
pub(crate) use picked::{day_start, outcome_words};
pub(crate) use points::{get_map, get_points};
pub(crate) use row::{Row, row_of, state_class};

/// Rows on a page: with 48 of them a page stays below 60 KB over the wire.
const ROWS: u32 = 48;

/// Hits that a search shows.
const HITS: usize = 100;

/// What the address asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Filter {
    feed: Option<UnitId>,
    /// `None`: everything that is open.
    shown: Shown,
    grid: Option<UnitId>,
    category: Option<CategoryId>,
    holder: Option<UnitId>,
    is_urgent: bool,
    cohort: Picked,
    sought: String,
    after: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Shown {
    #[default]
    Open,
    All,
    State(State),
}

/// The tabs in the order of a report's way through the room.
const TABS: [Shown; 12] = [
    Shown::Open,
    Shown::State(State::Queued),
    Shown::State(State::Accepted),
    Shown::State(State::Dispatched),
    Shown::State(State::Handling),
    Shown::State(State::FedBack),
    Shown::State(State::Submitted),
    Shown::State(State::Settled),
    Shown::State(State::Returned),
    Shown::State(State::Held),
    Shown::State(State::Closed),
    Shown::All,
];

struct Tab {
    href: String,
    name: String,
    count: Option<u64>,
    is_here: bool,
}

struct ViewLink {
    name: String,
    href: String,
    is_here: bool,
    /// What its button to drop it says.
    drop: String,
}

struct Choice {
    name: &'static str,
    label: &'static str,
    options: Vec<ChoiceOption>,
}

struct ChoiceOption {
    value: String,
    text: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueueView {
    f: Frame,
    is_search: bool,
    count_text: String,
    tabs: Vec<Tab>,
    choices: Vec<Choice>,
    state: &'static str,
    is_urgent: bool,
    /// What stands in the address beside the fields of the form, and in words.
    kept: Vec<(&'static str, String)>,
    picked: String,
    is_filtered: bool,
    map: String,
    /// Where the list may be taken as a file; none for who may not.
    export: Option<String>,
    unfiltered: String,
    r: &'static Room,
    /// The acts for many, for who sits in the room.
    bulk: Vec<BulkAct>,
    leads: Vec<Lead>,
    views: Vec<ViewLink>,
    query: String,
    can_bulk: bool,
    rows: Vec<Row>,
    empty_text: &'static str,
    next: Option<String>,
    first: Option<String>,
    events: String,
}

impl Shown {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::All => "all",
            Self::State(state) => state.as_str(),
        }
    }
}

impl Filter {
    pub(crate) fn parse(given: &BTreeMap<String, String>) -> Result<Self, Problem> {
        let text = |name: &str| given.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
        fn code<T: std::str::FromStr>(text: Option<&str>, field: &'static str) -> Result<Option<T>, Problem> {
            let parse = |text: &str| text.parse().map_err(|_| Problem::field(field, "not a code"));
            text.map(parse).transpose()
        }
        let shown = match text("state") {
            None | Some("open") => Shown::Open,
            Some("all") => Shown::All,
            Some(name) => {
                let state = State::ALL.iter().find(|state| state.as_str() == name);
                Shown::State(*state.ok_or_else(|| Problem::field("state", "no such state"))?)
            }
        };
        Ok(Self {
            feed: code(text("feed"), "feed")?,
            shown,
            grid: code(text("grid"), "grid")?,
            category: code(text("category"), "category")?,
            holder: code(text("holder"), "holder")?,
            is_urgent: text("urgent").is_some(),
            cohort: Picked::parse(given)?,
            sought: text("q").unwrap_or_default().to_owned(),
            after: text("after").map(str::to_owned),
        })
    }

    pub(crate) fn query(&self, zone: Tz) -> QueueQuery {
        let (state, is_open) = match self.shown {
            Shown::Open => (None, Some(true)),
            Shown::All => (None, None),
            Shown::State(state) => (Some(state), None),
        };
        QueueQuery {
            feed: self.feed.clone(),
            state,
            is_open,
            grid: self.grid.clone(),
            category: self.category.clone(),
            holder: self.holder.clone(),
            is_urgent: self.is_urgent.then_some(true),
            cohort: self.cohort.cohort(zone),
            after: self.after.clone(),
            limit: ROWS,
        }
    }

    /// The township that the address names.
    pub(crate) fn feed(&self) -> Option<&UnitId> {
        self.feed.as_ref()
    }

    /// Whether the tab shows reports of this state.
    pub(crate) fn wants(&self, state: State) -> bool {
        match self.shown {
            Shown::Open => state.is_open(),
            Shown::All => true,
            Shown::State(shown) => shown == state,
        }
    }

    /// What is picked, in words.
    pub(crate) fn words(&self, names: &Names, moments: Moments) -> String {
        self.cohort.words(names, moments)
    }

    pub(crate) fn href(&self) -> String {
        self.href_at("/console/queue")
    }

    /// The same filter for another page.
    fn href_at(&self, path: &str) -> String {
        let mut parts = Vec::new();
        let mut add = |name: &str, value: &str| parts.push(format!("{name}={}", percent(value)));
        if let Some(feed) = &self.feed {
            add("feed", feed.as_str());
        }
        if self.shown != Shown::Open {
            add("state", self.shown.name());
        }
        if let Some(grid) = &self.grid {
            add("grid", grid.as_str());
        }
        if let Some(category) = &self.category {
            add("category", category.as_str());
        }
        if let Some(holder) = &self.holder {
            add("holder", holder.as_str());
        }
        if self.is_urgent {
            add("urgent", "1");
        }
        for (name, value) in self.cohort.fields() {
            add(name, &value);
        }
        if !self.sought.is_empty() {
            add("q", &self.sought);
        }
        if let Some(after) = &self.after {
            add("after", after);
        }
        match parts.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{}", parts.join("&")),
        }
    }
}

/// A page of the queue, or what a search found.
pub(crate) async fn get_queue(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let filter = Filter::parse(&given)?;
    let caller = desk.caller.clone();
    let zone = desk.moments(filter.feed.as_ref()).zone;
    let asked = Filter {
        feed: filter.feed.clone().or_else(|| desk.feeds.first().cloned()),
        ..filter.clone()
    };
    let (page, counts) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            if !asked.sought.is_empty() {
                let page = service.search(&caller, asked.feed.as_ref(), &asked.sought, HITS)?;
                return Ok((page, BTreeMap::new()));
            }
            let page = service.queue(&caller, &asked.query(zone))?;
            let open = QueueQuery {
                state: None,
                is_open: Some(true),
                ..asked.query(zone)
            };
            Ok((page, service.queue_counts(&caller, &open)?))
        })
        .await?;
    let (caller, ids) = (
        desk.caller.clone(),
        page.rows.iter().map(|row| row.report).collect::<Vec<_>>(),
    );
    let (views, present) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            Ok((service.views(&caller)?, service.present(&ids)))
        })
        .await?;
    let mut view = view(&desk, &filter, page, &counts);
    view.views = links(&desk, &view.query, views);
    for row in &mut view.rows {
        let other = row.id.parse().ok().and_then(|id| present.get(&id));
        let other = other.filter(|person| **person != desk.session.person);
        row.handled = other.map(|person| view.r.handled_mark.replace("{p}", &desk.names().person(person)));
    }
    Ok(render(StatusCode::OK, &view))
}

fn links(desk: &Desk, query: &str, views: Vec<SavedView>) -> Vec<ViewLink> {
    let link = |view: SavedView| ViewLink {
        href: match view.query.is_empty() {
            true => "/console/queue".to_owned(),
            false => format!("/console/queue?{}", view.query),
        },
        is_here: view.query == query,
        drop: desk.lang.room().view_drop.replace("{x}", &view.name),
        name: view.name,
    };
    views.into_iter().map(link).collect()
}

fn view(desk: &Desk, filter: &Filter, page: QueuePage, counts: &BTreeMap<State, u64>) -> QueueView {
    let w = desk.lang.words();
    let is_search = !filter.sought.is_empty();
    let names = desk.names();
    let moments = desk.moments(filter.feed.as_ref());
    let rows: Vec<Row> = page
        .rows
        .iter()
        .map(|found| row_of(found, &names, moments))
        .collect();
    let count = match (is_search, filter.shown) {
        (false, Shown::Open) => Some(counts.values().sum()),
        (false, Shown::State(state)) if state.is_open() => {
            Some(counts.get(&state).copied().unwrap_or_default())
        }
        (true, _) => Some(rows.len() as u64),
        _ => None,
    };
    let count_text = count.map_or(String::new(), |n| w.count.replace("{n}", &n.to_string()));
    let plain = Filter {
        feed: filter.feed.clone(),
        shown: filter.shown,
        ..Filter::default()
    };
    let first = Filter {
        after: None,
        ..filter.clone()
    };
    let (bulk, leads) = for_many(desk, filter);
    QueueView {
        r: desk.lang.room(),
        bulk,
        leads,
        views: Vec::new(),
        query: first
            .href()
            .split_once('?')
            .map_or(String::new(), |(_, query)| query.to_owned()),
        can_bulk: is_room(desk) && !rows.is_empty(),
        is_search,
        count_text,
        tabs: tabs(desk, filter, counts),
        choices: choices(desk, filter),
        state: filter.shown.name(),
        is_urgent: filter.is_urgent,
        kept: filter.cohort.fields(),
        picked: filter.cohort.words(&names, moments),
        is_filtered: first != plain,
        map: first.href_at("/console/queue/map"),
        export: desk
            .sees_coverage()
            .then(|| first.href_at("/console/queue/export")),
        unfiltered: plain.href(),
        rows,
        empty_text: if is_search { w.search_none } else { w.queue_none },
        next: page.next.map(|after| {
            let next = Filter {
                after: Some(after),
                ..filter.clone()
            };
            next.href()
        }),
        first: filter.after.is_some().then(|| first.href()),
        events: "/console/events".to_owned(),
        f: Frame {
            sought: filter.sought.clone(),
            ..desk.frame()
        },
    }
}

/// An act's name and what people call it.
type BulkAct = (&'static str, &'static str);

/// A department's code and name.
type Lead = (String, String);

/// The acts that can be done for many, and the departments to which many can be dispatched.
fn for_many(desk: &Desk, filter: &Filter) -> (Vec<BulkAct>, Vec<Lead>) {
    let feed = filter.feed.as_ref().or_else(|| desk.feeds.first());
    let leads = feed.map_or(Vec::new(), |feed| desk.directory.departments_for(feed, desk.now));
    let act = |kind: &xunge_core::command::ActionKind| (kind.as_str(), desk.lang.pick(action_words(*kind)));
    let leads = leads.iter().map(|unit| (unit.id.to_string(), unit.name.clone()));
    (BULK.iter().map(act).collect(), leads.collect())
}

fn tabs(desk: &Desk, filter: &Filter, counts: &BTreeMap<State, u64>) -> Vec<Tab> {
    let w = desk.lang.words();
    let tab = |shown: &Shown| {
        let name = match shown {
            Shown::Open => w.tab_open.to_owned(),
            Shown::All => w.tab_all.to_owned(),
            Shown::State(state) => desk.lang.pick(state_words(*state)).to_owned(),
        };
        let target = Filter {
            shown: *shown,
            after: None,
            ..filter.clone()
        };
        Tab {
            href: target.href(),
            name,
            count: match shown {
                Shown::Open => Some(counts.values().sum()),
                Shown::State(state) if state.is_open() => {
                    Some(counts.get(state).copied().unwrap_or_default())
                }
                _ => None,
            },
            is_here: *shown == filter.shown,
        }
    };
    TABS.iter().map(tab).collect()
}

/// The lists to choose from: only where there is something to choose.
fn choices(desk: &Desk, filter: &Filter) -> Vec<Choice> {
    let (w, names) = (desk.lang.words(), desk.names());
    let feed = filter.feed.as_ref().or_else(|| desk.feeds.first());
    let choice = |name, label, chosen: Option<&str>, list: Vec<(String, String)>| {
        let any = (String::new(), w.filter_any.to_owned());
        let options = std::iter::once(any)
            .chain(list)
            .map(|(value, text)| ChoiceOption {
                is_chosen: chosen.unwrap_or_default() == value,
                value,
                text,
            });
        Choice {
            name,
            label,
            options: options.collect(),
        }
    };
    let mut found = Vec::new();
    if desk.feeds.len() > 1 {
        let list = desk.feeds.iter().map(|unit| (unit.to_string(), names.unit(unit)));
        let chosen = feed.map(UnitId::as_str);
        let mut townships = choice("feed", w.filter_feed, chosen, list.collect());
        townships.options.remove(0);
        found.push(townships);
    }
    let Some(feed) = feed else { return found };
    let grids = desk.directory.scope_grids(&desk.session.person, feed, desk.now);
    let list = grids.iter().map(|unit| (unit.to_string(), names.unit(unit)));
    if grids.len() > 1 {
        let chosen = filter.grid.as_ref().map(UnitId::as_str);
        found.push(choice("grid", w.filter_grid, chosen, list.collect()));
    }
    let kinds = desk
        .directory
        .categories_offered(desk.now)
        .into_iter()
        .map(|kind| {
            let class = desk.directory.category_class(&kind.id, desk.now);
            let class = class.filter(|class| class.id != kind.id);
            let text = class.map_or_else(
                || kind.name.clone(),
                |class| format!("{} / {}", class.name, kind.name),
            );
            (kind.id.to_string(), text)
        });
    let chosen = filter.category.as_ref().map(CategoryId::as_str);
    found.push(choice("category", w.filter_category, chosen, kinds.collect()));
    let mut holders = vec![(feed.to_string(), names.unit(feed))];
    let departments = desk.directory.departments_for(feed, desk.now);
    holders.extend(
        departments
            .iter()
            .map(|unit| (unit.id.to_string(), unit.name.clone())),
    );
    let villages = desk
        .directory
        .units(desk.now)
        .filter(|unit| unit.kind == UnitKind::Village && desk.directory.is_within(&unit.id, feed, desk.now));
    holders.extend(villages.map(|unit| (unit.id.to_string(), unit.name.clone())));
    let chosen = filter.holder.as_ref().map(UnitId::as_str);
    found.push(choice("holder", w.filter_holder, chosen, holders));
    found
}
