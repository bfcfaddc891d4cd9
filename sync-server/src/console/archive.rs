//! The signed archive of one report, to be downloaded: people masked, or in full for a reason.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;

use super::desk::{Desk, Frame};
use super::dress::render;
use super::export::attachment;
use super::form::Posted;
use super::report;
use crate::app::App;
use crate::archive::{Manifest, pack};
use crate::problem::{ErrorCode, Problem};
use crate::service::{ReportRef, ReportStory};

#[derive(Template)]
#[template(path = "archive.html")]
struct ArchiveView {
    f: Frame,
    id: String,
    code: String,
    title: String,
}

/// The page on which it is asked for.
pub(crate) async fn get_page(
    Shared(app): Shared<App>,
    desk: Desk,
    Path(report): Path<String>,
) -> Result<Response, Problem> {
    let loaded = report::load(&app, &desk, &report, None).await?;
    let row = loaded.story.row;
    let page = ArchiveView {
        f: desk.frame(),
        id: row.report.to_string(),
        code: row.code,
        title: row.title,
    };
    Ok(render(StatusCode::OK, &page))
}

/// The archive.
pub(crate) async fn post_archive(
    Shared(app): Shared<App>,
    Path(report): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let reason = fields.get("why").map(str::to_owned);
    let caller = desk.caller.clone();
    let (asked, why) = (ReportRef::parse(&report), reason.clone());
    let story = app
        .blocking(move |service| -> Result<_, crate::ServiceError> {
            let story = service.report_story(&caller, &asked, why.as_deref())?;
            service.note_archive(&caller, &story, why.as_deref())?;
            Ok(story)
        })
        .await?;
    let bytes = archive_of(&app, &story, reason.is_none()).await?;
    let name = format!("xunge-{}.zip", story.row.code);
    Ok(attachment(Body::from(bytes), &name, "application/zip"))
}

async fn archive_of(app: &App, story: &ReportStory, is_masked: bool) -> Result<Vec<u8>, Problem> {
    if story.is_erased {
        return Err(Problem::plain(ErrorCode::Erased));
    }
    let mut files = BTreeMap::new();
    for blob in &story.blobs {
        let Some(part) = app.blobs.get(blob.blob, None).await? else {
            continue;
        };
        let end = match blob.media_type.as_str() {
            kind if kind.starts_with("audio/") => "m4a",
            _ => "jpg",
        };
        files.insert(format!("files/{}.{end}", blob.blob), part.bytes.to_vec());
    }
    let manifest = Manifest {
        version: 1,
        code: story.row.code.clone(),
        report: story.row.report.to_string(),
        township: story.feed.to_string(),
        made_at: app.service.now().to_string(),
        is_masked,
        files: BTreeMap::new(),
    };
    let story = serde_json::to_vec_pretty(story).map_err(|error| Problem::internal("an archive", &error))?;
    let service = app.service.clone();
    let packed =
        tokio::task::spawn_blocking(move || pack(manifest, &story, &files, &service.secrets().server_key));
    let packed = packed
        .await
        .map_err(|error| Problem::internal("an archive", &error))?;
    packed.map_err(|error| Problem::internal("an archive", &error))
}
