//! Rules of routing (分级、分类、分线): records that say which reports go to which department, level and deadline, and how grave they are.
//!
//! What they make of a report is worked out in `crate::routing`. A rule never acts by itself: it proposes, with its reason, and the room
//! decides.

use serde::{Deserialize, Serialize};

use super::calendar::{Allowance, DayKind};
use super::{Directory, Level};
use crate::command::{Risk, Urgency};
use crate::id::{CategoryId, FieldId, UnitId};
use crate::in_order::InOrder;
use crate::time::Timestamp;

/// A rule of routing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RoutingRule {
    /// Names the rule.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The township or county whose reports it is about.
    pub unit: UnitId,
    /// The smaller goes first; of two that say different things the first is kept. Two of one rank must not contradict each other.
    #[serde(default = "usual_rank")]
    pub rank: u32,
    /// Whether it is followed.
    #[serde(default = "on")]
    pub is_on: bool,
    /// Which reports it is about; all of it must hold.
    #[serde(default)]
    pub when: RouteWhen,
    /// What it says of them.
    #[serde(default)]
    pub then: RouteThen,
}

/// The rank of a rule that names none.
pub const USUAL_RANK: u32 = 100;

fn usual_rank() -> u32 {
    USUAL_RANK
}

fn on() -> bool {
    true
}

/// Which reports a rule is about. What is empty lets everything through; all that is said must hold.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RouteWhen {
    /// Any of these categories, or a kind below one of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryId>,
    /// A grid that is one of these units or lies below one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitId>,
    /// How pressing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// Received within these minutes since midnight, `[start, end)`; over midnight where the end is smaller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_min: Option<[u32; 2]>,
    /// Received on a day of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<DayKind>,
    /// Any of these words stands in title, place or words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// All of these hold of the category's fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldTest>,
}

/// What must hold of one field of the category.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FieldTest {
    /// The field.
    pub field: FieldId,
    /// How it is compared.
    pub op: FieldOp,
    /// With what; yes and no are `true` and `false`.
    pub value: String,
}

/// How a field is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldOp {
    /// The answer is the value.
    Is,
    /// The answer is a number, and not smaller.
    AtLeast,
    /// The answer is a number, and not greater.
    AtMost,
}

/// What a rule says of a report. What is `None` is left to other rules.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RouteThen {
    /// The department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<UnitId>,
    /// The level that should handle it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How long the department has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Allowance>,
    /// How dangerous it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
}

/// About what two rules say different things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteMatter {
    /// The department.
    Department,
    /// The level.
    Level,
    /// The time.
    Within,
    /// The risk.
    Risk,
}

/// Two rules of one rank that say different things of the same report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contradiction {
    /// One rule.
    pub first: String,
    /// The other, later in the order of names.
    pub second: String,
    /// About what.
    pub about: Vec<RouteMatter>,
}

/// How far up the categories a line is followed.
const CATEGORY_DEPTH_MAX: usize = 4;

impl Directory {
    /// The rules of routing at the instant, by name.
    pub fn routing_rules(&self, at: Timestamp) -> impl Iterator<Item = &RoutingRule> {
        self.routing_rules
            .values()
            .filter_map(move |history| history.at(at))
    }

    /// Every pair of these rules that are on, have one rank and lie under one unit, and may say different things of one report.
    pub fn contradictions(&self, rules: &[&RoutingRule], at: Timestamp) -> Vec<Contradiction> {
        let mut on: Vec<&RoutingRule> = rules.iter().copied().filter(|rule| rule.is_on).collect();
        on.order_by(|a, b| a.id.cmp(&b.id));
        let mut found = Vec::new();
        for (place, first) in on.iter().enumerate() {
            for second in &on[place + 1..] {
                let about = first.then.differs(&second.then);
                let is_near = self.is_within(&first.unit, &second.unit, at)
                    || self.is_within(&second.unit, &first.unit, at);
                let is_ranked = first.rank != second.rank;
                if !about.is_empty() && !is_ranked && is_near && first.when.overlaps(&second.when, self, at) {
                    found.push(Contradiction {
                        first: first.id.clone(),
                        second: second.id.clone(),
                        about,
                    });
                }
            }
        }
        found
    }

