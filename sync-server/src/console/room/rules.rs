//! The rules of routing: as they stand, what came of each, what changed ones would have done, and adopting them.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::command::Urgency;
use xunge_core::directory::{Allowance, DayKind, FieldOp, FieldTest, Role, RouteWhen, RoutingRule};
use xunge_core::routing::{Because, Chosen, Route};

use super::super::desk::{Desk, Frame};
use super::super::dress::render;
use super::super::form::Posted;
use super::super::names::Names;
use super::super::words::{self, Room};
use super::{has_desk, only};
use crate::ServiceError;
use crate::app::App;
use crate::cli::words::level_words;
use crate::config::Language;
use crate::import::{ImportKind, Plan, PlanOptions, ReadOptions, plan, read, words::say};
use crate::problem::Problem;
use crate::service::{DryRun, RuleCount, rules_of};

mod form;

pub(super) use form::{get_rule, post_rule};

/// Over how many days rules are counted and tried.
const DAYS: u32 = 31;

/// Reports that a dry run shows.
const SHOWN: usize = 100;

struct RuleView {
    rank: u32,
    id: String,
    name: String,
    is_on: bool,
    when: String,
    then: String,
    dispatched: usize,
    handed_back: usize,
    back: Vec<(String, String)>,
}

struct ReroutedView {
    href: String,
    title: String,
    code: String,
    before: String,
    after: String,
}

