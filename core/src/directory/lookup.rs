//! Answers about the directory at an instant.
//!
//! Every answer takes the instant at which it should hold. Records that ended keep answering for the time before their end, and a unit
//! that was removed still *lies* where it last lay: what was captured there offline finds its township, its village and its room.
//! Nothing here asks a clock, and no call walks through all records of a kind.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::history::History;
use super::{
    Calendar, CalendarDay, Category, DirectoryRecord, DirectoryRow, ExcludedArea, KeyPlace, Person,
    PlaceName, Policy, Post, ResolvedPolicy, Role, RoutingRule, Unit, UnitKind,
};
use crate::id::{CategoryId, PersonId, PostId, UnitId};
use crate::in_order::Gather;
use crate::time::Timestamp;

/// The deepest tree of units that is climbed; a ring in the tree ends here instead of never.
const UNIT_DEPTH_MAX: usize = 12;

/// The directory in memory: every dated record, and who, what and where at an instant.
///
/// Cloning is cheap in the large parts: the records are shared.
#[derive(Clone, Default, Debug)]
pub struct Directory {
    units: BTreeMap<UnitId, History<Unit>>,
    people: BTreeMap<PersonId, History<Person>>,
    posts: BTreeMap<PostId, History<Post>>,
    categories: BTreeMap<CategoryId, BTreeMap<u32, History<Category>>>,
    calendar: BTreeMap<NaiveDate, History<CalendarDay>>,
    policies: BTreeMap<UnitId, History<Policy>>,
    place_names: BTreeMap<String, History<PlaceName>>,
    key_places: BTreeMap<String, History<KeyPlace>>,
    excluded_areas: BTreeMap<String, History<ExcludedArea>>,
    pub(super) routing_rules: BTreeMap<String, History<RoutingRule>>,
    /// Every unit that ever named this one as its parent.
    children: BTreeMap<UnitId, BTreeSet<UnitId>>,
    /// Every post that was ever held by this person.
    posts_by_person: BTreeMap<PersonId, BTreeSet<PostId>>,
    /// Every post that was ever at this unit.
    posts_by_unit: BTreeMap<UnitId, BTreeSet<PostId>>,
}

