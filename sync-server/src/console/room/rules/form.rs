//! One rule of routing as a form. What was filled in is tried on the last weeks' reports at once, and adopted from there.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::directory::{DirectoryRecord, RoutingRule};

use super::try_text;
use crate::app::App;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::render;
use crate::console::form::{Fields, Posted};
use crate::console::keep::hand::{FieldView, Options, field_view, lines_of};
use crate::console::room::{has_desk, only};
use crate::console::words::Room;
use crate::console::words::hand::shapes;
use crate::import::by_hand::{Field, fields_of, read_lines};
use crate::import::words::say_rule;
use crate::import::{ImportKind, ImportProblem, ReadOptions};
use crate::problem::{ErrorCode, Problem};

#[derive(Template)]
#[template(path = "rule_form.html")]
struct RuleForm {
    f: Frame,
    r: &'static Room,
    title: String,
    key: String,
    fields: Vec<FieldView>,
    can_end: bool,
    today: String,
    problem: Option<String>,
}

fn standing<'d>(desk: &'d Desk, key: &str) -> Option<&'d RoutingRule> {
    let mut rules = desk.directory.routing_rules(desk.now);
    rules.find(|rule| rule.id == key)
}

/// The form of a new rule, or of the one that `key` names.
pub(crate) async fn get_rule(
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    only(&desk, has_desk)?;
    let key = given.get("key").map(String::as_str).unwrap_or_default();
    let line = match key.is_empty() {
        true => Vec::new(),
        false => {
            let rule = standing(&desk, key).ok_or_else(|| Problem::plain(ErrorCode::NotFound))?;
            fields_of(&DirectoryRecord::RoutingRule(rule.clone()))
        }
    };
    Ok(render(StatusCode::OK, &view(&desk, key, &line, &[], None)))
}

fn view(
    desk: &Desk,
    key: &str,
    line: &[Field],
    problems: &[ImportProblem],
    problem: Option<String>,
) -> RuleForm {
    let options = Options::of(desk);
    let k = desk.lang.keep();
    let said = |name: &str| {
        let own = problems
            .iter()
            .filter(|problem| problem.column.as_deref() == Some(name));
        let all: Vec<String> = own
            .map(|problem| say_rule(&problem.rule, desk.lang.config()))
            .collect();
        all.join(" ")
    };
    let fields = shapes(ImportKind::Rules).iter().map(|shape| {
        let mut field = field_view(shape, "", line, &options, said(shape.name));
        field.is_fixed = shape.name == "rule" && !key.is_empty();
        field
    });
    let name = line.iter().find(|(name, _)| *name == "name");
    let name = name.map_or(key, |(_, value)| value.as_str());
    RuleForm {
        r: desk.lang.room(),
        title: match key.is_empty() {
            true => k.rule_new.to_owned(),
            false => k.edit_of.replace("{x}", name),
        },
        fields: fields.collect(),
        can_end: !key.is_empty() && desk.is_administrator(),
        today: desk.now.day_in(desk.moments(None).zone).to_string(),
        key: key.to_owned(),
        problem,
        f: desk.frame(),
    }
}

/// Reads the form and tries the rule; nothing is written.
pub(crate) async fn post_rule(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    only(&desk, has_desk)?;
    let key = fields.get("key").unwrap_or_default().to_owned();
    let lines = lines_of(&desk, ImportKind::Rules, &fields);
    match read(&desk, &key, &fields, &lines) {
        Ok(rule) => {
            let text = serde_json::to_string_pretty(&[rule]).expect("rules are JSON");
            try_text(&app, &desk, text).await
        }
        Err((problems, problem)) => {
            let page = view(&desk, &key, &lines[0], &problems, problem);
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

type Wrong = (Vec<ImportProblem>, Option<String>);

fn read(desk: &Desk, key: &str, fields: &Fields, lines: &[Vec<Field>]) -> Result<RoutingRule, Wrong> {
    let named = fields.get("rule").unwrap_or_default();
    let is_other = if key.is_empty() {
        standing(desk, named).is_some()
    } else {
        named != key
    };
    if is_other {
        return Err((Vec::new(), Some(desk.lang.keep().taken.to_owned())));
    }
    let zone = desk.moments(None).zone;
    let options = ReadOptions {
        today: desk.now.day_in(zone),
        zone,
        is_future_allowed: true,
    };
    let file = read_lines(ImportKind::Rules, lines, &options).map_err(|problems| (problems, None))?;
    let rule = file.records.into_iter().find_map(|read| match read.record {
        DirectoryRecord::RoutingRule(rule) => Some(rule),
        _ => None,
    });
    rule.ok_or((Vec::new(), Some(desk.lang.room().rules_wrong.to_owned())))
}
