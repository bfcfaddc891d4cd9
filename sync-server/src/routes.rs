//! Handlers, one file a resource: parse, authorise, call the service, answer. No rule of the domain is here.

pub(crate) mod blobs;
pub(crate) mod coverage;
pub(crate) mod directory;
pub(crate) mod enrol;
pub(crate) mod health;
pub(crate) mod queue;
pub(crate) mod reports;
pub(crate) mod session;
pub(crate) mod sync;
pub(crate) mod uploads;
pub(crate) mod wait;
