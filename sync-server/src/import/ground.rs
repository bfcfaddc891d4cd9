//! Key places with their rules, and ground that no patrol can reach: from tables, or from GeoJSON with points and outlines.
//!
//! A GeoJSON collection is read as a table whose lines are its features and whose columns are their properties, so that both are held to
//! the same rules and told of in the same words; the geometry stands beside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use xunge_core::directory::{
    DirectoryRecord, ExcludedArea, ExclusionReason, Excuse, KeyPlace, Often, Season, VisitRule,
};
use xunge_core::grid::{Coordinates, OutlinedFeature, read_features};
use xunge_core::id::UnitId;
use xunge_core::place::{Position, is_in_china};

use super::calendar::{position, read_keyed};
use super::columns::{Cells, Column, optional, required};
use super::problem::{ImportProblem, ImportRule};
use super::table::{Row, Table};
use super::{ReadFile, text};

const CODE: Column = required("code", &["code", "编号", "id"]);
const NAME: Column = required("name", &["name", "名称"]);

const KEY_PLACES: [Column; 15] = [
    CODE,
    NAME,
    required("grid", &["grid", "网格", "网格编号"]),
    required("lat", &["lat_deg", "lat", "latitude", "纬度"]),
    required("lon", &["lon_deg", "lon", "lng", "longitude", "经度"]),
    optional("category", &["category", "类别", "种类"]),
    optional("every_days", &["every_days", "每几天一次", "间隔天数"]),
    optional("times_a_week", &["times_a_week", "每周次数"]),
    optional("season_from", &["season_from", "季节起"]),
    optional("season_to", &["season_to", "季节止"]),
    optional("emergency", &["daily_in_emergency", "战时每日"]),
    optional("excused_from", &["excused_from", "免走访起"]),
    optional("excused_to", &["excused_to", "免走访止"]),
    optional("excused_reason", &["excused_reason", "免走访理由"]),
    optional("remark", &["remark", "备注"]),
];

const AREAS: [Column; 4] = [
    CODE,
    NAME,
    required("unit", &["unit", "单位", "单位编号", "网格"]),
    required("reason", &["reason", "原因"]),
];

const REASONS: &[(&str, ExclusionReason)] = &[
    ("water", ExclusionReason::Water),
    ("水域", ExclusionReason::Water),
    ("cliff", ExclusionReason::Cliff),
    ("悬崖", ExclusionReason::Cliff),
    ("陡坡", ExclusionReason::Cliff),
    ("closed_compound", ExclusionReason::ClosedCompound),
    ("封闭区域", ExclusionReason::ClosedCompound),
    ("封闭小区", ExclusionReason::ClosedCompound),
    ("other", ExclusionReason::Other),
    ("其他", ExclusionReason::Other),
];

const REASONS_KNOWN: &[&str] = &[
    "water 水域",
    "cliff 悬崖",
    "closed_compound 封闭区域",
    "other 其他",
];

/// The longest rule by days: a year.
const RULE_DAYS_MAX: u32 = 366;

/// Reads key places from a table.
pub(super) fn read_key_places(table: &Table) -> Result<ReadFile, Vec<ImportProblem>> {
    read_keyed(table, &KEY_PLACES, "code", |cells| {
        let at = position(cells);
        key_place(cells, at, None)
    })
}

/// Reads key places from GeoJSON: points, or the outlines of places.
pub(super) fn read_key_places_geojson(bytes: &[u8]) -> Result<ReadFile, Vec<ImportProblem>> {
    let (table, features) = features(bytes)?;
    let columns: Vec<Column> = KEY_PLACES
        .into_iter()
        .filter(|column| !matches!(column.key, "lat" | "lon"))
        .collect();
    read_keyed(&table, &columns, "code", |cells| {
        let feature = &features[&cells.line()];
        let (at, outline) = match (&feature.point, &feature.boundary) {
            (Some(at), _) => (point(cells, *at), None),
            (None, Ok(Some(boundary))) => {
                let outline = boundary.clone().into_coordinates();
                (middle(&outline), Some(outline))
            }
            (None, Ok(None)) => {
                cells.problem("geometry", ImportRule::Empty);
                (None, None)
            }
            (None, Err(problems)) => {
                for problem in problems {
                    cells.problem("geometry", ImportRule::Outline(problem.clone()));
                }
                (None, None)
            }
        };
        key_place(cells, at, outline)
    })
}

