//! The program's own style, script and mark. Their addresses carry a hash of their bytes, so that browsers may keep them for good.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use xunge_core::signature::sha256;

use crate::problem::{ErrorCode, Problem};

const CSS: &str = concat!(
    include_str!("assets/console.css"),
    "\n",
    include_str!("assets/forms.css")
);
const JS: &str = concat!(
    include_str!("assets/console.js"),
    "\n",
    include_str!("assets/desk.js"),
    "\n",
    include_str!("assets/export.js")
);
/// What `console-assets/build.sh` made; empty where it did not run before this program was compiled.
const MAP: &str = include_str!(concat!(env!("OUT_DIR"), "/map.js"));
/// What draws outlines; made beside the map.
const DRAW: &str = include_str!(concat!(env!("OUT_DIR"), "/draw.js"));
const ICON: &str = include_str!("assets/icon.svg");

fn tag(bytes: &str) -> String {
    hex::encode(&sha256(bytes.as_bytes())[..6])
}

/// The address of the style.
pub(crate) fn css() -> String {
    static AT: OnceLock<String> = OnceLock::new();
    AT.get_or_init(|| format!("/console/assets/console.css?v={}", tag(CSS)))
        .clone()
}

/// The address of the script.
pub(crate) fn js() -> String {
    static AT: OnceLock<String> = OnceLock::new();
    AT.get_or_init(|| format!("/console/assets/console.js?v={}", tag(JS)))
        .clone()
}

/// The address of the map's script; `None` where the map was not built.
pub(crate) fn map() -> Option<String> {
    static AT: OnceLock<Option<String>> = OnceLock::new();
    AT.get_or_init(|| (!MAP.is_empty()).then(|| format!("/console/assets/map.js?v={}", tag(MAP))))
        .clone()
}

/// The address of the script that draws outlines; `None` where it was not built.
pub(crate) fn draw() -> Option<String> {
    static AT: OnceLock<Option<String>> = OnceLock::new();
    AT.get_or_init(|| (!DRAW.is_empty()).then(|| format!("/console/assets/draw.js?v={}", tag(DRAW))))
        .clone()
}

/// One of the program's own files.
pub(crate) async fn get_asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "console.css" => ("text/css; charset=utf-8", CSS),
        "console.js" => ("text/javascript; charset=utf-8", JS),
        "map.js" if !MAP.is_empty() => ("text/javascript; charset=utf-8", MAP),
        "draw.js" if !DRAW.is_empty() => ("text/javascript; charset=utf-8", DRAW),
        "icon.svg" => ("image/svg+xml", ICON),
        _ => return Problem::plain(ErrorCode::NotFound).into_response(),
    };
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(kind));
    headers.insert(
        "cache-control",
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    response
}
