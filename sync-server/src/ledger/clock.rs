//! What the server does by itself: reports pass by a chief whose clock has ended, owners are reminded of deadlines that come near or
//! have passed; who synced when is written down now and then.

use xunge_core::command::{Action, Command, Reason, SignedCommand};
use xunge_core::id::{CommandId, PersonId, ReportId};
use xunge_core::signature::sha256;
use xunge_core::sync::message::{SyncAnswer, SyncRequest};
use xunge_core::time::{DeviceTime, Timestamp};
use xunge_core::workflow::{CLOCK, Nudge, Reminder, Stage, chief_clock_ends_at, reminders};

use super::decide::Origin;
use super::open_report::OpenReport;
use super::turn::Turn;
use super::{Ledger, install, locked, project};
use crate::ServiceError;
use crate::store::{FeedNo, InstallRow, ReportNo, ReportRow};

/// Reports that are looked at in one transaction.
const AT_ONCE: u32 = 200;

/// How old the written-down moment of an install's last sync may get, in ms.
const SEEN_KEPT_MS: i64 = 15 * 60_000;

/// How long a report rests at which a look did nothing, in ms: so that nothing is looked at for ever.
const REST_MS: i64 = 3_600_000;

impl Ledger {
    /// Looks at everything whose time has come: lets pass by whose chief's clock has ended, and reminds who is to be reminded. Returns how
    /// many commands were written.
    pub(crate) fn look(&self, feed: FeedNo, now: Timestamp) -> Result<u32, ServiceError> {
        self.set_clocks(feed, now)?;
        let mut acted = 0;
        loop {
            let due = self.read(|tx| Ok(tx.reports_due(feed, now, AT_ONCE)?))?;
            if due.is_empty() {
                return Ok(acted);
            }
            let reports: Vec<ReportId> = due.iter().map(|row| row.report).collect();
            let (count, done) = self.write(Some(feed), |tx| {
                let mut turn = Turn::begin(self, tx, feed, now)?;
                let mut count = 0;
                for report in &reports {
                    count += turn.look_at(*report)?;
                }
                Ok((count, turn.finish("server")?))
            })?;
            done.settle(self);
            acted += count;
        }
    }

    /// Sets the clocks of all open reports of a feed anew where policies or the calendar are other than when that was last done.
    fn set_clocks(&self, feed: FeedNo, now: Timestamp) -> Result<(), ServiceError> {
        let key = format!("clocks.{}", feed.0);
        let (mark, known) = self.read(|tx| {
            let (_, directory) = self.directory(tx)?;
            let policies: Vec<_> = directory.policies(now).collect();
            let text = format!("{policies:?} {:?}", directory.calendar(now));
            Ok((sha256(text.as_bytes()), tx.meta(&key)?))
        })?;
        if known.as_deref() == Some(&mark[..]) {
            return Ok(());
        }
        let mut after = ReportNo(0);
        loop {
            let rows = self.read(|tx| Ok(tx.reports_all(feed, after, AT_ONCE)?))?;
            let Some(last) = rows.last() else { break };
            after = last.no;
            let is_open = |row: &&ReportRow| project::state_of(row.state).is_open() && row.scope.is_some();
            let open: Vec<ReportId> = rows.iter().filter(is_open).map(|row| row.report).collect();
            if open.is_empty() {
                continue;
            }
            let done = self.write(Some(feed), |tx| {
                let mut turn = Turn::begin(self, tx, feed, now)?;
                for report in &open {
                    turn.set_clock(*report)?;
                }
                turn.finish("server")
            })?;
            done.settle(self);
        }
        self.write(Some(feed), |tx| Ok(tx.meta_put(&key, &mark)?))
    }

