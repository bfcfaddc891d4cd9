//! The township of the bench: as many grids, workers and chiefs as the day asks for, and nothing that it does not.

use std::collections::BTreeSet;

use xunge_core::directory::{
    Category, DirectoryRecord, FieldKind, FieldSpec, Person, Post, PostKind, Role, Unit, UnitKind,
};
use xunge_core::grid::Coordinates;
use xunge_core::id::{CategoryId, FieldId, PersonId, PostId, UnitId};
use xunge_core::time::Timestamp;
use xunge_server::service::DirectoryChange;

/// Workers.
pub(super) const WORKERS: usize = 150;

/// Grids: one for each worker, so that a worker sees his own reports and no others, as in the database that the goals come from.
pub(super) const GRIDS: usize = 150;

/// Chiefs; each answers for ten grids.
pub(super) const CHIEFS: usize = 15;

/// The clerk of the command room.
pub(super) const ROOM: &str = "room";

/// Somebody who sees the whole township.
pub(super) const SUPERVISOR: &str = "supervisor";

/// A worker's code.
pub(super) fn worker(number: usize) -> String {
    format!("w{number:03}")
}

/// A chief's code.
pub(super) fn chief(number: usize) -> String {
    format!("c{number:02}")
}

/// The grid of a worker.
pub(super) fn grid_of(worker: usize) -> UnitId {
    grid(worker % GRIDS)
}

fn grid(number: usize) -> UnitId {
    unit(&format!("G{number:03}"))
}

/// The fields that the only category asks for: a number, and yes or no.
pub(super) const FIELDS: [&str; 2] = ["volume_m3", "is_hazardous"];

pub(super) fn unit(code: &str) -> UnitId {
    UnitId::new(code).expect("a plain code")
}

pub(super) fn person(code: &str) -> PersonId {
    PersonId::new(code).expect("a plain code")
}

pub(super) fn category() -> CategoryId {
    CategoryId::new("rubbish").expect("a plain code")
}

pub(super) fn directory() -> Vec<DirectoryChange> {
    drawn(|_| None)
}

/// The same with the outlines of its grids.
pub(super) fn drawn(outline: impl Fn(usize) -> Option<Coordinates>) -> Vec<DirectoryChange> {
    let node = |id: &str, kind, parent: Option<&str>, boundary: Option<Coordinates>| {
        DirectoryRecord::Unit(Unit {
            id: unit(id),
            name: id.into(),
            kind,
            parent: parent.map(unit),
            boundary,
            telephone: None,
            has_accounts: true,
        })
    };
    let mut records = vec![
        node("C1", UnitKind::County, None, None),
        node("T1", UnitKind::Township, Some("C1"), None),
        node("V1", UnitKind::Village, Some("T1"), None),
        node("D1", UnitKind::Department, Some("T1"), None),
        DirectoryRecord::Category(Category {
            id: category(),
            version: 1,
            parent: None,
            name: "暴露垃圾".into(),
            fields: fields(),
            is_record_only: false,
            is_sensitive: false,
            is_urgent: false,
            is_offered: true,
            department: None,
            picture_long_side_px: None,
        }),
    ];
    let mut holds = vec![
        (ROOM.to_owned(), unit("T1"), Role::Clerk),
        (SUPERVISOR.to_owned(), unit("T1"), Role::Supervisor),
    ];
    for number in 0..GRIDS {
        let id = grid(number);
        records.push(node(id.as_str(), UnitKind::Grid, Some("V1"), outline(number)));
        holds.push((chief(number % CHIEFS), grid(number), Role::Chief));
    }
    holds.extend((0..WORKERS).map(|number| (worker(number), grid_of(number), Role::Worker)));
    let mut people = BTreeSet::new();
    for (number, (who, at, role)) in holds.into_iter().enumerate() {
        let is_new = people.insert(who.clone());
        records.extend(is_new.then(|| {
            DirectoryRecord::Person(Person {
                id: person(&who),
                name: who.clone(),
                telephone: None,
            })
        }));
        records.push(DirectoryRecord::Post(Post {
            id: PostId::new(format!("p{number}")).expect("a plain code"),
            unit: at,
            role,
            person: person(&who),
            kind: PostKind::Appointment,
            held_from: Timestamp(0),
            held_to: None,
        }));
    }
    let dated = |record| DirectoryChange {
        record,
        valid_from: Timestamp(0),
        valid_to: None,
    };
    records.into_iter().map(dated).collect()
}

fn fields() -> Vec<FieldSpec> {
    let bounds = FieldKind::Number {
        min: Some(0.0),
        max: None,
    };
    let field = |id: &str, kind| FieldSpec {
        id: FieldId::new(id).expect("a plain code"),
        name: id.to_owned(),
        kind,
        is_required: true,
    };
    vec![field(FIELDS[0], bounds), field(FIELDS[1], FieldKind::YesNo)]
}
