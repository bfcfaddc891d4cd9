//! Tasks, and news for notifications.

use xunge_core::app::{NewsItem, NewsKind, TaskKind, TaskView};
use xunge_core::command::Reason;
use xunge_core::id::{CommandId, ReportId, UnitId};
use xunge_core::time::Timestamp;

use crate::device::Device;
use crate::error::CoreError;

/// What is asked.
#[uniffi::remote(Enum)]
pub enum TaskKind {
    /// An own report came back: correct it and hand it in again, or withdraw it.
    Returned,
    /// 核查: look on the spot, answered by the act `AnswerCheck` naming `command`.
    Check,
    /// A question about an own report, answered by the act `Answer` naming `command`.
    Question,
    /// 指令: signed and fed back by the acts `Sign` and `FeedBack` naming `unit`.
    Order,
    /// A key place is due for a visit, answered by `check_up` or simply by going there.
    KeyPlace,
}

/// One task.
#[uniffi::remote(Record)]
pub struct TaskView {
    /// What is asked.
    pub kind: TaskKind,
    /// The report; `None` for a key place.
    pub report: Option<ReportId>,
    /// The act that asks, which the answer names.
    pub command: Option<CommandId>,
    /// The unit whose part an order is; the grid of a key place.
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

/// What sort of news.
#[uniffi::remote(Enum)]
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

/// One piece of news.
#[uniffi::remote(Record)]
pub struct NewsItem {
    /// For saying that it was told.
    pub id: i64,
    /// What sort.
    pub kind: NewsKind,
    /// The report that a tap opens.
    pub report: ReportId,
    /// Its title.
    pub title: String,
    /// What was said with the act; may be empty.
    pub words: String,
    /// Who did it.
    pub by_name: String,
    /// When, by the server's receipt.
    pub at: Timestamp,
}

#[uniffi::export]
impl Device {
    /// Everything that is asked of this person: returned work first, then what is late, then checks, questions, orders, key places.
    pub fn tasks(&self) -> Result<Vec<TaskView>, CoreError> {
        Ok(self.inner.tasks()?)
    }

    /// What this person was not told yet, the earliest first, at most 100; it stays until `told`. Own acts never are news, nor is what a
    /// first sync brings.
    pub fn news(&self) -> Result<Vec<NewsItem>, CoreError> {
        Ok(self.inner.news()?)
    }

    /// The person was told of these.
    pub fn told(&self, ids: Vec<i64>) -> Result<(), CoreError> {
        Ok(self.inner.told(&ids)?)
    }
}
