//! One report's page: who holds it and why, its content beside the room's word, the whole story, and a form for every act that the
//! workflow permits this reader.

use askama::Template;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use xunge_core::command::ActionKind;
use xunge_core::workflow::action_words;

use super::act::{ActForm, Attempt, Control, forms};
use super::desk::{Desk, Frame};
use super::dress::render;
use super::form::Posted;
use super::queue::{Row, row_of};
use super::words::Room;
use crate::ServiceError;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::service::{Offer, QueueRow, ReportRef, ReportStory};

mod beside;
mod content;
mod due;
mod pictures;
mod standing;
mod story;

use beside::seen_pictures;
pub(crate) use beside::{Beside, is_room};
pub(crate) use content::{Content, Picture, content as content_of};
pub(crate) use due::DueLine;
pub(crate) use pictures::{get_blur, get_compare, get_slip, post_attend, post_pictures, post_take};
pub(crate) use standing::{Standing, standing as standing_of};
pub(crate) use story::{StoryLine, lines as story_of};

/// Everything that was read of a report for one page.
pub(crate) struct Loaded {
    pub(crate) story: ReportStory,
    pub(crate) offer: Offer,
    /// The lines of reports that this one was merged into or split into, as far as the reader may see them.
    pub(crate) related: Vec<QueueRow>,
    /// Whether names and telephones stand in full.
    pub(crate) is_unmasked: bool,
    /// What stands beside it.
    pub(crate) beside: Beside,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportView {
    f: Frame,
    r: &'static Room,
    beside: beside::BesideView,
    /// Whether pictures may be added here.
    can_add: bool,
    roles: Vec<(&'static str, &'static str)>,
    has_pair: bool,
    has_slip: bool,
    id: String,
    code: String,
    title: String,
    is_urgent: bool,
    notice: Option<String>,
    standing: Standing,
    due: Vec<DueLine>,
    content: Option<Content>,
    related: Vec<Row>,
    story: Vec<StoryLine>,
    acts: Vec<ActForm>,
    /// What happened since the page on which a form was filled in was drawn.
    meanwhile: Option<Vec<StoryLine>>,
    saw: String,
    heads: String,
    is_unmasked: bool,
    events: String,
}

/// What the address of a report may carry.
#[derive(Deserialize)]
pub(crate) struct Done {
    /// The act that was just done.
    did: Option<String>,
    /// What came of it.
    came: Option<String>,
}

/// Reads a report for its page. Names and telephones are masked unless a reason is given, which is recorded.
pub(crate) async fn load(
    app: &App,
    desk: &Desk,
    report: &str,
    unmask: Option<String>,
) -> Result<Loaded, Problem> {
    let caller = desk.caller.clone();
    let report = ReportRef::parse(report);
    let is_room = is_room(desk);
    app.blocking(move |service| -> Result<_, ServiceError> {
        let story = service.report_story(&caller, &report, unmask.as_deref())?;
        let offer = service.offer(&caller, &ReportRef::Id(story.row.report))?;
        let matter = story.matter.as_ref();
        let into = matter.and_then(|m| m.merged_into);
        let split = matter.map(|m| m.split_into.clone()).unwrap_or_default();
        let related = into.into_iter().chain(split).filter_map(|id| {
            let other = service.report_story(&caller, &ReportRef::Id(id), None);
            other.ok().map(|story| story.row)
        });
        Ok(Loaded {
            beside: Beside::read(service, &caller, &story, is_room)?,
            related: related.collect(),
            is_unmasked: unmask.is_some(),
            story,
            offer,
        })
    })
    .await
}

/// The report's page.
pub(crate) async fn get_report(
    Shared(app): Shared<App>,
    desk: Desk,
    Path(report): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let loaded = load(&app, &desk, &report, None).await?;
    let notice = notice(&desk, &done);
    Ok(render(StatusCode::OK, &view(&desk, loaded, notice, None)))
}

/// The report's page with names and telephones in full: asks for a reason, which stands in the audit log.
pub(crate) async fn post_people(
    Shared(app): Shared<App>,
    Path(report): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let reason = posted.fields.get("why").map(str::to_owned);
    let loaded = load(&app, &posted.desk, &report, reason).await?;
    let w = posted.desk.lang.words();
    let notice = (!loaded.is_unmasked).then(|| w.unmask_needs_reason.to_owned());
    Ok(render(StatusCode::OK, &view(&posted.desk, loaded, notice, None)))
}

/// The page after an act that had no effect: what was typed is still there.
pub(crate) fn tried(desk: &Desk, loaded: Loaded, attempt: &Attempt, status: StatusCode) -> Response {
    render(status, &view(desk, loaded, None, Some(attempt)))
}

fn notice(desk: &Desk, done: &Done) -> Option<String> {
    let kind = ActionKind::from_name(done.did.as_deref()?)?;
    let w = desk.lang.words();
    let text = match done.came.as_deref() {
        Some("remark") => w.done_remark,
        Some("proposal") => w.done_proposal,
        _ => w.done_accepted,
    };
    Some(text.replace("{act}", desk.lang.pick(action_words(kind))))
}

fn view(desk: &Desk, loaded: Loaded, notice: Option<String>, attempt: Option<&Attempt>) -> ReportView {
    let names = desk.names();
    let moments = desk.moments(Some(&loaded.story.feed));
    let story = &loaded.story;
    let mut lines = story_of(story, &names, moments);
    for (line, event) in lines.iter_mut().zip(&story.events) {
        if line.saw.is_some() {
            line.pictures = seen_pictures(desk, story, &event.command.attachments);
        }
    }
    let meanwhile = attempt.filter(|attempt| attempt.is_stale).map(|attempt| {
        let saw = attempt.saw;
        let seen = saw.and_then(|saw| story.events.iter().position(|e| e.command.id == saw));
        story_of(story, &names, moments)
            .into_iter()
            .skip(seen.map_or(0, |place| place + 1))
            .collect()
    });
    let heads: Vec<String> = loaded.offer.heads.iter().map(ToString::to_string).collect();
    let acts = forms(desk, &loaded, attempt);
    let row = row_of(&story.row, &names, moments);
    let content = content_of(story, &names, moments);
    let standing = standing_of(story, &names, moments);
    ReportView {
        r: desk.lang.room(),
        beside: beside::beside(desk, story, &loaded.beside),
        can_add: story.row.state.is_open() && !story.is_erased,
        roles: pictures::roles(desk),
        has_pair: content.as_ref().is_some_and(|content| content.pictures.len() > 1),
        has_slip: is_room(desk) && !standing.units.is_empty(),
        id: row.id,
        code: row.code,
        title: row.title,
        is_urgent: row.is_urgent,
        notice,
        standing,
        due: due::lines(story, &names, moments),
        content,
        related: loaded
            .related
            .iter()
            .map(|r| row_of(r, &names, moments))
            .collect(),
        story: lines,
        acts,
        meanwhile,
        saw: loaded.offer.version.map_or(String::new(), |v| v.to_string()),
        heads: heads.join(","),
        is_unmasked: loaded.is_unmasked,
        events: "/console/events".to_owned(),
        f: desk.frame(),
    }
}

#[derive(Template)]
#[template(path = "picture.html")]
struct PictureView {
    f: Frame,
    r: &'static Room,
    id: String,
    code: String,
    title: String,
    picture: Picture,
    place: String,
    before: Option<String>,
    after: Option<String>,
}

/// One picture, as large as the window.
pub(crate) async fn get_picture(
    Shared(app): Shared<App>,
    desk: Desk,
    Path((report, attachment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let loaded = load(&app, &desk, &report, None).await?;
    let names = desk.names();
    let moments = desk.moments(Some(&loaded.story.feed));
    let row = row_of(&loaded.story.row, &names, moments);
    let pictures = content_of(&loaded.story, &names, moments).map_or(Vec::new(), |c| c.pictures);
    let count = pictures.len();
    let Some(place) = pictures.iter().position(|picture| picture.id == attachment) else {
        return Ok(Problem::plain(ErrorCode::NotFound).into_response());
    };
    let id_at = |place: usize| pictures.get(place).map(|picture| picture.id.clone());
    let (before, after) = (place.checked_sub(1).and_then(id_at), id_at(place + 1));
    let Some(picture) = pictures.into_iter().nth(place) else {
        return Ok(Problem::plain(ErrorCode::NotFound).into_response());
    };
    let page = PictureView {
        r: desk.lang.room(),
        f: desk.frame(),
        id: row.id,
        code: row.code,
        title: row.title,
        picture,
        place: format!("{} / {count}", place + 1),
        before,
        after,
    };
    Ok(render(StatusCode::OK, &page))
}
