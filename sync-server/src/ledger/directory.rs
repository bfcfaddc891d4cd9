//! Writing the directory: each record goes to the feeds that it concerns.
//!
//! What lies in a township goes to that township's feed; what lies above (the county, its departments, categories, the calendar) goes to
//! every feed. A person goes where he holds or held a post, so that names and telephones stay where they are needed.

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::directory::{Directory, DirectoryRecord, DirectoryRow, UnitKind};
use xunge_core::id::{PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::turn::{Done, Turn};
use super::{Ledger, meta, number};
use crate::ServiceError;
use crate::store::{FeedNo, WriteTx};

/// What writing did.
pub(crate) struct Written {
    pub(crate) written: usize,
    pub(crate) version: u64,
}

/// A record's name within a feed.
type Name = (String, String, Timestamp);

fn name(row: &DirectoryRow) -> Name {
    (row.kind.clone(), row.key.clone(), row.valid_from)
}

fn is_same(a: &DirectoryRow, b: &DirectoryRow) -> bool {
    a.json == b.json && a.valid_to == b.valid_to
}

impl Ledger {
    /// Writes records; those that are there word for word are passed over.
    pub(crate) fn write_directory(
        &self,
        tx: &mut dyn WriteTx,
        records: &[DirectoryRow],
        actor: &str,
        now: Timestamp,
    ) -> Result<(Written, Vec<Done>), ServiceError> {
        let read = |row: &DirectoryRow| row.record().map_err(|e| ServiceError::BadRequest(e.to_string()));
        let parsed: Vec<DirectoryRecord> = records.iter().map(read).collect::<Result<_, _>>()?;
        let mut directory = Directory::clone(&self.directory(tx)?.1);
        for row in records {
            directory.insert(row);
        }
        check(&directory, &parsed, now)?;
        make_feeds(tx, &parsed)?;
        let feeds: BTreeMap<UnitId, FeedNo> = tx.feeds()?.into_iter().map(|f| (f.unit, f.no)).collect();
        let placed = Placed {
            directory: &directory,
            feeds: &feeds,
            posts: &people_of_posts(&parsed),
            now,
        };
        let mut written = BTreeSet::new();
        let mut done = Vec::new();
        let mut held_people = BTreeMap::new();
        for (unit, feed) in &feeds {
            let held: BTreeMap<Name, DirectoryRow> = tx
                .directory_after(*feed, 0, u64::MAX, u32::MAX)?
                .into_iter()
                .map(|(_, row)| (name(&row), row))
                .collect();
            for row in held.values().filter(|row| row.kind == "person") {
                held_people.insert(name(row), row.clone());
            }
            let mut rows: BTreeMap<Name, DirectoryRow> = BTreeMap::new();
            for (row, record) in records.iter().zip(&parsed) {
                if placed.is_for(record, unit) && held.get(&name(row)).is_none_or(|h| !is_same(h, row)) {
                    written.insert(name(row));
                    rows.insert(name(row), row.clone());
                }
            }
            // Whoever gets a post here for the first time brings his record along.
            for row in held_people.values() {
                let is_here = held.contains_key(&name(row)) || rows.contains_key(&name(row));
                let is_posted = PersonId::new(row.key.clone()).is_ok_and(|person| {
                    placed
                        .posts
                        .get(&person)
                        .is_some_and(|units| placed.lies_in(units, unit))
                });
                if !is_here && is_posted {
                    rows.insert(name(row), row.clone());
                }
            }
            if !rows.is_empty() {
                done.push(self.append_directory(tx, *feed, rows.into_values().collect(), actor, now)?);
            }
        }
        let mut version = number(tx.meta(meta::DIRECTORY)?);
        if !done.is_empty() {
            version += 1;
            tx.meta_put(meta::DIRECTORY, &version.to_be_bytes())?;
        }
        let written = Written {
            written: written.len(),
            version,
        };
        Ok((written, done))
    }

    fn append_directory(
        &self,
        tx: &mut dyn WriteTx,
        feed: FeedNo,
        rows: Vec<DirectoryRow>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Done, ServiceError> {
        let mut turn = Turn::begin(self, tx, feed, now)?;
        let mut numbered = Vec::with_capacity(rows.len());
        for mut row in rows {
            let seq = turn.append_directory();
            row.version = seq;
            numbered.push((seq, row));
        }
        turn.tx.directory_put(feed, &numbered)?;
        turn.note("directory", format!("{} records", numbered.len()));
        turn.finish(actor)
    }
}

/// Where records go.
struct Placed<'a> {
    directory: &'a Directory,
    feeds: &'a BTreeMap<UnitId, FeedNo>,
    /// The units of the posts that are being written, by person.
    posts: &'a BTreeMap<PersonId, BTreeSet<UnitId>>,
    now: Timestamp,
}

impl Placed<'_> {
    fn is_for(&self, record: &DirectoryRecord, feed: &UnitId) -> bool {
        match record {
            DirectoryRecord::Unit(unit) => {
                // A unit knows its parent itself: it may not be in force yet.
                unit.id == *feed || self.concerns(unit.parent.as_ref().unwrap_or(&unit.id), feed, unit.kind)
            }
            DirectoryRecord::Post(post) => self.lies_here(&post.unit, feed),
            DirectoryRecord::Policy(policy) => self.lies_here(&policy.unit, feed),
            DirectoryRecord::KeyPlace(place) => self.lies_here(&place.grid, feed),
            DirectoryRecord::ExcludedArea(area) => self.lies_here(&area.unit, feed),
            DirectoryRecord::RoutingRule(rule) => self.lies_here(&rule.unit, feed),
            DirectoryRecord::Person(person) => self.person_is_here(&person.id, feed),
            DirectoryRecord::Category(_)
            | DirectoryRecord::CalendarDay(_)
            | DirectoryRecord::PlaceName(_) => true,
        }
    }

    /// Units above the townships concern everybody; townships themselves too, so that names of neighbours are known.
    fn concerns(&self, parent: &UnitId, feed: &UnitId, kind: UnitKind) -> bool {
        matches!(kind, UnitKind::County | UnitKind::Township) || self.lies_here(parent, feed)
    }

    /// Whether what lies at the unit belongs to the feed: it lies in that township, or above all townships; the county sees all.
    fn lies_here(&self, unit: &UnitId, feed: &UnitId) -> bool {
        match self.directory.township_of(unit, self.now) {
            Some(township) => township.id == *feed || self.directory.is_within(unit, feed, self.now),
            None => true,
        }
    }

    fn lies_in(&self, units: &BTreeSet<UnitId>, feed: &UnitId) -> bool {
        units.iter().any(|unit| self.lies_here(unit, feed))
    }

    fn person_is_here(&self, person: &PersonId, feed: &UnitId) -> bool {
        let posted = self.posts.get(person);
        let held = self.directory.posts_of(person, self.now);
        let is_here = posted.is_some_and(|units| self.lies_in(units, feed))
            || held.iter().any(|post| self.lies_here(&post.unit, feed));
        // Somebody without any post yet waits in the first feed, until a post calls him.
        is_here || (posted.is_none() && held.is_empty() && self.feeds.keys().next() == Some(feed))
    }
}

