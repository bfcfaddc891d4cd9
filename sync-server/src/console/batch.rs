//! Many decisions from one form: each is an act of its own, with what stood on the page for that report, and each says what came of it.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::command::{Action, ActionKind, Outcome, Reason};
use xunge_core::workflow::action_words;

use super::act::send;
use super::desk::{Desk, Frame};
use super::dress::render;
use super::form::{Fields, Posted};
use super::words;
use crate::app::App;
use crate::cli::words::outcome_words;
use crate::problem::{ErrorCode, Problem};
use crate::service::{ActRequest, ReportRef};

/// Decisions in one form.
const PICKED_MAX: usize = 200;

struct Line {
    href: String,
    title: String,
    class: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchView {
    f: Frame,
    act: &'static str,
    problem: Option<&'static str>,
    lines: Vec<Line>,
}

/// Decides what was picked.
pub(crate) async fn post_batch(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let (kind, action) = match fields.get("act") {
        Some("approve") => (ActionKind::Approve, Action::Approve),
        Some("return") => (ActionKind::Return, Action::Return),
        _ => return Err(Problem::field("act", "approve or return")),
    };
    let w = desk.lang.words();
    let phrases = words::phrases(desk.lang, kind);
    let code = fields.get("phrase");
    let phrase = phrases
        .into_iter()
        .find(|(value, _)| Some(value.as_str()) == code);
    let reason = phrase.map(|(code, text)| Reason {
        code: Some(code),
        text,
        voice: None,
    });
    let picked = fields.all("pick");
    let problem = if picked.is_empty() {
        Some(w.batch_none)
    } else if kind == ActionKind::Return && reason.is_none() {
        Some(w.wrong_reason)
    } else {
        None
    };
    let mut lines = Vec::new();
    if problem.is_none() {
        for report in picked.into_iter().take(PICKED_MAX) {
            let reason = reason.clone().filter(|_| kind == ActionKind::Return);
            lines.push(decide(&app, &desk, &fields, report, action.clone(), reason).await?);
        }
    }
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = BatchView {
        f: desk.frame(),
        act: desk.lang.pick(action_words(kind)),
        problem,
        lines,
    };
    Ok(render(status, &page))
}

async fn decide(
    app: &App,
    desk: &Desk,
    fields: &Fields,
    report: &str,
    action: Action,
    reason: Option<Reason>,
) -> Result<Line, Problem> {
    let own = |name: &str| fields.get(&format!("{name}.{report}"));
    let heads = own("heads").map(|text| text.split(',').filter_map(|head| head.parse().ok()).collect());
    let request = ActRequest {
        report: ReportRef::parse(report),
        action,
        post: None,
        reason,
        text: None,
        saw: own("saw").and_then(|saw| saw.parse().ok()),
        heads,
        id: own("id").and_then(|id| id.parse().ok()),
    };
    let line = |href: String, class, text| Line {
        href,
        title: own("title").unwrap_or(report).to_owned(),
        class,
        text,
    };
    match send(app, desk, request).await {
        Ok(done) => {
            let class = match done.outcome {
                Outcome::Accepted => "accepted",
                Outcome::Refused(_) => "refused",
                Outcome::Remark(_) | Outcome::Proposal(_) => "remark",
            };
            let text = desk.lang.pick(outcome_words(done.outcome));
            Ok(line(format!("/console/reports/{}", done.report), class, text))
        }
        Err(problem)
            if matches!(
                problem.code,
                ErrorCode::NotFound | ErrorCode::Erased | ErrorCode::Conflict
            ) =>
        {
            let text = desk.lang.words().error_not_found.to_owned();
            Ok(line("/console".to_owned(), "refused", text))
        }
        Err(problem) => Err(problem),
    }
}
