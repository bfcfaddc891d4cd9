//! The one table of routes. Paths and methods stand beside each handler; this is where all of them come together.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::request_log::log_request;
use crate::routes::{
    blobs, coverage, directory, enrol, health, queue, reports, session, sync, uploads, wait,
};

/// Every route, described.
pub(crate) fn table() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sync::post_sync))
        .routes(routes!(wait::get_wait))
        .routes(routes!(enrol::post_enrol))
        .routes(routes!(enrol::get_root))
        .routes(routes!(uploads::options_uploads, uploads::post_uploads))
        .routes(routes!(
            uploads::head_upload,
            uploads::patch_upload,
            uploads::delete_upload,
            uploads::post_upload_override
        ))
        .routes(routes!(blobs::get_blob))
        .routes(routes!(session::post_session, session::delete_session))
        .routes(routes!(queue::get_queue))
        .routes(routes!(reports::get_report))
        .routes(routes!(reports::post_act))
        .routes(routes!(directory::get_directory))
        .routes(routes!(coverage::get_coverage))
        .routes(routes!(coverage::get_cells))
        .routes(routes!(coverage::get_key_places))
        .routes(routes!(coverage::get_phones))
        .routes(routes!(health::get_health))
        .routes(routes!(health::get_metrics))
        .routes(routes!(health::get_openapi))
}

/// The console's routes with their methods, as the router has them: a test holds each of them against every post.
pub fn console_routes() -> Vec<(&'static str, &'static str)> {
    crate::console::listed()
}

/// The server's router with everything that wraps it. Tests call it in process.
pub fn build(app: App) -> Router {
    let (router, _) = table().split_for_parts();
    router
        .merge(crate::console::router())
        .fallback(|| async { Problem::plain(ErrorCode::NotFound).into_response() })
        .method_not_allowed_fallback(|| async { Problem::plain(ErrorCode::MethodNotAllowed).into_response() })
        // Handlers bound their bodies themselves, each by its own named limit.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(uploads::name_version))
        .layer(middleware::from_fn(|request: Request, next| {
            log_request(request, next)
        }))
        .with_state(app)
}
