//! The console: pages that the server draws for clerks, chiefs, departments and supervisors, embedded in the program.
//!
//! It decides nothing. Who may see a report and who may do what to it is answered by the same service as for the API, and every act goes
//! through the same table. Reading works without JavaScript; the one module that is served adds keys and live arrival. No page needs the
//! internet, runs a script or style of its own, or puts what people wrote into the page unescaped.

mod account;
mod act;
mod address;
mod archive;
mod assets;
mod batch;
mod coverage;
mod desk;
mod dress;
mod events;
pub(crate) mod export;
mod figures;
mod form;
mod home;
mod keep;
mod lang;
mod login;
mod map;
mod moment;
mod names;
mod pages;
mod period;
mod phones;
mod print;
mod queue;
mod report;
mod room;
mod views;
mod words;

use axum::Router;
use axum::middleware;
use axum::response::Redirect;
use axum::routing::{any, get};

use crate::app::App;
use crate::console::pages::Pages;
use crate::problem::{ErrorCode, Problem};

/// Every page and every form, by address.
fn pages() -> Pages {
    Pages::default()
        .page("/console", home::get_home)
        .page("/console/login", login::get_login)
        .act("/console/login", login::post_login)
        .act("/console/login/second", login::post_second)
        .page("/console/account", account::get_account)
        .act("/console/account/factor", account::post_factor)
        .act("/console/logout", login::post_logout)
        .page("/console/language/{language}", lang::get_language)
        .page("/console/queue", queue::get_queue)
        .page("/console/queue/export", export::get_page)
        .page("/console/export", export::get_file)
        .act("/console/export", export::post_file)
        .page("/console/export/progress", export::get_progress)
        .page("/console/queue/map", queue::get_map)
        .page("/console/map/queue", queue::get_points)
        .act("/console/batch", batch::post_batch)
        .act("/console/views", views::post_views)
        .page("/console/reports/{report}", report::get_report)
        .act("/console/reports/{report}/people", report::post_people)
        .page("/console/reports/{report}/print", print::get_print)
        .page("/console/reports/{report}/slip", report::get_slip)
        .page("/console/reports/{report}/compare", report::get_compare)
        .act("/console/reports/{report}/pictures", report::post_pictures)
        .act("/console/reports/{report}/take", report::post_take)
        .act("/console/reports/{report}/attend", report::post_attend)
        .page(
            "/console/reports/{report}/pictures/{attachment}/blur",
            report::get_blur,
        )
        .page("/console/reports/{report}/archive", archive::get_page)
        .act("/console/reports/{report}/archive", archive::post_archive)
        .page(
            "/console/reports/{report}/pictures/{attachment}",
            report::get_picture,
        )
        .act("/console/reports/{report}/acts/{kind}", act::post_act)
        .page("/console/coverage", coverage::get_coverage)
        .page("/console/coverage/file", coverage::file::get_file)
        .page("/console/coverage/phones", coverage::get_phones)
        .page("/console/figures", figures::get_figures)
        .page("/console/phones", phones::get_phones)
        .page("/console/map/coverage", map::get_coverage)
        .with(room::pages())
        .with(keep::pages())
        .page("/console/events", events::get_events)
        .page("/console/assets/{name}", assets::get_asset)
}

/// The routes of the console with their methods: for the test that holds each against each post.
pub(crate) fn listed() -> Vec<(&'static str, &'static str)> {
    pages().split().1
}

/// Every page, by address. Each answers with a page; errors too.
pub(crate) fn router() -> Router<App> {
    let (router, _) = pages().split();
    router
        .route("/", get(|| async { Redirect::to("/console") }))
        .route(
            "/console/{*rest}",
            any(|| async { Problem::plain(ErrorCode::NotFound) }),
        )
        .method_not_allowed_fallback(|| async { Problem::plain(ErrorCode::MethodNotAllowed) })
        .layer(middleware::from_fn(dress::dress))
}
