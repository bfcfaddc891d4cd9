//! Whether a directory makes sense as a whole: what an import or an edit must not break.
//!
//! Lookups stay safe on a directory that fails here; a phone uses what it has. The server checks before it publishes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::policy::tidy_hours;
use super::zone::{self, ZONES, ZoneFault};
use super::{
    Category, Directory, DirectoryKind, FIELDS_MAX, FieldKind, Policy, Post, PostKind, Role, RoutingRule,
    Unit, UnitKind,
};
use crate::id::{CategoryId, FieldId, PersonId, PostId, UnitId};
use crate::in_order::Gather;
use crate::place::Position;
use crate::time::Timestamp;

/// One thing in a directory that does not make sense.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{} {key}: {rule}", .kind.as_str())]
pub struct DirectoryProblem {
    /// The kind of the record.
    pub kind: DirectoryKind,
    /// Its key.
    pub key: String,
    /// What is wrong.
    pub rule: DirectoryRule,
}

/// A rule of the directory, and what to do where it is not kept.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum DirectoryRule {
    /// The record above is not there.
    #[error("the parent {parent} is not in the directory: add it, or correct the code")]
    UnknownParent {
        /// The missing code.
        parent: String,
    },
    /// Going up comes back to the record itself.
    #[error("the record lies below itself: correct one of the parents")]
    Ring,
    /// A unit hangs where its kind may not.
    #[error("a {kind:?} cannot lie below a {parent:?}: correct the kind or the parent")]
    WrongParent {
        /// The unit's kind.
        kind: UnitKind,
        /// The kind above; `None` where nothing is above.
        parent: Option<UnitKind>,
    },
    /// More fields than [`FIELDS_MAX`].
    #[error("{count} fields are more than {FIELDS_MAX}: leave some out")]
    TooManyFields {
        /// How many there are.
        count: usize,
    },
    /// Two fields under one id.
    #[error("the field {field} is declared twice: give one another id")]
    DuplicateField {
        /// The id.
        field: FieldId,
    },
    /// A choice without options, or with an empty or doubled one.
    #[error("the choices of the field {field} are missing, empty or doubled: correct them")]
    BadOptions {
        /// The field.
        field: FieldId,
    },
    /// The least value is above the greatest, or no number.
    #[error("the bounds of the field {field} let no number through: correct them")]
    BadBounds {
        /// The field.
        field: FieldId,
    },
    /// A unit that is named is not there.
    #[error("the unit {unit} is not in the directory: add it, or correct the code")]
    UnknownUnit {
        /// The missing unit.
        unit: UnitId,
    },
    /// The unit that is named is of another kind than needed.
    #[error("the unit {unit} is not a {expected:?}: correct the code")]
    OtherKind {
        /// The unit.
        unit: UnitId,
        /// The kind that is needed.
        expected: UnitKind,
    },
    /// The holder is not there.
    #[error("the person {person} is not in the directory: add the person first")]
    UnknownPerson {
        /// The missing person.
        person: PersonId,
    },
    /// The post that is stood in for is not there.
    #[error("the post {post} is not in the directory: correct whom the delegation stands in for")]
    UnknownPost {
        /// The missing post.
        post: PostId,
    },
    /// A delegation gives another role or reaches wider than the post that it stands in for.
    #[error("the delegation gives more than the post {post} has: use its unit and its role")]
    WiderThanPost {
        /// The post that is stood in for.
        post: PostId,
    },
    /// The end is not after the start.
    #[error("the end is not after the start: correct the dates")]
    DatesSwapped,
    /// The zone is not in the IANA table.
    #[error("the zone `{zone}` is not known: write it as Asia/Shanghai")]
    UnknownZone {
        /// What is written.
        zone: String,
    },
    /// Phones do not carry the zone, and would count days otherwise than the server.
    #[error("phones do not carry the zone `{zone}`: write one of {}", ZONES.join(", "))]
    ZoneNotCarried {
        /// What is written.
        zone: String,
    },
    /// Working hours out of the day, overlapping or empty.
    #[error("the working hours are not ascending pairs of minutes within a day: correct them")]
    BadHours,
    /// A category that is named is not there.
    #[error("the category {category} is not in the directory: add it, or correct the code")]
    UnknownCategory {
        /// The missing category.
        category: CategoryId,
    },
    /// Another rule of the same rank says something else of the same reports.
    #[error("the rule {other} says something else of the same reports: give one of them a smaller rank")]
    Contradicts {
        /// The other rule.
        other: String,
    },
    /// The position is not one.
    #[error("the position is not one on the ground: correct the coordinates")]
    BadPosition,
}

