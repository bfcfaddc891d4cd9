//! What an install may see of a feed, decided by the server from the directory, never by the phone's word.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use xunge_core::directory::{Directory, Role, UnitKind};
use xunge_core::id::{CategoryId, PersonId, UnitId};
use xunge_core::sync::message::ScopeTag;
use xunge_core::time::Timestamp;

use crate::store::{GrantRow, ReportRow};

/// Marks a scope key whose reports have a sensitive category: not a character of a unit's code.
const SENSITIVE: char = '!';

/// What somebody may see of one feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ReaderScope {
    pub(crate) person: PersonId,
    /// The grids.
    pub(crate) grids: BTreeSet<UnitId>,
    /// The scope keys: grids, and marked grids where sensitive reports may be seen.
    pub(crate) keys: Vec<String>,
    /// In whose name single reports may be granted.
    pub(crate) holders: Vec<String>,
    /// The hash of all that.
    pub(crate) tag: ScopeTag,
}

/// The scope key of a grid.
pub(crate) fn key(grid: &UnitId, is_sensitive: bool) -> String {
    if is_sensitive {
        format!("{grid}{SENSITIVE}")
    } else {
        grid.to_string()
    }
}

/// The grid of a scope key.
pub(crate) fn grid_of(key: &str) -> Option<UnitId> {
    UnitId::new(key.trim_end_matches(SENSITIVE)).ok()
}

/// Both scope keys of a grid.
pub(crate) fn keys_of(grid: &UnitId) -> [String; 2] {
    [key(grid, false), key(grid, true)]
}

/// The holder name of a unit.
pub(crate) fn unit_holder(unit: &UnitId) -> String {
    format!("u:{unit}")
}

/// The unit of a holder name; none where it is a person's.
pub(crate) fn unit_of(holder: &str) -> Option<UnitId> {
    holder.strip_prefix("u:").and_then(|unit| UnitId::new(unit).ok())
}

/// The holder name of a person.
pub(crate) fn person_holder(person: &PersonId) -> String {
    format!("p:{person}")
}

/// Whether reports of this category are seen by their holders alone.
pub(crate) fn is_sensitive(directory: &Directory, category: &CategoryId, version: u32) -> bool {
    let mut next = directory
        .category(category, version)
        .or_else(|| directory.category_newest(category));
    // Categories are a tree of two or three levels; a class passes the mark on to its kinds.
    for _ in 0..4 {
        let Some(category) = next else { return false };
        if category.is_sensitive {
            return true;
        }
        next = category
            .parent
            .as_ref()
            .and_then(|p| directory.category_newest(p));
    }
    false
}

impl ReaderScope {
    /// Works the scope out.
    pub(crate) fn of(directory: &Directory, person: &PersonId, feed: &UnitId, at: Timestamp) -> Self {
        let grids = directory.scope_grids(person, feed, at);
        let mut sensitive = BTreeSet::new();
        let mut holders = BTreeSet::from([person_holder(person)]);
        for post in directory.posts_of(person, at) {
            if post.role == Role::Chief || post.role.is_room() {
                let upper = if directory.is_within(&post.unit, feed, at) {
                    &post.unit
                } else {
                    feed
                };
                sensitive.append(&mut directory.grids_ever_under(upper, at));
            }
            holders.insert(unit_holder(&post.unit));
            match post.role {
                Role::DepartmentMember => teams(directory, &post.unit, at, &mut holders),
                Role::Chief => {
                    let below = directory.grids_ever_under(&post.unit, at);
                    holders.extend(below.iter().map(unit_holder));
                }
                _ => {}
            }
        }
        let mut keys: BTreeSet<String> = grids.iter().map(|g| key(g, false)).collect();
        keys.extend(grids.intersection(&sensitive).map(|g| key(g, true)));
        let keys: Vec<String> = keys.into_iter().collect();
        let holders: Vec<String> = holders.into_iter().collect();
        let tag = tag(feed, &keys, &holders);
        Self {
            person: person.clone(),
            grids,
            keys,
            holders,
            tag,
        }
    }

