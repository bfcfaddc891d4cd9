//! Sync: one request, one result per item, feeds with cursors. Sans-I/O: bytes and instants in, bytes and effects out.
//!
//! `message` has the wire forms; `codec` encodes, compresses and bounds them; `session` is the phone's state machine. The server answers
//! with its own ledger and shares the messages. Nothing here reads a clock, a database or a socket.

pub mod codec;
pub mod message;

pub mod backoff;
pub mod checkpoint;
pub mod failure;
pub mod http;
mod refused;
pub mod session;
pub mod transport;
pub mod upload;
pub mod vouch;
