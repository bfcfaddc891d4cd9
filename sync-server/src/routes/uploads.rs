//! `/v1/uploads`: tus 1.0.0 with creation, checksum, expiration and termination. Headers are exact, so that any tus client works.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use xunge_core::attachment::AttachmentKind;
use xunge_core::id::UploadId;

use crate::app::App;
use crate::auth::Signed;
use crate::blobs::checksum::{ALGORITHMS, Checksum};
use crate::blobs::receive::{self, Piece, Standing, kind_from};
use crate::blobs::staging::DoneMark;
use crate::problem::{ErrorCode, Problem};
use crate::service::NewUpload;
use crate::{Caller, ServiceError};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,checksum,expiration,termination";

/// What the server's tus can do. Needs no token.
#[utoipa::path(options, path = "/v1/uploads", responses((status = 204)))]
pub(crate) async fn options_uploads(State(app): State<App>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let size_bytes_max = size_bytes_max(&app);
    let headers = response.headers_mut();
    for (name, value) in [
        ("tus-resumable", VERSION),
        ("tus-version", VERSION),
        ("tus-extension", EXTENSIONS),
        ("tus-checksum-algorithm", ALGORITHMS),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("tus-max-size", HeaderValue::from(size_bytes_max));
    response
}

/// Begins an upload.
#[utoipa::path(
    post,
    path = "/v1/uploads",
    responses((status = 201, description = "`Location` names the upload"), (status = 404, body = crate::problem::ErrorBody)),
    security(("install" = []))
)]
pub(crate) async fn post_uploads(
    State(app): State<App>,
    Signed(caller): Signed,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_version(&headers)?;
    let new = declared(&app, &headers)?;
    let size_bytes = new.size_bytes;
    let staging = app.staging.clone();
    let (id, standing) = app
        .blocking(move |service| -> Result<_, Problem> {
            match service.upload_begin(&caller, &new) {
                Ok(upload) => {
                    let standing = Standing {
                        offset_bytes: upload.offset_bytes,
                        size_bytes,
                        expires_at: Some(upload.expires_at),
                    };
                    Ok((upload.id, standing))
                }
                // It is here already: an upload that is done at once.
                Err(ServiceError::Conflict(_)) => {
                    let mut bytes = [0; 16];
                    rand::rng().fill_bytes(&mut bytes);
                    let id = UploadId::from_bytes(bytes);
                    let mark = DoneMark {
                        owner: caller.audit_name(),
                        size_bytes,
                        done_at: service.now(),
                    };
                    staging.mark_done(id, &mark)?;
                    let standing = Standing {
                        offset_bytes: size_bytes,
                        size_bytes,
                        expires_at: None,
                    };
                    Ok((id, standing))
                }
                Err(error) => Err(error.into()),
            }
        })
        .await?;
    let mut response = answer(StatusCode::CREATED, standing);
    let location = format!("/v1/uploads/{id}");
    response.headers_mut().insert(
        "location",
        HeaderValue::from_str(&location).expect("a path of hexadecimal digits is a header"),
    );
    Ok(response)
}

/// Where an upload stands.
#[utoipa::path(
    head,
    path = "/v1/uploads/{id}",
    params(("id" = String, Path, description = "The upload, from `Location`")),
    responses((status = 200, description = "`Upload-Offset` and `Upload-Length`"), (status = 404)),
    security(("install" = []))
)]
pub(crate) async fn head_upload(
    State(app): State<App>,
    Signed(caller): Signed,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    check_version(&headers)?;
    let standing = receive::standing(&app, &caller, upload_id(&id)?).await?;
    Ok(answer(StatusCode::OK, standing))
}

/// A piece of an upload, from its offset on.
#[utoipa::path(
    patch,
    path = "/v1/uploads/{id}",
    params(("id" = String, Path, description = "The upload")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204), (status = 409, body = crate::problem::ErrorBody), (status = 460, body = crate::problem::ErrorBody)),
    security(("install" = []))
)]
pub(crate) async fn patch_upload(
    State(app): State<App>,
    Signed(caller): Signed,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    patch(app, caller, &id, &parts.headers, body).await
}

/// Ends an upload and lets its bytes go.
#[utoipa::path(
    delete,
    path = "/v1/uploads/{id}",
    params(("id" = String, Path, description = "The upload")),
    responses((status = 204), (status = 404)),
    security(("install" = []))
)]
pub(crate) async fn delete_upload(
    State(app): State<App>,
    Signed(caller): Signed,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    check_version(&headers)?;
    receive::terminate(&app, &caller, upload_id(&id)?).await?;
    Ok(versioned(StatusCode::NO_CONTENT.into_response()))
}

