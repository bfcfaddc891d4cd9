//! Deadlines, fields with two values, and what changed after an approval.

use xunge_core::app::{DeadlineView, StopView};
use xunge_core::command::Reason;
use xunge_core::document::FieldEdit;
use xunge_core::field::{Amendment, FieldDispute, FieldValue};
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;
use xunge_core::workflow::Stage;

/// What is to be done by a deadline.
#[uniffi::remote(Enum)]
pub enum Stage {
    /// The chief decides, else the report passes by him.
    Chief,
    /// The room dispatches it.
    Dispatch,
    /// A unit signs its part.
    Sign {
        /// The unit.
        unit: UnitId,
    },
    /// A unit has handled its part.
    Unit {
        /// The unit.
        unit: UnitId,
    },
    /// The room reviews what was fed back.
    Review,
    /// The matter is closed.
    Close,
    /// A held matter is looked at again.
    LookAgain,
}

/// A deadline that runs.
#[uniffi::remote(Record)]
pub struct DeadlineView {
    /// What is to be done.
    pub stage: Stage,
    /// The unit that has to do it, for a stage of a unit; empty for the others.
    pub unit_name: String,
    /// From when it counts.
    pub from: Timestamp,
    /// When it ends (exclusive).
    pub ends_at: Timestamp,
    /// Whether that is past.
    pub is_late: bool,
    /// Whose word it is: `default`, `policy`, `category`, `emergency` or `room`.
    pub source: String,
    /// Every time in which it stood still, in order.
    pub stops: Vec<StopView>,
}

/// A time in which a deadline stood still.
#[uniffi::remote(Record)]
pub struct StopView {
    /// Its first instant.
    pub from: Timestamp,
    /// Its end (exclusive).
    pub to: Timestamp,
    /// The stable word for why: `outside_hours`, `free_days` by the calendar; `held`, `returned`, `withdrawn` by an act.
    pub cause: String,
    /// What was said with the act.
    pub reason: Option<Reason>,
}

/// A value of a field, for somebody who is to choose between two.
#[uniffi::remote(Record)]
pub struct FieldValue {
    /// As people read it (urgency, source and channel as their stable word); empty where the value empties the field.
    pub text: String,
    /// What writes this very value with `edit`; `None` for a field that this program cannot write.
    pub edit: Option<FieldEdit>,
}

/// A field that was written apart and not settled yet.
#[uniffi::remote(Record)]
pub struct FieldDispute {
    /// The field's path (`description`, `answers/people_count`).
    pub field: String,
    /// Its name in the category, for an answer; empty for the fields that every report has.
    pub field_name: String,
    /// Every value; the first is the one that the content shows.
    pub values: Vec<FieldValue>,
}

/// A field that changed after an approval.
#[uniffi::remote(Record)]
pub struct Amendment {
    /// The field's path; `attachments` and `notes` as wholes.
    pub field: String,
    /// Its name in the category, for an answer.
    pub field_name: String,
    /// As it was approved; of attachments and notes how many.
    pub before: String,
    /// As it is.
    pub now: String,
}
