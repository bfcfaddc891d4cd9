//! What happens to phones, people and the server on a walk: links, kills, clocks, restores, moves, revocations.

use std::sync::Arc;

use rand::RngExt;
use xunge_core::directory::{DirectoryRecord, Post, PostKind, Role};

use super::super::{Faults, account};
use super::Walk;
use crate::drive::{Drive, Fault};
use crate::township::{person_id, post_id, unit_id};

impl Walk {
    /// Some drive: a phone's, or, now and then, the server's.
    fn some_drive(&mut self) -> (String, Arc<Drive>) {
        if self.world.rng.random_bool(0.25) {
            return ("server".to_owned(), Arc::clone(&self.world.drive));
        }
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        (
            format!("phone {phone}"),
            Arc::clone(&self.world.phones[phone].drive),
        )
    }

    pub(super) fn cut_power(&mut self) -> Option<String> {
        let (whose, drive) = self.some_drive();
        let writes = self.world.rng.random_range(0..60);
        drive.cut_power_after(Some(writes));
        Some(format!("{whose}: after {writes} more writes"))
    }

    pub(super) fn break_drive(&mut self) -> Option<String> {
        let (whose, drive) = self.some_drive();
        let fault = self.draw(&[Fault::None, Fault::Full, Fault::ReadOnly])?;
        drive.set_fault(fault);
        Some(format!("{whose}: {fault:?}"))
    }

    /// What cannot be done on a drive that fails, and would tell nothing: enrolments, copies, the administrator's own acts.
    fn mend_drives(&self) {
        self.world.keep_power();
        self.world.drive.set_fault(Fault::None);
        for phone in &self.world.phones {
            phone.drive.set_fault(Fault::None);
        }
    }

    pub(super) fn change_link(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        let faults = self.draw(&[Faults::default(), self.plan.link, self.plan.link, Faults::OFFLINE])?;
        self.world.phones[phone].link.set(faults);
        Some(format!("phone {phone}: {faults:?}"))
    }

    pub(super) fn crash(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        self.world.phones[phone].crash();
        Some(format!("phone {phone}"))
    }

    pub(super) fn jump_clock(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        let hours = self.draw(&[-24 * 900, -30, -1, 0, 0, 2, 24 * 400])?;
        self.world.phones[phone].clock.set_error_ms(hours * 3_600_000);
        if self.world.rng.random_bool(0.3) {
            self.world.phones[phone].clock.restart();
        }
        Some(format!("phone {phone}: {hours} h"))
    }

    pub(super) fn pass_time(&mut self) -> Option<String> {
        let minutes = self.world.rng.random_range(5..300);
        self.world.pass_ms(minutes * 60_000);
        let passed = self.world.service().tick(self.world.time.now());
        Some(format!("{minutes} min, passed by: {passed:?}"))
    }

    fn enrol_again(&mut self, phone: usize, people: &[xunge_core::id::PersonId]) {
        // A backup from before an enrolment does not know the install: its work then goes by a rescue file, which is another test.
        self.server_copy = None;
        self.world.phones[phone].link.heal();
        for person in people {
            let code = self.world.code_for(person);
            self.world.phones[phone].enrol(&code);
        }
    }

    fn people_on(&self, phone: usize) -> Vec<xunge_core::id::PersonId> {
        self.world.phones[phone]
            .profiles
            .iter()
            .map(|p| p.person.clone())
            .collect()
    }

    pub(super) fn reinstall(&mut self) -> Option<String> {
        self.mend_drives();
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        let people = self.people_on(phone);
        self.world.phones[phone].wipe();
        self.world.journal.phone_wiped(phone);
        self.phone_copies.remove(&phone);
        self.enrol_again(phone, &people);
        Some(format!("phone {phone}"))
    }

