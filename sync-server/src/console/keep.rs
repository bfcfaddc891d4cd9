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
pub(crate) mod hand;
mod import;
mod lists;
mod people;
mod person;
pub(crate) mod proposal;
mod settings;
mod shifts;

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
        .route("/console/keep/places", get(lists::get_places))
        .route("/console/keep/names", get(lists::get_names))
        .route("/console/keep/areas", get(lists::get_areas))
        .route(
            "/console/keep/hand/{kind}",
            get(hand::get_form).post(hand::post_form),
        )
        .route("/console/keep/hand/{kind}/end", post(hand::post_end))
        .route(
            "/console/keep/shifts",
            get(shifts::get_shifts).post(shifts::post_shifts),
        )
        .route(
            "/console/keep/phrases",
            get(settings::get_phrases).post(settings::post_phrases),
        )
        .route(
            "/console/keep/factor",
            get(settings::get_factor).post(settings::post_factor),
        )
        .route("/console/keep/map", get(hand::get_map))
        .route(
            "/console/keep/proposal",
            get(proposal::get_proposal).post(proposal::post_proposal),
        )
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
    let (b, k) = (desk.lang.board(), desk.lang.keep());
    let way = |href, name, about| Way { href, name, about };
    let ways = vec![
        way("/console/keep/people", b.keep_people, b.keep_people_about),
        way("/console/keep/shifts", k.shifts, k.shifts_about),
        way("/console/keep/units", b.keep_units, b.keep_units_about),
        way(
            "/console/keep/categories",
            b.keep_categories,
            b.keep_categories_about,
        ),
        way("/console/keep/calendar", b.keep_calendar, b.keep_calendar_about),
        way("/console/keep/policies", b.keep_policies, b.keep_policies_about),
        way("/console/keep/places", k.places, k.places_about),
        way("/console/keep/names", k.names, k.names_about),
        way("/console/keep/areas", k.areas, k.areas_about),
        way("/console/rules", desk.lang.room().rules_title, k.rules_about),
        way("/console/keep/phrases", k.phrases, k.phrases_about),
        way("/console/keep/factor", k.factor_roles, k.factor_roles_about),
        way("/console/keep/import", b.keep_import, b.keep_import_about),
        way("/console/keep/audit", b.keep_audit, b.keep_audit_about),
    ];
    let page = KeepView {
        f: desk.frame(),
        ways,
    };
    Ok(render(StatusCode::OK, &page))
}
