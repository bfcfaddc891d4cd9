//! The administrator's pages: people with posts, accounts and phones; units, categories, calendar and policies; imports with a dry run; the
//! audit log. What an administrator may keep is decided by the service.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::desk::{Desk, Frame};
use super::dress::render;
use super::pages::Pages;
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
pub(crate) fn pages() -> Pages {
    Pages::default()
        .page("/console/keep", get_keep)
        .page("/console/keep/people", people::get_people)
        .act("/console/keep/people", people::post_person)
        .page("/console/keep/people/{person}", person::get_person)
        .act("/console/keep/people/{person}", person::post_person)
        .act("/console/keep/people/{person}/posts", person::post_post)
        .act("/console/keep/people/{person}/account", person::post_account)
        .act("/console/keep/people/{person}/enrol", person::post_enrol)
        .act("/console/keep/people/{person}/revoke", person::post_revoke)
        .page("/console/keep/units", lists::get_units)
        .page("/console/keep/categories", lists::get_categories)
        .page("/console/keep/calendar", lists::get_calendar)
        .act("/console/keep/calendar", lists::post_calendar)
        .page("/console/keep/policies", lists::get_policies)
        .page("/console/keep/import", import::get_import)
        .act("/console/keep/import", import::post_import)
        .page("/console/keep/places", lists::get_places)
        .page("/console/keep/names", lists::get_names)
        .page("/console/keep/areas", lists::get_areas)
        .page("/console/keep/hand/{kind}", hand::get_form)
        .act("/console/keep/hand/{kind}", hand::post_form)
        .act("/console/keep/hand/{kind}/end", hand::post_end)
        .page("/console/keep/shifts", shifts::get_shifts)
        .act("/console/keep/shifts", shifts::post_shifts)
        .page("/console/keep/phrases", settings::get_phrases)
        .act("/console/keep/phrases", settings::post_phrases)
        .page("/console/keep/factor", settings::get_factor)
        .act("/console/keep/factor", settings::post_factor)
        .page("/console/keep/map", hand::get_map)
        .page("/console/keep/proposal", proposal::get_proposal)
        .act("/console/keep/proposal", proposal::post_proposal)
        .page("/console/keep/audit", audit::get_audit)
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
