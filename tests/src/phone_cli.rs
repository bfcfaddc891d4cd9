//! The phone in the terminal: the real device core on a folder of its own, for trying by hand and for tests from outside.
//!
//! It may be killed at any moment: every command that says "saved" has its work on the disk. It decides nothing; whatever has a rule is
//! in the core. Words on screen are Chinese first, English with `--lang en`.

pub mod args;
mod decide;
mod fill;
mod help;
mod patrol;
mod print;
mod run;
mod words;
mod write;

pub use print::failure;
pub use run::{Failure, run};
pub use words::{Lang, Words};
