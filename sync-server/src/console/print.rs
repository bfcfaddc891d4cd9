//! 一案一档: everything about one report on A4 sheets. People are masked.

use askama::Template;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;

use super::desk::{Desk, Frame};
use super::dress::render;
use super::moment::Moment;
use super::queue::row_of;
use super::report::{self, Content, Standing, StoryLine};
use crate::app::App;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "print.html")]
struct PrintView {
    f: Frame,
    id: String,
    code: String,
    title: String,
    is_urgent: bool,
    township: String,
    standing: Standing,
    content: Option<Content>,
    story: Vec<StoryLine>,
    printed: Moment,
}

/// A report's file, to be printed.
pub(crate) async fn get_print(
    Shared(app): Shared<App>,
    desk: Desk,
    Path(report): Path<String>,
) -> Result<Response, Problem> {
    let loaded = report::load(&app, &desk, &report, None).await?;
    let story = &loaded.story;
    let (names, moments) = (desk.names(), desk.moments(Some(&story.feed)));
    let row = row_of(&story.row, &names, moments);
    let page = PrintView {
        id: row.id,
        code: row.code,
        title: row.title,
        is_urgent: row.is_urgent,
        township: names.unit(&story.feed),
        standing: report::standing_of(story, &names, moments),
        content: report::content_of(story, &names, moments),
        story: report::story_of(story, &names, moments),
        printed: moments.at(desk.now),
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}
