//! Claims about the workflow: the table against an expectation that was written apart from it, the rules beside the table one by one,
//! and what must hold for every order of acts.

mod amend;
mod chief;
mod closing;
mod concurrency;
mod deadline;
mod entry;
mod expected;
mod handling;
mod laws;
mod matrix;
mod page;
mod posts;
mod remind;
mod withdraw;
mod world;
