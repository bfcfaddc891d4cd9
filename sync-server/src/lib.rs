//! The township server.

pub mod config;
pub mod error;
pub mod ledger;
pub mod limits;
pub mod service;
pub mod store;

pub use error::ServiceError;
pub use service::{Caller, Service, ServiceConfig};
