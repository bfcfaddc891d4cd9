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
mod export;
mod figures;
mod form;
mod home;
mod keep;
mod lang;
mod login;
mod map;
mod moment;
mod names;
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
use axum::routing::{any, get, post};

use crate::app::App;
use crate::problem::{ErrorCode, Problem};

/// Every page, by address. Each answers with a page; errors too.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/console") }))
        .route("/console", get(home::get_home))
        .route("/console/login", get(login::get_login).post(login::post_login))
        .route("/console/login/second", post(login::post_second))
        .route("/console/account", get(account::get_account))
        .route("/console/account/factor", post(account::post_factor))
        .route("/console/logout", post(login::post_logout))
        .route("/console/language/{language}", get(lang::get_language))
        .route("/console/queue", get(queue::get_queue))
        .route("/console/queue/export", get(export::get_page))
        .route("/console/export", get(export::get_file).post(export::post_file))
        .route("/console/queue/map", get(queue::get_map))
        .route("/console/map/queue", get(queue::get_points))
        .route("/console/batch", post(batch::post_batch))
        .route("/console/views", post(views::post_views))
        .route("/console/reports/{report}", get(report::get_report))
        .route("/console/reports/{report}/people", post(report::post_people))
        .route("/console/reports/{report}/print", get(print::get_print))
        .route("/console/reports/{report}/slip", get(report::get_slip))
        .route("/console/reports/{report}/compare", get(report::get_compare))
        .route("/console/reports/{report}/pictures", post(report::post_pictures))
        .route("/console/reports/{report}/take", post(report::post_take))
        .route("/console/reports/{report}/attend", post(report::post_attend))
        .route(
            "/console/reports/{report}/pictures/{attachment}/blur",
            get(report::get_blur),
        )
        .route(
            "/console/reports/{report}/archive",
            get(archive::get_page).post(archive::post_archive),
        )
        .route(
            "/console/reports/{report}/pictures/{attachment}",
            get(report::get_picture),
        )
        .route("/console/reports/{report}/acts/{kind}", post(act::post_act))
        .route("/console/coverage", get(coverage::get_coverage))
        .route("/console/coverage/phones", get(coverage::get_phones))
        .route("/console/figures", get(figures::get_figures))
        .route("/console/phones", get(phones::get_phones))
        .route("/console/map/coverage", get(map::get_coverage))
        .merge(room::router())
        .merge(keep::router())
        .route("/console/events", get(events::get_events))
        .route("/console/assets/{name}", get(assets::get_asset))
        .route(
            "/console/{*rest}",
            any(|| async { Problem::plain(ErrorCode::NotFound) }),
        )
        .method_not_allowed_fallback(|| async { Problem::plain(ErrorCode::MethodNotAllowed) })
        .layer(middleware::from_fn(dress::dress))
}
