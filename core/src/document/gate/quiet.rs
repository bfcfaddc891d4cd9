//! Catching panics of automerge without noise.
//!
//! `catch_unwind` catches, but the panic hook has by then written a message to standard error, and a hostile phone could fill the
//! server's log. So a hook is installed once per process, in front of whichever hook was there: on a thread that is inside [`catch`] it
//! says nothing, elsewhere it passes on to the former one. A program that sets its own hook later only gets the noise back, nothing
//! breaks.

use std::cell::Cell;
use std::panic::{self, UnwindSafe};
use std::sync::Once;

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs `job`; `None` where it panicked. What it was working on is broken then and must be dropped.
pub fn catch<T>(job: impl FnOnce() -> T + UnwindSafe) -> Option<T> {
    HOOK.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.try_with(Cell::get).unwrap_or(false) {
                former(info);
            }
        }));
    });
    let was_quiet = IS_QUIET.replace(true);
    let result = panic::catch_unwind(job);
    IS_QUIET.set(was_quiet);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_none_and_the_thread_is_loud_again() {
        assert_eq!(catch(|| 7), Some(7));
        assert_eq!(catch(|| -> u8 { panic!("this text must not appear") }), None);
        assert!(!IS_QUIET.get());
        let nested = catch(|| catch(|| panic!("nor this")).is_none() && IS_QUIET.get());
        assert_eq!(nested, Some(true));
    }
}
