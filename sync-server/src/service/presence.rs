//! Who has a report open at a desk ("being handled by …"), so that two clerks never take one item. Kept in memory, and told
//! to the other nodes: it is about now, and gone with the session. It decides nothing: the workflow's own order decides.

use std::collections::BTreeMap;
use std::sync::Mutex;

use xunge_core::id::{PersonId, ReportId};
use xunge_core::time::Timestamp;

use super::{Caller, ReportRef, Service};
use crate::ServiceError;
use crate::ledger::hint::Hint;
use crate::ledger::locked;

/// How long somebody counts as present after the last sign of him, in ms. An open page gives one every half minute.
const PRESENT_MS: i64 = 120_000;

/// Who has what open.
#[derive(Default)]
pub(super) struct Presence {
    held: Mutex<BTreeMap<ReportId, (PersonId, Timestamp)>>,
}

impl Presence {
    /// Notes what another node has seen.
    pub(super) fn hear(&self, report: ReportId, person: PersonId, at: Timestamp) {
        locked(&self.held).insert(report, (person, at));
    }

    /// Notes that somebody has closed a report; says whether it was he who had it open.
    pub(super) fn let_go(&self, report: &ReportId, person: &PersonId) -> bool {
        let mut held = locked(&self.held);
        let is_his = held.get(report).is_some_and(|(holder, _)| holder == person);
        if is_his {
            held.remove(report);
        }
        is_his
    }
}

impl Service {
    /// Says that the caller has a report open. Returns who else has it; then nothing changes, unless the caller takes it over.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a report that is not there or not the caller's to see.
    pub fn attend(
        &self,
        caller: &Caller,
        report: &ReportRef,
        takes_over: bool,
    ) -> Result<Option<PersonId>, ServiceError> {
        let (_, id) = self.find(caller, report)?;
        let Some(person) = caller.person() else {
            return Ok(None);
        };
        let now = self.now();
        let mut held = locked(&self.presence.held);
        held.retain(|_, (_, at)| now.ms_since(*at) < PRESENT_MS);
        match held.get(&id) {
            Some((other, _)) if other != person && !takes_over => Ok(Some(other.clone())),
            _ => {
                held.insert(id, (person.clone(), now));
                drop(held);
                self.ledger.tell(&Hint::Opened {
                    report: id,
                    person: person.clone(),
                    at: now,
                });
                Ok(None)
            }
        }
    }

    /// Says that the caller has closed a report.
    pub fn leave(&self, caller: &Caller, report: &ReportId) {
        let Some(person) = caller.person() else { return };
        if self.presence.let_go(report, person) {
            self.ledger.tell(&Hint::Closed {
                report: *report,
                person: person.clone(),
            });
        }
    }

    /// Who has any of these reports open now. The caller may see them: they stand on his page.
    pub fn present(&self, reports: &[ReportId]) -> BTreeMap<ReportId, PersonId> {
        let now = self.now();
        let held = locked(&self.presence.held);
        let of = |report: &ReportId| {
            let (person, at) = held.get(report)?;
            (now.ms_since(*at) < PRESENT_MS).then(|| (*report, person.clone()))
        };
        reports.iter().filter_map(of).collect()
    }
}
