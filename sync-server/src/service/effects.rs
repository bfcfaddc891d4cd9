//! What a change of the directory means for people, reports, places and rules, before it takes effect. Nothing is written here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use xunge_core::command::{Holder, HolderPart};
use xunge_core::directory::{Directory, DirectoryRow, Post, Role, RoutingRule, Unit};
use xunge_core::grid::{AREA_M2_MIN, Boundary, GridIndex};
use xunge_core::id::{PersonId, ReportId, UnitId};
use xunge_core::place::Position;
use xunge_core::time::Timestamp;

use super::{Caller, DirectoryChange, QueueQuery, QueueRow, Service};
use crate::ServiceError;

/// Open reports of one township that are looked at.
const LOOKED_AT_MAX: usize = 5_000;

/// Reports read at once.
const ROWS_AT_ONCE: u32 = 200;

/// What happens to somebody.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersonEffect {
    /// Posts that begin, with their units.
    pub posts_begun: Vec<(UnitId, Role)>,
    /// Posts that end.
    pub posts_ended: Vec<(UnitId, Role)>,
    /// Grids that the person sees from then on.
    pub grids_gained: BTreeSet<UnitId>,
    /// Grids that the person sees no longer.
    pub grids_lost: BTreeSet<UnitId>,
}

/// What happens to an open report. It moves by no change of the directory: the room classifies it anew where it should.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReportChange {
    /// Its place lies in another grid than before.
    Ground {
        /// The drawn grids that held its place.
        before: Vec<UnitId>,
        /// Those that will hold it.
        after: Vec<UnitId>,
    },
    /// The grid to which it belongs ends.
    GridEnds,
    /// Other people can act for who holds it.
    Hands {
        /// Who can now.
        before: Vec<PersonId>,
        /// Who can then.
        after: Vec<PersonId>,
    },
}

/// A report with what happens to it.
#[derive(Clone, PartialEq, Debug)]
pub struct ReportEffect {
    /// The report.
    pub report: ReportId,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The grid to which it belongs.
    pub grid: Option<UnitId>,
    /// What happens.
    pub changes: Vec<ReportChange>,
}

/// A key place that belongs to another grid, or lies in another one than it belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlaceEffect {
    /// Its name.
    pub name: String,
    /// To which grid it belongs now; `None` for a new place.
    pub before: Option<UnitId>,
    /// To which then; `None` where it ends.
    pub after: Option<UnitId>,
    /// The drawn grids in which it lies then.
    pub lies_in: Vec<UnitId>,
}

/// A rule of routing that is about other grids than before, or changes itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleEffect {
    /// The rule.
    pub rule: String,
    /// What people call it.
    pub name: String,
    /// Grids that it is about from then on.
    pub grids_gained: BTreeSet<UnitId>,
    /// Grids that it is about no longer.
    pub grids_lost: BTreeSet<UnitId>,
    /// Whether it proposes another department, level, time or risk, or is switched on or off.
    pub is_changed: bool,
}

/// Two grids that will share ground.
#[derive(Clone, PartialEq, Debug)]
pub struct Overlap {
    /// One, among those that change.
    pub one: UnitId,
    /// The other.
    pub other: UnitId,
    /// How much, in square metres.
    pub shared_m2: f64,
}

/// Everything that a change means.
#[derive(Clone, Debug)]
pub struct Effects {
    /// The instant that is compared: when all of it has begun.
    pub at: Timestamp,
    /// The directory as it will be, for names.
    pub directory: Arc<Directory>,
    /// What happens to people.
    pub people: BTreeMap<PersonId, PersonEffect>,
    /// What happens to open reports that the caller may see.
    pub reports: Vec<ReportEffect>,
    /// How many open reports were looked at.
    pub reports_looked_at: usize,
    /// Whether there are more than were looked at.
    pub is_cut: bool,
    /// Key places.
    pub places: Vec<PlaceEffect>,
    /// Rules of routing.
    pub rules: Vec<RuleEffect>,
    /// Grids that will share ground.
    pub overlaps: Vec<Overlap>,
}

/// The directory before and after, at the instant that is compared.
struct Compared<'a> {
    before: &'a Directory,
    after: &'a Directory,
    at: Timestamp,
}

impl Service {
    /// What the changes would mean for people, open reports, key places and rules, once all of them have begun.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] as [`Service::keep_may_write`].
    pub fn directory_effects(
        &self,
        caller: &Caller,
        changes: &[DirectoryChange],
    ) -> Result<Effects, ServiceError> {
        self.keep_may_write(caller, changes)?;
        let rows = self.directory_rows(None)?;
        let next = rows.iter().map(|row| row.version).max().unwrap_or(0) + 1;
        let mut coming: Vec<DirectoryRow> = rows.clone();
        coming.extend(
            changes
                .iter()
                .map(|c| c.record.clone().into_row(c.valid_from, c.valid_to, next)),
        );
        let (before, after) = (Directory::from_rows(&rows), Directory::from_rows(&coming));
        let begun = changes.iter().map(|change| match &change.record {
            xunge_core::directory::DirectoryRecord::Post(post) if change.valid_to.is_none() => {
                change.valid_from.max(post.held_from)
            }
            _ => change.valid_from,
        });
        let at = begun.max().unwrap_or_else(|| self.now());
        let compared = Compared {
            before: &before,
            after: &after,
            at,
        };
        let (reports, reports_looked_at, is_cut) = self.report_effects(caller, &compared)?;
        let (people, places, rules, overlaps) = (
            compared.people(),
            compared.places(),
            compared.rules(),
            compared.overlaps(),
        );
        Ok(Effects {
            at,
            people,
            reports,
            reports_looked_at,
            is_cut,
            places,
            rules,
            overlaps,
            directory: Arc::new(after),
        })
    }

