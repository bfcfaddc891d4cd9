//! Tasks: what was asked of this person, each with who asks and by when.
//!
//! What concerns reports is worked out when a report's line is written and kept in it; key places are looked at when somebody asks.

use chrono::{NaiveDate, TimeZone};
use serde::{Deserialize, Serialize};

use super::device::Context;
use super::project::Held;
use super::{Device, list};
use crate::command::{Action, ActionKind, Command, ORDER_CODE, Reason, State};
use crate::error::Error;
use crate::id::{CommandId, PersonId, ReportId, UnitId};
use crate::in_order::InOrder;
use crate::json;
use crate::key_place::PlaceStanding;
use crate::store::TabFilter;
use crate::time::Timestamp;
use crate::workflow::{AssignmentProgress, Matter};

/// The most reports that are looked through for tasks.
const LOOKED_AT_MAX: u32 = 500;

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// An own report came back: correct it and hand it in again, or withdraw it.
    Returned,
    /// 核查: look on the spot, answered by `AnswerCheck`.
    Check,
    /// A question about an own report, answered by `Answer`.
    Question,
    /// 指令: sign it, do it, feed back.
    Order,
    /// A key place is due for a visit, answered by a check-up or simply by going there.
    KeyPlace,
}

/// One task.
#[derive(Clone, PartialEq, Debug)]
pub struct TaskView {
    /// What is asked.
    pub kind: TaskKind,
    /// The report; `None` for a key place.
    pub report: Option<ReportId>,
    /// The act that asks, which the answer names.
    pub command: Option<CommandId>,
    /// The unit whose part an order is, which signing and feeding back name.
    pub unit: Option<UnitId>,
    /// The key place.
    pub place: Option<String>,
    /// The report's title or the place's name.
    pub title: String,
    /// What was said with it: the reason, the question, the order's words.
    pub words: String,
    /// The reason in full, where there is one: with a template's code and a voice note.
    pub reason: Option<Reason>,
    /// Who asks.
    pub by_name: String,
    /// Since when, by the server's receipt.
    pub at: Option<Timestamp>,
    /// By when.
    pub due_at: Option<Timestamp>,
    /// Whether that is past.
    pub is_late: bool,
}

/// A task as it lies in a report's line. The names are read by later versions too.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    kind: TaskKind,
    command: Option<CommandId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    by: Option<PersonId>,
    words: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    at: Option<Timestamp>,
    due_at: Option<Timestamp>,
}

/// The part of a line that tasks are read from.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    asked: Vec<Asked>,
}

/// The name of the tasks in a line.
pub(super) const ASKED: &str = "asked";

impl Device {
    /// Everything that is asked of this person: returned work first, then what is late, then by kind in the order of [`TaskKind`] and
    /// by when it is due.
    pub fn tasks(&self) -> Result<Vec<TaskView>, Error> {
        let mut tasks = self.read(|tx, context| {
            let mut tasks = Vec::new();
            for line in tx.list(TabFilter::Todo, None, LOOKED_AT_MAX)? {
                let Ok(Line { asked }) = json::read(&line.row_json) else {
                    continue;
                };
                if asked.is_empty() {
                    continue;
                }
                let row = list::named(&line.row_json, context)?;
                for one in asked {
                    tasks.push(view(context, row.report, row.title.clone(), one));
                }
            }
            Ok(tasks)
        })?;
        tasks.extend(self.places_due()?);
        let far = Timestamp(i64::MAX);
        tasks.order_by_key(|task| {
            let due_at = task.due_at.unwrap_or(far);
            (
                task.kind != TaskKind::Returned,
                !task.is_late,
                task.kind,
                due_at,
                task.at,
                task.report,
                task.place.clone(),
            )
        });
        Ok(tasks)
    }

    fn places_due(&self) -> Result<Vec<TaskView>, Error> {
        let now = self.now();
        let zone = self.read(|_, context| Ok(context.zone()))?;
        let open = self
            .key_places()?
            .into_iter()
            .filter(|place| place.standing.is_open());
        Ok(open
            .map(|place| {
                let last_day = match &place.standing {
                    PlaceStanding::Due { until } => Some(*until),
                    PlaceStanding::Overdue { since } => since.pred_opt(),
                    _ => None,
                };
                let due_at = last_day.and_then(|day| end_of(day, zone));
                TaskView {
                    kind: TaskKind::KeyPlace,
                    report: None,
                    command: None,
                    unit: Some(place.grid),
                    place: Some(place.id),
                    title: place.name,
                    words: String::new(),
                    reason: None,
                    by_name: String::new(),
                    at: None,
                    is_late: matches!(place.standing, PlaceStanding::Overdue { .. })
                        || due_at.is_some_and(|due_at| due_at <= now),
                    due_at,
                }
            })
            .collect())
    }
}

