//! Lists as files: CSV, XLSX, GeoJSON. They are written while they are sent, so that a large one costs no memory, and the browser shows how
//! much has come. People are masked; leaving them as they are asks why, and stands in the audit log.

use std::collections::BTreeMap;
use std::io::{self, Write};

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Shared};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;
use tokio::sync::mpsc;

use super::desk::{Desk, Frame};
use super::dress::render;
use super::events::Told;
use super::form::Posted;
use super::map::point;
use super::moment::Moments;
use super::names::Names;
use super::queue::{Filter, outcome_words};
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::service::{ExportRow, OutcomeKind, QueueQuery};
use crate::sheet::{Cell, Sheet, SheetKind};

mod progress;

pub(crate) use progress::{Exports, get_progress};

/// Files of more reports than this show how far they are.
const LARGE: u64 = 300;

/// Bytes that are gathered before they are sent.
const PIECE_BYTES: usize = 64 * 1024;

/// Pieces that wait for a slow reader.
const PIECES: usize = 4;

#[derive(Template)]
#[template(path = "export.html")]
struct ExportView {
    f: Frame,
    back: String,
    picked: String,
    count_text: String,
    count: u64,
    large: u64,
    /// The filter as fields.
    kept: Vec<(String, String)>,
    problem: Option<&'static str>,
}

/// A kind of file.
#[derive(Clone, Copy)]
enum Format {
    Sheet(SheetKind),
    GeoJson,
}

impl Format {
    fn of(name: Option<&str>) -> Result<Self, Problem> {
        match name {
            Some("csv") => Ok(Self::Sheet(SheetKind::Csv)),
            Some("xlsx") => Ok(Self::Sheet(SheetKind::Xlsx)),
            Some("geojson") => Ok(Self::GeoJson),
            _ => Err(Problem::field("format", "csv, xlsx or geojson")),
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Sheet(kind) => kind.extension(),
            Self::GeoJson => "geojson",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Sheet(kind) => kind.media_type(),
            Self::GeoJson => "application/geo+json",
        }
    }
}

/// The page on which a file is chosen.
pub(crate) async fn get_page(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    page(&app, &desk, given, None).await
}

