//! The directory: the tree of units, people, posts, categories, policies and the calendar.
//!
//! The township authors it on the server; phones hold a read-only copy. Every record is *effective-dated*: a new version says from when it
//! holds, the old one keeps answering for the time before, so that a grid that is re-drawn or a worker who moves never orphans what was
//! done offline. Records travel and rest as JSON, so that a phone keeps (and ignores) kinds and fields that are newer than itself.

mod calendar;
mod category;
mod lookup;
mod record;
mod unit;

pub use calendar::{CalendarDay, DayKind};
pub use category::{Category, FieldKind, FieldSpec};
pub use lookup::Directory;
pub use record::{DirectoryKind, DirectoryRecord, DirectoryRow, InvalidRecord};
pub use unit::{KeyPlace, Level, Person, PlaceName, Policy, Post, PostKind, Role, Unit, UnitKind};
