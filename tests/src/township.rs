//! A made-up township of a made-up county: what the demo, the tests and the benchmarks live in.
//!
//! Every name is invented; the outlines lie on land in Zhejiang where the coordinates are plausible, and follow no real border. The same
//! call always gives the same township, so that a failing seed fails again.

mod categories;
mod outline;
mod people;
mod small;

use chrono::NaiveDate;
use xunge_core::directory::{
    CalendarDay, DayKind, DirectoryRecord, DirectoryRow, KeyPlace, PlaceName, Policy, Unit, UnitKind,
};
use xunge_core::id::{PersonId, PostId, UnitId};
use xunge_core::place::Position;
use xunge_core::time::Timestamp;

pub use categories::{CLASSES, CategoryLine, ClassLine};
pub use people::{Account, PhonePlan};

/// The county.
pub const COUNTY: &str = "QH";
/// The township, which is also the name of its feed.
pub const TOWNSHIP: &str = "QH-YF";
/// The grid that has no polygon yet.
pub const GRID_WITHOUT_POLYGON: &str = "QH-YF-D7";
/// From when every record of the township holds: the first day of 2026 in Shanghai.
pub const VALID_FROM: Timestamp = Timestamp(1_767_196_800_000);

/// The villages with the letter of their code, their place in the lattice of cells (column, row) and their name.
const VILLAGES: [(&str, usize, usize, &str); 4] = [
    ("A", 0, 0, "石桥岙村"),
    ("B", 3, 0, "竹溪口村"),
    ("C", 0, 2, "枫林坞村"),
    ("D", 3, 2, "官塘下村"),
];

/// The departments: the last part of the code, the name, whether anybody there has an account.
const DEPARTMENTS: [(&str, &str, bool); 8] = [
    ("zf", "综合行政执法中队", true),
    ("sj", "市场监管所", true),
    ("pa", "派出所", true),
    ("sf", "司法所", true),
    ("aj", "应急消防管理站", true),
    ("cj", "村镇建设办公室", true),
    ("gd", "供电所", false),
    ("dx", "电信支局", false),
];

/// Everything that a server needs to know of the township, and who carries which phone.
#[derive(Clone, Debug)]
pub struct Township {
    /// The directory, units first.
    pub records: Vec<DirectoryRecord>,
    /// The workers' phones (30, some with two profiles), then the chiefs' and village heads' (28, one profile each).
    pub phones: Vec<PhonePlan>,
    /// Who works at a desk: the command room, the departments, the supervisor and the administrator.
    pub accounts: Vec<Account>,
    /// The grids in the order of their codes, the one without polygon last.
    pub grids: Vec<UnitId>,
}

impl Township {
    /// The township, the same every time.
    pub fn new() -> Self {
        let mut records = units();
        let grids: Vec<UnitId> = records
            .iter()
            .filter_map(|r| match r {
                DirectoryRecord::Unit(u) if u.kind.is_grid() => Some(u.id.clone()),
                _ => None,
            })
            .collect();
        let staff = people::staff(&grids);
        records.extend(staff.people.into_iter().map(DirectoryRecord::Person));
        records.extend(staff.posts.into_iter().map(DirectoryRecord::Post));
        records.extend(categories::records().into_iter().map(DirectoryRecord::Category));
        records.extend(calendar_2026().into_iter().map(DirectoryRecord::CalendarDay));
        records.push(DirectoryRecord::Policy(policy()));
        records.extend(place_names().into_iter().map(DirectoryRecord::PlaceName));
        records.extend(key_places().into_iter().map(DirectoryRecord::KeyPlace));
        Self {
            records,
            phones: staff.phones,
            accounts: staff.accounts,
            grids,
        }
    }

    /// The records as rows that hold from [`VALID_FROM`] on, with versions counted from 1.
    pub fn rows(&self) -> Vec<DirectoryRow> {
        let versions = 1u64..;
        let dated = self.records.iter().cloned().zip(versions);
        dated
            .map(|(record, version)| record.into_row(VALID_FROM, None, version))
            .collect()
    }

    /// The records with their dates, as the server's directory takes them.
    pub fn dated(&self) -> Vec<(DirectoryRecord, Timestamp, Option<Timestamp>)> {
        self.records
            .iter()
            .cloned()
            .map(|record| (record, VALID_FROM, None))
            .collect()
    }

    /// A position well inside a grid; for the grid without polygon, a place beyond every polygon.
    pub fn middle_of(&self, grid: &UnitId) -> Position {
        self.records
            .iter()
            .find_map(|r| match r {
                DirectoryRecord::Unit(u) if u.id == *grid => u.boundary.as_ref().map(outline::middle),
                _ => None,
            })
            .unwrap_or(outline::OUTSIDE)
    }

