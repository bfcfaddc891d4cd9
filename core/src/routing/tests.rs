//! Rules give what they say, say why, and tell where they contradict each other.

use std::collections::BTreeMap;

use super::*;
use crate::directory::sample;
use crate::directory::{DirectoryRecord, RouteThen, RouteWhen, UnitKind};

/// Tuesday 2026-03-10, 09:00 in Shanghai.
const TUESDAY: Timestamp = Timestamp(1_773_104_400_000);

fn unit(code: &str) -> UnitId {
    UnitId::new(code).expect("a plain code")
}

fn category(code: &str) -> CategoryId {
    CategoryId::new(code).expect("a plain code")
}

/// Township T1 with village V1 and grids G1 and G2; the class `danger` with the kind `gas`; and `litter`.
fn directory() -> Directory {
    let mut directory = Directory::default();
    let units = [
        ("T1", UnitKind::Township, None),
        ("V1", UnitKind::Village, Some("T1")),
        ("G1", UnitKind::Grid, Some("V1")),
        ("G2", UnitKind::Grid, Some("T1")),
        ("D1", UnitKind::Department, Some("T1")),
        ("D2", UnitKind::Department, Some("T1")),
    ];
    for (id, kind, parent) in units {
        let record = DirectoryRecord::Unit(crate::directory::Unit {
            id: unit(id),
            name: id.to_owned(),
            kind,
            parent: parent.map(unit),
            boundary: None,
            telephone: None,
            has_accounts: true,
        });
        directory.insert(&record.into_row(Timestamp(0), None, 1));
    }
    for (id, parent) in [("danger", None), ("gas", Some("danger")), ("litter", None)] {
        let mut record = sample::category(id, 1, parent, Vec::new());
        if id == "litter" {
            record.department = Some(unit("D2"));
        }
        directory.insert(&DirectoryRecord::Category(record).into_row(Timestamp(0), None, 1));
    }
    directory
}

fn rule(id: &str, when: RouteWhen, department: &str) -> RoutingRule {
    RoutingRule {
        id: id.to_owned(),
        name: format!("rule {id}"),
        unit: unit("T1"),
        rank: 100,
        is_on: true,
        when,
        then: RouteThen {
            department: Some(unit(department)),
            ..RouteThen::default()
        },
    }
}

fn of(categories: &[&str]) -> RouteWhen {
    RouteWhen {
        categories: categories.iter().map(|id| category(id)).collect(),
        ..RouteWhen::default()
    }
}

struct Case {
    category: CategoryId,
    grid: UnitId,
    urgency: Urgency,
    received_at: Timestamp,
    answers: BTreeMap<FieldId, Answer>,
    words: &'static str,
}

impl Case {
    fn new() -> Self {
        Self {
            category: category("gas"),
            grid: unit("G1"),
            urgency: Urgency::Normal,
            received_at: TUESDAY,
            answers: BTreeMap::new(),
            words: "王家桥头 闻到煤气味",
        }
    }

    fn route(&self, rules: &[RoutingRule]) -> Route {
        let facts = RouteFacts {
            category: &self.category,
            grid: &self.grid,
            urgency: self.urgency,
            received_at: self.received_at,
            answers: &self.answers,
            words: self.words,
        };
        route(rules, &facts, &directory(), TUESDAY)
    }

    fn department(&self, rules: &[RoutingRule]) -> Option<String> {
        self.route(rules)
            .department
            .map(|chosen| chosen.value.to_string())
    }
}

#[test]
fn a_rule_on_a_class_holds_for_its_kinds_and_says_so() {
    let found = Case::new().route(&[rule("r1", of(&["danger"]), "D1")]);
    let chosen = found.department.expect("the rule applies");
    assert_eq!((chosen.value, chosen.rule), (unit("D1"), Some("r1".to_owned())));
    assert_eq!(
        chosen.because,
        [Because::Category {
            category: category("danger")
        }]
    );
}

#[test]
fn every_condition_must_hold() {
    let field = FieldId::new("people").expect("a code");
    let all = RouteWhen {
        units: vec![unit("V1")],
        urgency: Some(Urgency::Urgent),
        hours_min: Some([480, 720]),
        days: Some(DayKind::Work),
        keywords: vec!["爆炸".into(), "煤气".into()],
        fields: vec![FieldTest {
            field: field.clone(),
            op: FieldOp::AtLeast,
            value: "10".into(),
        }],
        ..of(&["gas"])
    };
    let rules = [rule("r1", all, "D1")];
    let good = || Case {
        urgency: Urgency::Urgent,
        answers: BTreeMap::from([(field.clone(), Answer::Number(12.0))]),
        ..Case::new()
    };
    let found = good().route(&rules).department.expect("all of it holds");
    assert_eq!(found.because.len(), 7);
    let bad = [
        Case {
            category: category("litter"),
            ..good()
        },
        Case {
            grid: unit("G2"),
            ..good()
        },
        Case {
            urgency: Urgency::Normal,
            ..good()
        },
        Case {
            received_at: TUESDAY.plus_ms(6 * 3_600_000),
            ..good()
        },
        Case {
            received_at: TUESDAY.plus_ms(4 * 86_400_000),
            ..good()
        },
        Case {
            words: "一切正常",
            ..good()
        },
        Case {
            answers: BTreeMap::from([(field.clone(), Answer::Number(9.0))]),
            ..good()
        },
        Case {
            answers: BTreeMap::new(),
            ..good()
        },
    ];
    for (place, case) in bad.iter().enumerate() {
        assert_ne!(case.department(&rules).as_deref(), Some("D1"), "case {place}");
    }
}