/// Reads ground that no patrol can reach.
pub(super) fn read_unreachable(bytes: &[u8]) -> Result<ReadFile, Vec<ImportProblem>> {
    let (table, features) = features(bytes)?;
    read_keyed(&table, &AREAS, "code", |cells| {
        let id: Option<UnitId> = cells.code("code");
        let name = cells.name("name");
        let unit = cells.code("unit");
        let reason = cells.word("reason", REASONS, REASONS_KNOWN, None);
        let outline = match &features[&cells.line()].boundary {
            Ok(Some(boundary)) => Some(boundary.clone().into_coordinates()),
            Ok(None) => {
                cells.problem("geometry", ImportRule::Empty);
                None
            }
            Err(problems) => {
                for problem in problems {
                    cells.problem("geometry", ImportRule::Outline(problem.clone()));
                }
                None
            }
        };
        Some(DirectoryRecord::ExcludedArea(ExcludedArea {
            id: id?.to_string(),
            name: name?,
            unit: unit?,
            reason: reason?,
            outline: outline?,
        }))
    })
}

fn key_place(
    cells: &mut Cells<'_>,
    at: Option<Position>,
    outline: Option<Coordinates>,
) -> Option<DirectoryRecord> {
    let id: Option<UnitId> = cells.code("code");
    let name = cells.name("name");
    let grid = cells.code("grid");
    let rule = rule(cells);
    let excuses = excuse(cells);
    let category = Some(cells.text("category").to_owned()).filter(|text| !text.is_empty());
    let at = at?;
    Some(DirectoryRecord::KeyPlace(KeyPlace {
        id: id?.to_string(),
        name: name?,
        grid: grid?,
        lat_deg: at.lat_deg,
        lon_deg: at.lon_deg,
        category,
        outline,
        rule: rule?,
        excuses: excuses?,
    }))
}

/// The rule; `None` where it is wrong, which is noted.
fn rule(cells: &mut Cells<'_>) -> Option<Option<VisitRule>> {
    let is_said = |cells: &Cells<'_>, key: &str| !cells.text(key).is_empty();
    let (by_days, by_week) = (is_said(cells, "every_days"), is_said(cells, "times_a_week"));
    let days = cells.whole("every_days", 1, RULE_DAYS_MAX);
    let times = cells.whole("times_a_week", 1, 7);
    let is_daily_in_emergency = cells.yes_no("emergency", false);
    let season = season(cells)?;
    let often = match (by_days, by_week) {
        (true, true) => {
            cells.problem("times_a_week", ImportRule::TwoRules);
            return None;
        }
        (true, false) => Often::EveryDays { days: days? },
        (false, true) => Often::TimesAWeek { times: times? },
        (false, false) if season.is_some() => {
            cells.problem("every_days", ImportRule::Empty);
            return None;
        }
        (false, false) => return Some(None),
    };
    Some(Some(VisitRule {
        often,
        season,
        is_daily_in_emergency,
    }))
}