impl Directory {
    /// Everything that does not make sense among the records that hold at the instant, by kind and key.
    pub fn check(&self, at: Timestamp) -> Vec<DirectoryProblem> {
        let mut problems = Vec::new();
        let mut add = |kind: DirectoryKind, key: &str, rules: Vec<DirectoryRule>| {
            problems.extend(rules.into_iter().map(|rule| DirectoryProblem {
                kind,
                key: key.to_owned(),
                rule,
            }));
        };
        for unit in self.units(at) {
            add(DirectoryKind::Unit, unit.id.as_str(), self.check_unit(unit, at));
        }
        for post in self.posts(at) {
            add(DirectoryKind::Post, post.id.as_str(), self.check_post(post, at));
        }
        for category in self.categories(at) {
            let key = format!("{}@{}", category.id, category.version);
            add(DirectoryKind::Category, &key, self.check_category(category, at));
        }
        for policy in self.policies(at) {
            add(
                DirectoryKind::Policy,
                policy.unit.as_str(),
                self.check_policy(policy, at),
            );
        }
        for place in self.place_names(at) {
            let rules = check_position(place.lat_deg, place.lon_deg);
            add(DirectoryKind::PlaceName, &place.id, rules);
        }
        for place in self.key_places(at) {
            let mut rules = check_position(place.lat_deg, place.lon_deg);
            match self.unit(&place.grid, at) {
                Some(unit) if unit.kind.is_grid() => {}
                Some(_) => rules.push(DirectoryRule::OtherKind {
                    unit: place.grid.clone(),
                    expected: UnitKind::Grid,
                }),
                None => rules.push(DirectoryRule::UnknownUnit {
                    unit: place.grid.clone(),
                }),
            }
            add(DirectoryKind::KeyPlace, &place.id, rules);
        }
        for (rule, rules) in self.check_routing(at) {
            add(DirectoryKind::RoutingRule, &rule, rules);
        }
        for area in self.excluded_areas(at) {
            let is_known = self.unit(&area.unit, at).is_some();
            let unknown = (!is_known).then(|| DirectoryRule::UnknownUnit {
                unit: area.unit.clone(),
            });
            add(
                DirectoryKind::ExcludedArea,
                &area.id,
                unknown.into_iter().collect(),
            );
        }
        problems
    }

    fn check_unit(&self, unit: &Unit, at: Timestamp) -> Vec<DirectoryRule> {
        let mut rules = Vec::new();
        let parent = match &unit.parent {
            None => None,
            Some(id) => match self.unit(id, at) {
                Some(parent) => Some(parent.kind),
                None => {
                    rules.push(DirectoryRule::UnknownParent {
                        parent: id.to_string(),
                    });
                    return rules;
                }
            },
        };
        if self
            .ancestors(&unit.id, at)
            .iter()
            .any(|above| above.id == unit.id)
        {
            rules.push(DirectoryRule::Ring);
        } else if !may_lie_below(unit.kind, parent) {
            rules.push(DirectoryRule::WrongParent {
                kind: unit.kind,
                parent,
            });
        }
        rules
    }

    fn check_post(&self, post: &Post, at: Timestamp) -> Vec<DirectoryRule> {
        let mut rules = Vec::new();
        match self.unit(&post.unit, at) {
            None => rules.push(DirectoryRule::UnknownUnit {
                unit: post.unit.clone(),
            }),
            Some(unit) if post.role == Role::DepartmentMember && unit.kind != UnitKind::Department => {
                rules.push(DirectoryRule::OtherKind {
                    unit: post.unit.clone(),
                    expected: UnitKind::Department,
                });
            }
            Some(_) => {}
        }
        if self.person(&post.person, at).is_none() {
            rules.push(DirectoryRule::UnknownPerson {
                person: post.person.clone(),
            });
        }
        if post.held_to.is_some_and(|end| end <= post.held_from) {
            rules.push(DirectoryRule::DatesSwapped);
        }
        if let PostKind::Delegation { of } = &post.kind {
            match self.last_known_post(of, at) {
                None => rules.push(DirectoryRule::UnknownPost { post: of.clone() }),
                Some(stood_for) => {
                    let is_as_wide = stood_for.role == post.role
                        && self.is_within(&post.unit, &stood_for.unit, at)
                        && of != &post.id;
                    if !is_as_wide {
                        rules.push(DirectoryRule::WiderThanPost { post: of.clone() });
                    }
                }
            }
        }
        rules
    }

    fn check_category(&self, category: &Category, at: Timestamp) -> Vec<DirectoryRule> {
        let mut rules = Vec::new();
        if let Some(parent) = &category.parent {
            if self.category_current(parent, at).is_none() {
                rules.push(DirectoryRule::UnknownParent {
                    parent: parent.to_string(),
                });
            }
            let mut seen = BTreeSet::from([&category.id]);
            let mut above = Some(parent);
            while let Some(id) = above {
                if !seen.insert(id) {
                    rules.push(DirectoryRule::Ring);
                    break;
                }
                above = self.category_current(id, at).and_then(|c| c.parent.as_ref());
            }
        }
        if let Some(unit) = &category.department
            && self.unit(unit, at).is_none()
        {
            rules.push(DirectoryRule::UnknownUnit { unit: unit.clone() });
        }
        rules.extend(check_fields(category));
        rules
    }

