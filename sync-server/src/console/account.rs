//! Everybody's own account: the second step at log-in is turned on, shown and turned off here. Whoever must have one and has none sees
//! nothing but this page.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::desk::{Desk, Frame};
use super::dress::render;
use super::form::Posted;
use crate::ServiceError;
use crate::app::App;
use crate::enrol_qr;
use crate::problem::Problem;
use crate::routes::session::admit;
use crate::service::FactorStanding;
use crate::totp;

/// The address of the page.
pub(crate) const HERE: &str = "/console/account";

/// A secret that waits to be confirmed, as it is scanned and typed.
struct Waiting {
    path: String,
    side: usize,
    text: String,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountView {
    f: Frame,
    account: String,
    standing: FactorStanding,
    left: String,
    waiting: Option<Waiting>,
    /// Recovery codes, shown this once.
    codes: Vec<String>,
    problem: Option<&'static str>,
}

async fn view(app: &App, desk: &Desk) -> Result<AccountView, Problem> {
    let (caller, account) = (desk.caller.clone(), desk.session.account.clone());
    let person = desk.session.person.clone();
    let (standing, secret) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            Ok((
                service.factor_standing(&account, &person)?,
                service.factor_waiting(&caller)?,
            ))
        })
        .await?;
    let waiting = match secret {
        Some(secret) => {
            let address = totp::address(&secret, &desk.session.account);
            let drawn = enrol_qr::path(&address).map_err(|error| Problem::internal("a QR code", &error))?;
            Some(Waiting {
                path: drawn.0,
                side: drawn.1,
                text: totp::base32(&secret),
            })
        }
        None => None,
    };
    Ok(AccountView {
        account: desk.session.account.clone(),
        left: desk
            .lang
            .keep()
            .factor_left
            .replace("{n}", &standing.recovery_left.to_string()),
        standing,
        waiting,
        codes: Vec::new(),
        problem: None,
        f: desk.frame(),
    })
}

/// The page.
pub(crate) async fn get_account(Shared(app): Shared<App>, desk: Desk) -> Result<Response, Problem> {
    Ok(render(StatusCode::OK, &view(&app, &desk).await?))
}

/// Begins, confirms or stops the second step.
pub(crate) async fn post_factor(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let name = desk.session.account.clone();
    let now = app.service.now();
    let _trying = admit(&app, &name)?;
    let caller = desk.caller.clone();
    let typed = fields.get("code").unwrap_or_default().to_owned();
    let mut codes = Vec::new();
    let is_good = match fields.get("do") {
        Some("begin") => {
            app.blocking(move |service| service.factor_begin(&caller)).await?;
            true
        }
        Some("confirm") => {
            let made = app
                .blocking(move |service| service.factor_confirm(&caller, &typed))
                .await?;
            codes = made.clone().unwrap_or_default();
            made.is_some()
        }
        Some("stop") => {
            app.blocking(move |service| service.factor_stop(&caller, &typed))
                .await?
        }
        _ => return Err(Problem::field("do", "begin, confirm or stop")),
    };
    if !is_good {
        app.sign_ins.count(&name, now);
        let page = AccountView {
            problem: Some(desk.lang.keep().factor_wrong),
            ..view(&app, &desk).await?
        };
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    app.sign_ins.forget(&name);
    if codes.is_empty() {
        return Ok(Redirect::to(HERE).into_response());
    }
    let page = AccountView {
        codes,
        ..view(&app, &desk).await?
    };
    Ok(render(StatusCode::OK, &page))
}
