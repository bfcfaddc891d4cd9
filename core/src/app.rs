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
mod day_log;
mod device;
mod draft;
mod due;
mod enrol;
mod file;
mod ground;
mod handover;
mod hint;
mod identity;
mod join;
mod kept;
mod list;
mod log;
mod map;
mod media;
mod news;
mod observe;
mod oversight;
mod patrol;
mod phone;
mod pin;
mod place;
mod project;
mod receipt;
mod reissue;
mod report;
mod rescue;
mod set_aside;
mod setting;
mod status;
mod submit;
mod suggest;
mod sync;
mod task;
mod unit;
mod view;
mod wipe;

pub use category::CategoryTile;
pub use coverage::{CoverageView, GroundView};
pub use day_log::{DayLog, DayLogLine};
pub use device::Device;
pub use handover::UploadHandOver;
pub use log::{LOG_LINES_MAX, start_log};
pub use map::{MapCellKind, MapCells, MapOutline, MapPlace, MapPoint, MapQuery, MapScene, MapTrack};
pub use news::{NewsItem, NewsKind};
pub use observe::{Observer, Subscription};
pub use oversight::CoverageRow;
pub use patrol::{PatrolStep, PatrolView};
pub use phone::{Entropy, Phone, PhoneConfig, ProfileId, ProfileInfo, ProfileSync};
pub use place::{KeyPlaceView, VisitView};
pub use receipt::{CardPicture, CardStep, ReceiptCard};
pub use rescue::RescueSummary;
pub use set_aside::SetAside;
pub use setting::{DeviceSettings, StorageUse};
pub use suggest::SuggestedAnswer;
pub use sync::SyncOptions;
pub use task::{TaskKind, TaskView};
pub use unit::GridName;
pub use view::{
    AttachmentView, AttentionItem, DeadlineView, DraftRow, HolderView, LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX,
    ListQuery, MediaSource, Page, PageKey, PersonEntry, PersonView, ReportRow, ReportView, StopView,
    StoryLine, SyncReport, SyncStatus, Tab,
};
