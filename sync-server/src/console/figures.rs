//! Figures for supervisors: what came in a time and what became of it, by village, grid, line or category. Each figure is a link to the
//! very reports behind it. Nobody is ranked: lines stand in the order of their names' codes, and no person stands on this page.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::Days;
use xunge_core::coverage::CoveragePeriod;
use xunge_core::id::{CategoryId, UnitId};

use super::address::Address;
use super::desk::{Desk, Frame};
use super::dress::render;
use super::names::Names;
use super::period::{self, PeriodBar};
use super::queue::day_start;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::service::{FigureBy, Figures, FiguresAnswer, FiguresQuery, OutcomeKind};

/// A figure with the way to its reports.
struct Figure {
    text: String,
    /// Of how many, in words.
    of: String,
    href: Option<String>,
    is_late: bool,
}

struct Line {
    name: String,
    /// The class of a category, where that is told.
    above: String,
    figures: Vec<Figure>,
}

struct By {
    href: String,
    name: &'static str,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresView {
    f: Frame,
    townships: Vec<Township>,
    period: PeriodBar,
    by: Vec<By>,
    by_name: &'static str,
    total: Vec<Line>,
    lines: Vec<Line>,
}

/// A township to choose.
struct Township {
    href: String,
    name: String,
    is_here: bool,
}

const BY: [(FigureBy, &str); 5] = [
    (FigureBy::Village, "village"),
    (FigureBy::Grid, "grid"),
    (FigureBy::Line, "line"),
    (FigureBy::Class, "class"),
    (FigureBy::Category, "category"),
];

/// The page.
pub(crate) async fn get_figures(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    if !desk.sees_coverage() {
        return Err(Problem::plain(ErrorCode::Forbidden));
    }
    let text = |name: &str| given.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
    let feed: Option<UnitId> = text("feed")
        .map(|text| text.parse().map_err(|_| Problem::field("feed", "not a code")))
        .transpose()?;
    let moments = desk.moments(feed.as_ref());
    let period = text("period").map(|text| {
        let parsed: Result<CoveragePeriod, _> = text.parse();
        parsed.map_err(|_| Problem::field("period", "no day, week or month"))
    });
    let this_month = CoveragePeriod::month_of(desk.now.day_in(moments.zone));
    let period = period.transpose()?.unwrap_or(this_month);
    let by = text("by").and_then(|name| BY.iter().find(|(_, known)| *known == name));
    let by = by.map_or(FigureBy::Village, |(by, _)| *by);
    let (first, last) = period.days();
    let query = FiguresQuery {
        feed: feed.or_else(|| desk.feeds.first().cloned()),
        from: day_start(first, moments.zone),
        until: day_start(last + Days::new(1), moments.zone),
        by,
    };
    let caller = desk.caller.clone();
    let answer = app
        .blocking(move |service| service.figures(&caller, &query))
        .await?;
    Ok(render(StatusCode::OK, &view(&desk, &answer, by, period)))
}

fn view(desk: &Desk, answer: &FiguresAnswer, by: FigureBy, period: CoveragePeriod) -> FiguresView {
    let b = desk.lang.board();
    let names = desk.names();
    let moments = desk.moments(Some(&answer.feed));
    let (first, last) = period.days();
    let by_name = BY
        .iter()
        .find(|(known, _)| *known == by)
        .map_or("", |(_, name)| name);
    let page = Address::new("/console/figures")
        .with("feed", answer.feed.to_string())
        .with("by", by_name);
    let reports = Address::new("/console/queue")
        .with("feed", answer.feed.to_string())
        .with("state", "all")
        .with("from", first.to_string())
        .with("to", last.to_string());
    let total = Line {
        name: names.unit(&answer.feed),
        above: String::new(),
        figures: figures(desk, &answer.total, answer, Some(&reports)),
    };
    let lines = answer.lines.iter().map(|line| {
        let narrowed = line.key.as_ref().map(|key| narrowed(&reports, by, key));
        Line {
            name: name_of(&names, b.by_none, by, line.key.as_deref()),
            above: above(&names, by, line.key.as_deref()),
            figures: figures(desk, &line.figures, answer, narrowed.as_ref()),
        }
    });
    let words = [b.by_village, b.by_grid, b.by_line, b.by_class, b.by_category];
    let with_period = page.with("period", period.to_string());
    FiguresView {
        townships: townships(desk, &with_period, &answer.feed),
        period: period::bar(&page, period, moments),
        by: BY
            .iter()
            .zip(words)
            .map(|((known, code), name)| By {
                href: with_period.with("by", *code).href(),
                name,
                is_here: *known == by,
            })
            .collect(),
        by_name: words[BY.iter().position(|(known, _)| *known == by).unwrap_or_default()],
        total: vec![total],
        lines: lines.collect(),
        f: desk.frame(),
    }
}

