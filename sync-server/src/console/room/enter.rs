//! 登记: reports from telephone, visitor, paper or hotline, entered at the desk. The category is chosen first, because it declares fields.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::command::Urgency;
use xunge_core::directory::{Category, FieldKind, Role};
use xunge_core::draft::Rule;
use xunge_core::id::{CategoryId, FieldId};
use xunge_core::report::{Answer, Source};

use super::super::act::{Opt, token};
use super::super::desk::{Desk, Frame};
use super::super::dress::render;
use super::super::form::{Fields, Posted};
use super::super::words::{self, Room};
use super::only;
use crate::app::App;
use crate::cli::words::outcome_words;
use crate::problem::Problem;
use crate::service::{Entered, Entry};

/// How a report may come to a desk.
const SOURCES: [(&str, Source); 8] = [
    ("phone", Source::Phone),
    ("visitor", Source::Visitor),
    ("paper", Source::Paper),
    ("hotline", Source::Hotline),
    ("police", Source::Police),
    ("told_by", Source::ToldBy),
    ("drone", Source::Drone),
    ("other_system", Source::OtherSystem),
];

/// A field of the category.
struct FieldView {
    id: String,
    name: String,
    is_required: bool,
    /// `choice`, `number`, `date`, `yes_no` or `text`.
    kind: &'static str,
    value: String,
    options: Vec<Opt>,
}

#[derive(Template)]
#[template(path = "enter.html")]
struct EnterView {
    f: Frame,
    r: &'static Room,
    problem: Option<String>,
    token: String,
    categories: Vec<Opt>,
    category: Option<(String, String)>,
    grids: Vec<Opt>,
    sources: Vec<Opt>,
    fields: Vec<FieldView>,
    typed: BTreeMap<&'static str, String>,
    is_urgent: bool,
    today: String,
}

impl EnterView {
    fn typed(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }
}

/// The form: for the category that the address names.
pub(super) async fn get_enter(
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    only(&desk, Role::is_room)?;
    let fields = Fields(given.into_iter().collect());
    Ok(render(StatusCode::OK, &view(&desk, &fields, None)))
}

/// Enters what the form says. What is missing is told at once, and what was typed stays.
pub(super) async fn post_enter(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    only(&desk, Role::is_room)?;
    let entry = entry(&desk, &fields);
    let caller = desk.caller.clone();
    let entered = app
        .blocking(move |service| service.enter(&caller, &entry))
        .await?;
    let r = desk.lang.room();
    let problem = match entered {
        Entered::Report(report) => {
            return Ok(Redirect::to(&format!("/console/reports/{report}?did=submit")).into_response());
        }
        Entered::Incomplete(problems) => {
            let named: Vec<String> = problems.iter().map(|p| field_name(&desk, &fields, p)).collect();
            r.enter_incomplete
                .replace("{x}", &named.join(desk.lang.words().listing))
        }
        Entered::Refused(outcome) => r
            .enter_refused
            .replace("{x}", &desk.lang.pick(outcome_words(outcome))),
    };
    let page = view(&desk, &fields, Some(problem));
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// What a problem is about, as the form calls it.
fn field_name(desk: &Desk, fields: &Fields, problem: &xunge_core::draft::Problem) -> String {
    let (w, r) = (desk.lang.words(), desk.lang.room());
    let name = match problem.field.as_str() {
        "category" => w.fact_category.to_owned(),
        "grid" => w.fact_grid.to_owned(),
        "place_text" => r.enter_place.to_owned(),
        field => match field.strip_prefix("answers/") {
            Some(id) => declared(desk, fields)
                .and_then(|category| category.fields.iter().find(|spec| spec.id.as_str() == id))
                .map_or_else(|| id.to_owned(), |spec| spec.name.clone()),
            None => r.enter_words.to_owned(),
        },
    };
    match &problem.rule {
        Rule::TooLong { chars_max } => format!("{name} ≤ {chars_max}"),
        _ => name,
    }
}

fn declared<'a>(desk: &'a Desk, fields: &Fields) -> Option<&'a Category> {
    let id: CategoryId = fields.get("category")?.parse().ok()?;
    desk.directory.category_current(&id, desk.now)
}

