//! Coverage as GeoJSON, PNG and CSV.

use serde_json::{Value, json};
use xunge_core::coverage::{CellSet, CoverageShare, GridGround, LastSeen, Picture};

use super::{Area, CoverageAnswer, CoverageQuery, Seen, UnitCoverage};
use crate::ServiceError;
use crate::ledger::cover::cause_word;
use crate::service::{Caller, Service};

/// The long side of a picture in pixels.
const PICTURE_PX: u32 = 1_600;

/// What of the cells is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum CoverageLayer {
    /// What was seen in the period, what cannot be known and why, what was not seen, what does not count.
    #[value(help = "已见、无法确定、未见、不计入 · seen, unknown, not seen, does not count")]
    #[default]
    Period,
    /// How many days ago each cell was last seen.
    #[value(help = "多少天没看 · how many days ago each cell was last seen")]
    Age,
}

impl Service {
    /// The cells as a GeoJSON collection, WGS 84: one feature for each grid and state.
    ///
    /// # Errors
    /// As [`Service::coverage`].
    pub fn coverage_cells(
        &self,
        caller: &Caller,
        query: &CoverageQuery,
        layer: CoverageLayer,
    ) -> Result<Value, ServiceError> {
        let feeds = self.feeds_of(caller)?;
        self.ledger.read(|tx| {
            let area = self.area(tx, caller, &feeds, query)?;
            let seen = self.seen(tx, &area)?;
            let mut features = Vec::new();
            for grid in &area.grids {
                let Some(ground) = self.ground(&area, grid) else {
                    continue;
                };
                match layer {
                    CoverageLayer::Period => period_features(&ground, &seen, &mut features),
                    CoverageLayer::Age => age_features(&area, &ground, &seen, &mut features),
                }
            }
            Ok(json!({
                "type": "FeatureCollection",
                "feed": area.feed.unit,
                "period": area.period,
                "from": area.from,
                "to": area.to,
                "features": features,
            }))
        })
    }

    /// The cells of everything that is asked for as one PNG, with key places; those that are due stand out.
    ///
    /// # Errors
    /// As [`Service::coverage`]; [`ServiceError::NotFound`] where no grid of it has an outline.
    pub fn coverage_picture(&self, caller: &Caller, query: &CoverageQuery) -> Result<Vec<u8>, ServiceError> {
        let places = self.key_places(caller, query)?;
        let spots: Vec<_> = places
            .places
            .iter()
            .map(|row| (row.position, row.standing.is_open()))
            .collect();
        let feeds = self.feeds_of(caller)?;
        self.ledger.read(|tx| {
            let area = self.area(tx, caller, &feeds, query)?;
            let seen = self.seen(tx, &area)?;
            let mut whole = GridGround {
                grid: area.upper.clone(),
                cells: CellSet::new(),
                reachable: CellSet::new(),
                excluded: Default::default(),
                is_sliver: false,
            };
            let mut outline = Vec::new();
            for grid in &area.grids {
                if let Some(ground) = self.ground(&area, grid) {
                    whole.cells.join(&ground.cells);
                    whole.reachable.join(&ground.reachable);
                    let unit = area.directory.unit(grid, area.at);
                    outline.extend(unit.and_then(|unit| unit.boundary.clone()).unwrap_or_default());
                }
            }
            let picture = Picture {
                ground: &whole,
                outline: Some(&outline),
                coverage: &seen.period,
                places: &spots,
                track: &[],
                long_side_px: PICTURE_PX,
            };
            picture
                .png()
                .map_err(|_| ServiceError::NotFound("outline to draw"))
        })
    }
}

