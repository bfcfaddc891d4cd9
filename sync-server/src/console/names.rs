//! What things are called: units, people, categories, by the directory as it stands, or as it last stood. Codes stand in for what the
//! directory never had.

use std::sync::Arc;

use xunge_core::command::{Holder, HolderPart};
use xunge_core::directory::{Directory, Role};
use xunge_core::id::{CategoryId, PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::lang::Lang;
use super::words;
use crate::cli::words::part_words;

/// Names in one language at one instant.
pub(crate) struct Names {
    pub(crate) directory: Arc<Directory>,
    pub(crate) lang: Lang,
    pub(crate) now: Timestamp,
}

/// Somebody who can be called.
pub(crate) struct Contact {
    /// The name.
    pub(crate) name: String,
    /// What the person is there.
    pub(crate) role: String,
    /// The number, where the directory has one.
    pub(crate) telephone: Option<String>,
}

impl Names {
    /// A unit's name.
    pub(crate) fn unit(&self, id: &UnitId) -> String {
        let unit = self.directory.last_known_unit(id, self.now);
        unit.map_or_else(|| id.to_string(), |unit| unit.name.clone())
    }

    /// A person's name.
    pub(crate) fn person(&self, id: &PersonId) -> String {
        let person = self.directory.last_known_person(id, self.now);
        person.map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    /// A person's telephone.
    pub(crate) fn telephone(&self, id: &PersonId) -> Option<String> {
        self.directory.last_known_person(id, self.now)?.telephone.clone()
    }

    /// A category's name.
    pub(crate) fn category(&self, id: &CategoryId) -> String {
        let known = self.directory.category_current(id, self.now);
        let known = known.or_else(|| self.directory.category_newest(id));
        known.map_or_else(|| id.to_string(), |category| category.name.clone())
    }

    /// Who holds a report, in a few words.
    pub(crate) fn holder(&self, holder: &Holder) -> String {
        let part = self.lang.pick(part_words(holder.part));
        match holder.part {
            HolderPart::Nobody => part.to_owned(),
            HolderPart::Department => self.unit(&holder.unit),
            _ => format!("{} · {part}", self.unit(&holder.unit)),
        }
    }

    /// A unit's own number.
    pub(crate) fn unit_telephone(&self, unit: &UnitId) -> Option<String> {
        self.directory.last_known_unit(unit, self.now)?.telephone.clone()
    }

    /// The chiefs of a unit, to be called.
    pub(crate) fn chiefs(&self, unit: &UnitId) -> Vec<Contact> {
        let posts = self.directory.chiefs_of(unit, self.now);
        let contact = |post: &&xunge_core::directory::Post| Contact {
            name: self.person(&post.person),
            role: words::role(self.lang, post.role).to_owned(),
            telephone: self.telephone(&post.person),
        };
        posts.iter().map(contact).collect()
    }

    /// The people to call about a report: those who can act for its holder.
    pub(crate) fn contacts(&self, holder: &Holder, reporter: &PersonId) -> Vec<Contact> {
        let posts = match holder.part {
            HolderPart::Chief => self.directory.chiefs_of(&holder.unit, self.now),
            HolderPart::Room => self.directory.room_of(&holder.unit, self.now),
            HolderPart::Department => self
                .directory
                .holders(&holder.unit, Role::DepartmentMember, self.now),
            HolderPart::Reporter => {
                return vec![Contact {
                    name: self.person(reporter),
                    role: self.lang.pick(part_words(HolderPart::Reporter)).to_owned(),
                    telephone: self.telephone(reporter),
                }];
            }
            HolderPart::Nobody => Vec::new(),
        };
        let contact = |post: &&xunge_core::directory::Post| Contact {
            name: self.person(&post.person),
            role: words::role(self.lang, post.role).to_owned(),
            telephone: self.telephone(&post.person),
        };
        posts.iter().map(contact).collect()
    }
}
