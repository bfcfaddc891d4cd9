//! 交接班: what the room has open, handed to who comes with a few words, and taken over by him.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::directory::{Role, UnitKind};
use xunge_core::id::UnitId;

use super::super::act::token;
use super::super::desk::{Desk, Frame};
use super::super::dress::render;
use super::super::form::Posted;
use super::super::queue::{Row, row_of};
use super::only;
use crate::ServiceError;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::service::{Handover, OutcomeKind, QueueQuery};

/// Open matters that are listed.
const SHOWN: u32 = 100;

struct Told {
    id: String,
    from: String,
    at: String,
    note: String,
    counted: String,
    standing: String,
    is_mine: bool,
}

#[derive(Template)]
#[template(path = "handover.html")]
struct HandoverView {
    f: Frame,
    counted: String,
    rows: Vec<Row>,
    others: Vec<(String, String)>,
    told: Vec<Told>,
    token: String,
    note: String,
    problem: Option<&'static str>,
}

/// The room at whose desk the person sits.
fn room(desk: &Desk) -> Result<UnitId, Problem> {
    only(desk, Role::is_room)?;
    let posts = desk.directory.posts_of(&desk.session.person, desk.now);
    let is_room = |unit: &UnitId| {
        let kind = desk.directory.unit(unit, desk.now).map(|unit| unit.kind);
        matches!(kind, Some(UnitKind::Township | UnitKind::County))
    };
    let mut own = posts
        .iter()
        .filter(|post| post.role.is_room() && is_room(&post.unit));
    own.next()
        .map(|post| post.unit.clone())
        .ok_or_else(|| Problem::plain(ErrorCode::Forbidden))
}

/// Everything that the room holds: how much is open and late, and the first of it.
type Open = (u64, u64, Vec<crate::service::QueueRow>);

fn open_of(service: &crate::Service, caller: &crate::Caller, room: &UnitId) -> Result<Open, ServiceError> {
    let (mut open, mut late, mut rows) = (0, 0, Vec::new());
    for feed in service.feeds_of(caller)? {
        let mut query = QueueQuery {
            feed: Some(feed),
            is_open: Some(true),
            holder: Some(room.clone()),
            limit: SHOWN,
            ..QueueQuery::default()
        };
        open += service.queue_counts(caller, &query)?.values().sum::<u64>();
        rows.extend(service.queue(caller, &query)?.rows);
        query.cohort.outcome = Some(OutcomeKind::Overdue);
        late += service.queue_counts(caller, &query)?.values().sum::<u64>();
    }
    Ok((open, late, rows))
}

/// The page.
pub(super) async fn get_handover(Shared(app): Shared<App>, desk: Desk) -> Result<Response, Problem> {
    let page = view(&app, &desk, String::new(), None).await?;
    Ok(render(StatusCode::OK, &page))
}

async fn view(
    app: &App,
    desk: &Desk,
    note: String,
    problem: Option<&'static str>,
) -> Result<HandoverView, Problem> {
    let room = room(desk)?;
    let (caller, unit) = (desk.caller.clone(), room.clone());
    let ((open, late, rows), past) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            Ok((
                open_of(service, &caller, &unit)?,
                service.handovers(&caller, &unit)?,
            ))
        })
        .await?;
    let (k, names, moments) = (desk.lang.keep(), desk.names(), desk.moments(Some(&room)));
    let me = &desk.session.person;
    let counted = |open: u64, late: u64| {
        k.handover_count
            .replace("{n}", &open.to_string())
            .replace("{m}", &late.to_string())
    };
    let told = past.iter().map(|held| Told {
        id: held.id.clone(),
        from: k.handover_from.replace("{p}", &names.person(&held.from)),
        at: moments.at(held.at).short,
        note: held.note.clone(),
        counted: counted(held.open, held.late),
        standing: match held.taken_at {
            Some(at) => k
                .handover_taken
                .replace("{p}", &names.person(&held.to))
                .replace("{t}", &moments.at(at).short),
            None => k.handover_waits.replace("{p}", &names.person(&held.to)),
        },
        is_mine: held.taken_at.is_none() && held.to == *me,
    });
    // Somebody with two posts in the room is named once.
    let others: BTreeMap<String, String> = desk
        .directory
        .room_of(&room, desk.now)
        .iter()
        .filter(|post| post.person != *me)
        .map(|post| (post.person.to_string(), names.person(&post.person)))
        .collect();
    Ok(HandoverView {
        counted: counted(open, late),
        rows: rows.iter().map(|row| row_of(row, &names, moments)).collect(),
        others: others.into_iter().collect(),
        told: told.collect(),
        token: token(),
        note,
        problem,
        f: desk.frame(),
    })
}

/// Hands over, or takes over.
pub(super) async fn post_handover(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let room = room(&desk)?;
    let caller = desk.caller.clone();
    if let Some(id) = fields.get("take").map(str::to_owned) {
        app.blocking(move |service| service.take_over(&caller, &room, &id))
            .await?;
        return Ok(Redirect::to("/console/handover").into_response());
    }
    let to = fields.get("to").and_then(|text| text.parse().ok());
    let note = fields.get("note").unwrap_or_default().to_owned();
    let Some(to) = to else {
        let page = view(&app, &desk, note, Some(desk.lang.keep().handover_wrong)).await?;
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let (from, at) = (desk.session.person.clone(), desk.now);
    let id = fields.get("id").unwrap_or_default().to_owned();
    app.blocking(move |service| -> Result<(), ServiceError> {
        let (open, late, _) = open_of(service, &caller, &room)?;
        let given = Handover {
            id,
            from,
            to,
            at,
            note,
            open,
            late,
            taken_at: None,
        };
        service.hand_over(&caller, &room, given)
    })
    .await?;
    Ok(Redirect::to("/console/handover").into_response())
}