    /// A scope in which everything of the feed is seen: the operator on the server's own machine.
    pub(crate) fn all(directory: &Directory, feed: &UnitId, at: Timestamp) -> Self {
        let grids = directory.grids_ever_under(feed, at);
        let keys: Vec<String> = grids.iter().flat_map(keys_of).collect();
        Self {
            person: PersonId::new("operator").expect("a plain code"),
            grids,
            tag: tag(feed, &keys, &[]),
            keys,
            holders: Vec::new(),
        }
    }

    /// Whether reports under this scope key are seen.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        self.keys.binary_search_by(|held| held.as_str().cmp(key)).is_ok()
    }

    /// Whether what is granted to this holder is seen.
    pub(crate) fn has_holder(&self, holder: &str) -> bool {
        self.holders
            .binary_search_by(|held| held.as_str().cmp(holder))
            .is_ok()
    }

    /// Since which row the report is seen (0: from its first); `None` where it is not.
    pub(crate) fn sees_since(&self, report: &ReportRow, grants: &[GrantRow]) -> Option<u64> {
        let granted = grants.iter().filter(|g| g.report == report.no);
        self.since(
            &report.reporter,
            report.scope.as_deref().map(|key| (key, report.scope_seq)),
            granted.map(|g| (g.holder.as_str(), g.seq)),
        )
    }

    /// As [`Self::sees_since`], from what a report's standing says.
    pub(crate) fn since<'a>(
        &self,
        reporter: &PersonId,
        scope: Option<(&str, u64)>,
        grants: impl Iterator<Item = (&'a str, u64)>,
    ) -> Option<u64> {
        if *reporter == self.person {
            return Some(0);
        }
        let by_key = scope.filter(|(key, _)| self.has_key(key)).map(|(_, seq)| seq);
        let by_grant = grants
            .filter(|(holder, _)| self.has_holder(holder))
            .map(|(_, seq)| seq)
            .min();
        [by_key, by_grant].into_iter().flatten().min()
    }
}

fn tag(feed: &UnitId, keys: &[String], holders: &[String]) -> ScopeTag {
    let mut hash = Sha256::new();
    for text in std::iter::once(feed.as_str())
        .chain(keys.iter().map(String::as_str))
        .chain(holders.iter().map(String::as_str))
    {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    let hash: [u8; 32] = hash.finalize().into();
    ScopeTag(hash[..8].try_into().expect("8 of 32 bytes"))
}

/// The teams below a department.
fn teams(directory: &Directory, unit: &UnitId, at: Timestamp, holders: &mut BTreeSet<String>) {
    for below in directory.children_of(unit, at) {
        if below.kind == UnitKind::Department && holders.insert(unit_holder(&below.id)) {
            teams(directory, &below.id, at, holders);
        }
    }
}

/// The feeds that concern somebody: those of the posts that are held; from the county's level all townships of the county.
pub(crate) fn feeds_of(
    directory: &Directory,
    person: &PersonId,
    all: &[UnitId],
    at: Timestamp,
) -> BTreeSet<UnitId> {
    let mut feeds = BTreeSet::new();
    for post in directory.posts_of(person, at) {
        match directory.township_of(&post.unit, at) {
            Some(township) => {
                feeds.insert(township.id.clone());
            }
            None => {
                let upper = directory.county_of(&post.unit, at).map_or(&post.unit, |c| &c.id);
                feeds.extend(all.iter().filter(|f| directory.is_within(f, upper, at)).cloned());
            }
        }
    }
    feeds.retain(|feed| all.contains(feed));
    feeds
}

/// Grants by report.
pub(crate) fn by_report(grants: Vec<GrantRow>) -> BTreeMap<crate::store::ReportNo, Vec<GrantRow>> {
    let mut sorted: BTreeMap<_, Vec<GrantRow>> = BTreeMap::new();
    for grant in grants {
        sorted.entry(grant.report).or_default().push(grant);
    }
    sorted
}
