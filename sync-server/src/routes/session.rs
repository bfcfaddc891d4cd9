//! `POST` and `DELETE /v1/session`: people of the room sign in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use xunge_core::id::PersonId;
use xunge_core::signature::sha256;

use crate::Caller;
use crate::app::App;
use crate::auth::{COOKIE, InSession, password_fits, random_secret};
use crate::body::JsonBody;
use crate::problem::{ErrorCode, Problem};
use crate::service::Session;
use crate::throttle::Admission;

/// Who signs in.
#[derive(Deserialize, utoipa::ToSchema)]
pub(crate) struct SignIn {
    /// The account's name.
    name: String,
    /// Its password.
    password: String,
    /// The authenticator's code or a recovery code, where the account has a second step.
    #[serde(default)]
    code: Option<String>,
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
    let begun = sign_in(&app, &given.name, given.password, given.code).await?;
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

/// Lets somebody of this name try once; he has to wait where he failed too often, or has as many tries under way. What fails is counted
/// before the admission ends.
pub(crate) fn admit(app: &App, name: &str) -> Result<Admission, Problem> {
    app.sign_ins
        .admit(name, app.service.now())
        .map_err(|seconds| Problem {
            retry_after_s: Some(seconds),
            ..Problem::plain(ErrorCode::TooManyRequests)
        })
}

/// Whose password it is. Wrong passwords are counted by name; after some of them the account waits.
pub(crate) async fn check_password(app: &App, name: &str, password: String) -> Result<PersonId, Problem> {
    let _trying = admit(app, name)?;
    let asked = name.to_owned();
    let person = app
        .blocking(move |service| -> Result<_, Problem> {
            let account = service.account(&asked)?.filter(|account| account.is_enabled);
            let hash = account.as_ref().map(|account| account.password_hash.as_str());
            if !password_fits(&password, hash) {
                service.log_in_failed(&asked)?;
                return Ok(None);
            }
            Ok(account.map(|account| account.person))
        })
        .await?;
    person.ok_or_else(|| {
        app.sign_ins.count(name, app.service.now());
        Problem::plain(ErrorCode::SignInFailed)
    })
}

/// Begins a session of somebody whose password fitted, once the second step is done where the account has one. Without a code the answer
/// says that one is needed; wrong ones are counted like wrong passwords.
pub(crate) async fn begin(
    app: &App,
    name: &str,
    person: PersonId,
    code: Option<String>,
) -> Result<Begun, Problem> {
    let _trying = admit(app, name)?;
    let now = app.service.now();
    let (secret, csrf) = (random_secret(), random_secret());
    let session = Session {
        token_hash: sha256(&hex::decode(&secret).expect("a secret is made in hexadecimal")),
        account: name.to_owned(),
        person: person.clone(),
        csrf: csrf.clone(),
        created_at: now,
        used_at: now,
    };
    let caller = Caller::Account {
        name: name.to_owned(),
        person: person.clone(),
    };
    let begun = app
        .blocking(move |service| -> Result<_, Problem> {
            let standing = service.factor_standing(&session.account, &session.person)?;
            match code {
                None if standing.is_on => return Err(Problem::plain(ErrorCode::SecondFactorNeeded)),
                Some(typed) if standing.is_on && !service.factor_check(&caller, &typed)? => return Ok(false),
                _ => {}
            }
            service.session_begin(&session)?;
            Ok(true)
        })
        .await?;
    if !begun {
        app.sign_ins.count(name, now);
        return Err(Problem::plain(ErrorCode::SignInFailed));
    }
    app.sign_ins.forget(name);
    Ok(Begun { secret, csrf, person })
}

/// Name, password and, where the account has a second step, a code.
async fn sign_in(app: &App, name: &str, password: String, code: Option<String>) -> Result<Begun, Problem> {
    let person = check_password(app, name, password).await?;
    begin(app, name, person, code).await
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