    /// Notes that an install synced: in memory, and in its row now and then, so that a quiet sync writes nothing.
    pub(crate) fn note_sync(
        &self,
        row: &InstallRow,
        request: &SyncRequest,
        answer: &SyncAnswer,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        locked(&self.seen).insert(row.install, now);
        let is_old = row.last_sync_at.is_none_or(|at| now.ms_since(at) > SEEN_KEPT_MS);
        let health = request.health.as_ref().filter(|h| is_old || h.unsent_count > 0);
        let scoped = answer.pages.iter().any(|page| page.scope.is_some());
        if !is_old && health.is_none() && !scoped {
            return Ok(());
        }
        self.write_beside(|tx| {
            let Some(mut held) = tx.install(&row.install)? else {
                return Ok(());
            };
            held.last_sync_at = Some(now);
            if let Some(health) = health {
                held.app_version = health.app_version.chars().take(40).collect();
                held.health = Some(minicbor::to_vec(health).expect("encoding to memory cannot fail"));
            }
            if held.revoked_at.is_none() {
                held.feeds = install::json(&self.feeds_followed(tx, &held, now)?);
            }
            Ok(tx.install_update(&held)?)
        })?;
        for page in &answer.pages {
            let Some(scope) = &page.scope else { continue };
            let Some(feed) = self.read(|tx| Ok(tx.feed(&page.feed)?))? else {
                continue;
            };
            let detail = format!("{} grids, tag {}", scope.grids.len(), hex::encode(scope.tag.0));
            let actor = format!("install:{}", row.install);
            self.write(Some(feed.no), |tx| {
                Ok(super::audit::note(tx, feed.no, now, &actor, "scope", &detail)?)
            })?;
        }
        Ok(())
    }
}

/// What phones show of a reminder; pages say it in their reader's language, from its code.
fn said(reminder: &Reminder) -> String {
    let stage = match &reminder.deadline.stage {
        Stage::Chief => "网格长审核",
        Stage::Dispatch => "交办",
        Stage::Sign { .. } => "签收",
        Stage::Unit { .. } => "处置",
        Stage::Review => "审核反馈",
        Stage::Close => "办结",
        Stage::LookAgain => "挂账",
    };
    match reminder.nudge {
        Nudge::Urge => format!("系统提醒：{stage}期限将到，请抓紧办理"),
        Nudge::Escalate => format!("系统提醒：{stage}已超期"),
    }
}

impl Turn<'_> {
    /// Sets a report's clocks anew.
    fn set_clock(&mut self, report: ReportId) -> Result<(), ServiceError> {
        let Some(mut open) = self.take(report)? else {
            return Ok(());
        };
        open.story(self.ledger, self.tx)?;
        if let Some(matter) = open.matter().cloned().filter(|_| !open.is_erased()) {
            project::clocks(&mut open.row, &matter, &self.directory, self.now);
        }
        self.put(open);
        Ok(())
    }

    /// Does what is due at a report, and notes when to look again. Returns how many commands were accepted.
    fn look_at(&mut self, report: ReportId) -> Result<u32, ServiceError> {
        let Some(mut open) = self.take(report)? else {
            return Ok(0);
        };
        open.story(self.ledger, self.tx)?;
        let mut count = 0;
        let matter = open.matter().cloned().filter(|_| !open.is_erased());
        if let Some(matter) = matter {
            let now = self.now;
            let ends_at = chief_clock_ends_at(&matter, &self.directory, now);
            if ends_at.is_some_and(|at| at <= now) {
                count += self.clock_act(&mut open, Action::PassBy, None)?;
            } else {
                for reminder in reminders(&matter, &self.directory, now) {
                    let reason = Reason {
                        code: Some(reminder.code()),
                        text: said(&reminder),
                        voice: None,
                    };
                    count += self.clock_act(&mut open, Action::Urge, Some(reason))?;
                }
            }
        }
        match open.matter().cloned().filter(|_| !open.is_erased()) {
            Some(matter) => project::clocks(&mut open.row, &matter, &self.directory, self.now),
            None => open.row.look_at = None,
        }
        if open.row.look_at.is_some_and(|at| at <= self.now) {
            open.row.look_at = Some(self.now.plus_ms(REST_MS));
        }
        self.put(open);
        Ok(count)
    }

    /// An act of the server's clock; 1 where it took effect.
    fn clock_act(
        &mut self,
        open: &mut OpenReport,
        action: Action,
        reason: Option<Reason>,
    ) -> Result<u32, ServiceError> {
        let command = Command {
            id: self.ledger.draw(CommandId::random),
            report: open.row.report,
            action,
            by: PersonId::new(CLOCK).expect("a plain code"),
            post: None,
            install: self.ledger.keys.install,
            saw: open.matter().map(|matter| matter.version),
            heads: open.row.heads.clone(),
            attachments: Vec::new(),
            reason,
            at: DeviceTime {
                wall_at: self.now,
                monotonic_ms: 0,
                boot: 0,
                server_offset_ms: Some(0),
                server_offset_age_ms: Some(0),
            },
            text: None,
        };
        let signed = SignedCommand::sign(&command, &self.ledger.keys.signing);
        let origin = Origin {
            install: None,
            is_clock: true,
        };
        let word = self.decide(open, signed, command, origin)?;
        Ok(u32::from(word.result().is_ok_and(|r| r.outcome.is_accepted())))
    }
}
