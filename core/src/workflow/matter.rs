//! A report's standing, folded from its story.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::command::{
    ActionKind, AssignmentPart, Classification, Command, Holder, Opening, Reason, Refusal, Risk, State,
    Urgency, Verdict,
};
use crate::directory::Level;
use crate::id::{CategoryId, ChangeHash, CommandId, InstallId, PersonId, ReportId, UnitId};
use crate::time::Timestamp;

/// Where one report stands: the fold of its answered commands in the township's order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Matter {
    /// The report.
    pub report: ReportId,
    /// The readable code.
    pub code: String,
    /// The township in whose feed it lives, for life.
    pub township: UnitId,
    /// The state.
    pub state: State,
    /// The level at which it lies.
    pub level: Level,
    /// Who reported it.
    pub reporter: PersonId,
    /// The install from which it was first handed in.
    pub reporter_install: InstallId,
    /// What the last submission said of itself.
    pub opening: Opening,
    /// The grid to which it belongs: the room's word, else the reporter's.
    pub grid: UnitId,
    /// The category: the room's word, else the reporter's.
    pub category: CategoryId,
    /// The version of that category; 0 where the room named none: the current one.
    pub category_version: u32,
    /// How pressing: the room's word, else the reporter's.
    pub urgency: Urgency,
    /// All that the room has said, the last word on each field.
    pub classification: Classification,
    /// The last command that moved it: what a decision must have seen.
    pub version: CommandId,
    /// Every accepted decision and handling step in order, flags left out.
    pub history: Vec<Step>,
    /// Whether its last submission said that it was settled on the spot.
    pub is_settled: bool,
    /// The heads that the last approval covered, sorted.
    pub approved_heads: Option<Vec<ChangeHash>>,
    /// Whether it passed by the chief, whose clock had ended (未经网格长同意).
    pub is_passed_by: bool,
    /// Whether chief and room hold it together: urgent, and neither has acted.
    pub is_shared_with_chief: bool,
    /// Whether the chief who feeds back took it on himself, and so may close it.
    pub is_taken_on: bool,
    /// The units that handle it.
    pub assignments: Vec<AssignmentState>,
    /// Who has decided or handled so far; none of them may count as its reporter.
    pub deciders: BTreeSet<PersonId>,
    /// Who holds it.
    pub holder: Holder,
    /// Since when, by the server's receipt.
    pub held_since: Timestamp,
    /// Why it came back or stands still; gone as soon as a later step answers it.
    pub why: Option<Why>,
    /// Where a held report goes on.
    pub resume: Option<ResumePoint>,
    /// How it stood before the last step, where the author of that step may take it back.
    pub before: Option<Box<Before>>,
    /// How often it was urged.
    pub urged: u32,
    /// Whether it is listed for supervision (挂牌督办).
    pub is_listed: bool,
    /// Whether departments were called together (吹哨).
    pub is_whistled: bool,
    /// Who was asked to look, and what they found.
    pub checks: Vec<CheckState>,
    /// What the reporter was asked.
    pub questions: Vec<QuestionState>,
    /// What the last call back since the handling found.
    pub called_back: Option<Verdict>,
    /// What the last recheck found.
    pub rechecked: Option<Verdict>,
    /// The report into which this one was merged.
    pub merged_into: Option<ReportId>,
    /// The reports that were split off.
    pub split_into: Vec<ReportId>,
    /// The level that closed it.
    pub closed_level: Option<Level>,
    /// When it was closed, by the server's receipt.
    pub closed_at: Option<Timestamp>,
    /// Decisions that wait for the present holder's word.
    pub proposals: Vec<ProposalState>,
    /// When the server first received it.
    pub submitted_at: Timestamp,
    /// From when the chief's clock runs; `None` where it does not.
    pub chief_clock_from: Option<Timestamp>,
    /// From when the whole is counted: the first receipt, or the last reopening.
    pub clock_from: Timestamp,
    /// From when the room has had it to dispatch; `None` where it never had.
    pub room_from: Option<Timestamp>,
    /// When its clocks stood still: while it was held or had been given back, in order.
    pub standstills: Vec<Standstill>,
    /// Whom the server reminded of what, in order.
    pub reminded: Vec<Reminded>,
    /// The place in the township's order of the last command folded in; 0 where only waiting ones are.
    pub seq: u64,
}

/// Why the clocks of a report stood still.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandstillCause {
    /// 挂账.
    Held,
    /// 退回: it lay with the reporter.
    Returned,
    /// 撤回.
    Withdrawn,
}

/// A time in which the clocks of a report stood still.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Standstill {
    /// Its first instant.
    pub from: Timestamp,
    /// Its end (exclusive); `None` while it lasts.
    pub to: Option<Timestamp>,
    /// Why.
    pub cause: StandstillCause,
    /// The command that began it.
    pub command: CommandId,
    /// What was said with it.
    pub reason: Option<Reason>,
}

/// What a reminder says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nudge {
    /// 催办: the deadline comes near.
    Urge,
    /// 上报督办: the deadline has passed.
    Escalate,
}

/// A reminder that the server gave by itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reminded {
    /// What for.
    pub stage: super::Stage,
    /// How.
    pub nudge: Nudge,
    /// The one whom it concerns.
    pub owner: PersonId,
    /// When.
    pub at: Timestamp,
    /// The command.
    pub command: CommandId,
}

