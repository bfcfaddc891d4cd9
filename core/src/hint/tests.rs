//! Claims about `hint`.

use super::*;
use crate::directory::sample::{category_id, unit_id};

const DAY_MS: i64 = 86_400_000;

/// A row of the class `order` at so many metres north of one point.
fn row(number: u8, category: &str, north_m: Option<f64>, at_ms: i64) -> HintRow {
    HintRow {
        report: ReportId::from_bytes([number; 16]),
        category: category_id(category),
        class: category_id("order"),
        grid: unit_id("G1"),
        position: north_m.map(|m| Position {
            lat_deg: 28.0 + m / 111_195.0,
            lon_deg: 121.0,
        }),
        at: Timestamp(at_ms),
    }
}

fn found(subject: &HintRow, others: &[HintRow]) -> Vec<u8> {
    let found = hints(subject, others, HintRule::default());
    found.iter().map(|hint| hint.report.as_bytes()[0]).collect()
}

#[test]
fn the_same_category_comes_first_then_the_nearest() {
    let subject = row(0, "banner", Some(0.0), 0);
    let others = [
        row(1, "rubbish", Some(1.0), 0),
        row(2, "banner", Some(200.0), 0),
        row(3, "banner", Some(20.0), 0),
    ];
    assert_eq!(found(&subject, &others), [3, 2, 1]);
    assert!(!hints(&subject, &others, HintRule::default())[2].is_same_category);
}

#[test]
fn what_is_far_old_or_of_another_class_is_no_hint() {
    let subject = row(0, "banner", Some(0.0), 0);
    let mut other_class = row(1, "banner", Some(0.0), 0);
    other_class.class = category_id("dispute");
    let others = [
        other_class,
        row(2, "banner", Some(251.0), 0),
        row(3, "banner", Some(0.0), -3 * DAY_MS - 1),
        row(4, "banner", Some(249.0), -3 * DAY_MS),
    ];
    assert_eq!(found(&subject, &others), [4]);
}

#[test]
fn a_report_is_no_hint_of_itself() {
    let subject = row(7, "banner", Some(0.0), 0);
    assert!(found(&subject, std::slice::from_ref(&subject)).is_empty());
}

#[test]
fn without_a_position_the_same_grid_must_do_and_comes_last() {
    let subject = row(0, "banner", Some(0.0), 0);
    let mut elsewhere = row(1, "banner", None, 0);
    elsewhere.grid = unit_id("G2");
    let others = [
        elsewhere,
        row(2, "banner", None, 0),
        row(3, "banner", Some(240.0), 0),
    ];
    assert_eq!(found(&subject, &others), [3, 2]);
}

#[test]
fn a_category_may_have_its_own_rule_and_no_more_than_five_are_shown() {
    let subject = row(0, "banner", Some(0.0), 0);
    let others: Vec<_> = (1..20)
        .map(|n| row(n, "banner", Some(f64::from(n) * 10.0), 0))
        .collect();
    assert_eq!(found(&subject, &others), [1, 2, 3, 4, 5]);
    let near = HintRule {
        near_m: 25.0,
        ..HintRule::default()
    };
    assert_eq!(hints(&subject, &others, near).len(), 2);
}

#[test]
fn the_order_of_the_rows_makes_no_difference() {
    let subject = row(0, "banner", Some(0.0), 0);
    let mut others: Vec<_> = (1..9)
        .map(|n| row(n, "banner", Some(50.0), i64::from(n % 3)))
        .collect();
    let first = found(&subject, &others);
    others.reverse();
    assert_eq!(found(&subject, &others), first);
}
