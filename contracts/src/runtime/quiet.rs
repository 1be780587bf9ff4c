//! Panics that are nobody's news: what has been seen failing fails again hundreds of times, while it is made shorter or a
//! suite is judged by it. Reports say what panicked; the first time is shown where it came from.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic;
use std::pin::pin;
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `what`, whose panics on this thread are not shown.
pub(crate) fn quietly<R>(what: impl FnOnce() -> R) -> R {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let shown = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                shown(info);
            }
        }));
    });
    let _quiet = Quiet {
        before: QUIET.replace(true),
    };
    what()
}

/// While it lives; a panic ends it too.
struct Quiet {
    before: bool,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.set(self.before);
    }
}

/// Awaits `what` likewise, on whichever thread it is polled.
pub(crate) async fn quietly_awaited<T>(what: impl Future<Output = T>) -> T {
    let mut what = pin!(what);
    poll_fn(|context| quietly(|| what.as_mut().poll(context))).await
}
