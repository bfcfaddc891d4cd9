//! Acts from forms. What a form names (the last move and the words that stood on the page, and its own name) goes into the command, so
//! that nobody decides on what he has not seen and a double click changes nothing. An act that has no effect leaves what was typed.

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::command::{Action, ActionKind, Outcome, Reason, TEXT_CHARS_MAX};
use xunge_core::id::{ChangeHash, CommandId};
use xunge_core::workflow::{RULES, Seen};

use super::desk::Desk;
use super::form::{Fields, Posted};
use super::report::{self, Loaded};
use crate::ServiceError;
use crate::app::App;
use crate::cli::words::refusal_words;
use crate::problem::{ErrorCode, Problem};
use crate::service::{ActOutcome, ActRequest, ReportRef};

mod form;
mod input;
mod read;

pub(crate) use form::{ActForm, forms, token};
pub(crate) use input::{Control, Opt};

/// An act that had no effect, as its form was sent.
pub(crate) struct Attempt {
    /// Which act.
    pub(crate) kind: ActionKind,
    /// What was typed and chosen.
    pub(crate) fields: Fields,
    /// Why it had no effect.
    pub(crate) problem: String,
    /// Whether something happened since the page was drawn.
    pub(crate) is_stale: bool,
    /// The last move that stood on the page.
    pub(crate) saw: Option<CommandId>,
}

/// What the form says besides the act itself.
struct Stamp {
    id: Option<CommandId>,
    saw: Option<CommandId>,
    heads: Option<Vec<ChangeHash>>,
}

impl Stamp {
    fn of(fields: &Fields) -> Self {
        let heads = fields.get("heads").map(|text| {
            let parsed = text.split(',').map(|head| head.parse().ok());
            parsed.collect::<Option<Vec<ChangeHash>>>()
        });
        Self {
            id: fields.get("id").and_then(|id| id.parse().ok()),
            saw: fields.get("saw").and_then(|id| id.parse().ok()),
            heads: heads.flatten(),
        }
    }
}

/// What an act needs to be sent.
pub(crate) struct Ready {
    pub(crate) action: Action,
    pub(crate) reason: Option<Reason>,
    pub(crate) text: Option<String>,
}

/// Does what the form says.
pub(crate) async fn post_act(
    Shared(app): Shared<App>,
    Path((report, kind)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Some(kind) = ActionKind::from_name(&kind) else {
        return Err(Problem::plain(ErrorCode::NotFound));
    };
    let Posted { desk, fields } = posted;
    let loaded = report::load(&app, &desk, &report, None).await?;
    let id = loaded.story.row.report;
    let stamp = Stamp::of(&fields);
    // The same form again, after it took effect: the page as it is now.
    let is_done = |id: &CommandId| loaded.story.events.iter().any(|event| event.command.id == *id);
    if stamp.id.as_ref().is_some_and(is_done) {
        return Ok(Redirect::to(&format!("/console/reports/{id}?did={}", kind.as_str())).into_response());
    }
    let failed = |loaded, problem: String, is_stale, status| {
        let attempt = Attempt {
            kind,
            fields: fields.clone(),
            problem,
            is_stale,
            saw: stamp.saw,
        };
        Ok(report::tried(&desk, loaded, &attempt, status))
    };
    let w = desk.lang.words();
    if is_stale(kind, &stamp, &loaded) {
        return failed(loaded, w.stale_title.to_owned(), true, StatusCode::CONFLICT);
    }
    // Somebody else has it open, and the page did not say so: nobody does twice what was done while he looked.
    if let Some(text) = taken(&desk, kind, &fields, &loaded) {
        return failed(loaded, text, false, StatusCode::CONFLICT);
    }
    let ready = match ready(&app, &desk, kind, &fields, &loaded).await {
        Ok(ready) => ready,
        Err(problem) => return failed(loaded, problem, false, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let request = ActRequest {
        report: ReportRef::Id(id),
        action: ready.action,
        post: None,
        reason: ready.reason,
        text: ready.text,
        saw: stamp.saw,
        heads: stamp.heads.clone(),
        id: stamp.id,
    };
    let done = send(&app, &desk, request).await?;
    let came = match done.outcome {
        Outcome::Accepted => "accepted",
        Outcome::Remark(_) => "remark",
        Outcome::Proposal(_) => "proposal",
        Outcome::Refused(refusal) => {
            let problem = desk.lang.pick(refusal_words(refusal)).to_owned();
            let mut loaded = report::load(&app, &desk, &id.to_string(), None).await?;
            loaded.offer.acts.push(kind);
            loaded.offer.acts.dedup();
            return failed(loaded, problem, false, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    Ok(Redirect::to(&format!(
        "/console/reports/{id}?did={}&came={came}",
        kind.as_str()
    ))
    .into_response())
}

/// Who has the report open, where the page did not say so and the act is one that the table lets through.
fn taken(desk: &Desk, kind: ActionKind, fields: &Fields, loaded: &Loaded) -> Option<String> {
    let other = loaded.beside.handled_by.as_ref()?;
    let is_unknowing = fields.get("knowing").is_none() && loaded.offer.acts.contains(&kind);
    let text = desk.lang.room().handled_by;
    is_unknowing.then(|| text.replace("{p}", &desk.names().person(other)))
}

/// Sends an act to the service.
pub(crate) async fn send(app: &App, desk: &Desk, request: ActRequest) -> Result<ActOutcome, Problem> {
    let caller = desk.caller.clone();
    app.blocking(move |service| service.act(&caller, &request)).await
}

/// Whether the act is one that must have seen every move, and the page did not show the last one.
fn is_stale(kind: ActionKind, stamp: &Stamp, loaded: &Loaded) -> bool {
    let mut rules = RULES.iter().filter(|rule| rule.kind == kind);
    let sees_all = rules.any(|rule| rule.seen == Seen::EveryMove);
    let has_moved = stamp.saw.is_some() && stamp.saw != loaded.offer.version;
    let words_matter = kind == ActionKind::Approve;
    let has_changed = words_matter && stamp.heads.as_ref().is_some_and(|h| *h != loaded.offer.heads);
    sees_all && (has_moved || has_changed)
}

/// Reads the act from its form and checks what a person can mend at once.
async fn ready(
    app: &App,
    desk: &Desk,
    kind: ActionKind,
    fields: &Fields,
    loaded: &Loaded,
) -> Result<Ready, String> {
    let w = desk.lang.words();
    let mut ready = read::read(desk, kind, fields, loaded)?;
    // A report is named by its code on paper and on the telephone.
    if let Action::Merge { into } | Action::Split { into } = &mut ready.action {
        let named = ReportRef::parse(fields.get("into").unwrap_or_default());
        let caller = desk.caller.clone();
        let found = app
            .blocking(move |service| -> Result<_, ServiceError> { service.report_id(&caller, &named) })
            .await;
        *into = found.map_err(|_| w.wrong_code.to_owned())?;
        if *into == loaded.story.row.report {
            return Err(w.wrong_self.to_owned());
        }
    }
    let texts = [
        ready.text.as_deref(),
        ready.reason.as_ref().map(|reason| reason.text.as_str()),
    ];
    for text in texts.into_iter().flatten() {
        let chars = text.chars().count();
        if chars > TEXT_CHARS_MAX {
            let text = w.wrong_long.replace("{n}", &chars.to_string());
            return Err(text.replace("{k}", &TEXT_CHARS_MAX.to_string()));
        }
    }
    Ok(ready)
}