    /// The unit with this code, if there is one.
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.records.iter().find_map(|r| match r {
            DirectoryRecord::Unit(u) if u.id == *id => Some(u),
            _ => None,
        })
    }

    /// The name of somebody in the township, or his code where he is not known.
    pub fn name_of(&self, person: &PersonId) -> String {
        let known = self.records.iter().find_map(|r| match r {
            DirectoryRecord::Person(p) if p.id == *person => Some(p.name.clone()),
            _ => None,
        });
        known.unwrap_or_else(|| person.to_string())
    }
}

impl Default for Township {
    fn default() -> Self {
        Self::new()
    }
}

/// A unit's code from text that is known to be one.
pub fn unit_id(code: &str) -> UnitId {
    UnitId::new(code).expect("the township's codes are codes")
}

/// A person's code from text that is known to be one.
pub fn person_id(code: &str) -> PersonId {
    PersonId::new(code).expect("the township's codes are codes")
}

/// A post's code from text that is known to be one.
pub fn post_id(code: &str) -> PostId {
    PostId::new(code).expect("the township's codes are codes")
}

fn unit(code: &str, name: &str, kind: UnitKind, parent: Option<&str>) -> Unit {
    Unit {
        id: unit_id(code),
        name: name.to_owned(),
        kind,
        parent: parent.map(unit_id),
        boundary: None,
        telephone: None,
        has_accounts: true,
    }
}

fn units() -> Vec<DirectoryRecord> {
    let mut units = vec![
        unit(COUNTY, "青禾县", UnitKind::County, None),
        Unit {
            boundary: Some(outline::block(0, 0, 6, 4)),
            telephone: Some("0570-5550100".to_owned()),
            ..unit(TOWNSHIP, "云枫镇", UnitKind::Township, Some(COUNTY))
        },
    ];
    for (letter, column, row, name) in VILLAGES {
        units.push(Unit {
            boundary: Some(outline::block(column, row, 3, 2)),
            ..unit(
                &format!("{TOWNSHIP}-{letter}"),
                name,
                UnitKind::Village,
                Some(TOWNSHIP),
            )
        });
    }
    for (letter, column, row, name) in VILLAGES {
        let village = format!("{TOWNSHIP}-{letter}");
        for n in 0..6 {
            units.push(Unit {
                boundary: Some(outline::block(column + n % 3, row + n / 3, 1, 1)),
                ..unit(
                    &format!("{village}{}", n + 1),
                    &format!("{name}第{}网格", ["一", "二", "三", "四", "五", "六"][n]),
                    UnitKind::Grid,
                    Some(&village),
                )
            });
        }
    }
    let market = format!("{TOWNSHIP}-D");
    units.push(unit(
        GRID_WITHOUT_POLYGON,
        "官塘下集市专属网格",
        UnitKind::SpecialGrid,
        Some(&market),
    ));
    for (code, name, has_accounts) in DEPARTMENTS {
        units.push(Unit {
            has_accounts,
            telephone: Some(format!("0570-55502{:02}", units.len())),
            ..unit(
                &format!("{TOWNSHIP}-{code}"),
                name,
                UnitKind::Department,
                Some(TOWNSHIP),
            )
        });
    }
    units.into_iter().map(DirectoryRecord::Unit).collect()
}

fn policy() -> Policy {
    Policy {
        unit: unit_id(TOWNSHIP),
        zone: Some("Asia/Shanghai".to_owned()),
        chief_clock_working_min: Some(240),
        working_hours_min: None,
        picture_long_side_px: None,
        is_emergency: false,
        sight: None,
        track_keep_days: None,
        keep: Default::default(),
        limits: xunge_core::directory::Limits::default(),
        emergency_limits: xunge_core::directory::Limits::default(),
        quiet_hours_min: None,
        category_limits: std::collections::BTreeMap::new(),
    }
}

fn place_names() -> Vec<PlaceName> {
    let names = [
        ("王家桥头", 0, 0),
        ("下陈祠堂", 1, 0),
        ("石桥岙小学", 2, 1),
        ("竹溪口渡头", 3, 0),
        ("老供销社", 4, 1),
        ("溪边晒场", 5, 0),
        ("枫林坞水库", 0, 2),
        ("茶厂门口", 1, 3),
        ("大樟树下", 2, 2),
        ("官塘下菜场", 3, 3),
        ("镇卫生院", 4, 2),
        ("汽车站", 5, 3),
    ];
    names
        .iter()
        .enumerate()
        .map(|(n, (name, column, row))| {
            let at = outline::middle(&outline::block(*column, *row, 1, 1));
            PlaceName {
                id: format!("name-{:02}", n + 1),
                name: (*name).to_owned(),
                lat_deg: at.lat_deg + 0.0008,
                lon_deg: at.lon_deg - 0.0011,
            }
        })
        .collect()
}

