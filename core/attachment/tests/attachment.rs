//! Claims about pictures and voice notes, on files made here and on hostile variations of them.
//!
//! A folder with your own photographs can be checked as well: set `XUNGE_TEST_PHOTOS` to it.

#[path = "attachment/hostile.rs"]
mod hostile;
#[path = "attachment/memory.rs"]
mod memory;
#[path = "attachment/picture.rs"]
mod picture;
#[path = "attachment/samples.rs"]
mod samples;
#[path = "attachment/upload.rs"]
mod upload;
#[path = "attachment/voice.rs"]
mod voice;
