//! A township small enough to be lived through hundreds of times: two villages, five grids, a handful of people and kinds.

use std::collections::BTreeSet;

use xunge_core::directory::DirectoryRecord;
use xunge_core::id::UnitId;

use super::Township;

/// The kinds that are kept: a plain one, a record-only one, an urgent one, one with a required field.
const KINDS: [&str; 4] = [
    "enforcement.banner",
    "service.visit",
    "service.manhole",
    "dispute.neighbour",
];
/// The grids that are kept; the last has no polygon.
const GRIDS: [&str; 5] = ["QH-YF-A1", "QH-YF-A2", "QH-YF-B1", "QH-YF-B2", "QH-YF-D7"];
/// The people who are kept: workers and chiefs of these grids, a village head, the desks, one department.
const PEOPLE: [&str; 18] = [
    "w01",
    "w02",
    "w07",
    "w08",
    "w24",
    "w25",
    "w26",
    "c01",
    "c02",
    "c07",
    "c08",
    "c24",
    "va",
    "clerk",
    "dispatcher",
    "supervisor",
    "admin",
    "dept-zf",
];

impl Township {
    /// The small township.
    pub fn small() -> Self {
        let mut township = Self::new();
        let people: BTreeSet<&str> = PEOPLE.into_iter().collect();
        township.records.retain(|record| match record {
            DirectoryRecord::Unit(u) if u.kind.is_grid() => GRIDS.contains(&u.id.as_str()),
            DirectoryRecord::Unit(_) | DirectoryRecord::Policy(_) => true,
            DirectoryRecord::Person(p) => people.contains(p.id.as_str()),
            DirectoryRecord::Post(p) => {
                people.contains(p.person.as_str())
                    && (!p.unit.as_str().starts_with("QH-YF-D") || p.unit.as_str() == GRIDS[4])
            }
            DirectoryRecord::Category(c) => KINDS
                .iter()
                .any(|k| k.split('.').next() == Some(c.id.as_str()) || *k == c.id.as_str()),
            DirectoryRecord::CalendarDay(_)
            | DirectoryRecord::PlaceName(_)
            | DirectoryRecord::KeyPlace(_)
            | DirectoryRecord::ExcludedArea(_)
            | DirectoryRecord::RoutingRule(_) => false,
        });
        for phone in &mut township.phones {
            phone.profiles.retain(|p| people.contains(p.as_str()));
        }
        township
            .phones
            .retain(|phone| !phone.profiles.is_empty() && phone.label != "worker-26");
        // Two workers of one grid share a phone.
        let shared = township
            .phones
            .iter_mut()
            .find(|phone| phone.label == "worker-02");
        shared
            .expect("the phone was kept")
            .profiles
            .push(super::person_id("w26"));
        township
            .accounts
            .retain(|account| people.contains(account.person.as_str()));
        township.grids = GRIDS
            .iter()
            .map(|g| UnitId::new(*g).expect("they are codes"))
            .collect();
        township
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_post_of_the_small_township_stands_at_a_unit_that_is_there() {
        let township = Township::small();
        for record in &township.records {
            if let DirectoryRecord::Post(post) = record {
                assert!(township.unit(&post.unit).is_some(), "{post:?}");
            }
        }
        assert!(township.phones.len() >= 6, "{}", township.phones.len());
        let desks: Vec<_> = township.accounts.iter().map(|account| &account.unit).collect();
        assert!(desks.len() >= 5, "{desks:?}");
        assert!(
            desks.iter().all(|unit| township.unit(unit).is_some()),
            "{desks:?}"
        );
    }
}
