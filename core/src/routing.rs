//! What the township's rules make of a report: department, level, deadline and risk, each with the rule that says so and why it applies.
//!
//! Rules are followed by rank, then by name. The first that says something about a matter is kept; later ones that say otherwise are
//! told. Nothing here acts, reads a clock or changes a report: the room decides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::command::{Risk, Urgency};
use crate::directory::{
    Allowance, DayKind, Directory, FieldOp, FieldTest, Level, RouteMatter, RoutingRule, hours_include,
};
use crate::id::{CategoryId, FieldId, UnitId};
use crate::in_order::InOrder;
use crate::report::Answer;
use crate::time::Timestamp;

/// What rules look at.
#[derive(Clone, Copy, Debug)]
pub struct RouteFacts<'a> {
    /// The category, as the room says or else the reporter.
    pub category: &'a CategoryId,
    /// The grid, likewise.
    pub grid: &'a UnitId,
    /// How pressing.
    pub urgency: Urgency,
    /// When the server received it.
    pub received_at: Timestamp,
    /// The answers to the category's fields.
    pub answers: &'a BTreeMap<FieldId, Answer>,
    /// Title, place and words.
    pub words: &'a str,
}

/// Why a rule applies.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Because {
    /// It is about every report.
    Always,
    /// Its category, or a class above it.
    Category {
        /// The one that the rule names.
        category: CategoryId,
    },
    /// Its grid, or a unit above it.
    Unit {
        /// The one that the rule names.
        unit: UnitId,
    },
    /// How pressing it is.
    Urgency {
        /// What the rule names.
        urgency: Urgency,
    },
    /// The time of day.
    Hours {
        /// As minutes since midnight.
        hours_min: [u32; 2],
    },
    /// The kind of day.
    Days {
        /// Free or worked.
        days: DayKind,
    },
    /// A word.
    Keyword {
        /// The word.
        word: String,
    },
    /// A field of the category.
    Field {
        /// What was asked of it.
        test: FieldTest,
        /// What it says.
        answer: Answer,
    },
    /// No rule speaks of it, and the category has a usual department.
    Usual,
}

/// One thing that was found, with whose word it is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Chosen<T> {
    /// What.
    pub value: T,
    /// The rule; `None` for the category's usual department.
    pub rule: Option<String>,
    /// The rule's name; empty without one.
    pub name: String,
    /// Why it applies.
    pub because: Vec<Because>,
}

/// A later rule that says otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Overruled {
    /// The rule that was kept.
    pub kept: String,
    /// The one that was not.
    pub rule: String,
    /// About what.
    pub about: Vec<RouteMatter>,
}

/// What the rules make of a report.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Route {
    /// The department.
    pub department: Option<Chosen<UnitId>>,
    /// The level that should handle it.
    pub level: Option<Chosen<Level>>,
    /// How long the department has.
    pub within: Option<Chosen<Allowance>>,
    /// How dangerous it is.
    pub risk: Option<Chosen<Risk>>,
    /// Rules that say otherwise and came later.
    pub overruled: Vec<Overruled>,
}

impl Route {
    /// Whether two routes lead to the same.
    pub fn leads_to(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(a: &Option<Chosen<T>>, b: &Option<Chosen<T>>) -> bool {
            a.as_ref().map(|c| &c.value) == b.as_ref().map(|c| &c.value)
        }
        same(&self.department, &other.department)
            && same(&self.level, &other.level)
            && same(&self.within, &other.within)
            && same(&self.risk, &other.risk)
    }
}

/// What these rules make of a report, as the directory stands at the instant. Rules of other townships and rules that are off are passed
/// over. `rules`: in any order.
pub fn route<'a>(
    rules: impl IntoIterator<Item = &'a RoutingRule>,
    facts: &RouteFacts<'_>,
    directory: &Directory,
    at: Timestamp,
) -> Route {
    let mut ordered: Vec<&RoutingRule> = rules.into_iter().filter(|rule| rule.is_on).collect();
    ordered.order_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
    let mut found = Route::default();
    for rule in ordered {
        if !directory.is_within(facts.grid, &rule.unit, at) {
            continue;
        }
        let Some(because) = applies(rule, facts, directory, at) else {
            continue;
        };
        take(&mut found, rule, &because);
    }
    if found.department.is_none() {
        let usual = directory
            .category_line(facts.category, at)
            .into_iter()
            .find_map(|id| {
                let category = directory.category_current(id, at)?;
                category.department.clone()
            });
        found.department = usual.map(|value| Chosen {
            value,
            rule: None,
            name: String::new(),
            because: vec![Because::Usual],
        });
    }
    found
}

