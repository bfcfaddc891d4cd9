//! The second step at log-in: the authenticator's code, or a recovery code. Between the steps nothing is remembered here: a sealed ticket
//! in the form says whose password fitted, for five minutes.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use xunge_core::id::PersonId;
use xunge_core::time::Timestamp;

use super::{Kept, Words, assets, page, welcome};
use crate::app::App;
use crate::console::dress::render;
use crate::console::form::Fields;
use crate::console::lang::{Lang, local};
use crate::console::words::Keep;
use crate::problem::{ErrorCode, Problem};
use crate::routes::session::begin;

/// For how long a ticket holds, in ms.
const TICKET_MS: i64 = 5 * 60_000;

/// Says that a password fitted.
#[derive(Serialize, Deserialize)]
struct Ticket {
    account: String,
    person: PersonId,
    at: Timestamp,
}

#[derive(Template)]
#[template(path = "second.html")]
pub(super) struct SecondPage {
    w: &'static Words,
    k: &'static Keep,
    tag: &'static str,
    css: String,
    ticket: String,
    next: String,
    problem: Option<String>,
    kept_to: Option<String>,
    kept: Vec<(String, String)>,
}

/// The page that asks for the code.
pub(super) fn ask(
    app: &App,
    lang: Lang,
    (account, person): &(String, PersonId),
    next: &str,
    kept: &Kept,
) -> SecondPage {
    let ticket = Ticket {
        account: account.clone(),
        person: person.clone(),
        at: app.service.now(),
    };
    let plain = serde_json::to_vec(&ticket).expect("a ticket is JSON");
    SecondPage {
        w: lang.words(),
        k: lang.keep(),
        tag: lang.tag(),
        css: assets::css(),
        ticket: hex::encode(app.service.seal_ticket(&plain)),
        next: next.to_owned(),
        problem: None,
        kept_to: kept.to.clone(),
        kept: kept.fields.clone(),
    }
}

/// Checks the code and lets in.
pub(crate) async fn post_second(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let lang = Lang::of(request.headers());
    let fields = Fields::read(&app, request).await?;
    let next = local(fields.get("next"));
    let ticket = fields
        .get("ticket")
        .and_then(|text| hex::decode(text).ok())
        .and_then(|sealed| app.service.open_ticket(&sealed))
        .and_then(|plain| serde_json::from_slice::<Ticket>(&plain).ok())
        .filter(|ticket| app.service.now().ms_since(ticket.at) < TICKET_MS);
    let Some(ticket) = ticket else {
        let mut again = page(lang, &next);
        again.problem = Some(lang.keep().factor_expired.to_owned());
        return Ok(render(StatusCode::UNAUTHORIZED, &again));
    };
    let kept = Kept::of(&fields);
    let code = fields.get("code").unwrap_or_default().to_owned();
    let begun = begin(&app, &ticket.account, ticket.person.clone(), Some(code)).await;
    let problem = match begun {
        Ok(begun) => return Ok(welcome(&app, lang, &begun, &next, &kept)),
        Err(problem) => problem,
    };
    let (status, text) = match problem.code {
        ErrorCode::SignInFailed => (StatusCode::UNAUTHORIZED, lang.keep().factor_wrong.to_owned()),
        ErrorCode::TooManyRequests => {
            let minutes = problem.retry_after_s.unwrap_or(60).div_ceil(60);
            let text = lang.words().login_wait.replace("{n}", &minutes.to_string());
            (StatusCode::TOO_MANY_REQUESTS, text)
        }
        _ => return Err(problem),
    };
    let asked = SecondPage {
        problem: Some(text),
        ..ask(&app, lang, &(ticket.account, ticket.person), &next, &kept)
    };
    Ok(render(status, &asked))
}
