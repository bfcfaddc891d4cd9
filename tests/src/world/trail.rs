//! What must hold of patrols once everything has gone quiet.

use std::collections::BTreeMap;

use xunge_core::id::PatrolId;

use super::World;
use super::walk::is_on_patrol;

impl World {
    /// Everybody goes home: open patrols end.
    pub fn end_patrols(&self) {
        for device in self.devices() {
            if is_on_patrol(device) {
                device
                    .patrol_end()
                    .expect("a patrol ends on a drive that is whole");
            }
        }
    }

    /// No kept fix is missing on the phone that kept it, nothing of a track waits, and every phone tells of its grids what a supervisor
    /// with a fresh phone is told.
    pub(super) fn walks_are_whole(&self) -> Result<(), String> {
        for ((by, patrol), kept) in self.journal.fixes_kept() {
            let profile = &self.phones[by.0].profiles[by.1];
            let track = profile.device.own_track().map_err(|e| e.to_string())?;
            let mut held: BTreeMap<PatrolId, usize> = BTreeMap::new();
            for segment in track {
                *held.entry(segment.header.patrol).or_default() += segment.fixes.len();
            }
            let held = held.get(&patrol).copied().unwrap_or(0);
            if held < kept {
                return Err(format!(
                    "{by:?}: {kept} fixes of {patrol} were kept, {held} are there"
                ));
            }
        }
        let fresh = self.phones.last().expect("the supervisor's phone").device();
        let week = fresh.this_week().map_err(|e| e.to_string())?;
        for phone in &self.phones {
            for profile in &phone.profiles {
                let status = profile.device.status().map_err(|e| e.to_string())?;
                if status.is_revoked {
                    continue;
                }
                let who = format!("phone {} ({})", phone.index, profile.person);
                if status.unsent_track_count > 0 {
                    return Err(format!("{who} never sends its track: {status:?}"));
                }
                for grid in &self.township.grids {
                    let (Ok(here), Ok(there)) =
                        (profile.device.coverage(grid, week), fresh.coverage(grid, week))
                    else {
                        continue;
                    };
                    if here.coverage != there.coverage {
                        let shares = (here.share, there.share);
                        return Err(format!(
                            "{who}: coverage of {grid} differs from the server's: {shares:?}"
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}
