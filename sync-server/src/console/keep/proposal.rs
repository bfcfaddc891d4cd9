//! What is about to be written into the directory: each record with what differs, and what it means for people, open reports, key places
//! and rules. One press writes exactly this.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::directory::DirectoryRecord;
use xunge_core::time::Timestamp;

use super::require;
use crate::ServiceError;
use crate::app::App;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::render;
use crate::console::form::Posted;
use crate::import::{ImportProblem, Plan, PlanOptions, ReadFile, plan};
use crate::problem::Problem;
use crate::service::Proposal;

mod change;
mod effect;

use change::ChangeView;
use effect::{EffectsView, effects_view};

/// The address of the page.
pub(super) const HERE: &str = "/console/keep/proposal";

/// Changes that are listed.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "keep_proposal.html")]
struct ProposalView {
    f: Frame,
    title: String,
    back: String,
    token: String,
    summary: String,
    passed_over: String,
    changes: Vec<ChangeView>,
    changes_cut: Option<String>,
    effects: Option<EffectsView>,
    notice: Option<String>,
    is_gone: bool,
}

/// What a file or form comes to against the directory of now, from an instant on; else what is wrong with it.
pub(super) async fn planned(
    app: &App,
    file: ReadFile,
    valid_from: Timestamp,
) -> Result<Result<Plan, Vec<ImportProblem>>, Problem> {
    app.blocking(move |service| -> Result<_, Problem> {
        let rows = service.directory_rows(None)?;
        Ok(plan(file, &rows, &PlanOptions { valid_from }))
    })
    .await
}

/// Keeps a proposal as the one that waits.
pub(super) async fn keep(app: &App, desk: &Desk, proposal: Proposal) -> Result<(), Problem> {
    let caller = desk.caller.clone();
    app.blocking(move |service| service.proposal_put(&caller, &proposal))
        .await
}

fn empty(desk: &Desk) -> ProposalView {
    ProposalView {
        f: desk.frame(),
        title: desk.lang.keep().effects_title.to_owned(),
        back: "/console/keep".to_owned(),
        token: String::new(),
        summary: String::new(),
        passed_over: String::new(),
        changes: Vec::new(),
        changes_cut: None,
        effects: None,
        notice: None,
        is_gone: false,
    }
}

/// The page.
pub(super) async fn get_proposal(Shared(app): Shared<App>, desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let caller = desk.caller.clone();
    let held = app
        .blocking(move |service| -> Result<_, ServiceError> {
            let Some(proposal) = service.proposal(&caller)? else {
                return Ok(None);
            };
            let changes = proposal.changes()?;
            let effects = service.directory_effects(&caller, &changes)?;
            Ok(Some((proposal, changes, effects)))
        })
        .await?;
    let Some((proposal, changes, effects)) = held else {
        let page = ProposalView {
            is_gone: true,
            ..empty(&desk)
        };
        return Ok(render(StatusCode::OK, &page));
    };
    let k = desk.lang.keep();
    let views = changes.iter().take(SHOWN);
    let views = views.map(|change| ChangeView::of(&desk, change, &effects.directory));
    let good = desk.lang.board().import_good;
    let page = ProposalView {
        title: proposal.title.clone(),
        back: proposal.back.clone(),
        token: proposal.token.clone(),
        summary: good
            .replace("{n}", &changes.len().to_string())
            .replace("{k}", &proposal.unchanged.to_string()),
        passed_over: proposal.passed_over.join(desk.lang.words().listing),
        changes: views.collect(),
        changes_cut: (changes.len() > SHOWN).then(|| k.changes_cut.replace("{n}", &SHOWN.to_string())),
        effects: Some(effects_view(&desk, &effects)),
        ..empty(&desk)
    };
    Ok(render(StatusCode::OK, &page))
}

/// What a record is called.
pub(crate) fn name_of(record: &DirectoryRecord) -> String {
    match record {
        DirectoryRecord::Unit(unit) => unit.name.clone(),
        DirectoryRecord::Person(person) => person.name.clone(),
        DirectoryRecord::Post(post) => format!("{} · {}", post.unit, post.person),
        DirectoryRecord::Category(category) => category.name.clone(),
        DirectoryRecord::CalendarDay(day) => format!("{} {}", day.on, day.name),
        DirectoryRecord::PlaceName(place) => place.name.clone(),
        DirectoryRecord::KeyPlace(place) => place.name.clone(),
        DirectoryRecord::ExcludedArea(area) => area.name.clone(),
        DirectoryRecord::RoutingRule(rule) => rule.name.clone(),
        DirectoryRecord::Policy(policy) => policy.unit.to_string(),
    }
}

/// Writes what was shown, or drops it.
pub(super) async fn post_proposal(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    require(&desk)?;
    let caller = desk.caller.clone();
    if fields.get("do") == Some("discard") {
        let held = app
            .blocking(move |service| -> Result<_, ServiceError> {
                let held = service.proposal(&caller)?;
                service.proposal_drop(&caller)?;
                Ok(held)
            })
            .await?;
        let back = held.map_or_else(|| "/console/keep".to_owned(), |held| held.back);
        return Ok(Redirect::to(&back).into_response());
    }
    let token = fields.get("token").unwrap_or_default().to_owned();
    let done = app
        .blocking(move |service| service.proposal_apply(&caller, &token))
        .await?;
    let Some((proposal, applied)) = done else {
        let page = ProposalView {
            is_gone: true,
            ..empty(&desk)
        };
        return Ok(render(StatusCode::CONFLICT, &page));
    };
    let page = ProposalView {
        title: proposal.title,
        back: proposal.back,
        notice: Some(
            desk.lang
                .keep()
                .applied
                .replace("{n}", &applied.written.to_string()),
        ),
        ..empty(&desk)
    };
    Ok(render(StatusCode::OK, &page))
}
