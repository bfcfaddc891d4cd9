//! One line of a list, in words.

use xunge_core::command::{State, Urgency};
use xunge_core::workflow::state_words;

use super::super::moment::Moments;
use super::super::names::Names;
use crate::service::{DueStage, QueueRow};

/// A line.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) is_urgent: bool,
    pub(crate) state: &'static str,
    pub(crate) state_class: &'static str,
    pub(crate) grid: String,
    pub(crate) reporter: String,
    pub(crate) holder: String,
    pub(crate) since: String,
    pub(crate) due: Option<Due>,
    pub(crate) attachments: String,
    pub(crate) is_passed_by: bool,
    pub(crate) is_amended: bool,
    /// Who has it open, where somebody else has.
    pub(crate) handled: Option<String>,
    /// What an act on this line is bound to.
    pub(crate) stamp: String,
}

/// The nearest deadline.
pub(crate) struct Due {
    /// What is left.
    pub(crate) left: String,
    /// The class of its colour.
    pub(crate) tone: &'static str,
    /// What is to be done and how it counts.
    pub(crate) why: String,
}

/// A report as a line.
pub(crate) fn row_of(row: &QueueRow, names: &Names, moments: Moments) -> Row {
    let w = names.lang.words();
    let title = if row.title.is_empty() {
        w.erased.to_owned()
    } else {
        row.title.clone()
    };
    let said = if row.state.is_open() {
        w.held_for
    } else {
        w.ended_ago
    };
    let since = row.held_since.map(|at| said.replace("{n}", &moments.since(at)));
    let attachments = match row.attachments_named {
        0 => String::new(),
        named if row.attachments_stored >= named => w.attachments.replace("{n}", &named.to_string()),
        named => w
            .attachments_partly
            .replace("{k}", &row.attachments_stored.to_string())
            .replace("{n}", &named.to_string()),
    };
    Row {
        id: row.report.to_string(),
        href: format!("/console/reports/{}", row.report),
        code: row.code.clone(),
        title,
        is_urgent: row.urgency == Urgency::Urgent,
        state: names.lang.pick(state_words(row.state)),
        state_class: state_class(row.state),
        grid: row.grid.as_ref().map_or(String::new(), |grid| names.unit(grid)),
        reporter: names.person(&row.reporter),
        holder: row.holder.as_ref().map_or(String::new(), |h| names.holder(h)),
        since: since.unwrap_or_default(),
        due: due(row, moments),
        attachments,
        is_passed_by: row.is_passed_by,
        is_amended: row.is_amended,
        handled: None,
        stamp: super::super::batch::stamp(row),
    }
}

fn due(row: &QueueRow, moments: Moments) -> Option<Due> {
    let (stage, ends_at) = (row.due_stage?, row.due_at?);
    let w = moments.lang.words();
    let (left, tone) = moments.left(ends_at);
    let why = match stage {
        DueStage::Chief => w.why_chief,
        DueStage::Dispatch => w.stage_dispatch,
        DueStage::Sign => w.stage_sign,
        DueStage::Unit => w.stage_unit,
        DueStage::Review => w.stage_review,
        DueStage::Close => w.stage_close,
        DueStage::LookAgain => w.stage_look_again,
    };
    Some(Due {
        left,
        tone: tone.class(),
        why: why.to_owned(),
    })
}

/// The class of a state's colour.
pub(crate) fn state_class(state: State) -> &'static str {
    match state {
        State::Submitted | State::Settled | State::Draft => "st-chief",
        State::Queued | State::Accepted => "st-room",
        State::Dispatched | State::Handling | State::FedBack => "st-work",
        State::Returned | State::Held => "st-wait",
        State::Closed | State::Withdrawn | State::Void | State::Merged => "st-done",
    }
}
