//! Many acts from one form: each is an act of its own, bound to what stood on the page for that report, and each says what came of it.
//! What can be taken back is taken back by an act as well, which stays in the story.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::command::{Action, ActionKind, Assignment, Outcome, Reason, Refusal};
use xunge_core::id::ReportId;
use xunge_core::workflow::{action_words, is_state_changing};

use super::act::{send, token};
use super::desk::{Desk, Frame};
use super::dress::render;
use super::form::{Fields, Posted};
use super::report::is_room;
use super::words::{self, Room};
use crate::app::App;
use crate::cli::words::outcome_words;
use crate::problem::{ErrorCode, Problem};
use crate::service::{ActOutcome, ActRequest, ReportRef};

/// Acts in one form.
const PICKED_MAX: usize = 200;

/// How long what is put on hold for many at once rests, in ms: 30 days.
const HOLD_MS: i64 = 30 * 86_400_000;

struct Line {
    report: String,
    href: String,
    title: String,
    class: &'static str,
    text: String,
    /// What was done, so that taking it back takes back nothing else; empty where nothing was.
    saw: String,
    token: String,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchView {
    f: Frame,
    r: &'static Room,
    act: &'static str,
    problem: Option<String>,
    lines: Vec<Line>,
    /// The act that takes it back, with its button.
    undo: Option<(&'static str, String)>,
}

/// The acts that can be done for many at once.
pub(crate) const BULK: [ActionKind; 6] = [
    ActionKind::Accept,
    ActionKind::Dispatch,
    ActionKind::Urge,
    ActionKind::ListForSupervision,
    ActionKind::StrikeOff,
    ActionKind::Hold,
];

/// The act that takes another back, as a command of its own.
fn undoing(kind: ActionKind) -> Option<ActionKind> {
    Some(match kind {
        ActionKind::Hold => ActionKind::Resume,
        ActionKind::ListForSupervision => ActionKind::StrikeOff,
        ActionKind::StrikeOff => ActionKind::ListForSupervision,
        ActionKind::Close => ActionKind::Reopen,
        ActionKind::Approve | ActionKind::Accept | ActionKind::Dispatch => ActionKind::Withdraw,
        _ => return None,
    })
}

/// Does one act to everything that was picked.
pub(crate) async fn post_batch(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let kind = fields.get("act").and_then(ActionKind::from_name);
    let kind = kind.ok_or_else(|| Problem::field("act", "an act for many"))?;
    let (w, r) = (desk.lang.words(), desk.lang.room());
    let reason = reason(&desk, &fields, kind);
    let action = action(&desk, &fields, kind);
    let picked = fields.all("pick");
    let problem = if picked.is_empty() {
        Some(w.batch_none.to_owned())
    } else if kind == ActionKind::Return && reason.is_none() {
        Some(w.wrong_reason.to_owned())
    } else if action.is_none() {
        Some(w.wrong_missing.replace("{x}", w.in_lead))
    } else {
        None
    };
    let mut lines = Vec::new();
    if let (None, Some(action)) = (&problem, action) {
        for report in picked.into_iter().take(PICKED_MAX) {
            lines.push(one(&app, &desk, &fields, report, action.clone(), reason.clone()).await?);
        }
    }
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let was_done = lines.iter().any(|line| line.class == "accepted");
    let undo = undoing(kind).filter(|_| was_done);
    let page = BatchView {
        r,
        act: desk.lang.pick(action_words(kind)),
        problem,
        lines,
        undo: undo.map(|kind| {
            let name = desk.lang.pick(action_words(kind));
            (kind.as_str(), r.bulk_undo.replace("{x}", name))
        }),
        f: desk.frame(),
    };
    Ok(render(status, &page))
}

/// The act, where the form says all that it needs; refuses kinds that are not for many.
fn action(desk: &Desk, fields: &Fields, kind: ActionKind) -> Option<Action> {
    Some(match kind {
        ActionKind::Approve => Action::Approve,
        ActionKind::Return => Action::Return,
        ActionKind::Accept => Action::Accept,
        ActionKind::Urge => Action::Urge,
        ActionKind::ListForSupervision => Action::ListForSupervision,
        ActionKind::StrikeOff => Action::StrikeOff,
        ActionKind::Resume => Action::Resume,
        ActionKind::Reopen => Action::Reopen,
        ActionKind::Withdraw => Action::Withdraw,
        ActionKind::Hold => Action::Hold {
            until: desk.now.plus_ms(HOLD_MS),
        },
        ActionKind::Dispatch => Action::Dispatch {
            to: vec![Assignment::lead(fields.get("lead")?.parse().ok()?)],
        },
        _ => return None,
    })
}

fn reason(desk: &Desk, fields: &Fields, kind: ActionKind) -> Option<Reason> {
    match kind {
        ActionKind::Return => {
            let code = fields.get("phrase");
            let mut phrases = words::phrases(desk.lang, kind).into_iter();
            let (code, text) = phrases.find(|(value, _)| Some(value.as_str()) == code)?;
            Some(Reason {
                code: Some(code),
                text,
                voice: None,
            })
        }
        ActionKind::Hold | ActionKind::Reopen => {
            let typed = fields.get("reason").unwrap_or(desk.lang.room().bulk_reason);
            Some(Reason::words(typed))
        }
        _ => None,
    }
}

async fn one(
    app: &App,
    desk: &Desk,
    fields: &Fields,
    report: &str,
    action: Action,
    reason: Option<Reason>,
) -> Result<Line, Problem> {
    let own = |name: &str| fields.get(&format!("{name}.{report}"));
    let heads = own("heads").map(|text| text.split(',').filter_map(|head| head.parse().ok()).collect());
    let line = |href: String, class, text| Line {
        report: report.to_owned(),
        href,
        title: own("title").unwrap_or(report).to_owned(),
        class,
        text,
        saw: String::new(),
        token: token(),
    };
    if let Some(text) = meanwhile(app, desk, report, own("stood")).await? {
        return Ok(line(format!("/console/reports/{report}"), "refused", text));
    }
    let request = ActRequest {
        report: ReportRef::parse(report),
        action: action.clone(),
        post: None,
        reason,
        text: None,
        saw: own("saw").and_then(|saw| saw.parse().ok()),
        heads,
        id: own("id").and_then(|id| id.parse().ok()),
    };
    match send(app, desk, request).await {
        Ok(done) => {
            let text = desk.lang.pick(outcome_words(done.outcome));
            let moved = is_state_changing(&action).then(|| done.command.to_string());
            Ok(Line {
                saw: moved.unwrap_or_default(),
                ..line(format!("/console/reports/{}", done.report), class(&done), text)
            })
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

fn class(done: &ActOutcome) -> &'static str {
    match done.outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused(_) => "refused",
        Outcome::Remark(_) | Outcome::Proposal(_) => "remark",
    }
}

/// Why a report of a list is left alone: it moved since the page was drawn, or somebody else has it open.
async fn meanwhile(
    app: &App,
    desk: &Desk,
    report: &str,
    stood: Option<&str>,
) -> Result<Option<String>, Problem> {
    let (Some(stood), Ok(id)) = (stood, report.parse::<ReportId>()) else {
        return Ok(None);
    };
    let (caller, me) = (desk.caller.clone(), desk.session.person.clone());
    let found = app
        .blocking(move |service| {
            let story = service.report_story(&caller, &ReportRef::Id(id), None);
            Ok::<_, Problem>((
                story.ok().map(|story| stamp(&story.row)),
                service.present(&[id]).remove(&id),
            ))
        })
        .await?;
    Ok(match found {
        (Some(now), _) if now != stood => {
            let outcome = Outcome::Refused(Refusal::DecidedMeanwhile);
            Some(desk.lang.pick(outcome_words(outcome)))
        }
        (_, Some(other)) if other != me && is_room(desk) => {
            let text = desk.lang.room().handled_by;
            Some(text.replace("{p}", &desk.names().person(&other)))
        }
        _ => None,
    })
}

/// What a line of a list binds an act to: the state and since when it is held, which every move changes.
pub(crate) fn stamp(row: &crate::service::QueueRow) -> String {
    let since = row.held_since.map_or(0, xunge_core::time::Timestamp::as_millis);
    format!("{}.{since}", row.state.as_str())
}