fn people_of_posts(records: &[DirectoryRecord]) -> BTreeMap<PersonId, BTreeSet<UnitId>> {
    let mut posts: BTreeMap<PersonId, BTreeSet<UnitId>> = BTreeMap::new();
    for record in records {
        if let DirectoryRecord::Post(post) = record {
            posts
                .entry(post.person.clone())
                .or_default()
                .insert(post.unit.clone());
        }
    }
    posts
}

fn make_feeds(tx: &mut dyn WriteTx, records: &[DirectoryRecord]) -> Result<(), ServiceError> {
    for record in records {
        if let DirectoryRecord::Unit(unit) = record
            && matches!(unit.kind, UnitKind::Township | UnitKind::County)
            && tx.feed(&unit.id)?.is_none()
        {
            tx.feed_insert(&unit.id)?;
        }
    }
    Ok(())
}

/// Every unit, person and township that a record names must be there.
fn check(directory: &Directory, records: &[DirectoryRecord], now: Timestamp) -> Result<(), ServiceError> {
    let unit = |id: &UnitId, what: &str| match directory.last_known_unit(id, now) {
        Some(_) => Ok(()),
        None => Err(ServiceError::BadRequest(format!(
            "{what} names the unknown unit {id}"
        ))),
    };
    for record in records {
        match record {
            DirectoryRecord::Unit(u) => {
                if let Some(parent) = &u.parent {
                    unit(parent, &format!("unit {}", u.id))?;
                } else if !matches!(u.kind, UnitKind::County | UnitKind::Township) {
                    let text = format!("unit {} hangs nowhere: name the unit above it", u.id);
                    return Err(ServiceError::BadRequest(text));
                }
            }
            DirectoryRecord::Post(post) => {
                unit(&post.unit, &format!("post {}", post.id))?;
                if directory.last_known_person(&post.person, now).is_none() {
                    let text = format!("post {} names the unknown person {}", post.id, post.person);
                    return Err(ServiceError::BadRequest(text));
                }
            }
            DirectoryRecord::Policy(policy) => unit(&policy.unit, "a policy")?,
            DirectoryRecord::KeyPlace(place) => unit(&place.grid, &format!("key place {}", place.id))?,
            DirectoryRecord::ExcludedArea(area) => unit(&area.unit, &format!("excluded area {}", area.id))?,
            DirectoryRecord::RoutingRule(rule) => unit(&rule.unit, &format!("rule {}", rule.id))?,
            _ => {}
        }
    }
    Ok(())
}