#[test]
fn the_smaller_rank_is_kept_and_the_other_is_told() {
    let first = RoutingRule {
        rank: 10,
        ..rule("z", of(&["gas"]), "D1")
    };
    let mut second = rule("a", RouteWhen::default(), "D2");
    second.then.risk = Some(Risk::High);
    let found = Case::new().route(&[second, first]);
    assert_eq!(found.department.map(|c| c.value), Some(unit("D1")));
    assert_eq!(
        found.risk.map(|c| (c.value, c.because)),
        Some((Risk::High, vec![Because::Always]))
    );
    assert_eq!(
        found.overruled,
        [Overruled {
            kept: "z".into(),
            rule: "a".into(),
            about: vec![RouteMatter::Department],
        }]
    );
}

#[test]
fn without_a_rule_the_category_has_its_usual_department() {
    let case = Case {
        category: category("litter"),
        ..Case::new()
    };
    let found = case.route(&[]).department.expect("the category names one");
    assert_eq!((found.value, found.rule), (unit("D2"), None));
    let off = RoutingRule {
        is_on: false,
        ..rule("r1", RouteWhen::default(), "D1")
    };
    let elsewhere = RoutingRule {
        unit: unit("T9"),
        ..rule("r2", RouteWhen::default(), "D1")
    };
    assert_eq!(case.department(&[off, elsewhere]).as_deref(), Some("D2"));
    assert_eq!(Case::new().department(&[]), None);
}

/// How many pairs of these rules contradict each other.
fn tell(rules: &[RoutingRule]) -> usize {
    let rules: Vec<&RoutingRule> = rules.iter().collect();
    directory().contradictions(&rules, TUESDAY).len()
}

#[test]
fn rules_of_one_rank_that_overlap_and_differ_contradict_each_other() {
    let class = rule("a", of(&["danger"]), "D1");
    let kind = rule("b", of(&["gas"]), "D2");
    assert_eq!(
        tell(&[class.clone(), kind.clone()]),
        1,
        "a kind lies below its class"
    );
    assert_eq!(tell(&[class.clone(), rule("b", of(&["litter"]), "D2")]), 0);
    assert_eq!(
        tell(&[class.clone(), rule("b", of(&["gas"]), "D1")]),
        0,
        "they say the same"
    );
    assert_eq!(
        tell(&[
            class.clone(),
            RoutingRule {
                rank: 1,
                ..kind.clone()
            }
        ]),
        0,
        "the rank decides"
    );
    assert_eq!(
        tell(&[
            class.clone(),
            RoutingRule {
                is_on: false,
                ..kind.clone()
            }
        ]),
        0
    );
    let grid = |code: &str| RouteWhen {
        units: vec![unit(code)],
        ..of(&["gas"])
    };
    assert_eq!(
        tell(&[rule("a", grid("G1"), "D1"), rule("b", grid("G2"), "D2")]),
        0
    );
    assert_eq!(
        tell(&[rule("a", grid("V1"), "D1"), rule("b", grid("G1"), "D2")]),
        1
    );
}

#[test]
fn rules_that_no_report_falls_under_at_once_do_not_contradict_each_other() {
    let hours = |span| RouteWhen {
        hours_min: Some(span),
        ..of(&["gas"])
    };
    assert_eq!(
        tell(&[
            rule("a", hours([480, 1_080]), "D1"),
            rule("b", hours([1_080, 480]), "D2")
        ]),
        0
    );
    assert_eq!(
        tell(&[
            rule("a", hours([480, 1_081]), "D1"),
            rule("b", hours([1_080, 480]), "D2")
        ]),
        1
    );
    let field = |op, value: &str| RouteWhen {
        fields: vec![FieldTest {
            field: FieldId::new("people").expect("a code"),
            op,
            value: value.into(),
        }],
        ..of(&["gas"])
    };
    let few = rule("a", field(FieldOp::AtMost, "9"), "D1");
    assert_eq!(
        tell(&[few.clone(), rule("b", field(FieldOp::AtLeast, "10"), "D2")]),
        0
    );
    assert_eq!(tell(&[few, rule("b", field(FieldOp::AtLeast, "9"), "D2")]), 1);
}