/// The first instant after a civil day.
fn end_of(day: NaiveDate, zone: chrono_tz::Tz) -> Option<Timestamp> {
    let midnight = day.succ_opt()?.and_hms_opt(0, 0, 0)?;
    let at = zone.from_local_datetime(&midnight).earliest()?;
    Some(Timestamp(at.timestamp_millis()))
}

fn view(context: &Context<'_>, report: ReportId, title: String, asked: Asked) -> TaskView {
    let person = asked.by.as_ref();
    let known = person.and_then(|id| context.directory.last_known_person(id, context.now()));
    TaskView {
        kind: asked.kind,
        report: Some(report),
        command: asked.command,
        unit: asked.unit,
        place: None,
        title,
        words: asked.words,
        reason: asked.reason,
        by_name: known.map_or_else(
            || person.map_or_else(String::new, ToString::to_string),
            |person| person.name.clone(),
        ),
        at: asked.at,
        due_at: asked.due_at,
        is_late: asked.due_at.is_some_and(|due_at| due_at <= context.now()),
    }
}

/// Whether an act is an order of the room to a grid in which this person has a post.
pub(super) fn is_order_to_me(context: &Context<'_>, command: &Command) -> bool {
    let code = command.reason.as_ref().and_then(|reason| reason.code.as_deref());
    let Action::Dispatch { to } = &command.action else {
        return false;
    };
    let posts = || context.directory.posts_of(context.me(), context.now());
    code.is_some_and(|code| code.starts_with(ORDER_CODE))
        && to
            .iter()
            .any(|part| posts().iter().any(|post| post.unit == part.unit))
}

/// What a report asks of this person.
pub(super) fn asked_of_me(context: &Context<'_>, held: &Held, permitted: &[ActionKind]) -> Vec<Asked> {
    let Some(matter) = &held.story.expected else {
        return Vec::new();
    };
    if held.story.pending.is_some() || !matter.state.is_open() {
        return Vec::new();
    }
    let me = context.me();
    let mut all = Vec::new();
    if matter.state == State::Returned && matter.reporter == *me {
        let why = matter.why.as_ref();
        all.push(asked(held, TaskKind::Returned, why.map(|why| why.command)));
    }
    let checks = matter.checks.iter();
    let checks = checks.filter(|check| check.who == *me && check.verdict.is_none());
    all.extend(checks.map(|check| asked(held, TaskKind::Check, Some(check.command))));
    if matter.reporter == *me {
        let questions = matter
            .questions
            .iter()
            .filter(|question| question.answer.is_none());
        all.extend(questions.map(|question| asked(held, TaskKind::Question, Some(question.command))));
    }
    if permitted.contains(&ActionKind::Sign) || permitted.contains(&ActionKind::FeedBack) {
        all.extend(orders(context, held, matter));
    }
    all
}

/// The parts of an order that this person's grids have still to answer.
fn orders(context: &Context<'_>, held: &Held, matter: &Matter) -> Vec<Asked> {
    let is_open = |progress| matches!(progress, AssignmentProgress::Asked | AssignmentProgress::Signed);
    let posts = context.directory.posts_of(context.me(), context.now());
    let parts = matter.assignments.iter();
    let parts =
        parts.filter(|part| is_open(part.progress) && posts.iter().any(|post| post.unit == part.unit));
    parts
        .filter(|part| act(held, &part.opened_by).is_some_and(|act| is_order_to_me(context, &act.command)))
        .map(|part| Asked {
            unit: Some(part.unit.clone()),
            due_at: part.due_at,
            words: held
                .content
                .as_ref()
                .map_or_else(String::new, |content| content.description.clone()),
            reason: None,
            ..asked(held, TaskKind::Order, Some(part.opened_by))
        })
        .collect()
}

fn act<'a>(held: &'a Held, command: &CommandId) -> Option<&'a super::project::Act> {
    held.story.acts.iter().find(|act| act.command.id == *command)
}

fn asked(held: &Held, kind: TaskKind, command: Option<CommandId>) -> Asked {
    let act = command.as_ref().and_then(|command| act(held, command));
    let reason = act.and_then(|act| act.command.reason.clone());
    let said = reason.as_ref().map(|reason| reason.text.clone());
    let said = said.filter(|text| !text.trim().is_empty());
    Asked {
        kind,
        command,
        unit: None,
        by: act.map(|act| act.command.by.clone()),
        words: said
            .or_else(|| act.and_then(|act| act.command.text.clone()))
            .unwrap_or_default(),
        reason,
        at: act.and_then(|act| Some(act.result.as_ref()?.received_at)),
        due_at: None,
    }
}
