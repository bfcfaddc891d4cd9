//! One person: name and number, posts with their dates, accounts with passwords that are shown once, phones with enrolment by QR code.

use askama::Template;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use xunge_core::directory::{DirectoryRecord, Person, Post, PostKind, Role};
use xunge_core::id::{PersonId, PostId, UnitId};
use xunge_core::time::Timestamp;

use super::people::write;
use super::require;
use crate::ServiceError;
use crate::app::App;
use crate::auth::hash_password;
use crate::cli::made_password;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::{percent, render};
use crate::console::form::Posted;
use crate::console::queue::day_start;
use crate::console::words;
use crate::enrol_qr;
use crate::problem::{ErrorCode, Problem};
use crate::service::Account;

struct PostLine {
    id: String,
    unit: String,
    role: &'static str,
    from: String,
    to: String,
    is_held: bool,
}

struct AccountLine {
    name: String,
    is_enabled: bool,
    has_factor: bool,
}

struct PhoneLine {
    install: String,
    label: String,
    enrolled: String,
    heard: String,
    is_revoked: bool,
}

/// What was just made and is shown this once.
#[derive(Default)]
struct Made {
    password: Option<(String, String)>,
    /// The code as text, as the sides of its modules, and until when it holds.
    qr: Option<(String, String, usize, String)>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "keep_person.html")]
struct PersonView {
    f: Frame,
    id: String,
    address: String,
    name: String,
    telephone: String,
    posts: Vec<PostLine>,
    accounts: Vec<AccountLine>,
    phones: Vec<PhoneLine>,
    units: Vec<(String, String)>,
    roles: Vec<(String, &'static str)>,
    today: String,
    made: Made,
}

/// Every role that somebody may be appointed to.
pub(super) const ROLES: [Role; 12] = [
    Role::Worker,
    Role::Chief,
    Role::Advisor,
    Role::Clerk,
    Role::Coordinator,
    Role::Triager,
    Role::Dispatcher,
    Role::Inspector,
    Role::Responder,
    Role::DepartmentMember,
    Role::Supervisor,
    Role::Administrator,
];

/// A role's name in forms.
pub(super) fn role_name(role: Role) -> String {
    let text = serde_json::to_value(role).unwrap_or_default();
    text.as_str().unwrap_or_default().to_owned()
}

fn parse(person: &str) -> Result<PersonId, Problem> {
    person.parse().map_err(|_| Problem::plain(ErrorCode::NotFound))
}

/// The page.
pub(super) async fn get_person(
    Shared(app): Shared<App>,
    desk: Desk,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let page = view(&app, &desk, &parse(&person)?, Made::default()).await?;
    Ok(render(StatusCode::OK, &page))
}

async fn view(app: &App, desk: &Desk, id: &PersonId, made: Made) -> Result<PersonView, Problem> {
    require(desk)?;
    let (caller, of) = (desk.caller.clone(), id.clone());
    let (accounts, installs, directory) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            service.keep_check_person(&caller, &of)?;
            let mut accounts = Vec::new();
            for account in service.accounts()? {
                if account.person == of {
                    let has_factor = service.factor_standing(&account.name, &of)?.is_on;
                    accounts.push((account, has_factor));
                }
            }
            Ok((accounts, service.installs(Some(&of))?, service.directory()?))
        })
        .await?;
    let (names, moments) = (desk.names(), desk.moments(None));
    let day = |at: Timestamp| moments.day(at.day_in(moments.zone));
    let person = directory.last_known_person(id, desk.now);
    let posts = directory.posts_of(id, desk.now);
    let post_line = |post: &&Post| PostLine {
        id: post.id.to_string(),
        unit: names.unit(&post.unit),
        role: words::role(desk.lang, post.role),
        from: day(post.held_from),
        to: post.held_to.map(day).unwrap_or_default(),
        is_held: post.held_to.is_none_or(|to| to > desk.now),
    };
    let b = desk.lang.board();
    let phones = installs.iter().map(|install| PhoneLine {
        install: install.install.to_string(),
        label: install.device_label.clone(),
        enrolled: day(install.enrolled_at),
        heard: install
            .last_sync_at
            .map_or_else(|| b.never.to_owned(), |at| moments.at(at).short),
        is_revoked: install.revoked_at.is_some(),
    });
    let units = directory
        .units(desk.now)
        .map(|unit| (unit.id.to_string(), unit.name.clone()));
    Ok(PersonView {
        id: id.to_string(),
        address: format!("/console/keep/people/{}", percent(id.as_str())),
        name: person.map(|person| person.name.clone()).unwrap_or_default(),
        telephone: person
            .and_then(|person| person.telephone.clone())
            .unwrap_or_default(),
        posts: posts.iter().map(post_line).collect(),
        accounts: accounts
            .iter()
            .map(|(account, has_factor)| AccountLine {
                name: account.name.clone(),
                is_enabled: account.is_enabled,
                has_factor: *has_factor,
            })
            .collect(),
        phones: phones.collect(),
        units: units.collect(),
        roles: ROLES
            .iter()
            .map(|role| (role_name(*role), words::role(desk.lang, *role)))
            .collect(),
        today: desk.now.day_in(moments.zone).to_string(),
        made,
        f: desk.frame(),
    })
}

fn back(id: &PersonId) -> Response {
    Redirect::to(&format!("/console/keep/people/{}", percent(id.as_str()))).into_response()
}

