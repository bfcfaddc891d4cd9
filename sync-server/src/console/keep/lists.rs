//! What the directory holds: units, categories, calendar, policies, key places, place names, unreachable ground, as it stands now. Each
//! line leads to its form.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::directory::UnitKind;

use super::hand::kept_units;
use super::require;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::{percent, render};
use crate::problem::Problem;

mod calendar;

pub(super) use calendar::{get_calendar, post_calendar};

/// A line with the form that it leads to.
struct Row {
    href: String,
    cells: Vec<String>,
}

#[derive(Template)]
#[template(path = "keep_list.html")]
struct ListView {
    f: Frame,
    title: &'static str,
    about: &'static str,
    /// What can be added, with its name.
    ways: Vec<(String, String)>,
    header: Vec<&'static str>,
    rows: Vec<Row>,
    /// What the list lacks, and the way to fill it.
    lack: Option<String>,
    offer: Option<Offer>,
}

/// What ships with the server and can be taken over by one press, which leads to what it would change.
struct Offer {
    action: &'static str,
    name: String,
}

/// A list as its page shows it: the slug of its forms, its words, what can be added.
struct List {
    slug: &'static str,
    title: &'static str,
    about: &'static str,
    ways: Vec<(String, String)>,
    header: Vec<&'static str>,
}

impl List {
    /// A list to which one may add a record of its kind.
    fn of(
        desk: &Desk,
        slug: &'static str,
        (title, about): (&'static str, &'static str),
        header: Vec<&'static str>,
    ) -> Self {
        Self {
            slug,
            title,
            about,
            ways: add(desk, slug, "", ""),
            header,
        }
    }

    fn page(self, desk: &Desk, rows: Vec<(String, Vec<String>)>) -> Response {
        render(StatusCode::OK, &self.view(desk, rows))
    }

    fn view(self, desk: &Desk, rows: Vec<(String, Vec<String>)>) -> ListView {
        let rows = rows.into_iter().map(|(key, cells)| Row {
            href: match key.is_empty() {
                true => String::new(),
                false => format!("/console/keep/hand/{}?key={}", self.slug, percent(&key)),
            },
            cells,
        });
        ListView {
            f: desk.frame(),
            title: self.title,
            about: self.about,
            ways: self.ways,
            header: self.header,
            rows: rows.collect(),
            lack: None,
            offer: None,
        }
    }
}

/// The way to the form of something new.
fn add(desk: &Desk, slug: &str, query: &str, name: &str) -> Vec<(String, String)> {
    let name = if name.is_empty() {
        desk.lang.keep().add
    } else {
        name
    };
    vec![(format!("/console/keep/hand/{slug}{query}"), name.to_owned())]
}

/// Units.
pub(super) async fn get_units(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let (b, w, k) = (desk.lang.board(), desk.lang.words(), desk.lang.keep());
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
    let own: Vec<_> = kept_units(&desk).iter().map(|unit| unit.id.clone()).collect();
    let rows = desk.directory.units(desk.now).map(|unit| {
        let parent = unit.parent.as_ref().map(|parent| desk.names().unit(parent));
        let cells = vec![
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
        ];
        // What lies elsewhere is read and not written.
        let key = if own.contains(&unit.id) {
            unit.id.to_string()
        } else {
            String::new()
        };
        (key, cells)
    });
    let mut ways = add(&desk, "unit", "?kind=grid", k.add_grid);
    ways.extend(add(&desk, "unit", "?kind=department", k.add_department));
    ways.extend(add(&desk, "unit", "?kind=village", ""));
    let list = List {
        slug: "unit",
        title: b.keep_units,
        about: b.keep_units_about,
        ways,
        header: vec![
            b.col_unit,
            b.col_code,
            b.col_kind,
            b.col_above,
            b.col_telephone,
            b.col_outline,
            b.col_accounts,
        ],
    };
    Ok(list.page(&desk, rows.collect()))
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
        let cells = vec![
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
        ];
        (category.id.to_string(), cells)
    });
    let list = List::of(
        &desk,
        "category",
        (b.keep_categories, b.keep_categories_about),
        vec![
            b.by_category,
            b.col_code,
            b.col_above,
            b.col_version,
            b.col_department,
            b.col_fields,
            b.col_marks,
        ],
    );
    Ok(list.page(&desk, rows.collect()))
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
        let cells = vec![
            desk.names().unit(unit),
            policy.zone.name().to_owned(),
            hours.join(w.listing),
            policy.track_keep_days.to_string(),
            if policy.is_emergency { w.yes } else { w.no }.to_owned(),
        ];
        (unit.to_string(), cells)
    });
    let list = List {
        slug: "policy",
        title: b.keep_policies,
        about: b.keep_policies_about,
        ways: Vec::new(),
        header: vec![b.col_unit, b.pol_zone, b.pol_hours, b.pol_tracks, b.pol_emergency],
    };
    Ok(list.page(&desk, rows.collect()))
}

/// Key places.
pub(super) async fn get_places(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let (b, k) = (desk.lang.board(), desk.lang.keep());
    let rows = desk.directory.key_places(desk.now).map(|place| {
        let cells = vec![
            place.name.clone(),
            place.id.clone(),
            desk.names().unit(&place.grid),
            place.category.clone().unwrap_or_default(),
        ];
        (place.id.clone(), cells)
    });
    let list = List::of(
        &desk,
        "place",
        (k.places, k.places_about),
        vec![b.col_place, b.col_code, b.col_grid, b.col_kind],
    );
    Ok(list.page(&desk, rows.collect()))
}

/// Place names.
pub(super) async fn get_names(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let (b, k) = (desk.lang.board(), desk.lang.keep());
    let rows = desk.directory.place_names(desk.now).map(|place| {
        let at = format!("{:.5}, {:.5}", place.lat_deg, place.lon_deg);
        (place.id.clone(), vec![place.name.clone(), place.id.clone(), at])
    });
    let list = List::of(
        &desk,
        "name",
        (k.names, k.names_about),
        vec![b.col_name, b.col_code, k.col_where],
    );
    Ok(list.page(&desk, rows.collect()))
}

/// Ground that no patrol can reach.
pub(super) async fn get_areas(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    let (b, k) = (desk.lang.board(), desk.lang.keep());
    let rows = desk.directory.excluded_areas(desk.now).map(|area| {
        let cells = vec![
            area.name.clone(),
            area.id.clone(),
            desk.names().unit(&area.unit),
            desk.lang.pick(area.reason.words()).to_owned(),
        ];
        (area.id.clone(), cells)
    });
    let list = List::of(
        &desk,
        "area",
        (k.areas, k.areas_about),
        vec![b.col_name, b.col_code, b.col_unit, b.col_kind],
    );
    Ok(list.page(&desk, rows.collect()))
}
