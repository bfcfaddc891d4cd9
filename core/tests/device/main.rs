//! Journeys of the device through its public surface, against a small server that keeps to the protocol and breaks the link on demand.
#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test ends where something is not as it says"
)]

mod capture;
#[cfg(feature = "encrypted")]
mod encryption;
mod errand;
mod patrol;
mod place;
mod repair;
mod rescue;
mod server;
mod shell;
mod store;
mod sync;
mod track;
mod wipe;
mod world;
