//! The description of the interface, made from the handlers themselves.

use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Xunge server",
        description = "Sync, uploads and the command room's interface of a township. Errors have one shape; their codes are in docs/errors.md."
    ),
    components(schemas(crate::problem::ErrorBody))
)]
struct Base;

/// The OpenAPI document of every route.
pub fn description() -> utoipa::openapi::OpenApi {
    let mut all = Base::openapi();
    all.info.version = env!("CARGO_PKG_VERSION").to_owned();
    all.merge(crate::router::table().into_openapi());
    let components = all.components.get_or_insert_default();
    for (name, about) in [
        ("install", "`<install>.<secret>` from the enrolment"),
        (
            "session",
            "the session from the sign-in, or its cookie with `X-Xunge-Csrf`",
        ),
    ] {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(about))
            .build();
        components.add_security_scheme(name, SecurityScheme::Http(scheme));
    }
    all
}
