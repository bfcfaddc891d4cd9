//! The people of the administrator's units, and somebody new.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::directory::{DirectoryRecord, Person};
use xunge_core::id::PersonId;

use super::require;
use crate::ServiceError;
use crate::app::App;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::{percent, render};
use crate::console::form::Posted;
use crate::console::words;
use crate::problem::{ErrorCode, Problem};
use crate::service::DirectoryChange;

/// People shown at once.
const SHOWN: usize = 300;

struct Line {
    href: String,
    name: String,
    code: String,
    telephone: String,
    duty: String,
    phones: usize,
    accounts: String,
}

#[derive(Template)]
#[template(path = "keep_people.html")]
struct PeopleView {
    f: Frame,
    words: String,
    lines: Vec<Line>,
    is_cut: bool,
    problem: Option<String>,
    code: String,
    name: String,
    telephone: String,
}

/// The page.
pub(super) async fn get_people(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    require(&desk)?;
    let words = given
        .get("q")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default();
    let page = view(&app, &desk, words).await?;
    Ok(render(StatusCode::OK, &page))
}

async fn view(app: &App, desk: &Desk, sought: String) -> Result<PeopleView, Problem> {
    let (accounts, installs) = app
        .blocking(|service| -> Result<_, ServiceError> { Ok((service.accounts()?, service.installs(None)?)) })
        .await?;
    let names = desk.names();
    let mut lines = Vec::new();
    for person in desk.directory.people(desk.now) {
        let posts = desk.directory.posts_of(&person.id, desk.now);
        let duties: Vec<String> = posts
            .iter()
            .map(|post| {
                format!(
                    "{} · {}",
                    names.unit(&post.unit),
                    words::role(desk.lang, post.role)
                )
            })
            .collect();
        let duty = duties.join(desk.lang.words().comma);
        let line = format!("{} {} {duty}", person.name, person.id);
        if !sought.split_whitespace().all(|word| line.contains(word)) {
            continue;
        }
        let own: Vec<&str> = accounts
            .iter()
            .filter(|account| account.person == person.id && account.is_enabled)
            .map(|account| account.name.as_str())
            .collect();
        let is_own = |install: &&crate::service::InstallInfo| {
            install.person == person.id && install.revoked_at.is_none()
        };
        lines.push(Line {
            href: format!("/console/keep/people/{}", percent(person.id.as_str())),
            name: person.name.clone(),
            code: person.id.to_string(),
            telephone: person.telephone.clone().unwrap_or_default(),
            phones: installs.iter().filter(is_own).count(),
            accounts: own.join(desk.lang.words().listing),
            duty,
        });
    }
    let is_cut = lines.len() > SHOWN;
    lines.truncate(SHOWN);
    Ok(PeopleView {
        f: desk.frame(),
        words: sought,
        lines,
        is_cut,
        problem: None,
        code: String::new(),
        name: String::new(),
        telephone: String::new(),
    })
}

/// Writes somebody new; an old code is no new person.
pub(super) async fn post_person(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    require(&desk)?;
    let b = desk.lang.board();
    let field = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let id: Result<PersonId, _> = field("code").parse();
    let problem = match &id {
        Err(_) => Some(b.person_bad_code),
        Ok(id) if desk.directory.last_known_person(id, desk.now).is_some() => Some(b.person_known_code),
        Ok(_) if field("name").is_empty() => Some(b.person_no_name),
        Ok(_) => None,
    };
    if let (None, Ok(id)) = (problem, id) {
        let record = DirectoryRecord::Person(Person {
            id: id.clone(),
            name: field("name"),
            telephone: fields.get("telephone").map(str::to_owned),
        });
        write(&app, &desk, vec![record]).await?;
        let to = format!("/console/keep/people/{}", percent(id.as_str()));
        return Ok(Redirect::to(&to).into_response());
    }
    let page = PeopleView {
        problem: problem.map(str::to_owned),
        code: field("code"),
        name: field("name"),
        telephone: field("telephone"),
        ..view(&app, &desk, String::new()).await?
    };
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Writes records that hold from now on.
pub(super) async fn write(app: &App, desk: &Desk, records: Vec<DirectoryRecord>) -> Result<(), Problem> {
    let (caller, valid_from) = (desk.caller.clone(), desk.now);
    let changes: Vec<DirectoryChange> = records
        .into_iter()
        .map(|record| DirectoryChange {
            record,
            valid_from,
            valid_to: None,
        })
        .collect();
    let written = app
        .blocking(move |service| service.keep_directory(&caller, &changes))
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(problem) if problem.code == ErrorCode::Forbidden => Err(problem),
        Err(problem) => Err(problem),
    }
}
