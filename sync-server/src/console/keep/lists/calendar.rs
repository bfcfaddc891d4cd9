//! The calendar, with what it lacks: the holidays of a year are made known late in the year before, and a clock that runs into a year
//! without them counts plain weeks.

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Datelike;
use xunge_core::directory::{DayKind, DirectoryRecord, HOLIDAY_YEARS, holidays};

use super::{List, ListView, Offer};
use crate::app::App;
use crate::console::desk::Desk;
use crate::console::dress::render;
use crate::console::form::Posted;
use crate::console::keep::hand::{may_write, proposed};
use crate::console::keep::{proposal, require};
use crate::import::known_holidays;
use crate::import::words::say;
use crate::problem::Problem;
use crate::service::DirectoryChange;

/// The address of the page.
const HERE: &str = "/console/keep/calendar";

/// From this month on the holidays of the next year are to be expected.
const NOTICE_MONTH: u32 = 11;

/// The years that clocks run into and of which the calendar names no day.
fn years_missing(desk: &Desk) -> Vec<i32> {
    let today = desk.now.day_in(desk.moments(None).zone);
    let calendar = desk.directory.calendar(desk.now);
    let next = (today.month() >= NOTICE_MONTH).then_some(today.year() + 1);
    let years = [Some(today.year()), next].into_iter().flatten();
    years.filter(|year| !calendar.tells_of_year(*year)).collect()
}

/// Whether the calendar is this administrator's to write: it is the county's where there are several townships.
async fn may_keep(app: &App, desk: &Desk) -> bool {
    let change = holidays().pop().map(|day| DirectoryChange {
        record: DirectoryRecord::CalendarDay(day),
        valid_from: desk.now,
        valid_to: None,
    });
    may_write(app, desk, change.into_iter().collect()).await.is_ok()
}

async fn view(app: &App, desk: &Desk) -> ListView {
    let (b, k) = (desk.lang.board(), desk.lang.keep());
    let rows = desk.directory.calendar_days(desk.now).map(|day| {
        let kind = match day.kind {
            DayKind::Off => b.day_off,
            DayKind::Work => b.day_work,
        };
        let on = day.on.to_string();
        (on.clone(), vec![on, kind.to_owned(), day.name.clone()])
    });
    let list = List::of(
        desk,
        "day",
        (b.keep_calendar, b.keep_calendar_about),
        vec![b.col_day, b.col_kind, b.col_name],
    );
    let missing: Vec<String> = years_missing(desk).iter().map(i32::to_string).collect();
    let (first, last) = HOLIDAY_YEARS.into_inner();
    let name = k.holidays_take.replace("{a}", &first.to_string());
    ListView {
        lack: (!missing.is_empty()).then(|| {
            k.holidays_missing
                .replace("{x}", &missing.join(desk.lang.words().listing))
        }),
        offer: may_keep(app, desk).await.then(|| Offer {
            action: HERE,
            name: name.replace("{b}", &last.to_string()),
        }),
        ..list.view(desk, rows.collect())
    }
}

/// The calendar.
pub(in crate::console::keep) async fn get_calendar(
    Shared(app): Shared<App>,
    desk: Desk,
) -> Result<Response, Problem> {
    require(&desk)?;
    Ok(render(StatusCode::OK, &view(&app, &desk).await))
}

/// Proposes the holidays that ship; nothing is written yet.
pub(in crate::console::keep) async fn post_calendar(
    Shared(app): Shared<App>,
    posted: Posted,
) -> Result<Response, Problem> {
    let desk = posted.desk;
    require(&desk)?;
    let plan = match proposal::planned(&app, known_holidays(), desk.now).await? {
        Ok(plan) if plan.changes.is_empty() => {
            let page = ListView {
                lack: Some(desk.lang.keep().nothing_changed.to_owned()),
                ..view(&app, &desk).await
            };
            return Ok(render(StatusCode::OK, &page));
        }
        Ok(plan) => plan,
        Err(problems) => {
            let told = problems.iter().map(|problem| say(problem, desk.lang.config()));
            let page = ListView {
                lack: Some(told.collect::<Vec<_>>().join(" ")),
                ..view(&app, &desk).await
            };
            return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    may_write(&app, &desk, plan.changes.clone()).await?;
    let held = proposed(&desk, desk.lang.board().keep_calendar, HERE, plan);
    proposal::keep(&app, &desk, held).await?;
    Ok(Redirect::to(proposal::HERE).into_response())
}
