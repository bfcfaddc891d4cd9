//! What is found out about a push before the lock: where each report lives, what its sender may do, what the gate says of its changes.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use xunge_core::directory::Directory;
use xunge_core::document::gate::SenderFacts;
use xunge_core::id::{ReportId, UnitId};
use xunge_core::sync::message::{Item, ItemResult, RefusedCode};
use xunge_core::time::Timestamp;

use super::content::{Base, Group, Kind, groups, judge};
use super::halves::Working;
use super::push::{Parsed, bytes_of};
use super::scope::ReaderScope;
use super::take::refused;
use super::{Ledger, install, scope};
use crate::ServiceError;
use crate::store::{FeedNo, FeedState, GrantRow, InstallRow, ReadTx, ReportNo, ReportRow};

/// From so many reports on a second thread is worth its start.
const JUDGED_ALONE: usize = 4;

/// Where a report's items go.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Place {
    Feed(FeedNo),
    Review(FeedNo),
    Refused(ItemResult),
}

/// Everything that was found out before the lock.
pub(crate) struct Plan {
    pub(crate) groups: Vec<Group>,
    pub(crate) places: BTreeMap<ReportId, Place>,
    /// Where segments and check-ups go, by their places in the push.
    patrols: BTreeMap<usize, Place>,
    pub(crate) may_add: BTreeSet<ReportId>,
    pub(crate) facts: SenderFacts,
}

impl Plan {
    /// Where an item goes.
    pub(crate) fn place(&self, index: usize, parsed: &Parsed) -> Option<&Place> {
        match parsed.report_id() {
            Some(report) => self.places.get(&report),
            None => self.patrols.get(&index),
        }
    }
}

impl Ledger {
    /// Finds the feeds, judges the changes. The view is let go before the judging, which may take a while.
    pub(crate) fn plan(
        &self,
        working: &Working<'_>,
        sender: &InstallRow,
        items: &[Item],
        parsed: &[Parsed],
        now: Timestamp,
    ) -> Result<Plan, ServiceError> {
        let (mut plan, view, bases) = self.read(|tx| {
            let mut plan = Plan {
                groups: groups(&kinds(parsed)),
                places: BTreeMap::new(),
                patrols: BTreeMap::new(),
                may_add: BTreeSet::new(),
                facts: SenderFacts {
                    person: sender.person.clone(),
                    actors: install::actors(sender)?.into_iter().map(|a| a.actor).collect(),
                    person_actors: install::actors_of(tx, &sender.person)?,
                    may_write_words: true,
                    may_add: true,
                },
            };
            let view = self.view(tx)?;
            let bases = self.bases(tx, &view, sender, parsed, &mut plan, now)?;
            Ok((plan, view, bases))
        })?;
        let mut groups = judged(working, std::mem::take(&mut plan.groups), items, bases, &plan)?;
        for group in &mut groups {
            if let Entry::Vacant(vacant) = plan.places.entry(group.report) {
                vacant.insert(view.place(sender, group, now)?);
                plan.may_add.insert(group.report);
            }
        }
        plan.groups = groups;
        let own = view.feed(&sender.township).map(|feed| feed.no);
        for report in parsed.iter().filter_map(Parsed::report_id) {
            // Commands and people of a report that nobody has heard of wait in the sender's own feed for its content.
            if let (false, Some(own)) = (plan.places.contains_key(&report), own) {
                plan.places.insert(report, Place::Feed(own));
            }
        }
        plan.patrols = view.patrol_places(sender, parsed, now)?;
        Ok(plan)
    }

    fn view(&self, tx: &mut dyn ReadTx) -> Result<View, ServiceError> {
        let (version, directory) = self.directory(tx)?;
        Ok(View {
            feeds: tx.feeds()?,
            version,
            directory,
        })
    }

    /// Where the push's reports stand that are here already: each question is asked for all of them at once.
    fn bases(
        &self,
        tx: &mut dyn ReadTx,
        view: &View,
        sender: &InstallRow,
        parsed: &[Parsed],
        plan: &mut Plan,
        now: Timestamp,
    ) -> Result<BTreeMap<ReportId, Base>, ServiceError> {
        let named: BTreeSet<ReportId> = parsed.iter().filter_map(Parsed::report_id).collect();
        let written: BTreeSet<ReportId> = plan.groups.iter().map(|group| group.report).collect();
        let mut bases = BTreeMap::new();
        if named.is_empty() {
            return Ok(bases);
        }
        let mut by_feed: BTreeMap<FeedNo, Vec<ReportRow>> = BTreeMap::new();
        for row in tx.reports_anywhere(&named.into_iter().collect::<Vec<_>>())? {
            by_feed.entry(row.feed).or_default().push(row);
        }
        for (no, rows) in by_feed {
            let numbers: Vec<ReportNo> = rows.iter().map(|row| row.no).collect();
            let grants = tx.grants(no, &numbers)?;
            let feed = view.feeds.iter().find(|feed| feed.no == no);
            let scope =
                feed.map(|feed| self.scope_in((view.version, &view.directory), &sender.person, feed, now));
            for row in rows {
                let granted: Vec<GrantRow> = grants.iter().filter(|g| g.report == row.no).cloned().collect();
                let report = row.report;
                let sees = |scope: &ReaderScope| scope.sees_since(&row, &granted).is_some();
                if scope.as_deref().is_none_or(sees) {
                    plan.may_add.insert(report);
                }
                plan.places.insert(report, Place::Feed(no));
                bases.insert(report, Base::of(self, tx, row, written.contains(&report))?);
            }
        }
        Ok(bases)
    }
}

