//! The domain, the documents, the sync and the device of Xunge, the offline-first app for grid workers.

pub mod attachment;
pub mod code;
pub mod command;
pub mod directory;
pub mod document;
pub mod draft;
pub mod enrolment;
pub mod grid;
pub mod hint;
pub mod id;
pub mod person;
pub mod place;
pub mod report;
pub mod rescue;
pub mod signature;
pub mod sync;
pub mod time;
pub mod workflow;
