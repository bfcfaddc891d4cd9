//! The service by its public surface, without HTTP: what is taken in, in what order, and who gets to see it.

mod push;
mod restore;
mod scope;
mod world;
