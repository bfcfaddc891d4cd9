//! Imports by upload: a file is read and held against the directory; everything that is wrong is told with its line; what would change is
//! shown before anything is written, and one press writes it.

use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::NaiveDate;
use clap::ValueEnum;
use xunge_core::directory::DirectoryRecord;
use xunge_core::signature::sha256;

use super::require;
use crate::app::App;
use crate::body;
use crate::config::Language;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::render;
use crate::console::form::Posted;
use crate::console::lang::Lang;
use crate::console::login;
use crate::console::queue::day_start;
use crate::import::words::say;
use crate::import::{ImportKind, ImportProblem, Plan, PlanOptions, ReadOptions, plan, read};
use crate::problem::{ErrorCode, Problem};
use crate::service::DirectoryChange;

/// The largest file, in bytes: outlines of a whole county fit.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Changes that are listed before they are written.
const SHOWN: usize = 200;

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
    /// What would change, and the name under which it waits.
    changes: Vec<(String, String)>,
    token: String,
    summary: String,
    passed_over: String,
    done: Option<String>,
}

fn kind_name(lang: Lang, kind: ImportKind) -> &'static str {
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
        changes: Vec::new(),
        token: String::new(),
        summary: String::new(),
        passed_over: String::new(),
        done: None,
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
    let desk = match Desk::of(&app, &headers, "/console/keep/import").await {
        Ok(desk) => desk,
        // A file cannot be kept behind the log-in: it is chosen again.
        Err(problem) if problem.code == ErrorCode::Unauthorized => {
            return Ok(login::ask_again(
                &headers,
                "/console/keep/import",
                Default::default(),
            ));
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
    Ok(match checked {
        Ok(plan) => {
            let (view, changes) = planned(&desk, kind, plan);
            let (account, token) = (desk.session.account.clone(), view.token.clone());
            app.blocking(move |service| service.checked_keep(&account, &token, changes))
                .await?;
            render(StatusCode::OK, &view)
        }
        Err(problems) => render(StatusCode::UNPROCESSABLE_ENTITY, &wrong(&desk, kind, &problems)),
    })
}

fn wrong(desk: &Desk, kind: ImportKind, problems: &[ImportProblem]) -> ImportView {
    let language = match desk.lang {
        Lang::Zh => Language::Chinese,
        Lang::En => Language::English,
    };
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

fn planned(desk: &Desk, kind: ImportKind, plan: Plan) -> (ImportView, Vec<DirectoryChange>) {
    let b = desk.lang.board();
    let changes = plan.changes.iter().take(SHOWN).map(|change| {
        let (key, name) = (change.record.key(), name_of(&change.record));
        (key, name)
    });
    let view = ImportView {
        changes: changes.collect(),
        token: crate::console::act::token(),
        summary: b
            .import_good
            .replace("{n}", &plan.changes.len().to_string())
            .replace("{k}", &plan.unchanged.to_string()),
        passed_over: plan.passed_over.join(desk.lang.words().listing),
        ..blank(desk, Some(kind))
    };
    (view, plan.changes)
}

/// What a record is called.
fn name_of(record: &DirectoryRecord) -> String {
    match record {
        DirectoryRecord::Unit(unit) => unit.name.clone(),
        DirectoryRecord::Person(person) => person.name.clone(),
        DirectoryRecord::Post(post) => format!("{} · {}", post.unit, post.person),
        DirectoryRecord::Category(category) => category.name.clone(),
        DirectoryRecord::CalendarDay(day) => day.name.clone(),
        DirectoryRecord::PlaceName(place) => place.name.clone(),
        DirectoryRecord::KeyPlace(place) => place.name.clone(),
        _ => String::new(),
    }
}

/// Writes what was checked.
pub(super) async fn post_apply(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    require(&desk)?;
    let b = desk.lang.board();
    let token = fields.get("token").unwrap_or_default().to_owned();
    let account = desk.session.account.clone();
    let held = app
        .blocking(move |service| service.checked_take(&account, &token))
        .await?;
    let Some(changes) = held else {
        let page = ImportView {
            problems_text: b.import_gone.to_owned(),
            ..blank(&desk, None)
        };
        return Ok(render(StatusCode::CONFLICT, &page));
    };
    let caller = desk.caller.clone();
    let applied = app
        .blocking(move |service| service.keep_directory(&caller, &changes))
        .await?;
    let page = ImportView {
        done: Some(b.import_done.replace("{n}", &applied.written.to_string())),
        ..blank(&desk, None)
    };
    Ok(render(StatusCode::OK, &page))
}