async fn page(
    app: &App,
    desk: &Desk,
    mut given: BTreeMap<String, String>,
    problem: Option<&'static str>,
) -> Result<Response, Problem> {
    given.retain(|name, _| !matches!(name.as_str(), "after" | "format" | "why" | "csrf" | "job"));
    let filter = Filter::parse(&given)?;
    let query = query_of(desk, &filter);
    let caller = desk.caller.clone();
    let counts = app
        .blocking(move |service| service.queue_counts(&caller, &query))
        .await?;
    let count: u64 = counts
        .iter()
        .filter(|(state, _)| filter.wants(**state))
        .map(|(_, n)| *n)
        .sum();
    let view = ExportView {
        back: filter.href(),
        picked: filter.words(&desk.names(), desk.moments(filter.feed())),
        count_text: desk.lang.board().export_count.replace("{n}", &count.to_string()),
        count,
        large: LARGE,
        kept: given.into_iter().collect(),
        problem,
        f: desk.frame(),
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok(render(status, &view))
}

fn query_of(desk: &Desk, filter: &Filter) -> QueueQuery {
    let zone = desk.moments(filter.feed()).zone;
    let query = filter.query(zone);
    QueueQuery {
        feed: query.feed.clone().or_else(|| desk.feeds.first().cloned()),
        after: None,
        ..query
    }
}

/// The file, people masked.
pub(crate) async fn get_file(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    send(&app, &desk, &given, None)
}

/// The file with people as they are, for a reason.
pub(crate) async fn post_file(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    if !desk.sees_coverage() {
        return Err(Problem::plain(ErrorCode::Forbidden));
    }
    let given: BTreeMap<String, String> = fields.0.iter().cloned().collect();
    match fields.get("why").map(str::to_owned) {
        Some(why) => send(&app, &desk, &given, Some(why)),
        None => {
            let problem = desk.lang.words().unmask_needs_reason;
            page(&app, &desk, given, Some(problem)).await
        }
    }
}

fn send(
    app: &App,
    desk: &Desk,
    given: &BTreeMap<String, String>,
    reason: Option<String>,
) -> Result<Response, Problem> {
    if !desk.sees_coverage() {
        return Err(Problem::plain(ErrorCode::Forbidden));
    }
    let format = Format::of(given.get("format").map(String::as_str))?;
    let filter = Filter::parse(given)?;
    let query = query_of(desk, &filter);
    let (tell, told) = mpsc::channel(PIECES);
    let (names, moments) = (desk.names(), desk.moments(filter.feed()));
    let (service, caller) = (app.service.clone(), desk.caller.clone());
    let (exports, account, now) = (app.exports.clone(), desk.session.account.clone(), desk.now);
    let job = given.get("job").cloned().unwrap_or_default();
    tokio::task::spawn_blocking(move || {
        let counts = service.queue_counts(&caller, &query).unwrap_or_default();
        let wanted = counts.iter().filter(|(state, _)| filter.wants(**state));
        exports.begin(&job, &account, wanted.map(|(_, n)| *n).sum(), now);
        let target = Pieces::new(tell);
        let mut file = match File::begin(format, target, names, moments) {
            Ok(file) => file,
            Err(error) => return tracing::info!(%error, "an export was given up"),
        };
        let mut take = |rows: Vec<ExportRow>| {
            let is_taken = rows.iter().all(|row| file.put(row).is_ok());
            exports.add(&job, rows.len() as u64);
            is_taken
        };
        let done = service.export(&caller, &query, format.extension(), reason.as_deref(), &mut take);
        match done {
            Ok(()) => {
                if file.finish().is_ok() {
                    exports.end(&job);
                }
            }
            // The reader sees a file that ends early: nothing was promised of its length.
            Err(error) => tracing::error!(%error, "an export ended early"),
        }
    });
    let day = desk.now.day_in(moments.zone);
    Ok(attachment(
        Body::new(Told(told)),
        &format!("xunge-{day}.{}", format.extension()),
        format.media_type(),
    ))
}

/// A file to be kept, never shown.
pub(crate) fn attachment(body: Body, name: &str, media_type: &'static str) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(media_type));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert("content-disposition", value);
    }
    response
}

/// A target that sends what is written piece by piece, and waits for a slow reader.
pub(crate) struct Pieces {
    tell: mpsc::Sender<Bytes>,
    held: Vec<u8>,
}

impl Pieces {
    /// Sends to a body.
    pub(crate) fn new(tell: mpsc::Sender<Bytes>) -> Self {
        Self {
            tell,
            held: Vec::with_capacity(PIECE_BYTES),
        }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.held, Vec::with_capacity(PIECE_BYTES));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the reader has gone");
        self.tell.blocking_send(Bytes::from(piece)).map_err(gone)
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

/// A file of reports under way.
struct File {
    kind: FileKind,
    names: Names,
    moments: Moments,
}

enum FileKind {
    Sheet(Sheet<Pieces>),
    GeoJson { target: Pieces, is_first: bool },
}

impl File {
    fn begin(format: Format, mut target: Pieces, names: Names, moments: Moments) -> io::Result<Self> {
        let b = moments.lang.board();
        let kind = match format {
            Format::Sheet(kind) => {
                let header = [
                    b.ex_code,
                    b.ex_title,
                    b.col_state,
                    b.ex_urgent,
                    b.by_village,
                    b.by_grid,
                    b.by_class,
                    b.by_category,
                    b.ex_place,
                    b.ex_words,
                    b.ex_reporter,
                    b.ex_holder,
                    b.by_line,
                    b.ex_received,
                    b.ex_due,
                    b.ex_closed,
                    b.ex_in_time,
                    b.ex_level,
                    b.ex_reworks,
                    b.ex_call_back,
                    b.ex_people,
                    b.ex_attachments,
                ];
                FileKind::Sheet(Sheet::begin(kind, target, &header)?)
            }
            Format::GeoJson => {
                target.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
                FileKind::GeoJson {
                    target,
                    is_first: true,
                }
            }
        };
        Ok(Self { kind, names, moments })
    }

