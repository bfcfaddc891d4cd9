//! Patrols, coverage and key places in the terminal.

use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use xunge_core::app::PatrolStep;
use xunge_core::id::UnitId;
use xunge_core::patrol::{Notice, PatrolState, PlatformFacts, RawFix};
use xunge_core::place::{MicroPosition, PlaceClaim, Position, Provider};
use xunge_core::time::{Clock, ClockReading, DeviceTime, Timestamp};

use super::args::{CheckUpArgs, CoverageArgs, PatrolCommand, ReplayArgs, StartArgs};
use super::fill;
use super::print::patrol as print;
use super::run::{Failure, Session};
use crate::track_file::{self, FileFix};

/// Names the run of a phone that lives in the time of a file. The same after every kill, as it is with a real phone.
const REPLAY_BOOT: u64 = 0x7265_706c_6179;

/// The side of a coverage picture in pixels.
const SIDE_PX: u32 = 1_024;

/// A clock that stands where the file stands.
pub(super) struct ReplayClock(Mutex<Timestamp>);

impl ReplayClock {
    pub(super) fn at(at: Timestamp) -> Self {
        Self(Mutex::new(at))
    }

    fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }
}

impl Clock for ReplayClock {
    fn read(&self) -> ClockReading {
        let at = *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ClockReading {
            wall_at: at,
            monotonic_ms: at.as_millis(),
            boot: REPLAY_BOOT,
        }
    }
}

/// Reads the track of a file.
pub(super) fn track(file: &Path) -> Result<Vec<FileFix>, Failure> {
    let path = || file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|source| Failure::File { path: path(), source })?;
    track_file::read(&text).map_err(|source| Failure::Track { path: path(), source })
}

impl Session {
    pub(super) fn patrol(&self, command: PatrolCommand) -> Result<(), Failure> {
        let step = match command {
            PatrolCommand::Start(start) => self.start(&start)?,
            PatrolCommand::Pause => self.device.patrol_pause()?,
            PatrolCommand::Resume => self.device.patrol_resume()?,
            PatrolCommand::End => self.device.patrol_end()?,
            PatrolCommand::HandOver { person } => self.device.patrol_hand_over(&person)?,
            PatrolCommand::Serve { grids } => {
                let grids = grids.iter().map(|grid| fill::unit_named(self, grid));
                let grids: Vec<UnitId> = grids.collect::<Result<_, _>>()?;
                self.device.patrol_serve(&grids)?
            }
            PatrolCommand::Until { at } => self.device.patrol_shift_ends(at)?,
            PatrolCommand::SelfTest => {
                // What a terminal can see of its system is nothing; what the patrol itself knows is put in by the device.
                let facts = PlatformFacts::default();
                print::findings(&self.device.self_test(&facts)?, self.words);
                return Ok(());
            }
            PatrolCommand::Status => {
                let view = self.device.patrol()?;
                print::status(view.as_ref(), self.words);
                return Ok(());
            }
            // Done before the phone is opened for anything else: it lives in the file's time.
            PatrolCommand::Replay(_) => return Ok(()),
        };
        self.stepped(&step);
        Ok(())
    }

    fn start(&self, start: &StartArgs) -> Result<PatrolStep, Failure> {
        let grids = start.grid.iter().map(|grid| fill::unit_named(self, grid));
        let grids: Vec<UnitId> = grids.collect::<Result<_, _>>()?;
        let order = start.order.clone();
        Ok(self
            .device
            .patrol_start(start.kind.into(), &grids, order, start.until)?)
    }

    /// A file that was recorded on a shifted map is said, and nothing of it is stored.
    fn refuse_shifted(&self, track: &[FileFix], args: &ReplayArgs) -> Result<(), Failure> {
        let grids = args.start.grid.iter().map(|grid| fill::unit_named(self, grid));
        let grids: Vec<UnitId> = grids.collect::<Result<_, _>>()?;
        let positions: Vec<MicroPosition> = track
            .iter()
            .filter_map(|fix| MicroPosition::of(Position::new(fix.lat_deg, fix.lon_deg).ok()?).ok())
            .collect();
        match self.device.shifted_track(&grids, &positions)? {
            Some(shifted) => {
                let offset_m = shifted.offset_whole_m();
                let (zh, en) = Notice::TrackIsShifted { offset_m }.words();
                Err(Failure::Said(self.words.pick(&zh, &en).to_owned()))
            }
            None => Ok(()),
        }
    }

