//! The server over HTTP on loopback, spoken to by the real device core and by hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

#[path = "http/blobs.rs"]
mod blobs;
#[path = "http/bodies.rs"]
mod bodies;
#[path = "http/browser.rs"]
mod browser;
#[path = "http/client.rs"]
mod client;
#[path = "http/console.rs"]
mod console;
#[path = "http/coverage.rs"]
mod coverage;
#[path = "engine/place.rs"]
mod engine;
#[path = "http/enrol.rs"]
mod enrol;
#[path = "http/errors.rs"]
mod errors;
#[path = "http/room.rs"]
mod room;
#[path = "http/table.rs"]
mod table;
#[path = "http/tls.rs"]
mod tls;
#[path = "http/town.rs"]
mod town;
#[path = "http/tricks.rs"]
mod tricks;
#[path = "http/tus.rs"]
mod tus;
