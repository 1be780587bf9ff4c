//! What stands in for an implementation, or in front of one: faults, verified mocks, and stubs.
//!
//! Each is seen to do what it is for, and to keep still where nothing is wrong.

mod faults;
mod mailbox;
mod shelf;
mod stub;
mod verified;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs async code on a clock that stands still until it is moved.
fn paused<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(future)
}

/// What `act` panics with.
fn panic_of<T>(act: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(_) => panic!("nothing panicked"),
        Err(panic) => text(&*panic),
    }
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .expect("a panic with a text")
}