fn period_features(ground: &GridGround, seen: &Seen, features: &mut Vec<Value>) {
    let grid = ground.grid.as_str();
    let within = seen.period.within(&ground.reachable);
    let unknown = within.unknown();
    let mut put = |cells: &CellSet, properties: Value| {
        features.extend(feature(cells, grid, properties));
    };
    put(&within.seen, json!({"state": "seen"}));
    for (cause, cells) in &within.maybe {
        let cells = cells.common(&unknown);
        put(&cells, json!({"state": "unknown", "cause": cause_word(*cause)}));
    }
    let unseen = ground.reachable.without(&within.seen).without(&unknown);
    put(&unseen, json!({"state": "unseen"}));
    for (reason, cells) in &ground.excluded {
        put(cells, json!({"state": "excluded", "reason": reason}));
    }
}

fn age_features(area: &Area, ground: &GridGround, seen: &Seen, features: &mut Vec<Value>) {
    let days = seen.days.iter().map(|(day, coverage)| (*day, &coverage.seen));
    let last = LastSeen::new(&ground.reachable, days, area.to);
    let grid = ground.grid.as_str();
    for (day, cells) in &last.by_day {
        let properties = json!({"state": "last_seen", "on": day, "days": (area.to - *day).num_days()});
        features.extend(feature(cells, grid, properties));
    }
    features.extend(feature(&last.never, grid, json!({"state": "not_seen"})));
}

/// A feature of cells; none where there are no cells. Each span of cells is one rectangle.
fn feature(cells: &CellSet, grid: &str, mut properties: Value) -> Option<Value> {
    if cells.is_empty() {
        return None;
    }
    properties["grid"] = json!(grid);
    properties["cells"] = json!(cells.len());
    let polygons: Vec<Value> = cells
        .spans()
        .map(|span| {
            let [low, high] = span.corners();
            let (west, south, east, north) = (low.lon_deg, low.lat_deg, high.lon_deg, high.lat_deg);
            let ring = [
                [west, south],
                [east, south],
                [east, north],
                [west, north],
                [west, south],
            ];
            json!([ring])
        })
        .collect();
    Some(json!({
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
    }))
}

/// The shares as a table: the total, then villages, then grids; `,`-separated with a header.
pub fn coverage_csv(answer: &CoverageAnswer) -> String {
    let mut text = String::from(
        "unit,name,kind,from,to,seen_share,unknown_share,seen_cells,unknown_cells,unseen_cells,reachable_cells,\
         excluded_cells,unknown_by,patrols,not_seen_8_weeks_cells,day_unknown_cells,blind_spots,grids_undrawn\n",
    );
    let units = std::iter::once(&answer.total)
        .chain(&answer.villages)
        .chain(&answer.grids);
    for unit in units {
        text.push_str(&csv_line(answer, unit));
    }
    text
}

fn csv_line(answer: &CoverageAnswer, unit: &UnitCoverage) -> String {
    let part = |share: Option<f64>| share.map_or(String::new(), |share| format!("{share:.4}"));
    let none = CoverageShare::default();
    let share = unit.share.as_ref();
    let cells = |count: fn(&CoverageShare) -> u64| share.map_or(String::new(), |s| count(s).to_string());
    let causes: Vec<String> = share
        .unwrap_or(&none)
        .unknown_by
        .iter()
        .map(|by| format!("{}:{}", cause_word(by.cause), by.cells))
        .collect();
    let kind = serde_json::to_value(unit.kind).unwrap_or_default();
    let fields = [
        unit.unit.to_string(),
        quoted(&unit.name),
        kind.as_str().unwrap_or_default().to_owned(),
        answer.from.to_string(),
        answer.to.to_string(),
        part(unit.seen_share),
        part(unit.unknown_share),
        cells(|s| s.seen),
        cells(|s| s.unknown),
        cells(|s| s.unseen),
        cells(|s| s.reachable),
        cells(|s| s.excluded),
        causes.join(" "),
        unit.patrols.to_string(),
        unit.not_seen_cells.to_string(),
        unit.day_unknown_cells.to_string(),
        unit.blind_spots.len().to_string(),
        unit.grids_undrawn.to_string(),
    ];
    fields.join(",") + "\n"
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
