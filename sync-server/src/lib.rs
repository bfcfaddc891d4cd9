//! The township server.

pub mod app;
pub mod archive;
pub mod auth;
pub mod backup;
pub mod blobs;
mod body;
pub mod cli;
pub mod config;
mod console;
pub mod enrol_qr;
pub mod error;
pub mod import;
pub mod ledger;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod problem;
pub mod request_log;
pub mod router;
mod routes;
pub mod serve;
pub mod service;
pub mod sheet;
pub mod store;
pub mod throttle;
mod totp;

pub use app::App;
pub use error::ServiceError;
pub use service::{Caller, Service, ServiceConfig};