    /// A category and the classes above it, nearest first.
    pub fn category_line<'a>(&'a self, id: &'a CategoryId, at: Timestamp) -> Vec<&'a CategoryId> {
        let mut line = vec![id];
        while let Some(above) = line
            .last()
            .filter(|_| line.len() < CATEGORY_DEPTH_MAX)
            .and_then(|id| self.category_current(id, at).or_else(|| self.category_newest(id)))
            .and_then(|category| category.parent.as_ref())
        {
            line.push(above);
        }
        line
    }
}

impl RouteThen {
    /// About what this says something else than another.
    pub fn differs(&self, other: &Self) -> Vec<RouteMatter> {
        fn apart<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
            a.is_some() && b.is_some() && a != b
        }
        let pairs = [
            (
                RouteMatter::Department,
                apart(&self.department, &other.department),
            ),
            (RouteMatter::Level, apart(&self.level, &other.level)),
            (RouteMatter::Within, apart(&self.within, &other.within)),
            (RouteMatter::Risk, apart(&self.risk, &other.risk)),
        ];
        pairs
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(about, _)| about)
            .collect()
    }
}

impl RouteWhen {
    /// Whether some report may fall under both. Two lists of words without a common one count as apart.
    pub fn overlaps(&self, other: &Self, directory: &Directory, at: Timestamp) -> bool {
        let free = |a: usize, b: usize| a == 0 || b == 0;
        let is_kind_of = |kind: &CategoryId, upper: &CategoryId| {
            directory.category_line(kind, at).iter().any(|id| **id == *upper)
        };
        let categories = free(self.categories.len(), other.categories.len())
            || self.categories.iter().any(|a| {
                let mut others = other.categories.iter();
                others.any(|b| is_kind_of(a, b) || is_kind_of(b, a))
            });
        let units = free(self.units.len(), other.units.len())
            || self.units.iter().any(|a| {
                let mut others = other.units.iter();
                others.any(|b| directory.is_within(a, b, at) || directory.is_within(b, a, at))
            });
        let urgency = self.urgency.zip(other.urgency).is_none_or(|(a, b)| a == b);
        let days = self.days.zip(other.days).is_none_or(|(a, b)| a == b);
        let hours = self
            .hours_min
            .zip(other.hours_min)
            .is_none_or(|(a, b)| (0..1_440).any(|minute| is_in(a, minute) && is_in(b, minute)));
        let keywords = free(self.keywords.len(), other.keywords.len())
            || self.keywords.iter().any(|word| other.keywords.contains(word));
        let fields = self.fields.iter().all(|a| {
            let mut same = other.fields.iter().filter(|b| b.field == a.field);
            same.all(|b| a.fits_with(b))
        });
        categories && units && urgency && days && hours && keywords && fields
    }
}

impl FieldTest {
    /// Whether one answer may pass both.
    fn fits_with(&self, other: &Self) -> bool {
        let number = |test: &Self| test.value.parse::<f64>().ok();
        match (self.op, other.op) {
            (FieldOp::Is, FieldOp::Is) => self.value == other.value,
            (FieldOp::AtLeast, FieldOp::AtMost | FieldOp::Is) => number(self)
                .zip(number(other))
                .is_some_and(|(low, high)| low <= high),
            (FieldOp::AtMost, FieldOp::AtLeast | FieldOp::Is) => number(self)
                .zip(number(other))
                .is_some_and(|(high, low)| low <= high),
            (FieldOp::Is, FieldOp::AtLeast | FieldOp::AtMost) => other.fits_with(self),
            _ => true,
        }
    }
}

/// Whether a minute of the day lies within hours that may go over midnight.
pub(crate) fn is_in([start, end]: [u32; 2], minute: u32) -> bool {
    match start <= end {
        true => (start..end).contains(&minute),
        false => minute >= start || minute < end,
    }
}
