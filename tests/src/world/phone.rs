//! A phone in a test: it may be killed, wiped, copied and put back.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xunge_core::app::{Device, Entropy, Phone, PhoneConfig, ProfileId, SyncReport};
use xunge_core::error::Error;
use xunge_core::id::PersonId;
use xunge_core::sync::transport::{CancelToken, Transport};

use super::{Link, PhoneClock, SharedTime};
use crate::drive::{Drive, Fault};

/// One person's profile on a phone.
#[derive(Clone)]
pub struct Profile {
    /// Its name on the phone.
    pub id: ProfileId,
    /// Whose it is.
    pub person: PersonId,
    /// The device.
    pub device: Arc<Device>,
}

/// A phone.
pub struct WorldPhone {
    /// Its number in the world.
    pub index: usize,
    /// Its profiles, in the order of enrolment.
    pub profiles: Vec<Profile>,
    /// Its clock.
    pub clock: Arc<PhoneClock>,
    /// Its link.
    pub link: Arc<Link>,
    /// What its databases lie on.
    pub drive: Arc<Drive>,
    folder: PathBuf,
    phone: Option<Phone>,
    seed: u64,
    starts: u64,
}

impl WorldPhone {
    pub(super) fn new(index: usize, folder: PathBuf, time: SharedTime, link: Arc<Link>, seed: u64) -> Self {
        let mut phone = Self {
            index,
            profiles: Vec::new(),
            clock: Arc::new(PhoneClock::new(time, seed >> 2)),
            link,
            drive: Drive::mount(&folder, seed >> 3),
            folder,
            phone: None,
            seed,
            starts: 0,
        };
        phone.start();
        phone
    }

    fn config(&self) -> PhoneConfig {
        let mut config = PhoneConfig::new(Arc::clone(&self.clock) as _, "test");
        config.entropy = Entropy::Seed(self.seed.wrapping_add(self.starts));
        config.device_label = format!("phone-{}", self.index);
        config.identity_folder = Some(self.folder.join("beside"));
        config
    }

    /// Where the databases are.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The process is killed: whatever was not on the disk is gone.
    pub fn kill(&mut self) {
        self.profiles.clear();
        self.phone = None;
    }

    /// The process starts. Panics where the phone does not open on a drive that is whole.
    pub fn start(&mut self) {
        self.try_start().expect("the phone opens");
    }

    fn try_start(&mut self) -> Result<(), Error> {
        self.starts += 1;
        fs::create_dir_all(self.data_folder()).expect("the folder can be made");
        let phone = Phone::open(self.data_folder(), self.config())?;
        self.profiles = phone
            .profiles()?
            .into_iter()
            .map(|info| {
                Ok(Profile {
                    device: phone.device(&info.id, None)?,
                    id: info.id,
                    person: info.person,
                })
            })
            .collect::<Result<_, Error>>()?;
        self.phone = Some(phone);
        Ok(())
    }

    /// Killed and started. Where the drive stands in the way, its power comes back, or its owner makes room.
    pub fn crash(&mut self) {
        self.kill();
        while self.try_start().is_err() {
            self.kill();
            if self.drive.has_power() {
                assert_ne!(
                    self.drive.fault(),
                    Fault::None,
                    "the phone opens on a drive that is whole"
                );
                self.drive.set_fault(Fault::None);
            } else {
                self.drive.restore_power();
            }
        }
    }

    /// The battery died; it is charged, and the phone switched on again.
    pub fn switch_on_again(&mut self) {
        self.kill();
        self.drive.restore_power();
        self.clock.restart();
        self.crash();
    }

    /// Nothing is wrong with the drive any more.
    pub fn mend_drive(&self) {
        self.drive.set_fault(Fault::None);
        self.drive.cut_power_after(None);
    }

    /// Enrols with a code; tries again where the link fails. Panics where the server refuses.
    pub fn enrol(&mut self, code: &str) {
        let phone = self.phone.as_ref().expect("the phone runs");
        let id = phone
            .enrol(code, self.link.as_ref())
            .expect("the enrolment goes through");
        let info = phone.profiles().expect("the profiles are readable");
        let info = info
            .into_iter()
            .find(|p| p.id == id)
            .expect("the new profile is listed");
        self.profiles.push(Profile {
            device: phone.device(&id, None).expect("the profile opens"),
            id,
            person: info.person,
        });
    }

    /// The app is removed and installed again: everything on the phone is gone.
    pub fn wipe(&mut self) {
        self.kill();
        self.drive.sync_all();
        fs::remove_dir_all(&self.folder).expect("the folder can be removed");
        self.start();
    }

    /// Copies the databases as a phone's backup does; the folder beside them stays out of it.
    pub fn back_up(&mut self, to: &Path) {
        self.kill();
        self.drive.sync_all();
        copy(&self.data_folder(), to);
        self.start();
    }

    /// Puts a backup back.
    pub fn restore(&mut self, from: &Path) {
        self.kill();
        self.drive.sync_all();
        fs::remove_dir_all(self.data_folder()).expect("the folder can be removed");
        copy(from, &self.data_folder());
        self.start();
    }

    /// The device of a person on this phone.
    pub fn device_of(&self, person: &str) -> &Arc<Device> {
        let profile = self.profiles.iter().find(|p| p.person.as_str() == person);
        &profile
            .unwrap_or_else(|| panic!("{person} has no profile here"))
            .device
    }

    /// The device of the only person.
    pub fn device(&self) -> &Arc<Device> {
        &self.profiles.first().expect("the phone has a profile").device
    }

    /// Syncs one profile over this phone's link.
    pub fn sync_profile(&self, profile: usize) -> SyncReport {
        self.profiles[profile]
            .device
            .sync(self.link.as_ref(), &CancelToken::new())
    }

    /// Syncs every profile as the phone does by itself, whoever is signed in; whether all got through.
    pub fn sync_every_profile(&self, cancel: &CancelToken) -> bool {
        let phone = self.phone.as_ref().expect("the phone runs");
        let link = Arc::clone(&self.link);
        let reports = phone.sync_all(None, &|_| Arc::clone(&link) as Arc<dyn Transport>, cancel);
        let reports = reports.expect("the profiles are readable");
        let is_through = |report: &SyncReport| report.is_complete();
        reports
            .iter()
            .all(|sync| sync.report.as_ref().is_ok_and(is_through))
    }

    /// Syncs every profile; panics where one does not go through.
    pub fn sync(&self) {
        for profile in 0..self.profiles.len() {
            let report = self.sync_profile(profile);
            assert!(
                report.is_complete(),
                "phone {} did not get through: {report:?}",
                self.index
            );
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
