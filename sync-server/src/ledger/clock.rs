//! What the server does by itself: reports pass by a chief whose clock has ended; who synced when is written down now and then.

use xunge_core::command::{Action, Command, SignedCommand};
use xunge_core::id::{CommandId, PersonId, ReportId};
use xunge_core::sync::message::{SyncAnswer, SyncRequest};
use xunge_core::time::{DeviceTime, Timestamp};

use super::decide::Origin;
use super::turn::{Done, Turn};
use super::{Ledger, install, locked};
use crate::ServiceError;
use crate::store::{FeedNo, InstallRow};

/// Reports that pass by in one transaction.
const AT_ONCE: u32 = 200;

/// How old the written-down moment of an install's last sync may get, in ms.
const SEEN_KEPT_MS: i64 = 15 * 60_000;

/// Under whose name the server's clock acts.
const CLOCK: &str = "clock";

impl Ledger {
    /// Lets everything pass by whose chief's clock has ended. Returns how many moved.
    pub(crate) fn pass_by(&self, feed: FeedNo, now: Timestamp) -> Result<u32, ServiceError> {
        let mut moved = 0;
        loop {
            let due = self.read(|tx| Ok(tx.reports_due(feed, now, AT_ONCE)?))?;
            if due.is_empty() {
                return Ok(moved);
            }
            let reports: Vec<ReportId> = due.iter().map(|row| row.report).collect();
            let (count, done) = self.write(Some(feed), |tx| self.pass_by_turn(tx, feed, &reports, now))?;
            done.settle(self);
            moved += count;
        }
    }

    fn pass_by_turn(
        &self,
        tx: &mut dyn crate::store::WriteTx,
        feed: FeedNo,
        reports: &[ReportId],
        now: Timestamp,
    ) -> Result<(u32, Done), ServiceError> {
        let mut turn = Turn::begin(self, tx, feed, now)?;
        let mut count = 0;
        for report in reports {
            let Some(mut open) = turn.take(*report)? else {
                continue;
            };
            open.story(self, turn.tx)?;
            let version = open.matter().map(|matter| matter.version);
            let command = Command {
                id: self.draw(CommandId::random),
                report: *report,
                action: Action::PassBy,
                by: PersonId::new(CLOCK).expect("a plain code"),
                post: None,
                install: self.keys.install,
                saw: version,
                heads: open.row.heads.clone(),
                attachments: Vec::new(),
                reason: None,
                at: DeviceTime {
                    wall_at: now,
                    monotonic_ms: 0,
                    boot: 0,
                    server_offset_ms: Some(0),
                    server_offset_age_ms: Some(0),
                },
                text: None,
            };
            // The calendar may have changed since the row was written; then the clock is set anew instead.
            let ends_at = open
                .matter()
                .and_then(|matter| xunge_core::workflow::chief_clock_ends_at(matter, &turn.directory));
            if ends_at.is_some_and(|at| at <= now) && !open.is_erased() {
                let signed = SignedCommand::sign(&command, &self.keys.signing);
                let origin = Origin {
                    install: None,
                    is_clock: true,
                };
                let word = turn.decide(&mut open, signed, command, origin)?;
                count += u32::from(word.result().is_ok_and(|r| r.outcome.is_accepted()));
                if open.row.due_at.is_some_and(|at| at <= now) {
                    open.row.due_at = None;
                }
            } else {
                open.row.due_at = ends_at.filter(|at| *at > now);
            }
            turn.put(open);
        }
        let done = turn.finish("server")?;
        Ok((count, done))
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
        self.write(None, |tx| {
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
            tx.install_update(&held)?;
            for page in &answer.pages {
                if let (Some(scope), Some(feed)) = (&page.scope, tx.feed(&page.feed)?) {
                    let detail = format!("{} grids, tag {}", scope.grids.len(), hex::encode(scope.tag.0));
                    let actor = format!("install:{}", row.install);
                    super::audit::note(tx, feed.no, now, &actor, "scope", &detail)?;
                }
            }
            Ok(())
        })
    }
}