    fn report_effects(
        &self,
        caller: &Caller,
        compared: &Compared<'_>,
    ) -> Result<(Vec<ReportEffect>, usize, bool), ServiceError> {
        let grounds = compared.grounds();
        let (mut found, mut looked_at, mut is_cut) = (Vec::new(), 0, false);
        for feed in self.feeds_of(caller)? {
            let mut query = QueueQuery {
                feed: Some(feed),
                is_open: Some(true),
                limit: ROWS_AT_ONCE,
                ..QueueQuery::default()
            };
            let mut of_feed = 0;
            loop {
                let page = self.queue(caller, &query)?;
                of_feed += page.rows.len();
                looked_at += page.rows.len();
                found.extend(
                    page.rows
                        .into_iter()
                        .filter_map(|row| compared.report(row, &grounds)),
                );
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
                if of_feed >= LOOKED_AT_MAX {
                    is_cut = true;
                    break;
                }
            }
        }
        Ok((found, looked_at, is_cut))
    }
}

/// Where things lie, before and after; `None` where no outline changes.
type Grounds = Option<(GridIndex, GridIndex)>;

fn units_of(posts: &[&Post]) -> BTreeSet<(UnitId, Role)> {
    posts.iter().map(|post| (post.unit.clone(), post.role)).collect()
}