    /// What is wrong with each rule of routing.
    fn check_routing(&self, at: Timestamp) -> Vec<(String, Vec<DirectoryRule>)> {
        let rules: Vec<&RoutingRule> = self.routing_rules(at).collect();
        let clashes = self.contradictions(&rules, at);
        let unknown_unit = |unit: &UnitId| {
            let is_known = self.unit(unit, at).is_some();
            (!is_known).then(|| DirectoryRule::UnknownUnit { unit: unit.clone() })
        };
        let of = |rule: &&RoutingRule| {
            let units = rule
                .when
                .units
                .iter()
                .chain([&rule.unit])
                .chain(&rule.then.department);
            let mut problems: Vec<DirectoryRule> = units.filter_map(unknown_unit).collect();
            let categories = rule.when.categories.iter();
            let unknown = categories.filter(|id| self.category_current(id, at).is_none());
            problems.extend(unknown.map(|category| DirectoryRule::UnknownCategory {
                category: category.clone(),
            }));
            let others = clashes.iter().filter(|clash| clash.second == rule.id);
            problems.extend(others.map(|clash| DirectoryRule::Contradicts {
                other: clash.first.clone(),
            }));
            (rule.id.clone(), problems)
        };
        rules.iter().map(of).collect()
    }

    fn check_policy(&self, policy: &Policy, at: Timestamp) -> Vec<DirectoryRule> {
        let mut rules = Vec::new();
        if self.unit(&policy.unit, at).is_none() {
            rules.push(DirectoryRule::UnknownUnit {
                unit: policy.unit.clone(),
            });
        }
        if let Some(zone) = &policy.zone
            && let Some(fault) = zone::fault(zone)
        {
            let zone = zone.chars().take(60).collect();
            rules.push(match fault {
                ZoneFault::Unknown => DirectoryRule::UnknownZone { zone },
                ZoneFault::NotCarried => DirectoryRule::ZoneNotCarried { zone },
            });
        }
        if let Some(hours) = &policy.working_hours_min
            && (hours.is_empty() || *hours != tidy_hours(hours))
        {
            rules.push(DirectoryRule::BadHours);
        }
        rules
    }
}

/// Whether a unit of this kind may lie below one of that kind.
fn may_lie_below(kind: UnitKind, parent: Option<UnitKind>) -> bool {
    use UnitKind as K;
    match (kind, parent) {
        (K::County, parent) => parent.is_none(),
        // A township without a county above it is a whole installation.
        (K::Township, parent) => matches!(parent, None | Some(K::County)),
        (K::Village, parent) => parent == Some(K::Township),
        (K::Grid | K::RoadSection | K::SpecialGrid, parent) => {
            matches!(parent, Some(K::Village | K::Township | K::Grid))
        }
        (K::Department, parent) => matches!(parent, Some(K::County | K::Township | K::Department)),
    }
}

/// What is wrong with the fields that a category declares.
fn check_fields(category: &Category) -> Vec<DirectoryRule> {
    let mut rules = Vec::new();
    let count = category.fields.len();
    if count > FIELDS_MAX {
        rules.push(DirectoryRule::TooManyFields { count });
    }
    let mut seen = BTreeSet::new();
    for spec in &category.fields {
        let field = spec.id.clone();
        if !seen.insert(&spec.id) {
            rules.push(DirectoryRule::DuplicateField { field: field.clone() });
        }
        match &spec.kind {
            FieldKind::Choice { options } => {
                let distinct: BTreeSet<&str> = options.iter().map(|option| option.trim()).gather();
                if options.is_empty() || distinct.len() < options.len() || distinct.contains("") {
                    rules.push(DirectoryRule::BadOptions { field });
                }
            }
            FieldKind::Number { min, max } => {
                let are_numbers = [min, max].into_iter().flatten().all(|bound| bound.is_finite());
                let is_ascending = min.zip(*max).is_none_or(|(min, max)| min <= max);
                if !are_numbers || !is_ascending {
                    rules.push(DirectoryRule::BadBounds { field });
                }
            }
            FieldKind::Date | FieldKind::Text { .. } | FieldKind::YesNo => {}
        }
    }
    rules
}

fn check_position(lat_deg: f64, lon_deg: f64) -> Vec<DirectoryRule> {
    match Position::new(lat_deg, lon_deg) {
        Ok(_) => Vec::new(),
        Err(_) => vec![DirectoryRule::BadPosition],
    }
}

#[cfg(test)]
mod tests;
