//! `POST` and `DELETE /v1/session`: people of the room sign in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use xunge_core::id::PersonId;
use xunge_core::signature::sha256;

use crate::app::App;
use crate::auth::{COOKIE, InSession, password_fits, random_secret};
use crate::body::JsonBody;
use crate::problem::{ErrorCode, Problem};
use crate::service::Session;

/// Who signs in.
#[derive(Deserialize, utoipa::ToSchema)]
pub(crate) struct SignIn {
    /// The account's name.
    name: String,
    /// Its password.
    password: String,
}

/// A session that has begun.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct SessionAnswer {
    /// The token for `Authorization: Bearer …`; the cookie holds the same.
    pub(crate) session: String,
    /// What writing requests repeat in `X-Xunge-Csrf` where they use the cookie.
    pub(crate) csrf: String,
    /// Whose account it is.
    #[schema(value_type = String)]
    pub(crate) person: PersonId,
    /// How long the session lives without use, in milliseconds.
    pub(crate) idle_ms_max: u64,
}

/// Signs in with name and password.
#[utoipa::path(
    post,
    path = "/v1/session",
    request_body = SignIn,
    responses(
        (status = 200, body = SessionAnswer), (status = 401, body = crate::problem::ErrorBody),
        (status = 429, body = crate::problem::ErrorBody)
    )
)]
pub(crate) async fn post_session(
    State(app): State<App>,
    JsonBody(given): JsonBody<SignIn>,
) -> Result<(HeaderMap, Json<SessionAnswer>), Problem> {
    let begun = sign_in(&app, &given.name, given.password).await?;
    let answer = SessionAnswer {
        session: begun.secret.clone(),
        csrf: begun.csrf,
        person: begun.person,
        idle_ms_max: app.config.limits.session_idle_ms_max,
    };
    Ok((cookie(&app, &begun.secret), Json(answer)))
}

/// A session that has begun, with its secrets.
pub(crate) struct Begun {
    /// The token in hexadecimal, for cookie or header.
    pub(crate) secret: String,
    /// What forms and writing requests repeat.
    pub(crate) csrf: String,
    /// Whose account it is.
    pub(crate) person: PersonId,
}

/// Checks name and password, and begins a session. Wrong passwords are counted by name; after some of them the account waits.
pub(crate) async fn sign_in(app: &App, name: &str, password: String) -> Result<Begun, Problem> {
    let now = app.service.now();
    if let Some(seconds) = app.sign_ins.wait_s(name, now) {
        return Err(Problem {
            retry_after_s: Some(seconds),
            ..Problem::plain(ErrorCode::TooManyRequests)
        });
    }
    let asked = name.to_owned();
    let (secret, csrf) = (random_secret(), random_secret());
    let token_hash = sha256(&hex::decode(&secret).expect("a secret is made in hexadecimal"));
    let its_csrf = csrf.clone();
    let begun = app
        .blocking(move |service| -> Result<_, Problem> {
            let account = service.account(&asked)?.filter(|account| account.is_enabled);
            let hash = account.as_ref().map(|account| account.password_hash.as_str());
            if !password_fits(&password, hash) {
                service.log_in_failed(&asked)?;
                return Ok(None);
            }
            let Some(account) = account else { return Ok(None) };
            service.session_begin(&Session {
                token_hash,
                account: account.name,
                person: account.person.clone(),
                csrf: its_csrf,
                created_at: now,
                used_at: now,
            })?;
            Ok(Some(account.person))
        })
        .await?;
    let Some(person) = begun else {
        app.sign_ins.count(name, now);
        return Err(Problem::plain(ErrorCode::SignInFailed));
    };
    app.sign_ins.forget(name);
    Ok(Begun { secret, csrf, person })
}

/// Signs out.
#[utoipa::path(
    delete,
    path = "/v1/session",
    responses((status = 204), (status = 401, body = crate::problem::ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn delete_session(
    State(app): State<App>,
    InSession(session): InSession,
) -> Result<(StatusCode, HeaderMap), Problem> {
    app.blocking(move |service| service.session_end(&session.token_hash))
        .await?;
    Ok((StatusCode::NO_CONTENT, cookie(&app, "")))
}

/// The session's cookie; an empty secret takes it away.
pub(crate) fn cookie(app: &App, secret: &str) -> HeaderMap {
    let secure = if app.config.is_behind_tls { "; Secure" } else { "" };
    let age = if secret.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict{age}{secure}");
    let mut headers = HeaderMap::new();
    headers.insert(
        "set-cookie",
        HeaderValue::from_str(&text).expect("a cookie of hexadecimal digits is a header"),
    );
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    headers
}
