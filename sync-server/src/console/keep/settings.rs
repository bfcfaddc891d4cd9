//! What a township sets for itself beside the directory: its own sentences for acts, and which posts need a second step at log-in.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::command::ActionKind;
use xunge_core::directory::Role;
use xunge_core::id::UnitId;
use xunge_core::workflow::action_words;

use super::person::{ROLES, role_name};
use super::require;
use crate::ServiceError;
use crate::app::App;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::render;
use crate::console::form::Posted;
use crate::console::words;
use crate::problem::{ErrorCode, Problem};

/// The acts with which sentences go.
const ACTS: [ActionKind; 7] = [
    ActionKind::Dispatch,
    ActionKind::FeedBack,
    ActionKind::Ask,
    ActionKind::Check,
    ActionKind::Whistle,
    ActionKind::CallBack,
    ActionKind::Remark,
];

struct Act {
    value: &'static str,
    name: &'static str,
    built_in: Vec<String>,
    own: String,
}

struct OfUnit {
    unit: String,
    name: String,
    acts: Vec<Act>,
}

#[derive(Template)]
#[template(path = "keep_phrases.html")]
struct PhrasesView {
    f: Frame,
    units: Vec<OfUnit>,
    problem: Option<&'static str>,
    notice: Option<&'static str>,
}

/// The units for which this administrator sets things.
fn own_units(desk: &Desk) -> Vec<UnitId> {
    let kept = super::hand::kept_units(desk);
    let own = desk
        .feeds
        .iter()
        .filter(|feed| kept.iter().any(|unit| unit.id == **feed));
    own.cloned().collect()
}

async fn phrases_view(app: &App, desk: &Desk) -> Result<PhrasesView, Problem> {
    let units = own_units(desk);
    let held = app
        .blocking(move |service| -> Result<Vec<_>, ServiceError> {
            let of = |unit: UnitId| Ok((unit.clone(), service.phrases(&unit)?));
            units.into_iter().map(of).collect()
        })
        .await?;
    let act = |own: &BTreeMap<String, Vec<String>>, kind: ActionKind| Act {
        value: kind.as_str(),
        name: desk.lang.pick(action_words(kind)),
        built_in: words::sentences(desk.lang, kind)
            .into_iter()
            .map(|(_, text)| text)
            .collect(),
        own: own.get(kind.as_str()).map_or(String::new(), |all| all.join("\n")),
    };
    Ok(PhrasesView {
        units: held
            .iter()
            .map(|(unit, own)| OfUnit {
                unit: unit.to_string(),
                name: desk.names().unit(unit),
                acts: ACTS.iter().map(|kind| act(own, *kind)).collect(),
            })
            .collect(),
        problem: None,
        notice: None,
        f: desk.frame(),
    })
}

/// The sentences.
pub(super) async fn get_phrases(Shared(app): Shared<App>, desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    Ok(render(StatusCode::OK, &phrases_view(&app, &desk).await?))
}

/// Writes the sentences of one act.
pub(super) async fn post_phrases(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    require(&desk)?;
    let unit: Option<UnitId> = fields.get("unit").and_then(|text| text.parse().ok());
    let unit = unit.ok_or_else(|| Problem::field("unit", "a unit"))?;
    let kind = fields.get("act").and_then(ActionKind::from_name);
    let kind = kind.ok_or_else(|| Problem::field("act", "an act"))?;
    let lines = fields.get("sentences").unwrap_or_default().lines();
    let sentences: Vec<String> = lines
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let caller = desk.caller.clone();
    let done = app
        .blocking(move |service| service.keep_phrases(&caller, &unit, kind, &sentences))
        .await;
    let mut page = phrases_view(&app, &desk).await?;
    match done {
        Ok(()) => {
            page.notice = Some(desk.lang.keep().phrases_saved);
            Ok(render(StatusCode::OK, &page))
        }
        Err(problem) if problem.code == ErrorCode::Malformed => {
            page.problem = Some(desk.lang.keep().phrases_too_many);
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(problem) => Err(problem),
    }
}

struct RoleBox {
    value: String,
    name: &'static str,
    is_set: bool,
}

#[derive(Template)]
#[template(path = "keep_factor.html")]
struct FactorView {
    f: Frame,
    units: Vec<(String, String, Vec<RoleBox>)>,
}

/// Which posts need a second step.
pub(super) async fn get_factor(Shared(app): Shared<App>, desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let units = own_units(&desk);
    let held = app
        .blocking(move |service| -> Result<Vec<_>, ServiceError> {
            let of = |unit: UnitId| Ok((unit.clone(), service.factor_roles(&unit)?));
            units.into_iter().map(of).collect()
        })
        .await?;
    let boxes = |set: &[Role]| -> Vec<RoleBox> {
        let one = |role: &Role| RoleBox {
            value: role_name(*role),
            name: words::role(desk.lang, *role),
            is_set: set.contains(role),
        };
        ROLES.iter().map(one).collect()
    };
    let page = FactorView {
        units: held
            .iter()
            .map(|(unit, set)| (unit.to_string(), desk.names().unit(unit), boxes(set)))
            .collect(),
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}

/// Writes which posts need a second step.
pub(super) async fn post_factor(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    require(&desk)?;
    let unit: Option<UnitId> = fields.get("unit").and_then(|text| text.parse().ok());
    let unit = unit.ok_or_else(|| Problem::field("unit", "a unit"))?;
    let named = fields.all("role");
    let roles: Vec<Role> = ROLES
        .into_iter()
        .filter(|role| named.contains(&role_name(*role).as_str()))
        .collect();
    let caller = desk.caller.clone();
    app.blocking(move |service| service.keep_factor_roles(&caller, &unit, &roles))
        .await?;
    Ok(Redirect::to("/console/keep/factor").into_response())
}
