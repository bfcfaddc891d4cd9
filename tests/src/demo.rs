//! The demo: a compressed working day of the made-up township on real phones' cores, a real server and a bad network.
//!
//! Nothing here decides anything about reports, and nothing is counted that was not seen on a phone or on the server.

pub mod display;
