//! Imports by upload: a file is read and held against the directory; everything that is wrong is told with its line; what would change is
//! shown on the page of the proposal before anything is written.

use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use chrono::NaiveDate;
use clap::ValueEnum;
use xunge_core::signature::sha256;

use super::hand::proposed;
use super::{proposal, require};
use crate::app::App;
use crate::body;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::render;
use crate::console::lang::Lang;
use crate::console::login;
use crate::console::queue::day_start;
use crate::import::words::say;
use crate::import::{ImportKind, ImportProblem, PlanOptions, ReadOptions, plan, read};
use crate::problem::{ErrorCode, Problem};

/// The address of the page.
const HERE: &str = "/console/keep/import";

/// The largest file, in bytes: outlines of a whole county fit.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Problems that are listed.
const PROBLEMS_SHOWN: usize = 500;

struct Kind {
    value: String,
    name: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "keep_import.html")]
struct ImportView {
    f: Frame,
    kinds: Vec<Kind>,
    today: String,
    problems: Vec<String>,
    problems_text: String,
    notice: Option<String>,
}

pub(super) fn kind_name(lang: Lang, kind: ImportKind) -> &'static str {
    lang.pick(match kind {
        ImportKind::Units => ("单位", "units"),
        ImportKind::Grids => ("网格（GeoJSON 或表格）", "grids (GeoJSON or a table)"),
        ImportKind::Departments => ("部门", "departments"),
        ImportKind::People => ("人员", "people"),
        ImportKind::Posts => ("岗位", "posts"),
        ImportKind::Categories => ("类别", "categories"),
        ImportKind::Calendar => ("日历", "calendar"),
        ImportKind::KeyPlaces => ("重点场所", "key places"),
        ImportKind::Unreachable => ("无法到达的区域", "unreachable ground"),
        ImportKind::PlaceNames => ("地名", "place names"),
        ImportKind::Policies => ("时限和工作时间", "policies"),
        ImportKind::Rules => ("分流规则", "rules of routing"),
    })
}

fn blank(desk: &Desk, chosen: Option<ImportKind>) -> ImportView {
    let kinds = ImportKind::value_variants().iter().map(|kind| Kind {
        value: kind
            .to_possible_value()
            .map_or(String::new(), |value| value.get_name().to_owned()),
        name: kind_name(desk.lang, *kind),
        is_chosen: chosen == Some(*kind),
    });
    ImportView {
        kinds: kinds.collect(),
        today: desk.now.day_in(desk.moments(None).zone).to_string(),
        problems: Vec::new(),
        problems_text: String::new(),
        notice: None,
        f: desk.frame(),
    }
}

/// The page.
pub(super) async fn get_import(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    Ok(render(StatusCode::OK, &blank(&desk, None)))
}

/// The fields of an upload.
#[derive(Default)]
struct Upload {
    csrf: String,
    kind: String,
    from: String,
    file: Bytes,
}

async fn read_upload(app: &App, request: Request) -> Result<Upload, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(body, FILE_BYTES_MAX, app.config.limits.body_read_ms_max).await?;
    let mut whole = Request::new(Body::from(bytes));
    *whole.headers_mut() = parts.headers;
    *whole.method_mut() = parts.method;
    let bad = |_| Problem::field("body", "no form with a file");
    let mut form = Multipart::from_request(whole, &()).await.map_err(bad)?;
    let mut upload = Upload::default();
    let broken = |_| Problem::field("body", "the form is cut off");
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(broken)?;
        let text = || String::from_utf8_lossy(&bytes).trim().to_owned();
        match name.as_str() {
            "csrf" => upload.csrf = text(),
            "kind" => upload.kind = text(),
            "from" => upload.from = text(),
            "file" => upload.file = bytes,
            _ => {}
        }
    }
    Ok(upload)
}

/// Checks a file; nothing is written.
pub(super) async fn post_import(Shared(app): Shared<App>, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let desk = match Desk::of(&app, &headers, HERE).await {
        Ok(desk) => desk,
        // A file cannot be kept behind the log-in: it is chosen again.
        Err(problem) if problem.code == ErrorCode::Unauthorized => {
            return Ok(login::ask_again(&headers, HERE, Default::default()));
        }
        Err(problem) => return Err(problem),
    };
    let upload = read_upload(&app, request).await?;
    if sha256(upload.csrf.as_bytes()) != sha256(desk.session.csrf.as_bytes()) {
        return Ok(Problem::plain(ErrorCode::CsrfMissing).into_response());
    }
    require(&desk)?;
    let kind =
        ImportKind::from_str(&upload.kind, true).map_err(|_| Problem::field("kind", "no such kind"))?;
    let zone = desk.moments(None).zone;
    let today = desk.now.day_in(zone);
    let day = upload.from.parse::<NaiveDate>().unwrap_or(today);
    let valid_from = if day == today {
        desk.now
    } else {
        day_start(day, zone)
    };
    let options = ReadOptions {
        today,
        zone,
        is_future_allowed: true,
    };
    let caller = desk.caller.clone();
    let checked = app
        .blocking(move |service| -> Result<_, Problem> {
            let rows = service.directory_rows(None)?;
            let planned = read(kind, &upload.file, &options)
                .and_then(|file| plan(file, &rows, &PlanOptions { valid_from }));
            if let Ok(plan) = &planned {
                service.keep_may_write(&caller, &plan.changes)?;
            }
            Ok(planned)
        })
        .await?;
    match checked {
        Ok(plan) if plan.changes.is_empty() => {
            let good = desk.lang.board().import_good.replace("{n}", "0");
            let page = ImportView {
                notice: Some(good.replace("{k}", &plan.unchanged.to_string())),
                ..blank(&desk, Some(kind))
            };
            Ok(render(StatusCode::OK, &page))
        }
        Ok(plan) => {
            let held = proposed(&desk, kind_name(desk.lang, kind), HERE, plan);
            proposal::keep(&app, &desk, held).await?;
            Ok(Redirect::to(proposal::HERE).into_response())
        }
        Err(problems) => Ok(render(
            StatusCode::UNPROCESSABLE_ENTITY,
            &wrong(&desk, kind, &problems),
        )),
    }
}

fn wrong(desk: &Desk, kind: ImportKind, problems: &[ImportProblem]) -> ImportView {
    let language = desk.lang.config();
    let text = desk.lang.board().import_wrong;
    ImportView {
        problems: problems
            .iter()
            .take(PROBLEMS_SHOWN)
            .map(|problem| say(problem, language))
            .collect(),
        problems_text: text.replace("{n}", &problems.len().to_string()),
        ..blank(desk, Some(kind))
    }
}