/// One accepted decision or handling step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// The command.
    pub command: CommandId,
    /// What was done (of a confirmed proposal: what was proposed).
    pub kind: ActionKind,
    /// Who did it.
    pub by: PersonId,
    /// Whether it became the version.
    pub is_move: bool,
}

/// How far a unit has come with its part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentProgress {
    /// Not signed yet.
    Asked,
    /// Signed; being handled.
    Signed,
    /// Fed back.
    FedBack,
    /// Handed back: not theirs.
    HandedBack,
    /// The room gave the matter to others, or took it up anew.
    Replaced,
}

impl AssignmentProgress {
    /// Whether the unit still has something to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Signed)
    }
    /// Whether the unit's part counts for the matter: not handed back, not replaced.
    pub fn counts(self) -> bool {
        matches!(self, Self::Asked | Self::Signed | Self::FedBack)
    }
}

/// A unit's part in handling.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AssignmentState {
    /// The unit.
    pub unit: UnitId,
    /// Its part.
    pub part: AssignmentPart,
    /// How far it has come.
    pub progress: AssignmentProgress,
    /// The deadline that the room gave, where it gave one.
    pub due_at: Option<Timestamp>,
    /// The deadline that the unit asks for, while that is unanswered.
    pub asked_until: Option<Timestamp>,
    /// Whether it was called by a whistle rather than dispatched to.
    pub is_called: bool,
    /// The command that opened this part (dispatch, whistle, rework …): what its steps must have seen.
    pub opened_by: CommandId,
    /// When the server received that command.
    pub opened_at: Timestamp,
}

/// Why a report came back or stands still.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Why {
    /// The command that said so.
    pub command: CommandId,
    /// What was done.
    pub kind: ActionKind,
    /// Who did it.
    pub by: PersonId,
    /// What they said.
    pub reason: Reason,
}

/// Where a held report goes on when it is taken up again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResumePoint {
    /// The state.
    pub state: State,
    /// Who held it.
    pub holder: Holder,
    /// When to look again.
    pub until: Timestamp,
}

/// How a matter stood before a step that may be taken back; flags, words and classification go on whatever becomes of the step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Before {
    /// The state.
    pub state: State,
    /// The level at which it lay.
    pub level: Level,
    /// Who held it.
    pub holder: Holder,
    /// Since when.
    pub held_since: Timestamp,
    /// See [`Matter::is_shared_with_chief`].
    pub is_shared_with_chief: bool,
    /// See [`Matter::is_taken_on`].
    pub is_taken_on: bool,
    /// See [`Matter::approved_heads`].
    pub approved_heads: Option<Vec<ChangeHash>>,
    /// See [`Matter::assignments`].
    pub assignments: Vec<AssignmentState>,
    /// See [`Matter::chief_clock_from`].
    pub chief_clock_from: Option<Timestamp>,
    /// See [`Matter::room_from`].
    pub room_from: Option<Timestamp>,
}

/// One check (核查).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckState {
    /// The command that asked.
    pub command: CommandId,
    /// Who was asked.
    pub who: PersonId,
    /// What was found; `None` while open.
    pub verdict: Option<Verdict>,
}

/// One question to the reporter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QuestionState {
    /// The command that asked.
    pub command: CommandId,
    /// Who asked.
    pub by: PersonId,
    /// The answer's command; `None` while open.
    pub answer: Option<CommandId>,
}

/// A decision that waits for the present holder to confirm it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProposalState {
    /// The command as proposed.
    pub command: Command,
    /// Why it did not take effect by itself.
    pub refusal: Refusal,
}

impl Matter {
    /// How dangerous the room holds it.
    pub fn risk(&self) -> Option<Risk> {
        self.classification.risk
    }

    /// Whether the reporter's words or pictures changed after the last approval, so that a new decision is due.
    ///
    /// `has_uncovered_changes`: whether some change of the reporter's lies outside [`Matter::approved_heads`].
    pub fn is_amended(&self, has_uncovered_changes: bool) -> bool {
        self.state.is_open() && self.approved_heads.is_some() && has_uncovered_changes
    }

    /// The part of a unit, whatever became of it. A unit has at most one.
    pub fn assignment(&self, unit: &UnitId) -> Option<&AssignmentState> {
        self.assignments.iter().find(|a| a.unit == *unit)
    }

    /// The lead unit's part, where one counts.
    pub fn lead(&self) -> Option<&AssignmentState> {
        super::parts::lead(&self.assignments)
    }

    /// The steps that stand, in order: without those that were taken back, and without what came before the reporter took back all of it.
    pub fn standing_steps(&self) -> Vec<&Step> {
        let mut steps: Vec<&Step> = Vec::new();
        for step in &self.history {
            match steps.last() {
                _ if step.kind != ActionKind::Withdraw => steps.push(step),
                Some(last) if super::table::is_revocable(last.kind) => drop(steps.pop()),
                _ => steps.clear(),
            }
        }
        steps
    }

    /// The steps that the author of an act had not seen, given the last command that he had seen.
    pub(super) fn unseen_since(&self, saw: Option<&CommandId>) -> &[Step] {
        let known = saw.and_then(|saw| self.history.iter().position(|step| step.command == *saw));
        &self.history[known.map_or(0, |place| place + 1)..]
    }
}
