//! Journeys of the device through its public surface, against a small server that keeps to the protocol and breaks the link on demand.

mod capture;
mod repair;
mod rescue;
mod server;
mod store;
mod sync;
mod world;
