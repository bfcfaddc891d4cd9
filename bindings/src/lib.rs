//! The uniffi layer.