async fn wrong(app: &App, desk: &Desk, id: &PersonId, problem: &str) -> Result<Response, Problem> {
    let made = Made {
        problem: Some(problem.to_owned()),
        ..Made::default()
    };
    let page = view(app, desk, id, made).await?;
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Another name or number.
pub(super) async fn post_person(
    Shared(app): Shared<App>,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let id = parse(&person)?;
    require(&desk)?;
    let Some(name) = fields.get("name").map(str::to_owned) else {
        return wrong(&app, &desk, &id, desk.lang.board().person_no_name).await;
    };
    let record = DirectoryRecord::Person(Person {
        id: id.clone(),
        name,
        telephone: fields.get("telephone").map(str::to_owned),
    });
    write(&app, &desk, vec![record]).await?;
    Ok(back(&id))
}

/// A new post, or the end of one.
pub(super) async fn post_post(
    Shared(app): Shared<App>,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let id = parse(&person)?;
    require(&desk)?;
    let zone = desk.moments(None).zone;
    let day = |name: &str| fields.get(name).and_then(|text| text.parse::<NaiveDate>().ok());
    let ended: Option<PostId> = fields.get("end").and_then(|text| text.parse().ok());
    let post = match ended {
        Some(ended) => {
            let held = desk
                .directory
                .post(&ended, desk.now)
                .filter(|post| post.person == id);
            held.map(|post| Post {
                held_to: Some(desk.now),
                ..post.clone()
            })
        }
        None => {
            let unit: Option<UnitId> = fields.get("unit").and_then(|text| text.parse().ok());
            let role = fields.get("role");
            let role = ROLES
                .into_iter()
                .find(|known| Some(role_name(*known).as_str()) == role);
            let from = day("from").map(|day| day_start(day, zone)).unwrap_or(desk.now);
            let to = day("to").map(|day| day_start(day + chrono::Days::new(1), zone));
            let code = format!("{id}-{}", desk.now.as_millis());
            match (unit, role, PostId::new(code)) {
                (Some(unit), Some(role), Ok(code)) if to.is_none_or(|to| to > from) => Some(Post {
                    id: code,
                    unit,
                    role,
                    person: id.clone(),
                    kind: PostKind::Appointment,
                    held_from: from,
                    held_to: to,
                }),
                _ => None,
            }
        }
    };
    match post {
        Some(post) => {
            write(&app, &desk, vec![DirectoryRecord::Post(post)]).await?;
            Ok(back(&id))
        }
        None => wrong(&app, &desk, &id, desk.lang.board().post_wrong).await,
    }
}

/// A new account, another password, or an account switched off or on.
pub(super) async fn post_account(
    Shared(app): Shared<App>,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let id = parse(&person)?;
    require(&desk)?;
    let b = desk.lang.board();
    let name = fields.get("account").unwrap_or_default().to_owned();
    let is_name = !name.is_empty()
        && name.len() <= 64
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_name {
        return wrong(&app, &desk, &id, b.account_bad_name).await;
    }
    let sought = name.clone();
    let held = app.blocking(move |service| service.account(&sought)).await?;
    if held.as_ref().is_some_and(|account| account.person != id) {
        return wrong(&app, &desk, &id, b.account_known).await;
    }
    let mut made = Made::default();
    let account = match (fields.get("do"), held) {
        (Some("disable"), Some(account)) => Account {
            is_enabled: false,
            ..account
        },
        (Some("factor"), Some(account)) => {
            let caller = desk.caller.clone();
            app.blocking(move |service| service.keep_factor_reset(&caller, &account.name))
                .await?;
            return Ok(back(&id));
        }
        (Some("enable"), Some(account)) => Account {
            is_enabled: true,
            ..account
        },
        (Some("password") | None, held) => {
            let least = app.config.limits.password_chars_min;
            let password = made_password(least);
            let hash =
                hash_password(&password, least).map_err(|error| Problem::internal("a password", &error))?;
            made.password = Some((name.clone(), password));
            Account {
                name,
                person: id.clone(),
                password_hash: hash,
                is_enabled: true,
                created_at: held.map_or(desk.now, |account| account.created_at),
            }
        }
        _ => return wrong(&app, &desk, &id, b.account_bad_name).await,
    };
    let caller = desk.caller.clone();
    app.blocking(move |service| service.keep_account(&caller, &account))
        .await?;
    if made.password.is_none() {
        return Ok(back(&id));
    }
    let page = view(&app, &desk, &id, made).await?;
    Ok(render(StatusCode::OK, &page))
}

/// A code that enrols a phone, as a QR code on the screen.
pub(super) async fn post_enrol(
    Shared(app): Shared<App>,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, .. } = posted;
    let id = parse(&person)?;
    require(&desk)?;
    let (caller, of) = (desk.caller.clone(), id.clone());
    let made = app
        .blocking(move |service| service.keep_enrolment(&caller, &of))
        .await;
    let ticket = match made {
        Ok(ticket) => ticket,
        Err(problem) if problem.code == ErrorCode::NotFound => {
            return wrong(&app, &desk, &id, desk.lang.board().enrol_no_post).await;
        }
        Err(problem) => return Err(problem),
    };
    let code = app.config.enrolment_code(ticket.secret);
    let (path, side) =
        enrol_qr::path(&code.to_string()).map_err(|error| Problem::internal("a QR code", &error))?;
    let until = desk.moments(None).at(ticket.expires_at).full;
    let made = Made {
        qr: Some((code.to_string(), path, side, until)),
        ..Made::default()
    };
    let page = view(&app, &desk, &id, made).await?;
    Ok(render(StatusCode::OK, &page))
}

/// A phone is revoked.
pub(super) async fn post_revoke(
    Shared(app): Shared<App>,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let id = parse(&person)?;
    require(&desk)?;
    let install = fields.get("install").and_then(|text| text.parse().ok());
    let install = install.ok_or_else(|| Problem::field("install", "not an install"))?;
    let caller = desk.caller.clone();
    app.blocking(move |service| service.keep_revoke(&caller, install))
        .await?;
    Ok(back(&id))
}
