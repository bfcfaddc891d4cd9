//! The domain, the documents, the sync and the device of Xunge, the offline-first app for grid workers.

#[cfg(feature = "device")]
pub mod app;
pub mod attachment;
pub mod code;
pub mod command;
pub mod coverage;
pub mod directory;
pub mod document;
pub mod draft;
pub mod enrolment;
#[cfg(feature = "device")]
pub mod error;
pub mod field;
pub mod grid;
pub mod hint;
pub mod id;
mod in_order;
pub mod initials;
mod json;
pub mod key_file;
pub mod key_place;
pub mod patrol;
pub mod person;
pub mod place;
pub mod report;
pub mod rescue;
pub mod routing;
pub mod seal;
pub mod signature;
#[cfg(feature = "device")]
pub mod store;
pub mod sync;
pub mod time;
mod varint;
pub mod workflow;
