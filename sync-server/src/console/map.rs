//! What the map draws, as GeoJSON in layers. It says nothing that the page beside it does not say. Where a tile source with another datum
//! is configured, everything is shifted here and nowhere else.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, State as Shared};
use axum::response::Response;
use serde_json::{Value, json};
use xunge_core::id::UnitId;
use xunge_core::key_place::PlaceStanding;
use xunge_core::place::{Position, wgs84_to_gcj02};

use super::coverage::Asked;
use super::desk::Desk;
use super::names::Names;
use crate::ServiceError;
use crate::app::App;
use crate::config::{TileDatum, Tiles};
use crate::problem::Problem;
use crate::service::{CoverageAnswer, KeyPlacesAnswer};

/// The origin of the configured tiles, on its way to the page's security policy.
#[derive(Clone)]
pub(crate) struct TileOrigin(pub(crate) String);

/// Lets a page with a map load tiles from where the township configured them.
pub(crate) fn with_tiles(app: &App, mut response: Response) -> Response {
    if let Some(origin) = app.config.tiles.as_ref().and_then(Tiles::origin) {
        response.extensions_mut().insert(TileOrigin(origin));
    }
    response
}

/// Everything of one map.
pub(crate) struct Sheet<'a> {
    tiles: Option<&'a Tiles>,
    layers: Vec<Value>,
}

impl<'a> Sheet<'a> {
    /// A map without layers, on the configured tiles.
    pub(crate) fn new(app: &'a App) -> Self {
        Self {
            tiles: app.config.tiles.as_ref(),
            layers: Vec::new(),
        }
    }

    /// Adds a layer above the others.
    pub(crate) fn put(&mut self, name: &str, features: Vec<Value>) {
        self.layers.push(json!({
            "name": name,
            "features": {"type": "FeatureCollection", "features": features},
        }));
    }

    /// The map as the browser reads it.
    pub(crate) fn finish(mut self) -> Value {
        if let Some(tiles) = self.tiles.filter(|tiles| tiles.datum == TileDatum::Gcj02) {
            for layer in &mut self.layers {
                let features = layer["features"]["features"].as_array_mut();
                for feature in features.into_iter().flatten() {
                    shift(&mut feature["geometry"]["coordinates"]);
                }
            }
            return json!({"tiles": told(tiles), "layers": self.layers});
        }
        json!({"tiles": self.tiles.map(told), "layers": self.layers})
    }
}

fn told(tiles: &Tiles) -> Value {
    json!({"url": tiles.url, "attribution": tiles.attribution})
}

/// Moves every pair of degrees within nested lists to GCJ-02.
fn shift(coordinates: &mut Value) {
    let Some(list) = coordinates.as_array_mut() else {
        return;
    };
    if let [lon, lat] = list.as_slice()
        && let (Some(lon_deg), Some(lat_deg)) = (lon.as_f64(), lat.as_f64())
    {
        let moved = wgs84_to_gcj02(Position { lat_deg, lon_deg });
        *coordinates = json!([moved.lon_deg, moved.lat_deg]);
        return;
    }
    list.iter_mut().for_each(shift);
}

/// A point with what is told of it.
pub(crate) fn point(at: &Position, properties: Value) -> Value {
    json!({
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [at.lon_deg, at.lat_deg]},
    })
}

/// The outlines of units, with names.
pub(crate) fn outlines<'u>(names: &Names, units: impl Iterator<Item = &'u UnitId>) -> Vec<Value> {
    let outline = |id: &UnitId| {
        let unit = names.directory.last_known_unit(id, names.now)?;
        let boundary = unit.boundary.as_ref()?;
        let short = unit.parent.as_ref().map(|parent| names.unit(parent));
        let short = short.and_then(|parent| unit.name.strip_prefix(&parent).map(str::to_owned));
        Some(json!({
            "type": "Feature",
            "properties": {
                "label": unit.name,
                "short": short.unwrap_or_else(|| unit.name.clone()),
                "kind": unit.kind,
                "unit": unit.id,
            },
            "geometry": {"type": "MultiPolygon", "coordinates": boundary},
        }))
    };
    units.filter_map(outline).collect()
}