fn townships(desk: &Desk, address: &Address, here: &UnitId) -> Vec<Township> {
    if desk.feeds.len() < 2 {
        return Vec::new();
    }
    let names = desk.names();
    let township = |unit: &UnitId| Township {
        href: address.with("feed", unit.to_string()).href(),
        name: names.unit(unit),
        is_here: unit == here,
    };
    desk.feeds.iter().map(township).collect()
}

fn narrowed(reports: &Address, by: FigureBy, key: &str) -> Address {
    let name = match by {
        FigureBy::Village | FigureBy::Grid => "grid",
        FigureBy::Line => "line",
        FigureBy::Class | FigureBy::Category => "category",
    };
    reports.with(name, key)
}

fn name_of(names: &Names, none: &str, by: FigureBy, key: Option<&str>) -> String {
    let Some(key) = key else { return none.to_owned() };
    match by {
        FigureBy::Class | FigureBy::Category => {
            CategoryId::new(key).map_or_else(|_| key.to_owned(), |id| names.category(&id))
        }
        _ => UnitId::new(key).map_or_else(|_| key.to_owned(), |id| names.unit(&id)),
    }
}

fn above(names: &Names, by: FigureBy, key: Option<&str>) -> String {
    let id = key.filter(|_| by == FigureBy::Category).map(CategoryId::new);
    let class = id.and_then(Result::ok).and_then(|id| {
        let class = names.directory.category_class(&id, names.now)?;
        (class.id != id).then(|| class.name.clone())
    });
    class.unwrap_or_default()
}

/// The figures of a line in the order of the table's columns.
fn figures(desk: &Desk, sums: &Figures, answer: &FiguresAnswer, reports: Option<&Address>) -> Vec<Figure> {
    let b = desk.lang.board();
    let link = |kind: Option<OutcomeKind>| {
        let address = reports?;
        Some(match kind {
            Some(kind) => address.with("outcome", kind.name()).href(),
            None => address.href(),
        })
    };
    let count = |n: u64, kind: Option<OutcomeKind>, is_late: bool| Figure {
        text: n.to_string(),
        of: String::new(),
        href: (n > 0).then(|| link(kind)).flatten(),
        is_late: is_late && n > 0,
    };
    let share = |part: u64, whole: u64, kind: OutcomeKind| Figure {
        text: percent(part, whole),
        of: match whole {
            0 => String::new(),
            whole => b
                .figure_of
                .replace("{k}", &part.to_string())
                .replace("{n}", &whole.to_string()),
        },
        href: (part > 0).then(|| link(Some(kind))).flatten(),
        is_late: false,
    };
    let mut local = share(sums.disputes_local, sums.disputes_closed, OutcomeKind::Local);
    // Disputes alone are counted here; a link can name one class.
    let class = answer.disputes.first().filter(|_| answer.disputes.len() == 1);
    local.href = local.href.and_then(|_| {
        let address = reports?.with("category", class?.to_string());
        Some(address.with("outcome", OutcomeKind::Local.name()).href())
    });
    vec![
        count(sums.received, None, false),
        count(sums.overdue, Some(OutcomeKind::Overdue), true),
        share(sums.closed, sums.received, OutcomeKind::Closed),
        share(sums.on_time, sums.closed, OutcomeKind::OnTime),
        count(sums.closed_late, Some(OutcomeKind::ClosedLate), true),
        share(sums.reworked, sums.received, OutcomeKind::Reworked),
        share(
            sums.content,
            sums.content + sums.not_content,
            OutcomeKind::Content,
        ),
        count(sums.not_content, Some(OutcomeKind::NotContent), true),
        local,
    ]
}

fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "–".to_owned(),
        whole => format!("{:.1}%", part as f64 * 100.0 / whole as f64),
    }
}
