//! A small made-up county for the unit tests of the domain.

use super::{
    Category, Directory, DirectoryRecord, FieldKind, FieldSpec, Person, Policy, Post, PostKind, Role, Unit,
    UnitKind,
};
use crate::id::{CategoryId, FieldId, PersonId, PostId, UnitId};
use crate::time::Timestamp;

/// The start of everything in the sample.
pub(crate) const BEGIN: Timestamp = Timestamp(1_000);

/// Some instant at which everything holds.
pub(crate) const NOW: Timestamp = Timestamp(1_000_000);

pub(crate) fn unit_id(code: &str) -> UnitId {
    UnitId::new(code).expect("the sample's codes are codes")
}

pub(crate) fn person_id(code: &str) -> PersonId {
    PersonId::new(code).expect("the sample's codes are codes")
}

pub(crate) fn category_id(code: &str) -> CategoryId {
    CategoryId::new(code).expect("the sample's codes are codes")
}

pub(crate) fn field_id(code: &str) -> FieldId {
    FieldId::new(code).expect("the sample's codes are codes")
}

pub(crate) fn post_id(code: &str) -> PostId {
    PostId::new(code).expect("the sample's codes are codes")
}

pub(crate) fn unit(code: &str, kind: UnitKind, parent: Option<&str>) -> Unit {
    Unit {
        id: unit_id(code),
        name: format!("name of {code}"),
        kind,
        parent: parent.map(unit_id),
        boundary: None,
        telephone: None,
        has_accounts: true,
    }
}

/// A post named `role@unit@person`.
pub(crate) fn post(unit: &str, role: Role, person: &str) -> Post {
    Post {
        id: post_id(&format!("{role:?}.{unit}.{person}")),
        unit: unit_id(unit),
        role,
        person: person_id(person),
        kind: PostKind::Appointment,
        held_from: BEGIN,
        held_to: None,
    }
}

pub(crate) fn category(code: &str, version: u32, parent: Option<&str>, fields: Vec<FieldSpec>) -> Category {
    Category {
        id: category_id(code),
        version,
        parent: parent.map(category_id),
        name: format!("name of {code}"),
        fields,
        is_record_only: false,
        is_sensitive: false,
        is_urgent: false,
        is_offered: parent.is_some(),
        department: None,
        picture_long_side_px: None,
    }
}

pub(crate) fn field(code: &str, kind: FieldKind, is_required: bool) -> FieldSpec {
    FieldSpec {
        id: field_id(code),
        name: format!("name of {code}"),
        kind,
        is_required,
    }
}

impl Directory {
    /// Puts a record in from the beginning, without an end.
    pub(crate) fn put(&mut self, record: DirectoryRecord) {
        self.insert(&record.into_row(BEGIN, None, 1));
    }
}

/// County C with desk; townships T1 and T2; T1 has villages V1 (grids G1, G2 and the market M1) and V2 (grid G3); T2 has V3 (grid G4).
pub(crate) fn county() -> Directory {
    use DirectoryRecord as R;
    use UnitKind as K;
    let mut directory = Directory::default();
    let units = [
        unit("C", K::County, None),
        unit("T1", K::Township, Some("C")),
        unit("T2", K::Township, Some("C")),
        unit("V1", K::Village, Some("T1")),
        unit("V2", K::Village, Some("T1")),
        unit("V3", K::Village, Some("T2")),
        unit("G1", K::Grid, Some("V1")),
        unit("G2", K::Grid, Some("V1")),
        unit("M1", K::SpecialGrid, Some("V1")),
        unit("G3", K::Grid, Some("V2")),
        unit("G4", K::Grid, Some("V3")),
        unit("D-police", K::Department, Some("C")),
        unit("D-squad", K::Department, Some("T1")),
    ];
    units.into_iter().for_each(|unit| directory.put(R::Unit(unit)));
    for code in [
        "wang", "li", "zhao", "qian", "sun", "zhou", "wu", "zheng", "feng", "chen",
    ] {
        directory.put(R::Person(Person {
            id: person_id(code),
            name: code.to_owned(),
            telephone: None,
        }));
    }
    let posts = [
        post("G1", Role::Worker, "wang"),
        post("G1", Role::Chief, "li"),
        post("V1", Role::Chief, "zhao"),
        post("V2", Role::Advisor, "qian"),
        post("T1", Role::Clerk, "sun"),
        post("C", Role::Supervisor, "zhou"),
        post("D-squad", Role::DepartmentMember, "wu"),
        post("T2", Role::Worker, "zheng"),
    ];
    posts.into_iter().for_each(|post| directory.put(R::Post(post)));
    let number = FieldKind::Number {
        min: Some(1.0),
        max: Some(500.0),
    };
    let options = ["small", "large"].map(str::to_owned).to_vec();
    let kinds = [
        category("dispute", 1, None, Vec::new()),
        category("order", 1, None, Vec::new()),
        category(
            "dispute.land",
            1,
            Some("dispute"),
            vec![field("people", number, true)],
        ),
        category(
            "order.banner",
            1,
            Some("order"),
            vec![field("scale", FieldKind::Choice { options }, false)],
        ),
    ];
    kinds
        .into_iter()
        .for_each(|kind| directory.put(R::Category(kind)));
    directory
}

/// A policy that sets nothing.
pub(crate) fn policy(unit: &str) -> Policy {
    Policy {
        unit: unit_id(unit),
        zone: None,
        chief_clock_working_min: None,
        working_hours_min: None,
        picture_long_side_px: None,
        is_emergency: false,
        sight: None,
        track_keep_days: None,
        keep: Default::default(),
        limits: crate::directory::Limits::default(),
        emergency_limits: crate::directory::Limits::default(),
        quiet_hours_min: None,
        category_limits: std::collections::BTreeMap::new(),
    }
}
