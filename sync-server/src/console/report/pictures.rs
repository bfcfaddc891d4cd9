//! Pictures at work: two side by side, one blurred by hand before it leaves the house, new ones added by a department; and the slip that
//! goes on paper to a unit without an account.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use xunge_core::attachment::AttachmentRole;
use xunge_core::command::ActionKind;

use super::super::desk::{Desk, Frame};
use super::super::dress::render;
use super::super::form::Posted;
use super::super::moment::Moment;
use super::super::queue::row_of;
use super::super::words::{self, Room};
use super::{Picture, content_of, load, standing_of};
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::service::{NewPicture, ReportRef};

#[derive(Template)]
#[template(path = "compare.html")]
struct CompareView {
    f: Frame,
    r: &'static Room,
    id: String,
    code: String,
    title: String,
    left: Option<Picture>,
    right: Option<Picture>,
    choices: Vec<(String, String)>,
}

/// Which pictures are compared.
#[derive(Deserialize)]
pub(crate) struct Pair {
    left: Option<String>,
    right: Option<String>,
}

/// Two pictures side by side: the last before and the last after, unless others are chosen.
pub(crate) async fn get_compare(
    Shared(app): Shared<App>,
    desk: Desk,
    Path(report): Path<String>,
    Query(pair): Query<Pair>,
) -> Result<Response, Problem> {
    let loaded = load(&app, &desk, &report, None).await?;
    let (names, moments) = (desk.names(), desk.moments(Some(&loaded.story.feed)));
    let row = row_of(&loaded.story.row, &names, moments);
    let pictures = || content_of(&loaded.story, &names, moments).map_or(Vec::new(), |c| c.pictures);
    let all = pictures();
    let place = |asked: &Option<String>| {
        let asked = asked.as_deref()?;
        all.iter().position(|picture| picture.id == asked)
    };
    let before = all.iter().position(|picture| !picture.is_after);
    let after = all.iter().rposition(|picture| picture.is_after);
    let left = place(&pair.left).or(before).or(Some(0));
    let right = place(&pair.right).or(after).or(all.len().checked_sub(1));
    let choices = all.iter().enumerate().map(|(place, picture)| {
        let taken = picture
            .taken
            .as_ref()
            .map_or(String::new(), |at| format!(" {}", at.short));
        (
            picture.id.clone(),
            format!("{} {}{taken}", place + 1, picture.role),
        )
    });
    let page = CompareView {
        choices: choices.collect(),
        left: left.and_then(|place| pictures().into_iter().nth(place)),
        right: right.and_then(|place| pictures().into_iter().nth(place)),
        id: row.id,
        code: row.code,
        title: row.title,
        r: desk.lang.room(),
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "blur.html")]
struct BlurView {
    f: Frame,
    r: &'static Room,
    id: String,
    code: String,
    title: String,
    picture: Picture,
}

