//! What was seen of the ground, for chiefs, the room and supervisors: a map, and tables that say the same. It speaks of places; where
//! somebody must be called, that is a page of its own, and each look at it is recorded.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::coverage::CoveragePeriod;
use xunge_core::id::UnitId;
use xunge_core::key_place::PlaceStanding;

use super::address::Address;
use super::assets;
use super::desk::{Desk, Frame};
use super::dress::render;
use super::map::with_tiles;
use super::moment::Moments;
use super::period::{self, PeriodBar};
use crate::ServiceError;
use crate::app::App;
use crate::problem::Problem;
use crate::service::{
    CoverageAnswer, CoverageLayer, CoverageQuery, KeyPlaceRow, KeyPlacesAnswer, SilenceAnswer, UnitCoverage,
};

pub(crate) mod file;
mod share;

use share::{AgeBar, SharesBar};

/// Places unseen for weeks that are listed.
const SPOTS_SHOWN: usize = 10;

/// A cell's area in hectares.
const CELL_HA: f64 = 0.04;

/// What the address asks for.
pub(crate) struct Asked {
    pub(crate) query: CoverageQuery,
    pub(crate) layer: CoverageLayer,
    /// The page with all of it but the period.
    address: Address,
}

impl Asked {
    /// Reads the address.
    ///
    /// # Errors
    /// A malformed field.
    pub(crate) fn parse(given: &BTreeMap<String, String>) -> Result<Self, Problem> {
        let text = |name: &str| given.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
        let unit = |name: &'static str| -> Result<Option<UnitId>, Problem> {
            let parse = |text: &str| text.parse().map_err(|_| Problem::field(name, "not a code"));
            text(name).map(parse).transpose()
        };
        let period = text("period").map(|text| {
            let parsed: Result<CoveragePeriod, _> = text.parse();
            parsed.map_err(|_| Problem::field("period", "no day, week or month"))
        });
        let layer = match text("layer") {
            Some("age") => CoverageLayer::Age,
            _ => CoverageLayer::Period,
        };
        let query = CoverageQuery {
            feed: unit("feed")?,
            unit: unit("unit")?,
            period: period.transpose()?,
            blind_weeks: None,
        };
        let address = Address::new("/console/coverage")
            .with("feed", query.feed.as_ref().map_or("", UnitId::as_str))
            .with("unit", query.unit.as_ref().map_or("", UnitId::as_str))
            .with("layer", if layer == CoverageLayer::Age { "age" } else { "" });
        Ok(Self {
            query,
            layer,
            address,
        })
    }
}

struct Township {
    href: String,
    name: String,
    is_here: bool,
}

struct UnitLine {
    href: String,
    name: String,
    depth: usize,
    shares: Option<SharesBar>,
    age: Option<AgeBar>,
    patrols: usize,
    blind: usize,
}

struct PlaceLine {
    name: String,
    grid: String,
    standing: String,
    tone: &'static str,
    last: String,
    made: String,
}

struct SpotLine {
    grid: String,
    text: String,
}