    fn put(&mut self, row: &ExportRow) -> io::Result<()> {
        let Self { kind, names, moments } = self;
        match kind {
            FileKind::Sheet(sheet) => sheet.row(&cells(row, names, *moments)),
            FileKind::GeoJson { target, is_first } => {
                let feature = feature(row, names);
                if !std::mem::take(is_first) {
                    target.write_all(b",\n")?;
                }
                target.write_all(feature.to_string().as_bytes())
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        let mut target = match self.kind {
            FileKind::Sheet(sheet) => sheet.finish()?,
            FileKind::GeoJson { mut target, .. } => {
                target.write_all(b"]}")?;
                target
            }
        };
        target.flush()
    }
}

fn cells(export: &ExportRow, names: &Names, moments: Moments) -> Vec<Cell> {
    let (row, outcome) = (&export.row, &export.outcome);
    let (lang, w) = (names.lang, names.lang.words());
    let full = |at: Option<xunge_core::time::Timestamp>| {
        at.map_or(Cell::Empty, |at| Cell::Text(moments.at(at).full))
    };
    let unit = |id: Option<&xunge_core::id::UnitId>| id.map_or(Cell::Empty, |id| Cell::Text(names.unit(id)));
    let village = row
        .grid
        .as_ref()
        .and_then(|grid| names.directory.village_of(grid, names.now));
    let class = row
        .category
        .as_ref()
        .and_then(|id| names.directory.category_class(id, names.now));
    let (place, words) = export.words.split_once('\n').unwrap_or(("", &export.words));
    let is = |kind: OutcomeKind| kind.holds(outcome, row.due_at, names.now);
    let in_time = [OutcomeKind::OnTime, OutcomeKind::ClosedLate, OutcomeKind::Overdue];
    let in_time = in_time.into_iter().find(|kind| is(*kind));
    let call_back = [OutcomeKind::Content, OutcomeKind::NotContent]
        .into_iter()
        .find(|kind| is(*kind));
    let word = |kind: Option<OutcomeKind>| kind.map_or(Cell::Empty, |kind| outcome_words(lang, kind).into());
    let people: Vec<String> = export
        .people
        .iter()
        .map(|(name, number)| format!("{name} {}", number.as_deref().unwrap_or_default()))
        .collect();
    let levels = crate::cli::words::level_words;
    vec![
        row.code.clone().into(),
        row.title.clone().into(),
        lang.pick(xunge_core::workflow::state_words(row.state)).into(),
        match row.urgency {
            xunge_core::command::Urgency::Urgent => w.urgent.into(),
            xunge_core::command::Urgency::Normal => Cell::Empty,
        },
        village.map_or(Cell::Empty, |village| village.name.clone().into()),
        unit(row.grid.as_ref()),
        class.map_or(Cell::Empty, |class| class.name.clone().into()),
        row.category
            .as_ref()
            .map_or(Cell::Empty, |id| names.category(id).into()),
        place.into(),
        words.trim().into(),
        names.person(&row.reporter).into(),
        row.holder
            .as_ref()
            .map_or(Cell::Empty, |holder| names.holder(holder).into()),
        unit(outcome.lead.as_ref()),
        full(row.submitted_at),
        full(outcome.close_due_at),
        full(outcome.closed_at),
        word(in_time),
        lang.pick(levels(row.level)).into(),
        u64::from(outcome.reworks).into(),
        word(call_back),
        people.join(w.listing).trim().into(),
        u64::from(row.attachments_named).into(),
    ]
}

fn feature(export: &ExportRow, names: &Names) -> serde_json::Value {
    let row = &export.row;
    let properties = json!({
        "code": row.code,
        "title": row.title,
        "state": row.state.as_str(),
        "urgency": row.urgency,
        "grid": row.grid,
        "grid_name": row.grid.as_ref().map(|grid| names.unit(grid)),
        "category": row.category,
        "lead": export.outcome.lead,
        "submitted_at": row.submitted_at,
        "closed_at": export.outcome.closed_at,
    });
    match &row.position {
        Some(at) => point(at, properties),
        None => json!({"type": "Feature", "properties": properties, "geometry": null}),
    }
}
