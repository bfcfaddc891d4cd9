//! What the directory holds: units, categories, calendar, policies, as it stands now. Changed by an import, from a day on.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::directory::{DayKind, UnitKind};

use super::require;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::render;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "keep_list.html")]
struct ListView {
    f: Frame,
    title: &'static str,
    about: &'static str,
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

fn list(
    desk: &Desk,
    (title, about): (&'static str, &'static str),
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
) -> Response {
    let page = ListView {
        f: desk.frame(),
        title,
        about,
        header,
        rows,
    };
    render(StatusCode::OK, &page)
}

/// Units.
pub(super) async fn get_units(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let (b, w) = (desk.lang.board(), desk.lang.words());
    let kind = |kind: UnitKind| {
        desk.lang.pick(match kind {
            UnitKind::County => ("县", "county"),
            UnitKind::Township => ("镇街", "township"),
            UnitKind::Village => ("村社", "village"),
            UnitKind::Grid => ("网格", "grid"),
            UnitKind::RoadSection => ("路段", "road section"),
            UnitKind::SpecialGrid => ("专属网格", "special grid"),
            UnitKind::Department => ("部门", "department"),
        })
    };
    let yes = |is: bool| if is { w.yes } else { w.no }.to_owned();
    let rows = desk.directory.units(desk.now).map(|unit| {
        let parent = unit.parent.as_ref().map(|parent| desk.names().unit(parent));
        vec![
            unit.name.clone(),
            unit.id.to_string(),
            kind(unit.kind).to_owned(),
            parent.unwrap_or_default(),
            unit.telephone.clone().unwrap_or_default(),
            if unit.kind.is_grid() {
                yes(unit.boundary.is_some())
            } else {
                String::new()
            },
            if unit.kind == UnitKind::Department {
                yes(unit.has_accounts)
            } else {
                String::new()
            },
        ]
    });
    let header = vec![
        b.col_unit,
        b.col_code,
        b.col_kind,
        b.col_above,
        b.col_telephone,
        b.col_outline,
        b.col_accounts,
    ];
    Ok(list(
        &desk,
        (b.keep_units, b.keep_units_about),
        header,
        rows.collect(),
    ))
}

/// Categories.
pub(super) async fn get_categories(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let (b, w) = (desk.lang.board(), desk.lang.words());
    let rows = desk.directory.categories(desk.now).map(|category| {
        let mut marks = Vec::new();
        for (is, word) in [
            (category.is_urgent, w.urgent),
            (category.is_sensitive, b.cat_sensitive),
            (category.is_record_only, b.cat_record_only),
            (!category.is_offered, b.cat_not_offered),
        ] {
            if is {
                marks.push(word);
            }
        }
        let fields: Vec<&str> = category.fields.iter().map(|field| field.name.as_str()).collect();
        vec![
            category.name.clone(),
            category.id.to_string(),
            category
                .parent
                .as_ref()
                .map(|id| desk.names().category(id))
                .unwrap_or_default(),
            category.version.to_string(),
            category
                .department
                .as_ref()
                .map(|unit| desk.names().unit(unit))
                .unwrap_or_default(),
            fields.join(w.listing),
            marks.join(w.listing),
        ]
    });
    let header = vec![
        b.by_category,
        b.col_code,
        b.col_above,
        b.col_version,
        b.col_department,
        b.col_fields,
        b.col_marks,
    ];
    Ok(list(
        &desk,
        (b.keep_categories, b.keep_categories_about),
        header,
        rows.collect(),
    ))
}

/// The calendar.
pub(super) async fn get_calendar(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let b = desk.lang.board();
    let days = desk.directory.calendar(desk.now);
    let rows = days.named_days().map(|(on, kind)| {
        let kind = match kind {
            DayKind::Off => b.day_off,
            DayKind::Work => b.day_work,
        };
        vec![on.to_string(), kind.to_owned()]
    });
    let header = vec![b.col_day, b.col_kind];
    Ok(list(
        &desk,
        (b.keep_calendar, b.keep_calendar_about),
        header,
        rows.collect(),
    ))
}

/// Policies of the townships.
pub(super) async fn get_policies(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let (b, w) = (desk.lang.board(), desk.lang.words());
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let rows = desk.feeds.iter().map(|unit| {
        let policy = desk.directory.policy(unit, desk.now);
        let hours: Vec<String> = policy
            .working_hours_min
            .iter()
            .map(|[start, end]| format!("{}–{}", clock(*start), clock(*end)))
            .collect();
        vec![
            desk.names().unit(unit),
            policy.zone.name().to_owned(),
            hours.join(w.listing),
            policy.track_keep_days.to_string(),
            if policy.is_emergency { w.yes } else { w.no }.to_owned(),
        ]
    });
    let header = vec![b.col_unit, b.pol_zone, b.pol_hours, b.pol_tracks, b.pol_emergency];
    Ok(list(
        &desk,
        (b.keep_policies, b.keep_policies_about),
        header,
        rows.collect(),
    ))
}
