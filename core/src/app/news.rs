//! News for notifications: what others did that concerns this person. Each act is news once, when it arrives; own acts never are.
//!
//! What a first sync brings, and what is older than two days, is no news: it is there to be read, not to be told.

use std::str::FromStr;

use super::device::Context;
use super::identity::setting;
use super::project::Held;
use super::task::is_order_to_me;
use super::{Device, list};
use crate::command::{Action, ActionKind, Command, CommandResult, Outcome};
use crate::error::Error;
use crate::id::ReportId;
use crate::store::{NewsRow, Tx};
use crate::time::Timestamp;
use crate::workflow::reminder_of;

/// What is older than this by the server's receipt is no news, in ms (2 days).
const NEWS_AGE_MS_MAX: i64 = 2 * 24 * 3_600_000;
/// What was told is remembered for this long, in ms (60 days), so that a repair does not tell it again.
const TOLD_MS: i64 = 60 * 24 * 3_600_000;
/// The most pieces that are answered at once.
const NEWS_MAX: u32 = 100;

/// What sort of news.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NewsKind {
    /// An own report came back.
    Returned,
    /// An own report was approved or taken on.
    Approved,
    /// Something waits for this person: a check, a report to decide, a reminder.
    Task,
    /// 指令.
    Order,
    /// A question about an own report.
    Question,
    /// An own report has ended.
    Result,
    /// What this person settled on the spot was agreed to.
    Settled,
}

impl NewsKind {
    const ALL: [Self; 7] = [
        Self::Returned,
        Self::Approved,
        Self::Task,
        Self::Order,
        Self::Question,
        Self::Result,
        Self::Settled,
    ];

    /// The stable word. Set in stone: it lies in databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Task => "task",
            Self::Order => "order",
            Self::Question => "question",
            Self::Result => "result",
            Self::Settled => "settled",
        }
    }
}

impl FromStr for NewsKind {
    type Err = Error;
    fn from_str(word: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        found.ok_or(Error::NotFound("kind of news"))
    }
}

/// One piece of news.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewsItem {
    /// For saying that it was told.
    pub id: i64,
    /// What sort.
    pub kind: NewsKind,
    /// The report that a tap opens.
    pub report: ReportId,
    /// Its title.
    pub title: String,
    /// What was said with the act: the reason, else the text; may be empty.
    pub words: String,
    /// Who did it.
    pub by_name: String,
    /// When, by the server's receipt.
    pub at: Timestamp,
}

impl Device {
    /// What this person was not told yet, the earliest first, at most 100. Durable: it stays until [`told`](Self::told).
    pub fn news(&self) -> Result<Vec<NewsItem>, Error> {
        self.read(|tx, context| {
            let mut items = Vec::new();
            for row in tx.untold_news(NEWS_MAX)? {
                // A report that left this phone meanwhile is nobody's news here.
                let Some(row_json) = tx.list_row(&row.report)? else {
                    continue;
                };
                let person = context.directory.last_known_person(&row.by, context.now());
                items.push(NewsItem {
                    id: row.id,
                    kind: row.kind.parse()?,
                    report: row.report,
                    title: list::named(&row_json, context)?.title,
                    words: row.words,
                    by_name: person.map_or_else(|| row.by.to_string(), |person| person.name.clone()),
                    at: Timestamp(row.at_ms),
                });
            }
            Ok(items)
        })
    }

    /// The person was told of these: they are news no more, on this phone.
    pub fn told(&self, ids: &[i64]) -> Result<(), Error> {
        self.write(|tx, context| {
            for id in ids {
                tx.told_news(*id, context.now_ms())?;
            }
            Ok(())
        })
    }
}

/// Keeps what just arrived and concerns this person. `is_todo`: whether the report waits for this person.
pub(super) fn note(tx: &Tx<'_>, context: &Context<'_>, held: &Held, is_todo: bool) -> Result<(), Error> {
    if context.arrived.borrow().is_empty() || tx.setting_int(setting::SUCCEEDED_AT)?.is_none() {
        return Ok(());
    }
    let last = held.story.acts.iter().rev().find(|act| act.result.is_some());
    let last = last.map(|act| act.command.id);
    for act in &held.story.acts {
        let (command, Some(result)) = (&act.command, &act.result) else {
            continue;
        };
        let is_new = context.arrived.borrow().contains(&command.id);
        let age_ms = context.now().ms_since(result.received_at);
        if !is_new || command.by == *context.me() || age_ms > NEWS_AGE_MS_MAX {
            continue;
        }
        let waits = is_todo && last == Some(command.id);
        if let Some(kind) = kind(context, held, command, result, waits) {
            tx.add_news(&NewsRow {
                id: 0,
                command: command.id,
                report: held.record.report,
                kind: kind.as_str().to_owned(),
                by: command.by.clone(),
                words: words(command),
                at_ms: result.received_at.as_millis(),
            })?;
        }
    }
    Ok(())
}

/// Lets go of what is remembered for long enough.
pub(super) fn trim(tx: &Tx<'_>, context: &Context<'_>) -> Result<(), Error> {
    Ok(tx.trim_news(context.now_ms() - TOLD_MS)?)
}

/// What sort of news an act is; `waits`: it is the last one, and the report waits for this person since.
fn kind(
    context: &Context<'_>,
    held: &Held,
    command: &Command,
    result: &CommandResult,
    waits: bool,
) -> Option<NewsKind> {
    if result.outcome != Outcome::Accepted {
        return None;
    }
    let matter = held.story.matter.as_ref()?;
    let is_own = matter.reporter == *context.me();
    if is_order_to_me(context, command) {
        return Some(NewsKind::Order);
    }
    let reminded = command.reason.as_ref().and_then(|reason| reason.code.as_deref());
    if let Some((_, _, owner)) = reminded.and_then(reminder_of) {
        return (owner == *context.me()).then_some(NewsKind::Task);
    }
    match &command.action {
        Action::Check { who } if who == context.me() => Some(NewsKind::Task),
        Action::Ask if is_own => Some(NewsKind::Question),
        action if is_own => match action.kind() {
            ActionKind::Return => Some(NewsKind::Returned),
            ActionKind::Approve if matter.is_settled => Some(NewsKind::Settled),
            ActionKind::Approve | ActionKind::TakeOn => Some(NewsKind::Approved),
            ActionKind::Close | ActionKind::Void | ActionKind::Merge => Some(NewsKind::Result),
            _ => None,
        },
        _ => waits.then_some(NewsKind::Task),
    }
}

/// What was said with an act. A reminder's code is for programs.
fn words(command: &Command) -> String {
    let reason = command.reason.as_ref();
    let said = reason
        .map(|reason| reason.text.trim())
        .filter(|text| !text.is_empty());
    said.or(command.text.as_deref()).unwrap_or_default().to_owned()
}