    /// Walks along a file from where the patrol was, so that it can be killed and called again.
    pub(super) fn replay(
        &self,
        clock: &ReplayClock,
        track: &[FileFix],
        args: &ReplayArgs,
    ) -> Result<(), Failure> {
        self.refuse_shifted(track, args)?;
        let view = self.device.patrol()?;
        let under_way = view.filter(|view| !matches!(view.state, PatrolState::Ended { .. }));
        let done_at = under_way
            .as_ref()
            .and_then(|view| view.last_fix)
            .map(|fix| fix.at);
        let is_new = |fix: &&FileFix| done_at.is_none_or(|done| fix.at.ms_since(done) >= 100);
        let mut rest = track.iter().filter(is_new).peekable();
        if let Some(first) = rest.peek() {
            clock.set(first.at);
        }
        match &under_way {
            None => self.stepped(&self.start(&args.start)?),
            Some(view) if view.state == PatrolState::Paused => self.stepped(&self.device.patrol_resume()?),
            Some(_) => {
                if let Some(step) = self.device.patrol_tick()? {
                    self.stepped(&step);
                }
            }
        }
        let (mut before, mut kept, mut dropped) = (None, 0u64, 0u64);
        for fix in rest {
            self.keep_pace(before, fix.at, args.speed);
            before = Some(fix.at);
            clock.set(fix.at);
            let step = self.device.add_fix(&raw(fix, clock.read(), args.accuracy))?;
            kept += u64::from(step.is_kept);
            dropped += u64::from(step.dropped.is_some());
            if args.each && step.is_kept {
                // A line that came through stands for a fix that is on the disk.
                println!("{}", fix.at.as_millis());
                std::io::stdout().flush().map_err(|source| Failure::File {
                    path: "stdout".to_owned(),
                    source,
                })?;
            }
            for notice in &step.notices {
                print::notice(*notice, self.words);
            }
            if let PatrolState::Ended { .. } = step.state {
                break;
            }
        }
        print::replayed(kept, dropped, self.words);
        if args.end && self.device.patrol()?.is_some_and(|view| !is_over(view.state)) {
            self.stepped(&self.device.patrol_end()?);
        }
        Ok(())
    }

    fn keep_pace(&self, before: Option<Timestamp>, at: Timestamp, speed: Option<f64>) {
        let (Some(before), Some(speed)) = (before, speed.filter(|speed| *speed > 0.0)) else {
            return;
        };
        let wait_ms = u64::try_from(at.ms_since(before)).unwrap_or(0);
        std::thread::sleep(Duration::from_millis(wait_ms).div_f64(speed));
    }

    fn stepped(&self, step: &PatrolStep) {
        for notice in &step.notices {
            print::notice(*notice, self.words);
        }
        println!("{}", print::state(step.state, self.words));
    }

    pub(super) fn coverage(&self, args: &CoverageArgs) -> Result<(), Failure> {
        let period = match args.period {
            Some(period) => period,
            None => self.device.this_week()?,
        };
        let Some(grid) = &args.grid else {
            for view in self.device.coverage_all(period)? {
                print::coverage(&view, self.words);
            }
            return Ok(());
        };
        let grid = fill::unit_named(self, grid)?;
        print::coverage(&self.device.coverage(&grid, period)?, self.words);
        if let Ok(ground) = self.device.ground(&grid) {
            print::ground(&ground, self.words);
        }
        if let Some(file) = &args.png {
            let png = self.device.coverage_picture(&grid, period, SIDE_PX)?;
            std::fs::write(file, png).map_err(|source| Failure::File {
                path: file.display().to_string(),
                source,
            })?;
            println!("{}", file.display());
            print::legend(self.words);
        }
        Ok(())
    }

    pub(super) fn key_places(&self) -> Result<(), Failure> {
        print::key_places(&self.device.key_places()?, self.words);
        Ok(())
    }

    pub(super) fn check_up(&self, args: &CheckUpArgs) -> Result<(), Failure> {
        let claim = args.at.map(|position| PlaceClaim {
            position,
            accuracy_m: 15.0,
            provider: Provider::Satellite,
            is_mock: false,
            age_ms: 0,
        });
        let (place, reason) = (&args.place, args.reason.as_deref().unwrap_or_default());
        match args.excuse_until {
            Some(until) => self.device.excuse(place, reason, until, claim.as_ref())?,
            None => self
                .device
                .check_up(place, !args.problem, &args.text, claim.as_ref())?,
        };
        let saved = self.words.pick(
            "已保存在本机，等有信号自动发送",
            "saved on this phone, will be sent by itself",
        );
        println!("{saved}");
        Ok(())
    }

    pub(super) fn where_next(&self, at: Position) -> Result<(), Failure> {
        let places = self.device.key_places()?;
        print::suggestion(&self.device.where_next(at)?, &places, self.words);
        Ok(())
    }
}

fn is_over(state: PatrolState) -> bool {
    matches!(state, PatrolState::Ended { .. })
}

/// The fix as a phone's system would give it at that moment.
fn raw(fix: &FileFix, now: ClockReading, accuracy_m: f64) -> RawFix {
    RawFix {
        taken: DeviceTime {
            wall_at: now.wall_at,
            monotonic_ms: now.monotonic_ms,
            boot: now.boot,
            server_offset_ms: None,
            server_offset_age_ms: None,
        },
        satellite_at: (fix.provider == Provider::Satellite).then_some(fix.at),
        lat_deg: fix.lat_deg,
        lon_deg: fix.lon_deg,
        accuracy_m: fix.accuracy_m.unwrap_or(accuracy_m),
        speed_mps: fix.speed_mps,
        bearing_deg: fix.bearing_deg,
        provider: fix.provider,
        is_mock: fix.is_mock,
        battery_percent: fix.battery_percent,
    }
}