/// The part of the year; `None` where it is wrong, which is noted.
fn season(cells: &mut Cells<'_>) -> Option<Option<Season>> {
    let mut ends = [None; 2];
    for (end, key) in ends.iter_mut().zip(["season_from", "season_to"]) {
        let text = cells.text(key).to_owned();
        if text.is_empty() {
            continue;
        }
        // 2024 had a 29 February.
        *end = super::parse_day(&format!("2024-{text}")).map(|day| {
            use chrono::Datelike;
            [day.month(), day.day()]
        });
        if end.is_none() {
            cells.problem(key, ImportRule::BadSeason);
            return None;
        }
    }
    match ends {
        [None, None] => Some(None),
        [Some(from), Some(to)] => Some(Some(Season { from, to })),
        [None, _] => {
            cells.problem("season_from", ImportRule::Empty);
            None
        }
        [_, None] => {
            cells.problem("season_to", ImportRule::Empty);
            None
        }
    }
}

/// The excuse, as a list of at most one; `None` where it is wrong, which is noted.
fn excuse(cells: &mut Cells<'_>) -> Option<Vec<Excuse>> {
    let keys = ["excused_from", "excused_to", "excused_reason"];
    if keys.iter().all(|key| cells.text(key).is_empty()) {
        return Some(Vec::new());
    }
    for key in keys {
        if cells.text(key).is_empty() {
            cells.problem(key, ImportRule::Empty);
            return None;
        }
    }
    let (from, to) = (cells.day("excused_from"), cells.day("excused_to"));
    let (from, to) = (from?, to?);
    if to < from {
        cells.problem("excused_to", ImportRule::EndBeforeStart);
        return None;
    }
    let reason = cells.text("excused_reason").to_owned();
    Some(vec![Excuse { from, to, reason }])
}

/// A point in China.
fn point(cells: &mut Cells<'_>, [lon_deg, lat_deg]: [f64; 2]) -> Option<Position> {
    let inside = |lat, lon| Position::new(lat, lon).is_ok_and(is_in_china);
    if inside(lat_deg, lon_deg) {
        return Position::new(lat_deg, lon_deg).ok();
    }
    let is_swapped = inside(lon_deg, lat_deg);
    let rule = if is_swapped {
        ImportRule::SwappedAxes
    } else {
        ImportRule::OutsideChina
    };
    cells.problem("geometry", rule);
    None
}

/// The middle of an outline's box: where the place is shown.
fn middle(outline: &Coordinates) -> Option<Position> {
    let points = || outline.iter().flatten().flatten();
    let least = |axis: usize| points().map(|at| at[axis]).fold(f64::INFINITY, f64::min);
    let most = |axis: usize| points().map(|at| at[axis]).fold(f64::NEG_INFINITY, f64::max);
    let half = |axis: usize| f64::midpoint(least(axis), most(axis));
    Position::new(half(1), half(0)).ok()
}

/// A collection as a table, whose lines are the numbers of its features, and the features by number.
fn features(bytes: &[u8]) -> Result<(Table, BTreeMap<usize, OutlinedFeature>), Vec<ImportProblem>> {
    let (text, _) = text::decode(bytes).ok_or_else(|| vec![ImportProblem::file(ImportRule::NotATable)])?;
    let found = read_features(&text).map_err(|found| {
        let problem = |problem| ImportProblem::file(ImportRule::Outline(problem));
        found.into_iter().map(problem).collect::<Vec<_>>()
    })?;
    if found.is_empty() {
        return Err(vec![ImportProblem::file(ImportRule::NoRows)]);
    }
    let names: BTreeSet<&String> = found
        .iter()
        .flat_map(|feature| feature.properties.keys())
        .collect();
    let cell = |feature: &OutlinedFeature, name: &String| match feature.properties.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => other.to_string(),
    };
    let row = |feature: &OutlinedFeature| Row {
        line: feature.number,
        cells: names.iter().map(|name| cell(feature, name)).collect(),
    };
    let table = Table {
        // Properties stand on no line of their own and in no lettered column.
        header: Row {
            line: 0,
            cells: names.iter().map(|name| (*name).clone()).collect(),
        },
        rows: found.iter().map(row).collect(),
    };
    Ok((table, found.into_iter().map(|f| (f.number, f)).collect()))
}