#[derive(Template)]
#[template(path = "coverage.html")]
struct CoverageView {
    f: Frame,
    townships: Vec<Township>,
    period: PeriodBar,
    layers: [(String, &'static str, bool); 2],
    is_age: bool,
    unit: String,
    is_narrowed: bool,
    whole: String,
    units: Vec<UnitLine>,
    unknown: Vec<String>,
    blind: Vec<SpotLine>,
    places: Vec<PlaceLine>,
    places_due: String,
    silent: Option<String>,
    /// The same as files.
    files: Vec<(String, &'static str)>,
    map_url: String,
    map_script: Option<String>,
}

/// The page.
pub(crate) async fn get_coverage(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let asked = Asked::parse(&given)?;
    let (caller, query) = (desk.caller.clone(), asked.query.clone());
    let (answer, places) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            let answer = service.coverage(&caller, &query)?;
            Ok((answer, service.key_places(&caller, &query)?))
        })
        .await?;
    let page = view(&desk, &asked, &answer, &places);
    Ok(with_tiles(&app, render(StatusCode::OK, &page)))
}

fn view(desk: &Desk, asked: &Asked, answer: &CoverageAnswer, places: &KeyPlacesAnswer) -> CoverageView {
    let b = desk.lang.board();
    let moments = desk.moments(Some(&answer.feed));
    let with_period = asked.address.with("period", answer.period.to_string());
    let age = matches!(asked.layer, CoverageLayer::Age);
    let due = places
        .places
        .iter()
        .filter(|place| place.standing.is_open())
        .count();
    CoverageView {
        townships: townships(desk, &with_period, &answer.feed),
        period: period::bar(&asked.address, answer.period, moments),
        layers: [
            (with_period.with("layer", "").href(), b.layer_period, !age),
            (with_period.with("layer", "age").href(), b.layer_age, age),
        ],
        is_age: age,
        unit: answer.total.name.clone(),
        is_narrowed: asked.query.unit.is_some(),
        whole: with_period.with("unit", "").href(),
        units: unit_lines(&with_period, answer),
        unknown: unknown(desk, answer),
        blind: blind_spots(desk, answer),
        places: places
            .places
            .iter()
            .map(|place| place_line(desk, place, moments))
            .collect(),
        places_due: b
            .places_due
            .replace("{n}", &due.to_string())
            .replace("{m}", &places.places.len().to_string()),
        silent: desk
            .sees_coverage()
            .then(|| with_period.at("/console/coverage/phones").href()),
        files: file::KINDS
            .iter()
            .map(|(format, name)| {
                let at = with_period.at("/console/coverage/file");
                (at.with("format", *format).href(), *name)
            })
            .collect(),
        map_url: with_period.at("/console/map/coverage").href(),
        map_script: assets::map(),
        f: desk.frame(),
    }
}

fn townships(desk: &Desk, address: &Address, here: &UnitId) -> Vec<Township> {
    if desk.feeds.len() < 2 {
        return Vec::new();
    }
    let names = desk.names();
    let township = |unit: &UnitId| Township {
        href: address.with("unit", "").with("feed", unit.to_string()).href(),
        name: names.unit(unit),
        is_here: unit == here,
    };
    desk.feeds.iter().map(township).collect()
}

/// All together, then villages with their grids below them, then grids without a village.
fn unit_lines(address: &Address, answer: &CoverageAnswer) -> Vec<UnitLine> {
    let mut lines = vec![unit_line(address, &answer.total, 0)];
    let of = |village: &UnitCoverage| {
        let village = village.unit.clone();
        move |grid: &&UnitCoverage| grid.parent.as_ref() == Some(&village)
    };
    for village in &answer.villages {
        lines.push(unit_line(address, village, 1));
        let own = answer.grids.iter().filter(of(village));
        lines.extend(own.map(|grid| unit_line(address, grid, 2)));
    }
    let is_alone = |grid: &&UnitCoverage| !answer.villages.iter().any(|village| of(village)(grid));
    let alone = answer.grids.iter().filter(is_alone);
    lines.extend(alone.map(|grid| unit_line(address, grid, 1)));
    lines
}

fn unit_line(address: &Address, unit: &UnitCoverage, depth: usize) -> UnitLine {
    UnitLine {
        href: address.with("unit", unit.unit.to_string()).href(),
        name: unit.name.clone(),
        depth,
        shares: SharesBar::of(unit),
        age: AgeBar::of(unit),
        patrols: unit.patrols,
        blind: unit.blind_spots.len(),
    }
}

/// Why ground cannot be known, the most first.
fn unknown(desk: &Desk, answer: &CoverageAnswer) -> Vec<String> {
    let b = desk.lang.board();
    let causes = answer.total.share.iter().flat_map(|share| &share.unknown_by);
    let line = |by: &xunge_core::coverage::UnknownShare| {
        let cells = u32::try_from(by.cells).unwrap_or(u32::MAX);
        b.unknown_line
            .replace("{x}", desk.lang.pick(by.cause.words()))
            .replace("{n}", &format!("{:.1}", f64::from(cells) * CELL_HA))
    };
    causes.map(line).collect()
}

/// The largest places that nobody saw for weeks, each with its grid.
fn blind_spots(desk: &Desk, answer: &CoverageAnswer) -> Vec<SpotLine> {
    let b = desk.lang.board();
    let mut spots: Vec<_> = answer
        .grids
        .iter()
        .flat_map(|grid| grid.blind_spots.iter().map(move |spot| (grid, spot)))
        .collect();
    spots.sort_by_key(|(_, spot)| std::cmp::Reverse(spot.cells));
    let line = |(grid, spot): (&UnitCoverage, &xunge_core::coverage::BlindSpot)| SpotLine {
        grid: grid.name.clone(),
        text: b
            .blind_line
            .replace("{a}", &format!("{:.1}", spot.area_m2 / 10_000.0))
            .replace("{w}", &spot.weeks.to_string()),
    };
    spots.into_iter().take(SPOTS_SHOWN).map(line).collect()
}

fn place_line(desk: &Desk, place: &KeyPlaceRow, moments: Moments) -> PlaceLine {
    let b = desk.lang.board();
    let word = desk.lang.pick(place.standing.words());
    let (tone, more) = match &place.standing {
        PlaceStanding::Overdue { since } => ("late", b.since_on.replace("{d}", &moments.day(*since))),
        PlaceStanding::Due { until } => ("soon", b.until_on.replace("{d}", &moments.day(*until))),
        PlaceStanding::Visited { next_on } => ("calm", b.next_on.replace("{d}", &moments.day(*next_on))),
        PlaceStanding::Excused { until, reason } => {
            let until = b.until_on.replace("{d}", &moments.day(*until));
            ("calm", format!("{until} {reason}"))
        }
        PlaceStanding::NotAsked => ("calm", String::new()),
    };
    let last = place.last_visited_on.map(|day| moments.day(day));
    PlaceLine {
        name: place.name.clone(),
        grid: desk.names().unit(&place.grid),
        standing: format!("{word} {more}").trim_end().to_owned(),
        tone,
        last: last.unwrap_or_else(|| b.never.to_owned()),
        made: match place.tally.asked {
            0 => place.visits.len().to_string(),
            asked => format!("{} / {asked}", place.tally.made),
        },
    }
}

struct SilentLine {
    grid: String,
    name: String,
    telephone: Option<String>,
    phone: String,
    heard: String,
    days: String,
}

#[derive(Template)]
#[template(path = "silent.html")]
struct SilentView {
    f: Frame,
    back: String,
    period: PeriodBar,
    lines: Vec<SilentLine>,
}

/// Phones that were not heard from. Each look is recorded by the service.
pub(crate) async fn get_phones(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let asked = Asked::parse(&given)?;
    let (caller, query) = (desk.caller.clone(), asked.query.clone());
    let answer: SilenceAnswer = app
        .blocking(move |service| service.coverage_silence(&caller, &query))
        .await?;
    let moments = desk.moments(Some(&answer.feed));
    let (names, b) = (desk.names(), desk.lang.board());
    let line = |phone: &crate::service::SilentPhone| {
        let days: Vec<String> = phone.silent_days.iter().map(|day| moments.day(*day)).collect();
        let heard = phone.last_heard_at.map(|at| moments.at(at).short);
        SilentLine {
            grid: names.unit(&phone.grid),
            name: phone.name.clone(),
            telephone: phone.telephone.clone(),
            phone: phone.device_label.clone(),
            heard: heard.unwrap_or_else(|| b.never.to_owned()),
            days: days.join(desk.lang.words().listing),
        }
    };
    let address = asked.address.at("/console/coverage/phones");
    let page = SilentView {
        back: asked.address.with("period", answer.period.to_string()).href(),
        period: period::bar(&address, answer.period, moments),
        lines: answer.phones.iter().map(line).collect(),
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}
