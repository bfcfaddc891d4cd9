//! Logging in and out. Wrong passwords are throttled by name, as at the API. What somebody wrote when his session ended is kept on the
//! log-in page and shown again, to be sent with one press.

use askama::Template;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::dress::{self, render};
use super::form::{Fields, Posted};
use super::lang::{Lang, local};
use super::words::Words;
use super::{assets, desk::Desk};
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::routes::session::{Begun, begin, check_password, cookie};

mod second;

pub(crate) use second::post_second;

/// Before the name of a field that is kept for after the log-in.
const KEPT: &str = "kept.";

/// The field with the address to which kept fields go.
const KEPT_TO: &str = "kept_to";

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    w: &'static Words,
    tag: &'static str,
    css: String,
    next: String,
    back: String,
    other_language: &'static str,
    other_language_name: &'static str,
    name: String,
    problem: Option<String>,
    kept_to: Option<String>,
    kept: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "resume.html")]
struct ResumePage {
    w: &'static Words,
    tag: &'static str,
    css: String,
    csrf: String,
    to: String,
    /// Every field as it goes out again.
    fields: Vec<(String, String)>,
    /// What the person wrote, to be read before it is sent.
    words: Vec<String>,
}

/// Where to go after the log-in.
#[derive(Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

fn page(lang: Lang, next: &str) -> LoginPage {
    LoginPage {
        w: lang.words(),
        tag: lang.tag(),
        css: assets::css(),
        next: next.to_owned(),
        back: dress::percent(next),
        other_language: lang.pick(("en", "zh")),
        other_language_name: lang.pick(("English", "中文")),
        name: String::new(),
        problem: None,
        kept_to: None,
        kept: Vec::new(),
    }
}

/// The log-in page; whoever is signed in already goes on.
pub(crate) async fn get_login(
    State(app): State<App>,
    headers: HeaderMap,
    Query(next): Query<Next>,
) -> Response {
    let next = local(next.next.as_deref());
    match Desk::of(&app, &headers, "/console").await {
        Ok(_) => Redirect::to(&next).into_response(),
        Err(problem) if problem.code == ErrorCode::Unauthorized => {
            render(StatusCode::OK, &page(Lang::of(&headers), &next))
        }
        Err(problem) => problem.into_response(),
    }
}

/// The log-in page after a session ended in the middle of a form.
pub(crate) fn ask_again(headers: &HeaderMap, to: &str, fields: Fields) -> Response {
    let lang = Lang::of(headers);
    let kept = fields.0.into_iter().filter(|(name, _)| name != "csrf");
    let asked = LoginPage {
        problem: Some(lang.words().login_ended.to_owned()),
        kept_to: Some(local(Some(to))),
        kept: kept
            .map(|(name, value)| (format!("{KEPT}{name}"), value))
            .collect(),
        ..page(lang, "/console")
    };
    render(StatusCode::UNAUTHORIZED, &asked)
}

/// Logs in.
pub(crate) async fn post_login(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let fields = Fields::read(&app, request).await?;
    let lang = Lang::of(&headers);
    let name = fields.get("name").unwrap_or_default().to_owned();
    // A password may begin or end with a space.
    let password = fields.0.iter().find(|(key, _)| key == "password");
    let password = password.map(|(_, value)| value.clone()).unwrap_or_default();
    let next = local(fields.get("next"));
    let Kept {
        to: kept_to,
        fields: kept,
    } = Kept::of(&fields);
    let again = |status, problem: String| {
        let page = LoginPage {
            name: name.clone(),
            problem: Some(problem),
            kept_to: kept_to.clone(),
            kept: kept.clone(),
            ..page(lang, &next)
        };
        render(status, &page)
    };
    let person = match check_password(&app, &name, password).await {
        Ok(person) => person,
        Err(problem) => return refused(lang, &problem, again),
    };
    match begin(&app, &name, person.clone(), None).await {
        Ok(begun) => Ok(welcome(
            &app,
            lang,
            &begun,
            &next,
            &Kept {
                to: kept_to,
                fields: kept,
            },
        )),
        Err(problem) if problem.code == ErrorCode::SecondFactorNeeded => {
            let asked = second::ask(
                &app,
                lang,
                &(name, person),
                &next,
                &Kept {
                    to: kept_to,
                    fields: kept,
                },
            );
            Ok(render(StatusCode::OK, &asked))
        }
        Err(problem) => Err(problem),
    }
}

/// What was written when a session ended, with the address to which it goes.
struct Kept {
    to: Option<String>,
    fields: Vec<(String, String)>,
}

impl Kept {
    fn of(fields: &Fields) -> Self {
        let kept = fields.0.iter().filter(|(key, _)| key.starts_with(KEPT));
        Self {
            to: fields.get(KEPT_TO).map(|to| local(Some(to))),
            fields: kept.cloned().collect(),
        }
    }
}

/// The log-in page again, where the password is wrong or tries are too many.
fn refused(
    lang: Lang,
    problem: &Problem,
    again: impl Fn(StatusCode, String) -> Response,
) -> Result<Response, Problem> {
    let w = lang.words();
    match problem.code {
        ErrorCode::SignInFailed => Ok(again(StatusCode::UNAUTHORIZED, w.login_wrong.to_owned())),
        ErrorCode::TooManyRequests => {
            let minutes = problem.retry_after_s.unwrap_or(60).div_ceil(60);
            let text = w.login_wait.replace("{n}", &minutes.to_string());
            Ok(again(StatusCode::TOO_MANY_REQUESTS, text))
        }
        _ => Err(problem.clone()),
    }
}

/// Lets somebody in: to where he was going, or to what he had written.
fn welcome(app: &App, lang: Lang, begun: &Begun, next: &str, kept: &Kept) -> Response {
    let mut response = match &kept.to {
        Some(to) if !kept.fields.is_empty() => {
            render(StatusCode::OK, &resume(lang, &begun.csrf, to, &kept.fields))
        }
        _ => Redirect::to(next).into_response(),
    };
    response.headers_mut().extend(cookie(app, &begun.secret));
    response
}

fn resume(lang: Lang, csrf: &str, to: &str, kept: &[(String, String)]) -> ResumePage {
    let fields: Vec<(String, String)> = kept
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(KEPT)?.to_owned(), value.clone())))
        .collect();
    let is_written = |name: &str| name == "text" || name == "reason" || name == "why";
    let written = fields.iter().filter(|(name, _)| is_written(name));
    ResumePage {
        w: lang.words(),
        tag: lang.tag(),
        css: assets::css(),
        csrf: csrf.to_owned(),
        to: to.to_owned(),
        words: written
            .map(|(_, value)| value.clone())
            .filter(|v| !v.trim().is_empty())
            .collect(),
        fields,
    }
}

/// Logs out.
pub(crate) async fn post_logout(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    let hash = posted.desk.session.token_hash;
    app.blocking(move |service| service.session_end(&hash)).await?;
    let mut response = Redirect::to("/console/login").into_response();
    response.headers_mut().extend(cookie(&app, ""));
    Ok(response)
}