fn key_places() -> Vec<KeyPlace> {
    let places = [
        ("石桥岙小学", "A", 6),
        ("竹溪口加油站", "B", 2),
        ("枫林坞水库大坝", "C", 1),
        ("云枫茶厂", "C", 5),
        ("官塘下菜场", "D", 4),
        ("云枫镇卫生院", "D", 2),
        ("出租房集中区", "B", 5),
        ("液化气站", "A", 3),
    ];
    places
        .iter()
        .enumerate()
        .map(|(n, (name, letter, grid))| {
            let (_, column, row, _) = VILLAGES
                .iter()
                .find(|v| v.0 == *letter)
                .expect("key places lie in villages");
            let at = outline::middle(&outline::block(
                column + (grid - 1) % 3,
                row + (grid - 1) / 3,
                1,
                1,
            ));
            KeyPlace {
                id: format!("key-{:02}", n + 1),
                name: (*name).to_owned(),
                grid: unit_id(&format!("{TOWNSHIP}-{letter}{grid}")),
                lat_deg: at.lat_deg,
                lon_deg: at.lon_deg,
                category: None,
                outline: None,
                rule: None,
                excuses: Vec::new(),
            }
        })
        .collect()
}

/// The days of 2026 that differ from the plain week: free runs as (month, first day, last day, name), then worked days.
fn calendar_2026() -> Vec<CalendarDay> {
    let free = [
        (1, 1, 3, "元旦"),
        (2, 15, 23, "春节"),
        (4, 4, 6, "清明节"),
        (5, 1, 5, "劳动节"),
        (6, 19, 21, "端午节"),
        (9, 25, 27, "中秋节"),
        (10, 1, 7, "国庆节"),
    ];
    let worked = [
        (1, 4, "元旦"),
        (2, 14, "春节"),
        (2, 28, "春节"),
        (5, 9, "劳动节"),
        (9, 20, "国庆节"),
        (10, 10, "国庆节"),
    ];
    let day = |month, day, kind, name: &str| CalendarDay {
        on: NaiveDate::from_ymd_opt(2026, month, day).expect("the holidays are days"),
        kind,
        name: name.to_owned(),
    };
    let runs = free.iter().flat_map(|(month, first, last, name)| {
        (*first..=*last).map(move |d| day(*month, d, DayKind::Off, name))
    });
    runs.chain(
        worked
            .iter()
            .map(|(month, d, name)| day(*month, *d, DayKind::Work, name)),
    )
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_township_has_the_size_that_the_demo_promises() {
        let township = Township::new();
        let count = |kind: UnitKind| {
            let is_kind = |r: &&DirectoryRecord| matches!(r, DirectoryRecord::Unit(u) if u.kind == kind);
            township.records.iter().filter(is_kind).count()
        };
        assert_eq!(
            (
                count(UnitKind::Village),
                count(UnitKind::Grid),
                township.grids.len()
            ),
            (4, 24, 25)
        );
        assert_eq!(count(UnitKind::Department), 8);
        let workers: Vec<_> = township.phones.iter().filter(|p| !p.is_chiefs).collect();
        assert_eq!(workers.len(), 30);
        assert_eq!(workers.iter().map(|p| p.profiles.len()).sum::<usize>(), 40);
        assert_eq!(township.phones.len() - 30, 28, "24 chiefs and 4 village heads");
        assert_eq!(calendar_2026().len(), 33 + 6);
    }

    #[test]
    fn every_grid_is_between_a_third_and_one_square_kilometre() {
        for grid in Township::new().records.iter().filter_map(|r| match r {
            DirectoryRecord::Unit(u) if u.kind == UnitKind::Grid => Some(u),
            _ => None,
        }) {
            let area_km2 = outline::area_km2(grid.boundary.as_ref().expect("plain grids are drawn"));
            assert!((0.3..=1.0).contains(&area_km2), "{} has {area_km2} km²", grid.id);
        }
    }

    #[test]
    fn the_grids_tile_the_township_without_gap_or_overlap() {
        let township = Township::new();
        let area = |code: &str| {
            let unit = township.unit(&unit_id(code)).expect("the unit is there");
            outline::area_km2(unit.boundary.as_ref().expect("it is drawn"))
        };
        let grids: f64 = township.grids[..24].iter().map(|g| area(g.as_str())).sum();
        assert!(
            (grids - area(TOWNSHIP)).abs() < 1e-6,
            "{grids} against {}",
            area(TOWNSHIP)
        );
    }
}
