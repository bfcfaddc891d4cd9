//! Maps on a township's own tiles: where their datum asks for it, all that is drawn is shifted on its way to the map, and nowhere else.

use serde_json::Value;
use xunge_core::document::FieldEdit;
use xunge_core::place::{PlaceClaim, Position, Provider, wgs84_to_gcj02};
use xunge_core::sync::transport::CancelToken;
use xunge_server::config::{TileDatum, Tiles};

use super::super::browser::{Browser, page, people};
use super::super::town::Town;

const AT: Position = Position {
    lat_deg: 28.973_1,
    lon_deg: 118.508_2,
};

/// A town with tiles of this datum and one report at a known place; what a page and its map say of it.
fn drawn(datum: TileDatum) -> (Town, Browser, Value) {
    let town = Town::open_with(|config| {
        config.tiles = Some(Tiles {
            url: "https://t{0-3}.tiles.example/{z}/{x}/{y}.png".into(),
            attribution: "审图号 GS(2026)0001".into(),
            datum,
        });
    });
    people(&town);
    let device = town.device("w1");
    let report = town.report(&device, "横幅", &[]);
    let claim = PlaceClaim {
        position: AT,
        accuracy_m: 8.0,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: 100,
    };
    device.edit(report, &[FieldEdit::SetPlace(Some(claim))]).unwrap();
    assert!(
        device
            .sync(&town.transport(), &CancelToken::default())
            .failure
            .is_none()
    );
    let mut supervisor = Browser::signed_in(&town, "s1");
    let answer = supervisor.get("/console/map/queue?feed=T1&state=all");
    (town, supervisor, answer.json())
}

/// The place of the only point.
fn point(map: &Value) -> (f64, f64) {
    let layers = map["layers"].as_array().unwrap();
    let features = layers
        .iter()
        .filter_map(|layer| layer["features"]["features"].as_array());
    let point = features
        .flatten()
        .find(|feature| feature["geometry"]["type"] == "Point");
    let at = &point.unwrap()["geometry"]["coordinates"];
    (at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
}

#[test]
fn on_shifted_tiles_everything_is_drawn_shifted_and_the_report_keeps_its_place() {
    let (town, mut supervisor, map) = drawn(TileDatum::Gcj02);
    let shifted = wgs84_to_gcj02(AT);
    assert!(AT.distance_m(&shifted) > 300.0, "the shift is no rounding");
    let (lon_deg, lat_deg) = point(&map);
    assert!(Position { lat_deg, lon_deg }.distance_m(&shifted) < 1.0, "{map}");
    assert_eq!(map["tiles"]["attribution"], "审图号 GS(2026)0001");
    let reply = supervisor.get("/console/queue/map?feed=T1&state=all");
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.contains("https://*.tiles.example"), "{policy}");
    assert!(page(&reply).contains("/console/map/queue"));
    // What is drawn by hand must come back as it is, so no shifted tiles lie beneath a drawing.
    town.join("a1", xunge_core::directory::Role::Administrator, "T1");
    let mut administrator = Browser::signed_in(&town, "a1");
    assert!(administrator.get("/console/keep/map").json()["tiles"].is_null());
    // Files tell where it is.
    let file = supervisor.get("/console/export?format=geojson&state=all").json();
    let at = &file["features"][0]["geometry"]["coordinates"];
    let kept = Position {
        lon_deg: at[0].as_f64().unwrap(),
        lat_deg: at[1].as_f64().unwrap(),
    };
    assert!(kept.distance_m(&AT) < 1.0, "{file}");
}

#[test]
fn on_plain_tiles_nothing_is_shifted() {
    let (_town, _, map) = drawn(TileDatum::Wgs84);
    let (lon_deg, lat_deg) = point(&map);
    assert!(Position { lat_deg, lon_deg }.distance_m(&AT) < 1.0, "{map}");
}
