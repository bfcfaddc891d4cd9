//! Acts of every kind with plausible particulars, for a walk that takes what comes.

use rand::RngExt;
use xunge_core::command::{Action, Assignment, Classification, Opening, Verdict};
use xunge_core::directory::Level;
use xunge_core::id::{CategoryId, ReportId, UnitId};
use xunge_core::time::Timestamp;
use xunge_core::workflow::ActionKind;
use xunge_server::service::ReportRef;

use super::super::operator;
use super::Walk;
use crate::township::{person_id, unit_id};

/// What was drawn for an act that has particulars.
struct Drawn {
    grid: UnitId,
    level: Level,
    later: Timestamp,
}

impl Walk {
    /// An act of a kind, with plausible particulars; nothing for acts that answer something or that only the server does.
    pub(super) fn action(&mut self, kind: ActionKind, report: ReportId) -> Option<Action> {
        let grid = self.draw(&self.world.township.grids.clone())?;
        let later = self.world.time.now().plus_ms(3 * 86_400_000);
        let level = if self.world.rng.random_bool(0.5) {
            Level::Village
        } else {
            Level::Township
        };
        match kind {
            ActionKind::Classify => Some(Action::Classify {
                to: Classification {
                    grid: self.world.rng.random_bool(0.5).then_some(grid),
                    category: Some(banner()),
                    category_version: Some(1),
                    ..Classification::default()
                },
            }),
            ActionKind::FeedBack => {
                let unit = if self.world.rng.random_bool(0.5) {
                    department()
                } else {
                    self.handler(report).unwrap_or(grid)
                };
                Some(Action::FeedBack { unit })
            }
            other => bare(other).or_else(|| Drawn { grid, level, later }.action(other)),
        }
    }

    /// The unit that handles a report now.
    fn handler(&self, report: ReportId) -> Option<UnitId> {
        let story = self
            .world
            .service()
            .report_story(&operator(), &ReportRef::Id(report), None)
            .ok()?;
        Some(story.matter?.holder.unit)
    }
}

fn banner() -> CategoryId {
    CategoryId::new("enforcement.banner").expect("a code")
}

fn department() -> UnitId {
    unit_id("QH-YF-zf")
}

/// An act that needs no particulars.
fn bare(kind: ActionKind) -> Option<Action> {
    Some(match kind {
        ActionKind::Withdraw => Action::Withdraw,
        ActionKind::Approve => Action::Approve,
        ActionKind::Return => Action::Return,
        ActionKind::TakeOn => Action::TakeOn,
        ActionKind::Accept => Action::Accept,
        ActionKind::Rework => Action::Rework,
        ActionKind::Close => Action::Close,
        ActionKind::Resume => Action::Resume,
        ActionKind::Void => Action::Void,
        ActionKind::Reopen => Action::Reopen,
        ActionKind::Urge => Action::Urge,
        ActionKind::ListForSupervision => Action::ListForSupervision,
        ActionKind::StrikeOff => Action::StrikeOff,
        ActionKind::Ask => Action::Ask,
        ActionKind::Remark => Action::Remark,
        _ => return None,
    })
}

impl Drawn {
    fn action(self, kind: ActionKind) -> Option<Action> {
        let unit = department();
        Some(match kind {
            ActionKind::Submit | ActionKind::Settle => Action::Submit {
                opening: Opening {
                    grid: self.grid,
                    category: banner(),
                    category_version: 1,
                    urgency: Default::default(),
                    code: String::new(),
                    level: Level::Grid,
                },
            },
            ActionKind::PassUp => Action::PassUp { to: self.level },
            ActionKind::SendDown => Action::SendDown { to: self.grid },
            ActionKind::Dispatch => Action::Dispatch {
                to: vec![Assignment::lead(unit)],
            },
            ActionKind::Sign => Action::Sign { unit },
            ActionKind::AskTime => Action::AskTime {
                unit,
                until: self.later,
            },
            ActionKind::GrantTime => Action::GrantTime {
                unit,
                until: Some(self.later),
            },
            ActionKind::HandBack => Action::HandBack { unit, proposal: None },
            ActionKind::Hold => Action::Hold { until: self.later },
            ActionKind::Whistle => Action::Whistle { units: vec![unit] },
            ActionKind::Check => Action::Check {
                who: person_id("w02"),
            },
            ActionKind::CallBack => Action::CallBack {
                verdict: Verdict::Confirmed,
            },
            ActionKind::Recheck => Action::Recheck {
                verdict: Verdict::Confirmed,
            },
            _ => return None,
        })
    }
}