/// For clients that can only `POST`: `X-HTTP-Method-Override` names the method, as the protocol has it.
#[utoipa::path(
    post,
    path = "/v1/uploads/{id}",
    params(("id" = String, Path, description = "The upload")),
    responses((status = 204), (status = 405, body = crate::problem::ErrorBody)),
    security(("install" = []))
)]
pub(crate) async fn post_upload_override(
    State(app): State<App>,
    Signed(caller): Signed,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let wanted = parts
        .headers
        .get("x-http-method-override")
        .and_then(|value| Method::from_bytes(value.as_bytes()).ok());
    match wanted {
        Some(Method::PATCH) => patch(app, caller, &id, &parts.headers, body).await,
        Some(Method::HEAD) => head_upload(State(app), Signed(caller), parts.headers, Path(id)).await,
        Some(Method::DELETE) => delete_upload(State(app), Signed(caller), parts.headers, Path(id)).await,
        _ => Err(Problem::plain(ErrorCode::MethodNotAllowed)),
    }
}

async fn patch(
    app: App,
    caller: Caller,
    id: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_version(headers)?;
    if text(headers, "content-type") != Some("application/offset+octet-stream") {
        return Err(Problem::new(
            ErrorCode::UnsupportedMediaType,
            "send application/offset+octet-stream",
        ));
    }
    let checksum = text(headers, "upload-checksum")
        .map(Checksum::parse)
        .transpose()
        .map_err(|error| Problem::field("upload-checksum", error.to_string()))?;
    let offset_bytes = number(headers, "upload-offset")?
        .ok_or_else(|| Problem::field("upload-offset", "say from which byte the piece begins"))?;
    let piece = Piece {
        id: upload_id(id)?,
        offset_bytes,
        announced_bytes: number(headers, "content-length")?,
        checksum,
        body,
    };
    let standing = receive::receive(app, caller, piece).await?;
    Ok(answer(StatusCode::NO_CONTENT, standing))
}

fn declared(app: &App, headers: &HeaderMap) -> Result<NewUpload, Problem> {
    if headers.contains_key("upload-defer-length") {
        return Err(Problem::field(
            "upload-defer-length",
            "declare the length at once",
        ));
    }
    let size_bytes = number(headers, "upload-length")?
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| Problem::field("upload-length", "declare how many bytes the file has"))?;
    let metadata = metadata(text(headers, "upload-metadata").unwrap_or_default()).ok_or_else(|| {
        Problem::field(
            "upload-metadata",
            "write keys and base64 values: report cmVw…,sha256 …",
        )
    })?;
    let value = |key: &str| metadata.get(key).map(String::as_str).unwrap_or_default();
    let kind = kind_from(value("kind"))
        .or_else(|| kind_from(value("filetype")))
        .ok_or_else(|| Problem::field("upload-metadata", "`kind` must be picture or voice_note"))?;
    let limits = &app.config.limits;
    let most = match kind {
        AttachmentKind::Picture => limits.picture_bytes_max,
        AttachmentKind::VoiceNote => limits.voice_note_bytes_max,
    };
    if size_bytes > most {
        return Err(Problem::new(
            ErrorCode::TooLarge,
            format!("a {} may have at most {most} bytes", kind.word()),
        ));
    }
    Ok(NewUpload {
        report: value("report")
            .parse()
            .map_err(|_| Problem::field("upload-metadata", "`report` must be 32 hexadecimal digits"))?,
        blob: value("sha256")
            .parse()
            .map_err(|_| Problem::field("upload-metadata", "`sha256` must be 64 hexadecimal digits"))?,
        size_bytes,
        media_type: kind.mime().to_owned(),
    })
}

/// `key base64,key base64`; keys without a value are allowed by the protocol.
fn metadata(header: &str) -> Option<BTreeMap<String, String>> {
    header
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
            Some((key.to_owned(), value))
        })
        .collect()
}

fn check_version(headers: &HeaderMap) -> Result<(), Problem> {
    if text(headers, "tus-resumable") == Some(VERSION) {
        Ok(())
    } else {
        Err(Problem::plain(ErrorCode::TusVersion))
    }
}

fn upload_id(text: &str) -> Result<UploadId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ErrorCode::NotFound, "no such upload"))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>, Problem> {
    text(headers, name)
        .map(|value| {
            value
                .trim()
                .parse()
                .map_err(|_| Problem::field(name, "must be a whole number of bytes"))
        })
        .transpose()
}

fn size_bytes_max(app: &App) -> u64 {
    let limits = &app.config.limits;
    limits.picture_bytes_max.max(limits.voice_note_bytes_max)
}

fn answer(status: StatusCode, standing: Standing) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert("upload-offset", HeaderValue::from(standing.offset_bytes));
    headers.insert("upload-length", HeaderValue::from(standing.size_bytes));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    if let Some(at) = standing.expires_at {
        let text = at.to_utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert("upload-expires", value);
        }
    }
    versioned(response)
}

fn versioned(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert("tus-resumable", HeaderValue::from_static(VERSION));
    response
}

/// Every answer below `/v1/uploads` names the protocol's version, errors too.
pub(crate) async fn name_version(request: Request, next: axum::middleware::Next) -> Response {
    let is_upload = request.uri().path().starts_with("/v1/uploads");
    let response = next.run(request).await;
    if !is_upload {
        return response;
    }
    let mut response = versioned(response);
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response
            .headers_mut()
            .insert("tus-version", HeaderValue::from_static(VERSION));
    }
    response
}
