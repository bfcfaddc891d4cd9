//! Shared pieces of the terminal phone, the demo, the benchmarks and the tests that need more than one crate.

pub mod balancer;
pub mod bench;
pub mod crash;
pub mod demo;
pub mod drive;
pub mod fuzz;
pub mod phone_cli;
pub mod proxy;
pub mod scene;
pub mod simulate;
pub mod stage;
pub mod township;
pub mod track_file;
pub mod walker;
pub mod world;