/// Takes from a rule what no earlier one has said.
fn take(found: &mut Route, rule: &RoutingRule, because: &[Because]) {
    fn keep<T: Clone + PartialEq>(
        place: &mut Option<Chosen<T>>,
        said: &Option<T>,
        rule: &RoutingRule,
        because: &[Because],
    ) -> Option<String> {
        let value = said.clone()?;
        match place {
            None => {
                *place = Some(Chosen {
                    value,
                    rule: Some(rule.id.clone()),
                    name: rule.name.clone(),
                    because: because.to_vec(),
                });
                None
            }
            Some(kept) if kept.value == value => None,
            Some(kept) => kept.rule.clone(),
        }
    }
    let then = &rule.then;
    let lost = [
        (
            RouteMatter::Department,
            keep(&mut found.department, &then.department, rule, because),
        ),
        (
            RouteMatter::Level,
            keep(&mut found.level, &then.level, rule, because),
        ),
        (
            RouteMatter::Within,
            keep(&mut found.within, &then.within, rule, because),
        ),
        (
            RouteMatter::Risk,
            keep(&mut found.risk, &then.risk, rule, because),
        ),
    ];
    for (about, kept) in lost {
        let Some(kept) = kept else { continue };
        let same = |told: &&mut Overruled| told.kept == kept && told.rule == rule.id;
        match found.overruled.iter_mut().find(same) {
            Some(told) => told.about.push(about),
            None => found.overruled.push(Overruled {
                kept,
                rule: rule.id.clone(),
                about: vec![about],
            }),
        }
    }
}

/// Why a rule applies to a report; `None` where it does not.
fn applies(
    rule: &RoutingRule,
    facts: &RouteFacts<'_>,
    directory: &Directory,
    at: Timestamp,
) -> Option<Vec<Because>> {
    let when = &rule.when;
    let mut because = Vec::new();
    if !when.categories.is_empty() {
        let line = directory.category_line(facts.category, at);
        let category = when.categories.iter().find(|named| line.contains(named))?;
        because.push(Because::Category {
            category: category.clone(),
        });
    }
    if !when.units.is_empty() {
        let mut units = when.units.iter();
        let unit = units.find(|unit| directory.is_within(facts.grid, unit, at))?;
        because.push(Because::Unit { unit: unit.clone() });
    }
    if let Some(urgency) = when.urgency {
        (urgency == facts.urgency).then_some(())?;
        because.push(Because::Urgency { urgency });
    }
    because.extend(by_time(rule, facts, directory)?);
    if !when.keywords.is_empty() {
        let words = facts.words.to_lowercase();
        let has = |word: &&String| words.contains(&word.to_lowercase());
        let word = when.keywords.iter().find(has)?.clone();
        because.push(Because::Keyword { word });
    }
    for test in &when.fields {
        let answer = facts
            .answers
            .get(&test.field)
            .filter(|answer| passes(test, answer))?;
        because.push(Because::Field {
            test: test.clone(),
            answer: answer.clone(),
        });
    }
    if because.is_empty() {
        because.push(Because::Always);
    }
    Some(because)
}

/// The township's civil time at the receipt, where a rule asks for it.
fn by_time(rule: &RoutingRule, facts: &RouteFacts<'_>, directory: &Directory) -> Option<Vec<Because>> {
    let received_at = facts.received_at;
    let zone = directory.policy(&rule.unit, received_at).zone;
    let mut because = Vec::new();
    if let Some(hours_min) = rule.when.hours_min {
        let local = received_at.to_utc().with_timezone(&zone);
        let minute = chrono::Timelike::num_seconds_from_midnight(&local) / 60;
        hours_include(hours_min, minute).then_some(())?;
        because.push(Because::Hours { hours_min });
    }
    if let Some(days) = rule.when.days {
        let is_worked = directory
            .calendar(received_at)
            .is_working_day(received_at.day_in(zone));
        (is_worked == (days == DayKind::Work)).then_some(())?;
        because.push(Because::Days { days });
    }
    Some(because)
}

fn passes(test: &FieldTest, answer: &Answer) -> bool {
    let number = || match answer {
        Answer::Number(number) => Some(*number),
        Answer::Text(text) => text.trim().parse().ok(),
        Answer::YesNo(_) => None,
    };
    let bound = || test.value.trim().parse::<f64>().ok();
    match test.op {
        FieldOp::Is => match answer {
            Answer::Text(text) => text.trim() == test.value.trim(),
            Answer::YesNo(yes) => test.value.trim() == yes.to_string(),
            Answer::Number(number) => bound().is_some_and(|bound| (bound - number).abs() < 1e-9),
        },
        FieldOp::AtLeast => number()
            .zip(bound())
            .is_some_and(|(number, bound)| number >= bound),
        FieldOp::AtMost => number()
            .zip(bound())
            .is_some_and(|(number, bound)| number <= bound),
    }
}

#[cfg(test)]
mod tests;
