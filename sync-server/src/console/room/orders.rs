//! 指令: orders to chosen grids, who received and answered them, and whom to call.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::directory::Role;
use xunge_core::id::UnitId;

use super::super::act::{Opt, token};
use super::super::desk::{Desk, Frame};
use super::super::dress::render;
use super::super::form::{Fields, Posted};
use super::super::moment::Moment;
use super::super::words::Room;
use super::only;
use crate::ServiceError;
use crate::app::App;
use crate::problem::Problem;
use crate::service::{NewOrder, Order, OrderProgress};

/// Orders on the page.
const SHOWN: usize = 20;

struct Line {
    grid: String,
    href: String,
    class: &'static str,
    progress: &'static str,
    /// Whom to call, where it was not received.
    contacts: Vec<(String, Option<String>)>,
}

struct OrderView {
    text: String,
    by: String,
    at: Moment,
    due: Moment,
    left: String,
    tone: &'static str,
    progress: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersView {
    f: Frame,
    r: &'static Room,
    problem: Option<&'static str>,
    token: String,
    text: String,
    due: String,
    today: String,
    categories: Vec<Opt>,
    grids: Vec<Opt>,
    orders: Vec<OrderView>,
}

/// The orders of the room's township.
pub(super) async fn get_orders(Shared(app): Shared<App>, desk: Desk) -> Result<Response, Problem> {
    only(&desk, Role::is_room)?;
    page(&app, &desk, &Fields::default(), None).await
}

/// Gives an order.
pub(super) async fn post_orders(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    only(&desk, Role::is_room)?;
    let wrong = desk.lang.room().orders_wrong;
    let Some(new) = read(&desk, &fields) else {
        return page(&app, &desk, &fields, Some(wrong)).await;
    };
    let caller = desk.caller.clone();
    let done = app
        .blocking(move |service| Ok::<_, Problem>(service.order(&caller, &new)))
        .await?;
    match done {
        Ok(_) => Ok(Redirect::to("/console/orders").into_response()),
        Err(ServiceError::BadRequest(_)) => page(&app, &desk, &fields, Some(wrong)).await,
        Err(error) => Err(error.into()),
    }
}

fn read(desk: &Desk, fields: &Fields) -> Option<NewOrder> {
    let feed = desk.feeds.first()?.clone();
    let due_at = desk.moments(Some(&feed)).end_of_day(fields.get("due")?)?;
    let grids: Option<Vec<UnitId>> = fields.all("grid").iter().map(|grid| grid.parse().ok()).collect();
    (due_at > desk.now).then_some(())?;
    Some(NewOrder {
        feed,
        grids: grids.filter(|grids| !grids.is_empty())?,
        category: fields.get("category")?.parse().ok()?,
        text: fields.get("text")?.to_owned(),
        due_at,
        id: fields.get("id")?.parse().ok()?,
    })
}

async fn page(
    app: &App,
    desk: &Desk,
    fields: &Fields,
    problem: Option<&'static str>,
) -> Result<Response, Problem> {
    let r = desk.lang.room();
    let feed = desk.feeds.first().cloned();
    let orders = match feed.clone() {
        Some(feed) => {
            let caller = desk.caller.clone();
            app.blocking(move |service| service.orders(&caller, &feed, SHOWN))
                .await?
        }
        None => Vec::new(),
    };
    let names = desk.names();
    let (directory, now) = (&desk.directory, desk.now);
    let chosen = fields.all("grid");
    let grids = feed
        .as_ref()
        .map_or(Vec::new(), |feed| directory.grids_under(feed, now));
    let option = |grid: &UnitId| Opt {
        value: grid.to_string(),
        text: names.unit(grid),
        is_chosen: chosen.contains(&grid.as_str()),
    };
    let has_chief = |grid: &&UnitId| !directory.chiefs_of(grid, now).is_empty();
    let category = |kind: &&xunge_core::directory::Category| Opt {
        value: kind.id.to_string(),
        text: kind.name.clone(),
        is_chosen: fields.get("category") == Some(kind.id.as_str()),
    };
    let kinds = directory.categories_offered(now);
    let view = OrdersView {
        r,
        problem,
        token: token(),
        text: fields.get("text").unwrap_or_default().to_owned(),
        due: fields.get("due").unwrap_or_default().to_owned(),
        today: now.day_in(desk.moments(feed.as_ref()).zone).to_string(),
        categories: kinds
            .iter()
            .filter(|kind| !kind.is_record_only)
            .map(category)
            .collect(),
        grids: grids.iter().filter(has_chief).map(option).collect(),
        orders: orders.iter().map(|order| shown(desk, order)).collect(),
        f: desk.frame(),
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok(render(status, &view))
}

fn shown(desk: &Desk, order: &Order) -> OrderView {
    let (r, names, moments) = (desk.lang.room(), desk.names(), desk.moments(desk.feeds.first()));
    let count = |wanted: &[OrderProgress]| {
        let of = order.lines.iter().filter(|line| wanted.contains(&line.progress));
        of.count().to_string()
    };
    let (left, tone) = moments.left(order.due_at);
    let line = |line: &crate::service::OrderLine| {
        let (class, progress) = match line.progress {
            OrderProgress::NotReceived => ("st-wait", r.order_not_received),
            OrderProgress::Received => ("st-room", r.order_received),
            OrderProgress::Signed => ("st-chief", r.order_signed),
            OrderProgress::Answered => ("st-work", r.order_answered),
            OrderProgress::Closed => ("st-done", r.order_closed),
        };
        let is_missing = line.progress == OrderProgress::NotReceived;
        Line {
            grid: names.unit(&line.grid),
            href: format!("/console/reports/{}", line.report),
            class,
            progress,
            contacts: if is_missing {
                line.contacts.clone()
            } else {
                Vec::new()
            },
        }
    };
    OrderView {
        text: order.text.clone(),
        by: names.person(&order.by),
        at: moments.at(order.at),
        due: moments.at(order.due_at),
        left,
        tone: tone.class(),
        progress: r
            .order_progress
            .replace("{n}", &order.lines.len().to_string())
            .replace("{k}", &count(&[OrderProgress::Answered, OrderProgress::Closed]))
            .replace("{m}", &count(&[OrderProgress::NotReceived])),
        lines: order.lines.iter().map(line).collect(),
    }
}
