//! A simulated phone: the real device core on its own SQLite file, a person's habits, and a link through a bad network.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use xunge_core::app::{
    Device, Entropy, ListQuery, MediaSource, Phone, PhoneConfig, ReportRow, SyncOptions, Tab,
};
use xunge_core::attachment::AttachmentRole;
use xunge_core::command::{Action, Reason, State, Urgency};
use xunge_core::directory::{Directory, Level};
use xunge_core::document::FieldEdit;
use xunge_core::error::Error;
use xunge_core::id::{CategoryId, PersonId, ReportId, UnitId};
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::sync::transport::{CancelToken, HttpTransport};
use xunge_core::workflow::ActionKind;

use super::Pictures;
use super::clock::{DayClock, SkewedClock};
use super::display::{Progress, tick};
use super::patrol::Round;
use super::script::{self, Sight};
use crate::proxy::Proxy;
use crate::township::{PhonePlan, TOWNSHIP, Township, unit_id};

/// The chief who is away for the day: what waits for him passes by when his clock ends.
const ON_LEAVE: &str = "chief-05";

/// A phone in somebody's hand.
pub(super) struct DemoPhone {
    /// What it is and whose.
    pub(super) plan: PhonePlan,
    /// Its network.
    pub(super) proxy: Arc<Proxy>,
    /// Every report that was handed in on it.
    pub(super) handed_in: Vec<ReportId>,
    folder: PathBuf,
    config: PhoneConfig,
    transport: HttpTransport,
    phone: Option<Phone>,
    devices: Vec<Arc<Device>>,
    receipts: BTreeMap<ReportId, (bool, u32)>,
    rounds: Vec<Round>,
    rng: StdRng,
    clock: DayClock,
}

/// What all phones share.
pub(super) struct Surroundings {
    /// The township.
    pub(super) township: Township,
    /// The counters of the display.
    pub(super) progress: Progress,
    /// Where pictures come from.
    pub(super) pictures: Pictures,
}

impl DemoPhone {
    /// A phone out of the box, in `folder`.
    pub(super) fn new(
        plan: PhonePlan,
        folder: PathBuf,
        proxy: Arc<Proxy>,
        clock: &DayClock,
        seed: u64,
    ) -> Result<Self, Error> {
        let mut rng = StdRng::seed_from_u64(seed);
        // One phone in eight has a clock that is some hours wrong.
        let error_ms = if rng.random_bool(0.125) {
            rng.random_range(-5..5) * 3_600_000
        } else {
            0
        };
        let day = clock.clone();
        let mut config = PhoneConfig::new(Arc::new(SkewedClock { day, error_ms }), env!("CARGO_PKG_VERSION"));
        config.entropy = Entropy::System;
        config.device_label.clone_from(&plan.label);
        let transport = HttpTransport::new(&proxy.url(), b"").map_err(|e| Error::Sync(e.into()))?;
        let phone = Phone::open(&folder, config.clone())?;
        Ok(Self {
            plan,
            proxy,
            handed_in: Vec::new(),
            folder,
            config,
            transport,
            phone: Some(phone),
            devices: Vec::new(),
            receipts: BTreeMap::new(),
            rounds: Vec::new(),
            rng,
            clock: clock.clone(),
        })
    }

    /// Enrols with a code, again and again until the network lets it through.
    pub(super) fn enrol(&mut self, code: &str) -> Result<(), Error> {
        let phone = self.phone.as_ref().expect("a phone that is off enrols nobody");
        let id = loop {
            match phone.enrol(code, &self.transport) {
                Err(Error::Sync(failure)) if failure.is_passing() => {}
                other => break other?,
            }
        };
        let device = phone.device(&id, None)?;
        self.devices.push(device);
        Ok(())
    }

    /// The profiles' devices.
    pub(super) fn devices(&self) -> &[Arc<Device>] {
        &self.devices
    }

    /// The process is killed and started again: everything that was said to be saved must be there.
    pub(super) fn kill_and_start(&mut self, shared: &Surroundings) -> Result<(), Error> {
        self.devices.clear();
        self.phone = None;
        let phone = Phone::open(&self.folder, self.config.clone())?;
        let profiles = phone.profiles()?;
        self.devices = profiles
            .iter()
            .map(|p| phone.device(&p.id, None))
            .collect::<Result<_, _>>()?;
        self.phone = Some(phone);
        tick(&shared.progress.killed);
        Ok(())
    }