/// The map on which outlines are drawn: what is drawn must come back as it is, so no shifted tiles lie beneath.
pub(crate) fn drawing(app: &App, features: Vec<Value>) -> Value {
    let tiles = app.config.tiles.as_ref();
    let tiles = tiles.filter(|tiles| tiles.datum == TileDatum::Wgs84);
    json!({
        "tiles": tiles.map(told),
        "layers": [{"name": "grids", "features": {"type": "FeatureCollection", "features": features}}],
    })
}

/// The map of coverage.
pub(crate) async fn get_coverage(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let asked = Asked::parse(&given)?;
    let (caller, query, layer) = (desk.caller.clone(), asked.query.clone(), asked.layer);
    let (answer, places, mut cells) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            Ok((
                service.coverage(&caller, &query)?,
                service.key_places(&caller, &query)?,
                service.coverage_cells(&caller, &query, layer)?,
            ))
        })
        .await?;
    let names = desk.names();
    let mut sheet = Sheet::new(&app);
    let drawn = match cells["features"].take() {
        Value::Array(features) => features,
        _ => Vec::new(),
    };
    sheet.put("cells", drawn);
    let mut units = outlines(&names, answer.grids.iter().map(|grid| &grid.unit));
    detail(&desk, &answer, &mut units);
    sheet.put("grids", units);
    sheet.put(
        "villages",
        outlines(&names, answer.villages.iter().map(|village| &village.unit)),
    );
    sheet.put("blind", blind(&desk, &answer));
    sheet.put("places", key_places(&desk, &places));
    Ok(Json(sheet.finish()))
}

/// What a click on a grid tells: the shares, and the way to its own page.
fn detail(desk: &Desk, answer: &CoverageAnswer, units: &mut [Value]) {
    let b = desk.lang.board();
    for unit in units {
        let id = unit["properties"]["unit"].as_str().unwrap_or_default().to_owned();
        let Some(grid) = answer.grids.iter().find(|grid| grid.unit.as_str() == id) else {
            continue;
        };
        let percent = |share: Option<f64>| format!("{:.1}%", share.unwrap_or_default() * 100.0);
        let text = format!(
            "{} {}  {} {}",
            b.col_seen,
            percent(grid.seen_share),
            b.col_unknown,
            percent(grid.unknown_share)
        );
        let address = super::address::Address::new("/console/coverage")
            .with("feed", answer.feed.to_string())
            .with("unit", id)
            .with("period", answer.period.to_string());
        unit["properties"]["detail"] = json!(text);
        unit["properties"]["href"] = json!(address.href());
    }
}

fn blind(desk: &Desk, answer: &CoverageAnswer) -> Vec<Value> {
    let b = desk.lang.board();
    let spots = answer.total.blind_spots.iter();
    spots
        .map(|spot| {
            let text = b
                .blind_line
                .replace("{a}", &format!("{:.1}", spot.area_m2 / 10_000.0))
                .replace("{w}", &spot.weeks.to_string());
            let properties = json!({"label": b.legend_blind, "detail": text, "cells": spot.cells});
            point(&spot.middle, properties)
        })
        .collect()
}

fn key_places(desk: &Desk, places: &KeyPlacesAnswer) -> Vec<Value> {
    let standing = |standing: &PlaceStanding| match standing {
        PlaceStanding::Overdue { .. } => "overdue",
        PlaceStanding::Due { .. } => "due",
        _ => "other",
    };
    let place = |row: &crate::service::KeyPlaceRow| {
        let word = desk.lang.pick(row.standing.words());
        let properties = json!({
            "label": row.name,
            "detail": word,
            "standing": standing(&row.standing),
        });
        point(&row.position, properties)
    };
    places.places.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_of_nested_lists_is_shifted_once() {
        let mut square = json!([[[[120.0, 30.0], [120.1, 30.0], [120.1, 30.1]]]]);
        shift(&mut square);
        let first = &square[0][0][0];
        let moved = wgs84_to_gcj02(Position {
            lat_deg: 30.0,
            lon_deg: 120.0,
        });
        assert_eq!(*first, json!([moved.lon_deg, moved.lat_deg]));
        assert!((first[0].as_f64().unwrap_or_default() - 120.0).abs() > 0.001);
    }
}