impl Directory {
    /// The directory of these rows, in any order.
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = &'a DirectoryRow>) -> Self {
        let mut directory = Self::default();
        for row in rows {
            directory.insert(row);
        }
        directory
    }

    /// Takes a row in. A later version of the same name and start replaces the earlier; unreadable and unknown rows are passed over
    /// (the caller keeps them). The order of insertion makes no difference.
    pub fn insert(&mut self, row: &DirectoryRow) {
        let Ok(record) = row.record() else { return };
        match record {
            DirectoryRecord::Unit(unit) => {
                if let Some(parent) = &unit.parent {
                    self.children
                        .entry(parent.clone())
                        .or_default()
                        .insert(unit.id.clone());
                }
                self.units.entry(unit.id.clone()).or_default().insert(row, unit);
            }
            DirectoryRecord::Person(person) => {
                self.people
                    .entry(person.id.clone())
                    .or_default()
                    .insert(row, person);
            }
            DirectoryRecord::Post(post) => {
                let (id, unit, person) = (&post.id, &post.unit, &post.person);
                let by_person = self.posts_by_person.entry(person.clone()).or_default();
                by_person.insert(id.clone());
                let by_unit = self.posts_by_unit.entry(unit.clone()).or_default();
                by_unit.insert(id.clone());
                self.posts.entry(id.clone()).or_default().insert(row, post);
            }
            DirectoryRecord::Category(category) => {
                let versions = self.categories.entry(category.id.clone()).or_default();
                versions
                    .entry(category.version)
                    .or_default()
                    .insert(row, category);
            }
            DirectoryRecord::CalendarDay(day) => {
                self.calendar.entry(day.on).or_default().insert(row, day);
            }
            DirectoryRecord::Policy(policy) => {
                self.policies
                    .entry(policy.unit.clone())
                    .or_default()
                    .insert(row, policy);
            }
            DirectoryRecord::PlaceName(name) => {
                self.place_names
                    .entry(name.id.clone())
                    .or_default()
                    .insert(row, name);
            }
            DirectoryRecord::KeyPlace(place) => {
                self.key_places
                    .entry(place.id.clone())
                    .or_default()
                    .insert(row, place);
            }
            DirectoryRecord::ExcludedArea(area) => {
                self.excluded_areas
                    .entry(area.id.clone())
                    .or_default()
                    .insert(row, area);
            }
            DirectoryRecord::RoutingRule(rule) => {
                self.routing_rules
                    .entry(rule.id.clone())
                    .or_default()
                    .insert(row, rule);
            }
        }
    }

    /// Whether no record was taken in.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty() && self.people.is_empty() && self.categories.is_empty()
    }

    /// The unit as it stands at the instant; `None` before it began and after it ended.
    pub fn unit(&self, id: &UnitId, at: Timestamp) -> Option<&Unit> {
        self.units.get(id)?.at(at)
    }

    /// The unit as it stands at the instant or, where it has ended by then, as it last stood; where it has yet to begin, as it will.
    pub fn last_known_unit(&self, id: &UnitId, at: Timestamp) -> Option<&Unit> {
        self.units.get(id)?.last_known(at)
    }

    /// Every unit that stands at the instant, by code.
    pub fn units(&self, at: Timestamp) -> impl Iterator<Item = &Unit> {
        self.units.values().filter_map(move |history| history.at(at))
    }

    /// The units directly below, that stand at the instant, by code.
    pub fn children_of(&self, unit: &UnitId, at: Timestamp) -> impl Iterator<Item = &Unit> {
        let below = self.children.get(unit).into_iter().flatten();
        below
            .filter_map(move |id| self.unit(id, at))
            .filter(move |child| child.parent.as_ref() == Some(unit))
    }

    /// The units above, nearest first, without the unit itself. A unit that has ended still lies where it last lay.
    pub fn ancestors(&self, unit: &UnitId, at: Timestamp) -> Vec<&Unit> {
        let mut above = self.path(unit, at);
        if !above.is_empty() {
            above.remove(0);
        }
        above
    }

    /// The unit and those above it, nearest first; empty where the unit was never heard of.
    pub fn path(&self, unit: &UnitId, at: Timestamp) -> Vec<&Unit> {
        let mut path = Vec::with_capacity(4);
        let mut next = self.last_known_unit(unit, at);
        while let Some(unit) = next {
            if path.len() == UNIT_DEPTH_MAX {
                break;
            }
            path.push(unit);
            next = unit
                .parent
                .as_ref()
                .and_then(|parent| self.last_known_unit(parent, at));
        }
        path
    }

    /// Whether the unit is the upper one or lies anywhere below it.
    pub fn is_within(&self, unit: &UnitId, upper: &UnitId, at: Timestamp) -> bool {
        unit == upper || self.path(unit, at).iter().any(|u| u.id == *upper)
    }

    /// The township in which the unit lies (itself, where it is one).
    pub fn township_of(&self, unit: &UnitId, at: Timestamp) -> Option<&Unit> {
        self.first_of_kind(unit, UnitKind::Township, at)
    }

    /// The county in which the unit lies (itself, where it is one).
    pub fn county_of(&self, unit: &UnitId, at: Timestamp) -> Option<&Unit> {
        self.first_of_kind(unit, UnitKind::County, at)
    }

    /// The village in which the unit lies (itself, where it is one); `None` for grids that hang directly at a township.
    pub fn village_of(&self, unit: &UnitId, at: Timestamp) -> Option<&Unit> {
        self.first_of_kind(unit, UnitKind::Village, at)
    }

    fn first_of_kind(&self, unit: &UnitId, kind: UnitKind, at: Timestamp) -> Option<&Unit> {
        self.path(unit, at).into_iter().find(|u| u.kind == kind)
    }

    /// The grids (and what hangs beside them) that stand at the instant at or below the unit, by code.
    pub fn grids_under(&self, unit: &UnitId, at: Timestamp) -> Vec<UnitId> {
        self.subtree(unit, at)
            .into_iter()
            .filter(|id| self.unit(id, at).is_some_and(|u| u.kind.is_grid()))
            .collect()
    }

    /// As [`grids_under`](Self::grids_under), with the grids that have ended by then and last lay below the unit: their reports still
    /// belong to somebody.
    pub fn grids_ever_under(&self, unit: &UnitId, at: Timestamp) -> BTreeSet<UnitId> {
        self.subtree(unit, at)
            .into_iter()
            .filter(|id| self.last_known_unit(id, at).is_some_and(|u| u.kind.is_grid()))
            .gather()
    }

    /// The unit and everything that lies or last lay below it, in the order of codes.
    fn subtree(&self, unit: &UnitId, at: Timestamp) -> BTreeSet<UnitId> {
        let mut found = BTreeSet::new();
        let mut open = vec![unit];
        while let Some(upper) = open.pop() {
            if !found.insert(upper.clone()) {
                continue;
            }
            for id in self.children.get(upper).into_iter().flatten() {
                let history = &self.units[id];
                let lies_here = history
                    .last_known(at)
                    .is_some_and(|child| child.parent.as_ref() == Some(upper));
                if lies_here && history.has_begun(at) {
                    open.push(id);
                }
            }
        }
        found
    }

    /// The departments that a unit can turn to: those below its township, and those directly below its county, by code.
    pub fn departments_for(&self, unit: &UnitId, at: Timestamp) -> Vec<&Unit> {
        let mut found: BTreeMap<&UnitId, &Unit> = BTreeMap::new();
        for upper in self.path(unit, at) {
            for child in self.children_of(&upper.id, at) {
                if child.kind == UnitKind::Department {
                    found.insert(&child.id, child);
                    for below in self.children_of(&child.id, at) {
                        if below.kind == UnitKind::Department {
                            found.insert(&below.id, below);
                        }
                    }
                }
            }
        }
        found.into_values().collect()
    }

    /// The post at the instant: its record holds and its dates include the instant.
    pub fn post(&self, id: &PostId, at: Timestamp) -> Option<&Post> {
        self.posts.get(id)?.at(at).filter(|post| post.is_held(at))
    }

    /// The post whenever it was or will be held: as it stands at the instant, or stood last before, or will first.
    pub fn last_known_post(&self, id: &PostId, at: Timestamp) -> Option<&Post> {
        self.posts.get(id)?.last_known(at)
    }

    /// Every post whose record holds at the instant, within its own dates or not, by code.
    pub fn posts(&self, at: Timestamp) -> impl Iterator<Item = &Post> {
        self.posts.values().filter_map(move |history| history.at(at))
    }

    /// The posts that somebody holds at the instant, by code: appointments, delegations and shifts alike.
    pub fn posts_of(&self, person: &PersonId, at: Timestamp) -> Vec<&Post> {
        let ids = self.posts_by_person.get(person).into_iter().flatten();
        ids.filter_map(|id| self.post(id, at))
            .filter(|post| post.person == *person)
            .collect()
    }

    /// The posts that are held at exactly this unit at the instant, by code.
    pub fn posts_at(&self, unit: &UnitId, at: Timestamp) -> Vec<&Post> {
        let ids = self.posts_by_unit.get(unit).into_iter().flatten();
        ids.filter_map(|id| self.post(id, at))
            .filter(|post| post.unit == *unit)
            .collect()
    }

    /// The posts of one role at exactly this unit at the instant, by code.
    pub fn holders(&self, unit: &UnitId, role: Role, at: Timestamp) -> Vec<&Post> {
        let mut posts = self.posts_at(unit, at);
        posts.retain(|post| post.role == role);
        posts
    }

    /// The chiefs who answer for a unit at the instant: its own or, where the post is vacant, those of the nearest unit above it up to
    /// the village.
    pub fn chiefs_of(&self, unit: &UnitId, at: Timestamp) -> Vec<&Post> {
        for upper in self.path(unit, at) {
            if matches!(upper.kind, UnitKind::Township | UnitKind::County) {
                break;
            }
            let chiefs = self.holders(&upper.id, Role::Chief, at);
            if !chiefs.is_empty() {
                return chiefs;
            }
        }
        Vec::new()
    }

    /// The posts of the command room of a township (or of the county desk) at the instant, by code.
    pub fn room_of(&self, unit: &UnitId, at: Timestamp) -> Vec<&Post> {
        let mut posts = self.posts_at(unit, at);
        posts.retain(|post| post.role.is_room());
        posts
    }

    /// The person as the record stands at the instant.
    pub fn person(&self, id: &PersonId, at: Timestamp) -> Option<&Person> {
        self.people.get(id)?.at(at)
    }

    /// The person as the record stands at the instant, or stood last: names in old stories stay readable.
    pub fn last_known_person(&self, id: &PersonId, at: Timestamp) -> Option<&Person> {
        self.people.get(id)?.last_known(at)
    }

    /// Every person whose record holds at the instant, by code.
    pub fn people(&self, at: Timestamp) -> impl Iterator<Item = &Person> {
        self.people.values().filter_map(move |history| history.at(at))
    }

    /// One version of a category, whenever it was offered; `None` where this directory does not hold that version.
    pub fn category(&self, id: &CategoryId, version: u32) -> Option<&Category> {
        self.categories.get(id)?.get(&version)?.newest()
    }

    /// The greatest version of a category that holds at the instant.
    pub fn category_current(&self, id: &CategoryId, at: Timestamp) -> Option<&Category> {
        let versions = self.categories.get(id)?;
        versions.values().rev().find_map(|history| history.at(at))
    }

    /// The greatest version of a category that was ever held; whether it still holds does not matter.
    pub fn category_newest(&self, id: &CategoryId) -> Option<&Category> {
        self.categories
            .get(id)?
            .values()
            .rev()
            .find_map(|history| history.newest())
    }

    /// The current version of every category at the instant, classes too, by code.
    pub fn categories(&self, at: Timestamp) -> impl Iterator<Item = &Category> {
        self.categories
            .values()
            .filter_map(move |versions| versions.values().rev().find_map(|history| history.at(at)))
    }

    /// The kinds that can be chosen at the instant, by code: current, offered, and not classes of others.
    pub fn categories_offered(&self, at: Timestamp) -> Vec<&Category> {
        let classes: BTreeSet<&CategoryId> = self.categories(at).filter_map(|c| c.parent.as_ref()).gather();
        self.categories(at)
            .filter(|category| category.is_offered && !classes.contains(&category.id))
            .collect()
    }

    /// The top class under which a category stands at the instant (itself, where it is one).
    pub fn category_class(&self, id: &CategoryId, at: Timestamp) -> Option<&Category> {
        let mut category = self
            .category_current(id, at)
            .or_else(|| self.category_newest(id))?;
        for _ in 0..UNIT_DEPTH_MAX {
            let Some(parent) = &category.parent else { break };
            let Some(above) = self
                .category_current(parent, at)
                .or_else(|| self.category_newest(parent))
            else {
                break;
            };
            category = above;
        }
        Some(category)
    }

    /// The settings that hold for a unit at the instant: its own, then those of the units above, then the defaults.
    pub fn policy(&self, unit: &UnitId, at: Timestamp) -> ResolvedPolicy {
        let path = self.path(unit, at);
        let policies = path
            .iter()
            .filter_map(|unit| self.policies.get(&unit.id)?.at(at))
            .collect::<Vec<_>>();
        ResolvedPolicy::of(&policies)
    }

    /// Every policy as it was written, at the instant, by unit.
    pub fn policies(&self, at: Timestamp) -> impl Iterator<Item = &Policy> {
        self.policies.values().filter_map(move |history| history.at(at))
    }

    /// The policy that a unit itself has at the instant.
    pub(super) fn own_policy(&self, unit: &UnitId, at: Timestamp) -> Option<&Policy> {
        self.policies.get(unit)?.at(at)
    }

    /// Since when a unit's own policies of which something holds have followed each other, up to the instant.
    pub(super) fn policy_since(
        &self,
        unit: &UnitId,
        at: Timestamp,
        holds: impl Fn(&Policy) -> bool,
    ) -> Option<Timestamp> {
        let history = self.policies.get(unit)?;
        history.at(at).filter(|policy| holds(policy))?;
        history.since(at, holds)
    }

    /// When a unit's working hours end on the instant's civil day; `None` on a free day and outside of them.
    pub fn working_hours_end(&self, unit: &UnitId, at: Timestamp) -> Option<Timestamp> {
        let policy = self.policy(unit, at);
        self.calendar(at)
            .hours_end(at, policy.zone, &policy.working_hours_min)
    }

    /// The calendar as it is known at the instant.
    pub fn calendar(&self, at: Timestamp) -> Calendar {
        self.calendar
            .values()
            .filter_map(|history| history.at(at))
            .collect()
    }

    /// The days that differ from the plain week as they are known at the instant, with their names, the earliest first.
    pub fn calendar_days(&self, at: Timestamp) -> impl Iterator<Item = &CalendarDay> {
        self.calendar.values().filter_map(move |history| history.at(at))
    }

    /// The local place names at the instant, by their ids.
    pub fn place_names(&self, at: Timestamp) -> impl Iterator<Item = &PlaceName> {
        self.place_names
            .values()
            .filter_map(move |history| history.at(at))
    }

    /// The key places at the instant, by their ids.
    pub fn key_places(&self, at: Timestamp) -> impl Iterator<Item = &KeyPlace> {
        self.key_places.values().filter_map(move |history| history.at(at))
    }

    /// Since when the rule of a key place has held without a break; `None` where there is no such place at the instant.
    pub fn key_place_since(&self, id: &str, at: Timestamp) -> Option<Timestamp> {
        let history = self.key_places.get(id)?;
        let now = history.at(at)?;
        history.since(at, |place| place.rule == now.rule)
    }

    /// The areas that no patrol can reach at the instant, by their ids.
    pub fn excluded_areas(&self, at: Timestamp) -> impl Iterator<Item = &ExcludedArea> {
        self.excluded_areas
            .values()
            .filter_map(move |history| history.at(at))
    }

    /// The grids whose reports somebody sees in a township's feed (or the county desk's) at the instant.
    ///
    /// A worker sees the grids of his unit, a chief those of his grid or village, an advisor those attached, the room, supervisors and
    /// administrators all grids below their unit. Members of departments see no grid: single reports are granted to their unit. Grids
    /// that have ended belong to those who answered for them.
    pub fn scope_grids(&self, person: &PersonId, feed: &UnitId, at: Timestamp) -> BTreeSet<UnitId> {
        let mut grids = BTreeSet::new();
        for post in self.posts_of(person, at) {
            if post.role == Role::DepartmentMember {
                continue;
            }
            if self.is_within(&post.unit, feed, at) {
                grids.append(&mut self.grids_ever_under(&post.unit, at));
            } else if self.is_within(feed, &post.unit, at) {
                grids.append(&mut self.grids_ever_under(feed, at));
            }
        }
        grids
    }

    /// The feeds that concern somebody at the instant: the township (or, at county level, the county) of each post that is held.
    pub fn feeds_of(&self, person: &PersonId, at: Timestamp) -> BTreeSet<UnitId> {
        let feed = |post: &Post| self.feed_of(&post.unit, at).map(|unit| unit.id.clone());
        self.posts_of(person, at).into_iter().filter_map(feed).gather()
    }

    /// The unit whose feed carries what happens in this unit: its township or, above townships, its county.
    pub fn feed_of(&self, unit: &UnitId, at: Timestamp) -> Option<&Unit> {
        self.township_of(unit, at).or_else(|| self.county_of(unit, at))
    }
}

#[cfg(test)]
mod tests;