    /// Sends and receives once, over whatever network there is. Whether it went through to the end.
    pub(super) fn sync(&self) -> bool {
        let options = SyncOptions::default();
        self.devices.iter().all(|device| {
            device
                .sync_with(&self.transport, &CancelToken::new(), options)
                .is_complete()
        })
    }

    /// Lives until the end of the day: captures at its minutes, syncs every quarter of an hour, decides what waits.
    pub(super) fn live(
        &mut self,
        shared: &Surroundings,
        captures: &[(i64, usize)],
        until_minute: i64,
    ) -> Result<(), Error> {
        let mut captures = captures.iter().peekable();
        let dark_from = self.rng.random_range(30..400);
        let dark_to = dark_from + self.rng.random_range(40..180);
        let kill_at = self.rng.random_bool(0.4).then(|| self.rng.random_range(60..500));
        let (mut is_dark, mut is_killed) = (false, false);
        let mut next_sync = self.rng.random_range(0..15);
        if !self.plan.is_chiefs {
            let walkers = 0..self.devices.len();
            self.rounds = walkers
                .map(|profile| Round::draw(profile, &mut self.rng))
                .collect();
        }
        loop {
            let now = self.clock.minute();
            if now >= until_minute {
                break;
            }
            if is_dark != (dark_from..dark_to).contains(&now) {
                is_dark = !is_dark;
                self.go_dark(is_dark, shared);
            }
            if !is_killed && kill_at.is_some_and(|minute| now >= minute) {
                is_killed = true;
                self.kill_and_start(shared)?;
            }
            while let Some((_, profile)) = captures.next_if(|(minute, _)| *minute <= now) {
                self.capture(shared, *profile)?;
            }
            self.patrol(shared)?;
            if now >= next_sync {
                next_sync = now + self.rng.random_range(10..20);
                self.decide_all(shared)?;
                // No network is no failure: it is tried again in a quarter of an hour.
                self.sync();
                self.decide_all(shared)?;
                self.count_receipts(shared)?;
            }
            let capture = captures.peek().map_or(i64::MAX, |(minute, _)| *minute);
            let walk = self.rounds.iter().filter_map(|round| round.wants(now)).min();
            let wait = next_sync.min(capture).min(walk.unwrap_or(i64::MAX)).max(now + 1);
            std::thread::sleep(self.clock.until(wait.min(until_minute)));
        }
        if is_dark {
            self.go_dark(false, shared);
        }
        for round in &mut self.rounds {
            round.end(&self.devices[round.profile])?;
        }
        Ok(())
    }

    /// Walks on with whoever is on a patrol.
    fn patrol(&mut self, shared: &Surroundings) -> Result<(), Error> {
        for round in &mut self.rounds {
            let device = &self.devices[round.profile];
            round.go_on(
                shared,
                device,
                &self.clock,
                self.config.clock.as_ref(),
                &mut self.rng,
            )?;
        }
        Ok(())
    }