/// The feeds and the directory as one view has them, so that no item asks for them again.
struct View {
    feeds: Vec<FeedState>,
    version: u64,
    directory: Arc<Directory>,
}

impl View {
    fn feed(&self, unit: &UnitId) -> Option<&FeedState> {
        self.feeds.iter().find(|feed| feed.unit == *unit)
    }

    fn patrol_places(
        &self,
        sender: &InstallRow,
        parsed: &[Parsed],
        now: Timestamp,
    ) -> Result<BTreeMap<usize, Place>, ServiceError> {
        let mut all = BTreeMap::new();
        for (index, parsed) in parsed.iter().enumerate() {
            let grid = match parsed {
                Parsed::Track(segment) => segment.header.grids.first(),
                Parsed::Visit(record) => {
                    let mut places = self.directory.key_places(now);
                    places
                        .find(|place| place.id == record.place)
                        .map(|place| &place.grid)
                }
                _ => continue,
            };
            all.insert(index, self.patrol_place(sender, grid, now)?);
        }
        Ok(all)
    }

    /// Where a segment or check-up goes: into the feed of its grid if the sender has a post there, onto the review list if he had one.
    fn patrol_place(
        &self,
        sender: &InstallRow,
        grid: Option<&UnitId>,
        now: Timestamp,
    ) -> Result<Place, ServiceError> {
        let township = grid.and_then(|grid| self.directory.township_of(grid, now));
        let township = township.map_or(&sender.township, |unit| &unit.id);
        self.place_in(sender, township, false, now)
    }

    /// Where a new report goes: into the feed that it names if its reporter has a post there, onto the review list if he had one.
    fn place(&self, sender: &InstallRow, group: &Group, now: Timestamp) -> Result<Place, ServiceError> {
        let named = group.judged.as_ref().and_then(|(_, p)| p.content.as_ref());
        let township = named.map_or(&sender.township, |content| &content.township);
        self.place_in(sender, township, group.is_return, now)
    }

    fn place_in(
        &self,
        sender: &InstallRow,
        township: &UnitId,
        is_return: bool,
        now: Timestamp,
    ) -> Result<Place, ServiceError> {
        let Some(feed) = self.feed(township) else {
            let text = "this server keeps no such township";
            return Ok(Place::Refused(refused(RefusedCode::WrongFeed, text)));
        };
        let all: Vec<UnitId> = self.feeds.iter().map(|feed| feed.unit.clone()).collect();
        if is_return || scope::feeds_of(&self.directory, &sender.person, &all, now).contains(&feed.unit) {
            return Ok(Place::Feed(feed.no));
        }
        let had = feed.unit == sender.township || install::feeds(sender)?.contains(&feed.unit);
        Ok(if had {
            Place::Review(feed.no)
        } else {
            Place::Refused(refused(
                RefusedCode::OutOfScope,
                "the sender holds no post in this township",
            ))
        })
    }
}

/// Judges all groups: those of one report one after the other, each upon what the one before left; reports beside each other.
fn judged(
    working: &Working<'_>,
    groups: Vec<Group>,
    items: &[Item],
    mut bases: BTreeMap<ReportId, Base>,
    plan: &Plan,
) -> Result<Vec<Group>, ServiceError> {
    let mut by_report: BTreeMap<ReportId, Vec<(usize, Group)>> = BTreeMap::new();
    for (place, group) in groups.into_iter().enumerate() {
        by_report.entry(group.report).or_default().push((place, group));
    }
    let jobs: Vec<_> = by_report
        .into_iter()
        .map(|(report, groups)| (bases.remove(&report).unwrap_or_else(Base::none), groups))
        .collect();
    let all = working.in_halves(jobs, JUDGED_ALONE, |(mut base, mut groups)| {
        for (_, group) in &mut groups {
            let facts = SenderFacts {
                may_add: base.row.is_none() || plan.may_add.contains(&group.report),
                ..plan.facts.clone()
            };
            judge(group, &bytes_of(items, &group.items), &mut base, &facts)?;
        }
        Ok::<_, ServiceError>(groups)
    });
    let mut done = Vec::new();
    for groups in all {
        done.extend(groups?);
    }
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, group)| group).collect())
}

fn kinds(parsed: &[Parsed]) -> Vec<(usize, ReportId, Kind)> {
    let kind = |parsed: &Parsed| match parsed {
        Parsed::Change(report, false) => Some((*report, Kind::Change)),
        Parsed::Change(report, true) => Some((*report, Kind::Return)),
        Parsed::Command(command) => Some((command.report, Kind::Command)),
        _ => None,
    };
    let numbered = parsed.iter().enumerate();
    numbered
        .filter_map(|(i, p)| kind(p).map(|(report, kind)| (i, report, kind)))
        .collect()
}
