//! Drawn stand-ins for what workers photograph and say: scenes that match their reports, before and after, as real
//! JPEGs with EXIF, and voice notes.
//!
//! Everything follows from a seed; nothing reads a clock or a folder.

mod voice;

pub use voice::voice_note;
