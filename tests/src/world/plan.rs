//! How often what goes wrong goes wrong: one plan a seed, so that seeds differ in kind and not only in luck.

use rand::rngs::StdRng;
use rand::{Rng, RngExt};

use super::{Faults, Step};

/// The chance, per step of a walk, of each trouble; what is left of 1 is people's work.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Troubles {
    /// What a bad link does to each request.
    pub link: Faults,
    /// A link gets better or worse.
    pub change_link: f64,
    /// A phone's process is killed.
    pub crash: f64,
    /// Some power will go at one of the next writes.
    pub cut_power: f64,
    /// Some drive gets full or read-only, or is mended.
    pub break_drive: f64,
    /// A phone's clock jumps.
    pub jump_clock: f64,
    /// The app is removed and installed again.
    pub reinstall: f64,
    /// A phone is copied, or put back from its copy.
    pub restore_phone: f64,
    /// The server is backed up, or put back.
    pub restore_server: f64,
    /// The server stops and starts.
    pub restart_server: f64,
    /// A worker or chief moves to another grid.
    pub move_worker: f64,
    /// A grid moves to another village, and back.
    pub move_grid: f64,
    /// A phone is revoked.
    pub revoke: f64,
    /// A phone of the release before takes the update, or a node of the server is brought up or back.
    pub upgrade: f64,
    /// How many of the phones, 0..=1, are of the release before when the walk begins.
    pub phones_before: f64,
    /// How many of a hundred requests meet a node of the release before when the walk begins.
    pub nodes_before: u8,
}

impl Troubles {
    /// What a bad week brings.
    pub const USUAL: Self = Self {
        link: Faults::BAD,
        change_link: 0.05,
        crash: 0.03,
        cut_power: 0.05,
        break_drive: 0.02,
        jump_clock: 0.02,
        reinstall: 0.007,
        restore_phone: 0.02,
        restore_server: 0.015,
        restart_server: 0.01,
        move_worker: 0.02,
        move_grid: 0.01,
        revoke: 0.007,
        upgrade: 0.02,
        phones_before: 0.5,
        nodes_before: 50,
    };

    /// A plan of its own: some troubles stay away, some come in heaps.
    pub fn draw(rng: &mut dyn Rng) -> Self {
        let mut plan = Self::USUAL;
        for chance in plan.chances() {
            *chance *= [0.0, 1.0, 1.0, 2.5][rng.random_range(0..4)];
        }
        let link = &mut plan.link;
        for chance in [
            &mut link.offline,
            &mut link.lost_request,
            &mut link.lost_answer,
            &mut link.duplicate,
            &mut link.late_copy,
            &mut link.portal,
        ] {
            *chance *= [0.0, 1.0, 1.0, 2.0][rng.random_range(0..4)];
        }
        plan.phones_before = [0.0, 0.0, 0.5, 1.0][rng.random_range(0..4)];
        plan.nodes_before = [0, 0, 50, 100][rng.random_range(0..4)];
        plan
    }

    fn chances(&mut self) -> [&mut f64; 13] {
        [
            &mut self.change_link,
            &mut self.crash,
            &mut self.cut_power,
            &mut self.break_drive,
            &mut self.jump_clock,
            &mut self.reinstall,
            &mut self.restore_phone,
            &mut self.restore_server,
            &mut self.restart_server,
            &mut self.move_worker,
            &mut self.move_grid,
            &mut self.revoke,
            &mut self.upgrade,
        ]
    }

    /// Every trouble with its chance.
    fn steps(&self) -> [(Step, f64); 13] {
        [
            (Step::ChangeLink, self.change_link),
            (Step::Crash, self.crash),
            (Step::CutPower, self.cut_power),
            (Step::BreakDrive, self.break_drive),
            (Step::JumpClock, self.jump_clock),
            (Step::Reinstall, self.reinstall),
            (Step::RestorePhone, self.restore_phone),
            (Step::RestoreServer, self.restore_server),
            (Step::RestartServer, self.restart_server),
            (Step::MoveWorker, self.move_worker),
            (Step::MoveGrid, self.move_grid),
            (Step::Revoke, self.revoke),
            (Step::Upgrade, self.upgrade),
        ]
    }

    /// The next step of a walk.
    pub(super) fn next(&self, rng: &mut StdRng) -> Step {
        let mut left: f64 = rng.random_range(0.0..1.0);
        for (step, chance) in self.steps() {
            left -= chance;
            if left < 0.0 {
                return step;
            }
        }
        let sum: u32 = WORK.iter().map(|(_, parts)| parts).sum();
        let mut left = rng.random_range(0..sum);
        for (step, parts) in WORK {
            if left < parts {
                return step;
            }
            left -= parts;
        }
        Step::Sync
    }
}

/// What people do between the troubles, in parts of the sum.
const WORK: [(Step, u32); 9] = [
    (Step::Capture, 14),
    (Step::LeaveDraft, 2),
    (Step::Rewrite, 10),
    (Step::AddNote, 8),
    (Step::Decide, 18),
    (Step::ActAtDesk, 14),
    (Step::Patrol, 7),
    (Step::PassTime, 5),
    (Step::Sync, 26),
];

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn plans_differ_and_leave_most_steps_to_work() {
        let mut rng = StdRng::seed_from_u64(7);
        let plans: Vec<_> = (0..200).map(|_| Troubles::draw(&mut rng)).collect();
        let sums: Vec<f64> = plans
            .iter()
            .map(|p| p.steps().iter().map(|(_, c)| c).sum())
            .collect();
        assert!(sums.iter().all(|sum| *sum < 0.66), "{sums:?}");
        assert!(plans.iter().any(|p| p.cut_power == 0.0) && plans.iter().any(|p| p.cut_power > 0.1));
    }
}
