//! Names for where somebody stands: local place names and key places nearby, offered in one tap.

use super::{Directory, KeyPlace, PlaceName};
use crate::in_order::InOrder;
use crate::place::Position;
use crate::time::Timestamp;

/// How far a place may be to be offered, in metres.
pub const OFFERED_M_MAX: f64 = 500.0;

/// The most names that are offered at once.
pub const OFFERED_COUNT_MAX: usize = 6;

/// How near a key place must be to be taken as meant, in metres.
pub const KEY_PLACE_M: f64 = 100.0;

/// A local name with its distance.
#[derive(Clone, PartialEq, Debug)]
pub struct NearbyName {
    /// The name as people say it.
    pub name: String,
    /// How far away, in metres.
    pub distance_m: f64,
}

impl Directory {
    /// The names of places and key places within [`OFFERED_M_MAX`], the nearest first, each name once, at most [`OFFERED_COUNT_MAX`].
    pub fn names_near(&self, position: Position, at: Timestamp) -> Vec<NearbyName> {
        let named = |name: &str, lat_deg, lon_deg| NearbyName {
            name: name.trim().to_owned(),
            distance_m: position.distance_m(&Position { lat_deg, lon_deg }),
        };
        let local = |place: &PlaceName| named(&place.name, place.lat_deg, place.lon_deg);
        let key = |place: &KeyPlace| named(&place.name, place.lat_deg, place.lon_deg);
        let all = self
            .place_names(at)
            .map(local)
            .chain(self.key_places(at).map(key));
        let mut near: Vec<NearbyName> = all
            .filter(|place| place.distance_m <= OFFERED_M_MAX && !place.name.is_empty())
            .collect();
        near.order_by(|a, b| {
            a.distance_m
                .total_cmp(&b.distance_m)
                .then_with(|| a.name.cmp(&b.name))
        });
        let mut offered: Vec<NearbyName> = Vec::new();
        for place in near {
            if offered.len() < OFFERED_COUNT_MAX && offered.iter().all(|other| other.name != place.name) {
                offered.push(place);
            }
        }
        offered
    }

    /// The nearest key place within [`KEY_PLACE_M`], if there is one.
    pub fn key_place_near(&self, position: Position, at: Timestamp) -> Option<&KeyPlace> {
        let distance_m = |place: &KeyPlace| {
            position.distance_m(&Position {
                lat_deg: place.lat_deg,
                lon_deg: place.lon_deg,
            })
        };
        self.key_places(at)
            .map(|place| (distance_m(place), place))
            .filter(|(distance_m, _)| *distance_m <= KEY_PLACE_M)
            .min_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::DirectoryRecord;
    use crate::directory::sample::{NOW, county, unit_id};

    fn north(metres: f64) -> Position {
        Position {
            lat_deg: 28.0 + metres / 111_195.0,
            lon_deg: 121.0,
        }
    }

    fn directory() -> Directory {
        let mut directory = county();
        for (id, name, metres) in [
            ("1", "桥头", 300.0),
            ("2", "祠堂", 40.0),
            ("3", "桥头", 20.0),
            ("4", "山顶", 600.0),
        ] {
            directory.put(DirectoryRecord::PlaceName(PlaceName {
                id: id.to_owned(),
                name: name.to_owned(),
                lat_deg: north(metres).lat_deg,
                lon_deg: 121.0,
            }));
        }
        for (id, metres) in [("school", 90.0), ("market", 120.0)] {
            directory.put(DirectoryRecord::KeyPlace(KeyPlace {
                id: id.to_owned(),
                name: id.to_owned(),
                grid: unit_id("G1"),
                lat_deg: north(metres).lat_deg,
                lon_deg: 121.0,
                category: None,
                outline: None,
                rule: None,
                excuses: Vec::new(),
            }));
        }
        directory
    }

    #[test]
    fn names_are_offered_by_distance_each_once_and_none_from_afar() {
        let offered = directory().names_near(north(0.0), NOW);
        let names: Vec<_> = offered.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names, ["桥头", "祠堂", "school", "market"]);
    }

    #[test]
    fn a_key_place_is_meant_only_within_a_hundred_metres() {
        let directory = directory();
        let meant = |metres| {
            directory
                .key_place_near(north(metres), NOW)
                .map(|place| place.id.as_str())
        };
        assert_eq!(meant(0.0), Some("school"));
        assert_eq!(meant(110.0), Some("market"));
        assert_eq!(meant(300.0), None);
    }
}