    pub(super) fn restore_phone(&mut self) -> Option<String> {
        self.mend_drives();
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        if let Some(copy) = self.phone_copies.remove(&phone) {
            self.world.phones[phone].restore(&copy);
            self.world.journal.phone_restored(phone);
            return Some(format!("phone {phone} put back"));
        }
        let to = self
            .world
            .folder()
            .join(format!("copy-{phone}-{}", self.trace.len()));
        self.world.phones[phone].back_up(&to);
        self.world.journal.phone_backed_up(phone);
        self.phone_copies.insert(phone, to);
        Some(format!("phone {phone} copied"))
    }

    /// After a restore every phone that can comes back before anybody decides anew: that is what the township is told to do.
    pub(super) fn restore_server(&mut self) -> Option<String> {
        self.mend_drives();
        let Some(copy) = self.server_copy.take() else {
            self.server_copy = Some(self.world.back_up_server());
            return Some("backed up".into());
        };
        self.world.remember_outcomes().expect("outcomes do not flip");
        self.world.restore_server(&copy);
        for phone in 0..self.world.phones.len() {
            self.world.phones[phone].link.heal();
        }
        for _ in 0..2 {
            for phone in 0..self.world.phones.len() {
                self.world.sync_phone(phone);
            }
        }
        Some("put back".into())
    }

    /// One step of a rolling upgrade: a phone takes the new app and keeps it; nodes of the server are brought up one by one, and back
    /// where somebody lost heart.
    pub(super) fn upgrade(&mut self) -> Option<String> {
        let old: Vec<usize> = self
            .world
            .phones
            .iter()
            .filter(|p| p.link.is_before())
            .map(|p| p.index)
            .collect();
        if self.world.rng.random_bool(0.5)
            && let Some(phone) = self.draw(&old)
        {
            self.world.phones[phone].crash();
            self.world.phones[phone].link.set_before(false);
            return Some(format!("phone {phone}"));
        }
        if self.world.is_restored {
            return None;
        }
        let before = match self.world.front.nodes.before() {
            0 | 100 => 50,
            _ => self.draw(&[0, 0, 100])?,
        };
        self.world.front.nodes.set_before(before);
        self.world.restart_server();
        Some(format!("nodes of the release before: {before} of 100"))
    }

    pub(super) fn move_worker(&mut self) -> Option<String> {
        self.mend_drives();
        let (person, post) = self.draw(&[
            ("w01", "p-w01"),
            ("w02", "p-w02"),
            ("w07", "p-w07"),
            ("c01", "p-c01"),
        ])?;
        let grid = self.draw(&self.world.township.grids.clone())?;
        let now = self.world.time.now();
        let role = if person.starts_with('c') {
            Role::Chief
        } else {
            Role::Worker
        };
        let moved = Post {
            id: post_id(post),
            unit: grid.clone(),
            role,
            person: person_id(person),
            kind: PostKind::Appointment,
            held_from: now,
            held_to: None,
        };
        self.world.direct(&[(DirectoryRecord::Post(moved), now, None)]);
        Some(format!("{person} to {grid}"))
    }

    pub(super) fn move_grid(&mut self) -> Option<String> {
        self.mend_drives();
        let grid = self.draw(&self.world.township.grids.clone())?;
        let village = self.draw(&["QH-YF-A", "QH-YF-B"])?;
        let mut moved = self.world.township.unit(&grid)?.clone();
        moved.parent = Some(unit_id(village));
        let now = self.world.time.now();
        self.world.direct(&[(DirectoryRecord::Unit(moved), now, None)]);
        Some(format!("{grid} to {village}"))
    }

    pub(super) fn revoke(&mut self) -> Option<String> {
        self.mend_drives();
        let by = self.somebody()?;
        let person = self.world.phones[by.0].profiles[by.1].person.clone();
        let label = format!("phone-{}", by.0);
        let installs = self
            .world
            .service()
            .installs(Some(&person))
            .expect("they are listed");
        let install = installs
            .iter()
            .find(|i| i.device_label == label && i.revoked_at.is_none())?
            .install;
        self.world
            .service()
            .install_revoke(&account("admin"), install)
            .expect("it can be revoked");
        self.world.journal.revoked(by);
        self.server_copy = None;
        self.world.add_phone_for(&[person]);
        Some(format!("{by:?}"))
    }
}
