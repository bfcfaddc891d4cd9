//! What every page wears: headers that keep others out, and errors as pages in the reader's language.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::lang::Lang;
use super::map::TileOrigin;
use super::words::Words;
use crate::problem::{ErrorCode, Problem};
use crate::request_log::RequestId;

/// No script and no style but the program's own files, nothing from elsewhere, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    w: &'static Words,
    tag: &'static str,
    css: String,
    title: &'static str,
    advice: &'static str,
    request_id: String,
}

/// Wraps every route of the console.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let lang = Lang::of(request.headers());
    let here = request
        .uri()
        .path_and_query()
        .map_or("/console", |p| p.as_str())
        .to_owned();
    let is_page = request.method() == Method::GET && !here.starts_with("/console/events");
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = match problem.code {
            ErrorCode::Unauthorized if is_page => to_login(&here),
            ErrorCode::SecondFactorMissing if is_page => Redirect::to(super::account::HERE).into_response(),
            _ => error_page(&problem, lang, id.unwrap_or_default()),
        };
    }
    let tiles = response.extensions_mut().remove::<TileOrigin>();
    wear(response.headers_mut(), tiles.as_ref());
    response
}

/// The log-in page, with the way back.
pub(crate) fn to_login(here: &str) -> Response {
    let back: String = percent(here);
    Redirect::to(&format!("/console/login?next={back}")).into_response()
}

fn wear(headers: &mut HeaderMap, tiles: Option<&TileOrigin>) {
    let policy = tiles.and_then(|TileOrigin(origin)| {
        let with_tiles = POLICY.replacen("img-src 'self'", &format!("img-src 'self' {origin}"), 1);
        HeaderValue::from_str(&with_tiles).ok()
    });
    let policy = policy.unwrap_or(HeaderValue::from_static(POLICY));
    headers.insert("content-security-policy", policy);
    for (name, text) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(text));
    }
    if !headers.contains_key("cache-control") {
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
    }
}

fn error_page(problem: &Problem, lang: Lang, request_id: String) -> Response {
    let w = lang.words();
    let (title, advice) = match problem.code {
        ErrorCode::NotFound | ErrorCode::MethodNotAllowed => (w.error_not_found, w.error_not_found_advice),
        ErrorCode::Forbidden => (w.error_forbidden, w.error_forbidden_advice),
        ErrorCode::CsrfMissing => (w.error_csrf, w.error_csrf_advice),
        ErrorCode::Unauthorized => (w.error_signed_out, w.error_signed_out_advice),
        ErrorCode::Erased => (w.error_erased, w.error_erased_advice),
        ErrorCode::Malformed | ErrorCode::TooLarge | ErrorCode::UnsupportedMediaType => {
            (w.error_malformed, w.error_malformed_advice)
        }
        ErrorCode::TooManyRequests | ErrorCode::Unavailable | ErrorCode::TooSlow => {
            (w.error_busy, w.error_busy_advice)
        }
        ErrorCode::StorageFull => (w.error_full, w.error_full_advice),
        _ => (w.error_internal, w.error_internal_advice),
    };
    let page = ErrorPage {
        w,
        tag: lang.tag(),
        css: super::assets::css(),
        title,
        advice,
        request_id,
    };
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = render(status, &page);
    if let Some(seconds) = problem.retry_after_s {
        response
            .headers_mut()
            .insert("retry-after", HeaderValue::from(seconds));
    }
    response
}

/// A page as an answer.
pub(crate) fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => Problem::internal("a page", &error).into_response(),
    }
}

/// Text as it stands in a query: everything but letters, digits and a few plain signs escaped.
pub(crate) fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
