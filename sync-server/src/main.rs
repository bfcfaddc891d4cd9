//! `xunge-server`.
fn main() {}