/// One picture on which faces and number plates are blurred by hand, for a copy.
pub(crate) async fn get_blur(
    Shared(app): Shared<App>,
    desk: Desk,
    Path((report, attachment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let loaded = load(&app, &desk, &report, None).await?;
    let (names, moments) = (desk.names(), desk.moments(Some(&loaded.story.feed)));
    let row = row_of(&loaded.story.row, &names, moments);
    let pictures = content_of(&loaded.story, &names, moments).map_or(Vec::new(), |c| c.pictures);
    let picture = pictures.into_iter().find(|picture| picture.id == attachment);
    let Some(picture) = picture else {
        return Ok(Problem::plain(ErrorCode::NotFound).into_response());
    };
    let page = BlurView {
        id: row.id,
        code: row.code,
        title: row.title,
        picture,
        r: desk.lang.room(),
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}

/// Adds pictures that were uploaded before, by their hashes.
pub(crate) async fn post_pictures(
    Shared(app): Shared<App>,
    Path(report): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let role = fields
        .get("role")
        .and_then(role_of)
        .unwrap_or(AttachmentRole::After);
    let number = |name: String| fields.get(&name).and_then(|text| text.parse().ok());
    let hash = |text: &str| text.parse().ok();
    let mut pictures = Vec::new();
    for blob in fields.all("blob") {
        pictures.push(NewPicture {
            blob: hash(blob).ok_or_else(|| Problem::field("blob", "not a hash"))?,
            thumbnail: fields.get(&format!("thumbnail.{blob}")).and_then(hash),
            size_bytes: number(format!("size.{blob}")).unwrap_or(0),
            width_px: number(format!("width.{blob}"))
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(0),
            height_px: number(format!("height.{blob}"))
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(0),
            role,
        });
    }
    let (caller, named) = (desk.caller.clone(), ReportRef::parse(&report));
    app.blocking(move |service| service.add_pictures(&caller, &named, &pictures))
        .await?;
    Ok(Redirect::to(&format!("/console/reports/{report}")).into_response())
}

/// What an added picture may show, with the words for it.
pub(crate) fn roles(desk: &Desk) -> Vec<(&'static str, &'static str)> {
    let all = [
        ("after", AttachmentRole::After),
        ("before", AttachmentRole::Before),
        ("scene", AttachmentRole::Scene),
        ("other", AttachmentRole::Other),
    ];
    all.map(|(name, role)| (name, words::attachment_role(desk.lang, role)))
        .to_vec()
}

fn role_of(name: &str) -> Option<AttachmentRole> {
    Some(match name {
        "after" => AttachmentRole::After,
        "before" => AttachmentRole::Before,
        "scene" => AttachmentRole::Scene,
        "other" => AttachmentRole::Other,
        _ => return None,
    })
}

/// Takes a report over from somebody who has it open.
pub(crate) async fn post_take(
    Shared(app): Shared<App>,
    Path(report): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    // Who is not of the room cannot keep its clerks from a report.
    if !super::is_room(&posted.desk) {
        return Err(Problem::plain(ErrorCode::Forbidden));
    }
    let (caller, named) = (posted.desk.caller.clone(), ReportRef::parse(&report));
    app.blocking(move |service| service.attend(&caller, &named, true))
        .await?;
    Ok(Redirect::to(&format!("/console/reports/{report}")).into_response())
}

#[derive(Serialize)]
struct Attended {
    /// Who else has it open, in the reader's words; empty where nobody has.
    handled_by: String,
}

/// Says that the report is still open here.
pub(crate) async fn post_attend(
    Shared(app): Shared<App>,
    Path(report): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let desk = posted.desk;
    if !super::is_room(&desk) {
        return Ok(Json(Attended {
            handled_by: String::new(),
        })
        .into_response());
    }
    let (caller, named) = (desk.caller.clone(), ReportRef::parse(&report));
    let leaves = posted.fields.get("leave").is_some();
    let other = app
        .blocking(move |service| {
            if leaves {
                if let ReportRef::Id(id) = &named {
                    service.leave(&caller, id);
                }
                return Ok(None);
            }
            service.attend(&caller, &named, false)
        })
        .await?;
    let words = |person| {
        desk.lang
            .room()
            .handled_by
            .replace("{p}", &desk.names().person(&person))
    };
    let handled_by = other.map_or(String::new(), words);
    Ok(Json(Attended { handled_by }).into_response())
}

struct SlipLine {
    unit: String,
    part: &'static str,
    due: String,
}

#[derive(Template)]
#[template(path = "slip.html")]
struct SlipView {
    f: Frame,
    r: &'static Room,
    id: String,
    code: String,
    title: String,
    township: String,
    facts: Vec<(String, String)>,
    description: String,
    lines: Vec<SlipLine>,
    words: String,
    printed: Moment,
}

/// 交办单: what goes on paper to a unit.
pub(crate) async fn get_slip(
    Shared(app): Shared<App>,
    desk: Desk,
    Path(report): Path<String>,
) -> Result<Response, Problem> {
    let loaded = load(&app, &desk, &report, None).await?;
    let story = &loaded.story;
    let (names, moments) = (desk.names(), desk.moments(Some(&story.feed)));
    let row = row_of(&story.row, &names, moments);
    let standing = standing_of(story, &names, moments);
    let lines = standing.units.into_iter().map(|line| SlipLine {
        unit: line.unit,
        part: line.part,
        due: line.due.unwrap_or_default(),
    });
    let lines: Vec<SlipLine> = lines.collect();
    if lines.is_empty() {
        return Ok(Problem::plain(ErrorCode::NotFound).into_response());
    }
    let dispatch = story
        .events
        .iter()
        .rev()
        .find(|event| event.outcome.is_accepted() && event.command.action.kind() == ActionKind::Dispatch);
    let content = content_of(story, &names, moments);
    let facts = content.as_ref().map_or(Vec::new(), |content| {
        let fact = |fact: &super::content::Fact| {
            (
                fact.label.to_owned(),
                fact.room.clone().unwrap_or_else(|| fact.worker.clone()),
            )
        };
        content.facts.iter().map(fact).collect()
    });
    let page = SlipView {
        township: names.unit(&story.feed),
        facts,
        description: content.map_or(String::new(), |content| content.description),
        lines,
        words: dispatch
            .and_then(|event| event.command.text.clone())
            .unwrap_or_default(),
        printed: moments.at(desk.now),
        id: row.id,
        code: row.code,
        title: row.title,
        r: desk.lang.room(),
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}