    fn go_dark(&self, is_dark: bool, shared: &Surroundings) {
        self.proxy.set_offline(is_dark);
        if is_dark {
            tick(&shared.progress.offline);
        } else {
            shared.progress.offline.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// Sees something, takes pictures, speaks, hands in or settles.
    fn capture(&mut self, shared: &Surroundings, profile: usize) -> Result<(), Error> {
        let device = Arc::clone(&self.devices[profile]);
        let directory = device.directory()?;
        let person = device.info().person.clone();
        let sight = script::draw(&mut self.rng);
        let category = CategoryId::new(sight.category).expect("the script's kinds are codes");
        let Some(kind) = directory.category_current(&category, self.clock.now()).cloned() else {
            // The directory has not come yet: the worker tries again on the next round.
            return Ok(());
        };
        let report = device.begin_draft()?;
        let mut edits = vec![
            FieldEdit::SetCategory {
                category,
                version: kind.version,
            },
            FieldEdit::SetDescription(script::one_of(&mut self.rng, sight.words).to_owned()),
        ];
        if kind.is_urgent {
            edits.push(FieldEdit::SetUrgency(Urgency::Urgent));
        }
        edits.extend(script::answers(&mut self.rng, &kind));
        device.edit_draft(report, &edits)?;
        let position = self.place(shared, &device, &directory, &person, report)?;
        if self.rng.random_bool(0.1) {
            // Killed with the draft half filled in: it goes on where it stood.
            self.kill_and_start(shared)?;
        }
        let device = Arc::clone(&self.devices[profile]);
        self.take_pictures(shared, &device, report, sight, position)?;
        let is_settled = sight.is_small && self.rng.random_bool(0.5);
        if is_settled {
            let after = shared
                .pictures
                .take(sight.category, true, position, self.clock.now(), &mut self.rng);
            device.add_picture(report, &MediaSource::Bytes(after), AttachmentRole::After)?;
            tick(&shared.progress.attachments);
            device.settle(report, "已当场清理")?;
            tick(&shared.progress.settled);
        } else {
            device.submit(report)?;
        }
        self.handed_in.push(report);
        tick(&shared.progress.captured);
        Ok(())
    }

    /// A position near the middle of one of the worker's grids, with an error; the grid by name where the map does not say.
    fn place(
        &mut self,
        shared: &Surroundings,
        device: &Device,
        directory: &Directory,
        person: &PersonId,
        report: ReportId,
    ) -> Result<Position, Error> {
        let grids: Vec<UnitId> = directory
            .scope_grids(person, &unit_id(TOWNSHIP), self.clock.now())
            .into_iter()
            .collect();
        let n = self.rng.random_range(0..grids.len().max(1));
        let grid = grids
            .get(n)
            .cloned()
            .unwrap_or_else(|| shared.township.grids[0].clone());
        let middle = shared.township.middle_of(&grid);
        let position = Position {
            lat_deg: middle.lat_deg + self.rng.random_range(-0.0012..0.0012),
            lon_deg: middle.lon_deg + self.rng.random_range(-0.0012..0.0012),
        };
        let claim = PlaceClaim {
            position,
            accuracy_m: self.rng.random_range(4.0..45.0),
            provider: if self.rng.random_bool(0.8) {
                Provider::Satellite
            } else {
                Provider::Network
            },
            is_mock: false,
            age_ms: self.rng.random_range(0..20_000),
        };
        device.set_place(report, claim)?;
        if device.draft(report)?.content.grid.is_none() {
            device.edit_draft(report, &[FieldEdit::SetGrid(Some(grid))])?;
        }
        Ok(position)
    }

    fn take_pictures(
        &mut self,
        shared: &Surroundings,
        device: &Device,
        report: ReportId,
        sight: &Sight,
        position: Position,
    ) -> Result<(), Error> {
        for n in 0..self.rng.random_range(1..3u8) {
            let bytes =
                shared
                    .pictures
                    .take(sight.category, false, position, self.clock.now(), &mut self.rng);
            let role = if n == 0 {
                AttachmentRole::Scene
            } else {
                AttachmentRole::Near
            };
            device.add_picture(report, &MediaSource::Bytes(bytes), role)?;
            tick(&shared.progress.attachments);
        }
        if self.rng.random_bool(0.25) {
            let seconds = self.rng.random_range(2..12);
            let note = crate::scene::voice_note(self.rng.random(), seconds * 1_000);
            device.add_voice_note(report, &MediaSource::Bytes(note), AttachmentRole::Scene)?;
            tick(&shared.progress.attachments);
        }
        Ok(())
    }

    /// Does what waits for the phone's people, with or without a network.
    pub(super) fn decide_all(&mut self, shared: &Surroundings) -> Result<(), Error> {
        if self.plan.label == ON_LEAVE {
            return Ok(());
        }
        for device in self.devices.clone() {
            let query = ListQuery {
                tab: Tab::Todo,
                after: None,
                limit: 200,
            };
            for row in device
                .reports(&query)?
                .items
                .into_iter()
                .filter(|row| row.pending.is_none())
            {
                self.decide(shared, &device, &row)?;
            }
        }
        Ok(())
    }

    fn decide(&mut self, shared: &Surroundings, device: &Device, row: &ReportRow) -> Result<(), Error> {
        let offered = device.permitted(row.report)?;
        let may = |kind| offered.contains(&kind);
        // A village head leaves to the grids' chiefs what lies with them.
        let is_with_a_grid = row.level == Level::Grid && row.state != State::Returned;
        if self.plan.label.starts_with("village") && is_with_a_grid {
            return Ok(());
        }
        let progress = &shared.progress;
        if may(ActionKind::Submit) && row.state == State::Returned {
            let words = format!(
                "{}（已补充）",
                script::one_of(&mut self.rng, &["两处，门牌 18 号旁", "一处，桥东侧", "已补近景"])
            );
            device.edit(row.report, &[FieldEdit::SetDescription(words)])?;
            device.submit(row.report)?;
        } else if may(ActionKind::Close) && row.state == State::FedBack {
            self.act(
                device,
                row.report,
                Action::Close,
                "网格内已办结",
                &progress.closed,
            );
        } else if may(ActionKind::FeedBack) && row.state == State::Handling {
            let unit = row.holder.as_ref().map(|h| h.unit.clone());
            if let Some(unit) = unit {
                self.act(
                    device,
                    row.report,
                    Action::FeedBack { unit },
                    "已处置",
                    &progress.fed_back,
                );
            }
        } else if may(ActionKind::Approve) {
            let is_settled = row.state == State::Settled;
            match self.rng.random_range(0..100u8) {
                0..12 if may(ActionKind::Return) => {
                    let why = script::one_of(&mut self.rng, &script::RETURNS).to_owned();
                    self.act(device, row.report, Action::Return, &why, &progress.returned);
                }
                12..24 if may(ActionKind::TakeOn) && !is_settled => {
                    self.act(
                        device,
                        row.report,
                        Action::TakeOn,
                        "网格内处置",
                        &progress.taken_on,
                    );
                }
                _ => self.act(device, row.report, Action::Approve, "同意", &progress.approved),
            }
        }
        Ok(())
    }

    fn act(
        &self,
        device: &Device,
        report: ReportId,
        action: Action,
        words: &str,
        counter: &std::sync::atomic::AtomicU64,
    ) {
        let reason = Some(Reason::words(words));
        // Somebody else's word may have come between looking and deciding; then the list shows it next time.
        if device
            .decide(report, action, reason, Some(words.to_owned()))
            .is_ok()
        {
            tick(counter);
        }
    }

    /// Back in the village: syncs, decides what came, syncs again. Whether nothing waits any more.
    pub(super) fn evening(&mut self, shared: &Surroundings) -> Result<bool, Error> {
        self.proxy.set_offline(false);
        self.sync();
        self.decide_all(shared)?;
        let is_through = self.sync();
        self.count_receipts(shared)?;
        let mut is_quiet = is_through;
        for device in &self.devices {
            let status = device.status()?;
            let trail = status.unsent_track_count + status.unsent_visit_count;
            is_quiet &= status.unsent_count + trail + status.unsent_attachment_count == 0;
        }
        Ok(is_quiet)
    }

    /// Every report in a profile's lists.
    pub(super) fn reports_on(&self, device: &Device) -> Result<Vec<ReportId>, Error> {
        let mut reports = Vec::new();
        let mut after = None;
        loop {
            let page = device.reports(&ListQuery {
                tab: Tab::All,
                after,
                limit: 200,
            })?;
            reports.extend(page.items.iter().map(|row| row.report));
            after = page.next;
            if after.is_none() {
                return Ok(reports);
            }
        }
    }

    /// Counts what the server has receipted since the last look: reports, and attachments whose bytes it verified.
    fn count_receipts(&mut self, shared: &Surroundings) -> Result<(), Error> {
        for report in &self.handed_in {
            for device in &self.devices {
                let Ok(view) = device.report(*report) else {
                    continue;
                };
                let (was_received, stored) = self.receipts.get(report).copied().unwrap_or_default();
                let is_received = was_received || view.row.holder.is_some();
                let now_stored = view.row.attachment_received_count.max(stored);
                if is_received && !was_received {
                    tick(&shared.progress.received);
                }
                shared
                    .progress
                    .stored
                    .fetch_add(u64::from(now_stored - stored), Ordering::AcqRel);
                self.receipts.insert(*report, (is_received, now_stored));
            }
        }
        Ok(())
    }
}
