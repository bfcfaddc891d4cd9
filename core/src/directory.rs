//! The directory: the tree of units, people, posts, categories, policies and the calendar.
//!
//! The township authors it on the server; phones hold a read-only copy. Every record is *effective-dated*: a new version says from when it
//! holds, the old one keeps answering for the time before, so that a grid that is re-drawn or a worker who moves never orphans what was
//! done offline. Records travel and rest as JSON, so that a phone keeps (and ignores) kinds and fields that are newer than itself.

mod calendar;
mod category;
mod check;
mod ground;
mod history;
mod holidays;
mod limits;
mod lookup;
mod nearby;
mod policy;
mod record;
mod routing;
mod unit;
mod zone;

pub use calendar::{Allowance, Calendar, CalendarDay, DayKind, InvalidAllowance, Pause, PauseCause};
pub use category::{
    ANSWER_CHARS_MAX, ANSWERS_MAX, ANY_ANSWER_CHARS_MAX, AnswerProblem, Category, FIELDS_MAX, FieldKind,
    FieldSpec, check_answers,
};
pub use check::{DirectoryProblem, DirectoryRule};
pub use ground::{ExcludedArea, ExclusionReason, Excuse, Often, Season, Sight, VisitRule};
pub use holidays::{HOLIDAY_YEARS, holidays};
pub use limits::{DEFAULT_LIMITS, EMERGENCY_LIMITS, Limit, LimitKind, LimitSource, Limits, QUIET_HOURS_MIN};
pub use lookup::Directory;
pub use nearby::{KEY_PLACE_M, NearbyName, OFFERED_COUNT_MAX, OFFERED_M_MAX};
pub use policy::{
    CHIEF_CLOCK_WORKING_MIN, PICTURE_LONG_SIDE_PX, ResolvedPolicy, TRACK_KEEP_DAYS, WORKING_HOURS_MIN,
};
pub use record::{DirectoryKind, DirectoryRecord, DirectoryRow, InvalidRecord};
pub(crate) use routing::is_in as hours_include;
pub use routing::{
    Contradiction, FieldOp, FieldTest, RouteMatter, RouteThen, RouteWhen, RoutingRule, USUAL_RANK,
};
pub use unit::{KeepDays, KeyPlace, Level, Person, PlaceName, Policy, Post, PostKind, Role, Unit, UnitKind};
pub use zone::ZONES;

#[cfg(test)]
pub(crate) mod sample;