impl Compared<'_> {
    fn grids(directory: &Directory, at: Timestamp) -> BTreeMap<&UnitId, &Unit> {
        let grids = directory.units(at).filter(|unit| unit.kind.is_grid());
        grids.map(|unit| (&unit.id, unit)).collect()
    }

    fn grounds(&self) -> Grounds {
        let (before, after) = (
            Self::grids(self.before, self.at),
            Self::grids(self.after, self.at),
        );
        let is_same = before.len() == after.len()
            && before
                .iter()
                .all(|(id, unit)| after.get(id).is_some_and(|new| new.boundary == unit.boundary));
        (!is_same).then(|| {
            (
                GridIndex::new(self.before, self.at),
                GridIndex::new(self.after, self.at),
            )
        })
    }

    fn people(&self) -> BTreeMap<PersonId, PersonEffect> {
        let ids: BTreeSet<&PersonId> = [self.before, self.after]
            .into_iter()
            .flat_map(|directory| directory.people(self.at))
            .map(|person| &person.id)
            .collect();
        let mut found = BTreeMap::new();
        for id in ids {
            let (was, is) = (
                self.before.posts_of(id, self.at),
                self.after.posts_of(id, self.at),
            );
            let (posts_before, posts_after) = (units_of(&was), units_of(&is));
            let (seen_before, seen_after) = (self.seen(self.before, id), self.seen(self.after, id));
            let effect = PersonEffect {
                posts_begun: posts_after.difference(&posts_before).cloned().collect(),
                posts_ended: posts_before.difference(&posts_after).cloned().collect(),
                grids_gained: &seen_after - &seen_before,
                grids_lost: &seen_before - &seen_after,
            };
            if effect != PersonEffect::default() {
                found.insert(id.clone(), effect);
            }
        }
        found
    }

    /// The grids that somebody sees in all feeds.
    fn seen(&self, directory: &Directory, person: &PersonId) -> BTreeSet<UnitId> {
        let feeds = directory.feeds_of(person, self.at);
        let grids = feeds
            .iter()
            .map(|feed| directory.scope_grids(person, feed, self.at));
        grids.flatten().collect()
    }

    fn report(&self, row: QueueRow, grounds: &Grounds) -> Option<ReportEffect> {
        let mut changes = Vec::new();
        if let Some(grid) = &row.grid
            && self.before.unit(grid, self.at).is_some()
            && self.after.unit(grid, self.at).is_none()
        {
            changes.push(ReportChange::GridEnds);
        }
        if let (Some((was, is)), Some(position)) = (grounds, row.position) {
            let (before, after) = (was.holding(position), is.holding(position));
            if before != after {
                changes.push(ReportChange::Ground { before, after });
            }
        }
        if let Some(holder) = &row.holder {
            let (before, after) = (self.hands(self.before, holder), self.hands(self.after, holder));
            if before != after {
                changes.push(ReportChange::Hands { before, after });
            }
        }
        (!changes.is_empty()).then_some(ReportEffect {
            report: row.report,
            code: row.code,
            title: row.title,
            grid: row.grid,
            changes,
        })
    }

    /// Who can act for a holder.
    fn hands(&self, directory: &Directory, holder: &Holder) -> Vec<PersonId> {
        let posts = match holder.part {
            HolderPart::Chief => directory.chiefs_of(&holder.unit, self.at),
            HolderPart::Room => directory.room_of(&holder.unit, self.at),
            HolderPart::Department => directory.holders(&holder.unit, Role::DepartmentMember, self.at),
            HolderPart::Reporter | HolderPart::Nobody => Vec::new(),
        };
        let people: BTreeSet<PersonId> = posts.iter().map(|post| post.person.clone()).collect();
        people.into_iter().collect()
    }

    fn places(&self) -> Vec<PlaceEffect> {
        let of = |directory: &Directory| -> BTreeMap<String, (String, UnitId, Position)> {
            let places = directory.key_places(self.at).map(|place| {
                let at = Position {
                    lat_deg: place.lat_deg,
                    lon_deg: place.lon_deg,
                };
                (place.id.clone(), (place.name.clone(), place.grid.clone(), at))
            });
            places.collect()
        };
        let (before, after) = (of(self.before), of(self.after));
        let grounds = self.grounds();
        let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let effect = |id: &String| {
            let (was, is) = (before.get(id), after.get(id));
            let (name, _, at) = is.or(was)?;
            let lies_in = grounds.as_ref().map_or_else(Vec::new, |(_, g)| g.holding(*at));
            let lay_in = grounds.as_ref().map_or_else(Vec::new, |(g, _)| g.holding(*at));
            let is_same = was.map(|p| &p.1) == is.map(|p| &p.1) && lies_in == lay_in;
            (!is_same).then(|| PlaceEffect {
                name: name.clone(),
                before: was.map(|place| place.1.clone()),
                after: is.map(|place| place.1.clone()),
                lies_in,
            })
        };
        ids.into_iter().filter_map(effect).collect()
    }

    fn rules(&self) -> Vec<RuleEffect> {
        let of = |directory: &Directory| -> BTreeMap<String, RoutingRule> {
            let rules = directory.routing_rules(self.at);
            rules.map(|rule| (rule.id.clone(), rule.clone())).collect()
        };
        let (before, after) = (of(self.before), of(self.after));
        let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let effect = |id: &String| {
            let (was, is) = (before.get(id), after.get(id));
            let name = is.or(was)?.name.clone();
            let about = |directory: &Directory, rule: Option<&RoutingRule>| {
                rule.filter(|rule| rule.is_on)
                    .map_or_else(BTreeSet::new, |rule| self.about(directory, rule))
            };
            let (old, new) = (about(self.before, was), about(self.after, is));
            let what = |rule: Option<&RoutingRule>| rule.map(|r| (r.then.clone(), r.is_on));
            let effect = RuleEffect {
                rule: id.clone(),
                name,
                grids_gained: &new - &old,
                grids_lost: &old - &new,
                is_changed: what(was) != what(is),
            };
            let is_none =
                effect.grids_gained.is_empty() && effect.grids_lost.is_empty() && !effect.is_changed;
            (!is_none).then_some(effect)
        };
        ids.into_iter().filter_map(effect).collect()
    }

    /// The grids that a rule is about.
    fn about(&self, directory: &Directory, rule: &RoutingRule) -> BTreeSet<UnitId> {
        let all = directory.grids_under(&rule.unit, self.at);
        let is_meant = |grid: &UnitId| {
            let mut units = rule.when.units.iter();
            rule.when.units.is_empty()
                || units.any(|unit| unit == grid || directory.is_within(grid, unit, self.at))
        };
        all.into_iter().filter(is_meant).collect()
    }

    fn overlaps(&self) -> Vec<Overlap> {
        let (before, after) = (
            Self::grids(self.before, self.at),
            Self::grids(self.after, self.at),
        );
        let boundary = |unit: &Unit| Boundary::new(unit.boundary.clone()?).ok();
        let drawn: Vec<(&UnitId, Boundary)> = after
            .iter()
            .filter_map(|(id, unit)| Some((*id, boundary(unit)?)))
            .collect();
        let is_new = |id: &UnitId| {
            before.get(id).map(|unit| &unit.boundary) != after.get(id).map(|unit| &unit.boundary)
        };
        let mut found = Vec::new();
        for (place, (one, outline)) in drawn.iter().enumerate().filter(|(_, (id, _))| is_new(id)) {
            for (other_place, (other, its)) in drawn.iter().enumerate() {
                // Of two that both change the pair is told once.
                if other_place == place || (is_new(other) && other_place < place) {
                    continue;
                }
                let shared_m2 = outline.overlap_m2(its);
                if shared_m2 >= AREA_M2_MIN {
                    found.push(Overlap {
                        one: (*one).clone(),
                        other: (*other).clone(),
                        shared_m2,
                    });
                }
            }
        }
        found
    }
}
