//! The room's own pages: entering reports, orders to grids, random rechecks, rules of routing.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use xunge_core::directory::Role;

use super::desk::{Desk, Frame};
use super::dress::render;
use super::words::Room;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};

mod enter;
mod handover;
mod orders;
mod recheck;
pub(crate) mod rules;

/// The addresses of the room's pages.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/console/desk", get(get_desk))
        .route("/console/enter", get(enter::get_enter))
        .route("/console/enter/report", post(enter::post_enter))
        .route(
            "/console/orders",
            get(orders::get_orders).post(orders::post_orders),
        )
        .route("/console/recheck", get(recheck::get_recheck))
        .route(
            "/console/handover",
            get(handover::get_handover).post(handover::post_handover),
        )
        .route("/console/rules", get(rules::get_rules))
        .route("/console/rules/rule", get(rules::get_rule).post(rules::post_rule))
        .route("/console/rules/try", post(rules::post_try))
        .route("/console/rules/adopt", post(rules::post_adopt))
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskView {
    f: Frame,
    r: &'static Room,
    is_room: bool,
}

/// Who may open the room's pages: the room itself; supervisors and administrators for what they answer for.
pub(super) fn only(desk: &Desk, may: impl Fn(Role) -> bool) -> Result<(), Problem> {
    match desk.holds(may) {
        true => Ok(()),
        false => Err(Problem::plain(ErrorCode::Forbidden)),
    }
}

/// Whether an address is one of these pages.
pub(crate) fn is_desk(here: &str) -> bool {
    let pages = [
        "/console/desk",
        "/console/enter",
        "/console/handover",
        "/console/orders",
        "/console/recheck",
        "/console/rules",
    ];
    pages.iter().any(|page| here.starts_with(page))
}

/// Whether a role has any of these pages.
pub(crate) fn has_desk(role: Role) -> bool {
    role.is_room() || matches!(role, Role::Supervisor | Role::Administrator)
}

/// What the room has besides the queue.
async fn get_desk(desk: Desk) -> Result<Response, Problem> {
    only(&desk, has_desk)?;
    let page = DeskView {
        r: desk.lang.room(),
        is_room: desk.holds(Role::is_room),
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}
