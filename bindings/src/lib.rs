//! The uniffi layer: `xunge-core` for Kotlin, Swift and Python.
//!
//! No logic lives here. Each module has the name of what it mirrors; records that fit are core's own (`remote`), the others are taken
//! apart field by field, so that a changed field breaks this build and not the phone. Instants are milliseconds since
//! 1970-01-01T00:00:00Z, hashes and captured ids lower-case hexadecimal, authored ids the township's codes.
//!
//! Calls that touch the disk or the network block: shells call them off the main thread.
//!
//! Whatever does more than a sum can fail, even where core cannot: a panic reaches Swift only through a function that can throw, and any
//! other ends the app. `tests/bindings/surface.py` holds the list of those that cannot.

uniffi::setup_scaffolding!();

pub mod action;
pub mod category;
pub mod command;
pub mod coverage;
pub mod device;
pub mod directory;
pub mod due;
pub mod error;
pub mod handover;
pub mod id;
pub mod map;
pub mod patrol;
pub mod phone;
pub mod phrase;
pub mod picture;
pub mod place;
pub mod refusal;
pub mod report;
pub mod setting;
pub mod share;
pub mod sync;
pub mod task;
pub mod view;
pub mod waiting;

/// The version of the core that these bindings wrap.
#[uniffi::export]
pub fn library_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Ends in a panic, on purpose: what a shell does with a defect of this library (an error, never the app's end) is tested with it.
#[uniffi::export]
pub fn break_on_purpose() -> Result<(), error::CoreError> {
    panic!("broken on purpose");
}