struct TriedView {
    summary: String,
    rows: Vec<ReroutedView>,
    can_adopt: bool,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesView {
    f: Frame,
    r: &'static Room,
    notice: Option<String>,
    rules: Vec<RuleView>,
    clashes: Vec<String>,
    text: String,
    problems: Vec<String>,
    tried: Option<TriedView>,
}

/// What a page shows besides the rules themselves.
#[derive(Default)]
struct Shown {
    text: String,
    notice: Option<String>,
    problems: Vec<String>,
    tried: Option<TriedView>,
}

fn may_change(role: Role) -> bool {
    matches!(role, Role::Administrator | Role::Coordinator)
}

/// The rules.
pub(super) async fn get_rules(Shared(app): Shared<App>, desk: Desk) -> Result<Response, Problem> {
    only(&desk, has_desk)?;
    page(&app, &desk, Shown::default()).await
}

/// What changed rules would have done.
pub(super) async fn post_try(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    only(&desk, has_desk)?;
    let text = fields.get("text").unwrap_or_default().to_owned();
    try_text(&app, &desk, text).await
}

/// Tries rules that were pasted, or come from a form.
async fn try_text(app: &App, desk: &Desk, text: String) -> Result<Response, Problem> {
    let (changed, _) = match planned(app, desk, &text).await? {
        Ok(planned) => planned,
        Err(problems) => return wrong(app, desk, text, problems).await,
    };
    let Some(feed) = desk.feeds.first().cloned() else {
        return page(app, desk, Shown::default()).await;
    };
    let caller = desk.caller.clone();
    let run = app
        .blocking(move |service| service.routing_dry_run(&caller, &feed, &changed, DAYS))
        .await?;
    let tried = Some(tried(desk, &run));
    let shown = Shown {
        text,
        tried,
        ..Shown::default()
    };
    page(app, desk, shown).await
}

/// Adopts rules: writes them into the directory, from now on.
pub(super) async fn post_adopt(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    only(&desk, may_change)?;
    let text = fields.get("text").unwrap_or_default().to_owned();
    let (_, plan) = match planned(&app, &desk, &text).await? {
        Ok(planned) => planned,
        Err(problems) => return wrong(&app, &desk, text, problems).await,
    };
    let caller = desk.caller.clone();
    let applied = app
        .blocking(move |service| service.directory_apply(&caller, &plan.changes))
        .await?;
    let notice = desk
        .lang
        .room()
        .rules_adopted
        .replace("{n}", &applied.written.to_string());
    let shown = Shown {
        notice: Some(notice),
        ..Shown::default()
    };
    // The directory of this page is the one before.
    let mut desk = desk;
    desk.directory = app.blocking(|service| service.directory()).await?;
    page(&app, &desk, shown).await
}

async fn wrong(app: &App, desk: &Desk, text: String, problems: Vec<String>) -> Result<Response, Problem> {
    let shown = Shown {
        text,
        problems,
        ..Shown::default()
    };
    let mut response = page(app, desk, shown).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

type Planned = Result<(Vec<RoutingRule>, Plan), Vec<String>>;

/// Reads what was pasted and holds it against the directory.
async fn planned(app: &App, desk: &Desk, text: &str) -> Result<Planned, Problem> {
    let bytes = text.as_bytes().to_vec();
    let zone = desk.moments(desk.feeds.first()).zone;
    let language = desk.lang.pick((Language::Chinese, Language::English));
    let now = desk.now;
    let feeds = desk.feeds.clone();
    let directory = std::sync::Arc::clone(&desk.directory);
    app.blocking(move |service| -> Result<Planned, ServiceError> {
        let options = ReadOptions {
            today: now.day_in(zone),
            zone,
            is_future_allowed: false,
        };
        let told = |problems: Vec<crate::import::ImportProblem>| -> Vec<String> {
            problems.iter().map(|problem| say(problem, language)).collect()
        };
        let file = match read(ImportKind::Rules, &bytes, &options) {
            Ok(file) => file,
            Err(problems) => return Ok(Err(told(problems))),
        };
        let rules = rules_of(file.records.iter().map(|read| &read.record));
        // Nobody writes rules for another township.
        let is_own = |rule: &RoutingRule| {
            feeds
                .iter()
                .any(|feed| directory.is_within(&rule.unit, feed, now))
        };
        if let Some(foreign) = rules.iter().find(|rule| !is_own(rule)) {
            return Ok(Err(vec![format!("{}: {}", foreign.id, foreign.unit)]));
        }
        let options = PlanOptions { valid_from: now };
        Ok(match plan(file, &service.directory_rows(None)?, &options) {
            Ok(plan) => Ok((rules, plan)),
            Err(problems) => Err(told(problems)),
        })
    })
    .await
}

fn tried(desk: &Desk, run: &DryRun) -> TriedView {
    let r = desk.lang.room();
    let row = |row: &crate::service::Rerouted| ReroutedView {
        href: format!("/console/reports/{}", row.report),
        title: row.title.clone(),
        code: row.code.clone(),
        before: route_line(&row.before, desk),
        after: route_line(&row.after, desk),
    };
    TriedView {
        summary: r
            .rules_tried
            .replace("{n}", &run.looked_at.to_string())
            .replace("{k}", &run.rerouted.len().to_string()),
        rows: run.rerouted.iter().take(SHOWN).map(row).collect(),
        can_adopt: desk.holds(may_change),
    }
}

/// A route on one line, each part with its rule.
fn route_line(route: &Route, desk: &Desk) -> String {
    let parts: Vec<String> = route_parts(route, desk).into_iter().map(|part| part.0).collect();
    match parts.is_empty() {
        true => "–".to_owned(),
        false => parts.join(desk.lang.words().comma),
    }
}

/// What the rules say of a report: each part with its reason.
pub(crate) fn route_parts(route: &Route, desk: &Desk) -> Vec<(String, String)> {
    let (r, names) = (desk.lang.room(), desk.names());
    let mut parts = Vec::new();
    if let Some(chosen) = &route.department {
        let what = r.route_department.replace("{x}", &names.unit(&chosen.value));
        parts.push((what, reason(chosen, desk)));
    }
    if let Some(chosen) = &route.level {
        let what = r
            .route_level
            .replace("{x}", desk.lang.pick(level_words(chosen.value)));
        parts.push((what, reason(chosen, desk)));
    }
    if let Some(chosen) = &route.within {
        let what = r.route_within.replace("{x}", &allowance(chosen.value, r));
        parts.push((what, reason(chosen, desk)));
    }
    if let Some(chosen) = &route.risk {
        let what = r.route_risk.replace("{x}", words::risk(desk.lang, chosen.value));
        parts.push((what, reason(chosen, desk)));
    }
    parts
}

/// The rule and why it applies.
pub(crate) fn reason<T>(chosen: &Chosen<T>, desk: &Desk) -> String {
    let (w, r, names) = (desk.lang.words(), desk.lang.room(), desk.names());
    let because: Vec<String> = chosen
        .because
        .iter()
        .map(|b| because_words(b, r, &names))
        .collect();
    let because = because.join(w.comma);
    match &chosen.rule {
        Some(_) => r.route_by.replace("{r}", &chosen.name).replace("{x}", &because),
        None => because,
    }
}

fn because_words(because: &Because, r: &Room, names: &Names) -> String {
    match because {
        Because::Always => r.because_always.to_owned(),
        Because::Category { category } => r.because_category.replace("{x}", &names.category(category)),
        Because::Unit { unit } => r.because_unit.replace("{x}", &names.unit(unit)),
        Because::Urgency {
            urgency: Urgency::Urgent,
        } => r.because_urgent.to_owned(),
        Because::Urgency {
            urgency: Urgency::Normal,
        } => r.because_normal.to_owned(),
        Because::Hours { hours_min } => r.because_hours.replace("{x}", &hours(*hours_min)),
        Because::Days { days: DayKind::Work } => r.because_work.to_owned(),
        Because::Days { days: DayKind::Off } => r.because_off.to_owned(),
        Because::Keyword { word } => r.because_word.replace("{x}", word),
        Because::Field { test, .. } => r.because_field.replace("{x}", &field_test(test)),
        Because::Usual => r.because_usual.to_owned(),
    }
}

fn field_test(test: &FieldTest) -> String {
    let sign = match test.op {
        FieldOp::Is => "=",
        FieldOp::AtLeast => "≥",
        FieldOp::AtMost => "≤",
    };
    format!("{}{sign}{}", test.field, test.value)
}

fn hours([start, end]: [u32; 2]) -> String {
    format!(
        "{:02}:{:02}–{:02}:{:02}",
        start / 60,
        start % 60,
        end / 60,
        end % 60
    )
}

/// A length of time in words.
pub(crate) fn allowance(allowance: Allowance, r: &Room) -> String {
    let (text, count) = match allowance {
        Allowance::RoundTheClock { minutes } if minutes % 60 == 0 => (r.allow_hours, minutes / 60),
        Allowance::RoundTheClock { minutes } => (r.allow_minutes, minutes),
        Allowance::WorkingTime { minutes } => (r.allow_working, minutes.div_ceil(60)),
        Allowance::WorkingDays { days } => (r.allow_working_days, days),
        Allowance::CalendarDays { days } => (r.allow_days, days),
    };
    text.replace("{n}", &count.to_string())
}

/// What a rule asks, in words.
fn when_words(when: &RouteWhen, desk: &Desk) -> String {
    let (w, r, names) = (desk.lang.words(), desk.lang.room(), desk.names());
    let list = |all: Vec<String>| all.join(w.listing);
    let mut parts = Vec::new();
    if !when.categories.is_empty() {
        let all = list(when.categories.iter().map(|id| names.category(id)).collect());
        parts.push(r.because_category.replace("{x}", &all));
    }
    if !when.units.is_empty() {
        let all = list(when.units.iter().map(|id| names.unit(id)).collect());
        parts.push(r.because_unit.replace("{x}", &all));
    }
    parts.extend(
        when.urgency
            .map(|urgency| because_words(&Because::Urgency { urgency }, r, &names)),
    );
    parts.extend(
        when.hours_min
            .map(|hours_min| because_words(&Because::Hours { hours_min }, r, &names)),
    );
    parts.extend(
        when.days
            .map(|days| because_words(&Because::Days { days }, r, &names)),
    );
    if !when.keywords.is_empty() {
        parts.push(r.because_word.replace("{x}", &when.keywords.join(w.listing)));
    }
    parts.extend(
        when.fields
            .iter()
            .map(|test| r.because_field.replace("{x}", &field_test(test))),
    );
    match parts.is_empty() {
        true => r.because_always.to_owned(),
        false => parts.join(w.comma),
    }
}

fn rule_view(desk: &Desk, rule: &RoutingRule, count: Option<&RuleCount>) -> RuleView {
    let names = desk.names();
    let count = count.cloned().unwrap_or_default();
    let then = [
        rule.then.department.as_ref().map(|unit| names.unit(unit)),
        rule.then
            .level
            .map(|level| desk.lang.pick(level_words(level)).to_owned()),
        rule.then.within.map(|within| allowance(within, desk.lang.room())),
        rule.then.risk.map(|risk| words::risk(desk.lang, risk).to_owned()),
    ];
    let then: Vec<String> = then.into_iter().flatten().collect();
    let back = count.reports.iter().take(5);
    RuleView {
        rank: rule.rank,
        id: rule.id.clone(),
        name: rule.name.clone(),
        is_on: rule.is_on,
        when: when_words(&rule.when, desk),
        then: then.join(desk.lang.words().comma),
        dispatched: count.dispatched,
        handed_back: count.handed_back,
        back: back
            .map(|(id, code)| (format!("/console/reports/{id}"), code.clone()))
            .collect(),
    }
}

async fn page(app: &App, desk: &Desk, shown: Shown) -> Result<Response, Problem> {
    let (r, now) = (desk.lang.room(), desk.now);
    let mut counts: BTreeMap<String, RuleCount> = BTreeMap::new();
    if let Some(feed) = desk.feeds.first().cloned() {
        let caller = desk.caller.clone();
        counts = app
            .blocking(move |service| service.routing_counts(&caller, &feed, DAYS))
            .await?;
    }
    let is_here = |rule: &&RoutingRule| {
        let mut feeds = desk.feeds.iter();
        feeds.any(|feed| desk.directory.is_within(feed, &rule.unit, now))
    };
    let mut rules: Vec<&RoutingRule> = desk.directory.routing_rules(now).filter(is_here).collect();
    rules.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
    let clash = |clash: &xunge_core::directory::Contradiction| {
        r.rules_clash
            .replace("{a}", &clash.first)
            .replace("{b}", &clash.second)
    };
    let clashes = desk
        .directory
        .contradictions(&rules, now)
        .iter()
        .map(clash)
        .collect();
    let page = RulesView {
        r,
        notice: shown.notice,
        rules: rules
            .iter()
            .map(|rule| rule_view(desk, rule, counts.get(&rule.id)))
            .collect(),
        clashes,
        text: shown.text,
        problems: shown.problems,
        tried: shown.tried,
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}
