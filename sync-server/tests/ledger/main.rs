//! The service by its public surface, without HTTP: what is taken in, in what order, and who gets to see it.

#![expect(clippy::unwrap_used, reason = "a panic in a test is a failed claim")]

mod checkpoint;
mod clocks;
mod desk;
mod disk;
#[path = "../engine/place.rs"]
mod engine;
mod fill;
mod pages;
mod patrol;
mod phone;
mod push;
mod restore;
mod retention;
mod scope;
#[path = "../engine/tamper.rs"]
mod tamper;
mod walk;
mod world;
