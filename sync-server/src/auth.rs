//! Who asks: tokens of installs, sessions of people, passwords. What they may do is decided by the service.
//!
//! Tokens and passwords are never logged and never stored as they are: the service keeps SHA-256 of tokens, argon2id hashes of passwords.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use rand::Rng;
use xunge_core::id::InstallId;
use xunge_core::signature::sha256;

use crate::Caller;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::service::Session;

/// The cookie of a session.
pub(crate) const COOKIE: &str = "xunge_session";

/// The header that repeats the session's second secret, so that another site's page cannot write with the cookie.
pub(crate) const CSRF_HEADER: &str = "x-xunge-csrf";

/// The caller of a request, checked.
pub(crate) struct Signed(pub(crate) Caller);

/// The session of a request, checked.
pub(crate) struct InSession(pub(crate) Session);

impl FromRequestParts<App> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match credential(&parts.headers)? {
            Credential::Install(install, secret) => {
                let caller = app
                    .blocking(move |service| service.authenticate(install, &secret))
                    .await?;
                // Only now: whoever knows no token makes no phone wait.
                app.pace
                    .admit(install, app.service.now())
                    .map_err(|seconds| Problem {
                        retry_after_s: Some(seconds),
                        ..Problem::plain(ErrorCode::TooManyRequests)
                    })?;
                Ok(Self(caller))
            }
            Credential::Session { secret, is_cookie } => {
                let session = session(app, &secret).await?;
                check_csrf(&session, is_cookie, &parts.method, &parts.headers)?;
                check_factor(app, &session).await?;
                Ok(Self(Caller::Account {
                    name: session.account,
                    person: session.person,
                }))
            }
        }
    }
}

impl FromRequestParts<App> for InSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Credential::Session { secret, is_cookie } = credential(&parts.headers)? else {
            return Err(Problem::plain(ErrorCode::Unauthorized));
        };
        let session = session(app, &secret).await?;
        check_csrf(&session, is_cookie, &parts.method, &parts.headers)?;
        Ok(Self(session))
    }
}

enum Credential {
    Install(InstallId, String),
    Session { secret: Vec<u8>, is_cookie: bool },
}

/// Reads `Bearer <install>.<secret>`, `Bearer <session>` or the cookie.
fn credential(headers: &HeaderMap) -> Result<Credential, Problem> {
    let unauthorized = || Problem::plain(ErrorCode::Unauthorized);
    if let Some(value) = headers.get("authorization") {
        let token = value
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix("Bearer "))
            .ok_or_else(unauthorized)?
            .trim();
        return match token.split_once('.') {
            Some((install, secret)) => {
                let install = install.parse().map_err(|_| unauthorized())?;
                Ok(Credential::Install(install, secret.to_owned()))
            }
            None => Ok(Credential::Session {
                secret: hex::decode(token).map_err(|_| unauthorized())?,
                is_cookie: false,
            }),
        };
    }
    let cookie = headers
        .get_all("cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .ok_or_else(unauthorized)?;
    Ok(Credential::Session {
        secret: hex::decode(cookie).map_err(|_| unauthorized())?,
        is_cookie: true,
    })
}

/// The session that a request's cookie names, whatever the request does: for pages, which check their forms themselves.
pub(crate) async fn cookie_session(app: &App, headers: &HeaderMap) -> Result<Session, Problem> {
    match credential(headers)? {
        Credential::Session {
            secret,
            is_cookie: true,
        } => session(app, &secret).await,
        _ => Err(Problem::plain(ErrorCode::Unauthorized)),
    }
}

async fn session(app: &App, secret: &[u8]) -> Result<Session, Problem> {
    let hash = sha256(secret);
    app.blocking(move |service| service.session(&hash))
        .await?
        .ok_or_else(|| Problem::plain(ErrorCode::Unauthorized))
}

/// Whoever must have a second step and has none does nothing but turn it on.
pub(crate) async fn check_factor(app: &App, session: &Session) -> Result<(), Problem> {
    let (account, person) = (session.account.clone(), session.person.clone());
    let standing = app
        .blocking(move |service| service.factor_standing(&account, &person))
        .await?;
    match standing.is_required && !standing.is_on {
        true => Err(Problem::plain(ErrorCode::SecondFactorMissing)),
        false => Ok(()),
    }
}

fn check_csrf(
    session: &Session,
    is_cookie: bool,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let is_reading = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_cookie || is_reading {
        return Ok(());
    }
    let given = headers.get(CSRF_HEADER).map(|value| sha256(value.as_bytes()));
    // Hashes are compared, so that the time taken says nothing about the secret.
    if given == Some(sha256(session.csrf.as_bytes())) {
        Ok(())
    } else {
        Err(Problem::plain(ErrorCode::CsrfMissing))
    }
}

/// A fresh secret of 32 bytes in hexadecimal.
pub(crate) fn random_secret() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// Why a password cannot be hashed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Too short.
    #[error(
        "the password has fewer than {chars_min} characters; take a longer one, four unrelated words for example"
    )]
    TooShort {
        /// The least length in characters.
        chars_min: u64,
    },
    /// The system gave no randomness, or the parameters are refused.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// The argon2id hash of a password in PHC form, with a fresh salt.
pub fn hash_password(password: &str, chars_min: u64) -> Result<String, PasswordProblem> {
    if (password.chars().count() as u64) < chars_min {
        return Err(PasswordProblem::TooShort { chars_min });
    }
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| PasswordProblem::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password fits a hash. Without a hash it takes as long and is `false`, so that the time taken names no accounts.
pub(crate) fn password_fits(password: &str, hash: Option<&str>) -> bool {
    static NOBODY: OnceLock<Option<String>> = OnceLock::new();
    let nobody = NOBODY.get_or_init(|| hash_password(&random_secret(), 0).ok());
    let Some(of_whom) = hash.or(nobody.as_deref()) else {
        return false;
    };
    let Ok(parsed) = PasswordHash::new(of_whom) else {
        return false;
    };
    let fits = Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    fits && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_alone() {
        let hash = hash_password("correct horse battery", 10).unwrap();
        assert!(password_fits("correct horse battery", Some(&hash)));
        assert!(!password_fits("correct horse batterz", Some(&hash)));
        assert!(!password_fits("correct horse battery", None));
        assert_eq!(
            hash_password("短密码", 10),
            Err(PasswordProblem::TooShort { chars_min: 10 })
        );
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", "a=b; xunge_session=00ff; c=d".parse().unwrap());
        let Ok(Credential::Session { secret, is_cookie }) = credential(&headers) else {
            panic!("the cookie is read");
        };
        assert_eq!((secret, is_cookie), (vec![0, 255], true));
    }
}
