//! The facade that shells, bindings and the terminal phone use: a phone with its profiles, and a device for each.
//!
//! Here the pure modules meet the clock, the store and the network; everything with a domain `if` lies below. A call that writes returns
//! after the data is durable. Nothing is shown as sent before the server's receipt for that very item.
//!
//! What must not be here: SQL, automerge, words for people.

mod act;
mod attention;
mod category;
mod coverage;
mod device;
mod draft;
mod due;
mod enrol;
mod ground;
mod hint;
mod identity;
mod join;
mod list;
mod media;
mod observe;
mod patrol;
mod phone;
mod pin;
mod place;
mod project;
mod reissue;
mod report;
mod rescue;
mod set_aside;
mod setting;
mod status;
mod submit;
mod suggest;
mod sync;
mod unit;
mod view;

pub use category::CategoryTile;
pub use coverage::{CoverageView, GroundView};
pub use device::Device;
pub use observe::{Observer, Subscription};
pub use patrol::{PatrolStep, PatrolView};
pub use phone::{Entropy, Phone, PhoneConfig, ProfileId, ProfileInfo, ProfileSync};
pub use place::{KeyPlaceView, VisitView};
pub use rescue::RescueSummary;
pub use set_aside::SetAside;
pub use setting::{DeviceSettings, StorageUse};
pub use suggest::SuggestedAnswer;
pub use sync::SyncOptions;
pub use unit::GridName;
pub use view::{
    AttachmentView, AttentionItem, DeadlineView, DraftRow, HolderView, LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX,
    ListQuery, MediaSource, Page, PageKey, PersonEntry, PersonView, ReportRow, ReportView, StopView,
    StoryLine, SyncReport, SyncStatus, Tab,
};
