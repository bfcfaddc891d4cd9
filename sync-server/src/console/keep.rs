//! The administrator's pages: people with posts, accounts and phones; units, categories, calendar and policies; imports with a dry run; the
//! audit log. What an administrator may keep is decided by the service.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::desk::{Desk, Frame};
use super::dress::render;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};

mod audit;
mod import;
mod lists;
mod people;
mod person;

/// Every page of administrators.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/console/keep", get(get_keep))
        .route(
            "/console/keep/people",
            get(people::get_people).post(people::post_person),
        )
        .route(
            "/console/keep/people/{person}",
            get(person::get_person).post(person::post_person),
        )
        .route("/console/keep/people/{person}/posts", post(person::post_post))
        .route(
            "/console/keep/people/{person}/account",
            post(person::post_account),
        )
        .route("/console/keep/people/{person}/enrol", post(person::post_enrol))
        .route("/console/keep/people/{person}/revoke", post(person::post_revoke))
        .route("/console/keep/units", get(lists::get_units))
        .route("/console/keep/categories", get(lists::get_categories))
        .route("/console/keep/calendar", get(lists::get_calendar))
        .route("/console/keep/policies", get(lists::get_policies))
        .route(
            "/console/keep/import",
            get(import::get_import).post(import::post_import),
        )
        .route("/console/keep/import/apply", post(import::post_apply))
        .route("/console/keep/audit", get(audit::get_audit))
}

/// A way to one of these pages.
struct Way {
    href: &'static str,
    name: &'static str,
    about: &'static str,
}

#[derive(Template)]
#[template(path = "keep.html")]
struct KeepView {
    f: Frame,
    ways: Vec<Way>,
}

/// Nobody but administrators.
fn require(desk: &Desk) -> Result<(), Problem> {
    match desk.is_administrator() {
        true => Ok(()),
        false => Err(Problem::plain(ErrorCode::Forbidden)),
    }
}

async fn get_keep(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let b = desk.lang.board();
    let way = |href, name, about| Way { href, name, about };
    let ways = vec![
        way("/console/keep/people", b.keep_people, b.keep_people_about),
        way("/console/keep/units", b.keep_units, b.keep_units_about),
        way(
            "/console/keep/categories",
            b.keep_categories,
            b.keep_categories_about,
        ),
        way("/console/keep/calendar", b.keep_calendar, b.keep_calendar_about),
        way("/console/keep/policies", b.keep_policies, b.keep_policies_about),
        way("/console/keep/import", b.keep_import, b.keep_import_about),
        way("/console/keep/audit", b.keep_audit, b.keep_audit_about),
    ];
    let page = KeepView {
        f: desk.frame(),
        ways,
    };
    Ok(render(StatusCode::OK, &page))
}
