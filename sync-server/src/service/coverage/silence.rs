//! Phones that were not heard from: the one place beside a report where coverage leads to a person, so that somebody can call.
//!
//! A silent phone is never turned into cells, and each look at the list is written into the township's audit chain.

use chrono::NaiveDate;
use serde::Serialize;
use xunge_core::coverage::CoveragePeriod;
use xunge_core::directory::{Directory, Role};
use xunge_core::id::{PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::{Area, CoverageQuery};
use crate::ServiceError;
use crate::ledger::audit;
use crate::ledger::ground::day_end;
use crate::service::{Caller, InstallInfo, Service};

/// A worker's phone that was not heard from on some days of the period, or since.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SilentPhone {
    /// The grid.
    pub grid: UnitId,
    /// Whose phone it is.
    pub person: PersonId,
    /// The name, to call.
    pub name: String,
    /// The telephone, to call.
    pub telephone: Option<String>,
    /// What the phone calls itself.
    pub device_label: String,
    /// When it was last heard from.
    pub last_heard_at: Option<Timestamp>,
    /// The days of the period of which nothing can have come since: what was walked then may still be on the phone.
    pub silent_days: Vec<NaiveDate>,
}

/// The phones that were not heard from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SilenceAnswer {
    /// The township.
    pub feed: UnitId,
    /// The period.
    pub period: CoveragePeriod,
    /// The phones by grid and person, the longest silent first.
    pub phones: Vec<SilentPhone>,
}

impl Service {
    /// Phones of workers that were not heard from, per grid and day. Written into the audit chain.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for installs and for people without a post that answers for grids; else as [`Service::coverage`].
    pub fn coverage_silence(
        &self,
        caller: &Caller,
        query: &CoverageQuery,
    ) -> Result<SilenceAnswer, ServiceError> {
        if matches!(caller, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("installs do not ask for other phones"));
        }
        let (installs, feeds, now) = (self.installs(None)?, self.feeds_of(caller)?, self.now());
        let (answer, feed, grids) = self.ledger.read(|tx| {
            let area = self.area(tx, caller, &feeds, query)?;
            if let Caller::Account { person, .. } = caller
                && !answers_for_grids(&area.directory, person, now)
            {
                return Err(ServiceError::Forbidden("no post of the caller answers for grids"));
            }
            let mut phones = Vec::new();
            for grid in &area.grids {
                phones.extend(silent_phones(&area, grid, &installs, now));
            }
            let order = |phone: &SilentPhone| (phone.grid.clone(), phone.person.clone(), phone.last_heard_at);
            phones.sort_by_key(order);
            let answer = SilenceAnswer {
                feed: area.feed.unit.clone(),
                period: area.period,
                phones,
            };
            Ok((answer, area.feed.no, area.grids.len()))
        })?;
        let detail = format!(
            "{} over {grids} grids, {} phones",
            answer.period,
            answer.phones.len()
        );
        self.ledger.write(Some(feed), |tx| {
            let by = caller.audit_name();
            Ok(audit::note(tx, feed, now, &by, "silence_read", &detail)?)
        })?;
        Ok(answer)
    }
}

fn answers_for_grids(directory: &Directory, person: &PersonId, now: Timestamp) -> bool {
    let answers =
        |role: Role| role.is_room() || matches!(role, Role::Chief | Role::Supervisor | Role::Administrator);
    directory
        .posts_of(person, now)
        .iter()
        .any(|post| answers(post.role))
}

/// The phones of a grid's workers that were silent on some day of the period.
fn silent_phones(area: &Area, grid: &UnitId, installs: &[InstallInfo], now: Timestamp) -> Vec<SilentPhone> {
    let mut phones = Vec::new();
    for post in area.directory.holders(grid, Role::Worker, area.at) {
        let is_own = |i: &&InstallInfo| i.person == post.person && i.revoked_at.is_none();
        for install in installs.iter().filter(is_own) {
            let silent_days = silent_days(area, install, now);
            if silent_days.is_empty() {
                continue;
            }
            let person = area.directory.last_known_person(&post.person, now);
            phones.push(SilentPhone {
                grid: grid.clone(),
                person: post.person.clone(),
                name: person.map_or_else(String::new, |p| p.name.clone()),
                telephone: person.and_then(|p| p.telephone.clone()),
                device_label: install.device_label.clone(),
                last_heard_at: install.last_sync_at,
                silent_days,
            });
        }
    }
    phones
}

/// Of a day that is over everything must have come after it; of today it is enough to have been heard today.
fn silent_days(area: &Area, install: &InstallInfo, now: Timestamp) -> Vec<NaiveDate> {
    let today = now.day_in(area.zone);
    let heard_on = install.last_sync_at.map(|at| at.day_in(area.zone));
    let is_heard = |day: NaiveDate| match heard_on {
        Some(on) if day >= today => on >= day,
        Some(on) => on > day,
        None => false,
    };
    let was_there = |day: NaiveDate| install.enrolled_at <= day_end(day, area.zone);
    let days = area.from.iter_days().take_while(|day| *day <= area.to);
    days.filter(|day| was_there(*day) && !is_heard(*day)).collect()
}
