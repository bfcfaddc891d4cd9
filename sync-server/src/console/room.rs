//! The room's own pages: entering reports, orders to grids, random rechecks, rules of routing.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::directory::Role;

use super::desk::{Desk, Frame};
use super::dress::render;
use super::pages::Pages;
use super::words::Room;
use crate::problem::{ErrorCode, Problem};

mod enter;
mod handover;
mod orders;
mod recheck;
pub(crate) mod rules;

/// The addresses of the room's pages.
pub(crate) fn pages() -> Pages {
    Pages::default()
        .page("/console/desk", get_desk)
        .page("/console/enter", enter::get_enter)
        .act("/console/enter/report", enter::post_enter)
        .page("/console/orders", orders::get_orders)
        .act("/console/orders", orders::post_orders)
        .page("/console/recheck", recheck::get_recheck)
        .page("/console/handover", handover::get_handover)
        .act("/console/handover", handover::post_handover)
        .page("/console/rules", rules::get_rules)
        .page("/console/rules/rule", rules::get_rule)
        .act("/console/rules/rule", rules::post_rule)
        .act("/console/rules/try", rules::post_try)
        .act("/console/rules/adopt", rules::post_adopt)
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
