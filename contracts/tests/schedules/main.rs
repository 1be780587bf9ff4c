//! The scheduler: mistakes that only some schedules show are found, and had again; what is right is left alone.

mod planted;
mod replay;
mod silent;

use std::future::Future;
use std::rc::Rc;

use contrait::check::schedule::Trial;
use tokio::sync::Mutex;

/// A seed of its own for each test, the same in every run.
const SEED: u64 = 0x5eed;

/// Two clients that do the same to one number, which must be `expected` in the end.
fn twice<F: Future<Output = ()> + 'static>(
    act: impl Fn(Rc<Mutex<u32>>) -> F,
    expected: u32,
) -> Trial<'static> {
    let number = Rc::new(Mutex::new(0));
    Trial::new()
        .client(act(Rc::clone(&number)))
        .client(act(Rc::clone(&number)))
        .finally(async move {
            let number = *number.lock().await;
            if number == expected {
                Ok(())
            } else {
                Err(format!("{number} instead of {expected}"))
            }
        })
}

/// Reads and writes, and lets others in between.
async fn racy_increment(number: Rc<Mutex<u32>>) {
    let read = *number.lock().await;
    *number.lock().await = read + 1;
}

/// Reads and writes at once.
async fn increment(number: Rc<Mutex<u32>>) {
    *number.lock().await += 1;
}
