//! What administrators may keep: the directory below the units of their posts, and people, accounts and phones there.

use std::collections::BTreeSet;

use xunge_core::directory::{Directory, DirectoryRecord, Role, UnitKind};
use xunge_core::id::{InstallId, PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::{Account, Caller, DirectoryApplied, DirectoryChange, EnrolmentTicket, Service};
use crate::ServiceError;

/// An administrator, with the units that he answers for.
struct Keeper<'a> {
    directory: &'a Directory,
    units: BTreeSet<UnitId>,
    now: Timestamp,
}

const NOT_YOURS: ServiceError =
    ServiceError::Forbidden("it belongs to no unit that the administrator answers for");

impl Keeper<'_> {
    fn has_unit(&self, unit: &UnitId) -> bool {
        let is_own = |own: &UnitId| own == unit || self.directory.is_within(unit, own, self.now);
        self.units.iter().any(is_own)
    }

    /// Whether what concerns everybody on this server is his: at the county, or where his township is the only one.
    fn has_all(&self) -> bool {
        let townships: Vec<&UnitId> = self
            .directory
            .units(self.now)
            .filter(|unit| unit.kind == UnitKind::Township)
            .map(|unit| &unit.id)
            .collect();
        townships.into_iter().all(|unit| self.has_unit(unit))
    }

    /// Somebody new, or somebody all of whose posts lie below.
    fn has_person(&self, person: &PersonId) -> bool {
        let posts = self.directory.posts_of(person, self.now);
        posts.iter().all(|post| self.has_unit(&post.unit))
    }

    fn may_write(&self, record: &DirectoryRecord) -> bool {
        match record {
            DirectoryRecord::Unit(unit) => {
                let above = unit.parent.as_ref().is_some_and(|parent| self.has_unit(parent));
                // His own township may be renamed, and no unit may be taken from elsewhere.
                let is_new = self.directory.last_known_unit(&unit.id, self.now).is_none();
                self.units.contains(&unit.id) || (above && (is_new || self.has_unit(&unit.id)))
            }
            DirectoryRecord::Person(person) => self.has_person(&person.id),
            DirectoryRecord::Post(post) => {
                let held = self.directory.post(&post.id, self.now);
                let is_own = held.is_none_or(|held| self.has_unit(&held.unit));
                // Nobody makes himself administrator of more than he answers for: the unit is below his own.
                is_own && self.has_unit(&post.unit)
            }
            DirectoryRecord::Policy(policy) => self.has_unit(&policy.unit),
            DirectoryRecord::KeyPlace(place) => self.has_unit(&place.grid),
            DirectoryRecord::ExcludedArea(area) => self.has_unit(&area.unit),
            DirectoryRecord::RoutingRule(rule) => self.has_unit(&rule.unit),
            _ => self.has_all(),
        }
    }
}

impl Service {
    fn with_keeper<T>(
        &self,
        caller: &Caller,
        job: impl FnOnce(&Keeper<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let now = self.now();
        let directory = self.directory()?;
        let Caller::Account { person, .. } = caller else {
            return Err(ServiceError::Forbidden("administrators keep the directory"));
        };
        let posts = directory.posts_of(person, now);
        let own = posts.iter().filter(|post| post.role == Role::Administrator);
        let units: BTreeSet<UnitId> = own.map(|post| post.unit.clone()).collect();
        if units.is_empty() {
            return Err(ServiceError::Forbidden("administrators keep the directory"));
        }
        job(&Keeper {
            directory: &directory,
            units,
            now,
        })
    }

    /// Whether a person is somebody whom this administrator looks after.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is no administrator, [`ServiceError::NotFound`] for a person who is not his.
    pub fn keep_check_person(&self, caller: &Caller, person: &PersonId) -> Result<(), ServiceError> {
        self.with_keeper(caller, |keeper| {
            let is_known = keeper.directory.last_known_person(person, keeper.now).is_some();
            match is_known && keeper.has_person(person) {
                true => Ok(()),
                false => Err(ServiceError::NotFound("person")),
            }
        })
    }

    /// Whether the administrator keeps this unit.
    ///
    /// # Errors
    /// As [`Service::keep_check_person`].
    pub fn keep_check_unit(&self, caller: &Caller, unit: &UnitId) -> Result<(), ServiceError> {
        self.with_keeper(caller, |keeper| match keeper.has_unit(unit) {
            true => Ok(()),
            false => Err(ServiceError::NotFound("unit")),
        })
    }

    /// Writes records, all of which must be the administrator's to write.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] where one is not, or the caller is no administrator; else as [`Service::directory_apply`].
    pub fn keep_directory(
        &self,
        caller: &Caller,
        changes: &[DirectoryChange],
    ) -> Result<DirectoryApplied, ServiceError> {
        self.keep_may_write(caller, changes)?;
        self.directory_apply(caller, changes)
    }

    /// As [`Service::keep_directory`], without writing.
    ///
    /// # Errors
    /// As there.
    pub fn keep_may_write(&self, caller: &Caller, changes: &[DirectoryChange]) -> Result<(), ServiceError> {
        self.with_keeper(caller, |keeper| {
            // Units of the same file may hang under one another.
            let mut coming: BTreeSet<&UnitId> = BTreeSet::new();
            for change in changes {
                let is_below_new = match &change.record {
                    DirectoryRecord::Unit(unit) => unit.parent.as_ref().is_some_and(|p| coming.contains(p)),
                    DirectoryRecord::Post(post) => coming.contains(&post.unit),
                    DirectoryRecord::KeyPlace(place) => coming.contains(&place.grid),
                    _ => false,
                };
                if !is_below_new && !keeper.may_write(&change.record) {
                    return Err(NOT_YOURS);
                }
                if let DirectoryRecord::Unit(unit) = &change.record
                    && keeper.directory.last_known_unit(&unit.id, keeper.now).is_none()
                {
                    coming.insert(&unit.id);
                }
            }
            Ok(())
        })
    }

    /// Writes an account of somebody whom the administrator looks after.
    ///
    /// # Errors
    /// As [`Service::keep_check_person`] and [`Service::account_put`].
    pub fn keep_account(&self, caller: &Caller, account: &Account) -> Result<(), ServiceError> {
        self.keep_check_person(caller, &account.person)?;
        if let Some(held) = self.account(&account.name)? {
            self.keep_check_person(caller, &held.person)?;
        }
        self.account_put(caller, account)
    }

    /// A code that enrols a phone of somebody whom the administrator looks after.
    ///
    /// # Errors
    /// As [`Service::keep_check_person`] and [`Service::enrolment_create`].
    pub fn keep_enrolment(
        &self,
        caller: &Caller,
        person: &PersonId,
    ) -> Result<EnrolmentTicket, ServiceError> {
        self.keep_check_person(caller, person)?;
        self.enrolment_create(caller, person, None)
    }

    /// Revokes a phone of somebody whom the administrator looks after.
    ///
    /// # Errors
    /// As [`Service::keep_check_person`]; [`ServiceError::NotFound`] for an unknown install.
    pub fn keep_revoke(&self, caller: &Caller, install: InstallId) -> Result<(), ServiceError> {
        let known = self
            .installs(None)?
            .into_iter()
            .find(|known| known.install == install);
        let known = known.ok_or(ServiceError::NotFound("install"))?;
        self.keep_check_person(caller, &known.person)?;
        self.install_revoke(caller, install)
    }
}