fn entry(desk: &Desk, fields: &Fields) -> Entry {
    let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let moments = desk.moments(desk.feeds.first());
    let source = fields.get("source").unwrap_or_default();
    let answers = declared(desk, fields).map_or(BTreeMap::new(), |category| {
        let specs = category.fields.iter();
        let answer = |spec: &xunge_core::directory::FieldSpec| {
            let typed = fields.get(&format!("answer.{}", spec.id))?;
            Some((spec.id.clone(), answer_of(&spec.kind, typed)))
        };
        specs.filter_map(answer).collect::<BTreeMap<FieldId, Answer>>()
    });
    Entry {
        feed: desk.feeds.first().cloned(),
        category: fields.get("category").and_then(|id| id.parse().ok()),
        grid: fields.get("grid").and_then(|id| id.parse().ok()),
        description: text("description"),
        place_text: text("place"),
        urgency: match fields.get("urgent") {
            Some(_) => Urgency::Urgent,
            None => Urgency::Normal,
        },
        source: SOURCES
            .iter()
            .find(|(name, _)| *name == source)
            .map_or(Source::Phone, |(_, s)| *s),
        occurred_at: fields
            .get("occurred")
            .and_then(|day| moments.end_of_day(day))
            .map(|at| at.min(desk.now)),
        answers,
        informant: fields
            .get("informant")
            .map(|name| (name.to_owned(), fields.get("telephone").map(str::to_owned))),
        id: fields.get("id").and_then(|id| id.parse().ok()),
    }
}

fn answer_of(kind: &FieldKind, typed: &str) -> Answer {
    match kind {
        FieldKind::YesNo => Answer::YesNo(typed == "yes"),
        FieldKind::Number { .. } => typed
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map_or_else(|| Answer::Text(typed.to_owned()), Answer::Number),
        _ => Answer::Text(typed.to_owned()),
    }
}

fn field_view(desk: &Desk, spec: &xunge_core::directory::FieldSpec, fields: &Fields) -> FieldView {
    let w = desk.lang.words();
    let value = fields
        .get(&format!("answer.{}", spec.id))
        .unwrap_or_default()
        .to_owned();
    let option = |choice: &String| Opt {
        value: choice.clone(),
        text: choice.clone(),
        is_chosen: *choice == value,
    };
    let (kind, options) = match &spec.kind {
        FieldKind::Choice { options } => ("choice", options.iter().map(option).collect()),
        FieldKind::Number { .. } => ("number", Vec::new()),
        FieldKind::Date => ("date", Vec::new()),
        FieldKind::Text { .. } => ("text", Vec::new()),
        FieldKind::YesNo => (
            "choice",
            [("yes", w.yes), ("no", w.no)]
                .map(|(name, text)| Opt {
                    value: name.to_owned(),
                    text: text.to_owned(),
                    is_chosen: name == value,
                })
                .to_vec(),
        ),
    };
    FieldView {
        id: spec.id.to_string(),
        name: spec.name.clone(),
        is_required: spec.is_required,
        kind,
        value,
        options,
    }
}

fn view(desk: &Desk, fields: &Fields, problem: Option<String>) -> EnterView {
    let (directory, now, names) = (&desk.directory, desk.now, desk.names());
    let feed = desk.feeds.first();
    let chosen = declared(desk, fields);
    let kinds = directory.categories_offered(now);
    let category = |kind: &&Category| {
        let class = directory
            .category_class(&kind.id, now)
            .filter(|class| class.id != kind.id);
        Opt {
            value: kind.id.to_string(),
            text: class.map_or(kind.name.clone(), |class| {
                format!("{} / {}", class.name, kind.name)
            }),
            is_chosen: chosen.is_some_and(|chosen| chosen.id == kind.id),
        }
    };
    let grids = feed.map_or(Vec::new(), |feed| directory.grids_under(feed, now));
    let grid = |unit: &xunge_core::id::UnitId| Opt {
        value: unit.to_string(),
        text: names.unit(unit),
        is_chosen: fields.get("grid") == Some(unit.as_str()),
    };
    let source = |(name, source): &(&str, Source)| Opt {
        value: (*name).to_owned(),
        text: words::source(desk.lang, *source).to_owned(),
        is_chosen: fields.get("source") == Some(name),
    };
    let names_of = ["description", "place", "occurred", "informant", "telephone"];
    let kept = names_of.map(|name| (name, fields.get(name).unwrap_or_default().to_owned()));
    let token = fields.get("id").map_or_else(token, str::to_owned);
    EnterView {
        r: desk.lang.room(),
        problem,
        token,
        categories: kinds.iter().map(category).collect(),
        category: chosen.map(|category| (category.id.to_string(), category.name.clone())),
        grids: grids.iter().map(grid).collect(),
        sources: SOURCES.iter().map(source).collect(),
        fields: chosen.map_or(Vec::new(), |category| {
            category
                .fields
                .iter()
                .map(|spec| field_view(desk, spec, fields))
                .collect()
        }),
        typed: BTreeMap::from(kept),
        is_urgent: fields.get("urgent").is_some() || chosen.is_some_and(|category| category.is_urgent),
        today: now.day_in(desk.moments(feed).zone).to_string(),
        f: desk.frame(),
    }
}
