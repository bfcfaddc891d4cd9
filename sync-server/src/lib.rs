//! The township server.

pub mod config;
