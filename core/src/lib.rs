//! The domain, the documents, the sync and the device of Xunge, the offline-first app for grid workers.

pub mod attachment;
pub mod command;
pub mod directory;
pub mod enrolment;
pub mod id;
pub mod place;
pub mod report;
pub mod signature;
pub mod sync;
pub mod time;
