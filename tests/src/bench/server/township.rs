//! The township of the bench: as many grids, workers and chiefs as the day asks for, and nothing that it does not.

use xunge_core::directory::{Category, DirectoryRecord, Person, Post, PostKind, Role, Unit, UnitKind};
use xunge_core::id::{CategoryId, PersonId, PostId, UnitId};
use xunge_core::time::Timestamp;
use xunge_server::service::DirectoryChange;

use super::{GRIDS, WORKERS};

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
    let node = |id: &str, kind, parent: Option<&str>| {
        DirectoryRecord::Unit(Unit {
            id: unit(id),
            name: id.into(),
            kind,
            parent: parent.map(unit),
            boundary: None,
            telephone: None,
            has_accounts: true,
        })
    };
    let mut records = vec![
        node("C1", UnitKind::County, None),
        node("T1", UnitKind::Township, Some("C1")),
        node("V1", UnitKind::Village, Some("T1")),
        node("D1", UnitKind::Department, Some("T1")),
        DirectoryRecord::Category(Category {
            id: category(),
            version: 1,
            parent: None,
            name: "暴露垃圾".into(),
            fields: Vec::new(),
            is_record_only: false,
            is_sensitive: false,
            is_urgent: false,
            is_offered: true,
            department: None,
            picture_long_side_px: None,
        }),
    ];
    for grid in 0..GRIDS {
        records.push(node(&format!("G{grid:02}"), UnitKind::Grid, Some("V1")));
    }
    let mut holds = vec![("room".to_owned(), "T1".to_owned(), Role::Clerk)];
    for worker in 0..WORKERS {
        holds.push((
            format!("w{worker:03}"),
            format!("G{:02}", worker % GRIDS),
            Role::Worker,
        ));
    }
    for grid in 0..GRIDS {
        holds.push((format!("c{:02}", grid / 2), format!("G{grid:02}"), Role::Chief));
    }
    for (number, (who, at, role)) in holds.into_iter().enumerate() {
        records.push(DirectoryRecord::Person(Person {
            id: person(&who),
            name: who.clone(),
            telephone: None,
        }));
        records.push(DirectoryRecord::Post(Post {
            id: PostId::new(format!("p{number}")).expect("a plain code"),
            unit: unit(&at),
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
